package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// exposurePage shows findings as pictures: which software which vulnerability concerns, how long treating took, and what
// the causes were.
type exposurePage struct {
	Base
	Matrix, Latency, Causes chart.Picture
	More                    int // vulnerabilities that the matrix leaves out
}

// What the matrix shows at most.
const (
	matrixRows    = 30
	matrixColumns = 8
)

func (s *Server) exposure(w http.ResponseWriter, r *http.Request) error {
	p, err := s.exposurePage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "exposure", p)
}

// exposureSheet gives the table behind one of the pictures.
func (s *Server) exposureSheet(w http.ResponseWriter, r *http.Request) error {
	p, err := s.exposurePage(r)
	if err != nil {
		return err
	}
	name := r.PathValue("picture")
	picture, ok := map[string]chart.Picture{"matrix.csv": p.Matrix, "latency.csv": p.Latency, "causes.csv": p.Causes}[name]
	if !ok {
		return notFound(lang.T("この図はありません", "there is no such picture"))
	}
	return writeCSV(w, name, picture)
}

func (s *Server) exposurePage(r *http.Request) (*exposurePage, error) {
	ctx := r.Context()
	p := &exposurePage{Base: s.base(r, "vulnerabilities", lang.T("脆弱性の状況（図）", "Vulnerabilities in pictures"))}
	found, err := portfolio.Triage(ctx, s.db, portfolio.TriageFilter{})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(t portfolio.Triaged) bool { return !t.Supported })
	p.Matrix, p.More = exposureMatrix(p.Base, found)
	if p.Latency, err = s.latency(ctx, p.Base, found); err != nil {
		return nil, err
	}
	p.Causes, err = s.causes(ctx, p.Base)
	return p, err
}

// exposureMatrix lays findings, the most urgent first, over the software with most of them. A software stands as its
// gravest finding of a vulnerability does.
func exposureMatrix(b Base, found []portfolio.Triaged) (chart.Picture, int) {
	var vulns, software []string
	names, count := map[string]string{}, map[string]int{}
	for _, t := range found {
		if !slices.Contains(vulns, t.Finding.Vuln) {
			vulns = append(vulns, t.Finding.Vuln)
		}
		if names[t.Software] == "" {
			names[t.Software] = t.SoftwareName
			software = append(software, t.Software)
		}
		count[t.Software]++
	}
	more := max(len(vulns)-matrixRows, 0)
	vulns = vulns[:len(vulns)-more]
	slices.SortStableFunc(software, func(x, y string) int { return cmp.Compare(count[y], count[x]) })
	software = software[:min(len(software), matrixColumns)]
	rows := make([]chart.ExposureRow, len(vulns))
	for i, v := range vulns {
		rows[i] = chart.ExposureRow{Name: v, Href: "/vulnerabilities/" + v, Cells: make([]chart.Exposed, len(software))}
	}
	for _, t := range found {
		i, k := slices.Index(vulns, t.Finding.Vuln), slices.Index(software, t.Software)
		if i < 0 || k < 0 {
			continue
		}
		if rows[i].Note == "" {
			rows[i].Note = b.Text(t.Priority.Action.Name())
		}
		if at := exposed(t); slices.Index(gravity, at) < slices.Index(gravity, rows[i].Cells[k]) {
			rows[i].Cells[k] = at
		}
	}
	var heads []string
	for _, sw := range software {
		heads = append(heads, names[sw])
	}
	return chart.Exposure(b.Lang, "matrix", heads, rows), more
}

// gravity orders how a software may stand, the gravest first.
var gravity = []chart.Exposed{chart.Affected, chart.Investigating, chart.Fixed, chart.NotAffected, ""}

// exposed says how a finding stands in the words of the matrix; what nobody decided on is being looked into.
func exposed(t portfolio.Triaged) chart.Exposed {
	switch t.Opinion.Status {
	case triage.Affected:
		if d := t.Opinion.Decision; d != nil && !d.TreatedAt.IsZero() {
			return chart.Fixed
		}
		return chart.Affected
	case triage.NotAffected:
		return chart.NotAffected
	case triage.Fixed:
		return chart.Fixed
	}
	return chart.Investigating
}

// latency gives how many days treating took, over all decisions whose treatment is in place.
func (s *Server) latency(ctx context.Context, b Base, found []portfolio.Triaged) (chart.Picture, error) {
	decisions, err := s.db.Decisions(ctx)
	if err != nil {
		return chart.Picture{}, err
	}
	first := map[string]time.Time{}
	open := map[string]bool{}
	for _, t := range found {
		if at := first[t.Finding.Vuln]; at.IsZero() || t.Finding.FirstSeen.Before(at) {
			first[t.Finding.Vuln] = t.Finding.FirstSeen
		}
		if t.Waiting() {
			open[t.Finding.Vuln] = true
		}
	}
	var days []int
	for _, d := range decisions {
		if d.TreatedAt.IsZero() {
			continue
		}
		from := cmp.Or(first[d.Vuln], d.At)
		days = append(days, max(int(d.TreatedAt.Sub(from).Hours()/24), 0))
	}
	return chart.Latency(b.Lang, "latency", days, len(open)), nil
}

