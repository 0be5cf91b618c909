package ledger

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// An Audit is what checking a copy of a log found.
type Audit struct {
	Tree      tlog.Tree            // as the checkpoint states it
	Witnessed []verify.Cosignature // by the witnesses that were asked about
	Unchecked []string             // names on signature lines of the checkpoint that no key at hand can check
	Problems  []fact.Problem       // Where is a file, and the entry in it; none: every byte but those lines is what was signed
}

// Check holds every byte of a copy ([Export]) against the signature under its checkpoint; it trusts the key and nothing
// else. Going down from the root, every tile must give the hash that its parent has of it, and every entry the hash in
// its tile; so what is damaged is told by name, and the rest is still checked. An error means that the copy could not
// be looked at; damage is no error but a problem.
func Check(dir fs.FS, key verify.LedgerKey, witnesses []verify.WitnessKey) (Audit, error) {
	checkpoint, err := fs.ReadFile(dir, CheckpointFile)
	if err != nil {
		return Audit{}, &lang.Error{Kind: lang.NotFound, Where: CheckpointFile, Err: err, What: lang.T("チェックポイントのファイルがありません", "there is no checkpoint file"),
			Next: lang.T("tasuki ledger export で書き出したディレクトリを指定してください", "name a folder that tasuki ledger export wrote")}
	}
	a := &audit{dir: dir, seen: map[string][]byte{CheckpointFile: nil}}
	if a.Tree, err = verify.OpenCheckpoint(string(checkpoint), key); err == nil {
		a.Witnessed, err = verify.Cosignatures(string(checkpoint), witnesses)
		a.Unchecked = unchecked(string(checkpoint), key, a.Witnessed)
	}
	if err == nil && !strictNote(string(checkpoint)) {
		err = broken(CheckpointFile, lang.T("チェックポイントの署名の書き方が正しくありません", "a signature line of the checkpoint is not written as it must be"))
	}
	if err != nil {
		var e *lang.Error
		if !errors.As(err, &e) {
			return a.Audit, err
		}
		a.problem(CheckpointFile, e.What)
		return a.Audit, nil
	}
	a.tree()
	return a.Audit, a.strangers()
}

type audit struct {
	Audit
	dir  fs.FS
	seen map[string][]byte // the files of the log; with the bytes of partial tiles
}

func (a *audit) problem(where string, what lang.Text) {
	a.Problems = append(a.Problems, fact.Problem{Where: where, What: what})
}

// tree starts from the tiles of the right edge, which together give the root, and goes down from them.
func (a *audit) tree() {
	edge := a.edge()
	for level, hashes := range slices.Backward(edge) {
		first := a.Tree.N >> (tileHeight * level) &^ (tileWidth - 1)
		for i, h := range hashes {
			if level > 0 {
				a.full(level-1, first+int64(i), h)
			}
		}
	}
	if len(edge) > 0 && len(edge[0]) > 0 {
		a.entries(tlog.Tile{H: tileHeight, L: 0, N: a.Tree.N >> tileHeight, W: len(edge[0])}, edge[0])
	}
}

// edge reads the partial tile of every level. When they do not give the root, those are to blame that can be made anew,
// in part or whole, from what lies below them so that they do.
func (a *audit) edge() [][]tlog.Hash {
	var stored, below [][]tlog.Hash
	var tiles []tlog.Tile
	for level := 0; a.Tree.N>>(tileHeight*level) > 0; level++ {
		n := a.Tree.N >> (tileHeight * level)
		t := tlog.Tile{H: tileHeight, L: level, N: n >> tileHeight, W: int(n % tileWidth)}
		tiles, stored = append(tiles, t), append(stored, nil)
		if t.W > 0 {
			stored[level] = a.read(t)
		}
	}
	fits := func(edge [][]tlog.Hash) bool {
		for level, t := range tiles {
			if len(edge[level]) != t.W {
				return false
			}
		}
		return rootOf(edge) == a.Tree.Hash
	}
	if fits(stored) {
		return stored
	}
	for _, t := range tiles {
		below = append(below, nil)
		if t.W > 0 {
			below[t.L] = a.below(t)
		}
	}
	units := differences(stored, below)
	for take := range 1 << len(units) {
		mixed := slices.Clone(stored)
		for bit, u := range units {
			if take&(1<<bit) != 0 {
				u.from(below, mixed)
			}
		}
		if !fits(mixed) {
			continue
		}
		for level, t := range tiles {
			if !slices.Equal(mixed[level], stored[level]) {
				a.problem(tilePath(t), tileDamaged())
			}
		}
		return mixed
	}
	a.problem(CheckpointFile, lang.T("保存されている記録とタイルは、署名されたチェックポイントにつながりません", "the stored entries and tiles do not lead to the signed checkpoint"))
	return stored
}

