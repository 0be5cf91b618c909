//go:build unix

// Command verify measures the verification of many different bundles: that the cost grows with their number and no
// faster, what one costs, and what the two signatures at its heart cost by themselves.
//
//	go run ./bench/verify -dir EMPTYDIR [-n 10000]
//
// Beside the time on the clock it gives that of the processor, which says the same on a machine with other work to do.
package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/verify"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "", "empty folder for the bundles")
	n := flag.Int("n", 10_000, "bundles")
	flag.Parse()
	if *dir == "" {
		log.Fatal("give an empty folder with -dir")
	}
	if err := run(*dir, *n); err != nil {
		log.Fatal(err)
	}
}

const origin = "ledger.vendor.example"

func run(dir string, n int) error {
	m := &maker{key: declaretest.Key("vendor"), hashes: map[int64]tlog.Hash{}}
	size, err := m.write(dir, n)
	if err != nil {
		return err
	}
	fmt.Printf("%d different bundles, each with %d answers, an SBOM, a report and a ledger proof: %d KiB each\n", n, len(m.signed[0].Declaration.Commitments), size>>10/int64(n))
	for _, part := range []int{n / 10, n / 4, n / 2, n} {
		before := processor()
		took, err := verifyAll(dir, part, 1)
		if err != nil {
			return err
		}
		used := processor() - before
		fmt.Printf("verify %5d bundles one after the other: %6.2f s, processor %6.2f s, %.3f ms a bundle\n", part, took.Seconds(), used.Seconds(), 1000*used.Seconds()/float64(part))
	}
	cores := runtime.GOMAXPROCS(0)
	took, err := verifyAll(dir, n, cores)
	if err != nil {
		return err
	}
	fmt.Printf("verify %5d bundles, %d at a time: %6.2f s\n", n, cores, took.Seconds())
	return m.heart()
}

// A maker makes bundles whose declarations all stand in one ledger.
type maker struct {
	key    ed25519.PrivateKey
	signed []*declare.Signed
	leaves [][]byte
	hashes map[int64]tlog.Hash
	proofs []*verify.Proof
	tree   tlog.Tree
}

func (m *maker) read(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		h, ok := m.hashes[x]
		if !ok {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = h
	}
	return out, nil
}

func (m *maker) write(dir string, n int) (size int64, err error) {
	for i := range n {
		in := declaretest.Input()
		in.ID, in.Series, in.Serial = fmt.Sprintf("urn:uuid:3f1d0c66-7a0e-4f0e-9d0a-%012d", i), fmt.Sprintf("software-%d", i), int64(1+i%7)
		in.Object.Version = fmt.Sprintf("1.%d.0", i)
		in.Object.Artifacts[0].Digest = verify.Digest(fmt.Append(nil, i))
		in.Ledger = &verify.LedgerKey{Origin: origin, Key: m.key.Public().(ed25519.PublicKey)}
		s, err := declare.Sign(in, m.key)
		if err != nil {
			return 0, err
		}
		leaf, err := ledger.Leaf(verify.Entry{ID: fmt.Sprint(i), At: int64(i), Actor: "sha256:0", Via: "cli", Action: "issued", Object: verify.EntryObject{Kind: "declaration", ID: s.Digest}})
		if err != nil {
			return 0, err
		}
		m.signed, m.leaves = append(m.signed, s), append(m.leaves, leaf)
	}
	stored, err := ledger.Append(0, m.leaves, m.read)
	if err != nil {
		return 0, err
	}
	for _, s := range stored {
		m.hashes[s.Index] = s.Hash
	}
	if m.tree, err = ledger.Root(int64(n), m.read); err != nil {
		return 0, err
	}
	checkpoint, err := ledger.Checkpoint(origin, m.tree, m.key)
	if err != nil {
		return 0, err
	}
	for i, s := range m.signed {
		p, err := ledger.Prove(m.leaves[i], int64(i), int64(n), checkpoint, m.read)
		if err != nil {
			return 0, err
		}
		m.proofs = append(m.proofs, p)
		b, err := declare.Pack(s, declare.HandOver{Proof: p}, m.key)
		if err != nil {
			return 0, err
		}
		size += int64(len(b))
		if err := os.WriteFile(file(dir, i), b, 0o600); err != nil {
			return 0, err
		}
	}
	return size, nil
}

func file(dir string, i int) string {
	return filepath.Join(dir, fmt.Sprintf("%06d%s", i, verify.Extension))
}

// verifyAll reads and verifies the first n bundles with so many workers. Each must hold.
func verifyAll(dir string, n, workers int) (time.Duration, error) {
	opt := verify.Options{Trust: declaretest.Trust("vendor"), At: declaretest.Now, Seen: []verify.Seen{}, Revocations: []verify.Revocation{}, RequireLevel: "minimum"}
	var next atomic.Int64
	failed := make([]error, workers)
	start := time.Now()
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for failed[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				b, err := os.ReadFile(file(dir, i))
				if err == nil && !verify.Bundle(b, opt).OK {
					err = fmt.Errorf("bundle %d does not verify", i)
				}
				failed[w] = err
			}
		})
	}
	all.Wait()
	return time.Since(start), errors.Join(failed...)
}

// heart times the signature of every declaration's envelope (DSSE) and every proof's way to the root, the checkpoint
// opened once: what goal 10 of the performance goals is about.
func (m *maker) heart() error {
	type signed struct {
		message, sig []byte
		path         tlog.RecordProof
	}
	var all []signed
	for i, s := range m.signed {
		var e verify.Envelope
		if err := json.Unmarshal(s.Envelope, &e); err != nil {
			return err
		}
		one := signed{message: verify.PAE(e.PayloadType, e.Payload), sig: e.Signatures[0].Sig}
		for _, h := range m.proofs[i].Hashes {
			one.path = append(one.path, tlog.Hash(h))
		}
		all = append(all, one)
	}
	public := m.key.Public().(ed25519.PublicKey)
	before := processor()
	for i, s := range all {
		if !ed25519.Verify(public, s.message, s.sig) || tlog.CheckRecord(s.path, m.tree.N, m.tree.Hash, int64(i), ledger.Hash(m.leaves[i])) != nil {
			return fmt.Errorf("declaration %d does not verify", i)
		}
	}
	fmt.Printf("envelope signature and inclusion alone, %d declarations: processor %.2f s\n", len(all), (processor() - before).Seconds())
	return nil
}

// processor gives the processor time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
