package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"example.org/tasuki/internal/finding"
)

// Finding is a distinct component and a vulnerability it has. FirstSeen and LastSeen are the store's.
type Finding struct {
	Component int64 `json:"-"`
	finding.Finding
	Modified  time.Time `json:"modified,omitzero"` // of the newest advisory behind it
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"` // the last time matching found its component's findings to be others
}

// FindingChanges says what became of findings that were replaced.
type FindingChanges struct {
	Added, Gone int
	Components  []int64 // whose findings are others than before, or say something else
}

// ReplaceFindings sets the findings of some components: those that are new are added, those that are there stay with
// the time they were first seen, those that matching no longer gives go. Components whose findings say what they said
// before are left alone. Every finding must be of one of the components.
func (tx *Tx) ReplaceFindings(ctx context.Context, components []int64, findings []Finding) (FindingChanges, error) {
	done, err := tx.replaceFindings(ctx, components, findings)
	if err != nil {
		return FindingChanges{}, fmt.Errorf("replace findings: %w", err)
	}
	return done, nil
}

func (tx *Tx) replaceFindings(ctx context.Context, components []int64, findings []Finding) (done FindingChanges, err error) {
	before, err := tx.keptFindings(ctx, components)
	if err != nil {
		return done, err
	}
	of := map[int64][]Finding{}
	for _, f := range findings {
		of[f.Component] = append(of[f.Component], f)
	}
	var rows, aliases [][]any
	told := map[[2]string]bool{}
	for _, component := range components {
		old, now := before[component], of[component]
		added, same, err := tx.findingRows(old, now)
		if err != nil {
			return done, err
		}
		if same {
			continue
		}
		done.Components = append(done.Components, component)
		rows = append(rows, added...)
		kept := 0
		for _, f := range now {
			if slices.ContainsFunc(old, func(k keptFinding) bool { return k.vuln == f.Vuln }) {
				kept++
			}
			for _, a := range append(slices.Clone(f.Aliases), f.Advisories...) {
				if alias := [2]string{a, f.Vuln}; !told[alias] {
					told[alias] = true
					aliases = append(aliases, []any{a, f.Vuln})
				}
			}
		}
		done.Added, done.Gone = done.Added+len(now)-kept, done.Gone+len(old)-kept
	}
	err = lookups(done.Components, func(part []int64) error {
		_, err := tx.exec(ctx, `delete from finding where component in (`+tx.dialect.places(len(part))+`)`, anys(part)...)
		return err
	})
	if err != nil || len(done.Components) == 0 {
		return done, err
	}
	if err := tx.bulk(ctx, "finding", []string{"component", "vuln", "severity", "data", "modified", "first_seen", "last_seen"}, rows); err != nil {
		return done, err
	}
	return done, tx.addAliases(ctx, aliases)
}

// keptFinding is a finding as the database holds it.
type keptFinding struct {
	component       int64
	vuln, data      string
	modified, first int64
}

// manyComponents is from how many on it is quicker to read the findings of all components than to name those wanted.
const manyComponents = 5000

// keptFindings gives what is kept of some components, by component.
func (tx *Tx) keptFindings(ctx context.Context, components []int64) (map[int64][]keptFinding, error) {
	out := map[int64][]keptFinding{}
	read := func(where string, args ...any) error {
		_, err := list(ctx, tx.DB, func(r row) (k keptFinding, err error) {
			err = r.Scan(&k.component, &k.vuln, &k.data, &k.modified, &k.first)
			out[k.component] = append(out[k.component], k)
			return k, err
		}, `select component, vuln, data, modified, first_seen from finding `+where, args...)
		return err
	}
	if len(components) >= manyComponents {
		return out, read("")
	}
	return out, lookups(components, func(part []int64) error {
		return read(`where component in (`+tx.dialect.places(len(part))+`)`, anys(part)...)
	})
}

// findingRows gives the rows of one component's findings, and whether they say what those before said.
func (tx *Tx) findingRows(before []keptFinding, now []Finding) (rows [][]any, same bool, err error) {
	same = len(before) == len(now)
	for _, f := range now {
		data, err := json.Marshal(stored(f.Finding))
		if err != nil {
			return nil, false, err
		}
		text, first := storableText(string(data)), ms(tx.Now())
		i := slices.IndexFunc(before, func(k keptFinding) bool { return k.vuln == f.Vuln })
		if i < 0 {
			same = false
		} else {
			first = before[i].first
			same = same && before[i].data == text && before[i].modified == ms(f.Modified)
		}
		rows = append(rows, []any{f.Component, f.Vuln, string(f.Severity), text, ms(f.Modified), first, ms(tx.Now())})
	}
	return rows, same, nil
}

// stored leaves out of a finding what its component and its release say.
func stored(f finding.Finding) finding.Finding {
	f.PURL, f.Name, f.Version, f.Refs = "", "", "", nil
	return f
}

