// Package replay is the noun of past incidents that are run against a portfolio as an exercise (guideline S(3)-1.1): what
// each asks of the portfolio, and which of the individual requirements bear on it.
//
// Start from [Scenarios] and [Scenario.Holds]. Three of the incidents are those of the guideline's table 1 and section 5.2.
package replay

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/version"
)

// How a scenario finds who would have been hit.
const (
	ByComponent = "component" // releases that hold a component
	BySupplier  = "supplier"  // what one maker answers for
	ByNeglect   = "neglected" // systems in which something known to be exploited, or overdue, was left alone
)

// Scenario is one past incident.
type Scenario struct {
	ID              string           `yaml:"id" json:"id"`
	Names           []string         `yaml:"names" json:"names"`                                         // other names it is asked for by
	Incident        string           `yaml:"incident,omitempty" json:"incident,omitempty"`               // of the guideline's table 1; empty: not in the guideline
	Title           lang.Text        `yaml:"title" json:"title"`                                         //
	What            lang.Text        `yaml:"what,omitempty" json:"what,omitzero"`                        // what happened, where the guideline does not tell it
	Question        lang.Text        `yaml:"question" json:"question"`                                   // that the replay answers
	How             string           `yaml:"how" json:"how"`                                             // see ByComponent
	KnownOn         string           `yaml:"known_on,omitempty" json:"known_on,omitempty"`               // ISO day on which it became public; empty: the guideline names none
	Vulnerabilities []string         `yaml:"vulnerabilities,omitempty" json:"vulnerabilities,omitempty"` // ids
	Components      []ComponentMatch `yaml:"components,omitempty" json:"components,omitempty"`
	Duties          []BearingDuty    `yaml:"duties" json:"duties"`
}

// BearingDuty is an individual requirement that bears on an incident, and what it would have done.
type BearingDuty struct {
	ID    guideline.ID `yaml:"id" json:"id"`
	Stage Stage        `yaml:"stage" json:"stage"`
	Why   lang.Text    `yaml:"why" json:"why"`
}

// Stage is what a requirement would have done about an incident.
type Stage string

// The stages, in their order.
const (
	Prevent Stage = "prevent"
	Notice  Stage = "notice"
	Respond Stage = "respond"
	Tell    Stage = "tell"
)

// Stages gives the stages in their order.
func Stages() []Stage { return []Stage{Prevent, Notice, Respond, Tell} }

// Name gives the word people see.
func (s Stage) Name() lang.Text {
	switch s {
	case Prevent:
		return lang.T("防ぐ", "prevent")
	case Notice:
		return lang.T("気づく", "notice")
	case Respond:
		return lang.T("直す", "respond")
	case Tell:
		return lang.T("伝える", "tell")
	}
	return lang.T(string(s), string(s))
}

// ComponentMatch names components by type and name, and the versions that were hit.
type ComponentMatch struct {
	Type      string       `yaml:"type" json:"type"`
	Name      string       `yaml:"name,omitempty" json:"name,omitempty"`
	Names     []string     `yaml:"names,omitempty" json:"names,omitempty"` // any of these; packages of a distribution by their own name
	Ecosystem string       `yaml:"ecosystem,omitempty" json:"ecosystem,omitempty"`
	Ranges    []VersionRun `yaml:"ranges,omitempty" json:"ranges,omitempty"`     // in the ecosystem's order
	Upstream  []string     `yaml:"upstream,omitempty" json:"upstream,omitempty"` // versions as the maker counts them, without a distribution's epoch and release
}

// VersionRun is a run of versions.
type VersionRun struct {
	From   string `yaml:"from" json:"from"`     // the first that was hit
	Before string `yaml:"before" json:"before"` // the first that was not
}

//go:embed scenarios.yaml
var data []byte

var scenarios = sync.OnceValue(func() []Scenario {
	list, err := read(data)
	if err != nil {
		panic(fmt.Sprintf("the scenarios of past incidents: %v", err)) // embedded and tested
	}
	return list
})

func read(raw []byte) ([]Scenario, error) {
	var list []Scenario
	d := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	if err := d.Decode(&list); err != nil {
		return nil, err
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return list, nil
}

// Scenarios gives every scenario, those of the guideline first.
func Scenarios() []Scenario { return slices.Clone(scenarios()) }

// Find gives the scenario with an id or another of its names; the error of kind NotFound lists those there are.
func Find(name string) (Scenario, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	var ids []string
	for _, s := range scenarios() {
		if ids = append(ids, s.ID); s.ID == name || slices.Contains(s.Names, name) {
			return s, nil
		}
	}
	return Scenario{}, &lang.Error{Kind: lang.NotFound, What: lang.F("再演できるインシデント「%s」はありません", "there is no past incident %q to replay", name),
		Next: lang.F("次のいずれかを指定してください: %s", "name one of: %s", strings.Join(ids, ", "))}
}

// Told gives what happened: by the guideline where it tells the incident, else as the scenario does.
func (s Scenario) Told() lang.Text {
	for _, in := range guideline.Default().Incidents() {
		if in.ID == s.Incident {
			return lang.T(in.What.JA+in.How.JA, in.What.EN+" "+in.How.EN)
		}
	}
	return s.What
}

// Holds reports whether a component is one that the incident was in, in a version that was hit.
func (s Scenario) Holds(id, stated string) bool {
	p, err := purl.Parse(id)
	if err != nil {
		return false
	}
	if p.Version == "" {
		p.Version = stated
	}
	return slices.ContainsFunc(s.Components, func(c ComponentMatch) bool { return c.names(p) && c.hit(p.Version) })
}

func (c ComponentMatch) names(p purl.PURL) bool {
	if p.Type != c.Type {
		return false
	}
	name := p.FullName()
	switch p.Type {
	case "deb", "rpm", "apk":
		name = p.Name
	}
	return name == c.Name || slices.Contains(c.Names, name)
}

func (c ComponentMatch) hit(v string) bool {
	for _, r := range c.Ranges {
		low, err1 := version.Compare(c.Ecosystem, v, r.From)
		high, err2 := version.Compare(c.Ecosystem, v, r.Before)
		if err1 == nil && err2 == nil && low >= 0 && high < 0 {
			return true
		}
	}
	return slices.Contains(c.Upstream, upstream(v))
}

// upstream gives a version as its maker counts it: without epoch and release. A version that was put back under a higher
// number (5.6.1+really5.4.5) stays itself.
func upstream(v string) string {
	if epoch, rest, ok := strings.Cut(v, ":"); ok && strings.Trim(epoch, "0123456789") == "" {
		v = rest
	}
	v, _, _ = strings.Cut(v, "-")
	return v
}
