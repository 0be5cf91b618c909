package xlsx

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// said are the words that people write for a status, folded (half width, lower case, no blanks). Our own words and codes
// are read beside them. Words that could mean two things, such as 対応中, are not here: they are asked about.
var said = map[verify.Status][]string{
	verify.Met: {"対応済", "対応済み", "済", "済み", "対応完了", "完了", "実施", "実施済", "実施済み", "適合", "可", "対応可", "準拠", "はい", "有", "あり", "レ", "レ点", "ok", "yes", "y", "done",
		"true", "1", "o"},
	verify.MetWithException: {"例外承認付き対応", "例外承認つき", "例外承認付き", "例外承認", "例外", "例外対応", "exception"},
	verify.PartlyMet:        {"一部", "一部済", "一部実施", "部分対応", "部分的に対応", "部分的", "partly", "partial", "partially", "partiallymet"},
	verify.NotMet:           {"未", "未実施", "未着手", "未達", "未完了", "要対応", "対応不可", "対応予定", "不適合", "非準拠", "いいえ", "否", "不可", "無", "no", "n", "ng", "false", "0", "x", "notyet"},
	verify.NotApplicable:    {"該当なし", "該当無し", "該当せず", "非該当", "適用外", "適用除外", "対象なし", "該当無", "n/a", "na", "n.a", "notapplicable", "-", "―", "ー", "−", "–", "—", "斜線", "/"},
	verify.NotAssessed:      {"未確認", "確認中", "不明", "未回答", "tbd", "?"},
}

// Marks that stand for a status, alone or beside words that say the same: ○✓済.
const (
	marksMet       = "○〇◯⭕●◎✓✔☑✅レ済"
	marksPartly    = "△▲"
	marksNotMet    = "×✕✖✗✘☓❌"
	marksUnchecked = "☐□"
)

type saidStatus struct {
	status verify.Status
	remark string
}

// readStatus takes what people write in the column 状態 for one of the six words. What stands in brackets or on further
// lines behind it is the remark. A cell that says nothing is no status.
func readStatus(text string) (saidStatus, bool) {
	head, remark := text, ""
	if s, ok := statusOf(head); ok {
		return saidStatus{s, ""}, true
	}
	if i := strings.IndexAny(text, "（(\n、，,：:; 　"); i > 0 {
		head, remark = text[:i], strings.TrimSpace(strings.Trim(text[i:], "（）()\n、，,：:; 　"))
	}
	s, ok := statusOf(head)
	return saidStatus{s, remark}, ok
}

// doubts are words in a remark that take back what the status says.
var doubts = []string{"予定", "一部", "部分", "未", "除く", "除き", "除いて", "以外", "検討", "準備中", "作業中", "対応中", "実施中", "見込", "目標",
	"partly", "partial", "plan", "except", "notyet", "inprogress", "tobe"}

// doubted reports whether the remark says something else than the status: 対応（6月予定）, ○（一部）.
func (s saidStatus) doubted() bool {
	remark := fold(s.remark)
	if other, ok := statusOf(s.remark); ok && other != s.status {
		return true
	}
	return (s.status == verify.Met || s.status == verify.MetWithException) &&
		slices.ContainsFunc(doubts, func(w string) bool { return strings.Contains(remark, w) })
}

func statusOf(text string) (verify.Status, bool) {
	word := strings.Trim(fold(text), "。.!！")
	for _, s := range statuses {
		own, _ := statusWord(s)
		if word == fold(own.JA) || word == fold(own.EN) || word == string(s) || slices.Contains(said[s], word) {
			return s, true
		}
	}
	raw := strings.Join(strings.Fields(text), "")
	switch {
	case raw == "":
	case strings.Trim(raw, marksMet+"\uFE0F\uFE0E") == "", strings.Trim(norm.NFKC.String(raw), marksMet) == "":
		return verify.Met, true
	case strings.Trim(raw, marksPartly) == "":
		return verify.PartlyMet, true
	case strings.Trim(raw, marksNotMet+"\uFE0F") == "":
		return verify.NotMet, true
	}
	// A mark before a word that says the same: ○対応済, ×未対応.
	if first := strings.TrimLeft(raw, marksMet+marksPartly+marksNotMet+"\uFE0F"); first != raw && first != "" {
		a, ok := statusOf(strings.TrimSuffix(raw, first))
		b, ok2 := statusOf(first)
		if ok && ok2 && a == b {
			return a, true
		}
	}
	return "", false
}

// readCheck takes what people write in Check! for ticked or not.
func readCheck(text string) (on, ok bool) {
	word := strings.Join(strings.Fields(text), "")
	switch {
	case word == "", strings.Trim(word, marksUnchecked) == "":
		return false, true
	case strings.Trim(word, marksMet+"■☒") == "":
		return true, true
	}
	s, ok := statusOf(text)
	switch {
	case !ok:
		return false, false
	case s == verify.Met:
		return true, true
	case s == verify.NotMet, s == verify.NotApplicable, s == verify.NotAssessed:
		return false, true
	}
	return false, false // △ is neither
}

// StatusName gives the word that people see for a status; empty for one that does not exist.
func StatusName(s verify.Status) lang.Text {
	word, _ := statusWord(s)
	return word
}
