package xlsx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
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
}

// A header is how a column is headed: by us, as the key of the CSV form, and by people who rename it.
type header struct {
	field Field
	title lang.Text
	other []string
}

// headers of the columns that are read, and those of the annex, which are known and not read.
var headers = []header{
	{"id", lang.T("要求ID", "ID"), []string{"要求番号", "要件id", "要件番号", "項番", "番号", "no", "requirementid"}},
	{CheckField, lang.T("Check!", "Check!"), []string{"チェック", "check", "確認"}},
	{StatusField, lang.T("状態", "Status"), []string{"status_word", "対応状況", "対応状態", "ステータス", "評価", "回答", "適合状況"}},
	{ReasonField, lang.T("根拠", "Reason"), []string{"理由", "根拠理由", "根拠・理由", "対応内容", "説明"}},
	{EvidenceField, lang.T("証跡", "Evidence"), []string{"証跡id", "エビデンス", "証拠"}},
	{OwnerField, lang.T("担当", "Owner"), []string{"担当者", "責任者", "担当部署"}},
	{DueField, lang.T("期限", "Due"), []string{"期日", "対応期限", "完了予定日", "予定日", "納期"}},
	{NoteField, lang.T("備考", "Note"), []string{"コメント", "メモ", "notes", "comment", "comments", "remarks"}},
	{ExceptionField, lang.T("例外", "Exception"), []string{"例外承認", "例外措置"}},
	{"code", lang.T("状態コード", "Status code"), []string{"status_code"}},
	{"", lang.T("要求パッケージ", "Requirement package"), []string{"最低限", "標準", "minimum", "standard", "個別要求タイトル", "個別要求", "individualrequirement", "title",
		"開発者", "供給者", "運用者", "顧客", "developer", "supplier", "operator", "customer", "要求事項", "requirement", "分類", "category", "適用", "asked",
		"責務を果たすための要求事項", "評価の記録"}},
}

// fold makes words comparable: half width, lower case, without blanks and line ends.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(s))), "")
}

// headerOf gives the field that a column's header names.
func headerOf(text string) (Field, bool) {
	word := fold(text)
	for _, h := range headers {
		if word == fold(h.title.JA) || word == fold(h.title.EN) || slices.Contains(h.other, word) {
			return h.field, true
		}
	}
	return "", false
}

// A grid is a sheet that holds a checklist: where its header is and which column is what.
type grid struct {
	sheet   table.Sheet
	head    int
	columns map[Field][]int
	added   []int // columns that are not ours
	keyed   bool  // it is the sheet データ or the CSV form, by its keys
}

// maxHead is how far down a header is looked for.
const maxHead = 60

