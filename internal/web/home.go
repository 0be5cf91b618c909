package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// homePage answers what waits for me, how we stand, and whether what we look at is fresh.
type homePage struct {
	Base
	Waiting  []waitingItem  // for whoever is signed in to approve or sign
	Mine     []waitingItem  // drafted by them, waiting for somebody else
	Todo     []todoLine     // duties planned for them, the first due first
	Urgent   []todoLine     // vulnerabilities known to be exploited that wait for somebody, the first due first
	Late     int            // planned duties of anybody that are past their day
	Week     int            // and those due within seven days
	TodoMore int            // how many more there are
	Software []softwareLine // those with the most to do
	Total    int            // software in all
	Soon     []endingLine   // what lapses within 30 days
	Better   int            // duties that came to be met in the last seven days
	Worse    int            // duties that are no longer met since
	Sources  []sourceView
	Last     []declarationLine
	Alone    bool // nobody else could approve
	NoSelf   bool // our own organisation is not entered
}

type waitingItem struct {
	What, Who, Href string
	At              time.Time
}

// endingLine is a duty that is met now and lapses soon.
type endingLine struct {
	ID              guideline.ID
	Software, Title string
	Href            string
	Until           time.Time
}

// How many of each the home page shows, and how many days ahead it looks.
const (
	homeSoftware = 12
	homeTodo     = 8
	homeUrgent   = 5
	homeSoon     = 8
	soonDays     = 30
)

func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &homePage{Base: s.base(r, "home", lang.T("ホーム", "Home"))}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	p.NoSelf = !slices.ContainsFunc(m.Parties, func(x chain.Party) bool { return x.Self })
	if p.Software, err = s.softwareLines(ctx, m); err != nil {
		return err
	}
	if p.Soon, err = s.endingSoon(ctx, p.Base, m, p.Software, homeSoon); err != nil {
		return err
	}
	if p.Better, p.Worse, err = s.turned(ctx, p.Now, ourParties(m), p.Software); err != nil {
		return err
	}
	p.Total = len(p.Software)
	slices.SortStableFunc(p.Software, func(a, b softwareLine) int { return b.Counts.Open() - a.Counts.Open() })
	p.Software = p.Software[:min(len(p.Software), homeSoftware)]
	if err := s.fillWaiting(ctx, p, m, visitOf(r).who.ID); err != nil {
		return err
	}
	if p.Sources, err = s.sources(ctx); err != nil {
		return err
	}
	if p.Urgent, err = s.exploited(ctx, p.Base); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "home", p)
}

// exploited gives the vulnerabilities in our releases that are known to be exploited and wait for somebody, the first due
// first. Only those that KEV lists are weighed, so that the page does not weigh every finding there is.
func (s *Server) exploited(ctx context.Context, b Base) ([]todoLine, error) {
	listed := map[string]time.Time{}
	if _, err := s.db.Setting(ctx, feed.KEV, &listed); err != nil || len(listed) == 0 {
		return nil, err
	}
	found, err := s.db.FoundAmong(ctx, slices.Sorted(maps.Keys(listed)))
	if err != nil {
		return nil, err
	}
	var out []todoLine
	for _, vuln := range found {
		weighed, err := portfolio.Triage(ctx, s.db, portfolio.TriageFilter{Vuln: vuln, Waiting: true})
		if err != nil {
			return nil, err
		}
		out = append(out, findingLines(b, weighed)...)
	}
	slices.SortStableFunc(out, func(x, y todoLine) int { return x.Due.Compare(y.Due) })
	return out, nil
}

// FirstUrgent gives the vulnerabilities that are named.
func (p *homePage) FirstUrgent() []todoLine { return p.Urgent[:min(len(p.Urgent), homeUrgent)] }

// Open is how many duties are left to do.
func (c counts) Open() int {
	return c.By[assess.NotMet] + c.By[assess.PartlyMet] + c.By[assess.NotAssessed]
}

// endingSoon gives what is met now, on the latest release of a software, and lapses soon, the first to lapse first, at most
// so many.
func (s *Server) endingSoon(ctx context.Context, b Base, m chain.Model, software []softwareLine, most int) ([]endingLine, error) {
	ends, err := s.db.Endings(ctx, b.Now, b.Now.AddDate(0, 0, soonDays), 500)
	if err != nil {
		return nil, err
	}
	of := map[fact.Subject]softwareLine{}
	for _, sw := range software {
		of[sw.subject()] = sw
	}
	ours := ourParties(m)
	var out []endingLine
	for _, e := range ends {
		sw, known := of[e.Subject]
		met := e.Status == string(assess.Met) || e.Status == string(assess.MetWithException)
		if known && met && ours[e.Party] && len(out) < most {
			out = append(out, endingLine{ID: e.Requirement, Software: sw.Name, Title: b.TitleOf(e.Requirement), Until: e.Until,
				Href: dutyHref(sw.ID, sw.Release, e.Party, e.Role, e.Requirement)})
		}
	}
	return out, nil
}