// A place is where stored tiles and those made from below them differ: one hash, or the whole tile when at is -1.
type place struct{ level, at int }

// mostPlaces bounds how many are tried in every combination: each doubles the work.
const mostPlaces = 8

// differences gives the places in which tiles differ, hash by hash while they are few, else tile by tile.
func differences(stored, below [][]tlog.Hash) []place {
	var hashes, whole []place
	for level := range stored {
		before := len(hashes)
		if len(stored[level]) != len(below[level]) {
			hashes = append(hashes, place{level, -1})
		} else {
			for i := range stored[level] {
				if stored[level][i] != below[level][i] {
					hashes = append(hashes, place{level, i})
				}
			}
		}
		if len(hashes) > before {
			whole = append(whole, place{level, -1})
		}
	}
	if len(hashes) > mostPlaces {
		return whole
	}
	return hashes
}

// from puts what stands at a place into other tiles, of which it copies the one it changes.
func (p place) from(tiles, into [][]tlog.Hash) {
	if p.at < 0 {
		into[p.level] = tiles[p.level]
		return
	}
	into[p.level] = slices.Clone(into[p.level])
	into[p.level][p.at] = tiles[p.level][p.at]
}

// rootOf folds the tiles of the right edge from the lowest level up (RFC 6962, 2.1). Of an empty tree it is the hash of
// nothing.
func rootOf(edge [][]tlog.Hash) tlog.Hash {
	var root tlog.Hash
	started := false
	for _, hashes := range edge {
		for len(hashes) > 0 {
			part := hashes[len(hashes)-len(hashes)&-len(hashes):] // the smallest full subtree, at the right
			hashes = hashes[:len(hashes)-len(part)]
			if h := subtree(part); started {
				root = tlog.NodeHash(h, root)
			} else {
				root, started = h, true
			}
		}
	}
	if !started {
		return sha256.Sum256(nil)
	}
	return root
}

// subtree gives the root over a power of two of hashes.
func subtree(hashes []tlog.Hash) tlog.Hash {
	h := slices.Clone(hashes)
	for ; len(h) > 1; h = h[:len(h)/2] {
		for i := range len(h) / 2 {
			h[i] = tlog.NodeHash(h[2*i], h[2*i+1])
		}
	}
	return h[0]
}

// full checks the full tile n of a level, which must give the hash want, and everything below it. One that does not is
// made anew from what lies below it, so that the rest can be checked all the same.
func (a *audit) full(level int, n int64, want tlog.Hash) {
	t := tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth}
	hashes := a.read(t)
	if len(hashes) != tileWidth || subtree(hashes) != want {
		stored := hashes
		var sound bool
		if hashes, sound = mend(stored, a.below(t), want); sound || stored == nil {
			a.problem(tilePath(t), tileDamaged())
		} else {
			a.problem(tilePath(t), lang.T("タイルが上位のタイルと一致せず、下の記録からも復元できません", "the tile does not match its parent, and cannot be made anew from below either"))
		}
	}
	if len(hashes) != tileWidth {
		hashes = nil // nothing to hold what is below against
	}
	if level == 0 {
		a.entries(t, hashes)
		return
	}
	for i, h := range hashes {
		a.full(level-1, n*tileWidth+int64(i), h)
	}
}

// mend finds the hashes that give want between those of a damaged tile and those made from below it: both may be
// damaged, in different places. When none do, it gives what was made from below or, without that, what is stored.
func mend(stored, below []tlog.Hash, want tlog.Hash) (hashes []tlog.Hash, sound bool) {
	if len(below) != tileWidth {
		return stored, false
	}
	pair := [][]tlog.Hash{below}
	units := differences([][]tlog.Hash{stored}, pair)
	for take := range 1 << len(units) {
		mixed := [][]tlog.Hash{stored}
		for bit, u := range units {
			if take&(1<<bit) != 0 {
				u.from(pair, mixed)
			}
		}
		if len(mixed[0]) == tileWidth && subtree(mixed[0]) == want {
			return mixed[0], true
		}
	}
	return below, false
}

// below makes the hashes of a tile from its children: the entries, or the full tiles of the level below. It is nil when
// one of them is not there.
func (a *audit) below(t tlog.Tile) []tlog.Hash {
	var out []tlog.Hash
	if t.L == 0 {
		leaves, whole := a.bundle(entriesOf(t))
		if !whole || len(leaves) != t.W {
			return nil
		}
		for _, leaf := range leaves {
			out = append(out, Hash(leaf))
		}
		return out
	}
	for i := range t.W {
		child := a.read(tlog.Tile{H: tileHeight, L: t.L - 1, N: t.N*tileWidth + int64(i), W: tileWidth})
		if len(child) != tileWidth {
			return nil
		}
		out = append(out, subtree(child))
	}
	return out
}

