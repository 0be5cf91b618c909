// Package ledger is the mathematics of the append-only log (台帳): the Merkle tree of RFC 6962 over leaves, signed
// checkpoints (C2SP tlog-checkpoint), proofs, and the recomputation of everything from what is stored.
//
// Start from [Append], which makes the hashes to store for new leaves; [Checkpoint], which signs a tree; [Prove], which
// makes the proof that travels in a bundle; and [VerifyAll]. The package keeps nothing: leaves, hashes and checkpoints
// come from the caller and go back to it. A leaf is opaque bytes, written in the business transaction ([verify.Entry]
// says what stands in it).
package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/verify"
)

// Read gives stored hashes by index, one for each; a missing one is an error.
type Read = tlog.HashReaderFunc

// A Stored hash is one row to write: its index (tlog.StoredHashIndex) and 32 bytes.
type Stored struct {
	Index int64
	Hash  tlog.Hash
}

// Leaf gives the bytes of an entry as they go into the tree: canonical JSON.
func Leaf(e verify.Entry) ([]byte, error) { return verify.Marshal(e) }

// Hash gives the hash of a leaf: SHA-256 over 0x00 and the leaf (RFC 6962, 2.1).
func Hash(leaf []byte) tlog.Hash { return tlog.RecordHash(leaf) }

// Append gives the hashes to store for leaves that follow the first size ones, in order of index. Nothing is written;
// read is asked only for hashes of the tree before.
func Append(size int64, leaves [][]byte, read Read) ([]Stored, error) {
	fresh := map[int64]tlog.Hash{}
	both := Read(func(indexes []int64) ([]tlog.Hash, error) { return readBoth(indexes, fresh, read) })
	var out []Stored
	for i, leaf := range leaves {
		n := size + int64(i)
		hashes, err := tlog.StoredHashesForRecordHash(n, Hash(leaf), both)
		if err != nil {
			return nil, fmt.Errorf("append leaf %d: %w", n, err)
		}
		base := tlog.StoredHashIndex(0, n)
		for j, h := range hashes {
			fresh[base+int64(j)] = h
			out = append(out, Stored{base + int64(j), h})
		}
	}
	return out, nil
}

// readBoth takes what is fresh from memory and asks for the rest in one go.
func readBoth(indexes []int64, fresh map[int64]tlog.Hash, read Read) ([]tlog.Hash, error) {
	var ask []int64
	for _, i := range indexes {
		if _, ok := fresh[i]; !ok {
			ask = append(ask, i)
		}
	}
	var old []tlog.Hash
	if len(ask) > 0 {
		var err error
		if old, err = read(ask); err != nil {
			return nil, err
		}
		if len(old) != len(ask) {
			return nil, fmt.Errorf("asked for %d stored hashes, got %d", len(ask), len(old))
		}
	}
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if h, ok := fresh[index]; ok {
			out[i] = h
			continue
		}
		out[i] = old[slices.Index(ask, index)]
	}
	return out, nil
}

// Root gives the tree of the first size leaves.
func Root(size int64, read Read) (tlog.Tree, error) {
	h, err := tlog.TreeHash(size, read)
	return tlog.Tree{N: size, Hash: h}, err
}

// Checkpoint signs a tree as a note. origin names the log: no spaces, no "+", the same for its whole life.
func Checkpoint(origin string, tree tlog.Tree, key ed25519.PrivateKey) (string, error) {
	signer, err := noteSigner(origin, key)
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	b, err := note.Sign(&note.Note{Text: verify.FormatCheckpoint(origin, tree)}, signer)
	return string(b), err
}

// noteSigner puts a key into the text form that package note reads: PRIVATE+KEY+name+hash+key.
func noteSigner(origin string, key ed25519.PrivateKey) (note.Signer, error) {
	public, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, err
	}
	hash := binary.BigEndian.AppendUint32(nil, verifier.KeyHash())
	const ed25519Algorithm = 1
	secret := base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, key.Seed()...))
	return note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%x+%s", origin, hash, secret))
}

// Prove makes the proof that the leaf at index is in the tree a checkpoint states. size is that tree's.
func Prove(leaf []byte, index, size int64, checkpoint string, read Read) (*verify.Proof, error) {
	path, err := tlog.ProveRecord(size, index, read)
	if err != nil {
		return nil, fmt.Errorf("prove leaf %d of %d: %w", index, size, err)
	}
	p := &verify.Proof{Leaf: leaf, Index: index, Hashes: [][]byte{}, Checkpoint: checkpoint}
	for _, h := range path {
		p.Hashes = append(p.Hashes, slices.Clone(h[:]))
	}
	return p, nil
}
