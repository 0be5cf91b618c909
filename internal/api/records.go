package api

import (
	"context"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// Narrowed is which part of a list of drafts and approved entries is asked for.
type Narrowed struct {
	Page
	State   string `query:"state" enum:"draft,approved,retired" doc:"Only those in this state"`
	Subject string `query:"subject" doc:"software:NAME, release:NAME@VERSION, system:NAME or party:ID"`
}

func (s *server) records(ctx context.Context, c *call, in *struct {
	Narrowed
	Kind string `query:"kind" doc:"Only those of this register"`
	To   string `query:"to" doc:"Only those that name this record, as KIND/KEY"`
}) (List[office.RecordView], error) {
	f := store.RecordFilter{State: register.State(in.State)}
	var err error
	if f.Subjects, err = s.subjectFilter(ctx, c, in.Subject); err != nil {
		return List[office.RecordView]{}, err
	}
	if in.Kind != "" {
		kind, err := register.Kind(in.Kind)
		if err != nil {
			return List[office.RecordView]{}, err
		}
		f.Kinds = []string{kind.Kind}
	}
	records, err := office.RecordsNaming(ctx, s.db, f, in.To)
	if err != nil {
		return List[office.RecordView]{}, err
	}
	var all []office.RecordView
	for _, r := range records {
		all = append(all, office.ViewRecord(r, s.db.Now()))
	}
	return cut(all, func(r office.RecordView) string { return r.ID }, in.Page)
}

func (s *server) record(ctx context.Context, c *call, in *IDInput) (office.RecordView, error) {
	r, err := s.db.Record(ctx, in.ID)
	return tagged(c, office.ViewRecord(r, s.db.Now()), err)
}

func (s *server) recordLinks(ctx context.Context, _ *call, in *IDInput) (office.Linked, error) {
	r, err := s.db.Record(ctx, in.ID)
	if err != nil {
		return office.Linked{}, err
	}
	return office.LinksOf(ctx, s.db, r)
}

func (s *server) putRecords(ctx context.Context, c *call, in *struct {
	Kind    string `path:"kind" doc:"Name of the register"`
	Subject string `query:"subject" doc:"What the records are about, when they do not say it: software:NAME, release:NAME@VERSION, system:NAME or party:ID"`
}) (office.PutResult, error) {
	kind, err := register.Kind(in.Kind)
	if err != nil {
		return office.PutResult{}, err
	}
	b, err := c.body(register.MaxBytes)
	if err != nil {
		return office.PutResult{}, err
	}
	entries, problems, err := office.ReadRecords(kind, b)
	if err != nil {
		return office.PutResult{}, err
	}
	if len(problems) > 0 {
		p := problemOf(c.visit, &lang.Error{Kind: lang.Inconsistent, What: lang.T("何も登録していません", "nothing was stored"),
			Next: lang.T("problems に挙げた箇所を直してください", "mend what problems names")})
		p.Problems = judging.ProblemsIn(problems, c.lang)
		return office.PutResult{}, p
	}
	return office.PutRecords(ctx, s.db, c.actor, c.lang, kind, entries, nil, in.Subject)
}

func (s *server) claims(ctx context.Context, c *call, in *struct {
	Narrowed
	Requirement string `query:"requirement" doc:"Only those about this individual requirement"`
	Party       string `query:"party" doc:"Id of a party"`
}) (List[office.ClaimView], error) {
	f := store.ClaimFilter{State: evidence.ClaimState(in.State), Party: in.Party}
	var err error
	if f.Subjects, err = s.subjectFilter(ctx, c, in.Subject); err != nil {
		return List[office.ClaimView]{}, err
	}
	if in.Requirement != "" {
		r, err := office.Individual(in.Requirement)
		if err != nil {
			return List[office.ClaimView]{}, err
		}
		f.Requirement = r.ID
	}
	claims, err := s.db.Claims(ctx, f)
	if err != nil {
		return List[office.ClaimView]{}, err
	}
	var all []office.ClaimView
	for _, v := range claims {
		all = append(all, office.ClaimView{Claim: v, InForce: v.InForce(s.db.Now())})
	}
	return cut(all, func(v office.ClaimView) string { return v.ID }, in.Page)
}

func (s *server) claim(ctx context.Context, _ *call, in *IDInput) (office.ClaimView, error) {
	v, err := s.db.Claim(ctx, in.ID)
	return office.ClaimView{Claim: v, InForce: v.InForce(s.db.Now())}, err
}

// ClaimBody is a statement about one duty as a program writes it. What it is about is named as with documents; all that
// the party does when nothing is.
type ClaimBody struct {
	_           struct{}           `additionalProperties:"false"`
	Requirement guideline.ID       `json:"requirement" doc:"Id of the individual requirement"`
	Kind        evidence.ClaimKind `json:"kind,omitempty" enum:"claim,exception,not_applicable,not_inherited" default:"claim"`
	Role        guideline.Role     `json:"role,omitempty" doc:"Every role the party holds when empty"`
	Check       string             `json:"check_id,omitempty" doc:"Every check of the requirement when empty"`
	Body        string             `json:"body" doc:"The statement; for an exception and what does not apply, the reason"`
	Evidence    []string           `json:"evidence,omitempty" doc:"Digests of documents and ids of records"`
	Until       string             `json:"until" format:"date" doc:"Last day it holds, in Japan"`
	Software    string             `json:"software,omitempty"`
	Release     string             `json:"release,omitempty"`
	System      string             `json:"system,omitempty"`
	Party       string             `json:"party,omitempty" doc:"Our own organisation when empty"`
}

func (s *server) draftClaim(ctx context.Context, c *call, _ *struct{}) (office.ClaimView, error) {
	in := ClaimBody{Kind: evidence.Stated}
	if err := c.json(&in); err != nil {
		return office.ClaimView{}, err
	}
	if !slices.Contains(evidence.ClaimKinds[:], in.Kind) {
		return office.ClaimView{}, &lang.Error{Kind: lang.Usage, What: lang.F("kind に「%s」は指定できません", "%q cannot be the kind", in.Kind), Where: "/kind",
			Next: lang.T("claim、exception、not_applicable、not_inherited から選んでください", "use claim, exception, not_applicable or not_inherited")}
	}
	claim, err := office.ReadClaim(office.ClaimWords{Requirement: string(in.Requirement), Kind: string(in.Kind), Role: string(in.Role), Check: in.Check, Text: in.Body, Until: in.Until}, s.db.Now())
	if err != nil {
		return office.ClaimView{}, err
	}
	claim.Party, claim.Subject, err = office.ClaimAbout(ctx, s.db, c.actor, judging.Target{Software: in.Software, Release: in.Release, System: in.System, Party: in.Party})
	if err != nil {
		return office.ClaimView{}, forReading(err)
	}
	if claim.Evidence, err = s.evidence(ctx, in.Evidence); err != nil {
		return office.ClaimView{}, err
	}
	claim, err = office.DraftClaim(ctx, s.db, c.actor, claim)
	return office.ClaimView{Claim: claim}, err
}

// evidence sees to it that what a claim rests on is there.
func (s *server) evidence(ctx context.Context, given []string) ([]string, error) {
	for _, id := range given {
		_, err := s.db.Document(ctx, id)
		if lang.KindOf(err) == lang.NotFound {
			_, err = s.db.Record(ctx, id)
		}
		if lang.KindOf(err) == lang.NotFound {
			return nil, &lang.Error{Kind: lang.Usage, What: lang.F("証跡「%s」がありません", "there is no evidence %q", id), Where: "/evidence",
				Next: lang.T("文書のダイジェスト（sha256:…）又は記録の id を指定してください", "give the digest of a document (sha256:…) or the id of a record")}
		}
		if err != nil {
			return nil, err
		}
	}
	return given, nil
}
