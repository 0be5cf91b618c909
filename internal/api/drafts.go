package api

import (
	"context"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/relay"
)

// DraftBody says what to declare.
type DraftBody struct {
	_           struct{}    `additionalProperties:"false"`
	Release     string      `json:"release,omitempty" doc:"Version; the latest supported release when empty"`
	Arrangement string      `json:"arrangement,omitempty" doc:"Id; the first in which our organisation holds a role when empty"`
	Limitations []lang.Text `json:"limitations,omitempty" doc:"What the declaration does not speak for"`
	Supersedes  string      `json:"supersedes,omitempty" doc:"Id of the issued declaration that it takes the place of; the latest about the release when empty"`
}

// draftDeclaration judges again and freezes the answers, for others to approve and sign.
func (s *server) draftDeclaration(ctx context.Context, c *call, in *struct{ NameInput }) (DeclarationItem, error) {
	var b DraftBody
	if err := c.json(&b); err != nil {
		return DeclarationItem{}, err
	}
	software, release, err := s.releaseOf(ctx, c, in.Name, b.Release)
	if err != nil {
		return DeclarationItem{}, err
	}
	d, err := relay.Draft(ctx, s.db, c.actor, relay.DraftRequest{Software: software, Release: release, Arrangement: b.Arrangement, Limitations: b.Limitations, Supersedes: b.Supersedes})
	return declarationItem(d), err
}

func (s *server) retireClaim(ctx context.Context, c *call, in *IDInput) (office.ClaimView, error) {
	v, err := office.RetireClaim(ctx, s.db, c.actor, in.ID)
	return office.ClaimView{Claim: v, InForce: v.InForce(s.db.Now())}, err
}

func (s *server) retireRecord(ctx context.Context, c *call, in *struct {
	IDInput
	Matching
}) (office.RecordView, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	current, err := s.record(ctx, c, &in.IDInput)
	if err == nil {
		err = in.holds(c, current, false)
	}
	if err != nil {
		return office.RecordView{}, err
	}
	r, err := office.RetireRecord(ctx, s.db, c.actor, in.ID)
	return tagged(c, office.ViewRecord(r, s.db.Now()), err)
}

// RecordBody is the content of a record of a register.
type RecordBody struct {
	_          struct{}       `additionalProperties:"false"`
	ValidUntil string         `json:"valid_until,omitempty" format:"date"`
	Data       map[string]any `json:"data" doc:"The fields of the register, see the registers"`
}

// changeRecord puts other content into a record. Either way it is a draft, which counts once somebody else approves it.
func (s *server) changeRecord(ctx context.Context, c *call, in *struct {
	IDInput
	Matching
}) (office.RecordView, error) {
	var b RecordBody
	if err := c.json(&b); err != nil {
		return office.RecordView{}, err
	}
	s.edits.Lock()
	defer s.edits.Unlock()
	before, err := s.db.Record(ctx, in.ID)
	if err != nil {
		return office.RecordView{}, err
	}
	if err := in.holds(c, office.ViewRecord(before, s.db.Now()), true); err != nil {
		return office.RecordView{}, err
	}
	kind, err := register.Kind(before.Kind)
	if err != nil {
		return office.RecordView{}, err
	}
	data, problems := register.Validate(kind, b.Data)
	problems = append(problems, office.DataProblems(kind, data)...)
	if len(problems) > 0 {
		p := problemOf(c.visit, &lang.Error{Kind: lang.Inconsistent, What: lang.T("何も変更していません", "nothing was changed"), Next: lang.T("problems に挙げた箇所を直してください", "mend what problems names")})
		p.Problems = judging.ProblemsIn(problems, c.lang)
		return office.RecordView{}, p
	}
	after, _, err := office.PutRecord(ctx, s.db, c.actor, kind, register.Entry{Key: before.Key, ValidUntil: b.ValidUntil, Data: data}, before.Subject)
	if err != nil {
		return office.RecordView{}, err
	}
	if err := judging.Reassess(ctx, s.db, c.actor, "record "+after.ID, after.Subject); err != nil {
		return office.RecordView{}, err
	}
	return tagged(c, office.ViewRecord(after, s.db.Now()), nil)
}

func (s *server) registers(context.Context, *call, *struct{}) (List[guideline.Register], error) {
	return List[guideline.Register]{Items: guideline.Default().Registers()}, nil
}

func (s *server) papers(ctx context.Context, c *call, _ *struct{}) (office.Papers, error) {
	p, _, err := office.PapersOf(ctx, s.db)
	return tagged(c, p, err)
}

func (s *server) setPapers(ctx context.Context, c *call, in *struct{ Matching }) (office.Papers, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	current, revision, err := office.PapersOf(ctx, s.db)
	if err == nil {
		err = in.holds(c, current, true)
	}
	if err != nil {
		return office.Papers{}, err
	}
	var b office.Papers
	if err := c.json(&b); err != nil {
		return office.Papers{}, err
	}
	err = office.SetPapers(ctx, s.db, c.actor, b, revision)
	if lang.KindOf(err) == lang.Conflict {
		err = stale(c)
	}
	return tagged(c, b, err)
}
