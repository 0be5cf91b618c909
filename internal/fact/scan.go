package fact

import "time"

// KindScan is the kind of a fact whose Data is a *Scan.
const KindScan Kind = "scan"

// Scan is what one run of an analysis tool found.
type Scan struct {
	Tool        string    `json:"tool"`
	ToolVersion string    `json:"tool_version,omitempty"`
	FinishedAt  time.Time `json:"finished_at,omitzero"`
	Looked      bool      `json:"looked"`           // the tool reports results, if only an empty list; false: it gave none at all
	Failed      bool      `json:"failed,omitempty"` // the tool says that it did not run through
	Rules       int       `json:"rules"`            // rules it knows, as far as the document lists them

	// Counts of results that stand: neither suppressed nor absent from the run. They are complete even where Results is cut.
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Notes      int `json:"notes"`
	Other      int `json:"other,omitempty"`      // level none, and results that are no failure: pass, open, review, informational …
	Suppressed int `json:"suppressed,omitempty"` // failures set aside by a reviewed suppression

	HighestSeverity float64      `json:"highest_severity,omitempty"` // of the results that stand, the rule's security severity (CVSS, 0 to 10)
	Results         []ScanResult `json:"results,omitempty"`          // failures, in document order, at most 10,000

	// Forms are the forms of code among the files that the document names as looked at, by name. A form that is not here was
	// perhaps looked at too: the document does not show it.
	Forms []CodeForm `json:"forms,omitempty"`
}

// CodeForm is one form of code that a run looked at.
type CodeForm struct {
	Form  string `json:"form"`  // source, configuration, infrastructure, container, build_script
	Files int    `json:"files"` // distinct ones
}

// ScanResult is one failure a tool reports.
type ScanResult struct {
	Rule       string  `json:"rule,omitempty"`
	Level      string  `json:"level"` // error, warning, note, none
	Message    string  `json:"message,omitempty"`
	Location   string  `json:"location,omitempty"` // file, with line: "src/a.c:12"
	Severity   float64 `json:"severity,omitempty"` // the rule's security severity
	Suppressed bool    `json:"suppressed,omitempty"`
	Pointer    string  `json:"pointer"`
}
