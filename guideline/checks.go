package guideline

import (
	"slices"
	"sync"
)

// A Check is a named question to the facts whose answer tells on one individual requirement (確認). It is data: its
// expressions are in the language of expr-lang/expr over the facts that package assess names, and are compiled and
// type-checked when the program starts. What facts a check reads follows from its expressions.
type Check struct {
	ID          string `yaml:"id" json:"id"` // kebab case, unique
	Requirement ID     `yaml:"requirement" json:"requirement"`
	// Roles are asked by this check; empty means every role of the requirement.
	Roles []Role `yaml:"roles,omitempty" json:"roles"`
	Scope Scope  `yaml:"scope" json:"scope"`
	// Advice marks a check that is not required: when it does not pass it warns, and the status stays.
	Advice bool      `yaml:"advice,omitempty" json:"advice,omitempty"`
	Title  Text      `yaml:"title" json:"title"`
	Let    []Binding `yaml:"let,omitempty" json:"let,omitempty"` // in order; a later one may use an earlier one
	// Show are values for the texts only: the verdict must not read them, so they may look at the clock freely.
	Show    []Binding    `yaml:"show,omitempty" json:"show,omitempty"`
	Applies string       `yaml:"applies,omitempty" json:"applies,omitempty"` // false: the check has nothing to say here and is left out
	Known   string       `yaml:"known" json:"known"`                         // false: unknown, the facts do not tell
	Pass    string       `yaml:"pass" json:"pass"`
	Names   string       `yaml:"names,omitempty" json:"names,omitempty"` // what stands in the way, exact names
	Reason  CheckReasons `yaml:"reason" json:"reason"`                   // with {placeholders}: let and show names, thresholds, {names}, {count}
	Remedy  Text         `yaml:"remedy" json:"remedy"`                   // what to do when it does not pass
	Begin   Text         `yaml:"begin,omitempty" json:"begin,omitzero"`  // what to do first while it is unknown; empty: the remedy
	// Evidence are the types of document that feed the check: the words of fact.Reading.Type.
	Evidence []string `yaml:"evidence,omitempty" json:"evidence,omitempty"`
}

// A Binding gives a name to an expression.
type Binding struct {
	Name string `yaml:"name" json:"name"`
	Expr string `yaml:"expr" json:"expr"`
}

// CheckReasons are the sentences for the three outcomes.
type CheckReasons struct {
	Pass    Text `yaml:"pass" json:"pass"`
	Fail    Text `yaml:"fail" json:"fail"`
	Unknown Text `yaml:"unknown" json:"unknown"`
}

// Scope says for what a duty is fulfilled once.
type Scope string

// The scopes: an organisation (all its software inherit the result), a software, a release, a running system.
const (
	OrgScope      Scope = "org"
	SoftwareScope Scope = "software"
	ReleaseScope  Scope = "release"
	SystemScope   Scope = "system"
)

// Scopes from the widest to the narrowest.
var Scopes = []Scope{OrgScope, SoftwareScope, ReleaseScope, SystemScope}

var checks = sync.OnceValue(func() []Check {
	all := must(decodeFolder[Check](files, "data/checks"))
	for i := range all {
		c := &all[i]
		if in, ok := Default().Individual(c.Requirement); ok && len(c.Roles) == 0 {
			c.Roles = slices.Clone(in.Roles)
		}
	}
	return all
})

// Checks gives every check, in the order of the requirements' ids.
func (c *Catalog) Checks() []Check { return slices.Clone(checks()) }

// ChecksOf gives the checks of one individual requirement.
func (c *Catalog) ChecksOf(id ID) []Check {
	var of []Check
	for _, k := range checks() {
		if k.Requirement == id {
			of = append(of, k)
		}
	}
	return of
}
