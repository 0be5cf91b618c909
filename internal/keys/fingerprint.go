package keys

import (
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Lines gives a fingerprint as two people read it to each other: groups of four digits, four groups a line.
func Lines(fingerprint string) [][]string {
	var groups []string
	for hexa := strings.TrimPrefix(fingerprint, "sha256:"); len(hexa) >= 4; hexa = hexa[4:] {
		groups = append(groups, hexa[:4])
	}
	return slices.Collect(slices.Chunk(groups, 4))
}

// Heard gives the fingerprint that somebody wrote down as it was read to them, with or without the numbers of the lines, in
// whatever width and case; false when it is not whole.
func Heard(text string) (string, bool) {
	var hexa strings.Builder
	for _, group := range strings.Fields(strings.ToLower(norm.NFKC.String(text))) {
		if group = strings.TrimPrefix(group, "sha256:"); len(group) > 1 { // the number of a line has one digit
			hexa.WriteString(group)
		}
	}
	b, err := hex.DecodeString(hexa.String())
	return "sha256:" + hexa.String(), err == nil && len(b) == 32
}
