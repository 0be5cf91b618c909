package cdx

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

func TestFromBuild(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "example.org/tasuki", Version: "(devel)"}, Deps: []*debug.Module{
		{Path: "github.com/alecthomas/kong", Version: "v1.17.0", Sum: "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		{Path: "example.com/old", Version: "v0.1.0", Replace: &debug.Module{Path: "modernc.org/sqlite", Version: "v1.61.1"}},
	}}
	b := Build{Name: "tasuki", Version: "1.0.0", Producer: "例示", Author: "例示 PSIRT", At: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Artifact: "sha256:00",
		Licences: map[string]string{"github.com/alecthomas/kong": "MIT"}, Files: []File{{Name: "typeface", Version: "1.05", Licence: "OFL-1.1", Sums: map[string]string{"a.ttf": strings.Repeat("ab", 32)}}}}
	one, err := FromBuild(info, b)
	if err != nil {
		t.Fatal(err)
	}
	two, err := FromBuild(info, b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("the same build gave different bytes")
	}
	for _, want := range []string{`"specVersion": "1.6"`, `"pkg:golang/stdlib@1.26.8"`, `"pkg:golang/github.com/alecthomas/kong@v1.17.0"`,
		`"pkg:golang/modernc.org/sqlite@v1.61.1"`, `"urn:uuid:`, strings.Repeat("0", 64), `"github.com/alecthomas"`,
		`"id": "MIT"`, `"OFL-1.1"`, `"file:typeface/a.ttf"`, strings.Repeat("ab", 32)} {
		if !strings.Contains(string(one), want) {
			t.Errorf("the SBOM lacks %s", want)
		}
	}
	info.Deps[0].Sum = "h1:short"
	if _, err := FromBuild(info, b); err == nil {
		t.Error("a checksum that is none was taken")
	}
}
