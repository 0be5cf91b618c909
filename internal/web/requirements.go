package web

import (
	"context"
	"net/http"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/lang"
)

// requirementsPage is the 69 individual requirements under their 21 requirements and 6 categories, narrowed by role and
// level.
type requirementsPage struct {
	Base
	Groups  []requirementGroup
	Role    string
	Package guideline.Level
	Total   int
	Chips   []chip
	Levels  []chip

	Software []softwareLine // the columns: those with the most left to do
	More     int            // software that has no column
	At       map[guideline.ID][]standing
}

// standing is how one software stands at one requirement: our gravest status there; none when it is no duty of ours.
type standing struct {
	Software string
	Status   assess.Status
	Href     string
}

// matrixSoftware is how many software the matrix has columns for.
const matrixSoftware = 6

type requirementGroup struct {
	guideline.Category
	Requirements []requirementView
}

type requirementView struct {
	guideline.Requirement
	Individuals []guideline.Individual
}

func (s *Server) requirements(w http.ResponseWriter, r *http.Request) error {
	p := requirementsFor(s.base(r, "requirements", lang.T("要求事項", "Requirements")), r.FormValue("role"), guideline.Level(r.FormValue("level")))
	if err := s.fillMatrix(r.Context(), p); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "requirements", p)
}

// fillMatrix puts the software with the most left to do beside the requirements.
func (s *Server) fillMatrix(ctx context.Context, p *requirementsPage) error {
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	all, err := s.softwareLines(ctx, m)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(l softwareLine) bool { return l.Counts.Total == 0 })
	slices.SortStableFunc(all, func(a, b softwareLine) int { return b.Counts.Open() - a.Counts.Open() })
	p.Software = all[:min(len(all), matrixSoftware)]
	p.More = len(all) - len(p.Software)
	for i, sw := range p.Software {
		rows, err := s.dutiesOf(ctx, p.Base, softwareHead{Software: sw.Software, Release: sw.Release}, m, sw.subject(), nil)
		if err != nil {
			return err
		}
		p.stand(i, sw, ofParty(rows, ""))
	}
	return nil
}

// stand puts the duties over one software into its column.
func (p *requirementsPage) stand(column int, sw softwareLine, rows []dutyRow) {
	if p.At == nil {
		p.At = map[guideline.ID][]standing{}
	}
	for _, row := range rows {
		if p.At[row.ID] == nil {
			p.At[row.ID] = make([]standing, len(p.Software))
		}
		cell := &p.At[row.ID][column]
		if cell.Status == "" || concern(row.Status) < concern(cell.Status) {
			*cell = standing{sw.Name, row.Status, row.Href}
		}
	}
}

// Width is how many columns the table has.
func (p *requirementsPage) Width() int { return 2 + len(p.Software) }

// Standings gives how each software with a column stands at a requirement.
func (p *requirementsPage) Standings(id guideline.ID) []standing {
	if at := p.At[id]; at != nil {
		return at
	}
	return make([]standing, len(p.Software))
}

