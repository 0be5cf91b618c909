package keys

import (
	"slices"
	"strings"
)

// Lines gives a fingerprint as two people read it to each other: groups of four digits, four groups a line.
func Lines(fingerprint string) [][]string {
	var groups []string
	for hexa := strings.TrimPrefix(fingerprint, "sha256:"); len(hexa) >= 4; hexa = hexa[4:] {
		groups = append(groups, hexa[:4])
	}
	return slices.Collect(slices.Chunk(groups, 4))
}
