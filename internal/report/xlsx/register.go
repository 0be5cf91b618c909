package xlsx

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
)

// RegisterInput is a register to be written as a workbook.
type RegisterInput struct {
	Lang     lang.Lang // of headers and choices; empty is Japanese
	Kind     guideline.Register
	Records  []register.Record
	Subject  func(register.Record) string // what a record is about, as people and [ReadRegister]'s callers write it; nil: nothing
	Linkable map[string][]Linkable        // by kind: the records that may be named, in the order they are offered
	Issued   time.Time
}

// Linkable is a record that another may name.
type Linkable struct {
	Key, Title, About string
}

// recordFields are the columns before the fields of a register. State is for reading only: an approval is not imported.
var recordFields = []field{
	{key: "key", title: lang.T("記録名", "Key"), width: 20},
	{key: "subject", title: lang.T("対象", "About"), width: 22},
	{key: "valid_until", title: lang.T("有効期限", "Valid until"), width: 13},
	{key: "state", title: lang.T("段階", "State"), width: 10},
}

// guideRegister is the sheet that says what to write.
var guideRegister = lang.T("記入要領", "How to fill in")

// linkSheet lists the records that may be named; the drop-downs of links take their choices from it.
var linkSheet = lang.T("指せる記録", "Records to name")

// spare is how many empty rows stand ready below the records.
const spare = 30

// Register writes the records of a register as .xlsx: people's headers in row 1, keys in the hidden row 2, one record a
// row, room for more below. [ReadRegister] reads it back. The same input gives the same bytes.
func Register(w io.Writer, in RegisterInput) error {
	if in.Lang == "" {
		in.Lang = lang.JA
	}
	b := &book{f: excelize.NewFile(), in: ChecklistInput{Lang: in.Lang, Software: in.Kind.Title.In(in.Lang), Issued: in.Issued}, styles: map[look]int{}}
	b.try(b.f.SetDefaultFont(fontName))
	sheet := sheetName(b.say(in.Kind.Title))
	b.try(b.f.SetSheetName("Sheet1", sheet))
	var widths []float64
	for j, f := range recordFields {
		b.registerHead(sheet, j+1, f.title, f.key, false)
		widths = append(widths, f.width)
	}
	for j, f := range in.Kind.Fields {
		b.registerHead(sheet, len(recordFields)+j+1, f.Title, f.Name, f.Required)
		widths = append(widths, fieldWidth(f))
	}
	for i := range len(in.Records) + spare {
		var r register.Record
		if i < len(in.Records) {
			r = in.Records[i]
		}
		b.record(sheet, 3+i, in, r, widths)
	}
	b.fieldChoices(sheet, in, 3+len(in.Records)+spare-1)
	b.widths(sheet, widths...)
	b.try(b.f.SetRowVisible(sheet, 2, false))
	b.try(b.f.SetRowHeight(sheet, 1, 32))
	b.try(b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 2, TopLeftCell: "B3", ActivePane: "bottomRight"}))
	b.page(sheet, "landscape", "$1:$1")
	b.registerGuide(in.Kind)
	b.fieldLinks(sheet, in, 3+len(in.Records)+spare-1)
	b.properties()
	if b.err != nil {
		return fmt.Errorf("workbook of register %s: %w", in.Kind.Kind, b.err)
	}
	if _, err := b.f.WriteTo(w); err != nil {
		return fmt.Errorf("write the workbook of register %s: %w", in.Kind.Kind, err)
	}
	return b.f.Close()
}

// sheetName fits a name to what a sheet may be called: 31 characters, none of \ / ? * [ ] :.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/?*[]:'`, r) {
			return '・'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 31 {
		s = string(r[:31])
	}
	return s
}

func (b *book) registerHead(sheet string, column int, title lang.Text, key string, required bool) {
	text := b.say(title)
	if required {
		text += b.say(lang.T("（必須）", " (required)"))
	}
	b.put(sheet, at(column, 1), text, look{bold: true, border: true, center: true, fill: headFill})
	b.put(sheet, at(column, 2), key, look{})
}

func fieldWidth(f guideline.RegisterField) float64 {
	switch f.Type {
	case guideline.DateField, guideline.NumberField, guideline.BoolField:
		return 14
	case guideline.TextField, guideline.ListField, guideline.TopicsField, guideline.RecordsField:
		return 34
	}
	return 22
}

