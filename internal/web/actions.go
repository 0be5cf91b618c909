package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/report/chart"
)

// actionsPage is what has to be done, by whom and by when: what is late first.
type actionsPage struct {
	Base
	Mine   bool
	Kind   string
	Chips  []chip // whose
	Kinds  []chip // of what kind
	Groups []todoGroup
	Total  int
	Shown  int
	Loose  int // open duties that nobody sees to
	Late   int
	Start  time.Month // of the fiscal year
	Month  chart.Picture
	Gantt  chart.Picture
}

// todoGroup is what falls into one stretch of time.
type todoGroup struct {
	Name  string
	Late  bool
	Lines []todoLine
}

// todoLine is one thing to do.
type todoLine struct {
	Kind      string // duty, finding, lapse
	What      string
	Software  string
	Href      string
	Owner     string // account id
	OwnerName string
	Since     time.Time
	Due       time.Time // zero: no day
	Late      bool
	Note      string
}

// The kinds of things to do.
const (
	todoDuty    = "duty"
	todoFinding = "finding"
	todoLapse   = "lapse"
)

// todoKinds are their words.
var todoKinds = []struct {
	id   string
	name lang.Text
}{
	{todoDuty, lang.T("責務", "Duties")}, {todoFinding, lang.T("脆弱性", "Vulnerabilities")}, {todoLapse, lang.T("証跡の更新", "Evidence to renew")},
}

// KindName gives the word for a kind of thing to do.
func (b Base) KindName(kind string) string {
	for _, k := range todoKinds {
		if k.id == kind {
			return b.Text(k.name)
		}
	}
	return kind
}

// actionsShown is how many lines the page shows; the sheet has them all.
const actionsShown = 200

func (s *Server) actions(w http.ResponseWriter, r *http.Request) error {
	p := &actionsPage{Base: s.base(r, "actions", lang.T("対応", "Actions")), Mine: r.FormValue("whose") == "mine", Kind: r.FormValue("kind")}
	all, loose, err := s.todo(r.Context(), p.Base)
	if err != nil {
		return err
	}
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	p.Loose, p.Start = loose, time.Month(policy.Value(fiscalThreshold))
	p.fill(all)
	return s.render(w, http.StatusOK, "actions", p)
}

// fill narrows the lines to what was asked for and groups them.
func (p *actionsPage) fill(all []todoLine) {
	mine := func(t todoLine) bool { return t.Owner == p.Account.ID }
	whose := ""
	if p.Mine {
		whose = "mine"
	}
	p.Chips = []chip{{Name: p.T("全員", "Everybody"), Href: "?" + query("kind", p.Kind), N: len(all), On: !p.Mine},
		{Name: p.T("自分の担当", "Mine"), Href: "?" + query("kind", p.Kind, "whose", "mine"), N: countOf(all, mine), On: p.Mine}}
	lines := slices.DeleteFunc(slices.Clone(all), func(t todoLine) bool { return p.Mine && !mine(t) })
	p.Kinds = []chip{{Name: p.T("すべて", "All"), Href: "?" + query("whose", whose), N: len(lines), On: p.Kind == ""}}
	for _, k := range todoKinds {
		n := countOf(lines, func(t todoLine) bool { return t.Kind == k.id })
		p.Kinds = append(p.Kinds, chip{Name: p.Text(k.name), Href: "?" + query("kind", k.id, "whose", whose), N: n, On: p.Kind == k.id})
	}
	lines = slices.DeleteFunc(lines, func(t todoLine) bool { return p.Kind != "" && t.Kind != p.Kind })
	p.Total, p.Shown = len(lines), min(len(lines), actionsShown)
	p.Late = countOf(lines, func(t todoLine) bool { return t.Late })
	p.Groups = groupTodo(p.Base, lines[:p.Shown])
	var items []chart.Item
	for _, t := range lines[:p.Shown] { // those in the pictures are those in the list
		if !t.Due.IsZero() {
			items = append(items, chart.Item{Name: t.What, Who: t.OwnerName, Href: t.Href, From: t.Since, Due: t.Due.In(calendar.Japan), Late: t.Late})
		}
	}
	now := p.Now.In(calendar.Japan)
	p.Month, p.Gantt = chart.Month(p.Lang, "month", now, now, items), chart.Gantt(p.Lang, "gantt", max(p.Start, time.January), now, items)
}

func countOf(list []todoLine, is func(todoLine) bool) int {
	n := 0
	for _, t := range list {
		if is(t) {
			n++
		}
	}
	return n
}

// groupTodo cuts sorted lines into what is late, due within a week, within a month, later, and without a day.
func groupTodo(b Base, lines []todoLine) []todoGroup {
	groups := []todoGroup{{Name: b.T("期限を過ぎたもの", "Late"), Late: true}, {Name: b.T("7日以内", "Within 7 days")}, {Name: b.T("30日以内", "Within 30 days")},
		{Name: b.T("それ以降", "Later")}, {Name: b.T("期限なし", "No day set")}}
	for _, t := range lines {
		at := 3
		switch {
		case t.Due.IsZero():
			at = 4
		case t.Late:
			at = 0
		case t.Due.Before(b.Now.AddDate(0, 0, 7)):
			at = 1
		case t.Due.Before(b.Now.AddDate(0, 0, 30)):
			at = 2
		}
		groups[at].Lines = append(groups[at].Lines, t)
	}
	return slices.DeleteFunc(groups, func(g todoGroup) bool { return len(g.Lines) == 0 })
}

