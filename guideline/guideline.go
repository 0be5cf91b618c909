// Package guideline is the guideline as data: what METI and the National Cybersecurity Office published in March 2026
// (サイバーインフラ事業者に求められる役割等に関するガイドライン), with every statement in our own words, in
// Japanese and English. Ids, titles, tables and crosswalk marks are facts and are kept as printed; where the guideline
// contradicts itself both facts are kept, with a note.
//
// Start from [Load]. The YAML files beside the Go files are the data; they are embedded, decoded strictly (an unknown
// key is an error) and linted by the package's test, which reports every problem with its place.
//
// The guideline is non-binding (its footnote 6): nothing here is a legal duty, a certification or a score.
package guideline

import "slices"

// An Individual is one of the 69 individual requirements (個別要求), sections 3.2, 4.1 and the annex checklist.
type Individual struct {
	ID          ID       `yaml:"id" json:"id"`
	Requirement ID       `yaml:"-" json:"requirement"`         // follows from the id
	Category    int      `yaml:"-" json:"category"`            // follows from the id
	Title       Text     `yaml:"title" json:"title"`           // Japanese as printed
	Text        Text     `yaml:"text" json:"text"`             // our own statement
	Roles       []Role   `yaml:"roles" json:"roles"`           // table 5 and 6
	Levels      []Level  `yaml:"levels" json:"levels"`         // table 5 and 6
	Phases      []Phase  `yaml:"phases" json:"phases"`         // life-cycle phases, inferred by us
	Notes       []Note   `yaml:"notes,omitempty" json:"notes"` // contradictions and how we treat them
	Aliases     []string `yaml:"aliases,omitempty" json:"-"`   // other printed forms of the title
}

