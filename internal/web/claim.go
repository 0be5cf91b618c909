package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
)

// addClaim keeps a new statement about a duty of ours as a draft. It counts only after somebody else has approved it.
func (s *Server) addClaim(w http.ResponseWriter, r *http.Request) error {
	r.SetPathValue("requirement", r.FormValue("requirement"))
	p, err := s.dutyPage(r)
	if err != nil {
		return err
	}
	c, err := p.readClaim(r)
	if err != nil {
		return s.claimAgain(w, r, p, err)
	}
	c.ID, c.Author, c.CreatedAt = s.db.NewID(), visitOf(r).who.ID, s.now()
	err = s.db.InTx(r.Context(), s.actor(r), func(tx *store.Tx) error {
		if err := tx.SaveClaim(r.Context(), c); err != nil {
			return err
		}
		return tx.Audit(r.Context(), "drafted", store.Object{Kind: "claim", ID: c.ID}, store.Change{After: c})
	})
	if err != nil {
		return err
	}
	s.notice(r, lang.T("起案しました。別の人が承認すると評価に反映されます", "Drafted. It counts once somebody else has approved it"))
	return s.backToDuty(w, r, c)
}

// readClaim reads the form into a draft about the page's duty.
func (p *dutyPage) readClaim(r *http.Request) (evidence.Claim, error) {
	c := evidence.Claim{Kind: evidence.ClaimKind(r.FormValue("kind")), Party: p.Row.Row.Party, Role: p.Row.Role, Requirement: p.Row.ID,
		Body: strings.TrimSpace(r.FormValue("body")), State: evidence.ClaimDraft, Revision: 1}
	switch r.FormValue("subject") {
	case "org":
		c.Subject = fact.Subject{Kind: fact.Org, ID: c.Party}
	case "release":
		c.Subject = fact.Subject{Kind: fact.Release, ID: p.Head.Release}
	default:
		c.Subject = fact.Subject{Kind: fact.Software, ID: p.Head.Software.ID}
	}
	for _, o := range p.Form.Checks {
		if o.Value == r.FormValue("check") {
			c.Check = o.Value
		}
	}
	for _, o := range p.Form.Documents {
		if slices.Contains(r.Form["evidence"], o.Value) {
			c.Evidence = append(c.Evidence, o.Value)
		}
	}
	day, err := time.ParseInLocation(time.DateOnly, r.FormValue("expires"), calendar.Japan)
	c.ExpiresAt = day.AddDate(0, 0, 1).UTC() // the day itself still counts
	switch {
	case !p.Row.Ours:
		return c, formError(lang.T("他の組織の責務について申告することはできません", "you cannot state anything about somebody else's duty"))
	case c.Sound() != nil:
		return c, c.Sound()
	case c.Body == "":
		return c, formError(lang.T("内容又は理由を入力してください", "write the statement or the reason"))
	case err != nil || !day.After(p.Now):
		return c, formError(lang.T("有効期限には、明日以降の日付を入力してください", "give an expiry after today"))
	}
	return c, nil
}

// claimAgain shows the duty with what was typed and what is wrong with it.
func (s *Server) claimAgain(w http.ResponseWriter, r *http.Request, p *dutyPage, cause error) error {
	p.Problem, p.Part = lang.Explain(cause, p.Lang), false
	p.Form.Kind, p.Form.Body, p.Form.Expires = evidence.ClaimKind(r.FormValue("kind")), r.FormValue("body"), r.FormValue("expires")
	p.Form.Check, p.Form.Subject = r.FormValue("check"), r.FormValue("subject")
	for i, o := range p.Form.Documents {
		p.Form.Documents[i].Selected = slices.Contains(r.Form["evidence"], o.Value)
	}
	return s.render(w, http.StatusUnprocessableEntity, "duty", p)
}

// approveClaim puts the approval of whoever is signed in under a draft.
func (s *Server) approveClaim(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.db.Claim(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	if _, err := office.Approve(r.Context(), s.db, s.actor(r), r.PathValue("id"), bySession); err != nil {
		return err
	}
	s.notice(r, lang.T("承認しました", "Approved"))
	return s.backFromClaim(w, r)
}

// retireClaim takes a statement back. It stays readable.
func (s *Server) retireClaim(w http.ResponseWriter, r *http.Request) error {
	if _, err := office.RetireClaim(r.Context(), s.db, s.actor(r), r.PathValue("id")); err != nil {
		return err
	}
	s.notice(r, lang.T("取り下げました", "Withdrawn"))
	return s.backFromClaim(w, r)
}

func (s *Server) backFromClaim(w http.ResponseWriter, r *http.Request) error {
	c, err := s.db.Claim(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.backToDuty(w, r, c)
}

// How somebody who approves showed who they are: by being signed in, or by giving their password once more.
const (
	bySession  = "session"
	byPassword = "password"
)

// backToDuty judges anew and leads back to the page the form was on.
func (s *Server) backToDuty(w http.ResponseWriter, r *http.Request, c evidence.Claim) error {
	software := r.FormValue("software")
	if software == "" {
		software = r.PathValue("id")
	}
	if err := s.reassess(r, "claim "+c.ID, c.Subject); err != nil {
		return err
	}
	http.Redirect(w, r, "/software/"+software+"/duties/"+slug(c.Requirement)+"?"+
		query("release", r.FormValue("release"), "party", c.Party, "role", r.FormValue("role")), http.StatusSeeOther)
	return nil
}

// reassess brings the kept statuses up to date after a change.
func (s *Server) reassess(r *http.Request, cause string, only ...fact.Subject) error {
	return judging.Reassess(r.Context(), s.db, s.actor(r), cause, only...)
}

// formError is something wrong with what was typed.
func formError(what lang.Text) error { return &lang.Error{Kind: lang.Usage, What: what} }
