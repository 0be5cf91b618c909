package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	formats "github.com/transparency-dev/formats/log"
	formatsnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"example.org/tasuki/verify"
)

// What other implementations make of our log, and we of theirs. Hashes, trees and proofs are those of
// transparency-dev/merkle, which shares no code with the ones used here; checkpoints and cosignatures are read and made
// by transparency-dev/formats.

const witnessName = "witness.example/w1"

var (
	witnessPriv = ed25519.NewKeyFromSeed(append(make([]byte, 31), 9))
	witness     = verify.WitnessKey{Name: witnessName, Key: witnessPriv.Public().(ed25519.PublicKey)}
	at          = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
)

// independentWitness gives the witness as the other implementation makes it.
func independentWitness(t testing.TB) *formatsnote.Signer {
	t.Helper()
	typed := append([]byte{1}, witness.Key...)
	id := sha256.Sum256([]byte(witnessName + "\n" + string(typed)))
	s, err := formatsnote.NewSignerForCosignatureV1(fmt.Sprintf("PRIVATE+KEY+%s+%x+%s", witnessName, id[:4],
		base64.StdEncoding.EncodeToString(append([]byte{1}, witnessPriv.Seed()...))))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// cosigned gives a checkpoint with a cosignature that the other implementation made.
func cosigned(t testing.TB, checkpoint string) string {
	t.Helper()
	v, err := formatsnote.NewVerifier(key.String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(checkpoint), note.VerifierList(v))
	if err != nil {
		t.Fatal(err)
	}
	both, err := note.Sign(n, independentWitness(t))
	if err != nil {
		t.Fatal(err)
	}
	out, added, err := AddCosignatures(checkpoint, string(both), []verify.WitnessKey{witness})
	if err != nil || len(added) != 1 || added[0].Witness != witnessName {
		t.Fatalf("the witness's line was not taken: %v, %v", added, err)
	}
	return out
}

func TestOthersVerifyOurCheckpoints(t *testing.T) {
	l := &log{}
	l.append(t, 777)
	line, tree, err := Cosign(Growth{Checkpoint: l.checkpoint(t)}, emptyTree, key, witnessName, witnessPriv, at)
	if err != nil {
		t.Fatal(err)
	}
	logVerifier, err := formatsnote.NewVerifier(key.String())
	if err != nil {
		t.Fatal(err)
	}
	witnessVerifier, err := formatsnote.NewVerifierForCosignatureV1(witness.String())
	if err != nil {
		t.Fatal(err)
	}
	c, _, n, err := formats.ParseCheckpoint([]byte(l.checkpoint(t)+line), origin, logVerifier, witnessVerifier)
	if err != nil {
		t.Fatal(err)
	}
	if c.Origin != origin || c.Size != 777 || string(c.Hash) != string(tree.Hash[:]) || len(n.Sigs) != 2 {
		t.Errorf("read as %+v with %d signatures", c, len(n.Sigs))
	}
	if when, err := formatsnote.CoSigV1Timestamp(n.Sigs[1]); err != nil || !when.Equal(at) {
		t.Errorf("cosigned at %v, %v", when, err)
	}
	// And by hand, with nothing but Ed25519: the signature is over the text as it stands.
	text := verify.FormatCheckpoint(origin, tree)
	raw, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil || !ed25519.Verify(key.Key, []byte(text), raw[4:]) {
		t.Error("the signature is not over the text of the note")
	}
}

func TestOthersVerifyOurProofs(t *testing.T) {
	dir, l := exported(t, 1000)
	h := rfc6962.DefaultHasher
	var c formats.Checkpoint
	b, err := os.ReadFile(filepath.Join(dir, CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Unmarshal(b); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int64{0, 1, 255, 256, 511, 512, 998, 999} {
		p, err := Prove(l.leaves[i], i, 1000, string(b), l.read)
		if err != nil {
			t.Fatal(err)
		}
		if p, err = ParseProof(FormatProof(p)); err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyInclusion(h, uint64(i), c.Size, h.HashLeaf(p.Leaf), p.Hashes, c.Hash); err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
		if _, err := CheckProof(p, key); err != nil {
			t.Errorf("entry %d, by ourselves: %v", i, err)
		}
		p.Leaf = append([]byte{}, "other"...)
		if _, err := CheckProof(p, key); err == nil {
			t.Errorf("entry %d: the proof fits another entry", i)
		}
	}
	for _, old := range []int64{1, 2, 255, 256, 600, 999, 1000} {
		g, err := ProveGrowth(old, 1000, string(b), l.read)
		if err != nil {
			t.Fatal(err)
		}
		if g, err = ParseGrowth(g.Format()); err != nil {
			t.Fatal(err)
		}
		before, err := Root(old, l.read)
		if err != nil {
			t.Fatal(err)
		}
		hashes := [][]byte{}
		for _, x := range g.Hashes {
			hashes = append(hashes, x[:])
		}
		if err := proof.VerifyConsistency(h, uint64(old), c.Size, hashes, before.Hash[:], c.Hash); err != nil {
			t.Errorf("growth from %d: %v", old, err)
		}
		if _, err := g.Check(before, key); err != nil {
			t.Errorf("growth from %d, by ourselves: %v", old, err)
		}
		before.Hash[0] ^= 1
		if _, err := g.Check(before, key); err == nil {
			t.Errorf("growth from %d: another tree was taken for it", old)
		}
	}
}

// The tiles and entries are laid out as C2SP says: another reader computes the root from the files alone.
func TestOthersReadOurTiles(t *testing.T) {
	dir, _ := exported(t, 600)
	h := rfc6962.DefaultHasher
	var leaves [][]byte
	for _, path := range []string{"tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"} {
		b, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		for len(b) > 0 {
			n := 2 + int(b[0])<<8 + int(b[1])
			leaves, b = append(leaves, h.HashLeaf(b[2:n])), b[n:]
		}
	}
	level0, err := os.ReadFile(filepath.Join(dir, "tile/0/001"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 256 {
		if string(level0[32*i:32*i+32]) != string(leaves[256+i]) {
			t.Fatalf("hash %d of tile/0/001 is not that of entry %d", i, 256+i)
		}
	}
	level1, err := os.ReadFile(filepath.Join(dir, "tile/1/000.p/2"))
	if err != nil {
		t.Fatal(err)
	}
	var c formats.Checkpoint
	b, err := os.ReadFile(filepath.Join(dir, CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Unmarshal(b); err != nil {
		t.Fatal(err)
	}
	if got := mth(h, leaves); string(got) != string(c.Hash) || string(mth(h, leaves[:256])) != string(level1[:32]) {
		t.Error("the root that another computes is not the one signed")
	}
}

// mth is the Merkle tree hash as RFC 6962, 2.1 writes it.
func mth(h *rfc6962.Hasher, leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	return h.HashChildren(mth(h, leaves[:k]), mth(h, leaves[k:]))
}
