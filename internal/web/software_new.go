package web

import (
	"net/http"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// softwareNewPage registers a software: first the picture of the deal (table 4), then who we are in it.
type softwareNewPage struct {
	Base
	Templates []templateView
	Chosen    *templateView // nil: nothing chosen yet
	Name      string
	Package   guideline.Level
	Reason    string
	Row       string        // key of the row we are
	Preview   []previewDuty // our duties, when row and level are chosen
	Left      []leftOut     // the other requirements, and why they are not ours
	Known     []string      // names of parties that exist
	Delivered bool
	Running   bool
	Core      bool
}

// templateView is one use case of table 4.
type templateView struct {
	guideline.Template
	Rows []templateRow
}

type templateRow struct {
	guideline.TemplateParty
	OrgName           string
	Name              string // as typed, else as printed
	Minimum, Standard int    // how many individual requirements this row answers for
}

// Role gives a row's mark for a role, or nothing.
func (t templateRow) Role(r guideline.Role) *guideline.RoleMark {
	for i, m := range t.Roles {
		if m.Role == r {
			return &t.Roles[i]
		}
	}
	return nil
}

type previewDuty struct {
	ID    guideline.ID
	Title string
	Roles []guideline.Role // by which it is ours
	Basic bool             // of the minimum level too
}

// leftOut is a requirement that is no duty of the chosen row.
type leftOut struct {
	ID         guideline.ID
	Title, Why string
}

func (s *Server) softwareNew(w http.ResponseWriter, r *http.Request) error {
	p, err := s.softwareNewPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "software_new", p)
}

func (s *Server) softwareNewPage(r *http.Request) (*softwareNewPage, error) {
	p := &softwareNewPage{Base: s.base(r, "software", lang.T("ソフトウェアの登録", "Register software"))}
	p.Name, p.Reason, p.Row = strings.TrimSpace(r.FormValue("name")), strings.TrimSpace(r.FormValue("reason")), r.FormValue("row")
	p.Package = guideline.Level(r.FormValue("level"))
	if p.Package != guideline.Standard {
		p.Package = guideline.Minimum
	}
	p.Delivered, p.Running, p.Core = r.FormValue("delivered") != "", r.FormValue("running") != "", r.FormValue("core") != ""
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return nil, err
	}
	for _, party := range m.Parties {
		if !party.Self && party.Parent == "" {
			p.Known = append(p.Known, party.Name)
		}
	}
	for _, t := range guideline.Default().Templates() {
		v := templateRows(p.Base, t, r.FormValue)
		p.Templates = append(p.Templates, v)
		if t.ID == r.FormValue("template") {
			p.Chosen = &v
		}
	}
	if p.Chosen != nil && p.Row != "" {
		p.Preview = preview(p.Base, *p.Chosen, p.Row, p.Package)
		p.Left = leftOuts(p.Base, p.Preview, p.Package)
	}
	return p, nil
}

func templateRows(b Base, t guideline.Template, form func(string) string) templateView {
	c := guideline.Default()
	v := templateView{Template: t}
	for _, party := range t.Parties {
		row := templateRow{TemplateParty: party, Name: b.Text(party.Name)}
		for _, o := range t.Orgs {
			if o.Key == party.Org {
				row.OrgName = b.Text(o.Name)
			}
		}
		if typed := strings.TrimSpace(form("name-" + party.Key)); typed != "" {
			row.Name = typed
		}
		roles := rolesOf(party)
		row.Minimum, row.Standard = len(c.Duties(roles, guideline.Minimum)), len(c.Duties(roles, guideline.Standard))
		v.Rows = append(v.Rows, row)
	}
	return v
}

func rolesOf(p guideline.TemplateParty) []guideline.Role {
	var out []guideline.Role
	for _, m := range p.Roles {
		out = append(out, m.Role)
	}
	return out
}

// preview lists the duties a row would have, each with the roles it comes from.
func preview(b Base, t templateView, key string, level guideline.Level) []previewDuty {
	i := slices.IndexFunc(t.Rows, func(row templateRow) bool { return row.Key == key })
	if i < 0 {
		return nil
	}
	roles := rolesOf(t.Rows[i].TemplateParty)
	var out []previewDuty
	for _, id := range guideline.Default().Duties(roles, level) {
		in, _ := guideline.Default().Individual(id)
		d := previewDuty{ID: id, Title: b.Text(in.Title), Basic: in.At(guideline.Minimum)}
		for _, role := range roles {
			if in.AppliesTo(role) {
				d.Roles = append(d.Roles, role)
			}
		}
		out = append(out, d)
	}
	return out
}

