package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
	ita "github.com/in-toto/attestation/go/v1"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"

	"example.org/tasuki/internal/read/schema/schematest"
	cyclonedxschema "example.org/tasuki/third_party/cyclonedx-schema"
	"example.org/tasuki/verify"
)

// The commands of this file look at what the five tiers made with other people's tools, which product code must not use.

// holder is what the DSSE library asks for to verify with an Ed25519 key.
type holder struct{ key ed25519.PublicKey }

func (h holder) KeyID() (string, error) {
	der, err := x509.MarshalPKIXPublicKey(h.key)
	return fmt.Sprintf("sha256:%x", sha256.Sum256(der)), err
}

func (h holder) Public() crypto.PublicKey { return h.key }
func (h holder) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(h.key, data, sig) {
		return errors.New("bad signature")
	}
	return nil
}

// othersCommand has a DSSE library verify, and the in-toto library read, both statements of a bundle and of every bundle
// inside it, as many as it is told:
//
//	others FILE TIERS
func othersCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: others FILE TIERS")
	}
	bundle, n := []byte(ts.ReadFile(args[0])), 0
	for bundle != nil {
		n++
		var f struct {
			Keys     [][]byte        `json:"keys"`
			Manifest json.RawMessage `json:"manifest"`
			Members  []struct {
				Name      string `json:"name"`
				MediaType string `json:"media_type"`
				Content   []byte `json:"content"`
			} `json:"members"`
		}
		ts.Check(json.Unmarshal(bundle, &f))
		bundle = nil
		ts.Check(othersVerify(f.Manifest, f.Keys, verify.ManifestType))
		for _, m := range f.Members {
			switch {
			case m.Name == verify.DeclarationMember:
				ts.Check(othersVerify(m.Content, f.Keys, verify.DeclarationType))
			case m.MediaType == verify.BundleMediaType:
				bundle = m.Content
			}
		}
	}
	if want := map[int]string{1: "1", 2: "2", 3: "3", 4: "4", 5: "5"}[n]; want != args[1] {
		ts.Fatalf("%d tiers, want %s", n, args[1])
	}
}

func othersVerify(envelope []byte, keys [][]byte, predicate string) error {
	var e dsse.Envelope
	if err := json.Unmarshal(envelope, &e); err != nil {
		return err
	}
	var holders []dsse.Verifier
	for _, k := range keys {
		holders = append(holders, holder{k})
	}
	v, err := dsse.NewEnvelopeVerifier(holders...)
	if err != nil {
		return err
	}
	_, payload, err := v.VerifyAndDecode(context.Background(), &e)
	if err != nil {
		return err
	}
	var s ita.Statement
	if err := protojson.Unmarshal(payload, &s); err != nil {
		return err
	}
	if s.PredicateType != predicate {
		return errors.New("another predicate: " + s.PredicateType)
	}
	return s.Validate()
}

// obeysCommand holds a document against the schema its standard publishes:
//
//	obeys cyclonedx|oscal FILE
func obeysCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: obeys cyclonedx|oscal FILE")
	}
	b := []byte(ts.ReadFile(args[1]))
	var s *schematest.Schema
	var err error
	switch args[0] {
	case "cyclonedx":
		s, err = schematest.Compile(cyclonedxschema.Files, "bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json")
		ts.Check(cyclonedx.NewBOMDecoder(bytes.NewReader(b), cyclonedx.BOMFileFormatJSON).Decode(new(cyclonedx.BOM)))
	case "oscal":
		s, err = schematest.Compile(os.DirFS(filepath.Join(repository, "third_party", "oscal-schema")), "oscal_complete_schema-1.1.3.json")
	default:
		ts.Fatalf("there is no schema of %s", args[0])
	}
	ts.Check(err)
	if vs, err := s.Check(b); err != nil || len(vs) > 0 {
		ts.Fatalf("%v %v", vs, err)
	}
}

// repository is the root of the sources, as seen from this package.
var repository = filepath.Join("..", "..")
