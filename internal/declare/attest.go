package declare

import (
	"crypto"
	"encoding/json"
	"fmt"
	"strings"

	"example.org/tasuki/verify"
)

// PredicateSBOM is the predicate type of an attestation that ties a CycloneDX document to files, as in-toto's registry
// names it; PredicateSPDX the same for SPDX.
const (
	PredicateSBOM = "https://cyclonedx.org/bom"
	PredicateSPDX = "https://spdx.dev/Document"
)

// Attest signs an in-toto Statement v1 about files in a DSSE envelope, the form other tools read. The predicate is any
// JSON. Unlike a declaration it need not be canonical: whoever verifies it verifies the payload's bytes as they are.
func Attest(predicateType string, predicate any, files []verify.Artifact, key crypto.Signer) ([]byte, error) {
	st := verify.Statement[any]{Type: verify.StatementType, PredicateType: predicateType, Subject: []verify.Subject{}, Predicate: predicate}
	for _, f := range files {
		hexa, ok := strings.CutPrefix(f.Digest, "sha256:")
		if !ok {
			return nil, fmt.Errorf("attest %s: %q is not a SHA-256", f.Name, f.Digest)
		}
		st.Subject = append(st.Subject, verify.Subject{Name: f.Name, Digest: verify.DigestSet{SHA256: hexa}})
	}
	payload, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("attest: %w", err)
	}
	e, err := verify.SignEnvelope(verify.PayloadType, payload, key)
	if err != nil {
		return nil, err
	}
	return json.Marshal(e)
}
