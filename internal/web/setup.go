package web

import (
	"net/http"
	"strconv"
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"golang.org/x/text/width"
)

// setupPage is the first page anybody sees: the first account, and whose installation this is.
type setupPage struct {
	Base
	Action  string
	Name    string
	Display string
	Org     organisationForm
	Min     int
}

// organisationForm is the profile of our own organisation.
type organisationForm struct {
	Name, NameEN, Address, Contact, Number string
	FiscalStart                            int // month
}

func (s *Server) setup(w http.ResponseWriter, r *http.Request) error {
	accounts, err := s.db.Accounts(r.Context())
	if err != nil {
		return err
	}
	if len(accounts) > 0 {
		return setupDone()
	}
	return s.setupPage(w, r, http.StatusOK, "")
}

func setupDone() error {
	return &lang.Error{Kind: lang.Forbidden, What: lang.T("初期設定は完了しています", "set-up is done already"),
		Next: lang.T("サインインしてください", "please sign in")}
}

func (s *Server) setupPage(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	p := &setupPage{Base: s.base(r, "", lang.T("初期設定", "Set-up")), Action: "/setup/" + r.PathValue("token"), Min: auth.MinPassword,
		Name: r.FormValue("name"), Display: r.FormValue("display"), Org: readOrganisation(r)}
	p.Problem = problem
	return s.render(w, status, "setup", p)
}

// firstAccount makes the first account and our own organisation, and signs the account in.
func (s *Server) firstAccount(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	org := readOrganisation(r)
	err := org.check()
	if err == nil && r.FormValue("password") != r.FormValue("repeat") {
		err = formError(lang.T("パスワードが2つの欄で異なります", "the two passwords differ"))
	}
	var a store.Account
	if err == nil {
		a, err = s.auth.First(ctx, r.PathValue("token"), auth.Registration{Name: strings.TrimSpace(r.FormValue("name")),
			Display: strings.TrimSpace(r.FormValue("display")), Password: r.FormValue("password"), Roles: []store.Role{store.Editor}})
	}
	if k := lang.KindOf(err); err != nil && k != lang.Unexpected {
		return s.setupPage(w, r, http.StatusUnprocessableEntity, lang.Explain(err, visitOf(r).lang))
	}
	if err != nil {
		return err
	}
	if err := s.start(r, a, false); err != nil {
		return err
	}
	if err := s.saveOrganisation(r, org); err != nil {
		return err
	}
	s.notice(r, lang.T("初期設定が終わりました。次に、承認を行う人のアカウントを「設定 › 利用者」で作成してください",
		"Set-up is done. Next, make an account for whoever approves, under Admin › People"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// readOrganisation reads the form; numbers may be typed in full width.
func readOrganisation(r *http.Request) organisationForm {
	f := organisationForm{Name: strings.TrimSpace(r.FormValue("org")), NameEN: strings.TrimSpace(r.FormValue("org_en")),
		Address: strings.TrimSpace(r.FormValue("address")), Contact: strings.TrimSpace(r.FormValue("contact"))}
	f.Number = strings.NewReplacer(" ", "", "-", "", "－", "").Replace(width.Narrow.String(r.FormValue("number")))
	f.FiscalStart, _ = strconv.Atoi(r.FormValue("fiscal")) // checked by check; 0 stands for April
	if f.FiscalStart == 0 {
		f.FiscalStart = 4
	}
	return f
}

func (f organisationForm) check() error {
	switch {
	case f.Name == "":
		return formError(lang.T("組織の正式名称を入力してください", "give the organisation's full name"))
	case f.Number != "" && !chain.CorporateNumber(f.Number):
		return formError(lang.T("法人番号が正しくありません。13桁の数字と検査用数字を確認してください", "this is no corporate number: check its 13 digits"))
	case f.FiscalStart < 1 || f.FiscalStart > 12:
		return formError(lang.T("事業年度の開始月は1〜12で入力してください", "the fiscal year starts in a month from 1 to 12"))
	}
	return nil
}

// fiscalThreshold is the threshold of the policy that says when the fiscal year starts.
const fiscalThreshold = "fiscal_year_start_month"

// saveOrganisation keeps the profile of our own organisation, and when its fiscal year starts.
func (s *Server) saveOrganisation(r *http.Request, f organisationForm) error {
	ctx := r.Context()
	return s.db.InTx(ctx, s.actor(r), func(tx *store.Tx) error {
		before, err := tx.Self(ctx)
		if lang.KindOf(err) == lang.NotFound {
			before, err = chain.Party{ID: "self", Self: true}, nil
		}
		if err != nil {
			return err
		}
		after := before
		after.Name, after.NameEN, after.Address, after.Contact, after.CorporateNumber = f.Name, f.NameEN, f.Address, f.Contact, f.Number
		if err := tx.SaveModel(ctx, chain.Model{Parties: []chain.Party{after}}); err != nil {
			return err
		}
		if err := setThresholds(ctx, tx, map[string]int{fiscalThreshold: f.FiscalStart}); err != nil {
			return err
		}
		return tx.Audit(ctx, "changed", store.Object{Kind: "party", ID: after.ID}, store.Change{Before: before, After: after})
	})
}
