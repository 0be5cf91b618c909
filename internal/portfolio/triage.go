package portfolio

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// Keys of the settings that triage looks at: what people said of each software, and of exploits they know.
const (
	ContextSetting  = "triage_context" // software id -> triage.Context
	ExploitsSetting = "exploits"       // vulnerability id -> Exploit
)

// Exploit is what a person recorded of the exploitation of a vulnerability.
type Exploit struct {
	State  string    `json:"state"` // none, public poc, active
	Source string    `json:"source"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Triaged is a finding of a release with how urgent it is and what was decided and said about it.
type Triaged struct {
	Finding      store.Finding   `json:"finding"`
	Software     string          `json:"software"` // id
	SoftwareName string          `json:"software_name"`
	Release      string          `json:"release"` // id
	Version      string          `json:"version"`
	Supported    bool            `json:"supported"`
	Malicious    bool            `json:"malicious,omitempty"`      // the package itself was published to do harm
	Exploited    time.Time       `json:"exploited_since,omitzero"` // listed in KEV since; zero: not listed
	EPSS         *store.EPSS     `json:"epss"`                     // nil: no score is known
	Priority     triage.Result   `json:"priority"`                 // the more urgent of Results
	Results      []triage.Result `json:"results"`                  // one for each of our roles: supplier, deployer
	Due          time.Time       `json:"due"`                      // by when it is to be treated
	Opinion      triage.Opinion  `json:"opinion"`
	Notes        []CatalogueNote `json:"notes"`              // what NVD and JVN say of it
	RatedBy      string          `json:"rated_by,omitempty"` // the catalogue whose rating it has; empty: the advisories' own

	Of triage.Case `json:"-"` // what the urgency is worked out of
}

// Waiting reports whether somebody has to do something: decide, or carry out a treatment.
func (t Triaged) Waiting() bool {
	switch t.Opinion.Status {
	case triage.NotAffected, triage.Fixed:
		return false
	case triage.Affected:
		return t.Opinion.Decision == nil || t.Opinion.Decision.TreatedAt.IsZero()
	}
	return true
}

// TriageFilter narrows [Triage]. Empty fields do not narrow.
type TriageFilter struct {
	Software string // id
	Release  string // id
	Vuln     string // any id
	Waiting  bool   // only what waits for somebody, in supported releases
}

// Triage gives the findings of releases, the most urgent first.
func Triage(ctx context.Context, db *store.DB, f TriageFilter) ([]Triaged, error) {
	d, err := openDesk(ctx, db)
	if err != nil {
		return nil, err
	}
	out := []Triaged{}
	named, err := releasesWith(ctx, db, f.Vuln)
	if err != nil {
		return nil, err
	}
	asked := slices.DeleteFunc(slices.Clone(d.model.Releases), func(r chain.Release) bool {
		return f.Software != "" && r.Software != f.Software || f.Release != "" && r.ID != f.Release || f.Waiting && !r.SupportedOn(d.today()) ||
			f.Vuln != "" && len(named[r.ID]) == 0
	})
	found, err := d.ahead(ctx, asked, named)
	if err != nil {
		return nil, err
	}
	for _, r := range asked {
		if len(found[r.ID]) == 0 {
			continue
		}
		list, err := d.weigh(ctx, r, found[r.ID])
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if (f.Vuln == "" || slices.Contains(t.Of.IDs(), f.Vuln)) && (!f.Waiting || t.Waiting()) {
				out = append(out, t)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Triaged) int {
		if a.Priority.Action != b.Priority.Action {
			if triage.Urgent(a.Priority, b.Priority).Action == a.Priority.Action {
				return -1
			}
			return 1
		}
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(likely(b), likely(a)), cmp.Compare(b.Finding.Score, a.Finding.Score), strings.Compare(a.Finding.Vuln, b.Finding.Vuln), strings.Compare(a.Finding.PURL, b.Finding.PURL))
	})
	return out, nil
}

// releasesWith gives the ids that findings of a vulnerability have, by the release they are in; nothing for no vulnerability.
func releasesWith(ctx context.Context, db *store.DB, vuln string) (map[string][]string, error) {
	if vuln == "" {
		return nil, nil
	}
	affected, err := db.AffectedBy(ctx, vuln)
	out := map[string][]string{}
	for _, a := range affected {
		if !slices.Contains(out[a.Release], a.Vuln) {
			out[a.Release] = append(out[a.Release], a.Vuln)
		}
	}
	return out, err
}

// likely is the EPSS score to sort by; findings without one come after those with the lowest.
func likely(t Triaged) float64 {
	if t.EPSS == nil {
		return -1
	}
	return t.EPSS.Score
}

// Desk is everything triage looks at, read once.
type Desk struct {
	hearing
	db        *store.DB
	policy    guideline.Policy
	decisions map[string][]store.Decision // by vulnerability
	listed    map[string]time.Time        // KEV
	exploits  map[string]Exploit
	contexts  map[string]triage.Context
	asked     map[string][]triage.Tree // trees of each software that was asked for
	said      map[string]sourced       // of each group of ids that was asked for
	dues      map[dueKey]time.Time     // counted once, because business days are counted one by one
	told      *sourced                 // of everything there is to weigh, where that was asked ahead
	weighed   map[weighing][]triage.Result
}

// weighing is all that the urgency of a finding depends on, in one look at the workspace: in many releases it comes out the
// same.
type weighing struct {
	component int64
	vuln      string
	context   string // the software, when people said anything of it
	trees     string
}

// sourced is what sources say of vulnerabilities, by id.
type sourced struct {
	scores map[string]store.EPSS
	notes  map[string][]CatalogueNote
}

func openDesk(ctx context.Context, db *store.DB) (*Desk, error) {
	m, err := db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	return OpenDeskOn(ctx, db, m)
}

// OpenDeskOn opens a desk that knows a part of the chain: one that holds all that surrounds what it is asked about.
func OpenDeskOn(ctx context.Context, db *store.DB, m chain.Model) (*Desk, error) {
	d := &Desk{db: db, decisions: map[string][]store.Decision{}, contexts: map[string]triage.Context{}, asked: map[string][]triage.Tree{}, said: map[string]sourced{}, dues: map[dueKey]time.Time{},
		weighed: map[weighing][]triage.Result{}}
	var err error
	if d.hearing, err = openHearing(ctx, db, m); err != nil {
		return nil, err
	}
	if d.policy, err = db.Policy(ctx); err != nil {
		return nil, err
	}
	all, err := db.Decisions(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		d.decisions[x.Vuln] = append(d.decisions[x.Vuln], x)
	}
	if _, err := db.Setting(ctx, feed.KEV, &d.listed); err != nil {
		return nil, err
	}
	if _, err := db.Setting(ctx, ExploitsSetting, &d.exploits); err != nil {
		return nil, err
	}
	_, err = db.Setting(ctx, ContextSetting, &d.contexts)
	return d, err
}

func (d *Desk) today() string { return d.db.Now().Format(time.DateOnly) }

// ahead gives the findings of releases: all, or those that are named for a release. What is said of them is asked for here,
// once for all, so that weighing a release asks nothing.
func (d *Desk) ahead(ctx context.Context, releases []chain.Release, named map[string][]string) (map[string][]store.Finding, error) {
	ids := make([]string, len(releases))
	for i, r := range releases {
		ids[i] = r.ID
	}
	found, err := d.db.FindingsIn(ctx, ids)
	if err != nil {
		return nil, err
	}
	with := slices.Sorted(maps.Keys(found))
	heard, err := d.db.SubjectsWith(ctx, fact.KindVEX, fact.Release, with)
	if err != nil {
		return nil, err
	}
	d.quiet = map[string]bool{}
	var vulns []string
	for _, r := range with {
		d.quiet[r] = !slices.Contains(heard, r)
		if len(named[r]) > 0 {
			found[r] = slices.DeleteFunc(found[r], func(f store.Finding) bool { return !slices.Contains(named[r], f.Vuln) })
		}
		for _, f := range found[r] {
			vulns = append(vulns, triage.Case{Finding: f.Finding}.IDs()...)
		}
	}
	all, err := d.saidOf(ctx, Once(vulns))
	d.told = &all
	return found, err
}

// weigh works out findings of one release.
func (d *Desk) weigh(ctx context.Context, r chain.Release, found []store.Finding) ([]Triaged, error) {
	out := make([]Triaged, len(found))
	var cves []string
	for i, f := range found {
		out[i] = Triaged{Finding: f, Software: r.Software, SoftwareName: d.softwareName(r.Software), Release: r.ID, Version: r.Version,
			Supported: r.SupportedOn(d.today()), Of: triage.Case{Finding: f.Finding, Release: r}}
		cves = append(cves, out[i].Of.IDs()...)
	}
	slices.Sort(cves)
	cves = slices.Compact(cves)
	voices, err := d.voices(ctx, d.db, r.ID, cves)
	if err != nil {
		return nil, err
	}
	of, err := d.saidOf(ctx, cves)
	if err != nil {
		return nil, err
	}
	for i := range out {
		t := &out[i]
		t.Notes = flat(of.notes, t.Of.IDs())
		t.RatedBy = rate(&t.Finding.Finding, t.Notes)
		d.look(t, of.scores, voices)
	}
	return out, nil
}

// saidOf gives what sources say of vulnerabilities. One group of ids is asked for again and again where a vulnerability is
// in many releases.
func (d *Desk) saidOf(ctx context.Context, ids []string) (out sourced, err error) {
	if d.told != nil {
		return *d.told, nil
	}
	key := strings.Join(ids, "\n")
	out, known := d.said[key]
	if known {
		return out, nil
	}
	if out.scores, err = d.db.EPSSOf(ctx, ids); err != nil {
		return out, err
	}
	if out.notes, err = notesOn(ctx, d.db, ids); err != nil {
		return out, err
	}
	d.said[key] = out
	return out, nil
}

// look works out one finding.
func (d *Desk) look(t *Triaged, scores map[string]store.EPSS, voices []triage.Voice) {
	facts := triage.Facts{EPSSFrom: triage.EPSSFrom(d.policy), CVSS: t.Finding.CVSS}
	decisions := slices.Clone(d.decisions[triage.AnyVuln])
	for _, id := range t.Of.IDs() {
		decisions = append(decisions, d.decisions[id]...)
		if since, ok := d.listed[id]; ok && (t.Exploited.IsZero() || since.Before(t.Exploited)) {
			t.Exploited = since
		}
		if e, ok := scores[id]; ok && (t.EPSS == nil || e.Score > t.EPSS.Score) {
			t.EPSS, facts.EPSS = &e, &e.Score
		}
		if e, ok := d.exploits[id]; ok {
			facts.Exploit, facts.ExploitBy = e.State, e.Source
		}
	}
	facts.Exploited, t.Of.Exploited = t.Exploited, !t.Exploited.IsZero()
	t.Results = d.evaluate(t, facts)
	t.Priority = t.Results[0]
	for _, r := range t.Results[1:] {
		t.Priority = triage.Urgent(t.Priority, r)
	}
	if t.Malicious = t.Finding.Malicious(); t.Malicious {
		t.Priority = triage.Remove(t.Priority)
	}
	t.Due = d.due(t.Priority.Action, t.Finding.FirstSeen)
	slices.SortStableFunc(decisions, func(a, b store.Decision) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	t.Opinion = triage.Weigh(decisions, voices, t.Of, d.db.Now())
}

// evaluate goes through the trees of our roles. What comes out is shared by all releases where it is the same.
func (d *Desk) evaluate(t *Triaged, facts triage.Facts) []triage.Result {
	trees := d.trees(t.Software)
	key := weighing{component: t.Finding.Component, vuln: t.Finding.Vuln, trees: fmt.Sprint(trees)}
	context, said := d.contexts[t.Software]
	if said {
		key.context = t.Software
	}
	out := d.weighed[key]
	if out == nil {
		for _, tree := range trees {
			out = append(out, triage.Evaluate(tree, facts, context, d.db.Now()))
		}
		d.weighed[key] = out
	}
	return out
}

// due is by when something is to be treated; what was found in one run on one day shares its days.
func (d *Desk) due(a triage.Action, from time.Time) time.Time {
	key := dueKey{a, from}
	if _, known := d.dues[key]; !known {
		d.dues[key] = triage.Due(d.policy, a, from)
	}
	return d.dues[key]
}

type dueKey struct {
	action triage.Action
	from   time.Time
}

// trees gives the trees of the roles we hold for a software; whoever holds none looks as a supplier does.
func (d *Desk) trees(software string) []triage.Tree {
	if _, known := d.asked[software]; !known {
		d.asked[software] = d.treesOf(software)
	}
	return d.asked[software]
}

func (d *Desk) treesOf(software string) []triage.Tree {
	var makes, runs bool
	for _, a := range d.model.Arrangements {
		if a.Software != software && !d.runsSoftware(a.System, software) {
			continue
		}
		for _, e := range a.Engagements {
			if !chain.Belongs(d.model, e.Party, d.self) {
				continue
			}
			switch e.Role {
			case guideline.Developer, guideline.Supplier:
				makes = true
			default:
				runs = true
			}
		}
	}
	switch {
	case makes && runs:
		return []triage.Tree{triage.Supplier, triage.Deployer}
	case runs:
		return []triage.Tree{triage.Deployer}
	}
	return []triage.Tree{triage.Supplier}
}

func (d *Desk) runsSoftware(system, software string) bool {
	if system == "" {
		return false
	}
	for _, r := range d.model.Releases {
		if r.Software == software && SystemRuns(d.model, system, r.ID) {
			return true
		}
	}
	return false
}

func (d *Desk) softwareName(id string) string {
	for _, s := range d.model.Software {
		if s.ID == id {
			return s.Name
		}
	}
	return id
}

// PriorityOf is what is kept of the urgency beside a decision.
func PriorityOf(r triage.Result) (json.RawMessage, error) { return json.Marshal(r) }

// FindingsFor gives the findings of releases with what holds of them: what we decided, else the word of a supplier that
// counts. A decision that lapsed leaves the finding open.
func (d *Desk) FindingsFor(ctx context.Context, releases []chain.Release) ([]assess.Finding, error) {
	var out []assess.Finding
	for _, r := range releases {
		found, err := d.db.FindingsOf(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue
		}
		weighed, err := d.weigh(ctx, r, found)
		if err != nil {
			return nil, err
		}
		for _, t := range weighed {
			out = append(out, t.judged(triage.EPSSFrom(d.policy)))
		}
	}
	return out, nil
}

// judged is the finding as checks look at it.
func (t Triaged) judged(likely float64) assess.Finding {
	f := assess.Finding{Finding: t.Finding.Finding, Release: t.Release, FirstSeen: t.Finding.FirstSeen, KEV: !t.Exploited.IsZero(), Decision: string(t.Opinion.Status),
		Likely: t.EPSS != nil && t.EPSS.Score >= likely, Urgent: t.Priority.Action == triage.Immediate}
	if d := t.Opinion.Decision; d != nil {
		f.DecidedAt, f.Owner, f.Treatment, f.TreatBy, f.TreatedAt, f.Until = d.At, d.By, d.Treatment, d.TreatBy, d.TreatedAt, d.Until
	} else if w := t.Opinion.Word; w != nil {
		f.DecidedAt, f.Owner = w.At, w.Author
	}
	return f
}
