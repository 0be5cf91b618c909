package ledger

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// log gives the log in memory as one to read from.
func (l *log) source() Log {
	return Log{Size: int64(len(l.leaves)), Read: l.read, Leaves: func(from int64, n int) ([][]byte, error) {
		return l.leaves[from : from+int64(n)], nil
	}}
}

// exported gives a copy of a log of a size, with a checkpoint that a witness signed.
func exported(t testing.TB, size int) (dir string, l *log) {
	t.Helper()
	l, dir = &log{}, t.TempDir()
	l.append(t, size)
	if _, err := Export(dir, l.source(), cosigned(t, l.checkpoint(t)), key); err != nil {
		t.Fatal(err)
	}
	return dir, l
}

func check(t testing.TB, dir string) Audit {
	t.Helper()
	a, err := Check(os.DirFS(dir), key, []verify.WitnessKey{witness})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestExportAndCheck(t *testing.T) {
	for _, size := range []int{0, 1, 2, 255, 256, 257, 511, 512, 1000, 65536, 65537} {
		if size > 1000 && testing.Short() {
			continue
		}
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			dir, l := exported(t, size)
			a := check(t, dir)
			if want, _ := Root(int64(size), l.read); a.Tree != want || len(a.Problems) > 0 || len(a.Witnessed) != 1 || len(a.Unchecked) > 0 {
				t.Errorf("got %+v, want the tree %v, one witness and no problem", a, want)
			}
		})
	}
}

