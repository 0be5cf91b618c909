package xlsx

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/table"
	"example.org/tasuki/verify"
)

// A Field is something that people fill in: a column of the checklist, A or K to Q.
type Field string

// The fields, in the order of the sheet.
const (
	CheckField     Field = "check"
	StatusField    Field = "status"
	ReasonField    Field = "reason"
	EvidenceField  Field = "evidence"
	OwnerField     Field = "owner"
	DueField       Field = "due"
	NoteField      Field = "note"
	ExceptionField Field = "exception"
)

// Fields lists them.
var Fields = []Field{CheckField, StatusField, ReasonField, EvidenceField, OwnerField, DueField, NoteField, ExceptionField}

// FieldName is the header of a field's column.
func FieldName(f Field) lang.Text {
	if f == CheckField {
		return lang.T("Check!", "Check!")
	}
	return headers[slices.IndexFunc(headers, func(h header) bool { return h.field == f })].title
}

// Filled is what a filled checklist says.
type Filled struct {
	Format string // xlsx or csv
	Sheet  string // the sheet that was read
	// What the workbook says of itself, empty in CSV and where the hidden sheet is gone: format, lang, edition, software,
	// release, level, digest, request, nonce, issued. People can change it, so it tells where a file belongs and proves
	// nothing.
	About    map[string]string
	Lines    []Line
	Evidence map[string]string // digest by the id that the sheet of evidence gives it
	Problems []Spot            // cells that could not be read; their lines keep the cells that could
	Ignored  []Spot            // what was seen and does not count: added columns, trailing notes, further sheets
}

// A Line is the answer to one individual requirement.
type Line struct {
	ID    guideline.ID
	Row   int
	Cells map[Field]Answer
	Base  map[Field]string // what the workbook said when it was made, by its own sheet データ; nil without one
}

// An Answer is what one cell says. Text is without the guard against formulas (see [Guard]) and without blanks around.
type Answer struct {
	Ref     string
	Text    string
	Status  verify.Status // of a status cell that is not empty
	Code    verify.Status // what a column of status codes beside it says, in CSV
	Checked bool          // of a Check! cell
	Day     time.Time     // of a due date that is not empty, at its start in Japan
	Remark  string        // what stood behind the status word
	Missing bool          // it could not be read; Problems says why
}

// A Spot is a place in a file with something to say about it. Cell is empty when the whole sheet is meant.
type Spot struct {
	Sheet string    `json:"sheet"`
	Cell  string    `json:"cell"`
	Value string    `json:"value"`
	What  lang.Text `json:"what"`
	Next  lang.Text `json:"next"`
}

// ReadChecklist reads a checklist that people filled in. It finds the sheet and its columns by their headers and rows by
// their ids, wherever they stand, and takes what people write for what they mean. A file that holds no checklist is an
// error of kind Unreadable.
func ReadChecklist(raw []byte) (Filled, error) {
	book, err := table.Open(raw)
	if err != nil {
		return Filled{}, err
	}
	r := reading{out: Filled{Format: book.Format, About: map[string]string{}, Evidence: map[string]string{}}}
	r.about(book)
	found := r.choose(book)
	if found == nil {
		return Filled{}, &lang.Error{Kind: lang.Unreadable, What: lang.T("要求事項チェックリストが見つかりません", "no checklist of requirements was found in it"),
			Why:  lang.T("見出し「要求ID」と「状態」のある表がありません", "no table has the headers ID and Status"),
			Next: lang.T("tasuki export xlsx で書き出したファイルに記入し、見出しを残したまま保存してください", "fill in the file that tasuki export xlsx writes, and keep its headers")}
	}
	r.sheet, r.out.Sheet = found.sheet, found.sheet.Name
	r.evidence(book)
	r.lines(*found, r.base(book))
	return r.out, nil
}

type reading struct {
	out   Filled
	sheet table.Sheet
	above map[Field]Answer // of the line before, nil when that cannot be said
}

// choose finds the sheet that people filled in: the one with our name, else the first that is not the flat table. The
// flat table counts when there is nothing else, as in CSV.
func (r *reading) choose(book table.Book) *grid {
	var best *grid
	rank := -1
	var others []string
	for _, s := range book.Sheets {
		g, ok := gridOf(s)
		if !ok || s.Name == hiddenSheet {
			continue
		}
		n := 1
		switch {
		case g.keyed:
			n = 0
		case s.Name == checklistSheet.JA || s.Name == checklistSheet.EN:
			n = 2
		}
		if n > 0 {
			others = append(others, s.Name)
		}
		if n > rank {
			best, rank = &g, n
		}
	}
	for _, name := range others {
		if name != best.sheet.Name {
			r.ignore(name, "", "", lang.F("読み取ったのはシート「%s」だけです", "only the sheet %q was read", best.sheet.Name))
		}
	}
	return best
}

func (r *reading) ignore(sheet, cell, value string, what lang.Text) {
	r.out.Ignored = append(r.out.Ignored, Spot{Sheet: sheet, Cell: cell, Value: value, What: what})
}

func (r *reading) problem(cell, value string, what, next lang.Text) {
	r.out.Problems = append(r.out.Problems, Spot{Sheet: r.sheet.Name, Cell: cell, Value: value, What: what, Next: next})
}

// about reads the hidden sheet.
func (r *reading) about(book table.Book) {
	for _, s := range book.Sheets {
		if s.Name != hiddenSheet {
			continue
		}
		for row := 1; row <= min(s.Last, 40); row++ {
			if key := s.Text(1, row); key != "" {
				r.out.About[key] = Unguard(s.Text(2, row))
			}
		}
	}
}

// evidence reads the sheet of evidence: ids and digests.
func (r *reading) evidence(book table.Book) {
	for _, s := range book.Sheets {
		id, digest := 0, 0
		for c := 1; c <= s.Columns(); c++ {
			switch fold(s.Text(c, 1)) {
			case "証跡id", "id":
				id = c
			case "ダイジェスト", "digest":
				digest = c
			}
		}
		for row := 2; id > 0 && digest > 0 && row <= s.Last; row++ {
			if d := Unguard(s.Text(digest, row)); strings.HasPrefix(d, "sha256:") {
				r.out.Evidence[evidenceWord(s.Text(id, row))] = d
			}
		}
	}
}

func evidenceWord(s string) string { return strings.ToUpper(fold(Unguard(s))) }

// base reads what the workbook said when it was made from its own flat table.
func (r *reading) base(book table.Book) map[guideline.ID]map[Field]string {
	for _, s := range book.Sheets {
		g, ok := gridOf(s)
		if !ok || !g.keyed || s.Name == r.sheet.Name {
			continue
		}
		out := map[guideline.ID]map[Field]string{}
		for row := g.head + 1; row <= s.Last; row++ {
			id, err := guideline.ParseID(s.Text(g.columns["id"][0], row))
			if err != nil {
				continue
			}
			out[id] = map[Field]string{}
			for _, f := range Fields {
				if cols := g.columns[f]; len(cols) > 0 {
					out[id][f] = Unguard(s.Text(cols[0], row))
				}
			}
			if word, ok := readStatus(out[id][StatusField]); ok {
				out[id][StatusField] = string(word.status)
				out[id][CheckField] = fmt.Sprint(word.status == verify.Met || word.status == verify.MetWithException)
			}
		}
		return out
	}
	return nil
}
