package relay

import (
	"context"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// DocumentOf gives what papers about a release or a system are written from: the declaration issued last that still
// stands. Without one, or with present, it is the state of affairs at this moment, judged again, which nobody signed.
func DocumentOf(ctx context.Context, db *store.DB, actor store.Actor, req DraftRequest, present bool) (declared.Document, error) {
	subject, keep := fact.Subject{Kind: fact.System, ID: req.System}, fact.Subject{Kind: fact.System, ID: req.System}
	if req.Software != "" {
		subject, keep = fact.Subject{Kind: fact.Software, ID: req.Software}, fact.Subject{Kind: fact.Release, ID: req.Release}
	}
	if !present {
		if d, found, err := issuedDocument(ctx, db, store.DeclarationFilter{Subject: subject, Release: req.Release, State: store.DeclarationIssued}); found || err != nil {
			return d, err
		}
	}
	if err := judging.Reassess(ctx, db, actor, "export", keep); err != nil {
		return declared.Document{}, err
	}
	c, err := judging.LoadShared(ctx, db)
	if err != nil {
		return declared.Document{}, err
	}
	f, _, err := freeze(ctx, c, db, req, subject, keep)
	if err != nil {
		return declared.Document{}, err
	}
	in := declare.Input{Series: f.Series, Serial: f.Serial, Issuer: f.Issuer, Object: f.Object, Level: f.Level, Scope: f.Scope, Answers: f.Answers,
		Exclusions: f.Exclusions, Assessment: f.Assessment, Place: f.Issuer.Address, Limitations: f.Limitations, Now: db.Now()}
	if in.Supporting, err = documents(db, f); err != nil {
		return declared.Document{}, err
	}
	d, answers, err := declare.Preview(in)
	if err != nil {
		return declared.Document{}, err
	}
	return declared.Unsigned(d, answers)
}

// issuedDocument gives the latest declaration that was handed out.
func issuedDocument(ctx context.Context, db *store.DB, f store.DeclarationFilter) (declared.Document, bool, error) {
	all, err := db.Declarations(ctx, f)
	if err != nil {
		return declared.Document{}, false, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Bundle == "" {
			continue
		}
		b, err := db.ReadDocument(all[i].Bundle)
		if err != nil {
			return declared.Document{}, false, err
		}
		o, err := verify.Open(b)
		if err != nil {
			return declared.Document{}, false, err
		}
		return declared.Of(o), true, nil
	}
	return declared.Document{}, false, nil
}
