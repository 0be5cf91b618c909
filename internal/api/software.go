package api

import (
	"context"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// SoftwareItem is one software of the list.
type SoftwareItem struct {
	chain.Software
	Releases int    `json:"releases" doc:"How many releases are kept"`
	Latest   string `json:"latest,omitempty" doc:"Version of the latest supported release, which statuses are about when none is named"`
}

func (s *server) software(ctx context.Context, _ *call, in *struct{ Page }) (List[SoftwareItem], error) {
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return List[SoftwareItem]{}, err
	}
	count := map[string]int{}
	for _, r := range m.Releases {
		count[r.Software]++
	}
	var all []SoftwareItem
	for _, v := range m.Software {
		latest, _ := judging.Latest(m, v.ID, s.db.Now().Format(time.DateOnly))
		all = append(all, SoftwareItem{v, count[v.ID], latest.Version})
	}
	return cut(all, func(v SoftwareItem) string { return v.ID }, in.Page)
}

// NameInput is a name in a path.
type NameInput struct {
	Name string `path:"name" doc:"Name of the software, or of the system"`
}

func (s *server) releases(ctx context.Context, _ *call, in *struct {
	NameInput
	Page
}) (List[chain.Release], error) {
	software, err := s.db.SoftwareByName(ctx, in.Name)
	if err != nil {
		return List[chain.Release]{}, err
	}
	all, err := s.db.ReleasesOf(ctx, software.ID)
	if err != nil {
		return List[chain.Release]{}, err
	}
	return cut(all, func(r chain.Release) string { return r.ID }, in.Page)
}

// Whose narrows statuses to a party.
type Whose struct {
	Party string `query:"party" doc:"Id of a party; our own organisation when empty"`
	All   bool   `query:"all" doc:"The duties of every party"`
}

func (s *server) softwareStatus(ctx context.Context, c *call, in *struct {
	NameInput
	Whose
	Release string `query:"release" doc:"Version; the latest supported release when empty"`
}) (judging.StatusSheet, error) {
	return s.status(ctx, c, judging.Target{Software: in.Name, Release: in.Release}, in.Whose)
}

func (s *server) systemStatus(ctx context.Context, c *call, in *struct {
	NameInput
	Whose
}) (judging.StatusSheet, error) {
	return s.status(ctx, c, judging.Target{System: in.Name}, in.Whose)
}

func (s *server) status(ctx context.Context, c *call, t judging.Target, w Whose) (judging.StatusSheet, error) {
	subject, err := judging.Subject(ctx, s.db, c.actor, t)
	if err != nil {
		return judging.StatusSheet{}, forReading(err)
	}
	t.Party = w.Party
	return judging.SheetOf(ctx, s.db, c.lang, subject, t, w.All)
}

// forReading takes the hint to create away: reading changes nothing.
func forReading(err error) error {
	if lang.KindOf(err) != lang.NotFound {
		return err
	}
	return &lang.Error{Kind: lang.NotFound, What: lang.T(firstSentence(err, lang.JA), firstSentence(err, lang.EN)),
		Next: lang.T("GET /api/v1/software で名前を確かめてください", "look for the name with GET /api/v1/software")}
}

func firstSentence(err error, l lang.Lang) string {
	line, _, _ := strings.Cut(lang.Explain(err, l), "\n")
	return line
}

func (s *server) chain(ctx context.Context, c *call, _ *struct{}) (chain.Model, error) {
	m, err := s.db.LoadModel(ctx)
	return tagged(c, m, err)
}

// applyChain does what `tasuki chain apply` does. What keeps it from being stored is named with its place or its rule.
func (s *server) applyChain(ctx context.Context, c *call, in *struct{ Matching }) (office.ModelCheck, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	current, err := s.db.LoadModel(ctx)
	if err == nil {
		err = in.holds(c, current, false)
	}
	if err != nil {
		return office.ModelCheck{}, err
	}
	b, err := c.body(office.MaxModel)
	if err != nil {
		return office.ModelCheck{}, err
	}
	m, err := office.ReadModel("body", b)
	if err != nil {
		return office.ModelCheck{}, err
	}
	check, err := office.ApplyModel(ctx, s.db, c.actor, m, c.lang)
	if err != nil || check.Applied {
		return check, err
	}
	p := problemOf(c.visit, &lang.Error{Kind: lang.Inconsistent, What: lang.T("体制を登録していません", "the deal was not stored"),
		Next: lang.T("problems に挙げた箇所を直してください", "mend what problems names")})
	p.Problems = check.Problems
	for _, f := range chain.Blocking(check.Findings) {
		p.Problems = append(p.Problems, judging.Problem{Where: f.Rule, What: f.What.In(c.lang) + " → " + f.Next.In(c.lang)})
	}
	return check, p
}

func (s *server) cve(ctx context.Context, c *call, in *struct {
	ID    string `path:"id" maxLength:"4096" doc:"CVE-…, GHSA-…, JVNDB-… or any other id of the vulnerability; or a package URL or SHA-256"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"how many affected components of releases are given; total says how many there are"`
	From  int    `query:"from" minimum:"0" default:"0" doc:"how many are passed over first"`
}) (portfolio.ExposureView, error) {
	e, err := portfolio.AffectedPage(ctx, s.db, in.ID, portfolio.Page{From: in.From, Limit: in.Limit})
	return e.In(c.lang), err
}

func (s *server) replay(ctx context.Context, _ *call, in *struct {
	Incident string `path:"incident" maxLength:"100" doc:"log4shell, build-system, vpn or xz"`
	Party    string `query:"party" maxLength:"200" doc:"build-system: whose updates are taken to be tampered with; default: the maker of the widest reach"`
}) (office.Replay, error) {
	return office.RunReplay(ctx, s.db, office.ReplayRequest{Scenario: in.Incident, Party: in.Party})
}

// Source is one source of advisories.
type Source struct {
	store.AdvisorySource
	AgeDays int `json:"age_days" doc:"Whole days since it was fetched"`
}

func (s *server) advisories(ctx context.Context, _ *call, _ *struct{}) (List[Source], error) {
	sources, err := s.db.AdvisorySources(ctx)
	out := List[Source]{Items: []Source{}}
	for _, v := range sources {
		out.Items = append(out.Items, Source{v, int(s.db.Now().Sub(v.LoadedAt).Hours() / 24)})
	}
	return out, err
}

func (s *server) guideline(_ context.Context, _ *call, _ *struct{}) (any, error) {
	return guideline.Default().Export("")
}

func (s *server) guidelineList(_ context.Context, _ *call, in *struct {
	What string `path:"what" doc:"requirements, responsibilities, threats, incidents, templates, crosswalks, glossary, references …"`
}) (any, error) {
	return guideline.Default().Export(in.What)
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// subjectFilter is a subject by names; nil when none is named.
func (s *server) subjectFilter(ctx context.Context, c *call, text string) ([]fact.Subject, error) {
	if text == "" {
		return nil, nil
	}
	subject, err := office.NamedSubject(ctx, s.db, c.actor, text)
	return []fact.Subject{subject}, err
}
