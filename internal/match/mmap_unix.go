//go:build unix

package match

import (
	"fmt"
	"os"
	"syscall"
)

// mapFile maps a file into memory to be read. The function releases it.
func mapFile(path string) ([]byte, func() error, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	size := stat.Size()
	if !stat.Mode().IsRegular() || size == 0 || size != int64(int(size)) {
		return nil, nil, fmt.Errorf("%s is no file that can be mapped (%d bytes)", path, size)
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return b, func() error { return syscall.Munmap(b) }, nil
}
