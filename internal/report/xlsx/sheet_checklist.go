package xlsx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Rows of the checklist sheet.
const (
	headRow  = 5 // the second of two header rows
	firstRow = headRow + 1
)

// A column of the checklist sheet. A to J are the annex, in its order and with its words; the rest is ours.
type column struct {
	title lang.Text
	width float64
	ours  bool
	value func(*book, line) any
	place look
}

func columns(l lang.Lang) []column {
	center, open := look{center: true}, look{open: true}
	mark := 7.0 // width of a column of marks
	if l == lang.EN {
		mark = 10.5
	}
	list := []column{
		{title: lang.T("", ""), width: 8.5, value: (*book).check, place: look{center: true, open: true, size: 12}},
		{title: lang.T("最低限", "Minimum"), width: mark, value: level(guideline.Minimum), place: center},
		{title: lang.T("標準", "Standard"), width: mark, value: level(guideline.Standard), place: center},
		{title: lang.T("要求ID", "ID"), width: 10.5, value: func(_ *book, l line) any { return string(l.Individual.ID) }},
		{title: lang.T("個別要求タイトル", "Title"), width: 22, value: func(b *book, l line) any { return b.say(l.Title) }},
		{title: lang.T("個別要求", "Individual requirement"), width: 46, value: func(b *book, l line) any { return b.say(l.Text) }},
	}
	for _, r := range guideline.Roles {
		list = append(list, column{title: roleWord(r), width: mark, value: role(r), place: center})
	}
	if len(list) != 10 {
		panic("the annex has the columns A to J")
	}
	for _, c := range []column{
		{title: lang.T("状態", "Status"), width: 14, value: (*book).status},
		{title: lang.T("根拠", "Reason"), width: 40, value: func(_ *book, l line) any { return outside(l.Reason) }},
		{title: lang.T("証跡", "Evidence"), width: 13, value: func(_ *book, l line) any { return outside(EvidenceCell(l.Evidence, "\n")) }},
		{title: lang.T("担当", "Owner"), width: 12, value: func(_ *book, l line) any { return outside(l.Owner) }},
		{title: lang.T("期限", "Due"), width: 11.5, value: func(_ *book, l line) any { return l.Due }},
		{title: lang.T("備考", "Note"), width: 18, value: func(_ *book, l line) any { return outside(l.Note) }},
		{title: lang.T("例外", "Exception"), width: 16, value: func(_ *book, l line) any { return outside(l.Exception) }},
	} {
		c.ours, c.place = true, open
		list = append(list, c)
	}
	return list
}

// check is ☑ for what is met, with or without an exception.
func (b *book) check(l line) any {
	if l.Status == verify.Met || l.Status == verify.MetWithException {
		return checked
	}
	return unchecked
}

func (b *book) status(l line) any {
	word, _ := statusWord(l.Status)
	return b.say(word)
}

func level(want guideline.Level) func(*book, line) any {
	return func(_ *book, l line) any {
		if l.At(want) {
			return "○"
		}
		return ""
	}
}

// role is the mark of the annex. A role that table 5 marks and the annex does not gets ※ and a line below the table.
func role(want guideline.Role) func(*book, line) any {
	return func(_ *book, l line) any {
		switch {
		case !l.AppliesTo(want):
			return ""
		case onlyInTable(l.Individual, want):
			return "※"
		}
		return "✓"
	}
}

// annexDiffers is the note on the one requirement whose roles the annex prints otherwise than table 5.
const annexDiffers = "D-01"

// onlyInTable reports whether the annex leaves a role out that table 5 has.
func onlyInTable(in guideline.Individual, r guideline.Role) bool {
	return slices.ContainsFunc(in.Notes, func(n guideline.Note) bool {
		return n.ID == annexDiffers && !slices.Contains(n.RolesElsewhere, r)
	})
}

// lastCategory is S(6), which is short and is printed on the page of S(5); the others begin a page.
const lastCategory = 6

