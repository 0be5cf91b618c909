package api

import (
	"context"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// maxBundle bounds a bundle, which is verified in memory.
const maxBundle = 256 << 20

func (s *server) verify(ctx context.Context, c *call, in *struct {
	RequireLevel string    `query:"require_level" doc:"minimum or standard: a lower declaration does not do"`
	At           time.Time `query:"at" doc:"Instant to verify at; now when empty"`
}) (relay.Report, error) {
	opt, err := exchange.Options(ctx, s.db)
	if err != nil {
		return relay.Report{}, err
	}
	if in.RequireLevel != "" {
		if opt.RequireLevel, err = guideline.ParseLevel(in.RequireLevel); err != nil {
			return relay.Report{}, err
		}
	}
	if !in.At.IsZero() {
		opt.At = in.At.UTC()
	}
	b, err := c.body(maxBundle)
	if err != nil {
		return relay.Report{}, err
	}
	return relay.ReportOf(verify.Bundle(b, opt), c.lang), nil
}

func (s *server) receive(ctx context.Context, c *call, in *struct {
	Create      bool   `query:"create" doc:"Make the software and the release it is about when we do not keep them yet; takes the scope edit"`
	Name        string `query:"name" doc:"File name, when Content-Disposition does not say it"`
	Disposition string `header:"Content-Disposition" doc:"attachment; filename*=UTF-8''name"`
}) (relay.TakenIn, error) {
	if in.Create && !c.may(auth.Edit) {
		return relay.TakenIn{}, notAllowed(auth.Edit)
	}
	b, err := c.body(maxBundle)
	if err != nil {
		return relay.TakenIn{}, err
	}
	name := fileName(in.Disposition, in.Name)
	if name == "" {
		name = "bundle.tasuki.json"
	}
	r, err := relay.ReceiveBundle(ctx, s.db, c.actor, name, b, in.Create)
	return relay.TakenInOf(r, c.lang), err
}

// DeclarationItem is one declaration of the list.
type DeclarationItem struct {
	ID           string                 `json:"id"`
	Kind         string                 `json:"kind"`
	Level        guideline.Level        `json:"level"`
	Party        string                 `json:"party"`
	Subject      fact.Subject           `json:"subject"`
	Release      string                 `json:"release,omitempty"`
	Serial       int64                  `json:"serial"`
	State        store.DeclarationState `json:"state"`
	Bundle       string                 `json:"bundle,omitempty" doc:"Digest of what was handed out"`
	CreatedAt    time.Time              `json:"created_at"`
	IssuedAt     time.Time              `json:"issued_at,omitzero"`
	EndedAt      time.Time              `json:"ended_at,omitzero" doc:"Revoked or superseded"`
	SupersededBy string                 `json:"superseded_by,omitempty"`
}

func (s *server) declarations(ctx context.Context, _ *call, in *struct {
	Page
	State string `query:"state" enum:"draft,approved,issued,revoked,superseded" doc:"Only those in this state"`
}) (List[DeclarationItem], error) {
	ds, err := s.db.Declarations(ctx, store.DeclarationFilter{State: store.DeclarationState(in.State)})
	if err != nil {
		return List[DeclarationItem]{}, err
	}
	var all []DeclarationItem
	for _, d := range ds {
		all = append(all, declarationItem(d))
	}
	return cut(all, func(d DeclarationItem) string { return d.ID }, in.Page)
}

func declarationItem(d store.Declaration) DeclarationItem {
	return DeclarationItem{ID: d.ID, Kind: d.Kind, Level: d.Level, Party: d.Party, Subject: d.Subject, Release: d.Release, Serial: d.Serial, State: d.State,
		Bundle: d.Bundle, CreatedAt: d.CreatedAt, IssuedAt: d.IssuedAt, EndedAt: d.EndedAt, SupersededBy: d.SupersededBy}
}

// IDInput is an id in a path.
type IDInput struct {
	ID string `path:"id"`
}

func (s *server) declaration(ctx context.Context, _ *call, in *IDInput) (store.Declaration, error) {
	return s.db.Declaration(ctx, in.ID)
}

func (s *server) bundle(ctx context.Context, c *call, in *IDInput) ([]byte, error) {
	d, err := s.db.Declaration(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if d.Bundle == "" {
		return nil, &lang.Error{Kind: lang.NotFound, What: lang.T("この宣言はまだ発行されていません", "this declaration has not been issued"),
			Next: lang.T("承認と署名のあとで取得してください", "get it after it was approved and signed")}
	}
	doc, err := s.db.Document(ctx, d.Bundle)
	if err != nil {
		return nil, err
	}
	return s.file(c, doc)
}
