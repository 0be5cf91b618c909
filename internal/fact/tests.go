package fact

import "time"

// KindTests is the kind of a fact whose Data is a *Tests.
const KindTests Kind = "tests"

// Tests is the result of a test run. Passed, Failed, Errored and Skipped add up to Total.
type Tests struct {
	Format    string    `json:"format"` // "JUnit", "go test"
	Name      string    `json:"name,omitempty"`
	StartedAt time.Time `json:"started_at,omitzero"`
	Seconds   float64   `json:"seconds,omitempty"` // as stated; 0 when it is not
	Total     int       `json:"total"`
	Passed    int       `json:"passed"`
	Failed    int       `json:"failed"`  // the test said no
	Errored   int       `json:"errored"` // the test could not say: it broke, was not built, or never ended
	Skipped   int       `json:"skipped"`
	Bad       []Test    `json:"bad,omitempty"` // those that failed or errored, in document order, at most 1,000
}

// Test is one test that did not pass.
type Test struct {
	Suite   string `json:"suite,omitempty"` // class or package
	Name    string `json:"name"`
	Errored bool   `json:"errored,omitempty"` // else failed
	Message string `json:"message,omitempty"`
	Pointer string `json:"pointer"`
}

const maxBad = 1000

// Add counts one test that did not pass.
func (t *Tests) Add(bad Test) {
	t.Total++
	if bad.Errored {
		t.Errored++
	} else {
		t.Failed++
	}
	if len(t.Bad) < maxBad {
		t.Bad = append(t.Bad, bad)
	}
}
