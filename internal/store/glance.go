package store

import (
	"context"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
)

// Glance is how many duties of a party over a subject stand alike: in one status, that ends at one moment.
type Glance struct {
	Subject fact.Subject
	Party   string
	Status  string // as judged; see Lapsed
	N       int

	until  time.Time
	leases []fact.Lease
}

// Lapsed reports whether these duties are past their time and must be judged again before they are shown as met.
func (g Glance) Lapsed(now time.Time, renewed fact.Renewed) bool {
	return DutyStatus{ValidUntil: g.until, Leases: g.leases}.Lapsed(now, renewed)
}

// Glances counts the duties of all subjects, by subject and party, in one query that reads none of their texts.
func (db *DB) Glances(ctx context.Context) ([]Glance, error) {
	return list(ctx, db, func(r row) (g Glance, err error) {
		err = r.Scan(&g.Subject.Kind, &g.Subject.ID, &g.Party, &g.Status, asJSON(&g.leases), asTime(&g.until), &g.N)
		return g, err
	}, `select subject_kind, subject_id, party, status, leases, valid_until, count(*) from duty_status
		group by subject_kind, subject_id, party, status, leases, valid_until
		order by subject_kind, subject_id, party, status, leases, valid_until`)
}

// Stated counts the duties that rest on a statement without evidence (申告のみ), by subject and party; Status is empty.
func (db *DB) Stated(ctx context.Context) ([]Glance, error) {
	return list(ctx, db, func(r row) (g Glance, err error) {
		err = r.Scan(&g.Subject.Kind, &g.Subject.ID, &g.Party, &g.N)
		return g, err
	}, `select subject_kind, subject_id, party, count(*) from duty_status where basis = 'claim' and detail like '%"stated_only":true%'
		group by subject_kind, subject_id, party order by subject_kind, subject_id, party`)
}

// Ending is a duty whose status ends by itself.
type Ending struct {
	DutyKey
	Status string
	Until  time.Time
}

// Endings gives duties whose status ends after one moment and before another, the first to end first, at most so many.
// Those that renew themselves (see [fact.Lease]) are not among them.
func (db *DB) Endings(ctx context.Context, after, before time.Time, most int) ([]Ending, error) {
	return list(ctx, db, func(r row) (e Ending, err error) {
		var requirement, role string
		err = r.Scan(&e.Party, &e.Arrangement, &e.Subject.Kind, &e.Subject.ID, &role, &requirement, &e.Status, asTime(&e.Until))
		e.Role, e.Requirement = guideline.Role(role), guideline.ID(requirement)
		return e, err
	}, `select party, arrangement, subject_kind, subject_id, role, requirement, status, valid_until from duty_status
		where valid_until > $1 and valid_until < $2 order by valid_until, subject_id, party, role, requirement limit $3`,
		ms(after), ms(before), most)
}

// ComponentCounts gives how many different components each release holds; releases without an SBOM are not in it.
func (db *DB) ComponentCounts(ctx context.Context) (map[string]int, error) {
	p, err := db.portfolioNow(ctx)
	if err != nil {
		return nil, err
	}
	return p.counts(), nil
}

// Turn is how many duties of a party over a subject went from one status to another.
type Turn struct {
	Subject       fact.Subject
	Party         string
	Before, After string
	N             int
}

// Turns counts the changes of status after a moment, by subject and party. What was judged for the first time and what is
// no duty any more are not among them.
func (db *DB) Turns(ctx context.Context, since time.Time) ([]Turn, error) {
	return list(ctx, db, func(r row) (t Turn, err error) {
		err = r.Scan(&t.Subject.Kind, &t.Subject.ID, &t.Party, &t.Before, &t.After, &t.N)
		return t, err
	}, `select subject_kind, subject_id, party, before, status, count(*) from duty_status_history
		where judged_at > $1 and before <> '' and status <> '' group by subject_kind, subject_id, party, before, status
		order by subject_kind, subject_id, party, before, status`, ms(since))
}