func (tx *Tx) addAliases(ctx context.Context, rows [][]any) error {
	return pieces(rows, func(part [][]any) error {
		var args []any
		for _, r := range part {
			args = append(args, r...)
		}
		_, err := tx.exec(ctx, tx.dialect.insertText("vuln_alias", []string{"alias", "vuln"}, len(part))+` on conflict (alias, vuln) do nothing`, args...)
		return err
	})
}

const selectFinding = `select f.component, f.data, c.purl, c.name, c.version, f.modified, f.first_seen, f.last_seen
	from finding f join component c on c.id = f.component `

func scanFinding(r row) (f Finding, err error) {
	var purl, name, version string
	err = r.Scan(&f.Component, asJSON(&f.Finding), &purl, &name, &version, asTime(&f.Modified), asTime(&f.FirstSeen), asTime(&f.LastSeen))
	f.PURL, f.Name, f.Version = purl, name, version
	return f, err
}

// FindingsOf gives the findings of a release, sorted by package URL and vulnerability. Refs is empty.
func (db *DB) FindingsOf(ctx context.Context, release string) (out []Finding, err error) {
	ids, err := db.listedIn(ctx, release)
	if err != nil {
		return nil, err
	}
	err = lookups(ids, func(part []int64) error {
		found, err := list(ctx, db, scanFinding, selectFinding+`where f.component in (`+db.dialect.places(len(part))+`)`, anys(part)...)
		out = append(out, found...)
		return err
	})
	slices.SortFunc(out, byComponent)
	return out, err
}

// FindingsIn gives the findings of several releases, of each as [DB.FindingsOf] does: a component that many releases hold is
// asked about once. Releases without findings are left out.
func (db *DB) FindingsIn(ctx context.Context, releases []string) (map[string][]Finding, error) {
	with, err := db.ComponentsFound(ctx)
	if err != nil {
		return nil, err
	}
	lists, err := db.lists(ctx, releases)
	if err != nil {
		return nil, err
	}
	held, asked := map[string][]int64{}, map[int64]bool{}
	for _, l := range lists {
		for _, id := range l.components {
			if _, found := slices.BinarySearch(with, id); found {
				held[l.release], asked[id] = append(held[l.release], id), true
			}
		}
	}
	of := map[int64][]Finding{}
	err = lookups(slices.Sorted(maps.Keys(asked)), func(part []int64) error {
		found, err := list(ctx, db, scanFinding, selectFinding+`where f.component in (`+db.dialect.places(len(part))+`)`, anys(part)...)
		for _, f := range found {
			of[f.Component] = append(of[f.Component], f)
		}
		return err
	})
	out := map[string][]Finding{}
	for release, ids := range held {
		slices.Sort(ids)
		for _, id := range slices.Compact(ids) {
			out[release] = append(out[release], of[id]...)
		}
		slices.SortFunc(out[release], byComponent)
	}
	return out, err
}

// byComponent orders findings by component and vulnerability.
func byComponent(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.PURL, b.PURL), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Vuln, b.Vuln))
}

// FindingsAbout gives the findings of some vulnerabilities, named by the ids they go under, sorted by package URL.
func (db *DB) FindingsAbout(ctx context.Context, vulns []string) (out []Finding, err error) {
	err = lookups(vulns, func(part []string) error {
		found, err := list(ctx, db, scanFinding, selectFinding+`where f.vuln in (`+db.dialect.places(len(part))+`) order by c.purl, c.name, c.version, f.vuln`, anys(part)...)
		out = append(out, found...)
		return err
	})
	return out, err
}

