package xlsx

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/table"
)

// FilledRegister is what a filled register says.
type FilledRegister struct {
	Sheet    string
	Rows     []RegisterRow
	Problems []Spot
	Ignored  []Spot
}

// A RegisterRow is one record of a sheet. Data has the types of the register's fields and is not validated yet; empty
// cells are absent. Refs gives the cell of each column, those that are empty included: key, subject, valid_until, and
// data/NAME for a field.
type RegisterRow struct {
	Row        int
	Key        string
	Subject    string
	ValidUntil string // ISO day
	Data       map[string]any
	Refs       map[string]string
}

// Ref is the address of a column's cell, or of the row's first cell where the sheet has no such column.
func (r RegisterRow) Ref(column string) string {
	if ref, ok := r.Refs[column]; ok {
		return ref
	}
	return table.Place{Column: 1, Row: r.Row}.Ref()
}

// ReadRegister reads the records of a register from .xlsx or CSV: the form that [Register] writes, the CSV form with keys
// as headers, or a table of somebody's own with the titles of the fields as headers, in any order. A file without a
// column for the key is an error of kind Unreadable.
func ReadRegister(kind guideline.Register, raw []byte) (FilledRegister, error) {
	book, err := table.Open(raw)
	if err != nil {
		return FilledRegister{}, err
	}
	for _, s := range book.Sheets {
		r := registerReading{kind: kind, sheet: s, columns: map[string]int{}}
		if !r.head() {
			continue
		}
		for row := r.first; row <= s.Last; row++ {
			r.row(row)
		}
		return r.out, nil
	}
	return FilledRegister{}, &lang.Error{Kind: lang.Unreadable, What: lang.F("台帳「%s」の表が見つかりません", "no table of the register %q was found in it", kind.Title),
		Why:  lang.T("見出し「記録名」（key）のある表がありません", "no table has the header Key"),
		Next: lang.F("tasuki record export %s で書き出したファイルに記入してください", "fill in the file that tasuki record export %s writes", kind.Kind)}
}

type registerReading struct {
	kind    guideline.Register
	sheet   table.Sheet
	first   int
	columns map[string]int
	out     FilledRegister
}

// head finds the row of headers and which column is what. Where a row of keys stands below the titles it is what counts:
// a title may have been worded otherwise when the sheet was written.
func (r *registerReading) head() bool {
	r.out.Sheet = r.sheet.Name
	for row := 1; row <= min(r.sheet.Last, maxHead); row++ {
		if r.headers(row) {
			if titles, ignored := maps.Clone(r.columns), r.out.Ignored; row < r.sheet.Last && r.headers(row+1) {
				row++
			} else {
				r.columns, r.out.Ignored = titles, ignored
			}
			r.first = row + 1
			return true
		}
	}
	return false
}

// headers reads a row as headers, and reports whether it is one.
func (r *registerReading) headers(row int) bool {
	clear(r.columns)
	r.out.Ignored = nil
	known := 0
	for c := 1; c <= r.sheet.Columns(); c++ {
		text := r.sheet.Text(c, row)
		name := r.column(text)
		switch {
		case name != "":
			r.columns[name] = c
			known++
		case text != "":
			r.out.Ignored = append(r.out.Ignored, Spot{Sheet: r.sheet.Name, Cell: table.Place{Column: c, Row: row}.Ref(), Value: shorten(text),
				What: lang.T("この台帳にない列なので読み取りません", "the register has no such column; it is not read")})
		}
	}
	return r.columns["key"] > 0 && known > 1
}

// column gives the column that a header names and that was not found yet: a field may be called as a column before it.
func (r *registerReading) column(text string) string {
	word := fold(strings.NewReplacer("（必須）", "", "(required)", "", "(必須)", "").Replace(norm.NFKC.String(text)))
	named := func(key string, title lang.Text, column string) bool {
		return r.columns[column] == 0 && (word == key || word == fold(title.JA) || word == fold(title.EN))
	}
	for _, f := range recordFields {
		if named(f.key, f.title, f.key) {
			return f.key
		}
	}
	for _, f := range r.kind.Fields {
		if named(f.Name, f.Title, dataColumn+f.Name) {
			return dataColumn + f.Name
		}
	}
	return ""
}

// dataColumn begins the names of the columns of fields.
const dataColumn = "data/"

