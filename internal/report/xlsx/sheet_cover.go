package xlsx

import (
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// cover writes sheet 4: what the workbook is about, how things stand in numbers, and the boxes of approval.
func (b *book) cover(lines []line) {
	sheet, in := b.say(coverSheet), b.in
	b.widths(sheet, 18, 18, 18, 18, 18)
	b.merge(sheet, "D1", "E1", b.labelled(lang.T("別紙番号", "Annex no."), in.Cover.Number), look{right: true})
	b.merge(sheet, "A3", "E3", b.say(checklistTitle), look{bold: true, size: 20, center: true})
	b.try(b.f.SetRowHeight(sheet, 3, 40))

	subject := in.Cover.Subject
	if subject == "" {
		subject = b.say(lang.F("%sに関する要求事項への対応状況", "Status of the requirements for %s", in.Software))
	}
	row := 5
	for _, p := range []struct {
		name  lang.Text
		value string
	}{
		{lang.T("件名", "Subject"), subject},
		{lang.T("宛先", "To"), in.Cover.Addressee},
		{lang.T("発行日", "Issued"), b.issuedFormally()},
		{lang.T("発行者", "Issued by"), in.Organisation},
		{lang.T("対象", "About"), strings.TrimSpace(in.Software + " " + in.Release)},
		{lang.T("水準", "Level"), b.say(levelWord(in.Level))},
		{lang.T("役割", "Roles"), roleWords(in.Roles, in.Lang)},
		{lang.T("版", "Edition"), in.Cover.Edition},
		{lang.T("連絡先", "Contact"), in.Cover.Contact},
		{lang.T("文書ダイジェスト", "Document digest"), in.Digest},
		{lang.T("よりどころ", "Based on"), b.say(lang.F("%s（%s、2026年3月）", "%s (%s, March 2026)", guideline.Title, guideline.Publisher))},
	} {
		b.put(sheet, at(1, row), b.say(p.name), look{bold: true, border: true, indent: true, fill: headFill})
		b.merge(sheet, at(2, row), at(5, row), outside(p.value), look{border: true, indent: true, open: true})
		b.try(b.f.SetRowHeight(sheet, row, height([]string{p.value}, []float64{72})))
		row++
	}
	row = b.numbers(sheet, row+1, lines)
	b.stamps(sheet, row+1)
	b.page(sheet, "portrait", "")
	b.protect(sheet)
}

// issuedFormally is the day of issue as the head of a paper has it, and the time.
func (b *book) issuedFormally() string {
	if b.in.Issued.IsZero() {
		return ""
	}
	return b.in.Dates.Formal(b.in.Issued, b.in.Lang) + b.in.Issued.Format(" 15:04 MST")
}

// numbers writes how many requirements stand where. There is no percentage: the six words do not add up to one.
func (b *book) numbers(sheet string, row int, lines []line) int {
	b.merge(sheet, at(1, row), at(5, row), b.say(lang.T("求められる個別要求の数", "Individual requirements asked for, by status")), look{bold: true})
	b.try(b.f.SetRowHeight(sheet, row, 20))
	row++
	n := counts(lines)
	total := 0
	for _, s := range statuses {
		word, _ := statusWord(s)
		b.put(sheet, at(1, row), b.say(word), look{border: true, indent: true})
		b.try(b.f.SetRowHeight(sheet, row, 20))
		b.put(sheet, at(2, row), n[s], look{border: true, center: true})
		total += n[s]
		row++
	}
	b.put(sheet, at(1, row), b.say(lang.T("計", "Total")), look{bold: true, border: true, indent: true})
	b.try(b.f.SetRowHeight(sheet, row, 20))
	b.put(sheet, at(2, row), total, look{bold: true, border: true, center: true})
	return row + 1
}

// stamps writes the boxes 起案, 確認, 承認 with name and day, to be filled by hand where they are empty.
func (b *book) stamps(sheet string, row int) {
	for i, s := range []struct {
		name lang.Text
		by   Stamp
	}{
		{lang.T("起案", "Drafted"), b.in.Cover.Drafted},
		{lang.T("確認", "Reviewed"), b.in.Cover.Reviewed},
		{lang.T("承認", "Approved"), b.in.Cover.Approved},
	} {
		b.put(sheet, at(3+i, row), b.say(s.name), look{bold: true, border: true, center: true, fill: headFill})
		b.put(sheet, at(3+i, row+1), outside(s.by.Name), look{border: true, center: true, open: true})
		b.put(sheet, at(3+i, row+2), stampDay(s.by.On), look{border: true, center: true, open: true})
	}
	b.try(b.f.SetRowHeight(sheet, row, 20))
	b.try(b.f.SetRowHeight(sheet, row+1, 56))
	b.try(b.f.SetRowHeight(sheet, row+2, 18))
}

// stampDay is a day as stamps have it: 2026.04.01.
func stampDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006.01.02")
}

