package jvn

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
)

// TestGolden reads an entry in each of the forms; they are written after the published ones.
func TestGolden(t *testing.T) {
	for _, name := range []string{"detail.rdf", "overview.rdf", "detail.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		var out struct {
			Records  []Record
			Problems any
		}
		problems, err := Read(bytes.NewReader(b), func(r Record) error { out.Records = append(out.Records, r); return nil })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out.Problems = problems
		text, err := json.MarshalIndent(out, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, filepath.Join("testdata", name+".golden"), string(text)+"\n")
	}
}

func TestRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":           "",
		"text":            "hello",
		"another root":    "<html/>",
		"a document type": `<!DOCTYPE x [<!ENTITY a "b">]><VULDEF-Document/>`,
		"an entity":       `<VULDEF-Document><Vulinfo><VulinfoID>&a;</VulinfoID></Vulinfo></VULDEF-Document>`,
		"cut off":         `<VULDEF-Document><Vulinfo><VulinfoID>JVNDB-2099-000001</VulinfoID>`,
		"deep":            "<VULDEF-Document><Vulinfo>" + strings.Repeat("<a>", 20000),
		"an error":        `<VULDEF-Document xmlns:s="x"><s:Status retCd="1" errCd="E1" errMsg="wrong"/></VULDEF-Document>`,
		"JSON of others":  `{"document":{"tracking":{"id":"CISA-1"}}}`,
		"broken JSON":     `{"document":`,
		"JSON error":      `{"status":{"retCd":1,"errMsg":"wrong"}}`,
	} {
		if _, err := Read(strings.NewReader(text), func(Record) error { return nil }); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop := errors.New("stop")
	b, _ := os.ReadFile(filepath.Join("testdata", "detail.rdf"))
	if _, err := Read(bytes.NewReader(b), func(Record) error { return stop }); !errors.Is(err, stop) || lang.KindOf(err) == lang.Unreadable {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"detail.rdf", "overview.rdf", "detail.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Read(bytes.NewReader(b), func(r Record) error {
			if !entryID().MatchString(r.ID) {
				t.Errorf("taken: %q", r.ID)
			}
			return nil
		})
	})
}