// requirementsFor lists the requirements of a role (empty: all) at a level.
func requirementsFor(b Base, role string, asked guideline.Level) *requirementsPage {
	c := guideline.Default()
	p := &requirementsPage{Base: b, Role: role, Package: asked}
	for _, cat := range c.Categories() {
		g := requirementGroup{Category: cat}
		for _, req := range c.Requirements() {
			if req.Category != cat.Number {
				continue
			}
			v := requirementView{Requirement: req}
			for _, in := range c.Individuals() {
				if in.Requirement == req.ID && p.wants(in) {
					v.Individuals = append(v.Individuals, in)
				}
			}
			if len(v.Individuals) > 0 {
				g.Requirements = append(g.Requirements, v)
				p.Total += len(v.Individuals)
			}
		}
		if len(g.Requirements) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	level := string(p.Package)
	p.Chips = []chip{{Name: p.T("全ての役割", "All roles"), Href: "?" + query("level", level), On: p.Role == ""}}
	for _, role := range guideline.Roles {
		p.Chips = append(p.Chips, chip{Name: p.Base.Role(role), Href: "?" + query("role", string(role), "level", level), On: p.Role == string(role)})
	}
	p.Levels = []chip{{Name: p.T("標準（69件）", "Standard (69)"), Href: "?" + query("role", p.Role), On: p.Package != guideline.Minimum},
		{Name: p.T("最低限（49件）", "Minimum (49)"), Href: "?" + query("role", p.Role, "level", "minimum"), On: p.Package == guideline.Minimum}}
	return p
}

func (p *requirementsPage) wants(in guideline.Individual) bool {
	return (p.Role == "" || in.AppliesTo(guideline.Role(p.Role))) && (p.Package != guideline.Minimum || in.At(guideline.Minimum))
}

// requirementPage is one individual requirement with everything the catalogue has on it.
type requirementPage struct {
	Base
	Individual guideline.Individual
	Parent     guideline.Requirement
	Category   guideline.Category
	Practices  []guideline.Practice
	Crosswalks []crosswalkView
	Checks     []guideline.Check
	Registers  []guideline.Register // whose records feed it
	Tables     []guideline.Table    // that it puts out
	Prev, Next guideline.ID
}

// crosswalkView is what one other document has on the requirement above the individual one.
type crosswalkView struct {
	Document guideline.Text
	Cells    []crosswalkCell
}

type crosswalkCell struct {
	Column guideline.Text
	Items  []guideline.CrosswalkItem
}

func (s *Server) requirement(w http.ResponseWriter, r *http.Request) error {
	id, err := guideline.ParseID(r.PathValue("requirement"))
	if err != nil {
		return err
	}
	in, ok := guideline.Default().Individual(id)
	if !ok {
		return notFound(lang.F("個別要求 %s はありません", "there is no requirement %s", id))
	}
	return s.render(w, http.StatusOK, "requirement", requirementFor(s.base(r, "requirements", lang.Text{}), in))
}

// requirementFor gathers what the catalogue has on one individual requirement.
func requirementFor(b Base, in guideline.Individual) *requirementPage {
	c, id := guideline.Default(), in.ID
	p := &requirementPage{Base: b, Individual: in, Practices: c.Practices(id), Checks: c.ChecksOf(id)}
	p.Title = string(id) + " " + p.Text(in.Title)
	p.Registers, p.Tables = registersFor(id), tablesOf(id)
	p.Parent, _ = c.Requirement(in.Requirement)
	p.Category = c.Categories()[in.Category-1]
	all := c.Individuals()
	i := slices.IndexFunc(all, func(x guideline.Individual) bool { return x.ID == id })
	if i > 0 {
		p.Prev = all[i-1].ID
	}
	if i+1 < len(all) {
		p.Next = all[i+1].ID
	}
	for _, x := range c.Crosswalks().ByRequirement() {
		if v := crosswalkOf(x, in.Requirement); len(v.Cells) > 0 {
			p.Crosswalks = append(p.Crosswalks, v)
		}
	}
	return p
}

// registersFor gives the registers whose records feed a requirement.
func registersFor(id guideline.ID) []guideline.Register {
	e, _ := assess.Explain(id, guideline.DefaultPolicy())
	return e.Registers
}

func crosswalkOf(x guideline.Crosswalk, id guideline.ID) crosswalkView {
	v := crosswalkView{Document: x.Title}
	row, _ := x.Row(id)
	for _, cell := range row.Cells {
		if len(cell.Items) == 0 {
			continue
		}
		cv := crosswalkCell{Items: cell.Items}
		for _, col := range x.Columns {
			if col.ID == cell.Column {
				cv.Column = col.Title
			}
		}
		v.Cells = append(v.Cells, cv)
	}
	return v
}

// Phase gives the word for a life-cycle phase.
func (b Base) Phase(p guideline.Phase) string {
	switch p.Name {
	case "plan":
		return b.T("企画", "plan")
	case "design":
		return b.T("設計", "design")
	case "build":
		return b.T("実装", "build")
	case "test":
		return b.T("試験", "test")
	case "release":
		return b.T("提供", "release")
	case "operate":
		return b.T("運用", "operate")
	case "dispose":
		return b.T("廃止", "dispose")
	}
	return p.Name
}
