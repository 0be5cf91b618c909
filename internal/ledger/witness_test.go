package ledger

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

var emptyTree = tlog.Tree{}

func TestCosign(t *testing.T) {
	l := &log{}
	l.append(t, 10)
	kept, line := emptyTree, ""
	for _, n := range []int{0, 5, 300} { // a witness follows a log from size to size
		l.append(t, n)
		g, err := ProveGrowth(kept.N, int64(len(l.leaves)), l.checkpoint(t), l.read)
		if err != nil {
			t.Fatal(err)
		}
		if line, kept, err = Cosign(g, kept, key, witnessName, witnessPriv, at); err != nil {
			t.Fatal(err)
		}
		text, added, err := AddCosignatures(l.checkpoint(t), line, []verify.WitnessKey{witness})
		if err != nil || len(added) != 1 || !added[0].At.Equal(at) || !strings.HasSuffix(text, line) {
			t.Fatalf("got %v, %v", added, err)
		}
		if again, added, err := AddCosignatures(text, line, []verify.WitnessKey{witness}); err != nil || len(added) > 0 || again != text {
			t.Errorf("the same line twice: %v, %v", added, err)
		}
	}
	forked := &log{}
	forked.leaves = append(forked.leaves, []byte("another beginning"))
	forked.rehash()
	forked.append(t, 400)
	g, err := ProveGrowth(kept.N, 401, forked.checkpoint(t), forked.read)
	if err != nil {
		t.Fatal(err)
	}
	if _, tree, err := Cosign(g, kept, key, witnessName, witnessPriv, at); lang.KindOf(err) != lang.Unverified || tree != kept {
		t.Errorf("a witness signed a history that was rewritten: %v", err)
	}
	if _, _, err := Cosign(Growth{Old: 5, Checkpoint: l.checkpoint(t)}, kept, key, witnessName, witnessPriv, at); lang.KindOf(err) != lang.Unverified {
		t.Errorf("a witness signed from a size it did not keep: %v", err)
	}
}

func TestCosignaturesRefused(t *testing.T) {
	l := &log{}
	l.append(t, 10)
	line, _, err := Cosign(Growth{Checkpoint: l.checkpoint(t)}, emptyTree, key, witnessName, witnessPriv, at)
	if err != nil {
		t.Fatal(err)
	}
	other := verify.WitnessKey{Name: "witness.example/w2", Key: ed25519.NewKeyFromSeed(append(make([]byte, 31), 8)).Public().(ed25519.PublicKey)}
	if text, added, err := AddCosignatures(l.checkpoint(t), line, []verify.WitnessKey{other}); err != nil || len(added) > 0 || text != l.checkpoint(t) {
		t.Errorf("a line of nobody we know: %v, %v", added, err)
	}
	l.append(t, 1)
	if _, _, err := AddCosignatures(l.checkpoint(t), line, []verify.WitnessKey{witness}); lang.KindOf(err) != lang.Unverified {
		t.Errorf("a line under another checkpoint: %v", err)
	}
	if _, _, err := AddCosignatures(l.checkpoint(t), "hello\n", []verify.WitnessKey{witness}); lang.KindOf(err) != lang.Unreadable {
		t.Errorf("no line at all: %v", err)
	}
	for _, bad := range []string{"", "w", "w+zz+zz", witness.String() + "A", strings.Replace(witness.String(), "w1", "w2", 1), key.String()} {
		if k, err := verify.ParseWitnessKey(bad); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%q was read as %+v", bad, k)
		}
	}
	if k, err := verify.ParseWitnessKey(witness.String()); err != nil || k.Name != witness.Name || string(k.Key) != string(witness.Key) {
		t.Errorf("%s: %v, %v", witness, k, err)
	}
	if k, err := verify.ParseLedgerKey(key.String()); err != nil || k.Origin != key.Origin || string(k.Key) != string(key.Key) {
		t.Errorf("%s: %v, %v", key, k, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\nx\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— x AAAA\n"))
	f.Add([]byte("old 5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nx\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := ParseProof(b); err == nil {
			if string(FormatProof(p)) != string(b) {
				t.Errorf("%q is read, but written as %q", b, FormatProof(p))
			}
			CheckProof(p, key)
		}
		if g, err := ParseGrowth(b); err == nil {
			if string(g.Format()) != string(b) {
				t.Errorf("%q is read, but written as %q", b, g.Format())
			}
			g.Check(emptyTree, key)
		}
		AddCosignatures("x\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n", string(b), nil)
		splitEntries(b)
		parseTile(string(b))
	})
}
