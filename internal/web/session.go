package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// person is who is signed in.
type person struct {
	store.Account
	MustChange bool // signed in with an initial password
}

// What a session holds.
const (
	sessionAccount = "account"
	sessionStamp   = "stamp" // of the account's password, so that a new password ends other sessions
	sessionNotice  = "notice"
	sessionForced  = "must_change"
)

// open serves a page that needs nobody to be signed in.
func (s *Server) open(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.know(r); err != nil {
			s.fail(w, r, err)
			return
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// in serves a page to whoever is signed in and may do what it takes.
func (s *Server) in(p auth.Permission, h handler) http.Handler {
	return s.open(func(w http.ResponseWriter, r *http.Request) error {
		who := visitOf(r).who
		switch {
		case who.ID == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			http.Redirect(w, r, "/login?"+query("to", r.URL.RequestURI()), http.StatusSeeOther)
			return nil
		case who.ID == "":
			return &lang.Error{Kind: lang.Forbidden, What: lang.T("サインインが必要です", "sign-in is needed"),
				Next: lang.T("サインインしてから、もう一度操作してください", "sign in, then repeat what you did")}
		case who.MustChange && r.URL.Path != "/password":
			http.Redirect(w, r, "/password", http.StatusSeeOther)
			return nil
		}
		if err := auth.Require(who.Account, p); err != nil {
			return err
		}
		return h(w, r)
	})
}

// accountRole gives the word for what an account may do.
func accountRole(r string) lang.Text {
	switch store.Role(r) {
	case store.Admin:
		return lang.T("管理者", "administrator")
	case store.Editor:
		return lang.T("編集者", "editor")
	case store.Approver:
		return lang.T("承認者", "approver")
	case store.Auditor:
		return lang.T("監査者（閲覧のみ）", "auditor (read only)")
	}
	return lang.T(r, r)
}

// AccountRole gives the word for a role of an account.
func (b Base) AccountRole(r store.Role) string { return accountRole(string(r)).In(b.Lang) }

// know finds out who made a request. An account that was disabled, or whose password changed elsewhere, is nobody.
func (s *Server) know(r *http.Request) error {
	ctx := r.Context()
	id := s.sessions.GetString(ctx, sessionAccount)
	if id == "" {
		return nil
	}
	a, err := s.db.Account(ctx, id)
	if lang.KindOf(err) == lang.NotFound || err == nil && (a.Disabled || stampOf(a) != s.sessions.GetString(ctx, sessionStamp)) {
		return s.sessions.Destroy(ctx)
	}
	if err != nil {
		return err
	}
	visitOf(r).who = person{a, s.sessions.GetBool(ctx, sessionForced)}
	return nil
}

// displayName is how an account is called on pages.
func displayName(a store.Account) string {
	if a.Display != "" {
		return a.Display
	}
	return a.Name
}

// stampOf names the state of an account's password without telling anything of it.
func stampOf(a store.Account) string {
	sum := sha256.Sum256([]byte(a.Password))
	return hex.EncodeToString(sum[:8])
}

// start begins a session for an account under a new token.
func (s *Server) start(r *http.Request, a store.Account, forced bool) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionAccount, a.ID)
	s.sessions.Put(ctx, sessionStamp, stampOf(a))
	s.sessions.Put(ctx, sessionForced, forced)
	visitOf(r).who = person{a, forced}
	return nil
}

// actor is who changes something by this request.
func (s *Server) actor(r *http.Request) store.Actor {
	v := visitOf(r)
	return store.Actor{Account: v.who.ID, Via: store.Web, Request: v.request}
}

// notice keeps one sentence for the next page.
func (s *Server) notice(r *http.Request, t lang.Text) {
	s.sessions.Put(r.Context(), sessionNotice, t.In(visitOf(r).lang))
}

// sampleSetting is true in a workspace that `tasuki demo` made.
const sampleSetting = "sample"

// base is what every page of a request has.
func (s *Server) base(r *http.Request, place string, title lang.Text) Base {
	v := visitOf(r)
	b := Base{Lang: v.lang, Title: title.In(v.lang), Place: place, Path: r.URL.RequestURI(), Account: v.who.Account,
		Now: s.now(), Notice: s.sessions.PopString(r.Context(), sessionNotice)}
	b.Undo = b.Notice != "" && s.sessions.Exists(r.Context(), sessionUndo)
	b.Theme = themeOf(r)
	if v.who.ID != "" && !v.who.MustChange {
		b.Who = displayName(v.who.Account)
	}
	if _, err := s.db.Setting(r.Context(), sampleSetting, &b.Sample); err != nil {
		s.log.WarnContext(r.Context(), "setting", "key", sampleSetting, "error", err)
	}
	return b
}

// again asks whoever is signed in for their password once more: what they are about to do bears their name.
func (s *Server) again(r *http.Request) error {
	return s.againWith(r, "password")
}

// people are display names by account id.
type people map[string]string

func (p people) name(id string) string {
	switch {
	case id == "":
		return ""
	case p[id] != "":
		return p[id]
	case id == "tasuki":
		return "Tasuki"
	}
	return id
}

func (s *Server) displayNames(ctx context.Context) (people, error) {
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := people{}
	for _, a := range accounts {
		out[a.ID] = displayName(a)
	}
	return out, nil
}

// language keeps the visitor's choice of language and leads back to the page they came from.
func (s *Server) language(w http.ResponseWriter, r *http.Request) error {
	choice := lang.Parse(r.FormValue("lang"))
	http.SetCookie(w, &http.Cookie{Name: langCookie, Value: string(choice), Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.o.Secure})
	http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
	return nil
}

const themeCookie = "tasuki_theme"

// themeOf is the visitor's choice of light or dark; empty when there is none and the device decides.
func themeOf(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && slices.Contains([]string{"light", "dark"}, c.Value) {
		return c.Value
	}
	return ""
}

// theme keeps the visitor's choice of light or dark and leads back to the page they came from.
func (s *Server) theme(w http.ResponseWriter, r *http.Request) error {
	c := &http.Cookie{Name: themeCookie, Value: r.FormValue("theme"), Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.o.Secure}
	if c.Value != "light" && c.Value != "dark" {
		c.Value, c.MaxAge = "", -1 // as the device says
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
	return nil
}

// inside gives a path of our own, whatever a form says.
func inside(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	if slices.Contains([]string{"/logout", "/lang", "/theme", "/undo"}, u.Path) {
		return "/"
	}
	return to
}
