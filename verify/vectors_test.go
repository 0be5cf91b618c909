package verify_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/verify"
)

var update = flag.Bool("update", false, "write the test vectors anew")

// TestVectors verifies the bundles of testdata with its trust file, and holds the report against the one beside it.
// docs/formats/bundle.md offers them to whoever writes a verifier of their own: they change only with the format.
func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	trust, err := verify.ParseTrust(read(t, "testdata/trust.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, code := range map[string]int{"good": 0, "flipped": 5, "unknown-signer": 5, "spaced": 6, "proven": 0, "disproven": 5} {
		t.Run(name, func(t *testing.T) {
			r := verify.Bundle(read(t, "testdata/"+name+verify.Extension), verify.Options{Trust: trust, At: declaretest.Now})
			if got := verify.ExitCode(r); got != code {
				t.Errorf("exit code %d, want %d: %+v", got, code, failing(r))
			}
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(r); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".report.json")
			if *update {
				write(t, path, b.Bytes())
			}
			if want := read(t, path); !bytes.Equal(b.Bytes(), want) {
				t.Errorf("the report is\n%s\nwant\n%s", b.Bytes(), want)
			}
		})
	}
}

// writeVectors makes the bundles. The digest of the catalogue is made up, so that they outlive changes of the
// catalogue's wording; a report says that it is not the reader's.
func writeVectors(t *testing.T) {
	t.Helper()
	vector := func(input func(*declare.Input), key string) []byte {
		return forge(t, input, func(f *forgery) {
			f.Declaration.Requirements.CatalogueDigest = verify.Digest([]byte("a catalogue"))
			f.Key, f.Sender = declaretest.Key(key), declaretest.Key(key)
		})
	}
	small := func(in *declare.Input) { smallest(in, nil) }
	part := vector(func(in *declare.Input) {
		small(in)
		in.ID, in.Series, in.Object.Name = "urn:uuid:3f1d0c66-7a0e-4f0e-9d0a-000000000002", "part-7", "見本ライブラリ"
		in.Issuer = verify.Issuer{ID: "party-parts", Name: "見本部品株式会社", Address: "大阪府見本市4-5-6", Contact: "psirt@parts.example"}
	}, "parts")
	good := vector(func(in *declare.Input) {
		small(in)
		bringing(part)(in)
	}, "vendor")
	flipped := bytes.Replace(good, []byte(`"size":8`), []byte(`"size":9`), 1)
	if i := bytes.Index(good, []byte(`"sig":"`)); bytes.Equal(flipped, good) {
		flipped = bytes.Clone(good)
		flipped[i+10] ^= 1
	}
	var spaced bytes.Buffer
	if err := json.Indent(&spaced, good, "", " "); err != nil {
		t.Fatal(err)
	}
	trust, err := verify.FormatTrust(append(declaretest.Trust("vendor"), verify.TrustedKey{Name: "vendor on P-256", Key: verify.Public(vendorP256(t))}))
	if err != nil {
		t.Fatal(err)
	}
	write(t, "testdata/trust.json", trust)
	write(t, "testdata/proven"+verify.Extension, provenVector(t, verify.Issued))
	write(t, "testdata/disproven"+verify.Extension, provenVector(t, "revoked"))
	write(t, "testdata/good"+verify.Extension, good)
	write(t, "testdata/flipped"+verify.Extension, flipped)
	write(t, "testdata/unknown-signer"+verify.Extension, part)
	write(t, "testdata/spaced"+verify.Extension, spaced.Bytes())
	write(t, "testdata/declaration.statement.json", statementOf(t, good))
}

// provenVector is signed on P-256, withholds an answer, hands an SBOM over by digest, answers a request, and has the proof
// of a ledger's entry: whatever the other vectors have not.
func provenVector(t *testing.T, action string) []byte {
	logKey := declaretest.Key("ledger")
	return forge(t, func(in *declare.Input) {
		in.ID, in.Ledger = "urn:uuid:3f1d0c66-7a0e-4f0e-9d0a-000000000003", &verify.LedgerKey{Origin: "ledger.vendor.example", Key: verify.Public(logKey)}
	}, func(f *forgery) {
		f.Declaration.Requirements.CatalogueDigest = verify.Digest([]byte("a catalogue"))
		f.Key, f.Sender = vendorP256(t), vendorP256(t)
		f.Withhold, f.ByDigest = []int{1}, []string{"sbom/app.cdx.json"}
		f.Prove = func(d string) []byte {
			return marshal(t, logged(t, "ledger.vendor.example", logKey, [][]byte{[]byte("a"), []byte("b"), entered(t, action, d), []byte("c"), []byte("d")}, 2))
		}
		f.Manifest = func(m *verify.Manifest) {
			m.InReplyTo, m.Recipient = verify.Digest([]byte("a request")), verify.Recipient{ID: "party-customer", Name: "見本顧客株式会社"}
		}
	})
}

// vendorP256 is a fixed key on P-256.
func vendorP256(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), declaretest.Key("vendor").Seed())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// statementOf gives the signed statement of a bundle, indented for people to read.
func statementOf(t *testing.T, bundle []byte) []byte {
	t.Helper()
	o, err := verify.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	var e verify.Envelope
	if err := verify.Unmarshal(o.Envelope, &e); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, e.Payload, "", "  "); err != nil {
		t.Fatal(err)
	}
	return []byte(strings.TrimSpace(b.String()) + "\n")
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
