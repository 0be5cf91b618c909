package xlsx

import (
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// The names of the sheets.
var (
	checklistTitle = lang.T("要求事項チェックリスト", "Checklist of requirements")
	checklistSheet = lang.T("要求事項チェックリスト", "Checklist")
	dataSheet      = lang.T("データ", "Data")
	evidenceSheet  = lang.T("証跡一覧", "Evidence")
	coverSheet     = lang.T("表紙", "Cover")
	guideSheet     = lang.T("記入要領", "How to fill in")
)

const hiddenSheet = "_tasuki" // what reading back needs; the same in both languages

// The two values of Check!.
const (
	checked   = "☑"
	unchecked = "☐"
)

// statuses in the order of the drop-down.
var statuses = []verify.Status{verify.Met, verify.MetWithException, verify.PartlyMet, verify.NotMet, verify.NotApplicable, verify.NotAssessed}

// statusWord gives the word people see; false for a status that does not exist.
func statusWord(s verify.Status) (lang.Text, bool) {
	switch s {
	case verify.Met:
		return lang.T("対応", "met"), true
	case verify.MetWithException:
		return lang.T("例外承認つき対応", "met with exception"), true
	case verify.PartlyMet:
		return lang.T("一部対応", "partly met"), true
	case verify.NotMet:
		return lang.T("未対応", "not met"), true
	case verify.NotApplicable:
		return lang.T("対象外", "not applicable"), true
	case verify.NotAssessed:
		return lang.T("未評価", "not assessed"), true
	}
	return lang.Text{}, false
}

func levelWord(l guideline.Level) lang.Text {
	if l == guideline.Minimum {
		return lang.T("最低限要求パッケージ", "Minimum requirement package")
	}
	return lang.T("標準要求パッケージ", "Standard requirement package")
}

func roleWord(r guideline.Role) lang.Text {
	switch r {
	case guideline.Developer:
		return lang.T("開発者", "Developer")
	case guideline.Supplier:
		return lang.T("供給者", "Supplier")
	case guideline.Operator:
		return lang.T("運用者", "Operator")
	}
	return lang.T("顧客", "Customer")
}

func roleWords(roles []guideline.Role, l lang.Lang) string {
	var words []string
	for _, r := range roles {
		words = append(words, roleWord(r).In(l))
	}
	return strings.Join(words, lang.T("・", ", ").In(l))
}