func (r *registerReading) row(row int) {
	out := RegisterRow{Row: row, Data: map[string]any{}, Refs: map[string]string{}}
	filled := false
	text := func(name string) (string, table.Cell) {
		c := r.columns[name]
		if c == 0 {
			return "", table.Cell{}
		}
		out.Refs[name] = table.Place{Column: c, Row: row}.Ref()
		cell, _ := r.sheet.At(c, row)
		s := strings.TrimSpace(Unguard(strings.TrimRight(cell.Text, " \n\t　")))
		filled = filled || s != "" && name != "state"
		return s, cell
	}
	out.Key, _ = text("key")
	out.Subject, _ = text("subject")
	until, cell := text("valid_until")
	if until != "" {
		if d, ok := r.value(guideline.RegisterField{Type: guideline.DateField}, until, cell, out.Refs["valid_until"]); ok {
			out.ValidUntil = d.(string)
		}
	}
	for _, f := range r.kind.Fields {
		s, cell := text(dataColumn + f.Name)
		if s == "" && cell.Fault == "" {
			continue
		}
		if v, ok := r.value(f, s, cell, out.Refs[dataColumn+f.Name]); ok {
			out.Data[f.Name] = v
		}
	}
	switch {
	case !filled:
	case out.Key == "":
		r.problem(out.Ref("key"), "", lang.T("記録名がありません", "the key is missing"), lang.T("記録を見分ける名前を書いてください", "write a name that tells the record from others"))
	default:
		r.out.Rows = append(r.out.Rows, out)
	}
}

func (r *registerReading) problem(cell, value string, what, next lang.Text) {
	r.out.Problems = append(r.out.Problems, Spot{Sheet: r.sheet.Name, Cell: cell, Value: shorten(value), What: what, Next: next})
}

// value gives a cell the type of its field.
func (r *registerReading) value(f guideline.RegisterField, text string, cell table.Cell, ref string) (any, bool) {
	if cell.Fault != "" {
		c := reading{sheet: r.sheet}
		c.fault(Answer{Ref: ref, Text: text}, cell.Fault)
		r.out.Problems = append(r.out.Problems, c.out.Problems...)
		return nil, false
	}
	switch f.Type {
	case guideline.DateField:
		a := Answer{Ref: ref, Text: text}
		c := reading{sheet: r.sheet}
		c.due(&a, cell.Number)
		r.out.Problems = append(r.out.Problems, c.out.Problems...)
		return a.Text, !a.Missing && a.Text != ""
	case guideline.NumberField:
		n, err := strconv.ParseFloat(strings.TrimRight(strings.ReplaceAll(fold(text), ",", ""), "%件名人日点"), 64)
		if err != nil {
			r.problem(ref, text, lang.T("数として読めません", "it is not a number"), lang.T("数字だけを書いてください", "write digits only"))
		}
		return n, err == nil
	case guideline.BoolField:
		on, ok := readCheck(text)
		if !ok {
			r.problem(ref, text, lang.T("はい・いいえのどちらか分かりません", "it is neither yes nor no"), lang.T("はい 又は いいえ と書いてください", "write yes or no"))
		}
		return on, ok
	case guideline.ChoiceField:
		return r.choice(f, text, ref)
	case guideline.TopicsField:
		return r.topics(f, text, ref)
	case guideline.ListField, guideline.RecordsField:
		return items(text, ""), true
	}
	return text, true
}

// items cuts a cell into its lines, and at further characters.
func items(text, more string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || strings.ContainsRune(more, c) }) {
		if s = strings.TrimSpace(strings.TrimLeft(s, "・• ")); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// topics reads one topic a line; a line that is none may hold several.
func (r *registerReading) topics(f guideline.RegisterField, text, ref string) (any, bool) {
	var ids []string
	for _, line := range items(text, "") {
		words := []string{line}
		if choiceOf(f, line) < 0 {
			words = items(line, "、，,;・")
		}
		for _, word := range words {
			id, ok := r.choice(f, word, ref)
			if !ok {
				return nil, false
			}
			ids = append(ids, id.(string))
		}
	}
	return ids, true
}

// choiceOf finds a choice by its id or words; -1 when there is none.
func choiceOf(f guideline.RegisterField, text string) int {
	return slices.IndexFunc(f.Choices, func(c guideline.Choice) bool {
		return fold(text) == fold(c.ID) || fold(text) == fold(c.Title.JA) || fold(text) == fold(c.Title.EN)
	})
}

func (r *registerReading) choice(f guideline.RegisterField, text, ref string) (any, bool) {
	i := choiceOf(f, text)
	if i >= 0 {
		return f.Choices[i].ID, true
	}
	var ja, en []string
	for _, c := range f.Choices {
		ja, en = append(ja, c.Title.JA), append(en, c.Title.EN)
	}
	r.problem(ref, text, lang.F("「%s」に書ける値ではありません", "it is not a value that %q can have", f.Title),
		lang.T("次のいずれかにしてください: "+strings.Join(ja, "、"), "use one of: "+strings.Join(en, ", ")))
	return nil, false
}
