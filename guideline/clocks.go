package guideline

import (
	"slices"
	"sync"
	"time"
)

// A Clock is a scheme under which an event is reported to an authority (S(3)-2.3): to whom, in which stages, by when.
type Clock struct {
	Scheme    string  `yaml:"scheme" json:"scheme"` // a choice of the register reportable_event
	Title     Text    `yaml:"title" json:"title"`
	Recipient Text    `yaml:"recipient" json:"recipient"`
	Source    string  `yaml:"source" json:"source"`
	Note      Text    `yaml:"note,omitempty" json:"note,omitzero"`
	Stages    []Stage `yaml:"stages" json:"stages"`
}

// A Stage is one report of a scheme. Without a length the receiver says by when.
type Stage struct {
	ID    string `yaml:"id" json:"id"` // a choice of the register authority_report
	Title Text   `yaml:"title" json:"title"`
	// Start is what the time runs from: [StartAware], [StartMeasure], or the id of an earlier stage, whose submission it is.
	Start  string `yaml:"start" json:"start"`
	Hours  int    `yaml:"hours,omitempty" json:"hours,omitempty"`
	Days   int    `yaml:"days,omitempty" json:"days,omitempty"`
	Months int    `yaml:"months,omitempty" json:"months,omitempty"`
	Asks   []Text `yaml:"asks" json:"asks"` // what the report has to say, in our own words
}

// What a stage's time runs from.
const (
	StartAware   = "aware"             // somebody became aware, was asked, or was contacted
	StartMeasure = "measure_available" // a fix or another measure is there for users
)

// Due gives by when a stage is to be handed in, whose time began at a moment. Zero: the scheme sets no length, or it has
// not begun. A month ends on the same day of the next, or on its last.
func (s Stage) Due(start time.Time) time.Time {
	if start.IsZero() || s.Hours == 0 && s.Days == 0 && s.Months == 0 {
		return time.Time{}
	}
	end := start.Add(time.Duration(s.Hours)*time.Hour).AddDate(0, 0, s.Days)
	later := end.AddDate(0, s.Months, 0)
	if s.Months > 0 && later.Day() != end.Day() { // 31 January and a month: AddDate runs into March
		later = later.AddDate(0, 0, -later.Day())
	}
	return later
}

var clocks = sync.OnceValue(func() []Clock { return must(decode[[]Clock](files, "data/clocks.yaml")) })

// Clocks gives the schemes, in the order of the data.
func (c *Catalog) Clocks() []Clock { return slices.Clone(clocks()) }

// Clock gives one scheme by its id.
func (c *Catalog) Clock(scheme string) (Clock, bool) {
	return find(clocks(), func(k Clock) bool { return k.Scheme == scheme })
}

// Stage gives a stage of the scheme by its id.
func (k Clock) Stage(id string) (Stage, bool) {
	return find(k.Stages, func(s Stage) bool { return s.ID == id })
}
