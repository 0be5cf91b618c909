package judging

import (
	"context"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/store"
)

// Table fills in a list or matrix of the guideline's data for a release, software or system, from what the workspace knows
// now. Nothing is written.
func Table(ctx context.Context, db *store.DB, subject fact.Subject, id string) (assess.TableRows, error) {
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