// recentDays is how many days back the home page looks for what changed.
const recentDays = 7

// turned counts our duties, on the latest releases, that came to be met lately and those that are no longer met.
func (s *Server) turned(ctx context.Context, now time.Time, ours map[string]bool, software []softwareLine) (better, worse int, err error) {
	latest := map[fact.Subject]bool{}
	for _, sw := range software {
		latest[sw.subject()] = true
	}
	turns, err := s.db.Turns(ctx, now.AddDate(0, 0, -recentDays))
	for _, t := range turns {
		was, is := done(t.Before), done(t.After)
		switch {
		case !ours[t.Party] || !latest[t.Subject]:
		case is && !was:
			better += t.N
		case was && !is:
			worse += t.N
		}
	}
	return better, worse, err
}

// done reports whether a status asks nothing more.
func done(status string) bool {
	return slices.Contains([]assess.Status{assess.Met, assess.MetWithException, assess.NotApplicable}, assess.Status(status))
}

// fillWaiting gathers what is drafted and not yet approved: statements, records, declarations.
func (s *Server) fillWaiting(ctx context.Context, p *homePage, m chain.Model, me string) error {
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return err
	}
	people := people{}
	for _, a := range accounts {
		people[a.ID] = displayName(a)
	}
	planned, err := s.plannedLines(ctx, p.Base, m, people)
	if err != nil {
		return err
	}
	p.Late = countOf(planned, func(t todoLine) bool { return t.Late })
	p.Week = countOf(planned, func(t todoLine) bool { return !t.Late && !t.Due.IsZero() && t.Due.Before(p.Now.AddDate(0, 0, 7)) })
	p.Todo = slices.DeleteFunc(planned, func(t todoLine) bool { return t.Owner != me })
	p.TodoMore = max(len(p.Todo)-homeTodo, 0)
	p.Todo = p.Todo[:len(p.Todo)-p.TodoMore]
	p.Alone = !slices.ContainsFunc(accounts, func(a store.Account) bool { return a.ID != me && auth.May(a, auth.Approve) })
	put := func(author string, item waitingItem) {
		item.Who = people.name(author)
		switch {
		case author == me:
			p.Mine = append(p.Mine, item)
		case p.Can(auth.Approve):
			p.Waiting = append(p.Waiting, item)
		}
	}
	claims, err := s.db.Claims(ctx, store.ClaimFilter{State: evidence.ClaimDraft})
	if err != nil {
		return err
	}
	for _, c := range claims {
		put(c.Author, waitingItem{What: p.ClaimKind(c.Kind) + "　" + string(c.Requirement) + " " + p.TitleOf(c.Requirement), Href: "/claims/" + c.ID, At: c.CreatedAt})
	}
	records, err := s.db.Records(ctx, store.RecordFilter{State: register.Draft})
	if err != nil {
		return err
	}
	for _, rec := range records {
		kind, err := register.Kind(rec.Kind)
		if err != nil {
			continue // a register this program no longer has
		}
		put(rec.Author, waitingItem{What: p.Text(kind.Title) + "　" + rec.Key, Href: "/registers/" + rec.Kind + "/" + rec.ID, At: rec.ChangedAt})
	}
	declarations, err := s.db.Declarations(ctx, store.DeclarationFilter{})
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(declarations) {
		waits := d.State == store.DeclarationDraft || d.State == store.DeclarationApproved
		if !waits && len(p.Last) >= 5 {
			continue
		}
		l := declarationLineOf(m, d)
		if len(p.Last) < 5 {
			p.Last = append(p.Last, l)
		}
		item := waitingItem{What: p.DeclarationKind(l.Kind) + "　" + l.Software + " " + l.Version + p.Par(p.DeclarationState(l.State)),
			Href: "/declarations/" + l.ID, At: l.CreatedAt}
		switch {
		case d.State == store.DeclarationApproved && p.Can(auth.Approve): // whoever may sign
			item.Who = people.name(l.CreatedBy)
			p.Waiting = append(p.Waiting, item)
		case waits:
			put(l.CreatedBy, item)
		}
	}
	return nil
}

// claim leads from a statement to the duty it is about.
func (s *Server) claim(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := s.db.Claim(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	software, release := "", ""
	for _, a := range m.Arrangements {
		for _, e := range a.Engagements {
			if e.Party == c.Party && a.Software != "" && (software == "" || a.Software == c.Subject.ID) {
				software = a.Software
			}
		}
	}
	for _, rel := range m.Releases {
		if rel.ID == c.Subject.ID {
			software, release = rel.Software, rel.ID
		}
	}
	if software == "" {
		return notFound(lang.T("この申告の対象が見つかりません", "what this statement is about is no longer there"))
	}
	http.Redirect(w, r, "/software/"+software+"/duties/"+slug(c.Requirement)+"?"+query("release", release, "party", c.Party, "role", string(c.Role)), http.StatusSeeOther)
	return nil
}