// A copy that grows in steps is the same as one made at once, but for the partial tiles of earlier checkpoints.
func TestExportAgain(t *testing.T) {
	l, dir := &log{}, t.TempDir()
	for _, n := range []int{3, 200, 60, 1, 0, 700, 5_000} {
		l.append(t, n)
		if _, err := Export(dir, l.source(), cosigned(t, l.checkpoint(t)), key); err != nil {
			t.Fatal(err)
		}
		if a := check(t, dir); len(a.Problems) > 0 || a.Tree.N != int64(len(l.leaves)) {
			t.Fatalf("%d entries: %+v", len(l.leaves), a)
		}
	}
	fresh := t.TempDir()
	if _, err := Export(fresh, l.source(), l.checkpoint(t), key); err != nil {
		t.Fatal(err)
	}
	for path, want := range files(t, fresh) {
		if got, err := os.ReadFile(filepath.Join(dir, path)); path != CheckpointFile && (err != nil || !bytes.Equal(got, want)) {
			t.Errorf("%s is not as in a copy made at once (%v)", path, err)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	dir, l := exported(t, 300)
	shorter, other := &log{}, &log{}
	shorter.append(t, 299)
	other.leaves = append(other.leaves, []byte("first"))
	other.rehash()
	other.append(t, 400)
	for _, c := range []struct {
		name string
		log  *log
		kind lang.Kind
	}{{"an older log", shorter, lang.Conflict}, {"another history", other, lang.Unverified}} {
		if _, err := Export(dir, c.log.source(), c.log.checkpoint(t), key); lang.KindOf(err) != c.kind {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	if a := check(t, dir); len(a.Problems) > 0 || a.Tree.N != int64(len(l.leaves)) {
		t.Errorf("the copy was touched: %+v", a)
	}
}

// Every bit of a checkpoint: it is a problem, or a line that is by nobody who is known any more.
func TestEveryBitOfTheCheckpoint(t *testing.T) {
	dir, _ := exported(t, 3)
	b := files(t, dir)[CheckpointFile]
	for i := range len(b) * 8 {
		b[i/8] ^= 1 << (i % 8)
		if err := os.WriteFile(filepath.Join(dir, CheckpointFile), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if a := check(t, dir); len(a.Unchecked) == 0 && (len(a.Problems) != 1 || a.Problems[0].Where != CheckpointFile) {
			t.Errorf("bit %d of byte %d: found %v", i%8, i/8, a.Problems)
		}
		b[i/8] ^= 1 << (i % 8)
	}
}

// Two hundred random bits, one at a time: each is found, and in the file it is in; in a bundle of entries, at the entry.
func TestCheckLocates(t *testing.T) {
	dir, l := exported(t, 5_000)
	all := files(t, dir)
	var paths []string
	for path := range all {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		path := paths[random.IntN(len(paths))]
		b, at, bit := all[path], random.IntN(len(all[path])), byte(1)<<random.IntN(8)
		b[at] ^= bit
		if err := os.WriteFile(filepath.Join(dir, path), b, 0o600); err != nil {
			t.Fatal(err)
		}
		want := path
		if first, ok := entryAt(path, all[path], at, bit); ok {
			want = fmt.Sprintf("%s entry %d", path, first)
		}
		a := check(t, dir)
		strange := path == CheckpointFile && len(a.Unchecked) == 1 // the witness's line is by nobody who is known
		if !strange && (len(a.Problems) != 1 || a.Problems[0].Where != want) {
			t.Errorf("bit %#x of byte %d in %s: found %v, want %s", bit, at, path, a.Problems, want)
		}
		b[at] ^= bit
		if err := os.WriteFile(filepath.Join(dir, path), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if a := check(t, dir); len(a.Problems) > 0 || a.Tree.N != int64(len(l.leaves)) {
		t.Errorf("after all was put right: %+v", a)
	}
}

// entryAt gives the number of the entry that a byte of an entry bundle belongs to, before the byte was changed.
func entryAt(path string, spoilt []byte, at int, bit byte) (int64, bool) {
	tile, ok := parseTile(path)
	if !ok || tile.L >= 0 {
		return 0, false
	}
	b := bytes.Clone(spoilt)
	b[at] ^= bit
	leaves, _ := splitEntries(b)
	end := 0
	for i, leaf := range leaves {
		if end += 2 + len(leaf); at < end {
			return tile.N*tileWidth + int64(i), true
		}
	}
	return 0, false
}

// What was deleted, added or changed in several places is named too.
func TestCheckNames(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(t *testing.T, dir string)
		want []string
	}{
		{"a missing tile", remove("tile/0/003"), []string{"tile/0/003"}},
		{"a missing partial tile", remove("tile/1/000.p/7"), []string{"tile/1/000.p/7"}},
		{"missing entries", remove("tile/entries/002"), []string{"tile/entries/002"}},
		{"a file that is not of the log", add("tile/0/note.txt"), []string{"tile/0/note.txt"}},
		{"a partial tile of a size that never was", add("tile/0/007.p/1"), []string{"tile/0/007.p/1"}},
		{"a missing tile above changed entries", both(remove("tile/0/003"), add("tile/entries/004")), []string{"tile/0/003", "tile/entries/004 entry 1024"}},
		{"a tile and an entry below it, at another place", both(flip("tile/0/003", 40), flip("tile/entries/003", 2000)), []string{"tile/0/003", "tile/entries/003 entry 910"}},
		{"a tile and the tile above it", both(flip("tile/0/003", 40), flip("tile/1/000.p/7", 32*4)), []string{"tile/1/000.p/7", "tile/0/003"}},
		{"a missing checkpoint signature", add("checkpoint"), []string{"checkpoint"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := exported(t, 7*256+9)
			c.harm(t, dir)
			var got []string
			for _, p := range check(t, dir).Problems {
				got = append(got, p.Where)
			}
			if strings.Join(got, "; ") != strings.Join(c.want, "; ") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func remove(path string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Remove(filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
	}
}

func add(path string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte("\x00\x05other and what is left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func flip(path string, at int) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		b, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		b[at] ^= 1
		if err := os.WriteFile(filepath.Join(dir, path), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func both(a, b func(*testing.T, string)) func(*testing.T, string) {
	return func(t *testing.T, dir string) { a(t, dir); b(t, dir) }
}

func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		out[path], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTilePaths(t *testing.T) {
	for path, want := range map[string]tlog.Tile{
		"tile/0/000":                {H: 8, W: 256},
		"tile/2/x001/x234/067.p/8":  {H: 8, L: 2, N: 1234067, W: 8},
		"tile/entries/x001/234.p/1": {H: 8, L: -1, N: 1234, W: 1},
	} {
		if got, ok := parseTile(path); !ok || got != want || tilePath(got) != path {
			t.Errorf("%s: got %+v, %v, back to %s", path, got, ok, tilePath(got))
		}
	}
	for _, path := range []string{"", "tile/", "tile/data/000", "tile/0/0", "tile/0/000.p/256", "tile/0/000.p/0", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/entries/../../x"} {
		if got, ok := parseTile(path); ok {
			t.Errorf("%q was read as %+v", path, got)
		}
	}
	for _, path := range []string{"tile/0/001.p/45", "tile/1/000.p/2", "tile/7/000.p/1", "tile/63/x999/x999/x999/x999/x999/x999/999", "tile/entries/002"} {
		l := &log{}
		l.append(t, 300)
		if _, err := l.source().Tile(path); lang.KindOf(err) != lang.NotFound {
			t.Errorf("%s of a log of 300: %v", path, err)
		}
	}
}
