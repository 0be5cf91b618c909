package xlsx

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/table"
)

// answer reads one cell of a line.
func (r *reading) answer(g grid, f Field, l Line) (Answer, bool) {
	column, ok := r.column(g, f, l)
	if column == 0 {
		return Answer{}, false
	}
	cell, _ := g.sheet.At(column, l.Row)
	a := Answer{Ref: table.Place{Column: column, Row: l.Row}.Ref(), Text: typed(cell)}
	switch {
	case !ok:
		a.Missing = true
	case cell.Fault != "":
		a.Missing = true
		r.fault(a, cell.Fault)
	case slices.Contains(dittos, fold(a.Text)):
		r.ditto(&a, f)
	case f == CheckField:
		r.check(&a)
	case f == StatusField:
		r.status(&a)
		if codes := g.columns["code"]; len(codes) > 0 {
			if word, ok := readStatus(g.sheet.Text(codes[0], l.Row)); ok {
				a.Code = word.status
			}
		}
	case f == DueField:
		r.due(&a, cell.Number)
	}
	return a, true
}

// typed is the text of a cell without the guard against formulas and without blanks around.
func typed(c table.Cell) string {
	return strings.TrimSpace(Unguard(strings.TrimRight(c.Text, " \n\t　")))
}

// column finds the column that a field is answered in; 0 when there is none. People add columns of their own beside ours
// with the same header. Where they say different things, what the workbook said when it was made is not the answer; where
// that does not tell, ok is false and the cells are named.
func (r *reading) column(g grid, f Field, l Line) (column int, ok bool) {
	cols := g.columns[f]
	if len(cols) == 0 && f == StatusField {
		cols = g.columns["code"]
	}
	if len(cols) == 0 {
		return 0, false
	}
	var said, own []int // columns that say something; those that say what the workbook said
	for _, c := range cols {
		text := g.sheet.Text(c, l.Row)
		if text == "" || f == CheckField && text == unchecked {
			continue
		}
		if base, known := l.Base[f]; known && meaning(f, text) == base {
			own = append(own, c)
			continue
		}
		if !slices.ContainsFunc(said, func(o int) bool { return meaning(f, text) == meaning(f, g.sheet.Text(o, l.Row)) }) {
			said = append(said, c)
		}
	}
	switch {
	case len(said) == 1:
		return said[0], true
	case len(said) == 0 && len(own) > 0:
		return own[0], true
	case len(said) == 0:
		return cols[0], true
	}
	first, second := table.Place{Column: said[0], Row: l.Row}.Ref(), table.Place{Column: said[1], Row: l.Row}.Ref()
	r.problem(first, shorten(g.sheet.Text(said[0], l.Row)), lang.F("「%[1]s」の列が二つあり、%[2]s は「%[3]s」です", "there are two columns %[1]q, and %[2]s says %[3]q",
		FieldName(f), second, shorten(g.sheet.Text(said[1], l.Row))), lang.T("回答する列を一つにしてください", "answer in one column"))
	return said[0], false
}

// meaning makes what cells of a field say comparable, with each other and with [Line.Base].
func meaning(f Field, text string) string {
	switch f {
	case StatusField:
		if word, ok := readStatus(text); ok && word.remark == "" {
			return string(word.status)
		}
	case CheckField:
		if on, ok := readCheck(text); ok {
			return fmt.Sprint(on)
		}
	}
	return strings.TrimSpace(Unguard(text))
}

// dittos say that a cell is as the one above it, folded.
var dittos = []string{"同上", "〃", "々", "″", "′′", "\"", "''", "上に同じ", "上記と同じ", "↑", "ditto"}

// ditto takes the answer of the line above.
func (r *reading) ditto(a *Answer, f Field) {
	above, ok := r.above[f]
	if !ok || above.Missing || above.Text == "" {
		a.Missing = true
		r.problem(a.Ref, a.Text, lang.T("上の行に読み取れる値がありません", "the row above has nothing that can be read"), lang.T("値を書いてください", "write the value"))
		return
	}
	above.Ref = a.Ref
	*a = above
}

func (r *reading) fault(a Answer, f table.Fault) {
	switch f {
	case table.FormulaError:
		r.problem(a.Ref, a.Text, lang.T("数式がエラーになっています", "its formula gives an error"), lang.T("数式ではなく、値を入力してください", "enter the value in place of the formula"))
	case table.FormulaUnknown:
		r.problem(a.Ref, a.Text, lang.T("数式の計算結果が保存されていません", "the file does not keep what its formula gave"), lang.T("表計算ソフトで開いて保存し直すか、値を入力してください", "open and save it in a spreadsheet program, or enter the value"))
	case table.Struck:
		r.problem(a.Ref, shorten(a.Text), lang.T("取り消し線が引かれています", "it is struck through"), lang.T("セルを空にするか、新しい値を書いてください", "empty the cell, or write what holds now"))
	case table.TooLong:
		r.problem(a.Ref, shorten(a.Text), lang.F("文が長すぎます（上限 %d 字）", "the text is too long (limit %d characters)", table.MaxText), lang.T("要点だけにするか、別の文書にしてください", "keep to the point, or make it a document of its own"))
	}
}

func (r *reading) check(a *Answer) {
	on, ok := readCheck(a.Text)
	if !ok {
		a.Missing = true
		r.problem(a.Ref, shorten(a.Text), lang.T("チェックの有無が分かりません", "it is not clear whether it is ticked"), lang.T("☑ 又は ☐ を選んでください", "choose ☑ or ☐"))
		return
	}
	a.Checked = on
}

func (r *reading) status(a *Answer) {
	if a.Text == "" {
		return
	}
	word, ok := readStatus(a.Text)
	if !ok {
		a.Missing = true
		r.problem(a.Ref, shorten(a.Text), lang.T("状態として読めません", "it is not a status that can be read"),
			lang.T("対応・例外承認つき対応・一部対応・未対応・対象外・未評価のいずれかにしてください", "use one of: met, met with exception, partly met, not met, not applicable, not assessed"))
		return
	}
	if word.doubted() {
		a.Missing = true
		r.problem(a.Ref, shorten(a.Text), lang.F("「%s」と添え書き「%s」が合いません", "%q and the remark %q do not agree", StatusName(word.status), shorten(word.remark)),
			lang.T("いまの状態だけを状態の欄に書き、予定や残りは備考に書いてください", "write only how things stand in the status, and plans and what is left in the note"))
		return
	}
	a.Status, a.Remark = word.status, word.remark
}

// due reads a day. A bare number of a plausible size is a serial number whose format was lost.
func (r *reading) due(a *Answer, number bool) {
	if a.Text == "" || emptyDays[fold(a.Text)] {
		a.Text = ""
		return
	}
	if number {
		var n float64
		if _, err := fmt.Sscan(a.Text, &n); err == nil && n > 36_526 && n < 73_051 { // 2000 to 2100
			if d, ok := table.Serial(n); ok {
				a.Text = d.Format(time.DateOnly)
			}
		}
	}
	d, err := calendar.ParseDay(a.Text, calendar.Japan)
	if err != nil {
		a.Missing = true
		e := err.(*lang.Error)
		r.problem(a.Ref, shorten(a.Text), e.Why, e.Next)
		return
	}
	a.Day, a.Text = d, d.Format(time.DateOnly)
}

// emptyDays are ways to say that there is no day.
var emptyDays = map[string]bool{"-": true, "ー": true, "―": true, "−": true, "–": true, "なし": true, "無し": true, "n/a": true, "na": true, "none": true}
