package assess

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
)

// seen is a fact with its data.
type seen[T any] struct {
	*fact.Fact
	data *T
}

// newest gives, of the facts about some subjects whose data is a T, the newest of each name, in the order of names. A
// name that is empty leaves the fact out.
func newest[T any](d *desk, about []fact.Subject, name func(seen[T]) string) []seen[T] {
	of := map[string]seen[T]{}
	for i := range d.in.Facts {
		f := &d.in.Facts[i]
		data, is := f.Data.(*T)
		if !is || !slices.Contains(about, f.Subject) {
			continue
		}
		s := seen[T]{f, data}
		key := name(s)
		have, known := of[key]
		if key != "" && (!known || f.ObservedAt.After(have.ObservedAt) || f.ObservedAt.Equal(have.ObservedAt) && f.Document > have.Document) {
			of[key] = s
		}
	}
	out := make([]seen[T], 0, len(of))
	for _, key := range slices.Sorted(maps.Keys(of)) {
		out = append(out, of[key])
	}
	return out
}

// orgSubjects are a party and the organisations above it.
func (d *desk) orgSubjects(party string) []fact.Subject {
	var out []fact.Subject
	for _, id := range d.lineage(party) {
		out = append(out, fact.Subject{Kind: fact.Org, ID: id})
	}
	return out
}

// fillOrgDocuments lays out what documents say of an organisation.
func (d *desk) fillOrgDocuments(env *Env, party string, refs refs) {
	env.SecurityTxt, env.Endpoints = []SecurityTxtFact{}, []EndpointFact{}
	about := d.orgSubjects(party)
	place := func(s seen[fact.SecurityTxt]) string { return "at " + strings.Join(s.data.Canonical, " ") }
	for _, s := range newest(d, about, place) {
		env.SecurityTxt = append(env.SecurityTxt, SecurityTxtFact{Contacts: s.data.Contacts, Expires: s.data.Expires, Policy: s.data.Policy})
		refs.add("security_txt", time.Time{}, s.Document) // its end is in the expression's hands: it is to say what lapsed
	}
	d.fillEndpoints(env, about, refs)
}

// fillEndpoints joins what all results say of each host: of each setting the newest, and none that is older than the
// newest of its host by more than the time in which hosts are looked at.
func (d *desk) fillEndpoints(env *Env, about []fact.Subject, refs refs) {
	hosts := map[string]map[string]fact.HostCheck{}
	for i := range d.in.Facts {
		f := &d.in.Facts[i]
		e, is := f.Data.(*fact.Endpoints)
		if !is || !slices.Contains(about, f.Subject) {
			continue
		}
		for _, h := range e.Hosts {
			if hosts[h.Name] == nil {
				hosts[h.Name] = map[string]fact.HostCheck{}
			}
			for _, c := range h.Checks {
				if c.At.IsZero() || c.At.After(f.ObservedAt) {
					c.At = f.ObservedAt
				}
				if have, known := hosts[h.Name][c.Name]; !known || !have.At.After(c.At) {
					hosts[h.Name][c.Name] = c
				}
			}
		}
		refs.add("endpoints", f.ValidUntil, f.Document)
	}
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		env.Endpoints = append(env.Endpoints, d.endpoint(name, hosts[name]))
	}
}

func (d *desk) endpoint(name string, checks map[string]fact.HostCheck) EndpointFact {
	e := EndpointFact{Host: name, Failing: []string{}, Unknown: []string{}}
	for _, c := range checks {
		e.MeasuredAt = later(e.MeasuredAt, c.At)
	}
	oldest := e.MeasuredAt.AddDate(0, 0, -d.in.Policy.Value("endpoint_days"))
	for _, check := range slices.Sorted(maps.Keys(checks)) {
		switch c := checks[check]; {
		case c.At.Before(oldest):
		case c.Holds == fact.AnswerYes:
			e.Passed++
		case c.Holds == fact.AnswerNo:
			e.Failing = append(e.Failing, c.Name)
		default:
			e.Unknown = append(e.Unknown, c.Name)
		}
	}
	return e
}

