package demo

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// Summary says what the demo made and what came of it.
type Summary struct {
	Dir           string         `json:"dir"`
	Organisations []Organisation `json:"organisations"`
	Files         []File         `json:"files"` // that passed between them
	Verified      []Verified     `json:"verified"`
	Exposure      Exposure       `json:"cve"`
	Accounts      []Account      `json:"accounts"` // in each workspace
	Password      string         `json:"password"`
	Next          []Command      `json:"next"`
}

// Organisation is one workspace.
type Organisation struct {
	Name   string  `json:"name"`
	NameEN string  `json:"name_en"`
	Dir    string  `json:"dir"`
	Things []Thing `json:"things"`
}

// Thing is a release or a system that an organisation was judged for.
type Thing struct {
	Name       string         `json:"name"`
	Version    string         `json:"version,omitempty"`
	Declared   string         `json:"declared,omitempty"` // kind of what was issued
	Duties     int            `json:"duties"`
	Statuses   map[string]int `json:"statuses"`
	Components int            `json:"components"`
	Findings   int            `json:"findings"`
	Critical   int            `json:"critical"`
	Unmatched  int            `json:"unmatched"`
	DataAt     time.Time      `json:"data_at,omitzero"` // of the advisories; zero when it was not matched
	Open       []string       `json:"open"`             // requirements that are not closed
}

// File is a file that passed between organisations.
type File struct {
	Path   string    `json:"path"`
	Digest string    `json:"digest"`
	Size   int64     `json:"size"`
	What   lang.Text `json:"what"`
}

// Verified says how a bundle verified at its recipient.
type Verified struct {
	File   string    `json:"file"`
	By     string    `json:"by"` // who verified it
	ByEN   string    `json:"by_en"`
	OK     bool      `json:"ok"`
	Steps  int       `json:"steps"`
	Links  []string  `json:"links"` // issuers of the bundles in it, the outermost first
	Kind   string    `json:"kind,omitempty"`
	Failed string    `json:"failed,omitempty"` // name of the first step that failed
	Why    lang.Text `json:"why"`

	// What asking for the level minimum comes to: a status report with gaps verifies, but does not show the level.
	LevelShown bool      `json:"level_shown"`
	LevelWhy   lang.Text `json:"level_why"`
}

// Exposure is the answer to who is affected by one vulnerability.
type Exposure struct {
	ID       string    `json:"id"`
	Headline lang.Text `json:"headline"`
	Releases []string  `json:"releases"`
}

// Account is an account of every workspace of the demo.
type Account struct {
	Name string    `json:"name"`
	Does lang.Text `json:"does"`
}

// Command is something to try next.
type Command struct {
	Line string    `json:"line"`
	Why  lang.Text `json:"why"`
}

// outcome sums up a verification and, where it holds, what asking for the level minimum adds.
func outcome(file string, by chain.Party, r, asked verify.Report) Verified {
	v := Verified{File: file, By: by.Name, ByEN: by.NameEN, OK: r.OK, Steps: len(r.Steps), Links: []string{}}
	for _, l := range r.Chain {
		if l.Issuer != "" {
			v.Links = append(v.Links, l.Issuer)
		}
	}
	if len(r.Chain) > 0 {
		v.Kind = string(r.Chain[0].Kind)
	}
	for _, s := range r.Steps {
		if !s.OK && v.Failed == "" {
			v.Failed, v.Why = s.Name, s.Detail
		}
	}
	for _, s := range asked.Steps {
		if s.Name == verify.StepLevel && s.Bundle == "" {
			v.LevelShown, v.LevelWhy = r.OK && s.OK, s.Detail
		}
	}
	return v
}

// cve is the vulnerability the demo asks about.
const cve = "CVE-2021-44228"

