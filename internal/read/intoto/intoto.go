// Package intoto reads in-toto statements (v0.1 and v1, https://in-toto.io/Statement/v1), bare, in a DSSE envelope, in a
// Sigstore bundle, or in an attestation of the Python package index (PEP 740). One document may hold several: one a line,
// or those of a package as the registries of npm and Python give them. The predicates it understands are in
// predicate.go; others are kept by their type.
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
	if v, ok := input.Member(b, "attestations"); ok {
		return bytes.HasPrefix(v, []byte("[")) && bytes.Contains(v, []byte(`"bundle"`)) && bytes.Contains(v, []byte("sigstore.bundle"))
	}
	if v, ok := input.Member(b, "attestation_bundles"); ok {
		return bytes.HasPrefix(v, []byte("["))
	}
	return has(b, "dsseEnvelope") || has(b, "messageSignature") && has(b, "verificationMaterial") ||
		has(b, "envelope") && has(b, "verification_material")
}

func has(b []byte, name string) bool {
	_, ok := input.Member(b, name)
	return ok
}

type document struct {
	envelope
	Bundled *envelope       `json:"dsseEnvelope"`
	Python  *pythonEnvelope `json:"envelope"`
	Message json.RawMessage `json:"messageSignature"`
	Type    string          `json:"_type"`
}

// pythonEnvelope is a DSSE envelope as PEP 740 writes it: of one signature, and always of in-toto.
type pythonEnvelope struct {
	Statement string          `json:"statement"`
	Signature json.RawMessage `json:"signature"`
}

func (p pythonEnvelope) dsse() *envelope {
	e := &envelope{PayloadType: payloadType, Payload: p.Statement}
	if len(p.Signature) > 0 {
		e.Signatures = []json.RawMessage{slices.Concat([]byte(`{"sig":`), p.Signature, []byte("}"))}
	}
	return e
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
	docs, err := pieces(text)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	for _, doc := range docs {
		if err := read(&r, doc.text, doc.place); err != nil {
			return fact.Reading{}, refused(err)
		}
	}
	r.Summary = map[string]any{"statements": len(r.Facts)}
	return r, nil
}

// piece is one statement, envelope or bundle of a document, and where it stands.
type piece struct {
	text  []byte
	place string
}

// Pieces gives what a document holds, one by one: a statement, an envelope or a bundle each, as it stands there.
func Pieces(b []byte) ([][]byte, error) {
	text, err := input.Text(b)
	if err != nil {
		return nil, refused(err)
	}
	docs, err := pieces(text)
	if err != nil {
		return nil, refused(err)
	}
	var out [][]byte
	for _, d := range docs {
		out = append(out, d.text)
	}
	return out, nil
}

// pieces takes a document apart that holds several.
func pieces(b []byte) ([]piece, error) {
	switch {
	case has(b, "attestations"):
		return registry(b)
	case has(b, "attestation_bundles"):
		return python(b)
	}
	return lines(b), nil
}

// python takes a provenance object of PEP 740 apart: {"attestation_bundles": [{"publisher": …, "attestations": […]}]}.
func python(b []byte) (out []piece, err error) {
	var d struct {
		Bundles []struct {
			Attestations []json.RawMessage `json:"attestations"`
		} `json:"attestation_bundles"`
	}
	if err := input.Decode(b, &d); err != nil {
		return nil, err
	}
	for i, bundle := range d.Bundles {
		for j, a := range bundle.Attestations {
			out = append(out, piece{a, fmt.Sprintf("/attestation_bundles/%d/attestations/%d", i, j)})
		}
	}
	if len(out) == 0 {
		return nil, input.Refuse("/attestation_bundles", lang.T("証明が一つもありません", "there is no attestation"))
	}
	return out, nil
}

