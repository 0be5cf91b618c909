package office

import (
	"context"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// RecordView is a record as scripts read it.
type RecordView struct {
	register.Record
	InForce   bool      `json:"in_force"`
	ReviewDue time.Time `json:"review_due,omitzero"`
}

// ViewRecord gives a record as it stands at an instant.
func ViewRecord(r register.Record, now time.Time) RecordView {
	kind, _ := guideline.Default().Register(r.Kind)
	return RecordView{r, r.InForce(now), register.ReviewDue(kind, r)}
}

// PutResult is what a file of records came to.
type PutResult struct {
	Records  []PutLine         `json:"records"`
	Problems []judging.Problem `json:"problems"`
}

// PutLine is what one record of a file came to.
type PutLine struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Key      string         `json:"key"`
	Revision int            `json:"revision"`
	State    register.State `json:"state"`
	Action   PutAction      `json:"action"`
	// Loose are the links that lead nowhere yet: it cannot be approved while there are any.
	Loose []judging.Problem `json:"loose_links,omitempty"`
}

// PutRecords takes in what [register.Read] gave: every entry becomes a draft of the actor, about what subject names, else
// what the entry names itself (see [NamedSubject]), else what the register wants. When an approval no longer holds because
// of it, what it fed is judged again.
func PutRecords(ctx context.Context, db *store.DB, actor store.Actor, l lang.Lang, kind guideline.Register, entries []register.Entry, problems []fact.Problem, subject string) (PutResult, error) {
	out := PutResult{Records: []PutLine{}, Problems: judging.ProblemsIn(problems, l)}
	subjects := make([]fact.Subject, len(entries))
	for i, e := range entries {
		var err error
		if subjects[i], err = entrySubject(ctx, db, actor, kind, e, subject); err != nil {
			return out, err
		}
	}
	var voided []fact.Subject
	var put []register.Record
	for i, e := range entries {
		r, action, err := PutRecord(ctx, db, actor, kind, e, subjects[i])
		if err != nil {
			return out, err
		}
		if action == Changed {
			voided = append(voided, r.Subject)
		}
		put = append(put, r)
		out.Records = append(out.Records, PutLine{ID: r.ID, Kind: r.Kind, Key: r.Key, Revision: r.Revision, State: r.State, Action: action})
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return out, err
	}
	for i, r := range put { // once all are in: they may name one another
		loose, err := LooseLinks(ctx, db, m, r)
		if err != nil {
			return out, err
		}
		if r.State == register.Draft && len(loose) > 0 {
			out.Records[i].Loose = judging.ProblemsIn(loose, l)
		}
	}
	if len(voided) == 0 {
		return out, nil
	}
	return out, judging.Reassess(ctx, db, actor, "records changed", voided...)
}

func entrySubject(ctx context.Context, db *store.DB, actor store.Actor, kind guideline.Register, e register.Entry, given string) (fact.Subject, error) {
	text, s := given, fact.Subject{}
	if text == "" {
		text = e.Subject
	}
	if text != "" {
		var err error
		if s, err = NamedSubject(ctx, db, actor, text); err != nil {
			return s, err
		}
	}
	return RecordSubject(ctx, db, kind, s)
}

// NamedSubject reads software:NAME, release:NAME@VERSION, system:NAME, party:ID, or the bare id of any of them.
func NamedSubject(ctx context.Context, db *store.DB, actor store.Actor, text string) (fact.Subject, error) {
	word, name, ok := strings.Cut(text, ":")
	if !ok {
		return subjectByID(ctx, db, text)
	}
	t := judging.Target{}
	switch word {
	case "software":
		t.Software = name
	case "release":
		at := strings.LastIndex(name, "@")
		if at < 1 {
			return fact.Subject{}, badSubject(text)
		}
		t.Software, t.Release = name[:at], name[at+1:]
	case "system":
		t.System = name
	case "party":
		t.Party = name
	default:
		return fact.Subject{}, badSubject(text)
	}
	if name == "" {
		return fact.Subject{}, badSubject(text)
	}
	return judging.Find(ctx, db, actor, t)
}

func badSubject(text string) error {
	return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」が何を指すのか分かりません", "it is not clear what %q names", text),
		Next: lang.T("software:名称、release:名称@版、system:名称、party:ID のいずれかを指定してください", "give software:NAME, release:NAME@VERSION, system:NAME or party:ID")}
}

func subjectByID(ctx context.Context, db *store.DB, id string) (fact.Subject, error) {
	m, err := db.LoadModel(ctx)
	if err != nil {
		return fact.Subject{}, err
	}
	switch {
	case slices.ContainsFunc(m.Parties, func(v chain.Party) bool { return v.ID == id }):
		return fact.Subject{Kind: fact.Org, ID: id}, nil
	case slices.ContainsFunc(m.Software, func(v chain.Software) bool { return v.ID == id }):
		return fact.Subject{Kind: fact.Software, ID: id}, nil
	case slices.ContainsFunc(m.Releases, func(v chain.Release) bool { return v.ID == id }):
		return fact.Subject{Kind: fact.Release, ID: id}, nil
	case slices.ContainsFunc(m.Systems, func(v chain.System) bool { return v.ID == id }):
		return fact.Subject{Kind: fact.System, ID: id}, nil
	}
	return fact.Subject{}, badSubject(id)
}
