//go:build !unix

package store

// lockDir does nothing where the system has no flock: two programs must not make or migrate one workspace at once.
func lockDir(string) (unlock func(), err error) { return func() {}, nil }

// LockFile does nothing where the system has no flock.
func LockFile(string) (unlock func(), err error) { return func() {}, nil }