// record writes one row; an empty record leaves an empty row to be filled in.
func (b *book) record(sheet string, row int, in RegisterInput, r register.Record, widths []float64) {
	values := []any{outside(r.Key), "", lastDay(r.ValidUntil), ""}
	if r.ID != "" {
		values[3] = b.say(stateName(r.State))
	}
	if r.Key != "" && in.Subject != nil { // also of a row that is proposed and not stored yet
		values[1] = outside(in.Subject(r))
	}
	for _, f := range in.Kind.Fields {
		values = append(values, FieldText(f, r.Data[f.Name], in.Lang))
	}
	var texts []string
	for j, v := range values {
		text, _ := v.(string)
		if j >= len(recordFields) {
			text = outside(text)
			v = text
		}
		if j == 3 {
			b.put(sheet, at(j+1, row), v, look{border: true, center: true, pale: true})
		} else {
			b.put(sheet, at(j+1, row), v, look{border: true, open: true})
		}
		texts = append(texts, text)
	}
	b.try(b.f.SetRowHeight(sheet, row, height(texts, widths)))
}

// lastDay is the last day before a record stops to hold, in Japan.
func lastDay(until time.Time) time.Time {
	if until.IsZero() {
		return until
	}
	return until.In(calendar.Japan).AddDate(0, 0, -1)
}

func stateName(s register.State) lang.Text {
	switch s {
	case register.Approved:
		return lang.T("承認済み", "approved")
	case register.Retired:
		return lang.T("廃止", "retired")
	}
	return lang.T("起案中", "draft")
}

// FieldText writes the value of a register's field as a cell has it: lists one item a line, choices by their words.
func FieldText(f guideline.RegisterField, v any, l lang.Lang) string {
	word := func(id string) string {
		for _, c := range f.Choices {
			if c.ID == id {
				return c.Title.In(l)
			}
		}
		return id
	}
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return lang.T("はい", "yes").In(l)
		}
		return lang.T("いいえ", "no").In(l)
	case []string:
		words := make([]string, len(v))
		for i, s := range v {
			words[i] = word(s)
		}
		return strings.Join(words, "\n")
	case string:
		return word(v)
	}
	return fmt.Sprint(v)
}

// fieldChoices puts drop-downs on the columns of choices and of yes and no.
func (b *book) fieldChoices(sheet string, in RegisterInput, last int) {
	for j, f := range in.Kind.Fields {
		var words []string
		switch f.Type {
		case guideline.BoolField:
			words = []string{FieldText(f, true, in.Lang), FieldText(f, false, in.Lang)}
		case guideline.ChoiceField:
			for _, c := range f.Choices {
				words = append(words, c.Title.In(in.Lang))
			}
		}
		if len(words) == 0 || len(strings.Join(words, ",")) > 250 || strings.Contains(strings.Join(words, ""), ",") { // Excel takes 255 characters, cut at commas
			continue
		}
		column := len(recordFields) + j + 1
		b.choices(sheet, at(column, 3)+":"+at(column, last), words)
	}
}

// fieldLinks lists the records that may be named on a sheet of their own, and offers them in the columns of links. What is
// not in the list may be written too: it can be entered later, and a cell may hold several.
func (b *book) fieldLinks(sheet string, in RegisterInput, last int) {
	list := b.say(linkSheet)
	column := 0
	for j, f := range in.Kind.Fields {
		if len(f.Of) == 0 {
			continue
		}
		if column == 0 {
			_, err := b.f.NewSheet(list)
			b.try(err)
		}
		for i, text := range []lang.Text{f.Title, lang.T("内容", "What it is"), lang.T("対象", "About")} {
			b.put(list, at(column+i+1, 1), b.say(text), look{bold: true, border: true, center: true, fill: headFill})
		}
		row := 2
		for _, kind := range f.Of {
			for _, l := range in.Linkable[kind] {
				for i, v := range []string{register.Name(f, kind, l.Key), l.Title, l.About} {
					b.put(list, at(column+i+1, row), outside(v), look{border: true, indent: true})
				}
				row++
			}
		}
		if row > 2 {
			name, err := excelize.ColumnNumberToName(column + 1)
			b.try(err)
			target := len(recordFields) + j + 1
			b.offer(sheet, at(target, 3)+":"+at(target, last), fmt.Sprintf("'%s'!$%s$2:$%s$%d", list, name, name, row-1))
		}
		column += 4
	}
	if column > 0 {
		var widths []float64
		for range column / 4 {
			widths = append(widths, 22, 44, 24, 3)
		}
		b.widths(list, widths...)
		b.page(list, "portrait", "$1:$1")
	}
}