// AppliesTo reports whether any of the roles answers for the requirement.
func (in Individual) AppliesTo(roles ...Role) bool {
	return slices.ContainsFunc(in.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// At reports whether the requirement belongs to a level's package.
func (in Individual) At(level Level) bool { return slices.Contains(in.Levels, level) }

// A Phase is a life-cycle phase. The guideline's phase sheet is not in its text, so every phase here is inferred.
type Phase struct {
	Name     string `yaml:"name" json:"name"` // plan, design, build, test, release, operate, dispose
	Inferred bool   `yaml:"inferred" json:"inferred"`
}

// A Note tells where the guideline disagrees with itself, and what we do about it.
type Note struct {
	ID   string `yaml:"id" json:"id"` // D-01 …
	Text Text   `yaml:"text" json:"text"`
	// RolesElsewhere is the other printed set of roles, when roles are what differs; Where says where it is printed.
	RolesElsewhere []Role `yaml:"roles_elsewhere,omitempty" json:"roles_elsewhere,omitempty"`
	Where          Text   `yaml:"where,omitempty" json:"where,omitzero"`
}

// A Requirement is one of the 21 requirements (要求事項).
type Requirement struct {
	ID       ID       `yaml:"id" json:"id"`
	Category int      `yaml:"-" json:"category"` // follows from the id
	Title    Text     `yaml:"title" json:"title"`
	Text     Text     `yaml:"text" json:"text"`
	Aliases  []string `yaml:"aliases,omitempty" json:"-"`
	Notes    []Note   `yaml:"notes,omitempty" json:"notes,omitempty"`
}

// A Template is one of the use cases a–f of table 4.
type Template struct {
	ID      string          `yaml:"id" json:"id"` // a … f
	Title   Text            `yaml:"title" json:"title"`
	Kind    string          `yaml:"kind" json:"kind"`                     // product, service, embedded, system
	Orgs    []TemplateOrg   `yaml:"orgs,omitempty" json:"orgs,omitempty"` // organisations that rows are units of
	Parties []TemplateParty `yaml:"parties" json:"parties"`
	Notes   []Note          `yaml:"notes,omitempty" json:"notes,omitempty"`
	// Agreements are the contracts such a deal usually has (1.4(3)); table 4 does not print them, we infer them.
	Agreements []TemplateAgreement `yaml:"agreements,omitempty" json:"agreements,omitempty"`
}

// A TemplateOrg is an organisation that several rows of a template are units of.
type TemplateOrg struct {
	Key  string `yaml:"key" json:"key"`
	Name Text   `yaml:"name" json:"name"`
}

// A TemplateAgreement is a contract that section 1.4(3) expects between two rows of a template. Receiver and Giver are
// party keys.
type TemplateAgreement struct {
	Kind        string `yaml:"kind" json:"kind"` // sale, licence, service_use, operation, contract, quasi_mandate, maintenance
	Receiver    string `yaml:"receiver" json:"receiver"`
	Giver       string `yaml:"giver" json:"giver"`
	Maintenance string `yaml:"maintenance,omitempty" json:"maintenance,omitempty"` // information, service, completion
	// VulnerabilityHandling is the key of the party that fixes vulnerabilities after delivery.
	VulnerabilityHandling string `yaml:"vulnerability_handling,omitempty" json:"vulnerability_handling,omitempty"`
	RoleScope             *Text  `yaml:"role_scope,omitempty" json:"role_scope,omitempty"`
}

// A TemplateParty is one row of table 4.
type TemplateParty struct {
	Key      string     `yaml:"key" json:"key"` // stable within the template: vendor, reseller, buyer-ops …
	Name     Text       `yaml:"name" json:"name"`
	Class    Class      `yaml:"class" json:"class"`
	Case     bool       `yaml:"case,omitempty" json:"case,omitempty"`         // the ケース mark of table 4 f
	Org      string     `yaml:"org,omitempty" json:"org,omitempty"`           // key of the organisation this row is a unit of, where the printed name says so
	Tier     string     `yaml:"tier,omitempty" json:"tier,omitempty"`         // customer, prime, sub-1 …
	Relation string     `yaml:"relation,omitempty" json:"relation,omitempty"` // group, outside
	Roles    []RoleMark `yaml:"roles" json:"roles"`
}

// A RoleMark is one tick of table 4 with its qualifier.
type RoleMark struct {
	Role     Role   `yaml:"role" json:"role"`
	Stance   Stance `yaml:"stance,omitempty" json:"stance,omitempty"`
	Platform bool   `yaml:"platform,omitempty" json:"platform,omitempty"` // インフラ
}

// A Responsibility is one of the 6 responsibilities (責務) of section 2.2.
type Responsibility struct {
	ID     string                `yaml:"id" json:"id"`         // 1 … 6, as numbered in section 2.2
	Bearer Class                 `yaml:"bearer" json:"bearer"` // who has to acknowledge it: 1–5 the provider, 6 the customer
	Title  Text                  `yaml:"title" json:"title"`
	Text   Text                  `yaml:"text" json:"text"`
	Points []ResponsibilityPoint `yaml:"points" json:"points"`
	Notes  []Note                `yaml:"notes,omitempty" json:"notes,omitempty"`
}

// A ResponsibilityPoint is one bulleted heading under a responsibility with what it comes to.
type ResponsibilityPoint struct {
	Title Text   `yaml:"title" json:"title"`
	Items []Text `yaml:"items" json:"items"` // our own statements
}

// A Category is one of the 6 categories of section 3.1.
type Category struct {
	Number  int      `yaml:"number" json:"number"`
	Bearer  Class    `yaml:"bearer" json:"bearer"`
	Title   Text     `yaml:"title" json:"title"`
	Text    Text     `yaml:"text" json:"text"`
	Aliases []string `yaml:"aliases,omitempty" json:"-"`
	Notes   []Note   `yaml:"notes,omitempty" json:"notes,omitempty"`
}

// A SoftwareKind is a row of table 2.
type SoftwareKind struct {
	ID    string `yaml:"id" json:"id"` // product, service, embedded, system
	Title Text   `yaml:"title" json:"title"`
	Text  Text   `yaml:"text" json:"text"`
}

// A RoleDefinition is a row of table 3.
type RoleDefinition struct {
	ID    Role   `yaml:"id" json:"id"`       // developer, supplier, operator, customer; "other" for bodies that bear no duty
	Class Class  `yaml:"class" json:"class"` // "other" for stakeholders that bear no duty
	Title Text   `yaml:"title" json:"title"`
	Text  Text   `yaml:"text" json:"text"`
	Notes []Note `yaml:"notes,omitempty" json:"notes,omitempty"`
}

// A UseCase is one of the four worked examples of section 1.5.
type UseCase struct {
	ID        string         `yaml:"id" json:"id"` // 1 … 4, printed ① … ④
	Title     Text           `yaml:"title" json:"title"`
	Text      Text           `yaml:"text" json:"text"`
	Section   string         `yaml:"section" json:"section"`
	Templates []string       `yaml:"templates" json:"templates"` // the letters of table 4 that show the same arrangement
	Parties   []UseCaseParty `yaml:"parties" json:"parties"`
	Rules     []string       `yaml:"rules,omitempty" json:"rules,omitempty"`
	Notes     []Note         `yaml:"notes,omitempty" json:"notes,omitempty"`
}

// A UseCaseParty is one party of a worked example with the roles the prose gives it.
type UseCaseParty struct {
	Key    string `yaml:"key" json:"key"`
	Name   Text   `yaml:"name" json:"name"`
	Tier   string `yaml:"tier,omitempty" json:"tier,omitempty"`     // customer, prime, sub-1 …
	Roles  []Role `yaml:"roles" json:"roles"`                       // empty for an external resource (R-1.3-09)
	Option bool   `yaml:"option,omitempty" json:"option,omitempty"` // only in a variation the example mentions
	Note   Text   `yaml:"note,omitempty" json:"note,omitzero"`
}

// A ContractForm is a kind of contract, of maintenance or of structure of section 1.4 from which roles follow.
type ContractForm struct {
	ID      string         `yaml:"id" json:"id"`
	Kind    string         `yaml:"kind" json:"kind"` // contract, maintenance, structure, software
	Title   Text           `yaml:"title" json:"title"`
	Text    Text           `yaml:"text" json:"text"`
	Implies []ImpliedRoles `yaml:"implies" json:"implies"`
	Section string         `yaml:"section" json:"section"` // 1.4(3)エ
	Rules   []string       `yaml:"rules,omitempty" json:"rules,omitempty"`
	Notes   []Note         `yaml:"notes,omitempty" json:"notes,omitempty"`
}

// ImpliedRoles says which roles a side of a contract holds by it.
type ImpliedRoles struct {
	Side    Text   `yaml:"side" json:"side"` // who, in that contract
	Roles   []Role `yaml:"roles" json:"roles"`
	Settled bool   `yaml:"settled" json:"settled"` // false: the usual case, or to be agreed in the contract
}

// A Rule is one testable sentence read out of the guideline, in our own words.
type Rule struct {
	ID       string   `yaml:"id" json:"id"` // R-<section>-<number>
	Strength Strength `yaml:"strength" json:"strength"`
	Kind     RuleKind `yaml:"kind" json:"kind"`
	Source   string   `yaml:"source" json:"source"` // section, table or footnote
	Text     Text     `yaml:"text" json:"text"`
}

// Strength is how strongly the guideline puts a rule. The guideline is non-binding as a whole: none is a legal duty.
type Strength string

// The strengths.
const (
	Asked     Strength = "REQ"    // a principle, or asked for (原則, 求められる, 負うものとする)
	Desirable Strength = "SHOULD" // desirable or expected (望ましい, 期待される)
	Allowed   Strength = "MAY"    // expressly allowed (許容される)
	Typical   Strength = "TYP"    // described as general or assumed (一般的, 想定する)
	Derived   Strength = "DER"    // follows from a table or from two sentences together
)

// RuleKind is what a program can do with a rule.
type RuleKind string

// The kinds.
const (
	Blocks     RuleKind = "block"  // an entry that goes against it is inconsistent
	Warns      RuleKind = "warn"   // show and ask
	Records    RuleKind = "record" // there is a place to write it down
	Calculates RuleKind = "calc"   // the program computes it
	Words      RuleKind = "text"   // wording to use or to keep away from
)
