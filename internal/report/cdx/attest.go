package cdx

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// The bom-refs of an attestation document.
const (
	subjectRef  = "subject"
	targetRef   = "target"
	issuerRef   = "issuer"
	assessorRef = "assessor"
	standardRef = "standard"
)

// Conformance scores: CycloneDX wants a number from 0 to 1 for each requirement. Everything between met and not met is
// the same half: the rationale says which, and nothing is to be added up or averaged.
const (
	scoreMet     = 1.0
	scoreBetween = 0.5
	scoreNot     = 0.0
)

// Attestations writes a declaration or status report as CycloneDX 1.6 JSON with attestations: the guideline as a
// standard (6 categories, 21 requirements, 69 individual requirements, two levels), one attestation for each role held,
// with one map entry for each of its duties, claims, evidence by digest, and who affirms it.
//
// A duty that does not apply has a claim and no map entry. One that is not assessed, or withheld in this copy, has an
// entry without a score. An unsigned document has no affirmation. The same input gives the same bytes.
func Attestations(d declared.Document, l lang.Lang) ([]byte, error) {
	lines, err := d.Lines()
	if err != nil {
		return nil, err
	}
	a := attesting{d: d, lang: l}
	for _, s := range d.Requirements.Scope {
		a.attest(s, lines)
	}
	a.supporting()
	bom := attested{BOM: *cyclonedx.NewBOM(), Declarations: declarations{
		Assessors:    []assessor{{BOMRef: assessorRef, Organization: issuer(d.Issuer, "")}},
		Declarations: cyclonedx.Declarations{Attestations: &a.attestations, Claims: &a.claims, Evidence: &a.evidence, Targets: a.targets(), Affirmation: a.affirmation()},
	}}
	bom.SpecVersion, bom.JSONSchema, bom.Version = cyclonedx.SpecVersion1_6, "http://cyclonedx.org/schema/bom-1.6.schema.json", 1
	bom.Metadata = &cyclonedx.Metadata{Timestamp: stamp(d.IssuedAt), Supplier: issuer(d.Issuer, ""), Component: a.component(subjectRef),
		Tools: &cyclonedx.ToolsChoice{Components: &[]cyclonedx.Component{{Type: cyclonedx.ComponentTypeApplication, Name: "tasuki"}}}}
	bom.Definitions = &cyclonedx.Definitions{Standards: &[]cyclonedx.StandardDefinition{standard(guideline.Default(), l)}}
	bom.Properties = a.properties()
	return bom.encode()
}

// attested is a BOM whose assessors say that they are no third party; the library leaves a false out.
type attested struct {
	cyclonedx.BOM
	Declarations declarations `json:"declarations"`
}

type declarations struct {
	Assessors []assessor `json:"assessors"`
	cyclonedx.Declarations
}

type assessor struct {
	BOMRef       string                          `json:"bom-ref"`
	ThirdParty   bool                            `json:"thirdParty"`
	Organization *cyclonedx.OrganizationalEntity `json:"organization"`
}

// encode writes the document with a serial number derived from its content.
func (b *attested) encode() ([]byte, error) {
	write := func() ([]byte, error) {
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err := e.Encode(b)
		return out.Bytes(), err
	}
	plain, err := write()
	if err != nil {
		return nil, err
	}
	b.SerialNumber = serial(plain)
	return write()
}

type attesting struct {
	d            declared.Document
	lang         lang.Lang
	attestations []cyclonedx.Attestation
	claims       []cyclonedx.Claim
	evidence     []cyclonedx.DeclarationEvidence
}

// attest adds what is said of the duties of one role.
func (a *attesting) attest(s verify.Scope, lines []declared.Line) {
	summary := s.Role.Title().In(a.lang)
	if s.Party != "" {
		summary = s.Party + " " + summary
	}
	if stance := chain.StanceName(s.Stance).In(a.lang); stance != "" {
		summary += " (" + stance + ")"
	}
	entries := []cyclonedx.AttestationMap{}
	for _, line := range lines {
		if line.Role != s.Role || line.Party != s.Party {
			continue
		}
		claim := a.claim(line)
		if line.Answer != nil && line.Answer.Status == verify.NotApplicable {
			continue
		}
		entries = append(entries, cyclonedx.AttestationMap{Requirement: requirementRef(string(line.Requirement)), Claims: claim,
			Conformance: a.conformance(line), Confidence: a.confidence(line.Answer)})
	}
	a.attestations = append(a.attestations, cyclonedx.Attestation{Summary: summary, Assessor: assessorRef, Map: &entries})
}

