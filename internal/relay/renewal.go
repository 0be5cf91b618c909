package relay

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// A DutyChange is a duty whose state is no longer what a declaration says of it.
type DutyChange struct {
	Party       string         `json:"party,omitempty"` // a unit of ours
	Role        guideline.Role `json:"role"`
	Requirement guideline.ID   `json:"requirement"`
	Before      string         `json:"before"`
	After       string         `json:"after"`
	Reasons     []lang.Text    `json:"-"`
}

// A Standing is an issued declaration as it stands at this moment.
type Standing struct {
	Declaration store.Declaration
	Object      verify.Object
	Digest      string // of the envelope
	ValidUntil  time.Time
	Changed     []DutyChange // what is no longer as declared
	Why         []lang.Text  // empty: no renewal is needed
}

// renewalDays is how long before its end a declaration asks to be renewed.
const renewalDays = 30

// Standings says of every declaration of ours that was signed how it stands: whether it needs to be renewed and which
// duties changed since; of those with the ids given, when any is. Nothing is computed: the state judged last counts.
func Standings(ctx context.Context, db *store.DB, ids ...string) ([]Standing, error) {
	all, err := db.Declarations(ctx, store.DeclarationFilter{})
	if err != nil {
		return nil, err
	}
	c, err := judging.LoadShared(ctx, db)
	if err != nil {
		return nil, err
	}
	out := []Standing{}
	for _, d := range all {
		if d.Signed == "" || len(ids) > 0 && !slices.Contains(ids, d.ID) {
			continue
		}
		s, err := standing(ctx, c, db, d)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func standing(ctx context.Context, c judging.Shared, db *store.DB, d store.Declaration) (Standing, error) {
	s := Standing{Declaration: d}
	k, err := signedOf(db, d)
	if err != nil {
		return s, err
	}
	said, err := declarationIn(k.Envelope)
	if err != nil {
		return s, err
	}
	s.Object, s.Digest, s.ValidUntil = said.Object, verify.Digest(k.Envelope), said.Validity.Until
	if d.State != store.DeclarationIssued {
		return s, nil
	}
	var f Frozen
	if err := json.Unmarshal(d.Content, &f); err != nil {
		return s, err
	}
	if s.Changed, err = drift(ctx, c, db, d, f); err != nil {
		return s, err
	}
	s.Why = whyRenew(c, s, f)
	revoked, err := takenBack(ctx, db, f)
	if len(revoked) > 0 {
		s.Why = append(s.Why, lang.F("宣言に含めた取引先の宣言が取り消されています: %s", "a supplier took back the declaration in it: %s", strings.Join(revoked, ", ")))
	}
	return s, err
}

// takenBack names the suppliers' bundles in a declaration that were revoked since.
func takenBack(ctx context.Context, db *store.DB, f Frozen) ([]string, error) {
	var out []string
	for _, s := range f.Supporting {
		if s.Kind != verify.Upstream {
			continue
		}
		d, err := db.Document(ctx, cmp.Or(s.Replaces, s.Digest))
		if err != nil && lang.KindOf(err) != lang.NotFound {
			return nil, err
		}
		if d.SignatureState == exchange.Revoked {
			out = append(out, d.Name)
		}
	}
	return out, nil
}

// whyRenew names what makes a renewal necessary.
func whyRenew(c judging.Shared, s Standing, f Frozen) []lang.Text {
	var out []lang.Text
	add := func(t lang.Text) { out = append(out, t) }
	if len(s.Changed) > 0 {
		var duties []string
		for _, d := range s.Changed {
			duties = append(duties, string(d.Requirement))
		}
		add(lang.F("宣言の後に状態が変わった責務があります: %s", "duties have changed since the declaration: %s", strings.Join(slices.Compact(duties), ", ")))
	}
	switch left := s.ValidUntil.Sub(c.In.Now); {
	case left <= 0:
		add(lang.F("有効期間は %s に終わりました", "validity ended on %s", s.ValidUntil.Format(time.DateOnly)))
	case left < renewalDays*24*time.Hour:
		add(lang.F("有効期間は %s に終わります", "validity ends on %s", s.ValidUntil.Format(time.DateOnly)))
	}
	if f.Assessment.ChecksDigest != guideline.Default().Digest() {
		add(lang.T("判定に使う要求事項データが改訂されています", "the catalogue that duties are judged by has been revised"))
	}
	for _, e := range f.Engaged {
		newer := newerThan(c, e, f)
		if newer != "" {
			add(lang.F("取引先 %s から、宣言に含めたものより新しい宣言を受け取っています", "a newer declaration than the one in it was received from %s", e.Name))
		}
	}
	return out
}

// newerThan gives the bundle of a party we rely on that was received after the one the declaration holds.
func newerThan(c judging.Shared, e verify.Engaged, f Frozen) string {
	for _, got := range inForce(c, f.party(c, e.Name)) {
		has := slices.ContainsFunc(f.Supporting, func(s Supporting) bool { return s.Digest == got.ID || s.Replaces == got.ID })
		if !has && got.VerifiedAt.After(f.Assessment.At) {
			return got.ID
		}
	}
	return ""
}

// drift gives the duties whose state is not what was frozen.
func drift(ctx context.Context, c judging.Shared, db *store.DB, d store.Declaration, f Frozen) ([]DutyChange, error) {
	keep := d.Subject
	if d.Release != "" {
		keep = fact.Subject{Kind: fact.Release, ID: d.Release}
	}
	rows, err := judging.Status(ctx, db, keep)
	if err != nil {
		return nil, err
	}
	now := map[verify.Duty]judging.Row{}
	for _, r := range judging.OfParty(c.In.Model, rows, f.Issuer.ID) {
		if r.Arrangement == f.Arrangement {
			now[verify.Duty{Party: unitName(c, r.Party, f.Issuer.ID), Role: r.Role, Requirement: r.Requirement}] = r
		}
	}
	var out []DutyChange
	for _, a := range f.Answers {
		if r := now[a.Duty()]; r.Status != string(a.Status) {
			out = append(out, DutyChange{a.Party, a.Role, a.Requirement, string(a.Status), r.Status, r.Reasons})
		}
	}
	return out, nil
}
