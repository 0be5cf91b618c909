package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/triage"
)

// findingLine is one vulnerability of one component, in all our releases, as a list shows it.
type findingLine struct {
	Vuln, Name, Summary string // Name is the CVE where there is one
	Component, Key      string // Key names vulnerability and component in forms
	Severity            finding.Label
	Score               float64
	EPSS                float64
	Fixed               []string
	Releases            []releaseView
	Action              triage.Action // the most urgent
	Due                 time.Time     // the earliest
	Exploited           bool
	Late                bool
	Waiting             bool // somebody has to decide or to treat
	Status              triage.Status
	Decided             bool // by our own organisation
}

// The parts of the list of findings that can be asked for.
const (
	foundWaiting   = ""
	foundExploited = "exploited"
	foundLate      = "late"
	foundTreating  = "treating"
	foundSettled   = "settled"
	foundAll       = "all"
)

// findingParts are their words, in the order of the chips, and what belongs to each.
var findingParts = []struct {
	id   string
	name lang.Text
	has  func(findingLine) bool
}{
	{foundWaiting, lang.T("判断・対応待ち", "Waiting"), func(f findingLine) bool { return f.Waiting }},
	{foundExploited, lang.T("悪用を確認（KEV）", "Exploited (KEV)"), func(f findingLine) bool { return f.Waiting && f.Exploited }},
	{foundLate, lang.T("期限超過", "Late"), func(f findingLine) bool { return f.Late }},
	{foundTreating, lang.T("影響ありで対応中", "Affected, being treated"), func(f findingLine) bool { return f.Waiting && f.Status == triage.Affected }},
	{foundSettled, lang.T("判断・対応済み", "Settled"), func(f findingLine) bool { return !f.Waiting }},
	{foundAll, lang.T("すべて", "All"), func(findingLine) bool { return true }},
}

// gatherFindings gathers findings by vulnerability and component, in the order they come: the most urgent first.
func gatherFindings(b Base, found []portfolio.Triaged) []findingLine {
	var out []findingLine
	at := map[string]int{}
	for _, t := range found {
		key := query("vuln", t.Finding.Vuln, "component", partOf(t))
		i, known := at[key]
		if !known {
			i = len(out)
			at[key] = i
			out = append(out, findingLine{Vuln: t.Finding.Vuln, Name: cmp.Or(t.Finding.CVE(), t.Finding.Vuln), Summary: t.Finding.Summary, Component: componentLabel(t.Finding), Key: key,
				Severity: t.Finding.Severity, Score: t.Finding.Score, Fixed: t.Finding.Fixed, Action: t.Priority.Action, Due: t.Due, Status: t.Opinion.Status})
		}
		l := &out[i]
		l.Releases = append(l.Releases, releaseView{t.Release, t.SoftwareName, t.Software, t.Version})
		l.Exploited = l.Exploited || !t.Exploited.IsZero()
		l.Decided = l.Decided || t.Opinion.Decision != nil
		if t.EPSS != nil {
			l.EPSS = max(l.EPSS, t.EPSS.Score)
		}
		if !t.Supported || !t.Waiting() {
			continue
		}
		l.Waiting, l.Status = true, t.Opinion.Status
		if !t.Due.IsZero() && (l.Due.IsZero() || t.Due.Before(l.Due)) {
			l.Due = t.Due
		}
		l.Late = l.Late || !t.Due.IsZero() && t.Due.Before(b.Now)
	}
	return out
}

// fillFindings lists what was found, narrowed to what was asked for; every choice is part of the address.
func (p *vulnerabilitiesPage) fillFindings(r *http.Request, found []portfolio.Triaged) {
	all := gatherFindings(p.Base, found)
	p.Total = len(all)
	p.Show, p.Software = r.FormValue("show"), r.FormValue("software")
	for _, l := range all {
		for _, rel := range l.Releases {
			if !slices.ContainsFunc(p.Choices, func(o option) bool { return o.Value == rel.SoftwareID }) {
				p.Choices = append(p.Choices, option{Value: rel.SoftwareID, Name: rel.Software, Selected: rel.SoftwareID == p.Software})
			}
		}
	}
	slices.SortFunc(p.Choices, func(a, b option) int { return strings.Compare(a.Name, b.Name) })
	if p.Software != "" {
		all = slices.DeleteFunc(all, func(l findingLine) bool {
			return !slices.ContainsFunc(l.Releases, func(v releaseView) bool { return v.SoftwareID == p.Software })
		})
	}
	for _, part := range findingParts {
		n := 0
		for _, l := range all {
			if part.has(l) {
				n++
			}
		}
		p.Chips = append(p.Chips, chip{Name: p.Text(part.name), N: n, On: part.id == p.Show, Href: "?" + query("show", part.id, "software", p.Software)})
	}
	for _, part := range findingParts {
		if part.id == p.Show {
			all = slices.DeleteFunc(all, func(l findingLine) bool { return !part.has(l) })
		}
	}
	p.Matching = len(all)
	from, to, prev, next := cut(len(all), openShown, r)
	p.Open = all[from:to]
	p.Prev, p.Next = pageLink(prev, "show", p.Show, "software", p.Software), pageLink(next, "show", p.Show, "software", p.Software)
}

// decideMany writes down one decision about each of the findings that were chosen in the list.
func (s *Server) decideMany(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(lang.T("入力を読み取れません", "the form cannot be read"))
	}
	chosen := r.Form["finding"]
	if len(chosen) == 0 {
		return formError(lang.T("検出を選んでください", "choose findings"))
	}
	if len(chosen) > openShown {
		return formError(lang.F("一度に判断できるのは %d件までです", "at most %d can be decided on at once", openShown))
	}
	form := formOf(r)
	covered := 0
	for _, c := range chosen {
		about, err := url.ParseQuery(c)
		if err != nil {
			return formError(lang.T("判断の対象を選んでください", "choose what the decision is about"))
		}
		req, err := form.request(about.Get("vuln"))
		if err != nil {
			return err
		}
		req.Component = about.Get("component")
		done, err := office.Decide(r.Context(), s.db, s.actor(r), req)
		if err != nil {
			return err
		}
		covered += len(done.Covers)
	}
	s.notice(r, lang.F("%d件について判断を記録しました。%d件の検出に適用されます", "%d decisions are on record. They hold for %d findings", len(chosen), covered))
	http.Redirect(w, r, inside(cmp.Or(r.FormValue("to"), "/vulnerabilities")), http.StatusSeeOther)
	return nil
}

// triaged gives all findings as they are weighed now.
func (s *Server) triaged(ctx context.Context) ([]portfolio.Triaged, error) {
	return portfolio.Triage(ctx, s.db, portfolio.TriageFilter{})
}

// Urge draws how urgent something is; the word says it, the bar beside it only helps.
func (b Base) Urge(a triage.Action) urge {
	return urge{strings.TrimSuffix(string(a), "*"), b.Text(a.Name())}
}

type urge struct{ Key, Word string }

// releasesNamed is how many releases a line of the list names; the page of the vulnerability has them all.
const releasesNamed = 3

// FewReleases are the releases a line names.
func (f findingLine) FewReleases() []releaseView {
	return f.Releases[:min(len(f.Releases), releasesNamed)]
}

// MoreReleases is how many it leaves out.
func (f findingLine) MoreReleases() int { return len(f.Releases) - len(f.FewReleases()) }
