package xlsx

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// A field of the flat table: one datum, with the key that programs use.
type field struct {
	key   string
	title lang.Text
	width float64
	value func(*book, line) any
}

// fields are the columns of the sheet データ and of the CSV file. Keys are a contract.
func fields() []field {
	list := []field{
		{"id", lang.T("要求ID", "ID"), 11, func(_ *book, l line) any { return string(l.Individual.ID) }},
		{"requirement", lang.T("要求事項", "Requirement"), 12, func(_ *book, l line) any { return string(l.Requirement) }},
		{"category", lang.T("分類", "Category"), 9, func(_ *book, l line) any { return l.Category }},
		{"title", lang.T("個別要求タイトル", "Title"), 46, func(b *book, l line) any { return b.say(l.Title) }},
		{"minimum", lang.T("最低限", "Minimum"), 10, func(_ *book, l line) any { return number(l.At(guideline.Minimum)) }},
		{"standard", lang.T("標準", "Standard"), 10, func(_ *book, l line) any { return number(l.At(guideline.Standard)) }},
	}
	for _, r := range guideline.Roles {
		list = append(list, field{string(r), roleWord(r), 10.5, func(_ *book, l line) any { return number(l.AppliesTo(r)) }})
	}
	return append(list,
		field{"asked", lang.T("適用", "Asked"), 7, func(_ *book, l line) any { return number(l.asked) }},
		field{"status", lang.T("状態コード", "Status code"), 18, func(_ *book, l line) any { return string(l.Status) }},
		field{"status_word", lang.T("状態", "Status"), 18, (*book).status},
		field{"reason", lang.T("根拠", "Reason"), 40, func(_ *book, l line) any { return outside(l.Reason) }},
		field{"evidence", lang.T("証跡", "Evidence"), 20, func(_ *book, l line) any { return outside(EvidenceCell(l.Evidence, " ")) }},
		field{"owner", lang.T("担当", "Owner"), 14, func(_ *book, l line) any { return outside(l.Owner) }},
		field{"due", lang.T("期限", "Due"), 12, func(_ *book, l line) any { return day(l.Due) }},
		field{"note", lang.T("備考", "Note"), 30, func(_ *book, l line) any { return outside(l.Note) }},
		field{"exception", lang.T("例外", "Exception"), 20, func(_ *book, l line) any { return outside(l.Exception) }},
	)
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// day is an ISO day, or nothing.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// data writes sheet 2: people's headers in row 1, keys in the hidden row 2, no merged cells.
func (b *book) data(lines []line) {
	sheet, list := b.say(dataSheet), fields()
	var widths []float64
	for j, f := range list {
		b.put(sheet, at(j+1, 1), b.say(f.title), look{bold: true, border: true, fill: headFill})
		b.put(sheet, at(j+1, 2), f.key, look{})
		widths = append(widths, f.width)
		for i, l := range lines {
			v := f.value(b, l)
			_, isNumber := v.(int)
			b.put(sheet, at(j+1, 3+i), v, look{border: true, flat: true, center: isNumber})
		}
	}
	for i := range lines {
		b.try(b.f.SetRowHeight(sheet, 3+i, 18))
	}
	b.widths(sheet, widths...)
	b.try(b.f.SetRowVisible(sheet, 2, false))
	b.try(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 2, TopLeftCell: "B3", ActivePane: "bottomRight"}))
	b.page(sheet, "landscape", "$1:$1")
	b.protect(sheet)
}

// ChecklistCSV writes the table of the sheet データ as CSV: UTF-8 with a byte order mark, keys in the first line.
func ChecklistCSV(w io.Writer, in ChecklistInput) error {
	lines, err := lines(in)
	if err != nil {
		return err
	}
	b := &book{in: in}
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return fmt.Errorf("write the checklist as CSV: %w", err)
	}
	out, list := csv.NewWriter(w), fields()
	out.UseCRLF = true
	record := make([]string, len(list))
	for j, f := range list {
		record[j] = f.key
	}
	out.Write(record) // Flush reports what goes wrong
	for _, l := range lines {
		for j, f := range list {
			record[j] = fmt.Sprint(f.value(b, l))
		}
		out.Write(record)
	}
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("write the checklist as CSV: %w", out.Error())
	}
	return nil
}

