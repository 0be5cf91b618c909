package store

import (
	"context"
	"fmt"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// PlanKey names the duty that a plan is for, whatever release it is judged on.
type PlanKey struct {
	Arrangement string         `json:"arrangement"`
	Party       string         `json:"party"`
	Role        guideline.Role `json:"role"`
	Requirement guideline.ID   `json:"requirement"`
}

// Plan says who sees to a duty (担当) and by when (期限). It is people's own agreement and counts for no assessment.
type Plan struct {
	PlanKey
	Owner     string    `json:"owner"` // account id; empty: nobody yet
	Due       time.Time `json:"due"`   // end of the last day; zero: none
	Note      string    `json:"note"`
	ChangedBy string    `json:"changed_by"`
	ChangedAt time.Time `json:"changed_at"`
}

// Empty reports whether a plan says nothing.
func (p Plan) Empty() bool { return p.Owner == "" && p.Due.IsZero() && p.Note == "" }

// SavePlan writes a plan in the place of the one there was. One that says nothing is taken away. Who changed it and when
// are those of the transaction.
func (tx *Tx) SavePlan(ctx context.Context, p Plan) error {
	if p.Empty() {
		_, err := tx.exec(ctx, `delete from plan where arrangement = $1 and party = $2 and role = $3 and requirement = $4`,
			p.Arrangement, p.Party, string(p.Role), string(p.Requirement))
		return err
	}
	_, err := tx.exec(ctx, `insert into plan (arrangement, party, role, requirement, owner, due, note, changed_by, changed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (arrangement, party, role, requirement) do update set
		owner = excluded.owner, due = excluded.due, note = excluded.note, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		p.Arrangement, p.Party, string(p.Role), string(p.Requirement), p.Owner, ms(p.Due), p.Note, tx.actor.Account, ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("save plan of %s: %w", p.Requirement, err)
	}
	return nil
}

// Plans gives all plans, or those of one arrangement, by their key.
func (db *DB) Plans(ctx context.Context, arrangement string) ([]Plan, error) {
	var w where
	if arrangement != "" {
		w.add("arrangement = ?", arrangement)
	}
	return list(ctx, db, func(r row) (p Plan, err error) {
		err = r.Scan(&p.Arrangement, &p.Party, &p.Role, &p.Requirement, &p.Owner, asTime(&p.Due), &p.Note, &p.ChangedBy, asTime(&p.ChangedAt))
		return p, err
	}, `select arrangement, party, role, requirement, owner, due, note, changed_by, changed_at from plan`+w.text()+
		` order by arrangement, party, role, requirement`, w.args...)
}

// Comment is what somebody said to colleagues about a duty or a vulnerability. It never leaves the organisation.
type Comment struct {
	ID          string    `json:"id"`
	About       Object    `json:"about"`
	Author      string    `json:"author"` // account id
	At          time.Time `json:"at"`
	Body        string    `json:"body"`
	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"` // its words are gone then
}

var commentNoun = lang.T("コメント", "comment")

// AddComment keeps what somebody said. The moment is the transaction's.
func (tx *Tx) AddComment(ctx context.Context, c Comment) error {
	_, err := tx.exec(ctx, `insert into comment (id, about_kind, about_id, author, at, body, withdrawn_at) values ($1, $2, $3, $4, $5, $6, 0)`,
		c.ID, c.About.Kind, c.About.ID, c.Author, ms(tx.Now()), c.Body)
	if err != nil {
		return fmt.Errorf("add comment: %w", err)
	}
	return nil
}

// WithdrawComment takes the words of one's own comment away; that there was one stays.
func (tx *Tx) WithdrawComment(ctx context.Context, id, author string) error {
	n, err := tx.exec(ctx, `update comment set body = '', withdrawn_at = $3 where id = $1 and author = $2 and withdrawn_at = 0`, id, author, ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("withdraw comment: %w", err)
	}
	if n == 0 {
		return notFound(commentNoun, id)
	}
	return nil
}

// Comments gives what was said about something, the first first.
func (db *DB) Comments(ctx context.Context, about Object) ([]Comment, error) {
	return list(ctx, db, func(r row) (c Comment, err error) {
		err = r.Scan(&c.ID, &c.About.Kind, &c.About.ID, &c.Author, asTime(&c.At), &c.Body, asTime(&c.WithdrawnAt))
		return c, err
	}, `select id, about_kind, about_id, author, at, body, withdrawn_at from comment where about_kind = $1 and about_id = $2 order by at, id`,
		about.Kind, about.ID)
}

// String writes the key in one line: arrangement, party, role and requirement.
func (k PlanKey) String() string {
	return k.Arrangement + "|" + k.Party + "|" + string(k.Role) + "|" + string(k.Requirement)
}
