package store

import (
	"context"
	"encoding/json"
	"fmt"
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
	LastSeen  time.Time `json:"last_seen"` // the last time matching found it
}

// ReplaceFindings sets the findings of some components: those that are new are added, those that are there stay with
// the time they were first seen, those that matching no longer gives go. It gives the numbers of the first and the
// last. Every finding must be of one of the components.
func (tx *Tx) ReplaceFindings(ctx context.Context, components []int64, findings []Finding) (added, gone int, err error) {
	of := map[int64][]Finding{}
	for _, f := range findings {
		of[f.Component] = append(of[f.Component], f)
	}
	err = chunks(components, func(part []int64) error {
		a, g, err := tx.replaceFindings(ctx, part, of)
		added, gone = added+a, gone+g
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("replace findings: %w", err)
	}
	return added, gone, nil
}

func (tx *Tx) replaceFindings(ctx context.Context, part []int64, of map[int64][]Finding) (added, gone int, err error) {
	in := `component in (` + placeholders(1, len(part)) + `)`
	old, err := list(ctx, tx.DB, scanFinding, selectFinding+`where f.`+in, anys(part)...)
	if err != nil {
		return 0, 0, err
	}
	type id struct {
		component int64
		vuln      string
	}
	firstSeen := map[id]time.Time{}
	for _, f := range old {
		firstSeen[id{f.Component, f.Vuln}] = f.FirstSeen
	}
	if _, err := tx.exec(ctx, `delete from finding where `+in, anys(part)...); err != nil {
		return 0, 0, err
	}
	kept := 0
	var rows, aliases [][]any
	for _, component := range part {
		for _, f := range of[component] {
			first, known := firstSeen[id{component, f.Vuln}]
			if known {
				kept++
			} else {
				added++
				first = tx.Now()
			}
			data, err := json.Marshal(stored(f.Finding))
			if err != nil {
				return 0, 0, err
			}
			rows = append(rows, []any{component, f.Vuln, string(f.Severity), string(data), ms(f.Modified), ms(first), ms(tx.Now())})
			for _, a := range append(slices.Clone(f.Aliases), f.Advisories...) {
				aliases = append(aliases, []any{a, f.Vuln})
			}
		}
	}
	if err := tx.bulk(ctx, "finding", []string{"component", "vuln", "severity", "data", "modified", "first_seen", "last_seen"}, rows); err != nil {
		return 0, 0, err
	}
	return added, len(old) - kept, tx.addAliases(ctx, aliases)
}

// stored leaves out of a finding what its component and its release say.
func stored(f finding.Finding) finding.Finding {
	f.PURL, f.Name, f.Version, f.Refs = "", "", "", nil
	return f
}

func (tx *Tx) addAliases(ctx context.Context, rows [][]any) error {
	return chunks(rows, func(part [][]any) error {
		var args []any
		for _, r := range part {
			args = append(args, r...)
		}
		_, err := tx.exec(ctx, insertText("vuln_alias", []string{"alias", "vuln"}, len(part))+` on conflict (alias, vuln) do nothing`, args...)
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
func (db *DB) FindingsOf(ctx context.Context, release string) ([]Finding, error) {
	return list(ctx, db, scanFinding, selectFinding+`where f.component in
		(select rc.component from component_list l join release_component rc on rc.list = l.id where l.release = $1)
		order by c.purl, c.name, c.version, f.vuln`, release)
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
	return list(ctx, db, func(r row) (a Affected, err error) {
		c := &a.Component
		var direct int64
		err = r.Scan(&a.Software, &a.Release, &c.ID, &c.PURL, &c.Name, &c.Version, &c.Ecosystem, &a.Vuln, &direct)
		a.Direct = direct == 1
		return a, err
	}, `select r.software, r.id, c.id, c.purl, c.name, c.version, c.ecosystem, f.vuln, max(case when rc.is_direct then 1 else 0 end)
		from finding f join component c on c.id = f.component join release_component rc on rc.component = c.id
		join component_list l on l.id = rc.list join release r on r.id = l.release
		where f.vuln = $1 or f.vuln in (select vuln from vuln_alias where alias = $1)
		group by r.software, r.id, c.id, c.purl, c.name, c.version, c.ecosystem, f.vuln
		order by r.software, r.id, c.purl, c.name, c.version, f.vuln`, id)
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
