package judging

import (
	"context"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// Table fills in a list or matrix of the guideline's data for a release, software or system, from what the workspace knows
// now. One of the whole organisation needs no subject. Nothing is written.
func Table(ctx context.Context, db *store.DB, subject fact.Subject, id string) (assess.TableRows, error) {
	if t, ok := guideline.Default().Table(id); ok && subject.ID == "" {
		m, err := db.LoadModel(ctx)
		if err == nil {
			subject, err = anyDeal(m, t.Scope)
		}
		if err != nil {
			return assess.TableRows{}, err
		}
	}
	in, err := inputAbout(ctx, db, subject)
	if err != nil {
		return assess.TableRows{}, err
	}
	return assess.FillTable(in, id)
}

// ComponentRisks scores the components of a release, from what the workspace knows now. Nothing is written.
func ComponentRisks(ctx context.Context, db *store.DB, release string) ([]assess.RiskFact, error) {
	in, err := inputAbout(ctx, db, fact.Subject{Kind: fact.Release, ID: release})
	if err != nil {
		return nil, err
	}
	return assess.RisksOf(in), nil
}

// inputAbout reads what is known around a release, software or system.
func inputAbout(ctx context.Context, db *store.DB, subject fact.Subject) (assess.Input, error) {
	c, err := LoadShared(ctx, db)
	if err != nil {
		return assess.Input{}, err
	}
	var j judged
	switch subject.Kind {
	case fact.Release:
		j.release = subject.ID
		if i, known := c.around.releases[subject.ID]; known {
			j.software = c.In.Model.Releases[i].Software
		}
	case fact.Software:
		j.software = subject.ID
	case fact.System:
		j.system = subject.ID
	}
	return c.InputFor(ctx, db, j.software, j.release, j.system)
}

// anyDeal gives what a table of the whole organisation is asked for with: one deal sees as much of it as another.
func anyDeal(m chain.Model, scope guideline.Scope) (fact.Subject, error) {
	if scope != guideline.OrgScope {
		return fact.Subject{}, &lang.Error{Kind: lang.Usage, What: lang.T("何についての一覧かが分かりません", "it is not said what the table is about"),
			Next: lang.T("ソフトウェア（とリリース）又はシステムを指定してください（コマンドでは --software、--release、--system）", "name a software (and release) or a system (on the command line --software, --release, --system)")}
	}
	if deals := OurDeals(m); len(deals) > 0 {
		return deals[0], nil
	}
	return fact.Subject{}, nil
}

// OurDeals gives every software and system in whose deal our own organisation takes part, in the model's order.
func OurDeals(m chain.Model) []fact.Subject {
	w := layOut(m, nil, nil, nil)
	ours := func(s fact.Subject) bool {
		return slices.ContainsFunc(w.arrangements[s], func(i int) bool {
			return slices.ContainsFunc(m.Arrangements[i].Engagements, func(e chain.Engagement) bool { return w.org(e.Party) == w.self })
		})
	}
	var out []fact.Subject
	for _, v := range m.Software {
		if s := (fact.Subject{Kind: fact.Software, ID: v.ID}); ours(s) {
			out = append(out, s)
		}
	}
	for _, v := range m.Systems {
		if s := (fact.Subject{Kind: fact.System, ID: v.ID}); ours(s) {
			out = append(out, s)
		}
	}
	return out
}
