package assess

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/register"
)

// desk is an Input laid out for judging: what is looked up often, looked up once.
type desk struct {
	in       Input
	parties  map[string]chain.Party
	software map[string]chain.Software
	releases map[string]chain.Release
	systems  map[string]chain.System
	kinds    map[string]guideline.Register
	records  []register.Record // in force, ordered by kind, key and id
	self     string            // root party of the installation
	release  *releaseView      // what is known of in.Release; nil without one
	criteria []*criterion      // that a record in force defines, by key
	orgs     map[string]situation
	round    *Round
	leases   map[string]fact.Lease
	zones    map[string]*time.Location
	seen     noted // by everything that was run
}

// releaseView is the facts about one release as checks see them, with what backs them.
type releaseView struct {
	env  Env
	refs refs
}

func layOut(in Input, round *Round) *desk {
	d := &desk{in: in, parties: map[string]chain.Party{}, software: map[string]chain.Software{}, releases: map[string]chain.Release{},
		systems: map[string]chain.System{}, kinds: map[string]guideline.Register{}, orgs: map[string]situation{}, round: round,
		leases: map[string]fact.Lease{}, zones: map[string]*time.Location{}}
	for _, p := range in.Model.Parties {
		d.parties[p.ID] = p
		if p.Self {
			d.self = p.ID
		}
	}
	for _, s := range in.Model.Software {
		d.software[s.ID] = s
	}
	for _, r := range in.Model.Releases {
		d.releases[r.ID] = r
	}
	for _, s := range in.Model.Systems {
		d.systems[s.ID] = s
	}
	for _, k := range register.Kinds() {
		d.kinds[k.Kind] = k
	}
	concerned := d.concerned()
	for i := range in.Records {
		r := &in.Records[i]
		if _, known := d.kinds[r.Kind]; known && d.inForce(r) && concerned(r.Subject) {
			d.records = append(d.records, *r)
		}
	}
	d.in.Claims = slices.DeleteFunc(slices.Clone(in.Claims), func(c evidence.Claim) bool { return !concerned(c.Subject) })
	slices.SortFunc(d.records, func(a, b register.Record) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
	})
	d.criteria = d.writtenCriteria()
	if in.Release != "" {
		d.release = d.viewRelease(in.Release)
	}
	d.upTo()
	return d
}

// concerned tells what the duties at hand are about: organisations, their software with all its releases, their systems
// with what runs there. What is on record about anything else says nothing here.
func (d *desk) concerned() func(fact.Subject) bool {
	about := map[fact.Subject]bool{{Kind: fact.Release, ID: d.in.Release}: true}
	for _, duty := range d.in.Duties {
		about[fact.Subject{Kind: fact.Software, ID: duty.Software}] = true
		about[fact.Subject{Kind: fact.System, ID: duty.System}] = true
	}
	for _, r := range d.in.Model.Releases {
		if about[fact.Subject{Kind: fact.Software, ID: r.Software}] {
			about[fact.Subject{Kind: fact.Release, ID: r.ID}] = true
		}
	}
	for _, s := range d.in.Model.Systems {
		if !about[fact.Subject{Kind: fact.System, ID: s.ID}] {
			continue
		}
		for _, id := range s.Releases {
			about[fact.Subject{Kind: fact.Release, ID: id}] = true
			about[fact.Subject{Kind: fact.Software, ID: d.releases[id].Software}] = true
		}
	}
	return func(s fact.Subject) bool { return s.Kind == fact.Org || s.ID == "" || about[s] }
}

// org gives the organisation a party belongs to.
func (d *desk) org(id string) string {
	for seen := map[string]bool{}; d.parties[id].Parent != "" && !seen[id]; id = d.parties[id].Parent {
		seen[id] = true
	}
	return id
}

// ours reports whether a party is us or a unit of ours. Where no party is marked as us, the maker of the software is.
func (d *desk) ours(party, software string) bool {
	if d.self != "" {
		return d.org(party) == d.org(d.self)
	}
	owner := d.software[software].Owner
	return owner != "" && d.org(party) == d.org(owner)
}

// lineage is a party and the organisations above it: records about any of them speak for it.
func (d *desk) lineage(party string) []string {
	out := []string{party}
	for p := d.parties[party].Parent; p != "" && !slices.Contains(out, p); p = d.parties[p].Parent {
		out = append(out, p)
	}
	return out
}

func (d *desk) name(party string) string {
	if n := d.parties[party].Name; n != "" {
		return n
	}
	return party
}

