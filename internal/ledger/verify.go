package ledger

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// VerifyAll recomputes the log from its leaves, in order, and holds it against every checkpoint ever signed and against
// the stored hashes. It gives the tree of all leaves. What does not hold is a *lang.Error of kind Unverified that says
// where. Memory grows with the logarithm of the number of leaves. There may be leaves after the last checkpoint.
func VerifyAll(leaves iter.Seq2[[]byte, error], checkpoints []string, key verify.LedgerKey, read Read) (tlog.Tree, error) {
	signed, err := roots(checkpoints, key)
	if err != nil {
		return tlog.Tree{}, err
	}
	e, c := &edge{}, comparison{read: read}
	for leaf, err := range leaves {
		if err != nil {
			return e.tree(), fmt.Errorf("read leaf %d: %w", e.size, err)
		}
		if err := c.compare(e.add(Hash(leaf))); err != nil {
			return e.tree(), err
		}
		if root, ok := signed[e.size]; ok && root != e.root() {
			if err := c.flush(); err != nil {
				return e.tree(), err // names the entry, which says more than the checkpoint
			}
			return e.tree(), broken(fmt.Sprintf("checkpoint %d", e.size),
				lang.F("先頭から %d 件の記録が、チェックポイントに署名した時点から変わっています", "the first %d entries are not what their checkpoint was signed for", e.size))
		}
		delete(signed, e.size)
	}
	delete(signed, 0)
	if len(signed) > 0 {
		size := slices.Max(slices.Collect(maps.Keys(signed)))
		return e.tree(), broken(fmt.Sprintf("leaf %d", e.size),
			lang.F("%[1]d 件の記録に署名したチェックポイントがありますが、記録は %[2]d 件しかありません", "a checkpoint was signed for %[1]d entries, but there are only %[2]d", size, e.size))
	}
	return e.tree(), c.flush()
}

// roots verifies the checkpoints and gives their roots by size.
func roots(checkpoints []string, key verify.LedgerKey) (map[int64]tlog.Hash, error) {
	out := map[int64]tlog.Hash{}
	for i, text := range checkpoints {
		tree, err := verify.OpenCheckpoint(text, key)
		if err != nil {
			return nil, fmt.Errorf("checkpoint no. %d: %w", i+1, err)
		}
		if other, twice := out[tree.N]; twice && other != tree.Hash {
			return nil, broken(fmt.Sprintf("checkpoint %d", tree.N), lang.F("%d 件の時点に、内容の異なるチェックポイントが2つあります", "there are two different checkpoints of size %d", tree.N))
		}
		out[tree.N] = tree.Hash
	}
	return out, nil
}

// An edge is the right edge of a growing tree: the roots of its full subtrees, the largest first.
type edge struct {
	size int64
	full []tlog.Hash
}

// add takes a leaf's hash and gives every hash that is complete with it, in order of stored index.
func (e *edge) add(h tlog.Hash) []tlog.Hash {
	done := []tlog.Hash{h}
	for n := e.size; n&1 == 1; n >>= 1 {
		last := len(e.full) - 1
		h = tlog.NodeHash(e.full[last], h)
		e.full, done = e.full[:last], append(done, h)
	}
	e.full = append(e.full, h)
	e.size++
	return done
}

// root folds the full subtrees from the right; of no leaves it is the hash of nothing (RFC 6962, 2.1).
func (e *edge) root() tlog.Hash {
	if e.size == 0 {
		return sha256.Sum256(nil)
	}
	h := e.full[len(e.full)-1]
	for _, left := range slices.Backward(e.full[:len(e.full)-1]) {
		h = tlog.NodeHash(left, h)
	}
	return h
}

func (e *edge) tree() tlog.Tree { return tlog.Tree{N: e.size, Hash: e.root()} }

// A comparison holds computed hashes against the stored ones, many at a time. Stored indexes have no gaps.
type comparison struct {
	read    Read
	next    int64 // index of the first hash in pending
	pending []tlog.Hash
}

func (c *comparison) compare(hashes []tlog.Hash) error {
	if c.pending = append(c.pending, hashes...); len(c.pending) < 512 {
		return nil
	}
	return c.flush()
}

func (c *comparison) flush() error {
	if len(c.pending) == 0 {
		return nil
	}
	indexes := make([]int64, len(c.pending))
	for i := range indexes {
		indexes[i] = c.next + int64(i)
	}
	stored, err := readBoth(indexes, nil, c.read)
	if err != nil {
		return fmt.Errorf("read stored hashes: %w", err)
	}
	for i, h := range stored {
		if h != c.pending[i] {
			return c.blame(indexes[i], h)
		}
	}
	c.next, c.pending = c.next+int64(len(stored)), c.pending[:0]
	return nil
}

// blame says which of the two is damaged, what a hash was computed from or the stored hash itself. Above the leaves the
// hashes below were found to match, so it is the stored one. At a leaf the stored parent decides, where there is one.
func (c *comparison) blame(index int64, stored tlog.Hash) error {
	level, n := tlog.SplitStoredHashIndex(index)
	if level == 0 {
		around, err := readBoth([]int64{tlog.StoredHashIndex(0, n^1), tlog.StoredHashIndex(1, n/2)}, nil, c.read)
		left, right := stored, tlog.Hash{}
		if err == nil {
			if right = around[0]; n&1 == 1 {
				left, right = right, left
			}
		}
		if err != nil || tlog.NodeHash(left, right) == around[1] {
			return broken(fmt.Sprintf("leaf %d", n), lang.F("記録 %d が、保存されたハッシュと一致しません", "entry %d does not match its stored hash", n))
		}
	}
	return broken(fmt.Sprintf("hash %d/%d", level, n), lang.F("記録 %[1]d から %[2]d までの保存されたハッシュが壊れています（記録は無事です）",
		"the stored hash over the entries %[1]d to %[2]d is damaged; the entries are not", n<<level, (n+1)<<level-1))
}

func broken(where string, what lang.Text) error {
	return &lang.Error{Kind: lang.Unverified, Where: where, What: what,
		Next: lang.T("台帳を書き換えずに保全し、バックアップと見比べてください", "keep the ledger as it is and compare it with a backup")}
}
