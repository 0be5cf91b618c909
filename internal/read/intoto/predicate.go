package intoto

import (
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// resource is a thing a build used: the materials of v0.1 and v0.2, the resolved dependencies of v1.
type resource struct {
	URI    string            `json:"uri"`
	Digest map[string]string `json:"digest"`
}

func (r resource) String() string {
	if len(r.Digest) == 0 {
		return r.URI
	}
	return strings.TrimSpace(r.URI + " " + digest(r.Digest))
}

// provenance is SLSA provenance of any version: https://slsa.dev/spec/v1.0/provenance, /spec/v0.2/provenance.
type provenance struct {
	// v0.1 and v0.2
	Builder struct {
		ID string `json:"id"`
	} `json:"builder"`
	BuildType string `json:"buildType"`
	Recipe    struct {
		Type string `json:"type"`
	} `json:"recipe"`
	Invocation struct {
		ConfigSource resource `json:"configSource"`
	} `json:"invocation"`
	Materials []resource `json:"materials"`
	Metadata  struct {
		Finished string `json:"buildFinishedOn"`
	} `json:"metadata"`
	// v1
	BuildDefinition struct {
		BuildType    string     `json:"buildType"`
		Dependencies []resource `json:"resolvedDependencies"`
	} `json:"buildDefinition"`
	RunDetails struct {
		Builder struct {
			ID string `json:"id"`
		} `json:"builder"`
		Metadata struct {
			Finished string `json:"finishedOn"`
		} `json:"metadata"`
	} `json:"runDetails"`
}

// understand takes out of the predicate what we use.
func understand(a *fact.Attestation, s statement) error {
	switch {
	case strings.HasPrefix(s.PredicateType, "https://slsa.dev/provenance/"):
		var p provenance
		if err := predicate(s, &p); err != nil {
			return err
		}
		a.Builder = first(p.RunDetails.Builder.ID, p.Builder.ID)
		a.BuildType = first(p.BuildDefinition.BuildType, p.BuildType, p.Recipe.Type)
		a.Source = source(p)
		a.FinishedAt = input.Time(first(p.RunDetails.Metadata.Finished, p.Metadata.Finished))
	case strings.HasPrefix(s.PredicateType, "https://in-toto.io/attestation/test-result/"):
		var p struct {
			Result string `json:"result"`
		}
		if err := predicate(s, &p); err != nil {
			return err
		}
		a.Result = strings.ToLower(p.Result)
	case strings.HasPrefix(s.PredicateType, "https://slsa.dev/verification_summary/"):
		return summary(a, s)
	case strings.HasPrefix(s.PredicateType, "https://in-toto.io/attestation/scai/"):
		return attributes(a, s)
	case strings.HasPrefix(s.PredicateType, "https://in-toto.io/attestation/vulns/"):
		return vulnerabilities(a, s)
	case strings.HasPrefix(s.PredicateType, "https://in-toto.io/attestation/release/"):
		var p struct {
			PURL string `json:"purl"`
		}
		if err := predicate(s, &p); err != nil {
			return err
		}
		a.Claims = said(p.PURL)
	}
	return nil
}

// summary reads a verification summary (https://slsa.dev/spec/v1.0/verification_summary): who verified what, with which
// result, up to which levels.
func summary(a *fact.Attestation, s statement) error {
	var p struct {
		Verifier struct {
			ID string `json:"id"`
		} `json:"verifier"`
		Time     string   `json:"timeVerified"`
		Resource string   `json:"resourceUri"`
		Result   string   `json:"verificationResult"`
		Levels   []string `json:"verifiedLevels"`
	}
	if err := predicate(s, &p); err != nil {
		return err
	}
	if p.Result != "PASSED" && p.Result != "FAILED" {
		return input.Refuse("/verificationResult", lang.F("検証の結果「%s」はPASSEDでもFAILEDでもありません", "the result %q is neither PASSED nor FAILED", input.Clip(p.Result)))
	}
	a.By, a.Result, a.Source, a.Claims = p.Verifier.ID, strings.ToLower(p.Result), p.Resource, said(p.Levels...)
	a.FinishedAt = input.Time(p.Time)
	return nil
}

// attributes reads a SCAI report (https://github.com/in-toto/attestation, SCAI 0.3): attributes of the subjects.
func attributes(a *fact.Attestation, s statement) error {
	var p struct {
		Attributes []struct {
			Attribute string `json:"attribute"`
		} `json:"attributes"`
		Producer struct {
			URI  string `json:"uri"`
			Name string `json:"name"`
		} `json:"producer"`
	}
	if err := predicate(s, &p); err != nil {
		return err
	}
	a.By = first(p.Producer.URI, p.Producer.Name)
	for _, x := range p.Attributes {
		a.Claims = append(a.Claims, said(x.Attribute)...)
	}
	return nil
}

// vulnerabilities reads the result of a scan (https://in-toto.io/attestation/vulns, 0.1 and 0.2): which scanner found
// which vulnerabilities, and when.
func vulnerabilities(a *fact.Attestation, s statement) error {
	var p struct {
		Scanner struct {
			URI     string `json:"uri"`
			Version string `json:"version"`
			Result  []struct {
				ID string `json:"id"`
			} `json:"result"`
		} `json:"scanner"`
		Metadata struct {
			Finished string `json:"scanFinishedOn"`
		} `json:"metadata"`
	}
	if err := predicate(s, &p); err != nil {
		return err
	}
	a.By = strings.TrimSpace(p.Scanner.URI + " " + p.Scanner.Version)
	for _, x := range p.Scanner.Result {
		a.Claims = append(a.Claims, said(x.ID)...)
	}
	a.FinishedAt = input.Time(p.Metadata.Finished)
	return nil
}

// said gives what is not empty, at most as long as people read.
func said(values ...string) (out []string) {
	for _, v := range values {
		if v != "" {
			out = append(out, input.Clip(v))
		}
	}
	return out
}

// documents are the beginnings of the predicate types whose predicate is a document of another format.
var documents = []string{"https://cyclonedx.org/bom", "https://spdx.dev/Document", "https://openvex.dev/ns"}

func isDocument(predicate string) bool {
	return slices.ContainsFunc(documents, func(d string) bool { return strings.HasPrefix(predicate, d) })
}

// Enclosed is a document that a statement carries as its predicate: an SBOM or a VEX.
type Enclosed struct {
	Text  []byte
	Place string // of the statement: the Pointer of its fact
}

// Documents gives the documents that the statements of a document carry, as they stand in it, whatever the signature
// around them is worth.
func Documents(b []byte) (out []Enclosed) {
	text, err := input.Text(b)
	if err != nil {
		return nil
	}
	docs, err := pieces(text)
	if err != nil {
		return nil
	}
	for _, doc := range docs {
		o, err := open(doc.text, doc.place)
		if s := o.statement; err == nil && len(s.Predicate) > 0 && isDocument(s.PredicateType) {
			out = append(out, Enclosed{s.Predicate, o.place})
		}
	}
	return out
}

func predicate(s statement, into any) error {
	if len(s.Predicate) == 0 {
		return input.Refuse("", lang.T("証明の中身(predicate)がありません", "there is no predicate"))
	}
	return input.Decode(s.Predicate, into)
}

// source gives where it was built from: the configuration's source in v0.2, else the first thing used.
func source(p provenance) string {
	if p.Invocation.ConfigSource.URI != "" {
		return p.Invocation.ConfigSource.String()
	}
	for _, list := range [][]resource{p.BuildDefinition.Dependencies, p.Materials} {
		if len(list) > 0 {
			return list[0].String()
		}
	}
	return ""
}
