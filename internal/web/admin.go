package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// adminPage is how the installation stands: whose it is, how old its advisory data is, where it is kept.
type adminPage struct {
	Base
	Org      organisationForm
	Sources  []sourceView
	Engine   string
	Accounts int
	Approver bool // somebody may approve
	Refused  []store.Refused
	HasKey   bool   // the workspace has a signing key
	Trust    string // of the key just made: what is given to those who verify
}

func (s *Server) admin(w http.ResponseWriter, r *http.Request) error {
	return s.adminPage(w, r, http.StatusOK, "", nil)
}

func (s *Server) adminPage(w http.ResponseWriter, r *http.Request, status int, problem string, typed *organisationForm) error {
	ctx := r.Context()
	p := &adminPage{Base: s.base(r, "admin", lang.T("設定", "Admin")), Engine: s.db.Engine()}
	p.Path, p.Problem = "/admin", problem
	self, err := s.db.Self(ctx)
	if err != nil && lang.KindOf(err) != lang.NotFound {
		return err
	}
	policy, err := s.db.Policy(ctx)
	if err != nil {
		return err
	}
	p.Org = organisationForm{self.Name, self.NameEN, self.Address, self.Contact, self.CorporateNumber, policy.Value(fiscalThreshold)}
	if typed != nil {
		p.Org = *typed
	}
	sources, err := s.db.AdvisorySources(ctx)
	if err != nil {
		return err
	}
	for _, src := range sources {
		p.Sources = append(p.Sources, sourceView{src, stale(p.Now, src.LoadedAt)})
	}
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return err
	}
	p.Accounts = len(accounts)
	p.Approver = slices.ContainsFunc(accounts, func(a store.Account) bool { return auth.May(a, auth.Approve) })
	_, statErr := os.Stat(s.db.SigningKeyFile())
	p.HasKey = statErr == nil
	p.Trust = s.sessions.PopString(ctx, sessionTrust)
	if p.Refused, err = s.db.RefusedDocuments(ctx); err != nil {
		return err
	}
	return s.render(w, status, "admin", p)
}

const sessionTrust = "trust" // the trust file of a key just made

// makeKey makes the key that signs the workspace's declarations, under a passphrase that is not kept.
func (s *Server) makeKey(w http.ResponseWriter, r *http.Request) error {
	passphrase := r.FormValue("passphrase")
	switch {
	case len([]rune(passphrase)) < keys.ShortestPassphrase:
		return s.adminPage(w, r, http.StatusUnprocessableEntity, lang.F("パスフレーズは%d文字以上にしてください", "the passphrase needs %d characters", keys.ShortestPassphrase).In(visitOf(r).lang), nil)
	case passphrase != r.FormValue("repeat"):
		return s.adminPage(w, r, http.StatusUnprocessableEntity, lang.T("パスフレーズが2つの欄で異なります", "the two passphrases differ").In(visitOf(r).lang), nil)
	}
	key, err := relay.NewSigningKey(r.Context(), s.db, s.actor(r), "", []byte(passphrase))
	if err != nil {
		return err
	}
	file, err := verify.FormatTrust([]verify.TrustedKey{key.Trusted()})
	if err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionTrust, string(file))
	s.notice(r, lang.T("署名鍵を作成しました", "The signing key is made"))
	http.Redirect(w, r, "/admin", http.StatusSeeOther)
	return nil
}

func (s *Server) changeOrganisation(w http.ResponseWriter, r *http.Request) error {
	org := readOrganisation(r)
	if err := org.check(); err != nil {
		return s.adminPage(w, r, http.StatusUnprocessableEntity, lang.Explain(err, visitOf(r).lang), &org)
	}
	if err := s.saveOrganisation(r, org); err != nil {
		return err
	}
	s.notice(r, lang.T("保存しました", "Saved"))
	http.Redirect(w, r, "/admin", http.StatusSeeOther)
	return nil
}

// peoplePage is the accounts, and the form for another one.
type peoplePage struct {
	Base
	Accounts []accountView
	Roles    []store.Role
	Typed    auth.Registration
	Initial  string // the initial password of the account just made: shown once
	For      string
}

type accountView struct {
	store.Account
	Self    bool
	Initial bool // still has its initial password
}

// Has reports whether an account has a role.
func (a accountView) Has(r store.Role) bool { return slices.Contains(a.Roles, r) }

func (s *Server) people(w http.ResponseWriter, r *http.Request) error {
	p, err := s.peoplePage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "people", p)
}

func (s *Server) peoplePage(r *http.Request) (*peoplePage, error) {
	ctx := r.Context()
	p := &peoplePage{Base: s.base(r, "admin", lang.T("利用者", "People")), Roles: auth.Roles[:]}
	p.Path = "/admin/people"
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		v := accountView{Account: a, Self: a.ID == visitOf(r).who.ID}
		if _, err := s.db.Setting(ctx, initialPassword(a.ID), &v.Initial); err != nil {
			return nil, err
		}
		p.Accounts = append(p.Accounts, v)
	}
	return p, nil
}