// gridOf finds the header row of a sheet: the first with an id column and at least one field that is filled in.
func gridOf(s table.Sheet) (grid, bool) {
	last := s.Columns()
	for row := 1; row <= min(s.Last, maxHead); row++ {
		g := grid{sheet: s, head: row, columns: map[Field][]int{}}
		for c := 1; c <= last; c++ {
			text := s.Text(c, row)
			f, known := headerOf(text)
			switch {
			case text == "status":
				f, known = "code", true // the key of the flat table, beside status_word
			case text == "" && row > 1: // a header of two rows
				if above, ok := headerOf(s.Text(c, row-1)); ok && above == CheckField {
					f, known = above, true
				}
			}
			switch {
			case known:
				g.columns[f] = append(g.columns[f], c)
			case text != "":
				g.added = append(g.added, c)
			}
		}
		g.keyed = len(g.columns["code"]) > 0
		if len(g.columns["id"]) > 0 && len(g.columns[StatusField])+len(g.columns["code"])+len(g.columns[ReasonField])+len(g.columns[CheckField]) > 0 {
			return g, true
		}
	}
	return grid{}, false
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

// lines reads the rows below the header.
func (r *reading) lines(g grid, base map[guideline.ID]map[Field]string) {
	for _, c := range g.added {
		r.ignore(g.sheet.Name, table.Place{Column: c, Row: g.head}.Ref(), g.sheet.Text(c, g.head),
			lang.T("追加された列は読み取りません", "an added column is not read"))
	}
	seen := map[guideline.ID]int{}
	for row := g.head + 1; row <= g.sheet.Last; row++ {
		id, ref, found := r.id(g, row)
		if !found {
			r.stray(g, row)
			continue
		}
		if id == "" {
			continue // it was named as a problem
		}
		line := Line{ID: id, Row: row, Cells: map[Field]Answer{}, Base: base[id]}
		for _, f := range Fields {
			if a, ok := r.answer(g, f, row); ok {
				line.Cells[f] = a
			}
		}
		if first, twice := seen[id]; twice {
			if !line.empty() {
				r.problem(ref, string(id), lang.F("%[1]s の行が二つあります（%[2]d行目と%[3]d行目）。%[2]d行目だけを読み取りました", "%[1]s has two rows (%[2]d and %[3]d); only row %[2]d was read", id, first, row),
					lang.F("%d行目にまとめてください", "put all of it in row %d", first))
			}
			continue
		}
		seen[id] = row
		r.out.Lines = append(r.out.Lines, line)
	}
}

func (l Line) empty() bool {
	for _, a := range l.Cells {
		if a.Text != "" && a.Text != unchecked {
			return false
		}
	}
	return true
}

// id reads which requirement a row answers. found is false when the row names none at all; the id is empty when it
// names one that does not exist.
func (r *reading) id(g grid, row int) (id guideline.ID, ref string, found bool) {
	for _, c := range g.columns["id"] {
		text := g.sheet.Text(c, row)
		if text == "" {
			continue
		}
		ref = table.Place{Column: c, Row: row}.Ref()
		if id, ok := findID(text); ok {
			if _, known := guideline.Default().Individual(id); known {
				return id, ref, true
			}
			r.problem(ref, text, lang.F("個別要求「%s」はありません", "there is no individual requirement %q", id),
				lang.T("要求IDを元のとおりに直してください", "put the id back as it was"))
			return "", ref, true
		}
		if likeID.MatchString(fold(text)) {
			r.problem(ref, shorten(text), lang.T("要求IDとして読めません", "it is not an id that can be read"),
				lang.T("S(1)-1.1 の形で書いてください", "write it as S(1)-1.1"))
			return "", ref, true
		}
	}
	return "", ref, false
}

// likeID is what is meant for an id, when it is folded.
var likeID = regexp.MustCompile(`^[\[(【※*]*s[(\[]?\d`)

// findID finds an id in what people wrote, with notes behind it or in brackets around it.
func findID(text string) (guideline.ID, bool) {
	if id, err := guideline.ParseID(text); err == nil {
		return id, true
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for _, word := range []string{line, strings.TrimLeft(line, "【[「※*・ 　"), firstWord(line)} {
		word = strings.TrimRight(word, "】]」※* 　")
		if id, err := guideline.ParseID(word); err == nil {
			return id, true
		}
	}
	return "", false
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// stray notes what stands in a row that answers no requirement.
func (r *reading) stray(g grid, row int) {
	for _, f := range Fields {
		for _, c := range g.columns[f] {
			cell, ok := g.sheet.At(c, row)
			if text := strings.TrimSpace(cell.Text); ok && text != "" && text != unchecked && !isFoot(text) {
				r.ignore(g.sheet.Name, table.Place{Column: c, Row: row}.Ref(), shorten(text), lang.T("要求IDのない行なので読み取りません", "the row has no id and is not read"))
				return
			}
		}
	}
}

// isFoot recognises the lines that we write below the table ourselves.
func isFoot(text string) bool {
	return strings.HasPrefix(text, "※ S(") || strings.HasPrefix(text, "灰色の行は") || strings.HasPrefix(text, "Grey rows are")
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// answer reads one cell of a row. Where several columns have the same header, the first that is not empty counts.
func (r *reading) answer(g grid, f Field, row int) (Answer, bool) {
	cols := g.columns[f]
	if len(cols) == 0 && f == StatusField {
		cols = g.columns["code"]
	}
	if len(cols) == 0 {
		return Answer{}, false
	}
	column := cols[0]
	for _, c := range cols {
		if g.sheet.Text(c, row) != "" {
			column = c
			break
		}
	}
	cell, _ := g.sheet.At(column, row)
	a := Answer{Ref: table.Place{Column: column, Row: row}.Ref(), Text: strings.TrimSpace(Unguard(strings.TrimRight(cell.Text, " \n\t　")))}
	if cell.Fault != "" {
		a.Missing = true
		r.fault(a, cell.Fault)
		return a, true
	}
	switch f {
	case CheckField:
		r.check(&a)
	case StatusField:
		r.status(&a)
		if codes := g.columns["code"]; len(codes) > 0 {
			if word, ok := readStatus(g.sheet.Text(codes[0], row)); ok {
				a.Code = word.status
			}
		}
	case DueField:
		r.due(&a, cell.Number)
	}
	return a, true
}

func (r *reading) fault(a Answer, f table.Fault) {
	switch f {
	case table.FormulaError:
		r.problem(a.Ref, a.Text, lang.T("数式がエラーになっています", "its formula gives an error"), lang.T("数式ではなく、値を入力してください", "enter the value in place of the formula"))
	case table.FormulaUnknown:
		r.problem(a.Ref, a.Text, lang.T("数式の計算結果が保存されていません", "the file does not keep what its formula gave"), lang.T("表計算ソフトで開いて保存し直すか、値を入力してください", "open and save it in a spreadsheet program, or enter the value"))
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
