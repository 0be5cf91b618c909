package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// findingPage is one vulnerability in all our releases: how urgent it is and why, what was said and decided, and the form
// to decide.
type findingPage struct {
	Base
	Vuln   string
	Found  []portfolio.Triaged // the most urgent first
	Scopes []option            // what a decision may be about, the widest last
	Form   decisionForm

	Affected []affectedSoftware
	Exposure portfolio.Exposure
	Sources  []sourceView
	Paths    []pathView
	Comments []commentView
}

// decisionForm is a decision as typed.
type decisionForm struct {
	Scope, Status, Justification, Treatment, Note, TreatBy, Until string
	Done                                                          bool
}

func (s *Server) finding(w http.ResponseWriter, r *http.Request) error {
	p, err := s.findingPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "finding", p)
}

func (s *Server) findingPage(r *http.Request) (*findingPage, error) {
	p := &findingPage{Base: s.base(r, "vulnerabilities", lang.Text{}), Vuln: r.PathValue("vuln")}
	var err error
	if p.Found, err = portfolio.Triage(r.Context(), s.db, portfolio.TriageFilter{Vuln: p.Vuln}); err != nil {
		return nil, err
	}
	if len(p.Found) == 0 {
		return nil, notFound(lang.F("%s の検出はありません", "there is no finding of %s", p.Vuln))
	}
	p.Title = p.Name()
	p.fillScopes()
	p.fillPaths()
	if p.Exposure, err = portfolio.AffectedBy(r.Context(), s.db, p.Name()); err != nil {
		return nil, err
	}
	p.Affected = affectedOf(p.Exposure)
	if p.Sources, err = s.sources(r.Context()); err != nil {
		return nil, err
	}
	p.Comments, err = s.comments(r.Context(), store.Object{Kind: "vulnerability", ID: p.Vuln}, visitOf(r).who.ID)
	return p, err
}

// pathView is how a priority was reached, with the software it is the same for.
type pathView struct {
	Result   triage.Result
	Software []string
}

// fillPaths gathers the ways the priorities were reached; findings that went the same way share one.
func (p *findingPage) fillPaths() {
	for _, t := range p.Found {
		name := t.SoftwareName + " " + t.Version
		for _, r := range t.Results {
			i := slices.IndexFunc(p.Paths, func(v pathView) bool { return v.Result.Vector == r.Vector && slices.Equal(v.Result.Steps, r.Steps) })
			if i < 0 {
				i = len(p.Paths)
				p.Paths = append(p.Paths, pathView{Result: r})
			}
			if !slices.Contains(p.Paths[i].Software, name) {
				p.Paths[i].Software = append(p.Paths[i].Software, name)
			}
		}
	}
}

// First is the most urgent finding: the one that what stands above the page is about.
func (p *findingPage) First() portfolio.Triaged { return p.Found[0] }

// Name is the CVE where there is one.
func (p *findingPage) Name() string { return cmp.Or(p.First().Finding.CVE(), p.Vuln) }

// Undecided counts the findings that wait for a decision or a treatment.
func (p *findingPage) Undecided() int {
	n := 0
	for _, t := range p.Found {
		if t.Waiting() && t.Supported {
			n++
		}
	}
	return n
}

// Due is the earliest day by which a finding that waits has to be treated.
func (p *findingPage) Due() dueView {
	var at time.Time
	for _, t := range p.Found {
		if t.Waiting() && !t.Due.IsZero() && (at.IsZero() || t.Due.Before(at)) {
			at = t.Due
		}
	}
	return dueView{p.Base, at, !at.IsZero() && at.Before(p.Now)}
}

// fillScopes offers what a decision may be about: each finding, each component in a software, each software, all.
func (p *findingPage) fillScopes() {
	add := func(name string, pairs ...string) {
		v := query(pairs...)
		if !slices.ContainsFunc(p.Scopes, func(o option) bool { return o.Value == v }) {
			p.Scopes = append(p.Scopes, option{Value: v, Name: name})
		}
	}
	for _, t := range p.Found {
		add(t.SoftwareName+" "+t.Version+p.T("：", ": ")+componentLabel(t.Finding), "component", partOf(t), "software", t.Software, "release", t.Version)
	}
	for _, t := range p.Found {
		add(p.F("%s の全リリース：%s", "all releases of %s: %s", t.SoftwareName, componentLabel(t.Finding)), "component", partOf(t), "software", t.Software)
	}
	for _, t := range p.Found {
		add(p.F("全ソフトウェア：%s", "all software: %s", componentLabel(t.Finding)), "component", partOf(t))
	}
	add(p.T("この脆弱性の検出すべて", "every finding of this vulnerability"), "all", "1")
	if p.Form.Scope == "" {
		p.Form.Scope = p.Scopes[0].Value
	}
}

