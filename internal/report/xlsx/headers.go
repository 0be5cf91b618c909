package xlsx

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/table"
)

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