// checklist writes sheet 1.
func (b *book) checklist(lines []line) {
	sheet, cols := b.say(checklistSheet), columns(b.in.Lang)
	last := firstRow + len(lines) - 1
	hiddenColumn := len(cols) + 1
	widths := b.checklistHead(sheet, cols)
	for i, l := range lines {
		row := firstRow + i
		var texts []string
		for j, c := range cols {
			lk := c.place
			lk.border = true
			if !l.asked {
				lk.fill, lk.pale = quietFill, true
			}
			v := c.value(b, l)
			b.put(sheet, at(j+1, row), v, lk)
			text, _ := v.(string)
			texts = append(texts, text)
		}
		b.try(b.f.SetRowHeight(sheet, row, height(texts, widths)))
		b.put(sheet, at(hiddenColumn, row), string(l.Individual.ID), look{})
		if i > 0 && l.Category != lines[i-1].Category && l.Category < lastCategory {
			b.try(b.f.InsertPageBreak(sheet, at(1, row)))
		}
	}
	for i, foot := range b.feet(lines) {
		b.merge(sheet, at(1, last+2+i), at(len(cols), last+2+i), foot, look{size: 9})
		b.try(b.f.SetRowHeight(sheet, last+2+i, 30))
	}
	hidden, err := excelize.ColumnNumberToName(hiddenColumn)
	b.try(err)
	b.try(b.f.SetColVisible(sheet, hidden, false))

	var words []string
	for _, s := range statuses {
		word, _ := statusWord(s)
		words = append(words, b.say(word))
	}
	b.choices(sheet, fmt.Sprintf("A%d:A%d", firstRow, last), []string{checked, unchecked})
	b.choices(sheet, fmt.Sprintf("K%d:K%d", firstRow, last), words)
	b.emphasise(sheet, fmt.Sprintf("K%d:K%d", firstRow, last))
	b.try(b.f.AutoFilter(sheet, fmt.Sprintf("A%d:%s", headRow, at(len(cols), last)), nil))
	b.try(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 5, YSplit: headRow, TopLeftCell: at(6, firstRow), ActivePane: "bottomRight"}))
	b.page(sheet, "landscape", fmt.Sprintf("$%d:$%d", headRow-1, headRow))
	b.protect(sheet)
}

// checklistHead writes title, subject and the two header rows, and gives the widths of the columns.
func (b *book) checklistHead(sheet string, cols []column) []float64 {
	b.merge(sheet, "A1", "F1", b.say(checklistTitle), look{bold: true, size: 16})
	b.try(b.f.SetRowHeight(sheet, 1, 26))
	subject := strings.TrimSpace(b.in.Software + " " + b.in.Release)
	parts := []string{b.in.Organisation, subject, b.say(levelWord(b.in.Level)), roleWords(b.in.Roles, b.in.Lang), b.issued()}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	b.merge(sheet, "A2", "Q2", outside(strings.Join(parts, b.say(lang.T("　／　", "  |  ")))), look{})
	b.merge(sheet, "A3", "Q3", b.say(lang.F("個別要求の文: %s。%s。", "Individual requirements: %s. %s.", guideline.Summary, guideline.NonBinding)), look{size: 9})
	b.try(b.f.SetRowHeight(sheet, 2, 18))

	head := look{bold: true, border: true, center: true, fill: headFill}
	b.merge(sheet, "A4", "A5", "Check!", head)
	b.merge(sheet, "B4", "C4", b.say(lang.T("要求パッケージ", "Requirement package")), head)
	b.merge(sheet, "D4", "J4", b.say(lang.T("責務を果たすための要求事項", "Requirements for fulfilling the responsibilities")), head)
	ours := head
	ours.fill = oursFill
	b.merge(sheet, "K4", "Q4", b.say(lang.T("評価の記録", "Record of assessment")), ours)
	var widths []float64
	for j, c := range cols {
		lk := head
		if c.ours {
			lk = ours
		}
		if j > 0 {
			b.put(sheet, at(j+1, headRow), b.say(c.title), lk)
		}
		widths = append(widths, c.width)
	}
	b.put(sheet, at(len(cols)+1, headRow), "id", look{})
	b.widths(sheet, widths...)
	b.try(b.f.SetRowHeight(sheet, headRow-1, 20))
	b.try(b.f.SetRowHeight(sheet, headRow, 32))
	return widths
}

// feet are the lines below the table.
func (b *book) feet(lines []line) []string {
	feet := []string{b.say(lang.T(
		"灰色の行は、選んだ要求パッケージと役割では求められていない個別要求です。",
		"Grey rows are individual requirements that the chosen package and roles do not ask for."))}
	for _, l := range lines {
		for _, n := range l.Notes {
			if n.ID == annexDiffers {
				feet = append(feet, "※ "+string(l.Individual.ID)+": "+b.say(n.Text))
			}
		}
	}
	return feet
}

// emphasise makes the two words that ask for work stand out, in black and white too.
func (b *book) emphasise(sheet, cells string) {
	var rules []excelize.ConditionalFormatOptions
	for _, s := range []struct {
		status verify.Status
		fill   string
	}{{verify.NotMet, "BFBFBF"}, {verify.PartlyMet, "E3E3E3"}} {
		style, err := b.f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Bold: true},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{s.fill}}})
		b.try(err)
		word, _ := statusWord(s.status)
		rules = append(rules, excelize.ConditionalFormatOptions{Type: "cell", Criteria: "==", Value: `"` + b.say(word) + `"`, Format: &style})
	}
	b.try(b.f.SetConditionalFormat(sheet, cells, rules))
}

// issued is the day and time of issue in its own zone.
func (b *book) issued() string {
	if b.in.Issued.IsZero() {
		return ""
	}
	return b.in.Issued.Format(b.say(lang.T("2006年1月2日 15:04 MST", "2006-01-02 15:04 MST")))
}
