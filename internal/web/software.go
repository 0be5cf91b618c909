package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// softwareHead is what stands above every page of one software.
type softwareHead struct {
	Software chain.Software
	Owner    string
	Roles    []guideline.Role // of our own organisation
	Level    guideline.Level
	Releases []chain.Release
	Release  string // id of the one looked at
	Tabs     []tab
}

type tab struct {
	Name, Href string
	Current    bool
	Count      int
}

// dutyRow is one duty in the table.
type dutyRow struct {
	assess.Row
	Status    assess.Status // as it may be shown now
	Title     string
	Party     string // name
	Lapsed    bool   // 期限切れ
	Inherited bool   // fulfilled for the whole organisation
	Anchor    string
	Href      string // of the duty's own page
	Waiting   bool   // a statement waits for approval
	Ours      bool
	JudgedAt  time.Time
	Plan      planView
}

type chip struct {
	Name, Href string
	N          int
	On         bool
}

type softwarePage struct {
	Base
	Head   softwareHead
	Map    []mapRow
	Counts counts
	Chips  []chip
	Rows   []dutyRow
	Judged time.Time
	Parts  []partyChoice // whose duties: us, or a counterparty
	All    bool          // filter shows everything
	First  []dutyRow     // the first things to do
	Owners []option      // who may see to a duty
	Back   string        // this page's own address, for the forms on it
}

type partyChoice struct {
	ID, Name, Href string
	On             bool
}

// software is the requirements page of one software: map, counts, and every duty of ours.
func (s *Server) software(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, model, err := s.softwareHead(ctx, b, r, "")
	if err != nil {
		return err
	}
	p := &softwarePage{Base: b, Head: head}
	p.Title = head.Software.Name
	all, err := s.duties(ctx, b, head, model)
	if err != nil {
		return err
	}
	party := r.FormValue("party")
	p.Parts = partyChoices(b, all, head, party)
	rows := ofParty(all, party)
	if p.Owners, err = s.putPlans(ctx, rows); err != nil {
		return err
	}
	p.Back = r.URL.RequestURI()
	for _, row := range rows {
		if row.JudgedAt.After(p.Judged) {
			p.Judged = row.JudgedAt
		}
	}
	p.Counts = countRows(rows)
	p.Map = requirementMap(b, rows, func(id guideline.ID) string { return "#" + slug(id) })
	p.First = firstToDo(rows)
	show := r.FormValue("show")
	p.All = show == ""
	p.Chips = dutyChips(b, rows, show, func(v string) string {
		return "?" + query("release", head.Release, "party", party, "show", v)
	})
	for _, row := range rows {
		if dutyShown(row, show) {
			p.Rows = append(p.Rows, row)
		}
	}
	return s.render(w, http.StatusOK, "software", p)
}

// duties gives every duty over a software as it was last judged for the release looked at, ours and those of others.
func (s *Server) duties(ctx context.Context, b Base, head softwareHead, m chain.Model) ([]dutyRow, error) {
	subject := fact.Subject{Kind: fact.Software, ID: head.Software.ID}
	if head.Release != "" {
		subject = fact.Subject{Kind: fact.Release, ID: head.Release}
	}
	waiting, err := s.waitingClaims(ctx)
	if err != nil {
		return nil, err
	}
	return s.dutiesOf(ctx, b, head, m, subject, waiting)
}

// dutiesOf is duties for a subject, with the statements that wait for approval already known.
func (s *Server) dutiesOf(ctx context.Context, b Base, head softwareHead, m chain.Model, subject fact.Subject, waiting map[waitingKey]bool) ([]dutyRow, error) {
	kept, err := judging.Status(ctx, s.db, subject)
	if err != nil {
		return nil, err
	}
	names, ours := partyNames(m), ourParties(m)
	rows := make([]dutyRow, 0, len(kept))
	for _, k := range kept {
		d := dutyRow{Row: judged(k), Status: assess.Status(k.Status), Lapsed: k.Stale, JudgedAt: k.JudgedAt, Title: b.TitleOf(k.Requirement),
			Party: names[k.Party], Ours: ours[k.Party], Anchor: slug(k.Requirement)}
		d.Inherited = len(d.Checks) > 0 && !slices.ContainsFunc(d.Checks, func(c assess.Outcome) bool { return c.Subject.Kind != fact.Org })
		d.Waiting = waiting[waitingKey{k.Party, k.Requirement}]
		d.Href = dutyHref(head.Software.ID, head.Release, k.Party, k.Role, k.Requirement)
		if i := len(rows); i > 0 && rows[i-1].ID == d.ID {
			d.Anchor += "-" + string(k.Role) // one id names one row
			if rows[i-1].Anchor == d.Anchor {
				d.Anchor += "-" + k.Party
			}
		}
		rows = append(rows, d)
	}
	return rows, nil
}