func (b *book) labelled(name lang.Text, value string) string {
	return clean(b.say(name) + b.say(lang.T("：", ": ")) + value)
}

// guide writes sheet 5: how to fill in.
func (b *book) guide() {
	sheet := b.say(guideSheet)
	b.put(sheet, "A1", b.say(guideSheet), look{bold: true, size: 16})
	b.try(b.f.SetRowHeight(sheet, 1, 28))
	for i, t := range guideTexts {
		b.put(sheet, at(1, i+3), b.say(t.name), look{bold: true, border: true, indent: true, fill: headFill})
		b.put(sheet, at(2, i+3), b.say(t.text), look{border: true, indent: true})
		b.try(b.f.SetRowHeight(sheet, i+3, height([]string{b.say(t.text)}, []float64{92})))
	}
	b.widths(sheet, 20, 92)
	b.page(sheet, "portrait", "")
	b.protect(sheet)
}

var guideTexts = []struct{ name, text lang.Text }{
	{lang.T("入力するところ", "Where to write"), lang.T(
		"シート「要求事項チェックリスト」のA列（Check!）とK列から右に入力します。ほかのセルは保護していますが、パスワードはありません。",
		"Write in column A (Check!) and from column K on of the sheet “Checklist”. Other cells are protected, without a password.")},
	{lang.T("Check!", "Check!"), lang.T(
		"一覧から ☑ または ☐ を選びます。対応または例外承認つき対応のときに ☑ とします。",
		"Choose ☑ or ☐ from the list. ☑ stands for met and met with exception.")},
	{lang.T("状態", "Status"), lang.T(
		"次の6語から選びます。\n対応: 求められることを満たし、根拠がある\n例外承認つき対応: 満たせない部分について、期限のある例外が承認されている\n一部対応: 満たしていることと、まだのことがある\n未対応: まだ満たしていない\n対象外: この対象に当てはまらず、その理由が承認されている\n未評価: まだ確かめていない",
		"Choose one of six words.\nmet: what is asked for is true, and shown\nmet with exception: for what is missing an exception with an end date is approved\npartly met: some is true, some is not yet\nnot met: not true yet\nnot applicable: does not apply here, with an approved reason\nnot assessed: not looked at yet")},
	{lang.T("根拠", "Reason"), lang.T(
		"その状態とした理由を、読む人が確かめられるように書きます。",
		"Why the status is what it is, so that a reader can confirm it.")},
	{lang.T("証跡", "Evidence"), lang.T(
		"シート「証跡一覧」の証跡IDを書きます。複数あるときはセルの中で改行します。",
		"Ids of the sheet “Evidence”, one a line in the cell.")},
	{lang.T("担当・期限", "Owner, due"), lang.T(
		"残っている作業の担当者と期限です。期限は 2026-04-01 や 2026/4/1 のように日付で入力します。",
		"Who does what is left, and by when. Enter the day as a date, for example 2026-04-01.")},
	{lang.T("例外", "Exception"), lang.T(
		"承認された例外の番号と有効期限です。承認のない例外は書かず、状態を未対応または一部対応とします。",
		"Number and end date of an approved exception. Without approval the status is not met or partly met.")},
	{lang.T("灰色の行", "Grey rows"), lang.T(
		"選んだ要求パッケージと役割では求められていない個別要求です。状態は空欄のままで構いません。",
		"Individual requirements that the chosen package and roles do not ask for. Their status may stay empty.")},
	{lang.T("シート「データ」", "Sheet “Data”"), lang.T(
		"集計用の写しです。発行時の内容のままで、入力しても読み取りません。2行目（非表示）に英語の項目名があります。",
		"A copy for calculations, as things stood at issue. It is not read back. Row 2 (hidden) has the keys.")},
	{lang.T("保存と返送", "Saving and returning"), lang.T(
		"この形式（.xlsx）のまま保存してください。パスワードや閲覧制限を付けると読み取れません。要求IDと見出しは変えないでください。",
		"Save as .xlsx. With a password or rights management the file cannot be read. Leave ids and headers as they are.")},
	{lang.T("先頭の「'」", "A leading '"), lang.T(
		"計算式のように =、+、-、@ などで始まる文には、式として動かないように先頭に「'」を付けています。",
		"Texts that begin with =, +, -, @ and the like get an apostrophe in front, so that they do not run as formulas.")},
	{lang.T("個別要求の文", "The statements"), lang.F("%s。%s。", "%s. %s.", guideline.Summary, guideline.NonBinding)},
}
