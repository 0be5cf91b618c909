package guideline

import (
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
)

// ParseRoles reads roles separated by commas, as people write them on a command line or in a query. A word that is no
// role is an error of kind Usage.
func ParseRoles(s string) ([]Role, error) {
	var out []Role
	for part := range strings.SplitSeq(s, ",") {
		r := Role(strings.ToLower(strings.TrimSpace(part)))
		if !slices.Contains(Roles, r) {
			return nil, &lang.Error{Kind: lang.Usage, What: lang.F("役割「%s」はありません", "there is no role %q", part),
				Next: lang.T("developer、supplier、operator、customer から選んでください", "use developer, supplier, operator or customer")}
		}
		out = append(out, r)
	}
	return out, nil
}

// ParseLevel reads a level. Anything else is an error of kind Usage.
func ParseLevel(s string) (Level, error) {
	l := Level(strings.ToLower(strings.TrimSpace(s)))
	if l != Minimum && l != Standard {
		return "", &lang.Error{Kind: lang.Usage, What: lang.F("水準「%s」はありません", "there is no level %q", s),
			Next: lang.T("minimum（最低限）又は standard（標準）を指定してください", "use minimum or standard")}
	}
	return l, nil
}