// fillDocuments lays out what documents say of the software of a duty and the release that is judged.
func (d *desk) fillDocuments(env *Env, duty chain.Duty, refs refs) {
	env.ThreatModels, env.Threats, env.Scorecards, env.Insights = []ThreatModelFact{}, []ThreatFact{}, []ScorecardFact{}, []InsightsFact{}
	env.Advisories, env.Fixed, env.Heartbeats, env.Summaries = []AdvisoryFact{}, []FixedFact{}, []HeartbeatFact{}, []SummaryFact{}
	var about, releases []fact.Subject
	if duty.Software != "" {
		about = append(about, fact.Subject{Kind: fact.Software, ID: duty.Software})
		for _, r := range d.in.Model.Releases {
			if r.Software == duty.Software {
				releases = append(releases, fact.Subject{Kind: fact.Release, ID: r.ID})
			}
		}
	}
	everywhere := append(slices.Clone(about), releases...)
	if d.in.Release != "" {
		about = append(about, fact.Subject{Kind: fact.Release, ID: d.in.Release})
	}
	d.fillThreats(env, about, refs)
	for _, s := range newest(d, about, func(s seen[fact.Scorecard]) string { return s.data.Repository }) {
		env.Scorecards = append(env.Scorecards, scorecard(s))
		refs.add("scorecards", s.ValidUntil, s.Document)
	}
	d.fillSummaries(env, everywhere, refs)
	for _, s := range newest(d, about, func(s seen[fact.SecurityInsights]) string { return "of " + s.data.Project + s.data.Repository }) {
		env.Insights = append(env.Insights, InsightsFact{Project: strings.TrimSpace(s.data.Project + " " + s.data.Repository), ReviewedAt: s.data.ReviewedAt,
			AcceptsReports: s.data.AcceptsReports == fact.AnswerYes, Contacts: s.data.Contacts, Policy: s.data.Policy})
		refs.add("insights", s.ValidUntil, s.Document)
	}
	for _, s := range newest(d, everywhere, func(s seen[fact.Advisory]) string { return s.data.Namespace + " " + s.data.ID }) {
		env.Advisories = append(env.Advisories, advisory(s))
		refs.add("advisories", s.ValidUntil, s.Document)
	}
	d.fillArchives(env, duty, refs)
	d.fillFixed(env, duty, releases, refs)
	d.fillHeartbeats(env, duty, refs)
}

func scorecard(s seen[fact.Scorecard]) ScorecardFact {
	score := func(check string) float64 {
		for _, c := range s.data.Checks {
			if c.Name == check && c.Scored {
				return c.Score
			}
		}
		return -1
	}
	out := ScorecardFact{Repository: s.data.Repository, RanAt: s.ObservedAt, Score: -1, BranchProtection: score("Branch-Protection"), CodeReview: score("Code-Review"),
		SignedReleases: score("Signed-Releases"), TokenPermissions: score("Token-Permissions"), DangerousFlow: score("Dangerous-Workflow")}
	if s.data.Scored {
		out.Score = s.data.Score
	}
	return out
}

func advisory(s seen[fact.Advisory]) AdvisoryFact {
	a := AdvisoryFact{ID: s.data.ID, IDs: []string{s.data.ID}, Title: s.data.Title, Final: s.data.Status == "final", PublishedAt: s.data.FirstAt}
	if a.PublishedAt.IsZero() {
		a.PublishedAt = s.ObservedAt
	}
	a.TLP = strings.ToLower(strings.Replace(s.data.TLP, "+", "_", 1))
	if a.TLP == "white" { // TLP 1.0
		a.TLP = "clear"
	}
	for _, v := range s.data.Vulnerabilities {
		if v.CVE != "" {
			a.IDs = append(a.IDs, v.CVE)
		}
		for _, id := range v.IDs { // "system: id"
			_, bare, _ := strings.Cut(id, ": ")
			a.IDs = append(a.IDs, bare)
		}
		a.Bare = a.Bare || len(v.Remediations) == 0
	}
	return a
}

