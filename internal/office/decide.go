package office

import (
	"context"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// DecideRequest is a decision as a person makes it. Component, Software and Release narrow it; empty fields name all, so
// that one decision holds for many findings.
type DecideRequest struct {
	Vuln      string // any id of the vulnerability; "*" is every finding of the component
	Component string // package URL, the same without its version, or its beginning and "*"
	Software  string // id
	Release   string // version, or a product line such as 2.*; goes with Software

	Status        triage.Status
	Justification string
	Note          string
	Treatment     string    // fix, workaround, accept; goes with affected
	TreatBy       time.Time // by when; zero: the earliest due date of what it covers
	Done          bool      // the treatment is in place
	Until         time.Time // when the decision lapses; zero: it stands as long as the facts do
}

// Decided is a decision with the findings it holds for, as they stood before it.
type Decided struct {
	Decision store.Decision      `json:"decision"`
	Covers   []portfolio.Triaged `json:"covers"`
}

// Decide writes down a decision about findings and judges again what it touches. It holds for the findings there are,
// on the facts there are: a component version that comes later, or facts that change, are open again. Earlier decisions
// stay on record; the latest counts. A decision that names no finding is an error of kind NotFound.
func Decide(ctx context.Context, db *store.DB, actor store.Actor, req DecideRequest) (Decided, error) {
	if req.Release != "" && req.Software == "" {
		return Decided{}, &lang.Error{Kind: lang.Usage, What: lang.T("リリースだけでは対象が決まりません", "a release alone does not say of what"),
			Next: lang.T("ソフトウェアも指定してください", "name the software too")}
	}
	d := store.Decision{ID: db.NewID(), Vuln: strings.TrimSpace(req.Vuln), Component: req.Component, Software: req.Software, Versions: req.Release,
		Status: string(req.Status), Justification: req.Justification, Note: req.Note, Until: req.Until, Treatment: req.Treatment,
		TreatBy: req.TreatBy, By: actor.Account, At: db.Now(), Revision: 1}
	if err := triage.Validate(d, db.Now()); err != nil {
		return Decided{}, err
	}
	filter := portfolio.TriageFilter{Software: req.Software, Vuln: d.Vuln}
	if d.Vuln == triage.AnyVuln {
		filter.Vuln = ""
	}
	all, err := portfolio.Triage(ctx, db, filter)
	if err != nil {
		return Decided{}, err
	}
	out := Decided{Covers: []portfolio.Triaged{}}
	for _, t := range all {
		if triage.Names(d, t.Of) {
			out.Covers = append(out.Covers, t)
		}
	}
	if len(out.Covers) == 0 {
		return out, &lang.Error{Kind: lang.NotFound, What: lang.F("%s に当たる検出はありません", "there is no finding of %s that this names", d.Vuln),
			Next: lang.T("tasuki triage list --all で検出を確認してください", "see the findings with tasuki triage list --all")}
	}
	if err := complete(&d, out.Covers, req.Done); err != nil {
		return out, err
	}
	out.Decision = d
	if err := saveDecision(ctx, db, actor, out); err != nil {
		return out, err
	}
	return out, judging.Reassess(ctx, db, actor, "decided on "+d.Vuln, touched(out.Covers)...)
}

// complete fills in what follows from the findings a decision covers: its grounds, its date, how urgent it was.
func complete(d *store.Decision, covers []portfolio.Triaged, done bool) error {
	urgent := covers[0].Priority
	due := covers[0].Due
	for _, t := range covers {
		if g := t.Of.Ground(); !slices.Contains(d.Grounds, g) {
			d.Grounds = append(d.Grounds, g)
		}
		urgent = triage.Urgent(urgent, t.Priority)
		if t.Due.Before(due) {
			due = t.Due
		}
	}
	slices.SortFunc(d.Grounds, func(a, b store.Ground) int {
		return strings.Compare(a.Component+" "+a.Vuln, b.Component+" "+b.Vuln)
	})
	if d.Treatment != "" && d.TreatBy.IsZero() {
		d.TreatBy = due
	}
	if done || d.Treatment == "accept" || d.Status == string(triage.Fixed) {
		d.TreatedAt = d.At
	}
	var err error
	d.Priority, err = portfolio.PriorityOf(urgent)
	return err
}

func saveDecision(ctx context.Context, db *store.DB, actor store.Actor, out Decided) error {
	var before []string
	for _, t := range out.Covers {
		if o := t.Opinion.Decision; o != nil && !slices.Contains(before, o.ID) {
			before = append(before, o.ID)
		}
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.SaveDecision(ctx, out.Decision); err != nil {
			return err
		}
		return tx.Audit(ctx, "decided", store.Object{Kind: "decision", ID: out.Decision.ID}, store.Change{Before: before, After: out.Decision})
	})
}

// touched gives the software whose duties a decision bears on.
func touched(covers []portfolio.Triaged) []fact.Subject {
	var out []fact.Subject
	for _, t := range covers {
		if s := (fact.Subject{Kind: fact.Software, ID: t.Software}); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