// FoundAmong gives which of some vulnerabilities, named by any of their ids, were found in a component: the ids that their
// findings go under, sorted, once each.
func (db *DB) FoundAmong(ctx context.Context, ids []string) (out []string, err error) {
	err = lookups(ids, func(part []string) error {
		for _, query := range []string{`select distinct vuln from finding where vuln in (`, `select distinct f.vuln from vuln_alias a join finding f on f.vuln = a.vuln where a.alias in (`} {
			found, err := list(ctx, db, scanString, query+db.dialect.places(len(part))+`)`, anys(part)...)
			if err != nil {
				return err
			}
			out = append(out, found...)
		}
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

// ComponentsFound gives the ids of the components of which something was found.
func (db *DB) ComponentsFound(ctx context.Context) ([]int64, error) {
	return list(ctx, db, scanInt, `select distinct component from finding order by component`)
}

// FindingCount gives the number of findings there are, over all distinct components.
func (db *DB) FindingCount(ctx context.Context) (int64, error) {
	return one(ctx, db, scanInt, `select count(*) from finding`)
}

// Affected is a release that holds a component with a vulnerability.
type Affected struct {
	Software  string    `json:"software"` // ids
	Release   string    `json:"release"`
	Component Component `json:"component"`
	Vuln      string    `json:"vuln"`
	Direct    bool      `json:"direct"` // some document says so
}

// AffectedBy gives the releases affected by a vulnerability, named by any of its ids, sorted by software, release and
// package URL.
func (db *DB) AffectedBy(ctx context.Context, id string) ([]Affected, error) {
	found, err := list(ctx, db, func(r row) (a Affected, err error) {
		c := &a.Component
		err = r.Scan(&c.ID, &c.PURL, &c.Name, &c.Version, &c.Ecosystem, &a.Vuln)
		return a, err
	}, `select c.id, c.purl, c.name, c.version, c.ecosystem, f.vuln from finding f join component c on c.id = f.component
		where f.vuln in (select cast($1 as text) union select vuln from vuln_alias where alias = $1)`, id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	p, err := db.portfolioNow(ctx)
	if err != nil {
		return nil, err
	}
	h, err := db.heldChain(ctx)
	if err != nil {
		return nil, err
	}
	var out []Affected
	for _, a := range found {
		for release, direct := range p.holding(a.Component.ID) {
			a.Software, a.Release, a.Direct = h.softwareOf(release), release, direct
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Affected) int {
		return cmp.Or(cmp.Compare(a.Software, b.Software), cmp.Compare(a.Release, b.Release), byPURL(a.Component, b.Component), cmp.Compare(a.Vuln, b.Vuln))
	})
	return out, nil
}

// Decision is what people decided about a vulnerability (優先度判断, リスク対応). It holds for every finding it names:
// empty fields name all. Decisions are few; findings are many.
type Decision struct {
	ID            string    `json:"id"`
	Vuln          string    `json:"vuln"`
	Component     string    `json:"component,omitempty"` // package URL, or the start of one ending in *
	Software      string    `json:"software,omitempty"`
	Versions      string    `json:"versions,omitempty"` // range of the software's versions
	Status        string    `json:"status"`
	Justification string    `json:"justification,omitempty"`
	Note          string    `json:"note,omitempty"`
	By            string    `json:"by"`
	At            time.Time `json:"at"`
	Until         time.Time `json:"until,omitzero"` // when it lapses; zero: it stands
	Revision      int       `json:"revision"`

	Treatment string          `json:"treatment,omitempty"` // fix, workaround, accept; empty: none
	TreatBy   time.Time       `json:"treat_by,omitzero"`   // by when
	TreatedAt time.Time       `json:"treated_at,omitzero"` // since when it is in place; zero: not yet
	Grounds   []Ground        `json:"grounds"`             // the findings it was made on; it holds for no other
	Priority  json.RawMessage `json:"priority,omitempty"`  // how urgent it was then, as triage said it
}

// Ground is a finding as it was when somebody decided about it: Facts is a digest of what was known of it.
type Ground struct {
	Component string `json:"component"` // package URL, or name and version
	Vuln      string `json:"vuln"`
	Facts     string `json:"facts"`
}

// SaveDecision adds a decision (Revision 1) or changes it (Revision one more than stored). By and At are filled from
// the transaction when empty.
func (tx *Tx) SaveDecision(ctx context.Context, d Decision) error {
	if d.By == "" {
		d.By = tx.actor.Account
	}
	if d.At.IsZero() {
		d.At = tx.Now()
	}
	return tx.saveRevised(ctx, decisionNoun, "decision", d.ID, d.Revision, cols{{"vuln", d.Vuln}, {"component", d.Component},
		{"software", d.Software}, {"versions", d.Versions}, {"status", d.Status}, {"justification", d.Justification},
		{"note", d.Note}, {"decided_by", d.By}, {"decided_at", ms(d.At)}, {"until", ms(d.Until)},
		{"treatment", d.Treatment}, {"treat_by", ms(d.TreatBy)}, {"treated_at", ms(d.TreatedAt)}, {"grounds", inJSON(d.Grounds)},
		{"priority", inJSON(d.Priority)}})
}

// Decisions gives the decisions about some vulnerabilities, or all of them when none is named, the latest last.
func (db *DB) Decisions(ctx context.Context, vulns ...string) ([]Decision, error) {
	var w where
	if len(vulns) > 0 {
		w.in("vuln", vulns...)
	}
	return list(ctx, db, func(r row) (d Decision, err error) {
		err = r.Scan(&d.ID, &d.Vuln, &d.Component, &d.Software, &d.Versions, &d.Status, &d.Justification, &d.Note, &d.By,
			asTime(&d.At), asTime(&d.Until), &d.Revision, &d.Treatment, asTime(&d.TreatBy), asTime(&d.TreatedAt), asJSON(&d.Grounds),
			asJSON(&d.Priority))
		if string(d.Priority) == "null" {
			d.Priority = nil
		}
		return d, err
	}, `select id, vuln, component, software, versions, status, justification, note, decided_by, decided_at, until, revision,
		treatment, treat_by, treated_at, grounds, priority from decision`+w.text()+` order by decided_at, id`, w.args...)
}