// recordVars gives the records in force that are about the party or one of the subjects, by kind, and their ids.
func (d *desk) recordVars(party string, subjects []fact.Subject) (map[string]any, refs) {
	rows, refs := map[string]any{}, refs{}
	byKind := map[string][]any{}
	for _, r := range d.records {
		if !d.speaks(r, party, subjects) {
			continue
		}
		byKind[r.Kind] = append(byKind[r.Kind], d.rowOf(&r))
		refs.add("record:"+r.Kind, r.ValidUntil, r.ID)
	}
	for kind := range d.kinds {
		list := byKind[kind]
		if list == nil {
			list = []any{}
		}
		rows[kind] = list
	}
	return rows, refs
}

// speaks reports whether a record is about a party, an organisation above it, or one of some subjects.
func (d *desk) speaks(r register.Record, party string, subjects []fact.Subject) bool {
	if slices.Contains(subjects, r.Subject) {
		return true
	}
	lineage := d.lineage(party)
	return r.Subject.Kind == fact.Org && slices.Contains(lineage, r.Subject.ID) || r.Subject.ID == "" && slices.Contains(lineage, d.self)
}

func (d *desk) policyVars() map[string]any {
	m := map[string]any{}
	for _, s := range d.in.Policy.Settings() {
		m[s.Name] = s.Value
	}
	return m
}

// orgSituation is what an organisation's own checks are run in.
func (d *desk) orgSituation(party string) situation {
	if s, ok := d.orgs[party]; ok {
		return s
	}
	rows, refs := d.recordVars(party, nil)
	env := &Env{}
	d.fillOrg(env, party, refs)
	s := d.situate(env, rows, refs)
	s.subject = fact.Subject{Kind: fact.Org, ID: party}
	d.orgs[party] = s
	return s
}

func (d *desk) fillOrg(env *Env, party string, refs refs) {
	env.Party = Party{ID: party, Name: d.name(party)}
	env.Feeds, env.Exceptions, env.Duties = []FeedFact{}, []ExceptionFact{}, []string{}
	env.Ledger = LedgerFact{VerifiedAt: d.renewable(d.in.Ledger.VerifiedAt, LedgerKept, false), Intact: d.in.Ledger.Intact}
	if !d.in.Ledger.VerifiedAt.IsZero() {
		refs.add("ledger", time.Time{}, "ledger")
	}
	for _, duty := range d.in.Duties {
		if duty.Party == party && !slices.Contains(env.Duties, string(duty.Requirement)) {
			env.Duties = append(env.Duties, string(duty.Requirement))
		}
	}
	slices.Sort(env.Duties)
	for _, f := range d.in.Feeds {
		env.Feeds = append(env.Feeds, FeedFact{Name: f.Name, Official: f.Official, LastSuccess: d.renewable(f.LastSuccess, "feed:"+f.Name, false), Newest: f.Newest, Count: f.Count, Failing: f.Error != ""})
		refs.add("feeds", time.Time{}, "feed:"+f.Name)
	}
	slices.SortFunc(env.Feeds, func(a, b FeedFact) int { return strings.Compare(a.Name, b.Name) })
	d.fillTools(env, refs)
	for _, c := range d.in.Claims {
		if c.Kind == "exception" && c.InForce(c.ApprovedAt) && slices.Contains(d.lineage(party), c.Party) {
			env.Exceptions = append(env.Exceptions, ExceptionFact{ID: c.ID, Requirement: string(c.Requirement), ApprovedAt: c.ApprovedAt, ExpiresAt: c.ExpiresAt})
			refs.add("exceptions", time.Time{}, c.ID)
		}
	}
	slices.SortFunc(env.Exceptions, func(a, b ExceptionFact) int { return strings.Compare(a.ID, b.ID) })
	d.fillOrgDocuments(env, party, refs)
	d.fillCriteria(env, party, refs)
}

// fillTools lays out what is known of development tools. The records themselves say whose tools they are.
func (d *desk) fillTools(env *Env, refs refs) {
	env.ToolLooks = []ToolFact{}
	for _, t := range d.in.Tools {
		f := ToolFact{Record: t.Record, Matched: t.Why.IsZero() && t.Source != "", Found: t.Found, Exploited: t.Exploited}
		if f.Matched {
			f.DataAt = d.renewable(t.DataAt, t.Source, false)
			refs.add("tool_looks", time.Time{}, t.Source)
		}
		env.ToolLooks = append(env.ToolLooks, f)
	}
	slices.SortFunc(env.ToolLooks, func(a, b ToolFact) int { return strings.Compare(a.Record, b.Record) })
}

