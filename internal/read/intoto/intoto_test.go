package intoto_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/testshared"
)

var documents = []string{"statement.json", "bundle.json", "envelopes.jsonl", "registry.json", "predicates.jsonl", "python.json"}

// TestGolden reads a bare statement, a bundle, envelopes one a line, and what the registries of npm and Python give.
func TestGolden(t *testing.T) {
	readtest.Golden(t, intoto.Read, documents...)
}

func TestRefused(t *testing.T) {
	env := func(payload string) string {
		return `{"payloadType":"application/vnd.in-toto+json","payload":"` + base64.StdEncoding.EncodeToString([]byte(payload)) + `","signatures":[]}`
	}
	const start = `{"_type":"https://in-toto.io/Statement/v1","predicateType":"p"`
	readtest.Refused(t, intoto.Read, [][4]string{
		{"cut off", env("x")[:30], "line 1, column 31", "before it is complete"},
		{"another payload", `{"payloadType":"text/plain","payload":""}`, "/payloadType", "text/plain"},
		{"not Base64", `{"payloadType":"application/vnd.in-toto+json","payload":"?"}`, "/payload", "Base64"},
		{"payload not JSON", env("hello"), "/payload line 1, column 1", "malformed"},
		{"payload of another type", env(`{"_type":"other"}`), "/payload/_type", "other"},
		{"no predicate type", env(`{"_type":"https://in-toto.io/Statement/v1"}`), "/payload/predicateType", "does not say"},
		{"no subject", start + `}`, "/subject", "no subject"},
		{"subject without digest", start + `,"subject":[{"name":"a"}]}`, "/subject/0", "no digest"},
		{"registry without a bundle", `{"attestations":[{"predicateType":"p"}]}`, "/attestations/0/bundle", "bundle is missing"},
		{"registry of nothing", `{"attestations":[]}`, "/attestations", "no attestation"},
		{"Python registry of nothing", `{"version":1,"attestation_bundles":[]}`, "/attestation_bundles", "no attestation"},
		{"Python attestation, not Base64", `{"version":1,"verification_material":{},"envelope":{"statement":"?"}}`, "/envelope/statement", "Base64"},
		{"signed file", `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"messageSignature":{"signature":"c2ln"}}`, "/messageSignature", "signs a file"},
		{"summary without a result", strings.Replace(start, `"p"`, `"https://slsa.dev/verification_summary/v1"`, 1) + `,"subject":[{"digest":{"sha256":"a"}}],"predicate":{}}`, "/predicate /verificationResult", "neither"},
		{"no provenance", strings.Replace(start, `"p"`, `"https://slsa.dev/provenance/v1"`, 1) + `,"subject":[{"digest":{"sha256":"a"}}]}`, "/predicate", "no predicate"},
	})
}

// TestKeylessSigner asks for the keyless signer of an envelope's statement, with the bundle as it stands, and of no other.
func TestKeylessSigner(t *testing.T) {
	trust := intoto.Trust{Keyless: func([]byte) string { return "somebody" }}
	for name, want := range map[string][]string{"python.json": {"somebody", "somebody"}, "bundle.json": {"somebody"}, "statement.json": {""}} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, intoto.Signers(b, trust)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		for i, signer := range intoto.Signers(b, intoto.Trust{}) {
			if signer != "" {
				t.Errorf("%s: %d is signed by %q with nobody trusted", name, i, signer)
			}
		}
	}
}

// TestReal reads every attestation of the sample data, those tampered with on purpose too: reading verifies nothing.
func TestReal(t *testing.T) {
	got := map[string]int{}
	for name, b := range testshared.Files(t, "attestations/attestations.tar.gz") {
		if !intoto.Match(b) {
			continue
		}
		reading, err := intoto.Read(b)
		if err != nil {
			got["refused"]++
			t.Logf("%s: %v", name, err)
			continue
		}
		got["read"]++
		for _, x := range reading.Facts {
			a := x.Data.(*fact.Attestation)
			got["statements"]++
			if a.Verified || a.Signer != "" {
				t.Errorf("%s: reading claims to have verified", name)
			}
			if strings.HasPrefix(a.PredicateType, "https://slsa.dev/provenance/") {
				got["provenance"]++
				if a.Builder != "" && a.BuildType != "" && a.Source != "" {
					got["with builder, type and source"]++
				}
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// want is what the sample data holds.
var want = map[string]int{"read": 200, "refused": 44, "statements": 221, "provenance": 195, "with builder, type and source": 189}

// FuzzRead never panics, and refuses only with a reason.
func FuzzRead(f *testing.F) {
	readtest.Fuzz(f, intoto.Match, intoto.Read, documents...)
}
