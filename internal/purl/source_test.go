package purl

import "testing"

const sha = "daa7c04131f568e31c51927b359a2d3cbf5b1f3a"

func TestSourcesOfPackageURLs(t *testing.T) {
	for _, c := range []struct{ purl, repo, revision string }{
		{"pkg:github/Example/Lib@" + sha, "github.com/example/lib", sha},
		{"pkg:github/example/lib@v1.2.3", "github.com/example/lib", "v1.2.3"},
		{"pkg:bitbucket/birkenfeld/pygments-main@244fd47e07d1014f0aed9c", "bitbucket.org/birkenfeld/pygments-main", "244fd47e07d1014f0aed9c"},
		{"pkg:generic/lib@1.0?vcs_url=git%2Bhttps://git.example.org/lib.git%40" + sha, "git.example.org/lib", sha},
		{"pkg:npm/lib@1.0", "", ""},
		{"pkg:generic/lib@1.0?vcs_url=nowhere", "", ""},
	} {
		p, err := Parse(c.purl)
		if err != nil {
			t.Fatal(err)
		}
		got := p.Sources()
		if c.repo == "" {
			if len(got) != 0 {
				t.Errorf("%s names %v", c.purl, got)
			}
			continue
		}
		if len(got) != 1 || got[0] != (Source{c.repo, c.revision}) {
			t.Errorf("%s names %+v", c.purl, got)
		}
	}
}

func TestParseSource(t *testing.T) {
	for in, want := range map[string]Source{
		"git+https://github.com/Example/Lib.git@" + sha:       {"github.com/example/lib", sha},
		"git+https://github.com/example/lib.git@v1.0#src/a.c": {"github.com/example/lib", "v1.0"},
		"https://github.com/example/lib":                      {"github.com/example/lib", ""},
		"https://github.com/example/lib/commit/" + sha:        {"github.com/example/lib", sha},
		"https://gitlab.com/a/b/c/-/commit/" + sha:            {"gitlab.com/a/b/c", sha},
		"git@github.com:example/lib.git":                      {"github.com/example/lib", ""},
		"ssh://git@git.example.org:2222/A/b.git":              {"git.example.org/A/b", ""},
		"git://git.example.org/lib.git#" + sha:                {"git.example.org/lib", sha},
		"git+ssh://user@git.example.org/lib@1.0":              {"git.example.org/lib", "1.0"},
		"https://user:secret@git.example.org/lib.git":         {"git.example.org/lib", ""},
		"scm:git:git://github.com/example/lib.git":            {"github.com/example/lib", ""},
		"https://github.com/example/lib/":                     {"github.com/example/lib", ""},
	} {
		if got, ok := ParseSource(in); !ok || got != want {
			t.Errorf("%s gives %+v, want %+v", in, got, want)
		}
	}
	for _, in := range []string{"", "NOASSERTION", "lib", "https://github.com", "https://localhost/x", "git+https:///x", "a b.c/d"} {
		if got, ok := ParseSource(in); ok {
			t.Errorf("%q gives %+v", in, got)
		}
	}
}

func FuzzParseSource(f *testing.F) {
	f.Add("git+https://github.com/example/lib.git@" + sha)
	f.Add("git@github.com:example/lib.git")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseSource(s)
		if ok && RepoKey(got.Repo) != got.Repo {
			t.Errorf("%q gives %q, which gives %q", s, got.Repo, RepoKey(got.Repo))
		}
	})
}
