// Package pattern gives regular expressions that are compiled when they are first used. Compiled while the program starts,
// as package variables are, they would cost every command a millisecond and a megabyte for what most never look for.
//
// Start from [Of].
package pattern

import (
	"regexp"
	"sync"
)

// Of gives a pattern (RE2 syntax) by what to call for it; one that cannot be compiled panics then. internal/repotest
// compiles every pattern.
func Of(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
