package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/store"
)

// searchPage is what was found by words, when an id did not lead straight to its page.
type searchPage struct {
	Base
	Query        string
	Software     []option
	Parties      []string
	Documents    []store.Document
	Requirements []guideline.Individual
	Components   []store.Component
	Records      []recordFound
}

// recordFound is a record of a register that has the words.
type recordFound struct{ Kind, Name, Href string }

// Found reports whether anything was found.
func (p *searchPage) Found() bool {
	return len(p.Software)+len(p.Parties)+len(p.Documents)+len(p.Requirements)+len(p.Components)+len(p.Records) > 0
}

var (
	vulnerabilityID = pattern.Of(`^(?i)(CVE|GHSA|OSV|GO|PYSEC|RUSTSEC|JVN|JVNDB|DSA|ALSA|RHSA|USN|MAL)-[A-Za-z0-9:.-]+$`)
	sha256Hex       = pattern.Of(`^(sha256:)?[0-9a-fA-F]{64}$`)
)

const searchShown = 30

// search leads to the page an id names; anything else is looked for as words.
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := strings.TrimSpace(r.FormValue("q"))
	if to := s.direct(r, q); to != "" {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	p := &searchPage{Base: s.base(r, "", lang.T("検索結果", "Search")), Query: q}
	if q == "" {
		return s.render(w, http.StatusOK, "search", p)
	}
	has := func(texts ...string) bool {
		for _, t := range texts {
			if strings.Contains(strings.ToLower(t), strings.ToLower(q)) {
				return true
			}
		}
		return false
	}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	for _, sw := range m.Software {
		if has(sw.Name, sw.Summary) {
			p.Software = append(p.Software, option{Value: sw.ID, Name: sw.Name})
		}
	}
	for _, party := range m.Parties {
		if has(party.Name, party.NameEN, party.CorporateNumber) {
			p.Parties = append(p.Parties, party.Name)
		}
	}
	for _, in := range guideline.Default().Individuals() {
		if has(in.Title.JA, in.Title.EN, in.Text.JA, in.Text.EN) {
			p.Requirements = append(p.Requirements, in)
		}
	}
	documents, err := s.db.Documents(ctx, store.DocumentFilter{})
	if err != nil {
		return err
	}
	for _, d := range documents {
		if has(d.Name) && len(p.Documents) < searchShown {
			p.Documents = append(p.Documents, d)
		}
	}
	records, err := s.db.Records(ctx, store.RecordFilter{})
	if err != nil {
		return err
	}
	for _, rec := range records {
		kind, known := guideline.Default().Register(rec.Kind)
		if words, _ := json.Marshal(rec.Data); known && has(rec.Key, string(words)) && len(p.Records) < searchShown {
			p.Records = append(p.Records, recordFound{p.Text(kind.Title), rec.Key, "/registers/" + rec.Kind + "/" + rec.ID})
		}
	}
	components, err := s.db.Components(ctx)
	if err != nil {
		return err
	}
	for _, c := range components {
		if has(c.PURL, c.Name) && len(p.Components) < searchShown {
			p.Components = append(p.Components, c)
		}
	}
	return s.render(w, http.StatusOK, "search", p)
}

// direct gives the page that an id of a requirement, a vulnerability or a document names; empty when it is none.
func (s *Server) direct(r *http.Request, q string) string {
	if id, err := guideline.ParseID(q); err == nil {
		if _, ok := guideline.Default().Individual(id); ok {
			return "/requirements/" + slug(id)
		}
	}
	if vulnerabilityID().MatchString(q) {
		return "/vulnerabilities?" + query("q", q)
	}
	if sha256Hex().MatchString(q) {
		digest := "sha256:" + strings.ToLower(strings.TrimPrefix(strings.ToLower(q), "sha256:"))
		if _, err := s.db.Document(r.Context(), digest); err == nil {
			return "/evidence/" + digest
		}
		if releases, err := s.db.ReleasesWithArtifact(r.Context(), digest); err == nil && len(releases) > 0 {
			return "/software/" + releases[0].Software + "?" + query("release", releases[0].ID)
		}
	}
	return ""
}
