package relay

import (
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Report is what verifying a bundle came to: details in one language, the words of package verify otherwise.
type Report struct {
	OK         bool          `json:"ok"`
	Steps      []Step        `json:"steps"`
	Chain      []verify.Link `json:"chain"`
	NotChecked []Unchecked   `json:"not_checked" doc:"What was not given to check against"`
	Changes    []Difference  `json:"changes" doc:"What differs from the last declaration of the same issuer about the same object"`
}

// A Difference is something that differs from an earlier declaration.
type Difference struct {
	Name   string `json:"name"`
	Bundle string `json:"bundle,omitempty"`
	What   string `json:"what,omitempty" doc:"The duty, role or file"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Detail string `json:"detail"`
}

// ChangesIn gives changes in one language; never nil.
func ChangesIn(changes []verify.Change, l lang.Lang) []Difference {
	out := []Difference{}
	for _, c := range changes {
		out = append(out, Difference{c.Name, c.Bundle, c.What, c.Before, c.After, c.Detail.In(l)})
	}
	return out
}

// Step is one step of a verification.
type Step struct {
	Name   string `json:"name"`
	Bundle string `json:"bundle,omitempty"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Where  string `json:"where,omitempty"`
}

// Unchecked is something that could not be checked, because nothing was given to check it against.
type Unchecked struct {
	Name   string `json:"name"`
	Bundle string `json:"bundle,omitempty"`
	Detail string `json:"detail"`
}

// ReportOf gives a verification in one language.
func ReportOf(r verify.Report, l lang.Lang) Report {
	out := Report{OK: r.OK, Steps: []Step{}, Chain: r.Chain, NotChecked: []Unchecked{}, Changes: ChangesIn(r.Changes, l)}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, Step{s.Name, s.Bundle, s.OK, s.Detail.In(l), s.Where})
	}
	for _, u := range r.NotChecked {
		out.NotChecked = append(out.NotChecked, Unchecked{u.Name, u.Bundle, u.Detail.In(l)})
	}
	return out
}

// TakenIn says what became of a bundle.
type TakenIn struct {
	Accepted bool         `json:"accepted"`
	Digest   string       `json:"digest"`
	Report   Report       `json:"report"`
	Subject  fact.Subject `json:"subject"`
	Request  string       `json:"request,omitempty" doc:"Digest of the request of ours that it answers"`
	Fulfils  *bool        `json:"fulfils,omitempty" doc:"Everything that was asked for holds"`
	Lacks    []string     `json:"lacks,omitempty" doc:"Names of the steps that do not hold against what was asked"`
}

// TakenInOf gives what became of a bundle, in one language.
func TakenInOf(r exchange.Received, l lang.Lang) TakenIn {
	out := TakenIn{Accepted: r.Accepted, Digest: r.Digest, Subject: r.Subject, Report: ReportOf(r.Report, l)}
	if r.Reply != nil {
		out.Request, out.Fulfils, out.Lacks = r.Reply.To, &r.Reply.Fulfils, r.Reply.Failed
	}
	return out
}
