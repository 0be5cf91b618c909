package office

import (
	"context"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// ClaimView is a claim as scripts read it.
type ClaimView struct {
	evidence.Claim
	InForce bool `json:"in_force"`
}

// ClaimWords are what a person writes about one duty, as words.
type ClaimWords struct {
	Requirement string // any way of writing the id
	Kind        string // claim, exception, not_applicable, not_inherited
	Role        string // empty: every role the party holds
	Check       string // empty: every check of the requirement
	Text        string
	Until       string // last day it holds, 2027-03-31, in Japan
}

// ReadClaim checks what the words say on their own, and gives a draft without an author, a subject or evidence.
func ReadClaim(w ClaimWords, now time.Time) (evidence.Claim, error) {
	claim := evidence.Claim{Kind: evidence.ClaimKind(w.Kind), Check: w.Check, Body: strings.TrimSpace(w.Text), State: evidence.ClaimDraft, Revision: 1}
	in, err := Individual(w.Requirement)
	if err != nil {
		return claim, err
	}
	claim.Requirement = in.ID
	if w.Role != "" {
		roles, err := guideline.ParseRoles(w.Role)
		if err != nil {
			return claim, err
		}
		if len(roles) != 1 || !in.AppliesTo(roles[0]) {
			return claim, &lang.Error{Kind: lang.Usage, What: lang.F("%s は役割「%s」が負う個別要求ではありません", "%s is not borne by %q", in.ID, w.Role),
				Next: lang.F("tasuki explain '%s' で確認してください", "see tasuki explain '%s'", in.ID)}
		}
		claim.Role = roles[0]
	}
	if w.Check != "" && !slices.ContainsFunc(guideline.Default().ChecksOf(in.ID), func(k guideline.Check) bool { return k.ID == w.Check }) {
		return claim, &lang.Error{Kind: lang.Usage, What: lang.F("%[1]s に確認「%[2]s」はありません", "%[1]s has no check %[2]q", in.ID, w.Check),
			Next: lang.F("tasuki explain '%s' で確認してください", "see tasuki explain '%s'", in.ID)}
	}
	if claim.Body == "" {
		return claim, &lang.Error{Kind: lang.Usage, What: lang.T("内容又は理由がありません", "the statement or the reason is missing"),
			Next: lang.T("text に書いてください", "write it in text")}
	}
	day, err := time.ParseInLocation(time.DateOnly, w.Until, calendar.Japan)
	if err != nil || !day.After(now) {
		return claim, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」は有効期限にできません", "%q cannot be the last day", w.Until),
			Next: lang.T("明日以降の日付を 2027-03-31 の形で指定してください", "give a day after today, such as 2027-03-31")}
	}
	claim.ExpiresAt = day.AddDate(0, 0, 1).UTC() // the day itself still counts
	return claim, nil
}

// Individual finds an individual requirement by any way of writing its id.
func Individual(text string) (guideline.Individual, error) {
	id, err := guideline.ParseID(text)
	if err != nil {
		return guideline.Individual{}, err
	}
	in, ok := guideline.Default().Individual(id)
	if !ok {
		return in, &lang.Error{Kind: lang.NotFound, What: lang.F("個別要求「%s」はありません", "there is no individual requirement %q", id),
			Next: lang.T("tasuki guideline export で一覧を確認してください", "see tasuki guideline export")}
	}
	return in, nil
}

// ClaimAbout gives whose duty a statement is about, our own organisation's when no party is named, and what of: a
// release, a software, a system, or all that the party does.
func ClaimAbout(ctx context.Context, db *store.DB, actor store.Actor, t judging.Target) (party string, s fact.Subject, err error) {
	whose := t.Party
	if whose == "" {
		whose = "self"
	}
	org, err := judging.Find(ctx, db, actor, judging.Target{Party: whose})
	if err != nil || t.Software == "" && t.System == "" {
		return org.ID, org, err
	}
	s, err = judging.Find(ctx, db, actor, judging.Target{Software: t.Software, Release: t.Release, System: t.System})
	return org.ID, s, err
}

// DraftClaim keeps a statement as the actor's draft. It counts once somebody else approves it, and until its last day.
func DraftClaim(ctx context.Context, db *store.DB, actor store.Actor, c evidence.Claim) (evidence.Claim, error) {
	if err := c.Sound(); err != nil {
		return c, err
	}
	c.ID, c.Author, c.CreatedAt = db.NewID(), actor.Account, db.Now()
	return c, db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.SaveClaim(ctx, c); err != nil {
			return err
		}
		return tx.Audit(ctx, "drafted", store.Object{Kind: "claim", ID: c.ID}, store.Change{After: c})
	})
}