// dutyHref leads to the page of one duty.
func dutyHref(software, release, party string, role guideline.Role, id guideline.ID) string {
	return "/software/" + software + "/duties/" + slug(id) + "?" + query("release", release, "party", party, "role", string(role))
}

// judged gives a kept status in the form it was judged in.
func judged(k judging.Row) assess.Row {
	return assess.Row{ID: k.Requirement, Arrangement: k.Arrangement, Engagement: k.Detail.Engagement, Party: k.DutyStatus.Party, Role: k.Role,
		Stance: k.Stance, Level: k.Level, Status: assess.Status(k.Status), Basis: assess.Basis(k.Basis), StatedOnly: k.Detail.StatedOnly,
		Reasons: k.Reasons, Evidence: k.Evidence, Remedy: k.Remedy, ValidUntil: k.ValidUntil, Checks: k.Detail.Checks,
		Claims: k.Detail.Claims, Exceptions: k.Detail.Exceptions}
}

type waitingKey struct {
	party       string
	requirement guideline.ID
}

// waitingClaims says for which duties a statement waits for approval.
func (s *Server) waitingClaims(ctx context.Context) (map[waitingKey]bool, error) {
	claims, err := s.db.Claims(ctx, store.ClaimFilter{State: evidence.ClaimDraft})
	if err != nil {
		return nil, err
	}
	out := map[waitingKey]bool{}
	for _, c := range claims {
		out[waitingKey{c.Party, c.Requirement}] = true
	}
	return out, nil
}

// ofParty keeps the rows of one party; of our own organisation when none is named.
func ofParty(rows []dutyRow, party string) []dutyRow {
	return slices.DeleteFunc(slices.Clone(rows), func(d dutyRow) bool {
		return party == "" && !d.Ours || party != "" && d.Row.Party != party
	})
}

// partyChoices offers the duties of the others that take part, when there are any.
func partyChoices(b Base, rows []dutyRow, head softwareHead, party string) []partyChoice {
	var out []partyChoice
	for _, d := range rows {
		if !d.Ours && !slices.ContainsFunc(out, func(c partyChoice) bool { return c.ID == d.Row.Party }) {
			out = append(out, partyChoice{ID: d.Row.Party, Name: d.Party, On: party == d.Row.Party, Href: "?" + query("release", head.Release, "party", d.Row.Party)})
		}
	}
	if len(out) == 0 {
		return nil
	}
	return slices.Insert(out, 0, partyChoice{Name: b.T("自組織", "Our organisation"), On: party == "", Href: "?" + query("release", head.Release)})
}

// firstToDo gives up to five duties to begin with: those not met that say what to do, the gravest first.
func firstToDo(rows []dutyRow) []dutyRow {
	var out []dutyRow
	for _, want := range []assess.Status{assess.NotMet, assess.PartlyMet, assess.NotAssessed} {
		for _, r := range rows {
			if r.Status == want && !r.Remedy.IsZero() && len(out) < 5 &&
				!slices.ContainsFunc(out, func(d dutyRow) bool { return d.Remedy == r.Remedy }) {
				out = append(out, r)
			}
		}
	}
	return out
}

// The filters of the table, beside one for each status.
const (
	showStated  = "stated"
	showLapsed  = "lapsed"
	showWaiting = "waiting"
	showLoose   = "loose"
)

func dutyShown(r dutyRow, show string) bool {
	switch show {
	case "":
		return true
	case showStated:
		return r.StatedOnly
	case showLapsed:
		return r.Lapsed
	case showWaiting:
		return r.Waiting
	case showLoose:
		return r.Plan.Owner == "" && (r.Status == assess.NotMet || r.Status == assess.PartlyMet || r.Status == assess.NotAssessed)
	}
	return string(r.Status) == show
}