// claim adds the claim about a duty and gives its reference; a withheld answer claims nothing.
func (a *attesting) claim(line declared.Line) *[]cyclonedx.BOMReference {
	if line.Answer == nil {
		return nil
	}
	ref := fmt.Sprintf("claim:%04d", line.Index)
	c := cyclonedx.Claim{BOMRef: ref, Target: targetRef, Predicate: a.predicate(line), Reasoning: a.reasoning(line)}
	var proof []cyclonedx.BOMReference
	for _, digest := range line.Answer.Evidence {
		if n := a.d.Source(digest); n > 0 {
			proof = append(proof, evidenceRef(n))
		}
	}
	if len(proof) > 0 {
		c.Evidence = &proof
	}
	if e := line.Answer.Exception; e != nil {
		c.MitigationStrategies = &[]cyclonedx.BOMReference{a.exception(line, *e)}
	}
	a.claims = append(a.claims, c)
	return &[]cyclonedx.BOMReference{cyclonedx.BOMReference(ref)}
}

// predicate says what is claimed: duty and status.
func (a *attesting) predicate(line declared.Line) string {
	return fmt.Sprintf("%s %s (%s): %s", line.Requirement, line.Asked.Title.In(a.lang), line.Role.Title().In(a.lang), declared.StatusName(line.Answer.Status).In(a.lang))
}

// reasoning gives the reasons; of a duty that does not apply also the reason that was approved.
func (a *attesting) reasoning(line declared.Line) string {
	out := declared.Words(line.Answer.Reasons, a.lang)
	for _, x := range a.d.Requirements.Exclusions {
		if x.Duty() == line.Duty() {
			out = strings.TrimSpace(out + " " + x.Reason)
		}
	}
	return out
}

// exception adds an approved deviation as evidence, which is how CycloneDX describes what is done instead.
func (a *attesting) exception(line declared.Line, e verify.Exception) cyclonedx.BOMReference {
	ref := fmt.Sprintf("exception:%04d", line.Index)
	a.evidence = append(a.evidence, cyclonedx.DeclarationEvidence{BOMRef: ref, Description: e.Reason, Expires: stamp(e.Until),
		Reviewer: &cyclonedx.OrganizationalContact{Name: e.Approver.Name}})
	return cyclonedx.BOMReference(ref)
}

func (a *attesting) conformance(line declared.Line) *cyclonedx.AttestationConformance {
	if line.Answer == nil {
		return &cyclonedx.AttestationConformance{Rationale: strings.TrimSpace(lang.T("この写しでは非開示", "not shown in this copy").In(a.lang) + " " + line.Withheld)}
	}
	out := &cyclonedx.AttestationConformance{Rationale: declared.StatusName(line.Answer.Status).In(a.lang)}
	score := scoreBetween
	switch line.Answer.Status {
	case verify.Met:
		score = scoreMet
	case verify.NotMet:
		score = scoreNot
	case verify.NotAssessed:
		return out
	}
	out.Score = &score
	if line.Answer.Exception != nil {
		out.MitigationStrategies = &[]cyclonedx.BOMReference{cyclonedx.BOMReference(fmt.Sprintf("exception:%04d", line.Index))}
	}
	return out
}

// confidence says what an answer rests on, in words: there is no number for it.
func (a *attesting) confidence(answer *verify.Answer) *cyclonedx.AttestationConfidence {
	if answer == nil {
		return nil
	}
	rests := declared.BasisName(answer.Basis).In(a.lang)
	if answer.StatedOnly {
		rests = declared.StatedOnly.In(a.lang)
	}
	return &cyclonedx.AttestationConfidence{Rationale: rests}
}

// supporting adds every document by name and digest; contents travel in the bundle, where they may be withheld.
func (a *attesting) supporting() {
	for i, r := range a.d.Supporting {
		a.evidence = append(a.evidence, cyclonedx.DeclarationEvidence{BOMRef: string(evidenceRef(i + 1)),
			Description: declared.ResourceName(r.Kind).In(a.lang) + " " + r.Digest,
			Data:        &[]cyclonedx.EvidenceData{{Name: r.Name, Contents: &cyclonedx.EvidenceDataContents{URL: namedInformation(r.Digest)}}}})
	}
}

