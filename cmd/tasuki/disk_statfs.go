//go:build linux || darwin

package main

import "syscall"

// freeBytes gives the bytes that are free for us on the disk of a directory; false when it cannot be told.
func freeBytes(dir string) (uint64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true
}
