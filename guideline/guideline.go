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

// An Individual is one of the 69 individual requirements (個別要求), sections 3.2, 4.1 and the annex checklist.
type Individual struct {
	ID          ID       `yaml:"id" json:"id"`
	Requirement ID       `yaml:"requirement" json:"requirement"`
	Category    int      `yaml:"category" json:"category"`
	Title       Text     `yaml:"title" json:"title"`           // Japanese as printed
	Text        Text     `yaml:"text" json:"text"`             // our own statement
	Roles       []Role   `yaml:"roles" json:"roles"`           // table 5 and 6
	Levels      []Level  `yaml:"levels" json:"levels"`         // table 5 and 6
	Phases      []Phase  `yaml:"phases" json:"phases"`         // life-cycle phases, inferred by us
	Notes       []Note   `yaml:"notes,omitempty" json:"notes"` // contradictions and how we treat them
	Aliases     []string `yaml:"aliases,omitempty" json:"-"`   // other printed forms of the title
}

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
	Where          string `yaml:"where,omitempty" json:"where,omitempty"`
}

// A Requirement is one of the 21 requirements (要求事項).
type Requirement struct {
	ID       ID       `yaml:"id" json:"id"`
	Category int      `yaml:"category" json:"category"`
	Title    Text     `yaml:"title" json:"title"`
	Text     Text     `yaml:"text" json:"text"`
	Aliases  []string `yaml:"aliases,omitempty" json:"-"`
	Notes    []Note   `yaml:"notes,omitempty" json:"notes,omitempty"`
}

// A Template is one of the use cases a–f of table 4.
type Template struct {
	ID      string          `yaml:"id" json:"id"` // a … f
	Title   Text            `yaml:"title" json:"title"`
	Kind    string          `yaml:"kind" json:"kind"` // product, service, embedded, system
	Parties []TemplateParty `yaml:"parties" json:"parties"`
	Notes   []Note          `yaml:"notes,omitempty" json:"notes,omitempty"`
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
