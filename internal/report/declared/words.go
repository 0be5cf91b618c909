package declared

import (
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Statuses in the order they are shown in: what is done first, what is missing last, what does not apply after all.
var Statuses = []verify.Status{verify.Met, verify.MetWithException, verify.PartlyMet, verify.NotMet, verify.NotAssessed, verify.NotApplicable}

// StatusName gives the word people see.
func StatusName(s verify.Status) lang.Text {
	switch s {
	case verify.Met:
		return lang.T("対応", "met")
	case verify.MetWithException:
		return lang.T("例外承認つき対応", "met with exception")
	case verify.PartlyMet:
		return lang.T("一部対応", "partly met")
	case verify.NotMet:
		return lang.T("未対応", "not met")
	case verify.NotApplicable:
		return lang.T("対象外", "not applicable")
	}
	return lang.T("未評価", "not assessed")
}

// Mark gives the shape of a status: told apart without colour.
func Mark(s verify.Status) string {
	switch s {
	case verify.Met:
		return "●"
	case verify.MetWithException:
		return "◆"
	case verify.PartlyMet:
		return "◐"
	case verify.NotMet:
		return "▲"
	case verify.NotApplicable:
		return "–"
	}
	return "○"
}

// BasisName says what an answer rests on.
func BasisName(b verify.Basis) lang.Text {
	switch b {
	case verify.Automatic:
		return lang.T("自動判定", "automatic")
	case verify.Record:
		return lang.T("記録", "records")
	case verify.Claim:
		return lang.T("申告", "statement")
	}
	return lang.T(string(b), string(b))
}

// StatedOnly is what is said of an answer that rests on words alone.
var StatedOnly = lang.T("申告のみ", "stated only")

// PackageName gives the guideline's word for a level's package.
func PackageName(l guideline.Level) lang.Text {
	if l == guideline.Minimum {
		return lang.T("最低限要求パッケージ", "minimum package")
	}
	return lang.T("標準要求パッケージ", "standard package")
}

// StepName gives the word for a step of approval.
func StepName(s verify.ApprovalStep) lang.Text {
	switch s {
	case verify.Drafted:
		return lang.T("起案", "drafted")
	case verify.Reviewed:
		return lang.T("確認", "reviewed")
	case verify.Approved:
		return lang.T("承認", "approved")
	}
	return lang.T(string(s), string(s))
}

// ResourceName gives the word for what a supporting resource is.
func ResourceName(k verify.ResourceKind) lang.Text {
	switch k {
	case verify.SBOM:
		return lang.T("SBOM", "SBOM")
	case verify.VEX:
		return lang.T("VEX", "VEX")
	case verify.Evidence:
		return lang.T("証跡", "evidence")
	case verify.Upstream:
		return lang.T("供給元の宣言", "supplier's declaration")
	}
	return lang.T(string(k), string(k))
}

// Words puts sentences of one language together.
func Words(texts []lang.Text, l lang.Lang) string {
	join := ""
	if l == lang.EN {
		join = " "
	}
	var out []string
	for _, t := range texts {
		out = append(out, t.In(l))
	}
	return strings.Join(out, join)
}

// Person gives somebody's function and name.
func Person(p verify.Person, l lang.Lang) string {
	parts := []string{p.Department, p.Title, p.Name}
	if l == lang.EN {
		parts = []string{p.Name, p.Title, p.Department}
	}
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	if l == lang.EN {
		return strings.Join(out, ", ")
	}
	return strings.Join(out, " ")
}

// Day gives a day in Japan: 2026年4月1日, 1 April 2026. The zero time is a dash.
func Day(t time.Time, l lang.Lang) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(calendar.Japan)
	if l == lang.EN {
		return t.Format("2 January 2006")
	}
	return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
}

// Addressee gives the lines of an address block with the right form of address: an organisation alone is 御中; with a
// person at it the organisation goes bare and the person is 様. A form of address that is there already is kept.
func Addressee(organisation, person string, l lang.Lang) []string {
	var out []string
	organisation, person = strings.TrimSpace(organisation), strings.TrimSpace(person)
	switch {
	case organisation == "":
	case l == lang.EN || person != "":
		out = append(out, organisation)
	default:
		out = append(out, addressed(organisation, "御中"))
	}
	switch {
	case person == "":
	case l == lang.EN:
		out = append(out, "Attn: "+person)
	default:
		out = append(out, addressed(person, "様"))
	}
	return out
}

// addressed puts a form of address behind a name that has none.
func addressed(name, form string) string {
	for _, there := range []string{"御中", "様", "殿", "先生", "各位"} {
		if strings.HasSuffix(name, there) {
			return name
		}
	}
	return name + " " + form
}
