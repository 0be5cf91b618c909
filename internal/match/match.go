// Package match is the verb that says which components are affected by which known vulnerabilities.
//
// Start from [OpenDir] (advisories as they are published) or [OpenIndex] (prepared by [BuildIndex]); both give an
// [Index], and [Index.Match] takes components and gives a [Result]. A result never says "nothing found" alone: it tells
// how many advisories were asked, how new they are, and which components could not be looked up and why.
//
// Affected versions follow the evaluation of the OSV schema: SEMVER and ECOSYSTEM ranges with introduced, fixed,
// last_affected and limit, and the versions listed one by one. GIT ranges are asked by the commit or tag that an SBOM states (see git.go); they hide no other range.
package match

import (
	"bytes"
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/version"
)

// Component is what an SBOM says of one component, as far as matching needs it.
type Component struct {
	Ref     string // its id in the SBOM
	PURL    string
	Name    string   // used to tell of it when the package URL does not
	Version string   // used when the package URL has none
	Sources []string // where in which repository it comes from, as [purl.ParseSource] reads it

	// BuiltFrom is the package whose sources a distribution built it from, when the SBOM says it and the package URL does
	// not; written as the qualifier upstream is: openssl@3.0.11-1, acl-2.3.1-4.el9.src.rpm.
	BuiltFrom string
}

// purl gives the component's package URL with all that is known of it; an empty one with the error when it cannot be read.
func (c Component) purl() (purl.PURL, error) {
	p, err := purl.Parse(c.PURL)
	if err != nil {
		return purl.PURL{}, err
	}
	if c.BuiltFrom != "" && p.Qualifier("upstream") == "" {
		p.Qualifiers = append(slices.Clip(p.Qualifiers), purl.Qualifier{Key: "upstream", Value: c.BuiltFrom})
	}
	return p, nil
}

// Ecosystem tells where advisories speak of the component; the error wraps [purl.ErrPURL].
func (c Component) Ecosystem() (purl.Ecosystem, error) {
	p, err := c.purl()
	return p.Ecosystem(), err
}

// Result is what matching found, in an order that depends on the input alone.
type Result struct {
	Advisories Info              `json:"advisories"`
	Components int               `json:"components"` // how many were given
	Checked    int               `json:"checked"`    // how many of them could be looked up
	Unmatched  []Unmatched       `json:"unmatched"`  // the others, in the SBOM's order
	Findings   []finding.Finding `json:"findings"`   // by package URL, then vulnerability; one for each such pair
}

// Info says which advisories were asked.
type Info struct {
	Count      int             `json:"count"`           // records, the withdrawn ones among them
	Withdrawn  int             `json:"withdrawn"`       // records taken back by their publisher: they match nothing
	Newest     time.Time       `json:"newest,omitzero"` // the latest change of any record
	Ecosystems []EcosystemInfo `json:"ecosystems"`      // by name
	Digest     string          `json:"digest"`          // of all that matching uses, sha256:<hex>
}

// EcosystemInfo counts the advisories that speak of packages of an ecosystem (npm, Debian:12).
type EcosystemInfo struct {
	Name   string    `json:"name"`
	Count  int       `json:"count"`
	Newest time.Time `json:"newest,omitzero"`
}

