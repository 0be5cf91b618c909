package version

import (
	"errors"
	"strings"
)

var errNotNumbers = errors.New("it is not numbers alone")

// hackage follows Distribution.Version of Cabal: dotted numbers, and of two equal ones the shorter comes first.
func hackage(k *key, v string) error { return k.dotted(strings.TrimPrefix(v, "v")) }

// cran follows R's package_version: numbers between dots or hyphens, and of two equal ones the shorter comes first.
func cran(k *key, v string) error { return k.dotted(strings.ReplaceAll(v, "-", ".")) }

func (k *key) dotted(v string) error {
	parts := strings.Split(v, ".")
	for _, p := range parts {
		if !isNumber(p) {
			return errNotNumbers
		}
	}
	if err := k.release(parts); err != nil {
		return err
	}
	k.b = append(k.b, byte(len(parts)>>8), byte(len(parts)))
	return nil
}
