package intoto_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/testshared"
)

var update = flag.Bool("update", false, "write the golden files anew")

var documents = []string{"statement.json", "bundle.json", "envelopes.jsonl"}

// TestGolden reads a bare statement, a bundle, and envelopes one a line.
func TestGolden(t *testing.T) {
	for _, name := range documents {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := intoto.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestRefused(t *testing.T) {
	env := func(payload string) string {
		return `{"payloadType":"application/vnd.in-toto+json","payload":"` + base64.StdEncoding.EncodeToString([]byte(payload)) + `","signatures":[]}`
	}
	const start = `{"_type":"https://in-toto.io/Statement/v1","predicateType":"p"`
	for _, c := range []struct{ name, in, where, why string }{
		{"cut off", env("x")[:30], "line 1, column 31", "before it is complete"},
		{"another payload", `{"payloadType":"text/plain","payload":""}`, "/payloadType", "text/plain"},
		{"not Base64", `{"payloadType":"application/vnd.in-toto+json","payload":"?"}`, "/payload", "Base64"},
		{"payload not JSON", env("hello"), "/payload line 1, column 1", "malformed"},
		{"payload of another type", env(`{"_type":"other"}`), "/payload/_type", "other"},
		{"no predicate type", env(`{"_type":"https://in-toto.io/Statement/v1"}`), "/payload/predicateType", "does not say"},
		{"no subject", start + `}`, "/subject", "no subject"},
		{"subject without digest", start + `,"subject":[{"name":"a"}]}`, "/subject/0", "no digest"},
		{"no provenance", strings.Replace(start, `"p"`, `"https://slsa.dev/provenance/v1"`, 1) + `,"subject":[{"digest":{"sha256":"a"}}]}`, "/predicate", "no predicate"},
	} {
		_, err := intoto.Read([]byte(c.in))
		e, ok := err.(*lang.Error)
		if !ok || e.Kind != lang.Unreadable || e.Next.IsZero() {
			t.Errorf("%s: not a refusal: %v", c.name, err)
			continue
		}
		if e.Where != c.where || !strings.Contains(e.Why.EN, c.why) {
			t.Errorf("%s: where %q, why %q; want %q and %q", c.name, e.Where, e.Why.EN, c.where, c.why)
		}
	}
}

// TestReal reads every attestation of the sample data, those tampered with on purpose too: reading verifies nothing.
func TestReal(t *testing.T) {
	f, err := os.Open(testshared.Dir(t, "attestations/attestations.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg || !intoto.Match(b) {
			continue
		}
		reading, err := intoto.Read(b)
		if err != nil {
			got["refused"]++
			t.Logf("%s: %v", h.Name, err)
			continue
		}
		got["read"]++
		for _, x := range reading.Facts {
			a := x.Data.(*fact.Attestation)
			got["statements"]++
			if a.Verified || a.Signer != "" {
				t.Errorf("%s: reading claims to have verified", h.Name)
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
var want = map[string]int{"read": 179, "refused": 2, "statements": 179, "provenance": 175, "with builder, type and source": 169}

// FuzzRead never panics, and refuses only with a reason.
func FuzzRead(f *testing.F) {
	for _, name := range documents {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		intoto.Match(b)
		if _, err := intoto.Read(b); err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("not a refusal: %v", err)
		}
	})
}
