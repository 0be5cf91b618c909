package sarif_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/read/sarif"
	"example.org/tasuki/internal/testshared"
)

func TestGolden(t *testing.T) {
	readtest.Golden(t, sarif.Read, "run.sarif", "looked.sarif")
}

// TestForms: what form of code a file is, told by its name, its place, and a tool that looks at one form alone.
func TestForms(t *testing.T) {
	for file, want := range map[string]string{
		"src/main.go": "source", `C:\\src\\list.CPP`: "source", "file:///srv/app/index.js": "source", "a%20b/x.py": "source", "page.html.j2": "source",
		"Dockerfile": "container", "images/Dockerfile.debug": "container", "web.dockerfile": "container", "docker-compose.prod.yml": "container",
		"Makefile": "build_script", ".github/workflows/ci.yml": "build_script", "Jenkinsfile": "build_script", "app/build.gradle.kts": "build_script", "tools/App.csproj": "build_script",
		"net/main.tf": "infrastructure", "net/prod.tfvars": "infrastructure", "deploy/k8s/app.yaml": "infrastructure", "charts/web/templates/pod.yaml": "infrastructure", "kustomization.yaml": "infrastructure",
		"config/app.yaml": "configuration", "nginx.conf": "configuration", ".env": "configuration", "web.config": "configuration",
		"package-lock.json": "", "library/nginx": "", "no file associated with this alert": "", "README.md": "", "": "", "data.bin": "",
	} {
		r, err := sarif.Read([]byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"artifacts":[{"location":{"uri":"` + file + `"}}],"results":[]}]}`))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		got := ""
		for _, f := range r.Facts[0].Data.(*fact.Scan).Forms {
			got += f.Form
		}
		if got != want {
			t.Errorf("%s is %q, want %q", file, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	readtest.Refused(t, sarif.Read, [][4]string{
		{"cut off", `{"version":"2.1.0","runs":[`, "line 1, column 28", "before it is complete"},
		{"an older version", `{"version":"2.0.0","runs":[]}`, "/version", "2.0.0"},
		{"no runs", `{"version":"2.1.0","runs":null}`, "/runs", "no runs"},
		{"no tool", `{"version":"2.1.0","runs":[{"results":[]}]}`, "/runs/0/tool/driver", "no name"},
		{"results a number", "{\"version\":\"2.1.0\",\n\"runs\":[{\"results\":1}]}", "line 2, column 20", "number"},
	})
}

// TestManyResults counts all, lists 10,000 and says so.
func TestManyResults(t *testing.T) {
	in := `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[` + strings.Repeat(`{"level":"error"},`, 10_000) + `{"level":"error"}]}]}`
	r, err := sarif.Read([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	s := r.Facts[0].Data.(*fact.Scan)
	if s.Errors != 10_001 || len(s.Results) != 10_000 || len(r.Problems) != 1 {
		t.Errorf("%d errors, %d listed, problems %v", s.Errors, len(s.Results), r.Problems)
	}
}

// TestReal reads every real log of the sample data; those of other versions are refused.
func TestReal(t *testing.T) {
	got := map[string]int{}
	for name, b := range testshared.Files(t, "sarif/samples.tar.gz") {
		if filepath.Ext(name) == ".md" {
			continue
		}
		reading, err := sarif.Read(b)
		if err != nil {
			got["refused"]++
			t.Logf("%s: %v", name, err)
			continue
		}
		got["read"]++
		for _, f := range reading.Facts {
			s := f.Data.(*fact.Scan)
			got["runs"]++
			got["errors"] += s.Errors
			got["warnings"] += s.Warnings
			got["notes"] += s.Notes
			got["suppressed"] += s.Suppressed
			for _, form := range s.Forms {
				got["runs over "+form.Form]++
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// want is what the sample data holds.
var want = map[string]int{"read": 97, "refused": 14, "runs": 98, "errors": 43, "warnings": 2217, "notes": 334, "suppressed": 7,
	"runs over source": 68, "runs over configuration": 1}

// FuzzRead never panics, and refuses only with a reason.
func FuzzRead(f *testing.F) {
	b, err := os.ReadFile(filepath.Join("testdata", "run.sarif"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"rule":{"index":-1,"toolComponent":{"index":-9}}}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		sarif.Match(b)
		if _, err := sarif.Read(b); err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("not a refusal: %v", err)
		}
	})
}