// read gives the hashes of a tile; nil when it is not there or not of its size.
func (a *audit) read(t tlog.Tile) []tlog.Hash {
	b := a.file(t)
	if len(b) != t.W*tlog.HashSize {
		return nil
	}
	out := make([]tlog.Hash, t.W)
	for i := range out {
		out[i] = tlog.Hash(b[i*tlog.HashSize:])
	}
	return out
}

func (a *audit) bundle(t tlog.Tile) (leaves [][]byte, whole bool) { return splitEntries(a.file(t)) }

// file reads a file of the log, and keeps in mind that it is one.
func (a *audit) file(t tlog.Tile) []byte {
	path := tilePath(t)
	b, err := fs.ReadFile(a.dir, path)
	if err != nil {
		return nil
	}
	a.seen[path] = nil
	if t.W < tileWidth {
		a.seen[path] = b
	}
	return b
}

// entries holds the entries below a tile of level 0 against its hashes.
func (a *audit) entries(t tlog.Tile, want []tlog.Hash) {
	path := tilePath(entriesOf(t))
	leaves, whole := a.bundle(entriesOf(t))
	if len(want) != t.W {
		return // there is nothing to hold them against, which was said
	}
	wrong := func(i int, h tlog.Hash) bool { return i >= len(leaves) || Hash(leaves[i]) != h }
	first, count := 0, 0
	for i, h := range want {
		if wrong(i, h) {
			if count == 0 {
				first = i
			}
			count++
		}
	}
	at := t.N*tileWidth + int64(first)
	switch {
	case leaves == nil && t.W > 0:
		a.problem(path, lang.T("記録のファイルがないか、読み取れません", "the file of entries is missing or cannot be read"))
	case count == 1:
		a.problem(fmt.Sprintf("%s entry %d", path, at), lang.F("記録 %d が、署名された内容から変わっています", "entry %d is not what was signed", at))
	case count > 1:
		a.problem(fmt.Sprintf("%s entry %d", path, at), lang.F("記録 %[1]d から後の %[2]d 件が、署名された内容から変わっています", "entry %[1]d and %[2]d in all from there on are not what was signed", at, count))
	case !whole || len(leaves) > t.W:
		a.problem(path, lang.T("最後の記録の後に余分な内容があります", "something follows the last entry"))
	}
}

// strangers names the files in the folder that are not of the log. The partial tiles of earlier checkpoints are: they
// must begin the tile that took their place.
func (a *audit) strangers() error {
	return fs.WalkDir(a.dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, ours := a.seen[path]; !ours && !a.earlier(path) {
			a.problem(path, lang.T("台帳のファイルではないか、現在の内容と一致しません", "this is no file of the log, or does not agree with it"))
		}
		return nil
	})
}

// earlier reports whether a file is the beginning of the partial tile, or bundle of entries, that is there now.
func (a *audit) earlier(path string) bool {
	t, ok := parseTile(path)
	n := a.Tree.N >> (tileHeight * max(t.L, 0))
	if !ok || t.W == tileWidth || t.N != n>>tileHeight || t.W > int(n%tileWidth) {
		return false
	}
	b, err := fs.ReadFile(a.dir, path)
	t.W = int(n % tileWidth)
	if err != nil || !bytes.HasPrefix(a.seen[tilePath(t)], b) {
		return false
	}
	if t.L >= 0 {
		return true
	}
	_, whole := splitEntries(b)
	return whole
}

// unchecked gives the names on signature lines beyond the log's own and those of the witnesses that signed. It may be the
// line of a witness nobody knows here, or one that was damaged in its name or key id.
func unchecked(checkpoint string, key verify.LedgerKey, signed []verify.Cosignature) (names []string) {
	known := map[string]int{key.Origin: 1}
	for _, s := range signed {
		known[s.Witness]++
	}
	_, signatures, _ := strings.Cut(checkpoint, "\n\n")
	for line := range strings.Lines(signatures) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "— "), " ")
		if known[name]--; known[name] < 0 {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// strictNote reports whether no byte of a checkpoint's signature lines could be another without changing what it says.
func strictNote(checkpoint string) bool {
	_, signatures, _ := strings.Cut(checkpoint, "\n\n")
	for line := range strings.Lines(signatures) {
		f := strings.Fields(line)
		if len(f) != 3 || line != fmt.Sprintf("— %s %s\n", f[1], f[2]) || !strictBase64(f[2]) {
			return false
		}
	}
	return true
}

func tileDamaged() lang.Text {
	return lang.T("タイルがないか壊れています（下の記録からは復元できます）", "the tile is missing or damaged; it can be made anew from what lies below")
}
