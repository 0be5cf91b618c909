package intake

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// AttestSBOM ties the release's current SBOM to its artifacts by a signature (S(2)-2.3, S(2)-4.2): it signs an in-toto
// statement whose subjects are the artifacts and whose predicate is the SBOM, takes it in as evidence like any other
// attestation, and gives its bytes for whoever receives the release.
func AttestSBOM(ctx context.Context, db *store.DB, actor store.Actor, release string, key crypto.Signer) ([]byte, error) {
	r, err := db.ReleaseByID(ctx, release)
	if err != nil {
		return nil, err
	}
	components, err := db.ReleaseComponents(ctx, release)
	if err != nil {
		return nil, err
	}
	if len(r.Artifacts) == 0 || len(components) == 0 {
		return nil, &lang.Error{Kind: lang.Nothing, What: lang.T("このリリースには成果物又は SBOM がありません", "the release has no artifact or no SBOM"),
			Next: lang.T("tasuki push --artifact で成果物を、tasuki push で SBOM を取り込んでください", "push the artifacts with --artifact, and the SBOM")}
	}
	doc, err := db.Document(ctx, components[0].Document)
	if err != nil {
		return nil, err
	}
	sbom, err := db.ReadDocument(doc.Digest)
	if err != nil {
		return nil, err
	}
	kind := declare.PredicateSBOM
	if doc.Type == "spdx" {
		kind = declare.PredicateSPDX
	}
	if !json.Valid(sbom) {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.T("JSON 形式でない SBOM は証明に入れられません", "an SBOM that is not JSON cannot be put into an attestation"),
			Next: lang.T("JSON 形式の SBOM を取り込んでください", "push the SBOM as JSON")}
	}
	var files []verify.Artifact
	for _, a := range r.Artifacts {
		files = append(files, verify.Artifact{Name: a.Name, Digest: a.Digest, Size: a.Size})
	}
	b, err := declare.Attest(kind, json.RawMessage(sbom), files, key)
	if err != nil {
		return nil, err
	}
	_, err = Receive(ctx, db, actor, []ingest.Arrival{{Name: "sbom.intoto.json", Origin: ingest.SignedHere, Body: bytes.NewReader(b),
		Subject: fact.Subject{Kind: fact.Release, ID: release}}})
	return b, err
}
