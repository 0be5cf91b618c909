package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.org/tasuki/internal/fact"
)

// Renew notes that a source delivered. Statuses that rest on it hold longer without being written again.
func (tx *Tx) Renew(ctx context.Context, source string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into renewal (source, renewed_at) values ($1, $2)
		on conflict (source) do update set renewed_at = excluded.renewed_at`, source, ms(at))
	return err
}

// Renewed says when each source delivered last: those noted by [Tx.Renew], and every source of advisory data as
// "feed:" and its name.
func (db *DB) Renewed(ctx context.Context) (fact.Renewed, error) {
	type renewal struct {
		source string
		at     time.Time
	}
	all, err := list(ctx, db, func(r row) (n renewal, err error) {
		err = r.Scan(&n.source, asTime(&n.at))
		return n, err
	}, `select source, renewed_at from renewal union all select 'feed:' || name, loaded_at from advisory_source`)
	if err != nil {
		return nil, fmt.Errorf("read when sources were renewed: %w", err)
	}
	out := fact.Renewed{}
	for _, n := range all {
		out[n.source] = n.at
	}
	return out, nil
}

// Judgement says when a subject that was judged has to be judged again although nothing about it changed.
type Judgement struct {
	Subject fact.Subject
	Next    time.Time    // the next moment at which judging may say something else; zero: none
	Leases  []fact.Lease // when one of them ends
	Waits   []string     // sources: when one of them delivers
}

// Due reports whether time alone asks for another judgement.
func (j Judgement) Due(now time.Time, renewed fact.Renewed) bool {
	next := fact.Earlier(j.Next, renewed.End(j.Leases))
	return !next.IsZero() && !now.Before(next)
}

// SaveJudgement notes when a subject has to be judged again, which nobody decides: it asks for no audit entry.
func (tx *Tx) SaveJudgement(ctx context.Context, j Judgement) error {
	wrote := tx.wrote
	defer func() { tx.wrote = wrote }()
	_, err := tx.exec(ctx, `insert into judgement (subject_kind, subject_id, next_at, leases, waits) values ($1, $2, $3, $4, $5)
		on conflict (subject_kind, subject_id) do update set next_at = excluded.next_at, leases = excluded.leases, waits = excluded.waits
		where judgement.next_at <> excluded.next_at or judgement.leases <> excluded.leases or judgement.waits <> excluded.waits`,
		string(j.Subject.Kind), j.Subject.ID, ms(j.Next), jsonText(noneNil(j.Leases)), jsonText(noneNil(j.Waits)))
	return err
}

// Judgements gives when every subject has to be judged again, by subject.
func (db *DB) Judgements(ctx context.Context) (map[fact.Subject]Judgement, error) {
	all, err := list(ctx, db, func(r row) (j Judgement, err error) {
		err = r.Scan(&j.Subject.Kind, &j.Subject.ID, asTime(&j.Next), asJSON(&j.Leases), asJSON(&j.Waits))
		return j, err
	}, `select subject_kind, subject_id, next_at, leases, waits from judgement`)
	out := make(map[fact.Subject]Judgement, len(all))
	for _, j := range all {
		out[j.Subject] = j
	}
	return out, err
}

// Same reports whether two say the same.
func (j Judgement) Same(o Judgement) bool {
	return j.Subject == o.Subject && j.Next.Equal(o.Next) && slices.EqualFunc(j.Leases, o.Leases, sameLease) && slices.Equal(j.Waits, o.Waits)
}

func sameLease(a, b fact.Lease) bool {
	return a.Source == b.Source && a.Days == b.Days && a.Since.Equal(b.Since)
}

func noneNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