// affirmation says who stands by it; nobody does when it is not signed. The reference leads to the signed declaration by
// its id and digest.
func (a *attesting) affirmation() *cyclonedx.Affirmation {
	s := a.d.Signed
	if s == nil {
		return nil
	}
	role := strings.TrimSpace(a.d.Signer.Department + " " + a.d.Signer.Title)
	return &cyclonedx.Affirmation{Statement: a.d.Conformity.In(a.lang), Signatories: &[]cyclonedx.Signatory{{Name: a.d.Signer.Name, Role: role,
		Organization: issuer(a.d.Issuer, ""),
		ExternalReference: &cyclonedx.ExternalReference{Type: cyclonedx.ERTypeAttestation, URL: a.d.ID,
			Comment: "DSSE envelope with an in-toto statement, in a Tasuki bundle; signed with key " + s.Key,
			Hashes:  sha256Of(s.Declaration)}}}}
}

func (a *attesting) targets() *cyclonedx.Targets {
	return &cyclonedx.Targets{Organizations: &[]cyclonedx.OrganizationalEntity{*issuer(a.d.Issuer, issuerRef)}, Components: &[]cyclonedx.Component{*a.component(targetRef)}}
}

// component is the object with its files.
func (a *attesting) component(ref string) *cyclonedx.Component {
	o := a.d.Object
	c := &cyclonedx.Component{BOMRef: ref, Type: cyclonedx.ComponentTypeApplication, Name: o.Name, Version: o.Version, PackageURL: o.PURL}
	files := []cyclonedx.Component{}
	for i, f := range o.Artifacts {
		files = append(files, cyclonedx.Component{BOMRef: fmt.Sprintf("%s:file:%04d", ref, i+1), Type: cyclonedx.ComponentTypeFile, Name: f.Name, Hashes: sha256Of(f.Digest)})
	}
	if len(files) > 0 {
		c.Components = &files
	}
	return c
}

// properties hold what CycloneDX has no place for.
func (a *attesting) properties() *[]cyclonedx.Property {
	d := a.d
	out := []cyclonedx.Property{{Name: "tasuki:kind", Value: string(d.Kind)}, {Name: "tasuki:signed", Value: fmt.Sprint(d.Signed != nil)},
		{Name: "tasuki:digest", Value: d.Digest()}, {Name: "tasuki:edition", Value: d.Requirements.Edition},
		{Name: "tasuki:catalogue:digest", Value: d.Requirements.CatalogueDigest}, {Name: "tasuki:level", Value: string(d.Requirements.Level)},
		{Name: "tasuki:valid:from", Value: stamp(d.Validity.From)}, {Name: "tasuki:valid:until", Value: stamp(d.Validity.Until)}}
	for _, l := range d.Limitations {
		out = append(out, cyclonedx.Property{Name: "tasuki:limitation", Value: l.In(a.lang)})
	}
	if d.Signed != nil {
		out = append(out, cyclonedx.Property{Name: "tasuki:bundle:digest", Value: d.Signed.Bundle})
	}
	return &out
}

func issuer(i verify.Issuer, ref string) *cyclonedx.OrganizationalEntity {
	return &cyclonedx.OrganizationalEntity{BOMRef: ref, Name: i.Name}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func sha256Of(digest string) *[]cyclonedx.Hash {
	return &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: strings.TrimPrefix(digest, "sha256:")}}
}

// namedInformation gives the address of content by its digest (RFC 6920): ni:///sha-256;… It is empty for what is no
// SHA-256.
func namedInformation(digest string) string {
	raw, err := hex.DecodeString(strings.TrimPrefix(digest, "sha256:"))
	if err != nil {
		return ""
	}
	return "ni:///sha-256;" + base64.RawURLEncoding.EncodeToString(raw)
}

func evidenceRef(n int) cyclonedx.BOMReference {
	return cyclonedx.BOMReference(fmt.Sprintf("evidence:%04d", n))
}

func requirementRef(id string) string { return "requirement:" + id }