func dutyChips(b Base, rows []dutyRow, show string, href func(string) string) []chip {
	all := []chip{{Name: b.T("すべて", "All"), Href: href(""), N: len(rows), On: show == ""}}
	add := func(name, value string) {
		n := 0
		for _, r := range rows {
			if dutyShown(r, value) {
				n++
			}
		}
		if n > 0 || show == value {
			all = append(all, chip{Name: name, Href: href(value), N: n, On: show == value})
		}
	}
	for _, st := range assess.Statuses {
		add(marks[st]+" "+b.StatusName(st), string(st))
	}
	add(b.T("申告のみ", "Stated only"), showStated)
	add(b.T("期限切れ", "Lapsed"), showLapsed)
	add(b.T("承認待ち", "Awaiting approval"), showWaiting)
	add(b.T("担当未定", "No owner"), showLoose)
	return all
}

// query writes pairs of name and value that are not empty.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v.Encode()
}

// softwareHead loads what stands above the pages of one software, and the model it was taken from.
func (s *Server) softwareHead(ctx context.Context, b Base, r *http.Request, current string) (softwareHead, chain.Model, error) {
	var h softwareHead
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return h, m, err
	}
	id := r.PathValue("id")
	i := slices.IndexFunc(m.Software, func(sw chain.Software) bool { return sw.ID == id })
	if i < 0 {
		return h, m, notFound(lang.T("このソフトウェアは登録されていません", "this software is not registered"))
	}
	h.Software = m.Software[i]
	h.Owner = partyNames(m)[h.Software.Owner]
	ours := ourParties(m)
	for _, a := range m.Arrangements {
		if a.Software != id {
			continue
		}
		for _, e := range a.Engagements {
			if ours[e.Party] && !slices.Contains(h.Roles, e.Role) {
				h.Roles = append(h.Roles, e.Role)
			}
		}
		if h.Level == "" || a.Level == guideline.Standard {
			h.Level = a.Level
		}
	}
	slices.SortFunc(h.Roles, func(x, y guideline.Role) int {
		return slices.Index(guideline.Roles, x) - slices.Index(guideline.Roles, y)
	})
	for _, rel := range m.Releases {
		if rel.Software == id {
			h.Releases = append(h.Releases, rel)
		}
	}
	slices.Reverse(h.Releases) // the latest first
	h.Release = r.FormValue("release")
	if !slices.ContainsFunc(h.Releases, func(rel chain.Release) bool { return rel.ID == h.Release }) {
		latest, _ := judging.Latest(m, id, s.now().Format(time.DateOnly))
		h.Release = latest.ID
	}
	for _, t := range softwareTabs {
		href := "/software/" + id
		if t.key != "" {
			href += "/" + t.key
		}
		if q := query("release", r.FormValue("release")); q != "" {
			href += "?" + q
		}
		h.Tabs = append(h.Tabs, tab{Name: b.Text(t.name), Href: href, Current: t.key == current})
	}
	return h, m, nil
}

// softwareTabs are the pages of one software.
var softwareTabs = []struct {
	key  string
	name lang.Text
}{
	{"", lang.T("要求事項", "Requirements")}, {"evidence", lang.T("証跡", "Evidence")}, {"components", lang.T("部品", "Components")},
	{"chain", lang.T("体制", "Parties")}, {"declarations", lang.T("宣言", "Declarations")}, {"history", lang.T("履歴", "History")},
	{"criteria", lang.T("基準", "Criteria")}, {"coverage", lang.T("ほかの文書", "Other documents")},
}

// partyNames gives every party's name, a unit's with its organisation's before it.
func partyNames(m chain.Model) map[string]string {
	own := map[string]chain.Party{}
	for _, p := range m.Parties {
		own[p.ID] = p
	}
	out := map[string]string{}
	for _, p := range m.Parties {
		out[p.ID] = p.Name
		if parent, ok := own[p.Parent]; ok && !strings.HasPrefix(p.Name, parent.Name) {
			out[p.ID] = parent.Name + " " + p.Name
		}
	}
	return out
}

// ourParties gives the ids of our own organisation and its units.
func ourParties(m chain.Model) map[string]bool {
	ours := map[string]bool{}
	for range m.Parties { // parents may come after their units
		for _, p := range m.Parties {
			if p.Self || ours[p.Parent] {
				ours[p.ID] = true
			}
		}
		if len(ours) == 0 {
			break
		}
	}
	return ours
}
