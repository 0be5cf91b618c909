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
	c, err := LoadShared(ctx, db)
	if err != nil {
		return assess.TableRows{}, err
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
	in, err := c.InputFor(ctx, db, j.software, j.release, j.system)
	if err != nil {
		return assess.TableRows{}, err
	}
	return assess.FillTable(in, id)
}
