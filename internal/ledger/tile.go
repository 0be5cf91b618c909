package ledger

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
)

// A Log is a log as it is read: its size, its stored hashes, and the leaves from a place on. Tiles, copies and proofs are
// made from it.
type Log struct {
	Size   int64
	Read   Read
	Leaves func(from int64, n int) ([][]byte, error)
}

// Height of the tiles of C2SP tlog-tiles: 256 hashes, or entries, in a full one.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// parseTile reads the path of a tile or of an entry bundle as C2SP tlog-tiles writes it: tile/<L>/<N>[.p/<W>] or
// tile/entries/<N>[.p/<W>]. Package tlog writes the height too, and "data" for entries (level -1).
func parseTile(path string) (tlog.Tile, bool) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || strings.HasPrefix(rest, "data/") {
		return tlog.Tile{}, false
	}
	if entries, ok := strings.CutPrefix(rest, "entries/"); ok {
		rest = "data/" + entries
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
	return t, err == nil && t.L < 64
}

// tilePath is the way back from [parseTile].
func tilePath(t tlog.Tile) string {
	rest := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if entries, ok := strings.CutPrefix(rest, "data/"); ok {
		rest = "entries/" + entries
	}
	return "tile/" + rest
}

// entriesOf gives the entry bundle under a tile of level 0.
func entriesOf(t tlog.Tile) tlog.Tile {
	t.L = -1
	return t
}

// Tile gives the bytes at a path of C2SP tlog-tiles below the log's prefix: "tile/0/x001/234", "tile/entries/000.p/7".
// What is not in the tree (yet) is an error of kind NotFound.
func (l Log) Tile(path string) ([]byte, error) {
	t, ok := parseTile(path)
	if !ok || t.N > math.MaxInt64>>(2*tileHeight) || t.N*tileWidth+int64(t.W) > l.Size>>(tileHeight*max(t.L, 0)) {
		return nil, &lang.Error{Kind: lang.NotFound, What: lang.F("台帳に %s はありません", "there is no %s in the log", path)}
	}
	if t.L >= 0 {
		return tlog.ReadTileData(t, l.Read)
	}
	leaves, err := l.Leaves(t.N*tileWidth, t.W)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	if len(leaves) != t.W {
		return nil, fmt.Errorf("read entries: got %d of %d", len(leaves), t.W)
	}
	return joinEntries(leaves)
}

// joinEntries puts leaves one after the other, each behind its length in two bytes.
func joinEntries(leaves [][]byte) ([]byte, error) {
	var out []byte
	for _, leaf := range leaves {
		if len(leaf) > math.MaxUint16 {
			return nil, fmt.Errorf("an entry has %d bytes, more than an entry bundle can say", len(leaf))
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(leaf)))
		out = append(out, leaf...)
	}
	return out, nil
}

// splitEntries gives the entries of a bundle in order, as many as can be told apart, and whether nothing was left over.
func splitEntries(b []byte) (leaves [][]byte, whole bool) {
	for len(b) > 0 {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			return leaves, false
		}
		n := 2 + int(binary.BigEndian.Uint16(b))
		leaves, b = append(leaves, b[2:n]), b[n:]
	}
	return leaves, true
}
