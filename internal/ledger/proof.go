package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// FormatProof writes a proof as C2SP tlog-proof; the leaf stands in its line of extra data.
func FormatProof(p *verify.Proof) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n", base64.StdEncoding.EncodeToString(p.Leaf), p.Index)
	for _, h := range p.Hashes {
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h))
	}
	fmt.Fprintf(&b, "\n%s", p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads a C2SP tlog-proof whose extra data is the leaf.
func ParseProof(b []byte) (*verify.Proof, error) {
	head, checkpoint, found := strings.Cut(string(b), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, notProof(1)
	}
	p := &verify.Proof{Hashes: [][]byte{}, Checkpoint: checkpoint}
	extra, ok := strings.CutPrefix(lines[1], "extra ")
	leaf, err := base64.StdEncoding.Strict().DecodeString(extra)
	if !ok || err != nil {
		return nil, notProof(2)
	}
	index, ok := strings.CutPrefix(lines[2], "index ")
	if p.Leaf = leaf; !ok {
		return nil, notProof(3)
	}
	if p.Index, ok = decimal(index); !ok {
		return nil, notProof(3)
	}
	hashes, bad := parseHashes(lines[3:])
	if bad >= 0 {
		return nil, notProof(4 + bad)
	}
	for _, h := range hashes {
		p.Hashes = append(p.Hashes, slices.Clone(h[:]))
	}
	return p, nil
}

// CheckProof verifies a proof with the log's key and gives the tree it leads to.
func CheckProof(p *verify.Proof, key verify.LedgerKey) (tlog.Tree, error) {
	tree, err := verify.OpenCheckpoint(p.Checkpoint, key)
	if err != nil {
		return tree, err
	}
	path := make(tlog.RecordProof, len(p.Hashes))
	for i, h := range p.Hashes {
		if len(h) != tlog.HashSize {
			return tree, notProof(4 + i)
		}
		path[i] = tlog.Hash(h)
	}
	if p.Index < 0 || p.Index >= tree.N || tlog.CheckRecord(path, tree.N, tree.Hash, p.Index, Hash(p.Leaf)) != nil {
		return tree, broken(fmt.Sprintf("entry %d", p.Index), lang.T("記録が台帳のルートにつながりません", "the entry does not lead to the log's root"))
	}
	return tree, nil
}

// A Growth shows that a log grew from an earlier size to what a checkpoint states without losing or changing anything:
// the consistency proof of RFC 6962, 2.1.2, in the form that C2SP tlog-witness submits to a witness.
type Growth struct {
	Old        int64
	Hashes     tlog.TreeProof
	Checkpoint string
}

// ProveGrowth makes the proof from an earlier size; size is that of the checkpoint.
func ProveGrowth(old, size int64, checkpoint string, read Read) (Growth, error) {
	g := Growth{Old: old, Checkpoint: checkpoint}
	if old < 0 || old > size {
		return g, &lang.Error{Kind: lang.NotFound, What: lang.F("%[1]d 件の時点は、%[2]d 件の台帳にありません", "a log of %[2]d entries was never of size %[1]d", old, size)}
	}
	if old == 0 || old == size {
		return g, nil // nothing to prove: the empty tree is the beginning of any
	}
	var err error
	g.Hashes, err = tlog.ProveTree(size, old, read)
	if err != nil {
		return g, fmt.Errorf("prove growth from %d to %d: %w", old, size, err)
	}
	return g, nil
}

// Format writes the request of C2SP tlog-witness, add-checkpoint.
func (g Growth) Format() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", g.Old)
	for _, h := range g.Hashes {
		fmt.Fprintln(&b, h)
	}
	fmt.Fprintf(&b, "\n%s", g.Checkpoint)
	return b.Bytes()
}

// ParseGrowth reads what [Growth.Format] writes.
func ParseGrowth(b []byte) (Growth, error) {
	head, checkpoint, found := strings.Cut(string(b), "\n\n")
	lines := strings.Split(head, "\n")
	g := Growth{Checkpoint: checkpoint}
	old, ok := strings.CutPrefix(lines[0], "old ")
	if !ok || !found {
		return g, notProof(1)
	}
	if g.Old, ok = decimal(old); !ok {
		return g, notProof(1)
	}
	hashes, bad := parseHashes(lines[1:])
	if bad >= 0 {
		return g, notProof(2 + bad)
	}
	g.Hashes = hashes
	return g, nil
}

// Check verifies the proof against the earlier tree, and gives the later one.
func (g Growth) Check(old tlog.Tree, key verify.LedgerKey) (tlog.Tree, error) {
	tree, err := verify.OpenCheckpoint(g.Checkpoint, key)
	if err != nil {
		return tree, err
	}
	grew := false
	switch {
	case g.Old != old.N || old.N > tree.N:
	case old.N == 0:
		grew = len(g.Hashes) == 0
	case old.N == tree.N:
		grew = old.Hash == tree.Hash && len(g.Hashes) == 0
	default:
		grew = tlog.CheckTree(g.Hashes, tree.N, tree.Hash, old.N, old.Hash) == nil
	}
	if !grew {
		return tree, broken(fmt.Sprintf("size %d", old.N), lang.F("%[2]d 件の台帳は、以前の %[1]d 件の台帳に追記したものではありません", "the log of %[2]d entries is not the one of %[1]d entries with more appended", old.N, tree.N))
	}
	return tree, nil
}

// mostHashes is what a proof may have: the height of the largest tree.
const mostHashes = 63

// parseHashes reads one hash a line; bad is the first line that is none, or -1.
func parseHashes(lines []string) (out []tlog.Hash, bad int) {
	for i, line := range lines {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line || i == mostHashes {
			return nil, i
		}
		out = append(out, h)
	}
	return out, -1
}

// strictBase64 reports whether s is base64 with padding and without slack bits.
func strictBase64(s string) bool {
	b, err := base64.StdEncoding.DecodeString(s)
	return err == nil && base64.StdEncoding.EncodeToString(b) == s
}

// decimal reads digits without leading zeroes.
func decimal(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == s
}

func notProof(line int) error {
	return &lang.Error{Kind: lang.Unreadable, Where: fmt.Sprintf("line %d", line), What: lang.T("証明として読み取れません", "this cannot be read as a proof")}
}