// registerGuide says what each column takes.
func (b *book) registerGuide(kind guideline.Register) {
	sheet := b.say(guideRegister)
	_, err := b.f.NewSheet(sheet)
	b.try(err)
	b.put(sheet, "A1", b.say(kind.Title), look{bold: true, size: 16})
	b.put(sheet, "A2", b.say(kind.Summary), look{flat: true})
	b.try(b.f.SetRowHeight(sheet, 1, 28))
	for j, t := range []lang.Text{lang.T("見出し", "Header"), lang.T("書き方", "What to write"), lang.T("選べる値", "Choices")} {
		b.put(sheet, at(j+1, 4), b.say(t), look{bold: true, border: true, center: true, fill: headFill})
	}
	row := 5
	line := func(name, how, choices string) {
		for j, v := range []string{name, how, choices} {
			b.put(sheet, at(j+1, row), v, look{border: true, indent: true})
		}
		b.try(b.f.SetRowHeight(sheet, row, height([]string{name, how, choices}, []float64{24, 52, 44})))
		row++
	}
	line(b.say(recordFields[0].title), b.say(lang.T("記録を見分ける名前です。同じ名前の記録があれば、その変更になります。", "Tells the record from others; an existing one is changed.")), "")
	line(b.say(recordFields[1].title), b.say(lang.T("software:名称、release:名称@版、system:名称、party:ID のいずれか。組織の台帳では空欄で構いません。", "software:NAME, release:NAME@VERSION, system:NAME or party:ID; may be empty for registers of the organisation.")), "")
	line(b.say(recordFields[2].title), b.say(lang.T("この記録が有効な最後の日。空欄は期限なし。", "Last day the record holds; empty: no end.")), "")
	line(b.say(recordFields[3].title), b.say(lang.T("読み取りません。承認は画面又はコマンドで別の人が行います。", "Not read back; somebody else approves.")), "")
	for _, f := range kind.Fields {
		var words []string
		for _, c := range f.Choices {
			words = append(words, b.say(c.Title))
		}
		name := b.say(f.Title)
		if f.Required {
			name += b.say(lang.T("（必須）", " (required)"))
		}
		for _, kind := range f.Of {
			of, _ := guideline.Default().Register(kind)
			words = append(words, b.say(of.Title)+b.say(lang.F("（%s）", " (%s)", kind)))
		}
		how := b.say(typeHint(f.Type))
		if !f.Help.IsZero() {
			how += "\n" + b.say(f.Help)
		}
		line(name, how, strings.Join(words, "\n"))
	}
	b.widths(sheet, 24, 52, 44)
	b.page(sheet, "portrait", "")
}

func typeHint(t guideline.FieldType) lang.Text {
	switch t {
	case guideline.DateField:
		return lang.T("日付（2026-04-01、2026/4/1、令和8年4月1日）", "A date, such as 2026-04-01")
	case guideline.NumberField:
		return lang.T("数", "A number")
	case guideline.BoolField:
		return lang.T("はい・いいえ（○・×でも可）", "Yes or no")
	case guideline.ChoiceField:
		return lang.T("右の値から1つ", "One of the values on the right")
	case guideline.TopicsField:
		return lang.T("右の値から必要なだけ。セルの中で改行して並べます", "Any of the values on the right, one a line in the cell")
	case guideline.ListField:
		return lang.T("セルの中で改行して並べます", "One item a line in the cell")
	case guideline.PartyField:
		return lang.T("取引先のID", "Id of a party")
	case guideline.SoftwareField:
		return lang.T("ソフトウェアのID", "Id of a software")
	case guideline.ReleaseField:
		return lang.T("リリースのID", "Id of a release")
	case guideline.RecordField:
		return lang.T("右の台帳の記録名を1つ（「指せる記録」のシート。これから登録するものも可）", "Key of one record of the registers on the right (sheet Records to name; may be entered later)")
	case guideline.RecordsField:
		return lang.T("右の台帳の記録名を必要なだけ。セルの中で改行して並べます（「指せる記録」のシート。これから登録するものも可）", "Keys of records of the registers on the right, one a line in the cell (sheet Records to name; may be entered later)")
	case guideline.PURLField:
		return lang.T("purl（末尾の * は前方一致）", "A purl; * at the end stands for the rest")
	case guideline.DocumentField:
		return lang.T("文書のダイジェスト（sha256:…）", "Digest of a document, sha256:…")
	case guideline.LinkField:
		return lang.T("URL（https://…）", "A URL, https://…")
	}
	return lang.T("文", "Text")
}
