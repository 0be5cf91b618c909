// Package bundle recognises a bundle (襷) among documents. Whether it holds is a matter of trust, which a reader knows
// nothing of: package verify says that, for the party that receives it.
package bundle

import (
	"bytes"

	"example.org/tasuki/internal/fact"
)

// start is how the canonical encoding of every bundle begins.
var start = []byte(`{"format":"tasuki-bundle/v`)

// Match reports whether a document is a bundle of any version.
func Match(b []byte) bool { return bytes.HasPrefix(b, start) }

// Read takes a bundle as a document. It gives no facts.
func Read(b []byte) (fact.Reading, error) {
	return fact.Reading{Type: "tasuki-bundle", Version: "1", Summary: map[string]any{"bytes": len(b)}}, nil
}
