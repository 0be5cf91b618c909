package osv

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// maxMembers is the number of records above which an archive is refused.
const maxMembers = 4_000_000

// Item is one record of a folder, or the problem that kept it from being read.
type Item struct {
	Source  string // where it was found, relative to the folder: npm/all.zip/GHSA-….json. Never a path to open
	Record  Record
	Deflate []byte // the record's JSON, compressed (RFC 1951)
	Size    int    // length of the JSON in bytes
	Err     error  // set when the record could not be read; Record and Deflate are then empty
}

// Problem tells of an item that could not be read.
func (i Item) Problem() fact.Problem {
	return fact.Problem{Where: i.Source, What: lang.F(
		"この脆弱性情報は読み取れないため除外しました(%v)", "this advisory cannot be read and was left out (%v)", i.Err)}
}

// Options say what of a folder is read.
type Options struct {
	Ecosystems []string // base names (npm, Debian); nothing reads every one
	Texts      bool     // fill Item.Deflate
}

// Dir reads the records of a folder and hands them to each, always in the same order: folders by name, in each first
// the archive in its own order, then the files by name. It stops at the first error of each or when ctx ends. A folder
// or archive that cannot be opened is an error; a record that cannot be read is an Item with Err.
func Dir(ctx context.Context, dir string, o Options, each func(Item) error) error {
	sources, err := list(dir, o.Ecosystems)
	if err != nil {
		return err
	}
	if len(sources) == 0 && len(o.Ecosystems) == 0 {
		return &lang.Error{Kind: lang.Nothing,
			What: lang.F("「%s」に脆弱性情報がありません", "%s holds no advisories", dir),
			Why:  lang.T("npm/all.zip のように、エコシステム名のフォルダーに all.zip またはJSONファイルを置く形を読み取ります", "it is read as folders named after ecosystems that hold all.zip or JSON files, such as npm/all.zip"),
			Next: lang.T("OSV形式の公開データを取得して置いてください", "get a dump in the OSV format and put it there")}
	}
	for _, s := range sources {
		if err := s.read(ctx, o, each); err != nil {
			return err
		}
	}
	return nil
}

// Files reads some JSON files of a folder, each named relative to it, as [Dir] reads all, in the order given.
func Files(ctx context.Context, dir string, files []string, o Options, each func(Item) error) error {
	s := source{path: dir, files: files}
	return s.read(ctx, o, each)
}

// source is an archive or a list of files.
type source struct {
	name  string   // relative to the folder
	path  string   // of the archive, or of the folder of the files
	files []string // names; nil for an archive
}

// list finds the sources of a folder. A folder that is itself that of one ecosystem is taken too.
func list(dir string, ecosystems []string) ([]source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, cannotOpen(dir, err)
	}
	out, err := folder(dir, filepath.Base(dir), "")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		base, _, _ := strings.Cut(e.Name(), ":")
		if !e.IsDir() || len(ecosystems) > 0 && !slices.Contains(ecosystems, base) {
			continue
		}
		found, err := folder(filepath.Join(dir, e.Name()), e.Name(), e.Name()+"/")
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func folder(path, name, prefix string) (out []source, err error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, cannotOpen(name, err)
	}
	var files []string
	for _, e := range entries {
		switch {
		case e.IsDir():
		case e.Name() == "all.zip":
			out = append(out, source{name: prefix + "all.zip", path: filepath.Join(path, "all.zip")})
		case strings.HasSuffix(e.Name(), ".json"):
			files = append(files, e.Name())
		}
	}
	if len(files) > 0 {
		out = append(out, source{name: strings.TrimSuffix(prefix, "/"), path: path, files: files})
	}
	return out, nil
}

func cannotOpen(name string, err error) error {
	return &lang.Error{Kind: lang.Unreadable, Err: err,
		What: lang.F("「%s」を開けません", "%s cannot be opened", name),
		Next: lang.T("パスと読み取り権限を確認してください", "check the path and the permission to read it")}
}

func (s source) read(ctx context.Context, o Options, each func(Item) error) error {
	if s.files == nil {
		return s.readZip(ctx, o, each)
	}
	return inOrder(ctx, len(s.files), each, func(w *worker, i int) Item {
		item := Item{Source: strings.TrimPrefix(s.name+"/"+s.files[i], "/")}
		text, err := readFile(filepath.Join(s.path, s.files[i]))
		if err == nil && o.Texts {
			item.Deflate = w.compress(text)
		}
		return item.fill(text, err)
	})
}

