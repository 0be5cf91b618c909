package triage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// Status is what people decided about a finding, in the words of VEX.
type Status string

// The statuses; Open when nobody decided, or a decision no longer holds.
const (
	Open               Status = ""
	Affected           Status = "affected"
	NotAffected        Status = "not_affected"
	Fixed              Status = "fixed"
	UnderInvestigation Status = "under_investigation"
)

// Statuses in the order they are offered.
var Statuses = []Status{Affected, NotAffected, Fixed, UnderInvestigation}

// Justifications are the reasons for not_affected (OpenVEX 0.2.0, "status justifications"; CSAF 2.0 flags).
var Justifications = []string{"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
	"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"}

// Treatments are what can be done about a vulnerability that affects the software.
var Treatments = []string{"fix", "workaround", "accept"}

// Case is a finding of one release with what is known of its exploitation.
type Case struct {
	Finding   finding.Finding
	Release   chain.Release
	Exploited bool // listed in KEV
}

// IDs gives every id of the case's vulnerability, the one that names it first.
func (c Case) IDs() []string {
	ids := []string{c.Finding.Vuln}
	for _, id := range append(slices.Clone(c.Finding.Aliases), c.Finding.Advisories...) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Ground gives what a decision about the case rests on: the component in its version, and a digest of what is known of
// the vulnerability that a person would judge by — its rating, its summary, the versions that are fixed, and whether it
// is exploited. Changes of an advisory's wording beyond that, and of EPSS, which moves daily, do not count.
func (c Case) Ground() store.Ground {
	f := c.Finding
	b, err := json.Marshal(map[string]any{"severity": f.Severity, "score": f.Score, "cvss": sorted(f.CVSS), "fixed": sorted(f.Fixed),
		"summary": f.Summary, "exploited": c.Exploited})
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(b)
	return store.Ground{Component: component(f), Vuln: f.Vuln, Facts: "sha256:" + hex.EncodeToString(sum[:])}
}

func component(f finding.Finding) string {
	if f.PURL != "" {
		return f.PURL
	}
	return f.Name + " " + f.Version
}

func sorted(s []string) []string {
	out := append([]string{}, s...)
	slices.Sort(out)
	return out
}

// AnyVuln as the vulnerability of a decision names every finding of its component: those there were when it was decided.
const AnyVuln = "*"

// Names reports whether a decision speaks of a case: of its vulnerability under any id, and of its component, software
// and release where it names one.
func Names(d store.Decision, c Case) bool {
	return (d.Vuln == AnyVuln && d.Component != "" || slices.Contains(c.IDs(), d.Vuln)) &&
		(d.Component == "" || d.Component == component(c.Finding) || chain.Matches(d.Component, c.Finding.PURL)) &&
		(d.Software == "" || d.Software == c.Release.Software) && InLine(d.Versions, c.Release.Version)
}

// IsLine reports whether a text names a product line: 2.* is 2 and every version that goes on from it at a dot.
func IsLine(versions string) bool { return len(versions) > 2 && strings.HasSuffix(versions, ".*") }

// InLine reports whether a version is among those a decision names: it alone, those of its product line, or all.
func InLine(versions, v string) bool {
	if line, ok := strings.CutSuffix(versions, ".*"); ok && IsLine(versions) {
		return v == line || strings.HasPrefix(v, line+".")
	}
	return versions == "" || versions == v
}

// Lapse says that a decision names a finding and yet does not stand for it, and why.
type Lapse struct {
	Decision store.Decision `json:"decision"`
	Why      lang.Text      `json:"why"`
}

// Standing gives the decision that stands for a case. The latest one that names it counts, and nothing behind it: when
// that has expired, or the case is not as it was then, the case is open again and the lapse says why. Both are nil when
// nobody decided. A release that came later inherits a decision about all releases as long as component and facts are
// the same.
func Standing(decisions []store.Decision, c Case, now time.Time) (*store.Decision, *Lapse) {
	var last *store.Decision
	for i, d := range decisions {
		if Names(d, c) && (last == nil || !d.At.Before(last.At)) {
			last = &decisions[i]
		}
	}
	if last == nil {
		return nil, nil
	}
	if why := lapsed(*last, c, now); !why.IsZero() {
		return nil, &Lapse{*last, why}
	}
	return last, nil
}

func lapsed(d store.Decision, c Case, now time.Time) lang.Text {
	if !d.Until.IsZero() && !now.Before(d.Until) {
		return lang.F("判断の期限（%s）が過ぎました", "the decision held until %s", d.Until.UTC().Format(time.DateOnly))
	}
	g := c.Ground()
	ids := c.IDs()
	i := slices.IndexFunc(d.Grounds, func(o store.Ground) bool { return o.Component == g.Component && slices.Contains(ids, o.Vuln) })
	switch {
	case i < 0:
		return lang.F("%s は判断したときに対象ではありませんでした", "%s was not there when it was decided", g.Component)
	case d.Grounds[i].Facts != g.Facts:
		return lang.T("判断の後に脆弱性の情報が変わりました（深刻度、修正版、悪用の状況など）", "what is known of the vulnerability changed after the decision (rating, fixed versions, exploitation …)")
	}
	return lang.Text{}
}

// Validate refuses a decision that does not say enough to be understood by whoever reads it later (OpenVEX 0.2.0: a
// not_affected needs its reason).
func Validate(d store.Decision, now time.Time) error {
	refuse := func(what, next lang.Text) error { return &lang.Error{Kind: lang.Usage, What: what, Next: next} }
	switch {
	case !slices.Contains(Statuses, Status(d.Status)):
		return refuse(lang.F("判断「%s」はありません", "there is no status %q", d.Status),
			lang.T("affected, not_affected, fixed, under_investigation のいずれかを指定してください", "give affected, not_affected, fixed or under_investigation"))
	case d.Vuln == AnyVuln && d.Component == "":
		return refuse(lang.T("すべての脆弱性についての判断には部品が必要です", "a decision on every vulnerability has to name a component"),
			lang.T("--component も指定してください", "give --component too"))
	case d.Justification != "" && (d.Status != string(NotAffected) || !slices.Contains(Justifications, d.Justification)):
		return refuse(lang.F("理由「%s」は使えません", "the justification %q cannot be used", d.Justification),
			lang.F("理由は not_affected にだけ付けられます: %s", "a justification goes with not_affected only: %s", strings.Join(Justifications, ", ")))
	case d.Status == string(NotAffected) && d.Justification == "" && d.Note == "":
		return refuse(lang.T("影響がないとする理由がありません", "it is not said why the software is not affected"),
			lang.F("--justification（%s）又は --note を指定してください", "give --justification (%s) or --note", strings.Join(Justifications, ", ")))
	case d.Treatment != "" && (d.Status != string(Affected) || !slices.Contains(Treatments, d.Treatment)):
		return refuse(lang.F("対応「%s」は使えません", "the treatment %q cannot be used", d.Treatment),
			lang.F("対応は affected にだけ付けられます: %s", "a treatment goes with affected only: %s", strings.Join(Treatments, ", ")))
	case d.Treatment == "accept" && (d.Until.IsZero() || d.Note == ""):
		return refuse(lang.T("受容には期限と理由が必要です", "accepting a risk needs a date and a reason"),
			lang.T("--until と --note を指定してください", "give --until and --note"))
	case !d.Until.IsZero() && !d.Until.After(now):
		return refuse(lang.F("期限 %s は過ぎています", "the date %s is over", d.Until.UTC().Format(time.DateOnly)), lang.T("今日より後の日付を指定してください", "give a later date"))
	}
	return nil
}
