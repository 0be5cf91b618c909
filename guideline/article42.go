package guideline

import "sync"

// Article42 is article 42 of サイバー対処能力強化法 as section 5.7 tells it. The product asks the questions and keeps the
// answers; it never decides whether somebody is addressed (rule R-5.7-01), and it names no duty but that of paragraph 5
// (rule R-5.7-02).
type Article42 struct {
	Law        Law                  `yaml:"law" json:"law"`
	Rules      []string             `yaml:"rules" json:"rules"` // ids of rules
	Paragraphs []Article42Paragraph `yaml:"paragraphs" json:"paragraphs"`
	Questions  []Text               `yaml:"questions" json:"questions"`
	Notes      []Note               `yaml:"notes" json:"notes"`
}

// A Law is named as the guideline names it; full name (Japanese only) and number are our addition.
type Law struct {
	Name     Text   `yaml:"name" json:"name"`
	FullName string `yaml:"full_name" json:"full_name"`
	Number   string `yaml:"number" json:"number"`
	Enacted  string `yaml:"enacted" json:"enacted"` // YYYY-MM
	Source   string `yaml:"source" json:"source"`   // section of the guideline
}

// An Article42Paragraph is one paragraph that section 5.7 speaks of.
type Article42Paragraph struct {
	Number   int    `yaml:"number" json:"number"`
	Kind     Bond   `yaml:"kind" json:"kind"`
	By       Text   `yaml:"by" json:"by"`             // who acts
	To       Text   `yaml:"to" json:"to"`             // towards whom
	Text     Text   `yaml:"text" json:"text"`         // what the paragraph says, in our own words
	Supplier Text   `yaml:"supplier" json:"supplier"` // what it means for the supplier
	Source   string `yaml:"source" json:"source"`     // section of the guideline
}

// A Bond is how strongly a paragraph binds the supplier.
type Bond string

// The bonds, in the order of the paragraphs.
const (
	BondExpectation   Bond = "expectation"    // paragraph 1: 期待
	BondRequest       Bond = "request"        // paragraph 2: 要請
	BondReportRequest Bond = "report_request" // paragraph 4: a report or material is asked for
	BondDutyOfEffort  Bond = "duty_of_effort" // paragraph 5: 努力義務
)

var article42 = sync.OnceValue(func() Article42 {
	a := must(decode[Article42](files, "data/article42.yaml"))
	a.Notes = filled(a.Notes)
	return a
})

// Article42 gives what section 5.7 says of article 42. The value is shared; do not change its lists.
func (c *Catalog) Article42() Article42 { return article42() }