// Unmatched is a component that could not be looked up.
type Unmatched struct {
	Ref     string `json:"ref"`
	PURL    string `json:"purl"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Reason  Reason `json:"reason"`
	Detail  string `json:"detail,omitempty"` // what exactly, in English

	Undecided []string `json:"undecided,omitempty"` // the advisories that leave it open, see [NeedsHistory]
}

// Reason says why a component could not be looked up.
type Reason string

// The reasons.
const (
	NoPURL       Reason = "no-purl"
	BadPURL      Reason = "unreadable-purl"
	NoEcosystem  Reason = "no-ecosystem"
	NoAdvisories Reason = "no-advisories"
	NoRelease    Reason = "no-release"
	NoVersion    Reason = "no-version"
	BadVersion   Reason = "unreadable-version"
	NeedsHistory Reason = "needs-history"
)

// Text says the reason to people.
func (r Reason) Text() lang.Text {
	switch r {
	case NoPURL:
		return lang.T("パッケージURL（purl）がありません", "it has no package URL")
	case BadPURL:
		return lang.T("パッケージURL（purl）を読み取れません", "its package URL cannot be read")
	case NoEcosystem:
		return lang.T("この種類の部品には、公開の脆弱性情報との対応がありません", "no public advisories speak of components of this type")
	case NoAdvisories:
		return lang.T("このエコシステムの脆弱性情報が手元にありません", "the advisories at hand hold nothing for its ecosystem")
	case NoRelease:
		return lang.T("ディストリビューションのリリースがわかりません", "it does not say which release of its distribution it belongs to")
	case NoVersion:
		return lang.T("バージョンがありません", "it has no version")
	case BadVersion:
		return lang.T("バージョンを読み取れません", "its version cannot be read")
	case NeedsHistory:
		return lang.T("コミットの範囲で書かれた脆弱性情報があり、リポジトリーの履歴がないと影響を判断できません", "advisories speak of ranges of commits in its repository; without the repository's history nothing can be decided")
	}
	return lang.T(string(r), string(r))
}

// Ecosystems gives the base names of the ecosystems that components belong to, sorted: what [OpenDir] has to read.
func Ecosystems(components []Component) []string {
	seen := map[string]bool{}
	for _, c := range components {
		if p, err := c.purl(); err == nil {
			for _, at := range p.Ecosystem().Places() {
				seen[version.Base(at.Ecosystem)] = true
			}
			if len(p.Sources()) > 0 {
				seen[Git] = true
			}
		}
		if len(c.Sources) > 0 {
			seen[Git] = true
		}
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Match looks every component up, each of several that are the same once. The error is about a damaged index alone.
func (ix *Index) Match(components []Component) (Result, error) {
	r := Result{Advisories: ix.Info(), Components: len(components), Unmatched: []Unmatched{}, Findings: []finding.Finding{}}
	different, at := distinct(components)
	answers, err := ix.answers(different)
	if err != nil {
		return Result{}, err
	}
	for i, c := range components {
		a := answers[at[i]]
		for i := range a.findings {
			a.findings[i].Refs = append(a.findings[i].Refs, c.Ref)
		}
		if a.reason == "" {
			r.Checked++
			continue
		}
		r.Unmatched = append(r.Unmatched, Unmatched{c.Ref, c.PURL, c.Name, c.Version, a.reason, a.detail, a.undecided})
	}
	r.Findings = sorted(answers)
	return r, nil
}

// distinct gives the components that differ in what is asked, and for each component where among them its like is.
func distinct(components []Component) (different []Component, at []int) {
	at = make([]int, len(components))
	seen := make(map[string]int, len(components))
	for i, c := range components {
		id := c.PURL
		if id == "" {
			id = "\x00" + c.Ref // each for itself
		} else if c.Version != "" && !strings.Contains(c.PURL, "@") {
			id += "\x00" + c.Version
		}
		if len(c.Sources) > 0 || c.BuiltFrom != "" {
			id += "\x00" + c.BuiltFrom + "\x00" + strings.Join(c.Sources, "\x00")
		}
		first, known := seen[id]
		if !known {
			first = len(different)
			seen[id] = first
			different = append(different, c)
		}
		at[i] = first
	}
	return different, at
}

// answers looks components up, on every processor when there are many.
func (ix *Index) answers(components []Component) ([]*answer, error) {
	const share = 256 // that are worth a goroutine
	out := make([]*answer, len(components))
	workers := min(runtime.GOMAXPROCS(0), len(components)/share+1)
	errs := make([]error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			m := matcher{ix: ix, advisories: map[uint64]*finding.Advisory{}}
			for i := w; i < len(out) && errs[w] == nil; i += workers {
				out[i], errs[w] = m.look(components[i])
			}
		})
	}
	all.Wait()
	return out, cmp.Or(errs...)
}

// sorted gives findings by package URL, then vulnerability. It moves each once: they are large.
func sorted(answers []*answer) []finding.Finding {
	var found []*finding.Finding
	for _, a := range answers {
		for i := range a.findings {
			found = append(found, &a.findings[i])
		}
	}
	slices.SortStableFunc(found, func(a, b *finding.Finding) int {
		if c := strings.Compare(a.PURL, b.PURL); c != 0 {
			return c
		}
		return strings.Compare(a.Vuln, b.Vuln)
	})
	out := make([]finding.Finding, len(found))
	for i, f := range found {
		out[i] = *f
	}
	return out
}

// matcher holds what is learnt while components are looked up.
type matcher struct {
	ix         *Index
	advisories map[uint64]*finding.Advisory // by their place in the index
}

// answer is what is known of one package URL: its findings, or why it could not be looked up, or (a version that cannot
// be read, and an advisory about every version) both.
type answer struct {
	findings  []finding.Finding
	reason    Reason
	detail    string
	undecided []string
}

func (m *matcher) look(c Component) (a *answer, err error) {
	a = &answer{}
	p, err := c.purl()
	switch {
	case strings.TrimSpace(c.PURL) == "":
		a.reason = NoPURL
	case err != nil:
		a.reason, a.detail = BadPURL, err.Error()
	}
	var hits []hit
	if a.reason == "" {
		if hits, err = m.inRegistry(c, p, a); err != nil {
			return a, err
		}
	}
	if sources := sourcesOf(c, p); len(sources) > 0 && m.ix.has(Git) {
		var undecided []string
		var looked bool
		if hits, undecided, looked, err = m.inRepositories(sources, hits); err != nil {
			return a, err
		}
		switch {
		case a.reason == "" || !looked: // the registry's advisories were asked, or there is no revision to ask for
		case len(undecided) > 0:
			a.reason, a.detail, a.undecided = NeedsHistory, needsHistory(undecided), undecided
		default:
			a.reason, a.detail = "", ""
		}
	}
	if len(hits) == 0 {
		return a, nil
	}
	f := finding.Finding{PURL: c.PURL, Name: p.FullName(), Version: p.Version}
	if f.Name == "" {
		f.Name = c.Name
	}
	if f.Version == "" {
		f.Version = c.Version
	}
	a.findings, err = m.fold(hits, f)
	return a, err
}

// inRegistry gives the advisories about a component in its ecosystem, and says in a why there may be none to ask.
func (m *matcher) inRegistry(c Component, p purl.PURL, a *answer) (hits []hit, err error) {
	eco := p.Ecosystem()
	switch {
	case eco.Name == "":
		a.reason, a.detail = NoEcosystem, strings.Trim(p.Type+"/"+p.Namespace, "/")
	case !m.ix.has(eco.Name):
		a.reason, a.detail = NoAdvisories, eco.Name
	case eco.Release == "" && purl.DistributionHasReleases(eco.Name):
		a.reason, a.detail = NoRelease, eco.Name
	case eco.Release != "" && !m.ix.has(eco.String()):
		a.reason, a.detail = NoAdvisories, eco.String()
	}
	if a.reason != "" && len(eco.Also) == 0 {
		return nil, nil
	}
	if eco.Version == "" {
		eco.Version = c.Version
	}
	_, err = version.Key(eco.Name, eco.Version)
	switch {
	case a.reason != "":
	case strings.TrimSpace(eco.Version) == "":
		a.reason = NoVersion
	case err != nil:
		a.reason, a.detail = BadVersion, err.Error()
	}
	for _, at := range eco.Places() {
		v := cmp.Or(at.Version, eco.Version)
		key, err := version.Key(at.Ecosystem, v)
		if err != nil {
			key = rawKey(v)
		}
		if hits, err = m.ix.affected(at.Ecosystem, at.Package, key, hits); err != nil {
			return nil, err
		}
	}
	return once(hits), nil
}

// once gives each advisory once: one may speak of a component under several of its names.
func once(hits []hit) []hit {
	out := hits[:0:0]
	at := map[uint64]int{}
	for _, h := range hits {
		i, seen := at[h.advisory]
		if !seen {
			at[h.advisory] = len(out)
			out = append(out, h)
			continue
		}
		out[i].fixed = append(slices.Clip(out[i].fixed), h.fixed...)
	}
	return out
}

// hit is an advisory that affects a version, with the versions that fix it.
type hit struct {
	advisory uint64
	fixed    []fix
}

type fix struct {
	key  []byte
	text string
}

// group is hits about the same vulnerability.
type group struct {
	hits      []hit
	ids       []string // ids and aliases
	databases []string
}

// fold makes one finding of the hits that are about the same vulnerability: those of different databases that share an
// id or an alias. Two records of one database are never folded: a database gives a vulnerability one id, and aliases
// that say otherwise are of doubtful making.
func (m *matcher) fold(hits []hit, base finding.Finding) ([]finding.Finding, error) {
	if err := m.sortByID(hits); err != nil {
		return nil, err
	}
	var groups []group
	for _, h := range hits {
		adv, err := m.advisory(h.advisory)
		if err != nil {
			return nil, err
		}
		database, _, _ := strings.Cut(adv.ID, "-")
		i := slices.IndexFunc(groups, func(g group) bool {
			known := func(id string) bool { return slices.Contains(g.ids, id) }
			return !slices.Contains(g.databases, database) && (known(adv.ID) || slices.ContainsFunc(adv.Aliases, known))
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{})
		}
		g := &groups[i]
		g.hits = append(g.hits, h)
		g.databases = append(g.databases, database)
		g.ids = append(append(g.ids, adv.ID), adv.Aliases...)
	}
	out := make([]finding.Finding, 0, len(groups))
	for _, g := range groups {
		out = append(out, m.finding(g.hits, base))
	}
	return out, nil
}

// advisory reads an advisory, once.
func (m *matcher) advisory(at uint64) (*finding.Advisory, error) {
	if a, ok := m.advisories[at]; ok {
		return a, nil
	}
	rec, err := m.ix.record(at)
	if err != nil {
		return nil, err
	}
	m.advisories[at] = &rec.Advisory
	return &rec.Advisory, nil
}

func (m *matcher) finding(group []hit, f finding.Finding) finding.Finding {
	var all []string
	var fixes []fix
	var severity finding.Severity
	advisories := make([]*finding.Advisory, 0, len(group))
	for _, h := range group {
		a := m.advisories[h.advisory]
		advisories = append(advisories, a)
		f.Advisories = append(f.Advisories, a.ID)
		all = append(append(all, a.ID), a.Aliases...)
		fixes = append(fixes, h.fixed...)
	}
	slices.SortFunc(advisories, func(a, b *finding.Advisory) int {
		if finding.Less(a.ID, b.ID) {
			return -1
		}
		return 1
	})
	for i, a := range advisories {
		if severity = finding.Worse(severity, a.Severity); i == 0 || f.Summary == "" {
			f.Summary = a.Summary
		}
	}
	f.Vuln = advisories[0].ID
	f.Aliases = sortedWithout(all, f.Vuln)
	f.Advisories = sortedWithout(f.Advisories, "")
	f.Fixed = fixTexts(fixes)
	f.Severity, f.Score, f.CVSS = severity.Label, severity.Score, append([]string{}, severity.Vectors...)
	if f.Severity == "" {
		f.Severity = finding.Unknown
	}
	return f
}

// sortedWithout gives the strings sorted, each once, without one of them; never nil.
func sortedWithout(list []string, without string) []string {
	slices.Sort(list)
	return append([]string{}, slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == without })...)
}

// fixTexts gives the fixed versions in their order, each once; never nil.
func fixTexts(fixes []fix) []string {
	slices.SortStableFunc(fixes, func(a, b fix) int { return bytes.Compare(a.key, b.key) })
	out := []string{}
	for i, f := range fixes {
		if i == 0 || !bytes.Equal(f.key, fixes[i-1].key) {
			out = append(out, f.text)
		}
	}
	return out
}
