package cyclonedx_test

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path"
	"strings"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/cyclonedx"
	"example.org/tasuki/internal/testshared"
)

// TestSuite holds the reader to the CycloneDX project's own documents: every valid-* is accepted, every invalid-*
// refused with a place and a reason.
func TestSuite(t *testing.T) {
	count := map[string]int{}
	each(t, testshared.Dir(t, "spec-suites/cyclonedx-valid-invalid.tar.gz"), func(name string, b []byte) {
		base := strings.TrimPrefix(path.Base(name), "skip_")
		valid := strings.HasPrefix(base, "valid-")
		if ext := path.Ext(name); ext != ".json" && ext != ".xml" || !valid && !strings.HasPrefix(base, "invalid-") {
			return
		}
		got, err := cyclonedx.Read(b)
		switch {
		case valid && err != nil:
			t.Errorf("%s is valid, but: %v", name, err)
		case !valid && err == nil:
			t.Errorf("%s is invalid, but is accepted", name)
		case valid && len(got.Facts) != 1:
			t.Errorf("%s: %d facts", name, len(got.Facts))
		case !valid:
			checkRefusal(t, name, err)
		}
		if valid {
			count["valid"+path.Ext(name)]++
		} else {
			count["invalid"+path.Ext(name)]++
		}
	})
	for kind, least := range map[string]int{"valid.json": 133, "valid.xml": 159, "invalid.json": 84, "invalid.xml": 98} {
		if count[kind] < least {
			t.Errorf("%s: only %d documents were tried, want %d", kind, count[kind], least)
		}
	}
}

func checkRefusal(t *testing.T, name string, err error) {
	t.Helper()
	e, ok := err.(*lang.Error)
	if !ok || e.Kind != lang.Unreadable {
		t.Errorf("%s: %T is not a refusal: %v", name, err, err)
		return
	}
	if e.Where == "" || e.Why.JA == "" || e.Why.EN == "" || e.Next.IsZero() {
		t.Errorf("%s: the refusal lacks a place, a reason or a next step: %+v", name, e)
	}
}

func each(t testing.TB, archive string, f func(name string, b []byte)) {
	t.Helper()
	r, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	for tr := tar.NewReader(z); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		f(h.Name, b)
	}
}

var _ = fact.KindSBOM
