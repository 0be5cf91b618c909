package declared

import (
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/guideline"
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

// Japan is the zone that days are given in.
var Japan = time.FixedZone("JST", 9*60*60)

// Day gives a day in Japan: 2026年4月1日, 1 April 2026. The zero time is a dash.
func Day(t time.Time, l lang.Lang) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(Japan)
	if l == lang.EN {
		return t.Format("2 January 2006")
	}
	return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
}

// reiwa is the first day of the era.
var reiwa = time.Date(2019, 5, 1, 0, 0, 0, 0, Japan)

// EraDay gives a day with its Japanese era in Japanese, as formal papers do: 2026年4月1日（令和8年4月1日）. Days before
// Reiwa, and days in English, go without.
func EraDay(t time.Time, l lang.Lang) string {
	if l == lang.EN || t.Before(reiwa) {
		return Day(t, l)
	}
	d := t.In(Japan)
	year := fmt.Sprint(d.Year() - 2018)
	if year == "1" {
		year = "元"
	}
	return fmt.Sprintf("%s（令和%s年%d月%d日）", Day(t, l), year, d.Month(), d.Day())
}
