//go:build !unix

package match

import "os"

// mapFile reads a file into memory, where mapping is not at hand.
func mapFile(path string) ([]byte, func() error, error) {
	b, err := os.ReadFile(path)
	return b, func() error { return nil }, err
}