// fillFixed gives the vulnerabilities that somebody found to affect a release of the software, which customers have or
// which runs, and that a fix took away.
func (d *desk) fillFixed(env *Env, duty chain.Duty, releases []fact.Subject, refs refs) {
	if sw := d.software[duty.Software]; !sw.Delivered && !sw.Running {
		return
	}
	for _, f := range d.in.Findings {
		if f.Decision != "affected" || f.Treatment != "fix" || f.TreatedAt.IsZero() || !slices.Contains(releases, fact.Subject{Kind: fact.Release, ID: f.Release}) {
			continue
		}
		label := f.Vuln
		i := slices.IndexFunc(env.Fixed, func(x FixedFact) bool { return x.Label == label })
		if i >= 0 {
			env.Fixed[i].At = later(env.Fixed[i].At, f.TreatedAt)
			continue
		}
		env.Fixed = append(env.Fixed, FixedFact{Label: label, IDs: append([]string{f.Vuln}, f.Aliases...), At: f.TreatedAt})
		refs.add("fixed", time.Time{}, f.Vuln)
	}
	slices.SortFunc(env.Fixed, func(a, b FixedFact) int { return strings.Compare(a.Label, b.Label) })
}

// fillHeartbeats gives the signs of life of the mechanisms of a system and its software, and of those that serve the
// whole organisation.
func (d *desk) fillHeartbeats(env *Env, duty chain.Duty, refs refs) {
	about := append(d.orgSubjects(duty.Party), fact.Subject{Kind: fact.Software, ID: duty.Software})
	if duty.System != "" {
		about = append(about, fact.Subject{Kind: fact.System, ID: duty.System})
	}
	for _, s := range newest(d, about, func(s seen[fact.Heartbeat]) string { return s.data.Mechanism }) {
		env.Heartbeats = append(env.Heartbeats, HeartbeatFact{Mechanism: s.data.Mechanism, At: d.renewable(s.ObservedAt, s.Record, false), Up: s.data.Up, Source: s.data.Source})
		refs.add("heartbeats", s.ValidUntil, s.Record)
	}
}

// viewBinaries lays out how the programs of the release were hardened.
func (d *desk) viewBinaries(v *releaseView) {
	v.env.Binaries = []BinaryFact{}
	about := []fact.Subject{{Kind: fact.Release, ID: d.in.Release}}
	for _, s := range newest(d, about, func(s seen[fact.Hardening]) string { return d.programName(s) + " " + s.data.Architecture }) {
		h := s.data
		b := BinaryFact{Name: d.programName(s), Format: h.Format, Architecture: h.Architecture, Go: h.Go != nil, PIE: string(h.PIE), NX: string(h.NX),
			Canary: string(h.Canary), Fortify: string(h.Fortify), CFG: string(h.GuardCF), RELRO: 2}
		switch h.RELRO {
		case "none":
			b.RELRO = 0
		case "partial":
			b.RELRO = 1
		}
		v.env.Binaries = append(v.env.Binaries, b)
		v.refs.add("binaries", s.ValidUntil, s.Document)
	}
}

// programName is the name a program goes by in the release: that of the artifact it is, else of the file it came as.
func (d *desk) programName(s seen[fact.Hardening]) string {
	for _, a := range d.releases[d.in.Release].Artifacts {
		if a.Digest == s.Document {
			return a.Name
		}
	}
	switch {
	case s.data.Name != "":
		return s.data.Name
	case s.data.Go != nil && s.data.Go.Package != "":
		return s.data.Go.Package
	}
	return s.Document
}