// dutySituation is what the checks of one engagement are run in, but for the organisation's own.
func (d *desk) dutySituation(duty chain.Duty) situation {
	var subjects []fact.Subject
	if duty.Software != "" {
		subjects = append(subjects, fact.Subject{Kind: fact.Software, ID: duty.Software})
	}
	if d.in.Release != "" {
		subjects = append(subjects, fact.Subject{Kind: fact.Release, ID: d.in.Release})
	}
	if duty.System != "" {
		subjects = append(subjects, fact.Subject{Kind: fact.System, ID: duty.System})
	}
	rows, refs := d.recordVars(duty.Party, subjects)
	env := &Env{}
	if d.release != nil {
		*env = d.release.env
		for n, r := range d.release.refs {
			refs.add(n, r.until, r.ids...)
		}
	}
	d.fillOrg(env, duty.Party, refs)
	d.fillDuty(env, duty, refs)
	d.fillDocuments(env, duty, refs)
	d.fillReports(env, duty.Party, subjects, refs)
	d.fillResponse(env, duty, refs)
	d.fillOffers(env, refs)
	s := d.situate(env, rows, refs)
	d.measure(&s, duty.Party)
	return s
}

func (d *desk) fillDuty(env *Env, duty chain.Duty, refs refs) {
	env.Duty = DutyFact{Role: string(duty.Role), Stance: string(duty.Stance), Level: string(duty.Level), LevelNumber: number(duty.Level)}
	a, e := d.engagement(duty)
	env.Duty.Declared = number(e.LevelDeclared)
	refs.add("duty", time.Time{}, "engagement:"+duty.Engagement)
	env.Partners = d.partners(a, duty, refs)

	sw := d.software[duty.Software]
	env.Software = SoftwareFact{ID: sw.ID, Name: sw.Name, Kind: string(sw.Kind), EndOfSale: endOf(sw.EndOfSale), EndOfSupport: endOf(sw.EndOfSupport),
		EndOfLife: endOf(sw.EndOfLife), Delivered: sw.Delivered, Running: sw.Running, Core: sw.CoreInfrastructure}
	begun, since := d.lastMajor(sw.ID)
	env.Software.MajorVersion, env.Software.MajorWorkSince = begun.Version, since
	if sw.ID != "" {
		refs.add("software", time.Time{}, "software:"+sw.ID)
	}
	env.Releases = []ReleaseLine{}
	for _, r := range d.in.Model.Releases {
		inDuty := r.Software == duty.Software
		if duty.Software == "" { // a deal over a system: what it runs
			inDuty = slices.Contains(d.systems[duty.System].Releases, r.ID)
		}
		if !inDuty {
			continue
		}
		line := ReleaseLine{ID: r.ID, Version: r.Version, SupportedTo: d.supportedTo(r), HasSBOM: d.newestSBOM(r.ID) != nil}
		if m := d.match(r.ID); m != nil {
			line.MatchedAt, line.DataNewest = d.compared(m)
		}
		for _, rec := range d.records {
			if (rec.Kind == "code_analysis" || rec.Kind == "test_run") && rec.Subject == (fact.Subject{Kind: fact.Release, ID: r.ID}) {
				line.AnalysedAt = later(line.AnalysedAt, register.Day(rec, "ran_on"))
				if rec.Kind == "test_run" {
					line.TestedAt = later(line.TestedAt, register.Day(rec, "ran_on"))
				}
				refs.add("releases", rec.ValidUntil, rec.ID)
			}
		}
		for i := range d.in.Facts {
			f := &d.in.Facts[i]
			if ran := f.Kind == fact.KindScan || f.Kind == fact.KindTests; ran && f.Subject == (fact.Subject{Kind: fact.Release, ID: r.ID}) {
				line.AnalysedAt = later(line.AnalysedAt, f.ObservedAt)
				if f.Kind == fact.KindTests {
					line.TestedAt = later(line.TestedAt, f.ObservedAt)
				}
				refs.add("releases", f.ValidUntil, f.Document)
			}
		}
		env.Releases = append(env.Releases, line)
		refs.add("releases", time.Time{}, "release:"+r.ID)
	}
	d.fillSystem(env, duty, refs)
}

func (d *desk) engagement(duty chain.Duty) (chain.Arrangement, chain.Engagement) {
	for _, a := range d.in.Model.Arrangements {
		if a.ID != duty.Arrangement {
			continue
		}
		for _, e := range a.Engagements {
			if e.ID == duty.Engagement {
				return a, e
			}
		}
		return a, chain.Engagement{}
	}
	return chain.Arrangement{}, chain.Engagement{}
}

