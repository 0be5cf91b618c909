package cpe

import "testing"

func TestParse(t *testing.T) {
	for in, want := range map[string]Name{
		"cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*":    {"a", "apache", "log4j", "2.14.1", "*"},
		`cpe:2.3:a:foo\:bar:big\$money:1\.0:rc1:*:*:*:*`: {"a", "foo:bar", "big$money", "1.0", "rc1"},
		"cpe:/a:apache:Log4j:2.14.1":                     {"a", "apache", "log4j", "2.14.1", "*"},
		"cpe:/a:misc:ruby-git_ruby-git":                  {"a", "misc", "ruby-git_ruby-git", "*", "*"},
		"cpe:/o:a%21b:c::u":                              {"o", "a!b", "c", "*", "u"},
		"cpe:2.3:a:openssl:openssl:-:*:*:*:*:*:*:*":      {"a", "openssl", "openssl", "-", "*"},
	} {
		if got, err := Parse(in); err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "cpe:", "cpe:2.3:a", "cpe:2.3:a:b:c", "cpe:/", "cpe:/a", "cpe:/x:a:b", "cpe:2.3:*:*:*:*", "pkg:npm/x", "cpe:/a:%zz:b"} {
		if got, err := Parse(in); err == nil {
			t.Errorf("%q is taken: %+v", in, got)
		}
	}
	if n, _ := Parse("cpe:/a:b:c:1"); n.Key() != "b:c" {
		t.Errorf("got %s", n.Key())
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cpe:2.3:a:b:c\\:d:1:*:*:*:*:*:*:*")
	f.Add("cpe:/a:b:c:1")
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := Parse(s); err == nil && (n.Vendor == "" || n.Product == "" || n.Part == "") {
			t.Errorf("%q: %+v", s, n)
		}
	})
}