// leftOuts lists the requirements that are not among the duties, each with the reason.
func leftOuts(b Base, duties []previewDuty, level guideline.Level) []leftOut {
	if len(duties) == 0 {
		return nil
	}
	var out []leftOut
	for _, in := range guideline.Default().Individuals() {
		if slices.ContainsFunc(duties, func(d previewDuty) bool { return d.ID == in.ID }) {
			continue
		}
		var holders []string
		for _, r := range in.Roles {
			holders = append(holders, b.Role(r))
		}
		l := leftOut{ID: in.ID, Title: b.Text(in.Title)}
		if in.At(level) {
			l.Why = b.F("%sが果たす要求で、選んだ行はその役割を担いません", "asked of the %s, a role that the chosen row does not hold", strings.Join(holders, b.T("・", ", ")))
		} else {
			l.Why = b.F("標準の水準だけに含まれます（役割：%s）", "part of the standard level only (roles: %s)", strings.Join(holders, b.T("・", ", ")))
		}
		out = append(out, l)
	}
	return out
}

// addSoftware makes the software with its parties, arrangement and agreements from the chosen use case.
func (s *Server) addSoftware(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.softwareNewPage(r)
	if err != nil {
		return err
	}
	again := func(problem lang.Text) error {
		p.Problem = p.Text(problem)
		return s.render(w, http.StatusUnprocessableEntity, "software_new", p)
	}
	switch {
	case p.Chosen == nil:
		return again(lang.T("取引の形を選んでください", "choose the form of the deal"))
	case p.Name == "":
		return again(lang.T("ソフトウェアの名称を入力してください", "give the name of the software"))
	case len(p.Preview) == 0:
		return again(lang.T("自組織がどの行に当たるかを選んでください", "choose which row you are"))
	}
	var id string
	err = s.db.InTx(ctx, s.actor(r), func(tx *store.Tx) error {
		known, err := tx.LoadModel(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(known.Software, func(sw chain.Software) bool { return sw.Name == p.Name }) {
			return &lang.Error{Kind: lang.Conflict, What: lang.F("「%s」は登録済みです", "%q is registered already", p.Name)}
		}
		id = tx.NewID()
		m := chain.FromTemplate(p.Chosen.Template, p.start(known, id))
		m.Software[0].Delivered, m.Software[0].Running, m.Software[0].CoreInfrastructure = p.Delivered, p.Running, p.Core
		if err := tx.SaveModel(ctx, m); err != nil {
			return err
		}
		return tx.Audit(ctx, "added", store.Object{Kind: "software", ID: id}, store.Change{After: m})
	})
	if lang.KindOf(err) == lang.Conflict || lang.KindOf(err) == lang.Inconsistent {
		p.Problem = lang.Explain(err, p.Lang)
		return s.render(w, http.StatusUnprocessableEntity, "software_new", p)
	}
	if err != nil {
		return err
	}
	if err := s.reassess(r, "software registered", fact.Subject{Kind: fact.Software, ID: id}); err != nil {
		return err
	}
	s.notice(r, lang.F("「%s」を登録しました。自組織の責務は %d 件の個別要求です", "%q is registered. %d requirements are your duties", p.Name, len(p.Preview)))
	http.Redirect(w, r, "/software/"+id, http.StatusSeeOther)
	return nil
}

// start fills the use case: our row is our own organisation (or a new unit of it, where the row is a unit), and rows with
// the name of a party that exists are that party.
func (p *softwareNewPage) start(known chain.Model, id string) chain.Start {
	st := chain.Start{Prefix: id + "-", Software: p.Name, SoftwareID: id, Level: p.Package, LevelReason: p.Reason,
		Parties: map[string]string{}, Names: map[string]string{}, Lang: p.Lang}
	self := ""
	byName := map[string]string{}
	for _, party := range known.Parties {
		if party.Self {
			self = party.ID
		} else if party.Parent == "" {
			byName[party.Name] = party.ID
		}
	}
	for _, row := range p.Chosen.Rows {
		st.Names[row.Key] = row.Name
		switch {
		case row.Key == p.Row && row.Org != "":
			st.Parties["org-"+row.Org] = self
		case row.Key == p.Row:
			st.Parties[row.Key] = self
		case row.Org == "" && byName[row.Name] != "":
			st.Parties[row.Key] = byName[row.Name]
		}
	}
	return st
}