func (d *desk) fillSystem(env *Env, duty chain.Duty, refs refs) {
	env.Uses = []Use{}
	sys, ok := d.systems[duty.System]
	if !ok {
		return
	}
	env.System = SystemFact{ID: sys.ID, Name: sys.Name, Owner: sys.Owner, PlannedUntil: endOf(sys.PlannedUntil)}
	refs.add("system", time.Time{}, "system:"+sys.ID)
	for _, id := range sys.Releases {
		r := d.releases[id]
		u := Use{Release: id, ChangedOn: d.majorSince(r), Label: strings.TrimSpace(d.software[r.Software].Name + " " + r.Version), SupportEnds: d.supportedTo(r), SBOM: d.newestSBOM(id) != nil, Unowned: d.unowned(id)}
		if r.ID == "" {
			u.Label = id
		}
		for _, got := range d.in.Received {
			if got.Release == id {
				u.Declared, u.DeclaredUntil, u.SBOM = true, later(u.DeclaredUntil, got.ValidUntil), u.SBOM || got.HasSBOM
				refs.add("uses", d.ahead(got.ValidUntil), got.ID)
			}
		}
		for _, rec := range d.records {
			if rec.Kind == "support_plan" && rec.Data["software"] == r.Software && rec.Subject == (fact.Subject{Kind: fact.System, ID: sys.ID}) {
				u.Plan = true
				refs.add("uses", rec.ValidUntil, rec.ID)
			}
		}
		env.Uses = append(env.Uses, u)
	}
}

// unowned gives the open findings of a release that nobody looks after.
func (d *desk) unowned(release string) []string {
	out := []string{}
	for _, f := range d.in.Findings {
		if f.Release == release && f.Owner == "" && f.Decision != "not_affected" && f.Decision != "fixed" {
			out = append(out, f.Vuln+" "+f.PURL)
		}
	}
	slices.Sort(out)
	return out
}

func (d *desk) supportedTo(r chain.Release) time.Time {
	if r.SupportedTo != "" {
		return endOf(r.SupportedTo)
	}
	return endOf(d.software[r.Software].EndOfSupport)
}

// compared gives when the components of a release were compared, and how old the advisories are, as times that go on when
// everything is compared again, or the advisories are fetched again.
func (d *desk) compared(m *Match) (at, newest time.Time) {
	if m.MatchedAt.IsZero() {
		return m.MatchedAt, m.DataNewest
	}
	at = d.renewable(m.MatchedAt, Comparison, true)
	return at, d.renewable(m.DataNewest, Advisories, false)
}

func (d *desk) match(release string) *Match {
	var newest *Match
	for i := range d.in.Matches {
		if m := &d.in.Matches[i]; m.Release == release && (newest == nil || m.MatchedAt.After(newest.MatchedAt) || m.MatchedAt.Equal(newest.MatchedAt) && m.Source > newest.Source) {
			newest = m
		}
	}
	return newest
}

// newestSBOM gives the SBOM fact of a release that takes the place of all others: the newest by observation, then by
// document digest, so that the order of facts does not matter.
func (d *desk) newestSBOM(release string) *fact.Fact {
	var newest *fact.Fact
	for i := range d.in.Facts {
		f := &d.in.Facts[i]
		if _, is := f.Data.(*fact.SBOM); !is || !d.holds(f) || f.Subject != (fact.Subject{Kind: fact.Release, ID: release}) {
			continue
		}
		if newest == nil || f.ObservedAt.After(newest.ObservedAt) || f.ObservedAt.Equal(newest.ObservedAt) && f.Document > newest.Document {
			newest = f
		}
	}
	return newest
}

// ahead gives a moment that is still to come, else none: what has lapsed already counted as lapsed, and ends nothing more.
func (d *desk) ahead(t time.Time) time.Time {
	if t.After(d.in.Now) {
		return t
	}
	return time.Time{}
}

// holds reports whether a fact has not lapsed by its own word.
func (d *desk) holds(f *fact.Fact) bool {
	return f.ValidUntil.IsZero() || d.in.Now.Before(f.ValidUntil)
}

// number gives a level as a number that can be compared.
func number(l guideline.Level) int {
	switch l {
	case guideline.Minimum:
		return 1
	case guideline.Standard:
		return 2
	}
	return 0
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// startOf and endOf give the first and the last second of an ISO day in Japan; zero for an empty or unreadable one.
func startOf(day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, calendar.Japan)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func endOf(day string) time.Time {
	t := startOf(day)
	if t.IsZero() {
		return t
	}
	return t.AddDate(0, 0, 1).Add(-time.Second)
}
