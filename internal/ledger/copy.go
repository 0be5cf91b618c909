package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// CheckpointFile is the name of the checkpoint below a log's prefix (C2SP tlog-tiles).
const CheckpointFile = "checkpoint"

// Export writes a log as the static files of C2SP tlog-tiles, up to the size that a checkpoint states: any web server
// can serve the folder, and any store can keep it. A folder that holds an earlier copy of the same log gains what is
// new; files that are there stay as they are. A folder with another log, or with another history of this one, is
// refused. It gives the number of files written.
func Export(dir string, l Log, checkpoint string, key verify.LedgerKey) (written int, err error) {
	tree, err := verify.OpenCheckpoint(checkpoint, key)
	if err != nil {
		return 0, err
	}
	l.Size = tree.N
	old, err := l.continues(dir, tree, key)
	if err != nil {
		return 0, err
	}
	for _, t := range tlog.NewTiles(tileHeight, old, tree.N) {
		n, err := l.exportTile(dir, t)
		if err != nil {
			return written, err
		}
		written += n
	}
	// The checkpoint last: until then a reader sees the log before.
	return written + 1, writeFile(dir, CheckpointFile, []byte(checkpoint))
}

// continues gives the size of the copy in a folder, 0 when there is none, and makes sure that the log grew from it.
func (l Log) continues(dir string, tree tlog.Tree, key verify.LedgerKey) (int64, error) {
	b, err := os.ReadFile(filepath.Join(dir, CheckpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the copy's checkpoint: %w", err)
	}
	old, err := verify.OpenCheckpoint(string(b), key)
	if err != nil {
		return 0, err
	}
	if old.N > tree.N {
		return 0, &lang.Error{Kind: lang.Conflict, Where: dir, What: lang.F("コピーには %[1]d 件あり、台帳の %[2]d 件より新しいものです", "the copy has %[1]d entries and is newer than the log with %[2]d", old.N, tree.N),
			Next: lang.T("別の空のディレクトリを指定してください", "choose another, empty directory")}
	}
	root, err := Root(old.N, l.Read)
	if err != nil {
		return 0, err
	}
	if root != old {
		return 0, broken(CheckpointFile, lang.F("コピーに署名された先頭 %d 件は、この台帳の先頭と一致しません", "the first %d entries that the copy was signed for are not those of this log", old.N))
	}
	return old.N, nil
}

// exportTile writes a tile and, on level 0, the entries below it. A full tile takes the place of its partial ones.
func (l Log) exportTile(dir string, t tlog.Tile) (written int, err error) {
	tiles := []tlog.Tile{t}
	if t.L == 0 {
		tiles = append(tiles, entriesOf(t))
	}
	for _, t := range tiles {
		b, err := l.Tile(tilePath(t))
		if err != nil {
			return written, err
		}
		if err := writeFile(dir, tilePath(t), b); err != nil {
			return written, err
		}
		written++
		if t.W == tileWidth {
			if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(tilePath(t)+".p"))); err != nil {
				return written, fmt.Errorf("remove partial tiles: %w", err)
			}
		}
	}
	return written, nil
}

// writeFile puts a file in place whole, durably, and leaves one with the same bytes alone.
func writeFile(dir, path string, b []byte) error {
	to := filepath.Join(dir, filepath.FromSlash(path))
	if have, err := os.ReadFile(to); err == nil && bytes.Equal(have, b) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // it has another name by then when all went well
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), to); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
