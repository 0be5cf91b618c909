package web

import (
	"bytes"
	"cmp"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/report/xlsx"
)

// tablesPage lists the lists and matrices that requirements put out.
type tablesPage struct {
	Base
	Groups []tableGroup
}

// tableGroup is the tables of one category.
type tableGroup struct {
	Title  string
	Tables []guideline.Table
}

// tablePage is one list or matrix, filled in for one thing.
type tablePage struct {
	Base
	Table    guideline.Table
	About    string   // what it is filled in for, as the address says it: release:ID
	Choices  []option // what it may be filled in for
	Nothing  string   // why it cannot be filled in; empty: it was
	At       time.Time
	List     xlsx.List // the rows that are shown
	Query    string
	Sort     string // a column counted from 1, "-" before it: the largest first
	Orders   []option
	Total    int // rows in all
	Matching int // of them, those that are asked for
	Evidence []evidenceView
	Files    []chip // the same rows as files
	Prev     string
	Next     string
}

func (s *Server) tables(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, http.StatusOK, "tables", tablesFor(s.base(r, "requirements", lang.T("一覧・対応表", "Lists and matrices"))))
}

func tablesFor(b Base) *tablesPage {
	p := &tablesPage{Base: b}
	for _, cat := range guideline.Default().Categories() {
		g := tableGroup{Title: b.F("S(%d) %s", "S(%d) %s", cat.Number, b.Text(cat.Title))}
		for _, t := range guideline.Default().Tables() {
			if in, ok := guideline.Default().Individual(t.Requirement); ok && in.Category == cat.Number {
				g.Tables = append(g.Tables, t)
			}
		}
		if len(g.Tables) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}

// tablesOf gives the lists and matrices of a requirement.
func tablesOf(id guideline.ID) []guideline.Table {
	return slices.DeleteFunc(guideline.Default().Tables(), func(t guideline.Table) bool { return t.Requirement != id })
}

func (s *Server) table(w http.ResponseWriter, r *http.Request) error {
	p, err := s.tablePage(r)
	if err != nil {
		return err
	}
	from, to, prev, next := cut(len(p.List.Rows), tablePageSize, r)
	p.List.Rows = p.List.Rows[from:to]
	p.Prev, p.Next = pageLink(prev, "about", p.About, "q", p.Query, "sort", p.Sort), pageLink(next, "about", p.About, "q", p.Query, "sort", p.Sort)
	return s.render(w, http.StatusOK, "table", p)
}

// tablePageSize is how many rows of a table stand on one page.
const tablePageSize = 200

// tableFile gives the rows that the page shows as a file.
func (s *Server) tableFile(w http.ResponseWriter, r *http.Request) error {
	p, err := s.tablePage(r)
	if err != nil {
		return err
	}
	format := strings.TrimPrefix(path.Ext(r.PathValue("file")), ".")
	if !slices.Contains(office.TableFormats, format) || p.Nothing != "" {
		return notFound(lang.T("このファイルはありません", "there is no such file"))
	}
	if p.Query != "" {
		p.List.About += "  " + p.F("「%[1]s」を含む行のみ（全%[2]d行中%[3]d行）", "only rows with “%[1]s” (%[3]d of %[2]d)", p.Query, p.Total, p.Matching)
	}
	var b bytes.Buffer
	if err := office.WriteTable(&b, format, p.List, p.Lang); err != nil {
		return err
	}
	attachment(w.Header(), p.Table.ID+"."+format, "application/octet-stream")
	_, err = w.Write(b.Bytes())
	return err
}

// tablePage fills a table in for what the address names, else for the first thing it can be filled in for.
func (s *Server) tablePage(r *http.Request) (*tablePage, error) {
	ctx := r.Context()
	t, ok := guideline.Default().Table(r.PathValue("table"))
	if !ok {
		return nil, notFound(lang.T("この一覧はありません", "there is no such table"))
	}
	p := &tablePage{Base: s.base(r, "requirements", t.Title), Table: t, Query: strings.TrimSpace(r.FormValue("q")), Sort: r.FormValue("sort")}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	p.Choices = tableChoices(p.Base, m, t.Scope, r.FormValue("about"))
	subject := fact.Subject{}
	if c := chosen(p.Choices); c != nil {
		p.About = c.Value
		kind, id, _ := strings.Cut(c.Value, ":")
		subject = fact.Subject{Kind: fact.SubjectKind(kind), ID: id}
	} else if t.Scope != guideline.OrgScope {
		p.Nothing = p.T("一覧の対象になるものが、まだ登録されていません。", "There is nothing yet that it could be about.")
		return p, nil
	}
	rows, err := judging.Table(ctx, s.db, subject, t.ID)
	if lang.KindOf(err) == lang.Nothing {
		p.Nothing = lang.Explain(err, p.Lang)
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.fill(rows)
	p.Evidence = s.evidenceLookup(ctx, p.Base, m, nil)(rows.Evidence)
	return p, nil
}

// fill lays the rows out that are asked for, in the order that is asked for.
func (p *tablePage) fill(rows assess.TableRows) {
	about := ""
	if c := chosen(p.Choices); c != nil {
		about = c.Name
	}
	p.At, p.List, p.Total = rows.At, office.TableList(rows, about, p.Lang), len(rows.Rows)
	if p.Query != "" {
		want := strings.ToLower(p.Query)
		p.List.Rows = slices.DeleteFunc(p.List.Rows, func(row []string) bool { return !strings.Contains(strings.ToLower(strings.Join(row, "\n")), want) })
	}
	p.Matching = len(p.List.Rows)
	p.Sort = sortRows(p.List.Rows, p.Sort, len(p.List.Columns))
	for i, c := range p.List.Columns {
		n := strconv.Itoa(i + 1)
		p.Orders = append(p.Orders, option{Value: n, Name: p.F("%s（小さい順）", "%s, smallest first", c), Selected: p.Sort == n},
			option{Value: "-" + n, Name: p.F("%s（大きい順）", "%s, largest first", c), Selected: p.Sort == "-"+n})
	}
	for _, f := range []struct{ ending, name string }{{"xlsx", "Excel"}, {"csv", "CSV"}, {"md", "Markdown"}} {
		p.Files = append(p.Files, chip{Name: f.name, Href: "/tables/" + p.Table.ID + "/" + p.Table.ID + "." + f.ending + "?" + query("about", p.About, "q", p.Query, "sort", p.Sort)})
	}
}

// sortRows orders rows by a column, numbers as numbers and empty cells last, and gives the order back; empty when there
// is no such column, and nothing was moved.
func sortRows(rows [][]string, order string, columns int) string {
	digits, descending := strings.CutPrefix(order, "-")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > columns {
		return ""
	}
	slices.SortStableFunc(rows, func(x, y []string) int {
		a, b := x[n-1], y[n-1]
		if (a == "") != (b == "") {
			return cmp.Compare(len(b), len(a))
		}
		c := strings.Compare(a, b)
		af, err1 := strconv.ParseFloat(a, 64)
		if bf, err2 := strconv.ParseFloat(b, 64); err1 == nil && err2 == nil {
			c = cmp.Compare(af, bf)
		}
		if descending {
			return -c
		}
		return c
	})
	return order
}

// Ordered says how a column, counted from 0, is ordered: ascending, descending, or not at all.
func (p *tablePage) Ordered(column int) string {
	switch p.Sort {
	case strconv.Itoa(column + 1):
		return "ascending"
	case "-" + strconv.Itoa(column+1):
		return "descending"
	}
	return ""
}

// SortHref leads to the table ordered by a column, the other way round when it is already.
func (p *tablePage) SortHref(column int) string {
	order := strconv.Itoa(column + 1)
	if p.Sort == order {
		order = "-" + order
	}
	return "?" + query("about", p.About, "q", p.Query, "sort", order)
}

func chosen(options []option) *option {
	if i := slices.IndexFunc(options, func(o option) bool { return o.Selected }); i >= 0 {
		return &options[i]
	}
	return nil
}

// tableChoices gives what a table of a scope can be filled in for, with the one that is wanted selected, else the first:
// every release of our software, the latest first, or our systems. A software without a release stands for itself.
func tableChoices(b Base, m chain.Model, scope guideline.Scope, want string) []option {
	if scope == guideline.OrgScope {
		return nil
	}
	var out []option
	add := func(s fact.Subject) {
		value := string(s.Kind) + ":" + s.ID
		out = append(out, option{Value: value, Name: subjectName(b, m, s), Selected: value == want})
	}
	for _, s := range judging.OurDeals(m) {
		if (s.Kind == fact.System) != (scope == guideline.SystemScope) {
			continue
		}
		n := len(out)
		for _, rel := range slices.Backward(m.Releases) {
			if s.Kind == fact.Software && rel.Software == s.ID {
				add(fact.Subject{Kind: fact.Release, ID: rel.ID})
			}
		}
		if len(out) == n {
			add(s)
		}
	}
	if len(out) > 0 && chosen(out) == nil {
		out[0].Selected = true
	}
	return out
}
