package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// homePage answers what waits for me, how we stand, and whether what we look at is fresh.
type homePage struct {
	Base
	Waiting  []waitingItem // for whoever is signed in to approve or sign
	Mine     []waitingItem // drafted by them, waiting for somebody else
	Software []softwareLine
	Soon     []dutyRow // what lapses within 30 days
	Sources  []sourceView
	Last     []declarationLine
	Alone    bool // nobody else could approve
	NoSelf   bool // our own organisation is not entered
}

type waitingItem struct {
	What, Who, Href string
	At              time.Time
}

const soonDays = 30

func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &homePage{Base: s.base(r, "home", lang.T("ホーム", "Home"))}
	if _, err := s.db.Self(ctx); err != nil {
		if lang.KindOf(err) != lang.NotFound {
			return err
		}
		p.NoSelf = true
	}
	var err error
	if p.Software, err = s.softwareLines(ctx, p.Base); err != nil {
		return err
	}
	if err := s.fillWaiting(ctx, p, visitOf(r).who.ID); err != nil {
		return err
	}
	p.Soon = lapsingSoon(p.Software, p.Now)
	sources, err := s.db.AdvisorySources(ctx)
	if err != nil {
		return err
	}
	for _, src := range sources {
		p.Sources = append(p.Sources, sourceView{src, stale(p.Now, src.LoadedAt)})
	}
	if p.Last, err = s.declarationLines(ctx, store.DeclarationFilter{}); err != nil {
		return err
	}
	p.Last = p.Last[:min(len(p.Last), 5)]
	return s.render(w, http.StatusOK, "home", p)
}

// lapsingSoon gives what is met now and lapses soon, the first to lapse first.
func lapsingSoon(software []softwareLine, now time.Time) []dutyRow {
	var out []dutyRow
	for _, sw := range software {
		for _, row := range sw.Rows {
			met := row.Status == assess.Met || row.Status == assess.MetWithException
			if met && !row.ValidUntil.IsZero() && row.ValidUntil.Before(now.AddDate(0, 0, soonDays)) {
				row.Party = sw.Name
				out = append(out, row)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b dutyRow) int { return a.ValidUntil.Compare(b.ValidUntil) })
	return out[:min(len(out), 8)]
}

// fillWaiting gathers what is drafted and not yet approved: statements, records, declarations.
func (s *Server) fillWaiting(ctx context.Context, p *homePage, me string) error {
	people, err := s.displayNames(ctx)
	if err != nil {
		return err
	}
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return err
	}
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
	for _, state := range []store.DeclarationState{store.DeclarationDraft, store.DeclarationApproved} {
		lines, err := s.declarationLines(ctx, store.DeclarationFilter{State: state})
		if err != nil {
			return err
		}
		for _, l := range lines {
			item := waitingItem{What: p.DeclarationKind(l.Kind) + "　" + l.Software + " " + l.Version + "（" + p.DeclarationState(l.State) + "）",
				Href: "/declarations/" + l.ID, At: l.CreatedAt}
			if state == store.DeclarationApproved && p.Can(auth.Approve) {
				item.Who = people.name(l.CreatedBy)
				p.Waiting = append(p.Waiting, item) // whoever may sign
				continue
			}
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
