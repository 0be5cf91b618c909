package store

import (
	"context"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
)

// SaveClaim adds a claim, an exception or a statement that something does not apply (Revision 1), or its next
// revision. It is an error of kind Conflict when another change came first, and of kind Forbidden when the approver is
// the author. Times must be whole milliseconds, or an approval's digest would not match what is read back.
func (tx *Tx) SaveClaim(ctx context.Context, c evidence.Claim) error {
	if err := ownApproval(c.Author, c.Approver); err != nil {
		return err
	}
	return tx.saveRevised(ctx, claimNoun, "claim", c.ID, c.Revision, cols{{"kind", string(c.Kind)}, {"party", c.Party},
		{"subject_kind", string(c.Subject.Kind)}, {"subject_id", c.Subject.ID}, {"role", string(c.Role)},
		{"requirement", string(c.Requirement)}, {"check_id", c.Check}, {"body", c.Body}, {"evidence", inJSON(c.Evidence)},
		{"author", c.Author}, {"created_at", ms(c.CreatedAt)}, {"state", string(c.State)}, {"approver", c.Approver},
		{"approved_at", ms(c.ApprovedAt)}, {"content_digest", c.Digest}, {"expires_at", ms(c.ExpiresAt)}})
}

const selectClaim = `select id, kind, party, subject_kind, subject_id, role, requirement, check_id, body, evidence, author,
	created_at, state, approver, approved_at, content_digest, expires_at, revision from claim`

func scanClaim(r row) (c evidence.Claim, err error) {
	err = r.Scan(&c.ID, &c.Kind, &c.Party, &c.Subject.Kind, &c.Subject.ID, &c.Role, &c.Requirement, &c.Check, &c.Body,
		asJSON(&c.Evidence), &c.Author, asTime(&c.CreatedAt), &c.State, &c.Approver, asTime(&c.ApprovedAt), &c.Digest,
		asTime(&c.ExpiresAt), &c.Revision)
	return c, err
}

// Claim gives one claim or exception.
func (db *DB) Claim(ctx context.Context, id string) (evidence.Claim, error) {
	c, err := one(ctx, db, scanClaim, selectClaim+` where id = $1`, id)
	return found(c, err, claimNoun, id)
}

// ClaimFilter narrows [DB.Claims]. Zero fields do not narrow.
type ClaimFilter struct {
	Kind        evidence.ClaimKind
	Party       string
	Subjects    []fact.Subject
	Requirement guideline.ID
	State       evidence.ClaimState
}

// Claims gives claims and exceptions, the first one made first.
func (db *DB) Claims(ctx context.Context, f ClaimFilter) ([]evidence.Claim, error) {
	var w where
	if f.Kind != "" {
		w.add("kind = ?", string(f.Kind))
	}
	if f.Party != "" {
		w.add("party = ?", f.Party)
	}
	if len(f.Subjects) > 0 {
		w.subjects("subject_kind", "subject_id", f.Subjects)
	}
	if f.Requirement != "" {
		w.add("requirement = ?", string(f.Requirement))
	}
	if f.State != "" {
		w.add("state = ?", string(f.State))
	}
	return list(ctx, db, scanClaim, selectClaim+w.text()+` order by created_at, id`, w.args...)
}
