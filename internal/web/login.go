package web

import (
	"net/http"
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

type loginPage struct {
	Base
	Name, To string
	Nobody   bool // there is no account yet
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	if visitOf(r).who.ID != "" {
		http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
		return nil
	}
	return s.loginPage(w, r, http.StatusOK, "")
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	accounts, err := s.db.Accounts(r.Context())
	if err != nil {
		return err
	}
	p := &loginPage{Base: s.base(r, "", lang.T("サインイン", "Sign in")), Name: r.FormValue("name"), To: inside(r.FormValue("to")), Nobody: len(accounts) == 0}
	p.Path, p.Problem = "/login", problem
	return s.render(w, status, "login", p)
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := s.auth.SignIn(ctx, strings.TrimSpace(r.FormValue("name")), r.FormValue("password"), addressOf(r))
	if lang.KindOf(err) == lang.Forbidden {
		return s.loginPage(w, r, http.StatusForbidden, lang.Explain(err, visitOf(r).lang))
	}
	if err != nil {
		return err
	}
	forced := false
	if _, err := s.db.Setting(ctx, initialPassword(a.ID), &forced); err != nil {
		return err
	}
	if err := s.start(r, a, forced); err != nil {
		return err
	}
	http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
	return nil
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// initialPassword is the setting that says that an account still has the password somebody else gave it.
func initialPassword(account string) string { return "initial_password:" + account }

type passwordPage struct {
	Base
	Forced bool
	Min    int
}

func (s *Server) password(w http.ResponseWriter, r *http.Request) error {
	return s.passwordPage(w, r, http.StatusOK, "")
}

func (s *Server) passwordPage(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	p := &passwordPage{Base: s.base(r, "", lang.T("パスワードの変更", "Change your password")), Forced: visitOf(r).who.MustChange, Min: auth.MinPassword}
	p.Problem = problem
	return s.render(w, status, "password", p)
}

// changePassword gives whoever is signed in another password and ends their other sessions.
func (s *Server) changePassword(w http.ResponseWriter, r *http.Request) error {
	ctx, who, l := r.Context(), visitOf(r).who, visitOf(r).lang
	fresh := r.FormValue("new")
	err := s.againWith(r, "old")
	switch {
	case err != nil:
	case fresh != r.FormValue("repeat"):
		err = formError(lang.T("新しいパスワードが2つの欄で異なります", "the two new passwords differ"))
	case fresh == r.FormValue("old"):
		err = formError(lang.T("今と同じパスワードは使えません", "the new password is the same as the old"))
	default:
		err = s.auth.SetPassword(ctx, s.actor(r), who.ID, fresh)
	}
	if k := lang.KindOf(err); err != nil && k != lang.Unexpected {
		return s.passwordPage(w, r, http.StatusUnprocessableEntity, lang.Explain(err, l))
	}
	if err != nil {
		return err
	}
	if who.MustChange {
		if err := s.setInitial(r, who.ID, false); err != nil {
			return err
		}
	}
	a, err := s.db.Account(ctx, who.ID)
	if err != nil {
		return err
	}
	if err := s.start(r, a, false); err != nil {
		return err
	}
	s.notice(r, lang.T("パスワードを変更しました", "Your password was changed"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (s *Server) againWith(r *http.Request, field string) error {
	_, err := s.auth.SignIn(r.Context(), visitOf(r).who.Name, r.FormValue(field), addressOf(r))
	return err
}

// setInitial notes whether an account still has the password somebody else gave it.
func (s *Server) setInitial(r *http.Request, account string, initial bool) error {
	ctx := r.Context()
	return s.db.InTx(ctx, s.actor(r), func(tx *store.Tx) error {
		var before bool
		revision, err := tx.Setting(ctx, initialPassword(account), &before)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, initialPassword(account), initial, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "changed", store.Object{Kind: "account", ID: account}, map[string]any{"initial_password": initial})
	})
}
