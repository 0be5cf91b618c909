package match

import (
	"strings"
	"testing"

	"example.org/tasuki/internal/read/nvd"
)

func TestByCPE(t *testing.T) {
	entries := []Entry{
		{ID: "CVE-2025-0001", Summary: "a range", CVSS: []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}, Matches: []nvd.Match{
			{CPE: "cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*", StartIncluding: "1.0.2", EndExcluding: "1.0.2k"}, {CPE: "cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*", StartExcluding: "1.1.0", EndIncluding: "1.1.1"}}},
		{ID: "CVE-2025-0002", Summary: "one version", Matches: []nvd.Match{{CPE: "cpe:2.3:a:openssl:openssl:1.0.2:beta1:*:*:*:*:*:*"}}},
		{ID: "CVE-2025-0003", Summary: "every version", Matches: []nvd.Match{{CPE: "cpe:2.3:a:vendor:thing:*:*:*:*:*:*:*:*"}}},
		{ID: "CVE-2025-0004", Summary: "hardware", Matches: []nvd.Match{{CPE: "cpe:2.3:h:vendor:thing:-:*:*:*:*:*:*:*"}}},
	}
	for name, c := range map[string]struct{ cpe, version, want string }{
		"in the range, letters count":        {"cpe:2.3:a:openssl:openssl:1.0.2j:*:*:*:*:*:*:*", "1.0.2j", "CVE-2025-0001"},
		"the fix is out of it":               {"cpe:2.3:a:openssl:openssl:1.0.2k:*:*:*:*:*:*:*", "1.0.2k", ""},
		"numbers are numbers":                {"cpe:2.3:a:openssl:openssl:1.0.10:*:*:*:*:*:*:*", "1.0.10", ""},
		"after an excluded start":            {"cpe:2.3:a:openssl:openssl:1.1.0:*:*:*:*:*:*:*", "1.1.0", ""},
		"up to an included end":              {"cpe:/a:openssl:openssl:1.1.1", "1.1.1", "CVE-2025-0001"},
		"the version of the component":       {"cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*", "1.0.2a", "CVE-2025-0001"},
		"no version is in no range":          {"cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*", "", ""},
		"an update":                          {"cpe:2.3:a:openssl:openssl:1.0.2:beta1:*:*:*:*:*:*", "1.0.2", "CVE-2025-0001 CVE-2025-0002"},
		"another update":                     {"cpe:2.3:a:openssl:openssl:1.0.2:beta2:*:*:*:*:*:*", "1.0.2", "CVE-2025-0001"},
		"without bounds everything is meant": {"cpe:2.3:a:vendor:thing:*:*:*:*:*:*:*:*", "", "CVE-2025-0003"},
		"hardware is not the application":    {"cpe:2.3:h:vendor:thing:1:*:*:*:*:*:*:*", "1", ""},
		"another vendor":                     {"cpe:2.3:a:other:openssl:1.0.2j:*:*:*:*:*:*:*", "1.0.2j", ""},
		"no CPE name":                        {"openssl", "1.0.2j", ""},
	} {
		var got []string
		for _, f := range ByCPE(Component{Ref: "1", Name: "x", Version: c.version}, c.cpe, entries) {
			if got = append(got, f.Vuln); f.ByCPE != c.cpe {
				t.Errorf("%s: the finding does not say that it is a fallback", name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: found %v, want %q", name, got, c.want)
		}
	}
}
