package sigstore

import "encoding/json"

// attestation is what the Python package index publishes beside a file (PEP 740, version 1): the parts of a bundle under
// other names, around an in-toto statement.
type attestation struct {
	Material *struct {
		Certificate []byte  `json:"certificate"`
		Entries     []entry `json:"transparency_entries"`
	} `json:"verification_material"`
	Envelope struct {
		Statement []byte `json:"statement"`
		Signature []byte `json:"signature"`
	} `json:"envelope"`
}

// fromPython gives such an attestation as a bundle; ok is false for anything else.
func fromPython(b []byte) (v bundle, ok bool) {
	var a attestation
	if json.Unmarshal(b, &a) != nil || a.Material == nil {
		return v, false
	}
	v.Material = material{Certificate: &rawCertificate{a.Material.Certificate}, Entries: a.Material.Entries}
	v.DSSE = &envelope{PayloadType: "application/vnd.in-toto+json", Payload: a.Envelope.Statement}
	v.DSSE.Signatures = append(v.DSSE.Signatures, struct {
		Sig []byte `json:"sig"`
	}{a.Envelope.Signature})
	return v, true
}
