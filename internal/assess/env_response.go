package assess

import "time"

// CaseFact is a case of a vulnerability in the software judged, with what the evidence at hand says of it.
type CaseFact struct {
	Key            string    `expr:"key"`
	Label          string    `expr:"label"` // title and ids
	IDs            []string  `expr:"ids"`   // its key, and the ids that findings, advisories and causes share with it
	Source         string    `expr:"source"`
	State          string    `expr:"state"` // received, acknowledged, confirmed, refuted, fixed, published: for tables
	Report         string    `expr:"report"`
	OpenedOn       time.Time `expr:"opened_on"`
	AcknowledgedOn time.Time `expr:"acknowledged_on"` // the reporter was answered
	DecidedOn      time.Time `expr:"decided_on"`
	Days           int       `expr:"days"`     // policy: days allowed for analysis
	Analysed       bool      `expr:"analysed"` // there is a verdict with its day and its reason, or a decision on a finding of it
	Confirmed      bool      `expr:"confirmed"`
	Treatment      string    `expr:"treatment"`
	TreatBy        time.Time `expr:"treat_by"`
	TreatedOn      time.Time `expr:"treated_on"`
	Tested         bool      `expr:"tested"`       // what has the fix was tested after the case was opened
	PublishedOn    time.Time `expr:"published_on"` // by the first advisory about it
	Owner          string    `expr:"owner"`
}

// NoticeFact is a notice to one party, with what shows that it went to the right place and arrived.
type NoticeFact struct {
	Label      string    `expr:"label"` // what about, and to whom
	IDs        []string  `expr:"ids"`
	Party      string    `expr:"party"`
	SentOn     time.Time `expr:"sent_on"`
	ReceivedOn time.Time `expr:"received_on"` // by the record, else by the receipt that came back for the document sent
	TLP        string    `expr:"tlp"`         // of the record, else of the advisory it is about
	Channel    string    `expr:"channel"`     // address used; empty: the party has no such contact
}

// ProvenFact is something that is known to be a vulnerability of what we make or run, and has a cause therefore.
type ProvenFact struct {
	Label string   `expr:"label"`
	IDs   []string `expr:"ids"`
	From  string   `expr:"from"`  // case, advisory, finding, code_analysis, test_run
	Count int      `expr:"count"` // vulnerabilities: one, but for runs that count theirs
}

// EventFact is something of high severity that trading partners need to hear of.
type EventFact struct {
	Label string    `expr:"label"`
	IDs   []string  `expr:"ids"`
	From  string    `expr:"from"`  // advisory, finding, report, received
	Since time.Time `expr:"since"` // from when the days count in which partners are told
}

// TellingFact is one event for one partner that it concerns, and how that partner was told.
type TellingFact struct {
	Label      string    `expr:"label"` // event and partner
	Event      string    `expr:"event"`
	Partner    string    `expr:"partner"`
	From       string    `expr:"from"`
	Since      time.Time `expr:"since"`
	ToldOn     time.Time `expr:"told_on"` // zero: nothing on record says so
	ReceivedOn time.Time `expr:"received_on"`
	TLP        string    `expr:"tlp"`
}

// OfferFact is what a party showed us of itself: a verified bundle, or what it stated on our answer page.
type OfferFact struct {
	Party      string    `expr:"party"`
	Since      time.Time `expr:"since"`       // when the first of it came
	VerifiedAt time.Time `expr:"verified_at"` // the newest bundle; zero: it only stated something
	Open       []string  `expr:"open"`        // duties that the newest bundle says are not met, or not wholly or not yet
}

// DueFix is a fix that is to be had for what a system runs.
type DueFix struct {
	Label      string    `expr:"label"` // advisory or vulnerability, and the release
	IDs        []string  `expr:"ids"`
	From       string    `expr:"from"` // advisory, finding
	InformedOn time.Time `expr:"informed_on"`
	DeployedOn time.Time `expr:"deployed_on"` // zero: not on record
}