// addPerson makes an account with an initial password that is shown once and has to be changed at the first sign-in.
func (s *Server) addPerson(w http.ResponseWriter, r *http.Request) error {
	reg := auth.Registration{Name: strings.TrimSpace(r.FormValue("name")), Display: strings.TrimSpace(r.FormValue("display")),
		Password: rand.Text(), Roles: rolesIn(r)}
	a, err := s.auth.Add(r.Context(), s.actor(r), reg)
	if k := lang.KindOf(err); err != nil && k != lang.Unexpected {
		p, pageErr := s.peoplePage(r)
		if pageErr != nil {
			return pageErr
		}
		p.Typed, p.Problem = reg, lang.Explain(err, p.Lang)
		return s.render(w, http.StatusUnprocessableEntity, "people", p)
	}
	if err != nil {
		return err
	}
	return s.showInitial(w, r, a.ID, displayName(a), reg.Password)
}

// showInitial notes that an account has an initial password and shows it, this once.
func (s *Server) showInitial(w http.ResponseWriter, r *http.Request, id, name, password string) error {
	if err := s.setInitial(r, id, true); err != nil {
		return err
	}
	p, err := s.peoplePage(r)
	if err != nil {
		return err
	}
	p.Initial, p.For = password, name
	return s.render(w, http.StatusOK, "people", p)
}

func rolesIn(r *http.Request) []store.Role {
	var out []store.Role
	for _, role := range auth.Roles {
		if r.ParseForm() == nil && slices.Contains(r.Form["role"], string(role)) {
			out = append(out, role)
		}
	}
	return out
}

// changePerson changes roles, locks out or in, or gives a new initial password.
func (s *Server) changePerson(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	a, err := s.db.Account(ctx, id)
	if err != nil {
		return err
	}
	switch r.FormValue("do") {
	case "roles":
		err = s.auth.SetRoles(ctx, s.actor(r), id, rolesIn(r))
	case "disable", "enable":
		err = s.auth.SetDisabled(ctx, s.actor(r), id, r.FormValue("do") == "disable")
	case "reset":
		password := rand.Text()
		if err := s.auth.SetPassword(ctx, s.actor(r), id, password); err != nil {
			return err
		}
		return s.showInitial(w, r, id, displayName(a), password)
	default:
		err = formError(lang.T("操作が指定されていません", "it is not said what to do"))
	}
	if err != nil {
		return err
	}
	s.notice(r, lang.T("変更しました", "Changed"))
	http.Redirect(w, r, "/admin/people", http.StatusSeeOther)
	return nil
}

// policyPage is the thresholds checks compare with.
type policyPage struct {
	Base
	Settings []guideline.Setting
	Relaxed  int
}

func (s *Server) policyPage(w http.ResponseWriter, r *http.Request) error {
	p := &policyPage{Base: s.base(r, "admin", lang.T("評価の基準", "Thresholds"))}
	p.Path = "/admin/policy"
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	p.Settings, p.Relaxed = policy.Settings(), len(policy.Relaxed())
	return s.render(w, http.StatusOK, "policy", p)
}

// changePolicy sets thresholds. Relaxing one is allowed and shown wherever it made a difference.
func (s *Server) changePolicy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	values := map[string]int{}
	for _, setting := range guideline.DefaultPolicy().Settings() {
		typed := r.FormValue(setting.Name)
		if typed == "" {
			continue
		}
		n, err := strconv.Atoi(typed)
		if err != nil {
			return formError(lang.F("「%s」には整数を入力してください", "%s takes a whole number", setting.Title))
		}
		values[setting.Name] = n
	}
	err := s.db.InTx(ctx, s.actor(r), func(tx *store.Tx) error {
		if err := setThresholds(ctx, tx, values); err != nil {
			return err
		}
		return tx.Audit(ctx, "changed", store.Object{Kind: "setting", ID: store.PolicySetting}, values)
	})
	if err != nil {
		return err
	}
	if err := s.reassess(r, "policy changed"); err != nil {
		return err
	}
	s.notice(r, lang.T("保存し、評価し直しました", "Saved, and assessed again"))
	http.Redirect(w, r, "/admin/policy", http.StatusSeeOther)
	return nil
}

// setThresholds keeps an organisation's own values of some thresholds; the default is not kept.
func setThresholds(ctx context.Context, tx *store.Tx, values map[string]int) error {
	overrides := map[string]int{}
	revision, err := tx.Setting(ctx, store.PolicySetting, &overrides)
	if err != nil {
		return err
	}
	for name, v := range values {
		if d, ok := guideline.DefaultPolicy().Setting(name); ok && d.Value == v {
			delete(overrides, name)
		} else {
			overrides[name] = v
		}
	}
	if _, err := guideline.DefaultPolicy().With(overrides); err != nil {
		return err
	}
	return tx.SetSetting(ctx, store.PolicySetting, overrides, revision)
}

// Unit gives the word for what a threshold counts.
func (b Base) Unit(u string) string {
	switch u {
	case "days":
		return b.T("日", "days")
	case "months":
		return b.T("か月", "months")
	case "percent":
		return "%"
	case "month":
		return b.T("月", "(month)")
	case "count":
		return b.T("件", "")
	case "points", "score":
		return b.T("点", "points")
	case "level":
		return ""
	}
	return u
}