func (s source) readZip(ctx context.Context, o Options, each func(Item) error) error {
	f, err := os.Open(s.path)
	if err != nil {
		return cannotOpen(s.name, err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return cannotOpen(s.name, err)
	}
	z, err := zip.NewReader(f, stat.Size())
	if err != nil {
		return &lang.Error{Kind: lang.Unreadable, Err: err, Where: s.name,
			What: lang.T("ZIPファイルとして読めません", "it cannot be read as a zip archive"),
			Next: lang.T("取得し直してください", "fetch it again")}
	}
	members := slices.DeleteFunc(slices.Clone(z.File), func(m *zip.File) bool { return !strings.HasSuffix(m.Name, ".json") })
	if len(members) > maxMembers {
		return &lang.Error{Kind: lang.Unreadable, Where: s.name,
			What: lang.F("ZIPファイルの中身が%d件を超えています", "the archive holds more than %d files", maxMembers)}
	}
	return inOrder(ctx, len(members), each, func(w *worker, i int) Item {
		m := members[i]
		item := Item{Source: s.name + "/" + m.Name}
		text, raw, err := w.member(f, m)
		if err == nil && o.Texts {
			if item.Deflate = bytes.Clone(raw); m.Method == zip.Store {
				item.Deflate = w.compress(text)
			}
		}
		return item.fill(text, err)
	})
}

func (i Item) fill(text []byte, err error) Item {
	if err == nil {
		i.Record, err = Parse(text)
	}
	if i.Size, i.Err = len(text), err; err != nil {
		i.Record, i.Deflate = Record{}, nil
	}
	return i
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return limited(f)
}

func limited(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxRecord+1))
	if err == nil && len(text) > MaxRecord {
		err = fmt.Errorf("the record is larger than %d MiB", MaxRecord>>20)
	}
	return text, err
}

// worker holds what one goroutine uses again and again.
type worker struct {
	raw, text bytes.Buffer
	inflate   io.ReadCloser
	deflate   *flate.Writer
}

// member reads a member's compressed and plain bytes; both last until the next call.
func (w *worker) member(f io.ReaderAt, m *zip.File) (text, raw []byte, err error) {
	if m.UncompressedSize64 > MaxRecord || m.CompressedSize64 > MaxRecord {
		return nil, nil, fmt.Errorf("the record is larger than %d MiB", MaxRecord>>20)
	}
	at, err := m.DataOffset()
	if err != nil {
		return nil, nil, err
	}
	w.raw.Reset()
	if _, err := w.raw.ReadFrom(io.NewSectionReader(f, at, int64(m.CompressedSize64))); err != nil {
		return nil, nil, err
	}
	raw = w.raw.Bytes()
	switch m.Method {
	case zip.Store:
		return raw, raw, checkSum(raw, m)
	case zip.Deflate:
	default:
		return nil, nil, zip.ErrAlgorithm
	}
	if w.inflate == nil {
		w.inflate = flate.NewReader(bytes.NewReader(raw))
	} else if err := w.inflate.(flate.Resetter).Reset(bytes.NewReader(raw), nil); err != nil {
		return nil, nil, err
	}
	w.text.Reset()
	if _, err := w.text.ReadFrom(io.LimitReader(w.inflate, MaxRecord+1)); err != nil {
		return nil, nil, err
	}
	if w.text.Len() > MaxRecord {
		return nil, nil, fmt.Errorf("the record is larger than %d MiB", MaxRecord>>20)
	}
	return w.text.Bytes(), raw, checkSum(w.text.Bytes(), m)
}

func checkSum(text []byte, m *zip.File) error {
	if crc32.ChecksumIEEE(text) != m.CRC32 {
		return zip.ErrChecksum
	}
	return nil
}

func (w *worker) compress(text []byte) []byte {
	var b bytes.Buffer
	if w.deflate == nil {
		w.deflate, _ = flate.NewWriter(nil, flate.BestSpeed) // only a wrong level is an error
	}
	w.deflate.Reset(&b)
	w.deflate.Write(text) // a bytes.Buffer does not fail
	w.deflate.Close()
	return b.Bytes()
}

// batch is how many records one goroutine takes at a time.
const batch = 64

// inOrder runs read for 0 … n-1 on every core and hands the results to each in order.
func inOrder(ctx context.Context, n int, each func(Item) error, read func(*worker, int) Item) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	queue := make(chan chan []Item, 2*workers) // batches in order; its length bounds what waits in memory
	free := make(chan *worker, workers)
	for range workers {
		free <- &worker{}
	}
	go func() {
		defer close(queue)
		for from := 0; from < n; from += batch {
			done := make(chan []Item, 1)
			select {
			case queue <- done:
			case <-ctx.Done():
				return
			}
			w := <-free
			go func() {
				items := make([]Item, 0, batch)
				for i := from; i < min(from+batch, n) && ctx.Err() == nil; i++ {
					items = append(items, read(w, i))
				}
				free <- w
				done <- items
			}()
		}
	}()
	for done := range queue {
		for _, item := range <-done {
			if err := each(item); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}