// EvidenceCell writes the ids of evidence of one row: three and more that follow each other as the first and the last,
// R-003~R-036.
func EvidenceCell(ids []string, between string) string {
	var out []string
	for i := 0; i < len(ids); {
		j := i
		for j+1 < len(ids) && follows(ids[j], ids[j+1]) {
			j++
		}
		if j < i+2 {
			out = append(out, ids[i])
			i++
			continue
		}
		out = append(out, ids[i]+"~"+ids[j])
		i = j + 1
	}
	return strings.Join(out, between)
}

// follows reports whether b is the id after a: E-008, E-009.
func follows(a, b string) bool {
	letter, number, ok := strings.Cut(a, "-")
	n, err := strconv.Atoi(number)
	return ok && err == nil && b == fmt.Sprintf("%s-%0*d", letter, len(number), n+1)
}

// evidence writes sheet 3.
func (b *book) evidence(lines []line) {
	sheet := b.say(evidenceSheet)
	titles := []lang.Text{lang.T("証跡ID", "ID"), lang.T("名称", "Title"), lang.T("種別", "Kind"), lang.T("受領日", "Received"),
		lang.T("有効期限", "Valid until"), lang.T("要求ID", "Requirements"), lang.T("ダイジェスト", "Digest")}
	for j, t := range titles {
		b.put(sheet, at(j+1, 1), b.say(t), look{bold: true, border: true, fill: headFill})
	}
	widths := []float64{12, 40, 22, 13, 13, 28, 40}
	for i, e := range b.in.Evidence {
		var ids []string
		for _, l := range lines {
			for _, id := range l.Evidence {
				if id == e.ID {
					ids = append(ids, string(l.Individual.ID))
				}
			}
		}
		var texts []string
		for j, v := range []any{outside(e.ID), outside(e.Title), outside(e.Kind), e.Received, e.ValidUntil, strings.Join(ids, " "), outside(e.Digest)} {
			b.put(sheet, at(j+1, 2+i), v, look{border: true})
			text, _ := v.(string)
			texts = append(texts, text)
		}
		b.try(b.f.SetRowHeight(sheet, 2+i, height(texts, widths)))
	}
	if len(b.in.Evidence) == 0 {
		b.put(sheet, "A2", b.say(lang.T("証跡はまだありません。", "There is no evidence yet.")), look{})
	}
	b.widths(sheet, widths...)
	b.try(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	b.page(sheet, "landscape", "$1:$1")
	b.protect(sheet)
}

// hidden writes what reading back needs: pairs of key and value.
func (b *book) hidden() {
	_, err := b.f.NewSheet(hiddenSheet)
	b.try(err)
	for i, pair := range [][2]string{
		{"format", "tasuki-checklist/1"},
		{"lang", string(b.in.Lang)},
		{"edition", guideline.Date},
		{"guideline", guideline.Default().Digest()},
		{"software", b.in.Software},
		{"release", b.in.Release},
		{"level", string(b.in.Level)},
		{"digest", b.in.Digest},
		{"request", b.in.Request},
		{"nonce", b.in.Nonce},
		{"issued", b.in.Issued.UTC().Format(time.RFC3339)},
		{"first_row", fmt.Sprint(firstRow)},
	} {
		b.put(hiddenSheet, at(1, i+1), pair[0], look{})
		b.put(hiddenSheet, at(2, i+1), outside(pair[1]), look{})
	}
	b.protect(hiddenSheet)
	b.try(b.f.SetSheetVisible(hiddenSheet, false))
}

// counts tells how many of the requirements asked for stand where.
func counts(lines []line) map[verify.Status]int {
	n := map[verify.Status]int{}
	for _, l := range lines {
		if l.asked {
			n[l.Status]++
		}
	}
	return n
}
