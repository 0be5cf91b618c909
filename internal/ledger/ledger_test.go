package ledger

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

const origin = "ledger.vendor.example"

var (
	seed = make([]byte, ed25519.SeedSize)
	priv = ed25519.NewKeyFromSeed(seed)
	key  = verify.LedgerKey{Origin: origin, Key: priv.Public().(ed25519.PublicKey)}
)

// A log is a log in memory, as tables of a database would hold it.
type log struct {
	leaves [][]byte
	hashes []tlog.Hash
}

func (l *log) read(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(l.hashes)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = l.hashes[x]
	}
	return out, nil
}

func (l *log) append(t testing.TB, n int) {
	t.Helper()
	var fresh [][]byte
	for i := range n {
		fresh = append(fresh, fmt.Appendf(nil, `{"id":"%d"}`, len(l.leaves)+i))
	}
	stored, err := Append(int64(len(l.leaves)), fresh, l.read)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stored {
		if s.Index != int64(len(l.hashes)) {
			t.Fatalf("index %d stored after %d hashes", s.Index, len(l.hashes))
		}
		l.hashes = append(l.hashes, s.Hash)
	}
	l.leaves = append(l.leaves, fresh...)
}

func (l *log) all() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, leaf := range l.leaves {
			if !yield(leaf, nil) {
				return
			}
		}
	}
}

func (l *log) checkpoint(t testing.TB) string {
	t.Helper()
	tree, err := Root(int64(len(l.leaves)), l.read)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Checkpoint(origin, tree, priv)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// grown gives a log appended to in uneven batches, with a checkpoint after each.
func grown(t *testing.T) (*log, []string) {
	l := &log{}
	checkpoints := []string{l.checkpoint(t)}
	for _, n := range []int{1, 1, 5, 300, 0, 700} {
		l.append(t, n)
		checkpoints = append(checkpoints, l.checkpoint(t))
	}
	return l, checkpoints
}

func TestVerifyAll(t *testing.T) {
	l, checkpoints := grown(t)
	l.append(t, 3) // after the last checkpoint
	tree, err := VerifyAll(l.all(), checkpoints, key, l.read)
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := Root(1010, l.read); tree != want {
		t.Errorf("got %v, want %v as package tlog computes it", tree, want)
	}
}

func TestVerifyAllFinds(t *testing.T) {
	for _, c := range []struct {
		name, where string
		harm        func(l *log, checkpoints []string) []string
	}{
		{"a changed leaf", "leaf 4", func(l *log, c []string) []string { l.leaves[4] = []byte("other"); return c }},
		{"a changed leaf with the hashes made to fit", "checkpoint 7", func(l *log, c []string) []string {
			l.leaves[4] = []byte("other")
			l.rehash()
			return c
		}},
		{"two leaves exchanged, hashes made to fit", "checkpoint 7", func(l *log, c []string) []string {
			l.leaves[5], l.leaves[6] = l.leaves[6], l.leaves[5]
			l.rehash()
			return c
		}},
		{"the last leaf cut off", "leaf 1006", func(l *log, c []string) []string {
			l.leaves = l.leaves[:1006]
			return c
		}},
		{"a changed stored hash of a leaf", "hash 0/9", func(l *log, c []string) []string {
			l.hashes[tlog.StoredHashIndex(0, 9)][5] ^= 4
			return c
		}},
		{"a changed stored hash", "hash 1/4", func(l *log, c []string) []string {
			l.hashes[tlog.StoredHashIndex(1, 4)][0] ^= 1
			return c
		}},
		{"a checkpoint by another key", "/checkpoint", func(l *log, c []string) []string {
			other := ed25519.NewKeyFromSeed(slices.Repeat([]byte{7}, 32))
			text, _ := Checkpoint(origin, tlog.Tree{N: 1}, other)
			return append(c, text)
		}},
		{"two checkpoints of one size", "checkpoint 1", func(l *log, c []string) []string {
			text, _ := Checkpoint(origin, tlog.Tree{N: 1}, priv)
			return append(c, text)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, checkpoints := grown(t)
			_, err := VerifyAll(l.all(), c.harm(l, checkpoints), key, l.read)
			var e *lang.Error
			if !errors.As(err, &e) || e.Kind != lang.Unverified || e.Where != c.where {
				t.Errorf("got %v, want an error at %q", err, c.where)
			}
		})
	}
}

// Two hundred random bits of what a database keeps, one at a time, are each found where they are.
func TestVerifyAllLocates(t *testing.T) {
	l, checkpoints := grown(t)
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var b []byte
		var want string
		note := -1
		switch random.IntN(3) {
		case 0:
			n := random.IntN(len(l.leaves))
			b, want = l.leaves[n], fmt.Sprintf("leaf %d", n)
		case 1:
			i := random.IntN(len(l.hashes) - 1) // the last leaf has nothing above it that could decide
			level, n := tlog.SplitStoredHashIndex(int64(i))
			b, want = l.hashes[i][:], fmt.Sprintf("hash %d/%d", level, n)
		default:
			note = random.IntN(len(checkpoints))
			b, want = []byte(checkpoints[note]), "/checkpoint"
		}
		at, bit := random.IntN(len(b)), byte(1)<<random.IntN(8)
		b[at] ^= bit
		changed := slices.Clone(checkpoints)
		if note >= 0 {
			changed[note] = string(b)
		}
		_, err := VerifyAll(l.all(), changed, key, l.read)
		var e *lang.Error
		if !errors.As(err, &e) || e.Where != want {
			t.Errorf("bit %#x of byte %d: got %v, want an error at %q", bit, at, err, want)
		}
		b[at] ^= bit
	}
}

// rehash makes the stored hashes fit the leaves, as somebody who rewrites history would.
func (l *log) rehash() {
	e := &edge{}
	l.hashes = nil
	for _, leaf := range l.leaves {
		l.hashes = append(l.hashes, e.add(Hash(leaf))...)
	}
}

func TestProve(t *testing.T) {
	l, checkpoints := grown(t)
	last := checkpoints[len(checkpoints)-1]
	tree, err := verify.OpenCheckpoint(last, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int64{0, 1, 6, 511, 512, 1006} {
		p, err := Prove(l.leaves[i], i, tree.N, last, l.read)
		if err != nil {
			t.Fatal(err)
		}
		path := tlog.RecordProof{}
		for _, h := range p.Hashes {
			path = append(path, tlog.Hash(h))
		}
		if err := tlog.CheckRecord(path, tree.N, tree.Hash, i, Hash(l.leaves[i])); err != nil {
			t.Errorf("leaf %d: %v", i, err)
		}
		if err := tlog.CheckRecord(path, tree.N, tree.Hash, i, Hash([]byte("other"))); err == nil {
			t.Errorf("leaf %d: the proof fits another leaf", i)
		}
	}
}
