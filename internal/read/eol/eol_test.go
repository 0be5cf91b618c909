package eol

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

func TestReal(t *testing.T) {
	f, err := os.Open(testshared.Dir(t, "eol", "endoflife.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	products, problems, err := Read(f)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	cycles := 0
	for _, p := range products {
		cycles += len(p.Cycles)
	}
	if len(products) != 461 || cycles != 8236 {
		t.Errorf("%d products, %d cycles", len(products), cycles)
	}
	i := slices.IndexFunc(products, func(p Product) bool { return p.Name == "nodejs" })
	if i < 0 || !slices.Contains(products[i].PURLs, "pkg:generic/node") {
		t.Fatalf("Node.js is missing or has no package URL")
	}
	for _, c := range products[i].Cycles {
		if c.Name == "22" && (c.Support.Date.Format(time.DateOnly) != "2027-04-30" || !c.ExtendedSupport.Known || c.ExtendedSupport.Over) {
			t.Errorf("got %+v", c)
		}
	}
}

func TestEnd(t *testing.T) {
	on := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	text := `{"products":[{"name":"x","releases":[
		{"releaseCycle":"4","eol":false},{"releaseCycle":"3","eol":"2026-01-02"},{"releaseCycle":"2","eol":"2026-01-01"},{"releaseCycle":"1","eol":true},{"releaseCycle":"0"}]},
		{"name":"y","releases":[{"releaseCycle":"1","eol":7}]},{"label":"z"},{"name":"w","releases":[{"eol":true}]}]}`
	products, problems, err := Read(strings.NewReader(text))
	if err != nil || len(products) != 1 || len(problems) != 3 || problems[0].Where != "/products/1" {
		t.Fatalf("got %+v, %+v, %v", products, problems, err)
	}
	want := []bool{false, false, true, true, false}
	for i, c := range products[0].Cycles {
		if c.Support.Passed(on) != want[i] || c.Support.Known != (i < 4) {
			t.Errorf("cycle %s: %+v", c.Name, c.Support)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", `{"products":1}`, "\x1f\x8bnot gzip"} {
		if _, _, err := Read(strings.NewReader(text)); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"products":[{"name":"x","releases":[{"releaseCycle":"1","eol":"2026-01-01","eoas":null}]},null]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		products, _, _ := Read(bytes.NewReader(b))
		for _, p := range products {
			if p.Name == "" {
				t.Error("a product without a name was taken")
			}
		}
	})
}

// TestAPI reads the form of the project's API v1.
func TestAPI(t *testing.T) {
	got, problems, err := Read(strings.NewReader(`{"schema_version":"1.2.0","total":1,"result":[{"name":"go","label":"Go",
		"identifiers":[{"type":"purl","id":"pkg:generic/go"},{"type":"cpe","id":"cpe:2.3:a:golang:go"},{"type":"repology","id":"go"}],
		"releases":[{"name":"1.26","releaseDate":"2026-02-10","isEol":false,"eolFrom":null,"latest":{"name":"1.26.3","date":"2026-05-01"}},
		{"name":"1.20","isEol":true,"eolFrom":"2024-02-06","isEoas":true,"latest":null}]}]}`))
	if err != nil || len(problems) > 0 || len(got) != 1 || len(got[0].Cycles) != 2 {
		t.Fatalf("%+v, %v, %v", got, problems, err)
	}
	p := got[0]
	if p.PURLs[0] != "pkg:generic/go" || p.CPEs[0] != "cpe:2.3:a:golang:go" || p.Cycles[0].Latest != "1.26.3" {
		t.Errorf("got %+v", p)
	}
	if c := p.Cycles[0]; !c.Support.Known || c.Support.Over || !c.Support.Date.IsZero() || c.ActiveSupport.Known {
		t.Errorf("got %+v", c)
	}
	if c := p.Cycles[1]; c.Support.Date.Format("2006-01-02") != "2024-02-06" || !c.ActiveSupport.Over {
		t.Errorf("got %+v", c)
	}
}
