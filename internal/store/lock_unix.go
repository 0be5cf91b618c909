//go:build unix

package store

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir keeps other processes from making or migrating the same workspace at the same time.
func lockDir(dir string) (unlock func(), err error) {
	unlock, err = LockFile(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, fmt.Errorf("lock workspace: %w", err)
	}
	return unlock, nil
}

// LockFile waits until no other holds the lock that a file stands for, and holds it. A program that ends, however it
// ends, lets go of it.
func LockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