// causes counts the root causes on record by their type.
func (s *Server) causes(ctx context.Context, b Base) (chart.Picture, error) {
	records, err := s.db.Records(ctx, store.RecordFilter{Kinds: []string{"root_cause"}})
	if err != nil {
		return chart.Picture{}, err
	}
	var out []chart.Cause
	for _, rec := range records {
		name, _ := rec.Data["cwe"].(string)
		if name == "" {
			name = b.T("型の記載なし", "no type given")
		}
		i := slices.IndexFunc(out, func(c chart.Cause) bool { return c.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, chart.Cause{Name: name})
		}
		out[i].N++
	}
	return chart.Pareto(b.Lang, "causes", b.T("脆弱性の根本原因", "Root causes of vulnerabilities"), out), nil
}

// PathPicture draws how a priority was reached.
func (b Base) PathPicture(r triage.Result, n, of int) figure {
	var path []chart.PathStep
	for _, s := range r.Steps {
		path = append(path, chart.PathStep{Title: b.Text(s.Title), Said: b.Text(s.Said), Source: b.Text(s.Source), Assumed: s.Assumed})
	}
	return b.Figure(chart.Path(b.Lang, "path-"+strconv.Itoa(n)+"-"+strconv.Itoa(of), b.TreeName(r.Tree), path, b.Text(r.Action.Name())), "")
}

// TreeName gives the word for a tree of SSVC.
func (b Base) TreeName(t triage.Tree) string {
	switch t {
	case triage.Supplier:
		return b.T("供給する側", "supplier")
	case triage.Deployer:
		return b.T("運用する側", "deployer")
	}
	return string(t)
}

// freshness shows until when documents back the duties of ours, as the checks that read them say.
func freshness(b Base, documents []documentLine, rows []dutyRow) chart.Picture {
	var out []chart.Fresh
	for _, d := range documents {
		f := chart.Fresh{Name: d.Name, Href: "/evidence/" + d.Digest, From: d.ReceivedAt.In(calendar.Japan)}
		for _, row := range rows {
			backs := false
			for _, c := range row.Checks {
				if !slices.Contains(c.Evidence, d.Digest) {
					continue
				}
				backs = true
				if !c.ValidUntil.IsZero() && (f.Until.IsZero() || c.ValidUntil.Before(f.Until)) {
					f.Until = c.ValidUntil.In(calendar.Japan)
				}
			}
			if backs {
				if f.Requirements != "" {
					f.Requirements += " "
				}
				f.Requirements += string(row.ID)
			}
		}
		if f.Requirements != "" {
			out = append(out, f)
		}
	}
	return chart.Freshness(b.Lang, "freshness", b.Now.In(calendar.Japan), out)
}

// dutiesSheet gives the duties of ours over one software as a table for spreadsheet programs: the map as words.
func (s *Server) dutiesSheet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, m, err := s.softwareHead(ctx, b, r, "")
	if err != nil {
		return err
	}
	rows, err := s.duties(ctx, b, head, m)
	if err != nil {
		return err
	}
	rows = ofParty(rows, r.FormValue("party"))
	if _, err := s.putPlans(ctx, rows); err != nil {
		return err
	}
	p := chart.Picture{Columns: []string{b.T("要求ID", "ID"), b.T("個別要求", "Requirement"), b.T("役割", "Role"), b.T("状態", "Status"), b.T("根拠", "Basis"), b.T("評価の期限", "Holds until"), b.T("担当", "Owner"), b.T("期限", "Due")}}
	for _, d := range rows {
		until := ""
		if !d.ValidUntil.IsZero() {
			until = d.ValidUntil.In(calendar.Japan).Format(time.DateOnly)
		}
		p.Rows = append(p.Rows, []string{string(d.ID), d.Title, b.Role(d.Role), b.StatusName(d.Status), b.BasisName(d.Row.Basis), until, d.Plan.OwnerName, d.Plan.DueInput()})
	}
	return writeCSV(w, "duties.csv", p)
}

// freshnessSheet gives the table behind the picture of the evidence page.
func (s *Server) freshnessSheet(w http.ResponseWriter, r *http.Request) error {
	p, err := s.evidencePage(r)
	if err != nil {
		return err
	}
	return writeCSV(w, "freshness.csv", p.Fresh)
}
