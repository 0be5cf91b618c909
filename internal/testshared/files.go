package testshared

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files walks the files of a piece of the sample data, a folder or a .tar.gz archive, by name and content: names are
// relative to the folder or as the archive gives them, with slashes. It skips the test when the data is absent, as [Dir]
// does.
func Files(t testing.TB, elem ...string) iter.Seq2[string, []byte] {
	t.Helper()
	path := Dir(t, elem...)
	if strings.HasSuffix(path, ".tar.gz") {
		return archive(t, path)
	}
	return folder(t, path)
}

func folder(t testing.TB, path string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		root := os.DirFS(path)
		err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(root, name)
			if err == nil && !yield(filepath.ToSlash(name), b) {
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func archive(t testing.TB, path string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		for r := tar.NewReader(z); ; {
			h, err := r.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Typeflag != tar.TypeReg {
				continue
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if !yield(h.Name, b) {
				return
			}
		}
	}
}