// registry takes the npm registry's answer apart: {"attestations": [{"predicateType": …, "bundle": …}]}.
func registry(b []byte) (out []piece, err error) {
	var d struct {
		Attestations []struct {
			Bundle json.RawMessage `json:"bundle"`
		} `json:"attestations"`
	}
	if err := input.Decode(b, &d); err != nil {
		return nil, err
	}
	for i, a := range d.Attestations {
		place := fmt.Sprintf("/attestations/%d/bundle", i)
		if len(a.Bundle) == 0 {
			return nil, input.Refuse(place, lang.T("束ねた証明(bundle)がありません", "the bundle is missing"))
		}
		out = append(out, piece{a.Bundle, place})
	}
	if len(out) == 0 {
		return nil, input.Refuse("/attestations", lang.T("証明が一つもありません", "there is no attestation"))
	}
	return out, nil
}

// lines takes JSON Lines apart: several lines, each of which is one of ours.
func lines(b []byte) []piece {
	var out []piece
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if !Match(line) || !bytes.HasSuffix(line, []byte("}")) {
			return []piece{{b, ""}}
		}
		p := piece{line, ""}
		if len(out) > 0 {
			p.place = fmt.Sprintf("line %d", len(out)+1)
		}
		out = append(out, p)
	}
	if len(out) < 2 {
		return []piece{{b, ""}}
	}
	return out
}

func refused(err error) error {
	if e, ok := err.(*lang.Error); ok {
		e.What = lang.T("in-totoの証明(アテステーション)として受け取れませんでした", "the document is not accepted as an in-toto attestation")
		e.Next = lang.T("作成元から証明を受け取り直してください。", "Ask whoever made the attestation for a sound copy.")
	}
	return err
}

func read(r *fact.Reading, b []byte, place string) error {
	o, err := open(b, place)
	if err != nil {
		return err
	}
	switch {
	case o.envelope == nil:
		r.Problems = append(r.Problems, fact.Problem{Where: o.place, What: lang.T("署名のない証明です", "the statement is not signed")})
	case len(o.envelope.Signatures) == 0:
		r.Problems = append(r.Problems, fact.Problem{Where: o.place[:strings.LastIndexByte(o.place, '/')] + "/signatures", What: lang.T("署名が一つもありません", "there is no signature")})
	}
	a, err := attestation(o.statement, o.place)
	if err != nil {
		return err
	}
	if r.Version == "" {
		r.Version = strings.TrimPrefix(o.statement.Type, "https://in-toto.io/Statement/")
	}
	r.Facts = append(r.Facts, fact.Fact{Kind: fact.KindAttestation, ObservedAt: a.FinishedAt, Pointer: o.place, Data: a})
	return nil
}

// opened is a statement taken out of what it came in.
type opened struct {
	statement statement
	place     string    // of the statement
	envelope  *envelope // nil for a bare statement
}

func open(b []byte, place string) (opened, error) {
	var d document
	if err := input.Decode(b, &d); err != nil {
		return opened{}, err
	}
	o, raw := opened{place: place}, b
	if d.Type == "" {
		payload := "/payload"
		switch {
		case d.Bundled != nil:
			o.envelope, o.place = d.Bundled, place+"/dsseEnvelope"
		case d.Python != nil:
			o.envelope, o.place, payload = d.Python.dsse(), place+"/envelope", "/statement"
		case len(d.Message) > 0:
			return opened{}, input.Refuse(place+"/messageSignature", lang.T("ファイルへの署名だけで、何かを述べる証明ではありません。検証は「tasuki attest check」でできます",
				"it signs a file and states nothing about it; \"tasuki attest check\" verifies it"))
		default:
			o.envelope = &d.envelope
		}
		if t := o.envelope.PayloadType; t != payloadType {
			return opened{}, input.Refuse(o.place+"/payloadType", lang.F("中身の種類が「%s」で、in-totoではありません", "the payload is %q, not in-toto", input.Clip(t)))
		}
		o.place += payload
		inner, err := decode(o.envelope.Payload)
		if err != nil {
			return opened{}, input.Refuse(o.place, lang.T("中身がBase64として読めません", "the payload is not Base64"))
		}
		if raw, err = input.Text(inner); err != nil {
			return opened{}, inside(err, o.place)
		}
	}
	return o, inside(input.Decode(raw, &o.statement), o.place)
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

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
