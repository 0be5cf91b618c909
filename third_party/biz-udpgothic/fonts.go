// Package bizudpgothic carries BIZ UDPGothic 1.05 by Morisawa (OFL-1.1), a Japanese typeface of universal design: regular
// and bold, gzipped, otherwise unchanged.
package bizudpgothic

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the two files
	"fmt"
	"io"
)

//go:embed BIZUDPGothic-Regular.ttf.gz
var regular []byte

//go:embed BIZUDPGothic-Bold.ttf.gz
var bold []byte

// Regular gives the TrueType file of the regular weight.
func Regular() ([]byte, error) { return unpack(regular) }

// Bold gives the TrueType file of the bold weight.
func Bold() ([]byte, error) { return unpack(bold) }

func unpack(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("unpack BIZ UDPGothic: %w", err)
	}
	return io.ReadAll(r)
}
