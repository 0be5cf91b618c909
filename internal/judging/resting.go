package judging

import (
	"context"
	"encoding/json"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/store"
)

// Resting is one duty whose status, as it was judged last, rests on a piece of evidence.
type Resting struct {
	Subject  fact.Subject   `json:"subject"`
	Software string         `json:"software,omitempty"` // id, where the subject is a release or a software
	ID       guideline.ID   `json:"id"`
	Party    string         `json:"party"`
	Role     guideline.Role `json:"role"`
	Status   string         `json:"status"`
	Checks   []string       `json:"checks" doc:"Ids of the checks that rest on it; none when it is a statement about the whole requirement"`
}

// RestingOn gives the duties whose status rests on a piece of evidence, with the checks that do: a document's digest, the id
// of a record or a statement, or an entry as outcomes cite it (feed:osv, match:…, release:…, a vulnerability's id). It is the
// way back from the bytes to what they show.
func RestingOn(ctx context.Context, db *store.DB, evidence string) ([]Resting, error) {
	statuses, err := db.Statuses(ctx, store.StatusFilter{Evidence: evidence})
	if err != nil {
		return nil, err
	}
	renewed, err := db.Renewed(ctx)
	if err != nil {
		return nil, err
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	softwareOf := map[string]string{}
	for _, r := range m.Releases {
		softwareOf[r.ID] = r.Software
	}
	out := make([]Resting, 0, len(statuses))
	for _, s := range statuses {
		r := Resting{Subject: s.Subject, ID: s.Requirement, Party: s.Party, Role: s.Role, Status: s.Status, Checks: []string{}}
		var detail Detail
		if err := json.Unmarshal(s.Detail, &detail); err != nil {
			return nil, err
		}
		for _, c := range detail.Checks {
			if slices.Contains(c.Evidence, evidence) || c.FilledBy == evidence || c.ExcusedBy == evidence {
				r.Checks = append(r.Checks, c.Check)
			}
		}
		switch s.Subject.Kind {
		case fact.Release:
			r.Software = softwareOf[s.Subject.ID]
		case fact.Software:
			r.Software = s.Subject.ID
		}
		if s.Lapsed(db.Now(), renewed) && assess.Status(r.Status) != assess.NotMet {
			r.Status = string(assess.NotAssessed)
		}
		out = append(out, r)
	}
	return out, nil
}