// partOf names a finding's component as decisions do.
func partOf(t portfolio.Triaged) string {
	return cmp.Or(t.Finding.PURL, t.Finding.Name+" "+t.Finding.Version)
}

// decide writes down what a person decided about one finding or many.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) error {
	p, err := s.findingPage(r)
	if err != nil {
		return err
	}
	p.Form = formOf(r)
	req, err := p.request()
	var done office.Decided
	if err == nil {
		done, err = office.Decide(r.Context(), s.db, s.actor(r), req)
	}
	if k := lang.KindOf(err); err != nil && k != lang.Unexpected {
		p.Problem = lang.Explain(err, p.Lang)
		return s.render(w, http.StatusUnprocessableEntity, "finding", p)
	}
	if err != nil {
		return err
	}
	s.notice(r, lang.F("判断を記録しました。%d件の検出に適用されます", "The decision is on record. It holds for %d findings", len(done.Covers)))
	http.Redirect(w, r, "/vulnerabilities/"+url.PathEscape(p.Vuln), http.StatusSeeOther)
	return nil
}

// formOf reads a decision as typed.
func formOf(r *http.Request) decisionForm {
	return decisionForm{Scope: r.FormValue("scope"), Status: r.FormValue("status"), Justification: r.FormValue("justification"),
		Treatment: r.FormValue("treatment"), Note: strings.TrimSpace(r.FormValue("note")), TreatBy: r.FormValue("treat_by"), Until: r.FormValue("until"), Done: r.FormValue("done") != ""}
}

// request reads the form. Only a scope that was offered is taken.
func (p *findingPage) request() (office.DecideRequest, error) {
	if !slices.ContainsFunc(p.Scopes, func(o option) bool { return o.Value == p.Form.Scope }) {
		return office.DecideRequest{}, formError(lang.T("判断の対象を選んでください", "choose what the decision is about"))
	}
	scope, err := url.ParseQuery(p.Form.Scope)
	if err != nil {
		return office.DecideRequest{}, err
	}
	req, err := p.Form.request(p.Vuln)
	req.Component, req.Software, req.Release = scope.Get("component"), scope.Get("software"), scope.Get("release")
	return req, err
}

// request gives the decision about a vulnerability, with only what goes with its status.
func (f decisionForm) request(vuln string) (req office.DecideRequest, err error) {
	req = office.DecideRequest{Vuln: vuln, Status: triage.Status(f.Status), Note: f.Note}
	switch req.Status {
	case triage.NotAffected:
		req.Justification = f.Justification
	case triage.Affected:
		req.Treatment, req.Done = f.Treatment, f.Done
		if req.TreatBy, err = lastMoment(f.TreatBy); err != nil {
			return req, err
		}
	}
	req.Until, err = lastMoment(f.Until)
	return req, err
}

// lastMoment reads a day of Japan as the end of it; nothing typed is no day.
func lastMoment(day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, day, calendar.Japan)
	if err != nil {
		return t, formError(lang.T("日付を YYYY-MM-DD の形で入力してください", "write the day as YYYY-MM-DD"))
	}
	return t.AddDate(0, 0, 1).Add(-time.Second).UTC(), nil
}

// DecisionStatuses are the decisions that forms offer.
func (b Base) DecisionStatuses() []option {
	var out []option
	for _, s := range triage.Statuses {
		out = append(out, option{Value: string(s), Name: b.Decision(string(s))})
	}
	return out
}

// DecisionJustifications are the reasons of VEX why something is not affected.
func (b Base) DecisionJustifications() []option {
	words := map[string]lang.Text{
		"component_not_present":                             lang.T("その部品は含まれていない", "the component is not present"),
		"vulnerable_code_not_present":                       lang.T("脆弱なコードは含まれていない", "the vulnerable code is not present"),
		"vulnerable_code_not_in_execute_path":               lang.T("脆弱なコードは実行されない", "the vulnerable code is never executed"),
		"vulnerable_code_cannot_be_controlled_by_adversary": lang.T("攻撃者は脆弱なコードを操作できない", "an adversary cannot control the vulnerable code"),
		"inline_mitigations_already_exist":                  lang.T("緩和策がすでに組み込まれている", "mitigations are built in already"),
	}
	var out []option
	for _, j := range triage.Justifications {
		out = append(out, option{Value: j, Name: b.Text(words[j])})
	}
	return out
}

// DecisionTreatments are what can be done about what is affected.
func (b Base) DecisionTreatments() []option {
	words := map[string]lang.Text{"fix": lang.T("修正する", "fix"), "workaround": lang.T("回避策をとる", "work around"), "accept": lang.T("受容する（期限が必要）", "accept, until a day")}
	var out []option
	for _, t := range triage.Treatments {
		out = append(out, option{Value: t, Name: b.Text(words[t])})
	}
	return out
}
