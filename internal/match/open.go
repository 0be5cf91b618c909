package match

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/osv"
)

// OpenDir reads the advisories of a folder as [osv.Dir] does and makes an index of them in memory, without texts. Name
// the ecosystems that are wanted (see [Ecosystems]) and only their folders are read; none reads every one. Problems are
// advisories, or ranges in them, that could not be read and were left out.
func OpenDir(ctx context.Context, dir string, ecosystems ...string) (*Index, []fact.Problem, error) {
	b := newBuilder()
	err := osv.Dir(ctx, dir, osv.Options{Ecosystems: ecosystems}, func(item osv.Item) error {
		b.add(item, 0)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	file, _, err := b.memory()
	if err != nil {
		return nil, nil, err
	}
	ix, err := newIndex(file)
	return ix, b.doubts(), err
}

// Stats says what BuildIndex made.
type Stats struct {
	Info
	Packages int            `json:"packages"` // distinct packages that advisories speak of
	Bytes    int64          `json:"bytes"`    // size of the file
	Problems []fact.Problem `json:"problems"` // what could not be read and was left out
}

// BuildIndex makes the index file of a folder of advisories. The file appears whole or not at all; one that was there
// is replaced without disturbing those who have it open. The same advisories give the same file, byte for byte.
func BuildIndex(ctx context.Context, dir, file string) (Stats, error) {
	return makeIndex(file, func(each func(osv.Item) error) error { return osv.Dir(ctx, dir, osv.Options{Texts: true}, each) })
}

// makeIndex makes an index file of the records that are read.
func makeIndex(file string, read func(each func(osv.Item) error) error) (Stats, error) {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return Stats{}, cannotWrite(file, errors.New("it is not a regular file")) // a device would be replaced
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".advisories-*")
	if err != nil {
		return Stats{}, cannotWrite(file, err)
	}
	defer os.Remove(tmp.Name()) // after the rename there is nothing left to remove
	defer tmp.Close()
	stats, err := writeIndex(tmp, read)
	if err != nil {
		return Stats{}, err
	}
	if err := tmp.Sync(); err != nil {
		return Stats{}, cannotWrite(file, err)
	}
	if err := tmp.Close(); err != nil {
		return Stats{}, cannotWrite(file, err)
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return Stats{}, cannotWrite(file, err)
	}
	if err := os.Rename(tmp.Name(), file); err != nil {
		return Stats{}, cannotWrite(file, err)
	}
	return stats, nil
}

func writeIndex(f *os.File, read func(each func(osv.Item) error) error) (Stats, error) {
	if _, err := f.Write(make([]byte, blockSize)); err != nil {
		return Stats{}, cannotWrite(f.Name(), err)
	}
	buffered := bufio.NewWriterSize(f, 1<<20)
	w := newWriter(buffered)
	b := newBuilder()
	err := read(func(item osv.Item) error {
		b.add(item, w.at-blockSize)
		_, err := w.Write(item.Deflate)
		return err
	})
	if err != nil {
		return Stats{}, err
	}
	h, info, err := b.finish(w)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		_, err = f.WriteAt(h.bytes(), 0)
	}
	if err != nil {
		return Stats{}, cannotWrite(f.Name(), err)
	}
	size := int64(h.Sections[sums].At + h.Sections[sums].Len)
	return Stats{Info: info, Packages: len(b.packages), Bytes: size, Problems: b.doubts()}, nil
}

func cannotWrite(file string, err error) error {
	return &lang.Error{Kind: lang.Unexpected, Err: err,
		What: lang.F("脆弱性情報の索引「%s」を書き込めません", "the advisory index %s cannot be written", file),
		Next: lang.T("空き容量と書き込み権限を確認してください", "check the free space and the permission to write")}
}