// sumUp counts what every organisation came to, and says what to try next.
func (s *story) sumUp() error {
	for _, part := range []struct {
		o        *organisation
		subjects []fact.Subject
	}{
		{s.supplier, []fact.Subject{{Kind: fact.Release, ID: "forms-1.2.0"}}},
		{s.vendor, []fact.Subject{{Kind: fact.Release, ID: productRelease}, {Kind: fact.Release, ID: serviceRelease}}},
		{s.customer, []fact.Subject{{Kind: fact.System, ID: systemID}}},
	} {
		if err := judging.Reassess(s.ctx, part.o.db, part.o.editor, "time"); err != nil {
			return err
		}
		org := Organisation{Name: part.o.self.Name, NameEN: part.o.self.NameEN, Dir: part.o.db.Dir()}
		for _, subject := range part.subjects {
			t, err := part.o.thing(subject)
			if err != nil {
				return err
			}
			org.Things = append(org.Things, t)
		}
		s.sum.Organisations = append(s.sum.Organisations, org)
	}
	e, err := portfolio.AffectedBy(s.ctx, s.vendor.db, cve)
	if err != nil {
		return err
	}
	s.sum.Exposure = Exposure{ID: cve, Headline: e.Headline, Releases: []string{}}
	for _, r := range e.Releases {
		s.sum.Exposure.Releases = append(s.sum.Exposure.Releases, r.SoftwareName+" "+r.Version+": "+r.Component)
	}
	s.next()
	return nil
}

func (o *organisation) thing(subject fact.Subject) (Thing, error) {
	t := Thing{Statuses: map[string]int{}, Open: []string{}}
	m, err := o.db.LoadModel(o.ctx)
	if err != nil {
		return t, err
	}
	t.Name, t.Version = nameOf(m, subject)
	rows, err := judging.Status(o.ctx, o.db, subject)
	if err != nil {
		return t, err
	}
	rows = judging.OfParty(m, rows, o.self.ID)
	t.Duties = len(rows)
	for _, r := range rows {
		t.Statuses[r.Status]++
		if !verify.Status(r.Status).Closed() {
			t.Open = append(t.Open, string(r.Requirement))
		}
	}
	issued, err := o.db.Declarations(o.ctx, store.DeclarationFilter{Release: subject.ID, State: store.DeclarationIssued})
	if err != nil {
		return t, err
	}
	for _, d := range issued {
		t.Declared = d.Kind
	}
	return t, o.look(&t, subject)
}

// look adds how well the components were looked at.
func (o *organisation) look(t *Thing, subject fact.Subject) error {
	if subject.Kind != fact.Release {
		return nil
	}
	components, err := o.db.ComponentsOf(o.ctx, subject.ID)
	if err != nil {
		return err
	}
	found, err := o.db.FindingsOf(o.ctx, subject.ID)
	if err != nil {
		return err
	}
	t.Components, t.Findings = len(components), len(found)
	for _, f := range found {
		if f.Severity == finding.Critical {
			t.Critical++
		}
	}
	match, _, err := judging.Compared(o.ctx, o.db, subject.ID)
	t.DataAt, t.Unmatched = match.DataAt, len(match.Unmatched)
	return err
}

func nameOf(m chain.Model, subject fact.Subject) (name, version string) {
	for _, s := range m.Systems {
		if s.ID == subject.ID {
			return s.Name, ""
		}
	}
	for _, r := range m.Releases {
		for _, sw := range m.Software {
			if r.ID == subject.ID && sw.ID == r.Software {
				return sw.Name, r.Version
			}
		}
	}
	return subject.ID, ""
}

// next lists commands that work as they stand.
func (s *story) next() {
	dir := quote(s.Dir)
	file := func(name string) string { return quote(filepath.Join(s.Dir, peersDir, exchangeDir, name)) }
	add := func(line string, why lang.Text) { s.sum.Next = append(s.sum.Next, Command{line, why}) }
	add("tasuki serve --data "+dir, lang.T("画面で見る", "look at the pages"))
	add(fmt.Sprintf("tasuki status --software %s --data %s", quote(productName), dir), lang.T("責務ごとの状態・理由・次にすること", "every duty: status, reasons, what to do next"))
	add("tasuki cve "+cve+" --data "+dir, lang.T("影響を受けるものと、誰が何をするか", "what is affected, and who does what"))
	add(fmt.Sprintf("tasuki verify %s --trust %s", file(vendorBundle), file(vendorTrust)), lang.T("襷をオフラインで検証する", "verify the bundle offline"))
	add(fmt.Sprintf("tasuki verify %s --trust %s --require-level minimum", file(supplierBundle), file(supplierTrust)), lang.T("求める水準が示されていることも確かめる", "see that the level asked for is shown, too"))
	add(fmt.Sprintf("tasuki verify %s --trust %s", file(tamperedBundle), file(vendorTrust)), lang.T("改ざんが見つかることを確かめる", "see that the change is found"))
}

// quote makes a word of a command line that a shell takes as one.
func quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("./_-", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
