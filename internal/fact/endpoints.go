package fact

import "time"

// KindEndpoints is the kind of a fact whose Data is a *Endpoints.
const KindEndpoints Kind = "endpoints"

// Endpoints is how hosts stood against the settings they should have, as a program on them found it.
type Endpoints struct {
	Format  string `json:"format"` // "osquery", "Fleet", "checks"
	Hosts   []Host `json:"hosts"`  // by name, at most 10,000
	Passed  int    `json:"passed"` // checks, over all hosts
	Failed  int    `json:"failed"`
	Unknown int    `json:"unknown"` // checks that came to no result
}

// Host is one endpoint with what was checked on it.
type Host struct {
	Name   string      `json:"name"`
	At     time.Time   `json:"at,omitzero"` // when it was looked at last; zero when the document does not tell
	Checks []HostCheck `json:"checks"`      // by name; of two results of one check the later
}

// HostCheck is one setting. AnswerYes: the host has it, AnswerNo: it lacks it, AnswerUnknown: no result.
type HostCheck struct {
	Name    string    `json:"name"`
	Holds   Answer    `json:"holds"`
	At      time.Time `json:"at,omitzero"`
	Pointer string    `json:"pointer"`
}
