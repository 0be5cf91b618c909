package vex

import (
	"strings"
	"time"
)

// states are CycloneDX's words for the statuses.
var states = map[string]string{"affected": "exploitable", "not_affected": "not_affected", "fixed": "resolved", "under_investigation": "in_triage"}

// justifications are CycloneDX's words for OpenVEX's. What has no safe counterpart is left out; the note still says it.
var justifications = map[string]string{
	"vulnerable_code_not_present":         "code_not_present",
	"vulnerable_code_not_in_execute_path": "code_not_reachable",
	"inline_mitigations_already_exist":    "protected_by_mitigating_control",
}

// reasonProperty keeps the justification as it was decided, where CycloneDX has no word for it.
const reasonProperty = "tasuki:vex:justification"

type cdxRating struct {
	Score    *float64 `json:"score,omitempty"`
	Severity string   `json:"severity,omitempty"`
	Method   string   `json:"method,omitempty"`
	Vector   string   `json:"vector,omitempty"`
}

type cdxProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type cdxAnalysis struct {
	State         string    `json:"state"`
	Justification string    `json:"justification,omitempty"`
	Response      []string  `json:"response,omitempty"`
	Detail        string    `json:"detail,omitempty"`
	LastUpdated   time.Time `json:"lastUpdated"`
}

type cdxReference struct {
	ID     string    `json:"id"`
	Source cdxSource `json:"source"`
}

type cdxSource struct {
	Name string `json:"name"`
}

type cdxVulnerability struct {
	Ref            string         `json:"bom-ref"`
	ID             string         `json:"id"`
	Source         cdxSource      `json:"source"`
	References     []cdxReference `json:"references,omitempty"`
	Ratings        []cdxRating    `json:"ratings,omitempty"`
	Description    string         `json:"description,omitempty"`
	Recommendation string         `json:"recommendation,omitempty"`
	Analysis       cdxAnalysis    `json:"analysis"`
	Affects        []struct {
		Ref string `json:"ref"`
	} `json:"affects"`
	Properties []cdxProperty `json:"properties,omitempty"`
}

type cdxComponent struct {
	Type    string `json:"type"`
	Ref     string `json:"bom-ref"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	PURL    string `json:"purl"`
}

// CycloneDX writes a CycloneDX 1.6 document that holds the release, the components spoken of, and the analyses. A reader
// that has the SBOM finds the components there by their package URLs.
func CycloneDX(in Input) ([]byte, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	type metadata struct {
		Timestamp time.Time      `json:"timestamp"`
		Tools     map[string]any `json:"tools,omitempty"`
		Authors   []cdxSource    `json:"authors"`
		Component cdxComponent   `json:"component"`
	}
	doc := struct {
		Schema          string             `json:"$schema"`
		Format          string             `json:"bomFormat"`
		SpecVersion     string             `json:"specVersion"`
		Serial          string             `json:"serialNumber"`
		Version         int                `json:"version"`
		Metadata        metadata           `json:"metadata"`
		Components      []cdxComponent     `json:"components"`
		Vulnerabilities []cdxVulnerability `json:"vulnerabilities"`
	}{Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Serial: "urn:uuid:" + in.series("cyclonedx"),
		Version: in.Version, Metadata: metadata{Timestamp: in.at(), Authors: []cdxSource{{in.Publisher.Name}},
			Component: cdxComponent{"application", in.Product.purl(), in.Product.Name, in.Product.Version, in.Product.purl()}},
		Components: []cdxComponent{}}
	if in.Tool != "" {
		doc.Metadata.Tools = map[string]any{"components": []map[string]string{{"type": "application", "name": in.Tool}}}
	}
	seen := map[string]bool{in.Product.purl(): true}
	for _, s := range in.sorted() {
		if id := s.Component.id(); !seen[id] {
			seen[id] = true
			doc.Components = append(doc.Components, cdxComponent{"library", id, s.Component.Name, s.Component.Version, id})
		}
		doc.Vulnerabilities = append(doc.Vulnerabilities, in.cdx(s))
	}
	return encode(doc)
}

func (in Input) cdx(s Statement) cdxVulnerability {
	v := cdxVulnerability{Ref: s.name() + " " + s.Component.id(), ID: s.name(), Source: cdxSource{source(s.name())}, Description: s.Summary,
		Analysis: cdxAnalysis{State: states[s.Status], Detail: s.Note, LastUpdated: s.At.UTC().Truncate(time.Second)}}
	for _, id := range s.others() {
		v.References = append(v.References, cdxReference{id, cdxSource{source(id)}})
	}
	for _, vector := range s.CVSS {
		v.Ratings = append(v.Ratings, cdxRating{Severity: severity(s.Severity), Method: method(vector), Vector: vector})
	}
	if s.SSVC != "" {
		v.Ratings = append(v.Ratings, cdxRating{Method: "SSVC", Vector: s.SSVC})
	}
	switch s.Status {
	case "not_affected":
		v.Analysis.Justification = justifications[s.Justification]
		if v.Analysis.Justification == "" && s.Justification != "" {
			v.Properties = []cdxProperty{{reasonProperty, s.Justification}}
		}
	case "affected":
		v.Recommendation = s.advice(in.Lang)
		v.Analysis.Response = map[string][]string{"fix": {"update"}, "workaround": {"workaround_available"}, "accept": {"will_not_fix"}}[s.Treatment]
	}
	v.Affects = append(v.Affects, struct {
		Ref string `json:"ref"`
	}{s.Component.id()})
	return v
}

// source names the database of an id.
func source(id string) string {
	for _, p := range []struct{ prefix, name string }{{"CVE-", "NVD"}, {"GHSA-", "GitHub Advisories"}} {
		if strings.HasPrefix(id, p.prefix) {
			return p.name
		}
	}
	return "OSV"
}

func severity(s string) string {
	switch l := strings.ToLower(s); l {
	case "critical", "high", "medium", "low", "none":
		return l
	}
	return "unknown"
}

func method(vector string) string {
	for _, p := range []struct{ prefix, method string }{{"CVSS:4.0/", "CVSSv4"}, {"CVSS:3.1/", "CVSSv31"}, {"CVSS:3.0/", "CVSSv3"}} {
		if strings.HasPrefix(vector, p.prefix) {
			return p.method
		}
	}
	return "CVSSv2"
}