// todo gathers what has to be done: planned duties that are open, findings that wait, and evidence that lapses soon. The
// first due comes first, what has no day last. loose is how many open duties of ours, on the latest releases, nobody sees to.
func (s *Server) todo(ctx context.Context, b Base) (out []todoLine, loose int, err error) {
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, 0, err
	}
	people, err := s.displayNames(ctx)
	if err != nil {
		return nil, 0, err
	}
	if out, err = s.plannedLines(ctx, b, m, people); err != nil {
		return nil, 0, err
	}
	owned := countOf(out, func(t todoLine) bool { return t.Owner != "" })
	found, err := portfolio.Triage(ctx, s.db, portfolio.TriageFilter{Waiting: true})
	if err != nil {
		return nil, 0, err
	}
	out = append(out, findingLines(b, found)...)
	software, err := s.softwareLines(ctx, m)
	if err != nil {
		return nil, 0, err
	}
	for _, l := range software {
		loose += l.Counts.Open()
	}
	loose = max(loose-owned, 0)
	ends, err := s.endingSoon(ctx, b, m, software, actionsShown)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range ends {
		out = append(out, todoLine{Kind: todoLapse, What: b.F("%s %s の証跡を更新する", "Renew the evidence of %s %s", e.ID, e.Title), Software: e.Software, Href: e.Href, Due: e.Until})
	}
	slices.SortStableFunc(out, func(x, y todoLine) int {
		if x.Due.IsZero() != y.Due.IsZero() {
			return y.Due.Compare(x.Due)
		}
		return cmp.Or(x.Due.Compare(y.Due), cmp.Compare(x.Software, y.Software), cmp.Compare(x.What, y.What))
	})
	return out, loose, nil
}

// plannedLines gives the planned duties that are open.
func (s *Server) plannedLines(ctx context.Context, b Base, m chain.Model, people people) ([]todoLine, error) {
	planned, err := office.Plans(ctx, s.db, m)
	if err != nil {
		return nil, err
	}
	var out []todoLine
	for _, p := range planned {
		if !p.Open() {
			continue
		}
		out = append(out, todoLine{Kind: todoDuty, What: string(p.Requirement) + " " + b.TitleOf(p.Requirement), Software: p.SoftwareName,
			Href:  dutyHref(p.Software, p.Release, p.Party, p.Role, p.Requirement),
			Owner: p.Owner, OwnerName: people.name(p.Owner), Since: p.Since, Due: p.Due, Late: !p.Due.IsZero() && p.Due.Before(b.Now), Note: p.Note})
	}
	return out, nil
}

// findingLines gives one line for each vulnerability that waits in a software, whatever component and release it is in.
func findingLines(b Base, found []portfolio.Triaged) []todoLine {
	type key struct{ vuln, software string }
	at := map[key]int{}
	var out []todoLine
	for _, t := range found {
		k := key{t.Finding.Vuln, t.Software}
		if i, ok := at[k]; ok {
			if t.Due.Before(out[i].Due) {
				out[i].Due = t.Due
			}
			continue
		}
		at[k] = len(out)
		name := cmp.Or(t.Finding.CVE(), t.Finding.Vuln)
		out = append(out, todoLine{Kind: todoFinding, What: b.F("%[1]s に対応する（%[2]s）", "%[1]s: %[2]s", name, b.Text(t.Priority.Action.Name())), Software: t.SoftwareName,
			Href: "/vulnerabilities/" + t.Finding.Vuln, Since: t.Finding.FirstSeen, Due: t.Due})
	}
	for i := range out {
		out[i].Late = !out[i].Due.IsZero() && out[i].Due.Before(b.Now)
	}
	return out
}

// actionsSheet gives everything on the actions page as a table for spreadsheet programs.
func (s *Server) actionsSheet(w http.ResponseWriter, r *http.Request) error {
	b := s.base(r, "actions", lang.Text{})
	all, _, err := s.todo(r.Context(), b)
	if err != nil {
		return err
	}
	p := chart.Picture{Columns: []string{b.T("期限", "Due"), b.T("種類", "Kind"), b.T("内容", "What"), b.T("ソフトウェア", "Software"), b.T("担当", "Owner"), b.T("メモ", "Note")}}
	for _, t := range all {
		due := ""
		if !t.Due.IsZero() {
			due = t.Due.In(calendar.Japan).Format(time.DateOnly)
		}
		p.Rows = append(p.Rows, []string{due, b.KindName(t.Kind), t.What, t.Software, t.OwnerName, t.Note})
	}
	return writeCSV(w, "actions.csv", p)
}

// writeCSV sends the table behind a picture as a file.
func writeCSV(w http.ResponseWriter, name string, p chart.Picture) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write(p.CSV())
	return err
}

// actionsCalendar gives every day there is as an iCalendar file, or those that whoever is signed in sees to.
func (s *Server) actionsCalendar(w http.ResponseWriter, r *http.Request) error {
	b := s.base(r, "actions", lang.Text{})
	all, err := office.Dates(r.Context(), s.db)
	if err != nil {
		return err
	}
	if r.FormValue("whose") == "mine" {
		all = slices.DeleteFunc(all, func(d office.Date) bool { return d.Owner != b.Account.ID })
	}
	file, err := office.Calendar(r.Context(), s.db, b.Lang, all)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="actions.ics"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(file)
	return err
}
