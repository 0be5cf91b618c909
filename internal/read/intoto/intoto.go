// Package intoto reads in-toto statements (v0.1 and v1, https://in-toto.io/Statement/v1), bare, in a DSSE envelope, or in a
// Sigstore bundle; one document may hold several, one a line. Of the predicates it understands SLSA provenance (v0.1,
// v0.2, v1) and test results (https://in-toto.io/attestation/test-result/v0.1); others are kept by their type.
//
// It verifies nothing: facts leave here unverified, and who checks the signature says so. Start from [Read].
package intoto

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

const payloadType = "application/vnd.in-toto+json"

// Match reports whether the bytes are a statement, an envelope or a Sigstore bundle around one.
func Match(b []byte) bool {
	if v, ok := input.Member(b, "_type"); ok {
		return strings.HasPrefix(string(v), `"https://in-toto.io/Statement/`)
	}
	if v, ok := input.Member(b, "payloadType"); ok {
		return string(v) == `"`+payloadType+`"`
	}
	_, ok := input.Member(b, "dsseEnvelope")
	return ok
}

type document struct {
	envelope
	Bundled *envelope `json:"dsseEnvelope"`
	Type    string    `json:"_type"`
}

type envelope struct {
	PayloadType string            `json:"payloadType"`
	Payload     string            `json:"payload"`
	Signatures  []json.RawMessage `json:"signatures"`
}

type statement struct {
	Type    string `json:"_type"`
	Subject []struct {
		Name   string            `json:"name"`
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// Read reads one document. The facts are *fact.Attestation, one for each statement.
func Read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	r := fact.Reading{Type: "intoto"}
	for i, doc := range documents(text) {
		place := ""
		if i > 0 {
			place = fmt.Sprintf("line %d", i+1)
		}
		if err := read(&r, doc, place); err != nil {
			return fact.Reading{}, refused(err)
		}
	}
	r.Summary = map[string]any{"statements": len(r.Facts)}
	return r, nil
}

// documents takes JSON Lines apart: several lines, each of which is one of ours.
func documents(b []byte) [][]byte {
	var lines [][]byte
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if !Match(line) || !bytes.HasSuffix(line, []byte("}")) {
			return [][]byte{b}
		}
		lines = append(lines, line)
	}
	if len(lines) < 2 {
		return [][]byte{b}
	}
	return lines
}

func refused(err error) error {
	if e, ok := err.(*lang.Error); ok {
		e.What = lang.T("in-totoの証明(アテステーション)として受け取れませんでした", "the document is not accepted as an in-toto attestation")
		e.Next = lang.T("作成元から証明を受け取り直してください。", "Ask whoever made the attestation for a sound copy.")
	}
	return err
}

func read(r *fact.Reading, b []byte, place string) error {
	var d document
	if err := input.Decode(b, &d); err != nil {
		return err
	}
	raw, at := b, place
	if d.Type == "" {
		e := &d.envelope
		if d.Bundled != nil {
			e, at = d.Bundled, place+"/dsseEnvelope"
		}
		if e.PayloadType != payloadType {
			return input.Refuse(at+"/payloadType", lang.F("中身の種類が「%s」で、in-totoではありません", "the payload is %q, not in-toto", input.Clip(e.PayloadType)))
		}
		payload, err := decode(e.Payload)
		if err != nil {
			return input.Refuse(at+"/payload", lang.T("中身がBase64として読めません", "the payload is not Base64"))
		}
		if raw, err = input.Text(payload); err != nil {
			return inside(err, at)
		}
		if len(e.Signatures) == 0 {
			r.Problems = append(r.Problems, fact.Problem{Where: at + "/signatures", What: lang.T("署名が一つもありません", "there is no signature")})
		}
		at += "/payload"
	} else {
		r.Problems = append(r.Problems, fact.Problem{Where: at, What: lang.T("署名のない証明です", "the statement is not signed")})
	}
	var s statement
	if err := input.Decode(raw, &s); err != nil {
		return inside(err, at)
	}
	a, err := attestation(s, at)
	if err != nil {
		return err
	}
	if r.Version == "" {
		r.Version = strings.TrimPrefix(s.Type, "https://in-toto.io/Statement/")
	}
	r.Facts = append(r.Facts, fact.Fact{Kind: fact.KindAttestation, ObservedAt: a.FinishedAt, Pointer: at, Data: a})
	return nil
}

// inside puts the place of the payload before a place in it.
func inside(err error, at string) error {
	if e, ok := err.(*lang.Error); ok && at != "" {
		e.Where = strings.TrimSpace(at + " " + e.Where)
	}
	return err
}

func decode(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		b, err = base64.URLEncoding.DecodeString(s)
	}
	return b, err
}

func attestation(s statement, at string) (*fact.Attestation, error) {
	if !strings.HasPrefix(s.Type, "https://in-toto.io/Statement/v") {
		return nil, input.Refuse(at+"/_type", lang.F("「%s」はin-totoの証明ではありません", "%q is not an in-toto statement", input.Clip(s.Type)))
	}
	if s.PredicateType == "" {
		return nil, input.Refuse(at+"/predicateType", lang.T("何についての証明か(predicateType)が書かれていません", "it does not say what it states (predicateType)"))
	}
	a := &fact.Attestation{PredicateType: s.PredicateType, Subjects: []fact.Digest{}}
	for i, x := range s.Subject {
		if len(x.Digest) == 0 {
			return nil, input.Refuse(fmt.Sprintf("%s/subject/%d", at, i), lang.F("対象「%s」にハッシュ値がなく、何についての証明か決まりません", "the subject %q has no digest, so that nothing ties it to an artifact", input.Clip(x.Name)))
		}
		a.Subjects = append(a.Subjects, fact.Digest{Name: x.Name, Digest: digest(x.Digest)})
	}
	if len(a.Subjects) == 0 {
		return nil, input.Refuse(at+"/subject", lang.T("対象が一つもありません", "it has no subject"))
	}
	if err := understand(a, s); err != nil {
		return nil, inside(err, at+"/predicate")
	}
	return a, nil
}

// digest prefers SHA-256, then the first name in order.
func digest(m map[string]string) string {
	if v, ok := m["sha256"]; ok {
		return "sha256:" + strings.ToLower(v)
	}
	alg := slices.Min(slices.Collect(maps.Keys(m)))
	return alg + ":" + strings.ToLower(m[alg])
}

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
		if t, err := time.Parse(time.RFC3339, first(p.RunDetails.Metadata.Finished, p.Metadata.Finished)); err == nil {
			a.FinishedAt = t.UTC()
		}
	case strings.HasPrefix(s.PredicateType, "https://in-toto.io/attestation/test-result/"):
		var p struct {
			Result string `json:"result"`
		}
		if err := predicate(s, &p); err != nil {
			return err
		}
		a.Result = strings.ToLower(p.Result)
	}
	return nil
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

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
