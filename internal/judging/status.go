package judging

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// A Row is the state of one duty as people and programs are shown it: past its time nothing reads as met.
type Row struct {
	store.DutyStatus
	Detail Detail `json:"detail"`
	Stale  bool   `json:"stale,omitempty"` // it was judged better, and what it rested on has lapsed
}

// Status gives the rows of a subject in the guideline's order, by party within a requirement. Nothing is computed: what
// was judged last is shown as it may be shown at this moment.
func Status(ctx context.Context, db *store.DB, subject fact.Subject) ([]Row, error) {
	statuses, err := db.Statuses(ctx, store.StatusFilter{Subjects: []fact.Subject{subject}})
	if err != nil {
		return nil, err
	}
	renewed, err := db.Renewed(ctx)
	if err != nil {
		return nil, err
	}
	now := db.Now()
	rows := make([]Row, 0, len(statuses))
	for _, s := range statuses {
		r := Row{DutyStatus: s}
		if len(s.Detail) > 0 {
			if err := json.Unmarshal(s.Detail, &r.Detail); err != nil {
				return nil, err
			}
		}
		r.ValidUntil = s.End(renewed)
		for i := range r.Detail.Checks {
			o := &r.Detail.Checks[i]
			o.ValidUntil = fact.Earlier(o.ValidUntil, renewed.End(o.Leases))
		}
		if s.Lapsed(now, renewed) && assess.Status(s.Status) != assess.NotMet {
			r.Stale, r.Status = true, string(assess.NotAssessed)
			r.Reasons, r.Remedy = append([]lang.Text{lapsed(subject)}, r.Reasons...), judgeAgain
		}
		rows = append(rows, r)
	}
	inOrder(rows)
	return rows, nil
}

// lapsed says why a status no longer stands. A release is judged for as long as it is supported.
func lapsed(subject fact.Subject) lang.Text {
	if subject.Kind == fact.Release {
		return lang.T("証跡の有効期限が切れたか、リリースのサポートが終了しました。", "the evidence has lapsed, or the release is out of support")
	}
	return lang.T("証跡の有効期限が切れました。", "the evidence has lapsed")
}

var judgeAgain = lang.T("新しい証跡を取り込み、判定し直してください。リリースのサポートが終了している場合は、後継のリリースを判定してください。",
	"bring new evidence and judge again; if the release is out of support, judge its successor")

// Totals counts rows by status: by duty and by distinct requirement, where the gravest status of its duties counts.
func Totals(rows []Row) assess.Totals {
	t := assess.Totals{ByDuty: map[assess.Status]int{}, ByRequirement: map[assess.Status]int{}}
	for _, s := range assess.Statuses {
		t.ByDuty[s], t.ByRequirement[s] = 0, 0
	}
	gravest := map[guideline.ID]int{}
	for _, r := range rows {
		t.ByDuty[assess.Status(r.Status)]++
		at := slices.Index(assess.Statuses, assess.Status(r.Status))
		if have, ok := gravest[r.Requirement]; !ok || at < have {
			gravest[r.Requirement] = at
		}
	}
	for _, at := range gravest {
		t.ByRequirement[assess.Statuses[at]]++
	}
	return t
}

// OfParty keeps the rows of one party and its units. An empty party means our own organisation.
func OfParty(m chain.Model, rows []Row, party string) []Row {
	if party == "" {
		for _, p := range m.Parties {
			if p.Self {
				party = p.ID
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return !chain.Belongs(m, r.Party, party) })
}

// Latest gives the release of a software that statuses and declarations are about when none is named: the supported one
// with the latest day of release; the one entered last among equals.
func Latest(m chain.Model, software, today string) (chain.Release, bool) {
	var best chain.Release
	found := false
	for _, r := range m.Releases {
		if r.Software == software && r.SupportedOn(today) && (!found || r.ReleasedOn >= best.ReleasedOn) {
			best, found = r, true
		}
	}
	return best, found
}

// Subject gives what the statuses of a software are kept under: the named release, else the latest, else the software.
func Subject(ctx context.Context, db *store.DB, actor store.Actor, t Target) (fact.Subject, error) {
	s, err := Find(ctx, db, actor, t)
	if err != nil || s.Kind != fact.Software {
		return s, err
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return s, err
	}
	if r, ok := Latest(m, s.ID, db.Now().Format("2006-01-02")); ok {
		return fact.Subject{Kind: fact.Release, ID: r.ID}, nil
	}
	return s, nil
}

// inOrder puts rows in the guideline's order, by party within a requirement.
func inOrder(rows []Row) {
	order := map[guideline.ID]int{}
	for i, in := range guideline.Default().Individuals() {
		order[in.ID] = i
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(order[a.Requirement], order[b.Requirement]), cmp.Compare(a.Arrangement, b.Arrangement),
			cmp.Compare(a.Party, b.Party), cmp.Compare(slices.Index(guideline.Roles, a.Role), slices.Index(guideline.Roles, b.Role)))
	})
}

// RowsOf gives the rows of a judgement as [Status] gives those that were written down.
func RowsOf(subject fact.Subject, res assess.Result, renewed fact.Renewed) ([]Row, error) {
	kept, err := statuses(subject, res, "")
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(kept))
	for i, s := range kept {
		s.ValidUntil = s.End(renewed)
		rows[i].DutyStatus = s
		if err := json.Unmarshal(s.Detail, &rows[i].Detail); err != nil {
			return nil, err
		}
	}
	inOrder(rows)
	return rows, nil
}
