// Command ledger measures a ledger of a million entries in the real store: how fast entries are written and put in order,
// how long a proof and the whole recomputation take, how large it is, and whether every one of many flipped bits in its
// exported copy is found where it is.
//
//	go run ./bench/ledger -dir EMPTYDIR [-n 1000000] [-batch 1000] [-bits 200]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "", "empty folder for the workspace and the copy")
	n := flag.Int("n", 1_000_000, "entries")
	batch := flag.Int("batch", 1000, "entries a transaction")
	bits := flag.Int("bits", 200, "bits to flip in the copy")
	flag.Parse()
	if *dir == "" {
		log.Fatal("give an empty folder with -dir")
	}
	if err := run(context.Background(), *dir, *n, *batch, *bits); err != nil {
		log.Fatal(err)
	}
}

var actor = store.Actor{Account: "bench", Via: store.CLI}

func run(ctx context.Context, dir string, n, batch, bits int) error {
	db, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, "workspace")})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := write(ctx, db, n, batch); err != nil {
		return err
	}
	if err := prove(ctx, db); err != nil {
		return err
	}
	start := time.Now()
	tree, err := upkeep.VerifyLedger(ctx, db, actor)
	if err != nil {
		return err
	}
	report("recompute all %d entries and stored hashes: %.1f s", tree.N, time.Since(start).Seconds())
	size, _, err := sizeOf(filepath.Join(dir, "workspace"))
	if err != nil {
		return err
	}
	report("workspace: %d MiB, %d bytes an entry (with the audit log)", size>>20, size/int64(n))
	return export(ctx, db, filepath.Join(dir, "copy"), bits)
}

// write makes the entries as changes do, and puts them in order as the server does, a checkpoint every ten thousand.
func write(ctx context.Context, db *store.DB, n, batch int) error {
	var writing, placing time.Duration
	for done := 0; done < n; done += batch {
		start := time.Now()
		err := db.InTx(ctx, actor, func(tx *store.Tx) error {
			for i := range min(batch, n-done) {
				object := store.Object{Kind: "document", ID: fmt.Sprintf("sha256:%064x", done+i)}
				if err := tx.Audit(ctx, "received", object, map[string]any{"name": "sbom.cdx.json", "size": done + i}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		writing += time.Since(start)
		if (done+batch)%10_000 == 0 || done+batch >= n {
			start = time.Now()
			if _, err := upkeep.PlaceLedger(ctx, db); err != nil {
				return err
			}
			placing += time.Since(start)
		}
	}
	report("write %d entries, %d a transaction: %.0f entries/s", n, batch, float64(n)/writing.Seconds())
	report("put them in order, hash, sign a checkpoint every 10,000: %.0f entries/s", float64(n)/placing.Seconds())
	report("both: %.0f entries/s", float64(n)/(writing+placing).Seconds())
	return nil
}

// prove times proofs of random entries and of growth from random sizes, against the newest checkpoint.
func prove(ctx context.Context, db *store.DB) error {
	c, ok, err := db.LatestCheckpoint(ctx)
	if err != nil || !ok {
		return errors.Join(err, errors.New("no checkpoint"))
	}
	key, err := upkeep.PublicLedgerKey(db)
	if err != nil {
		return err
	}
	var inclusion, growth, checking []time.Duration
	random := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		i := random.Int64N(c.Size)
		start := time.Now()
		leaves, err := db.ReadLeaves(ctx, i, 1)
		if err != nil || len(leaves) != 1 {
			return errors.Join(err, errors.New("no such leaf"))
		}
		p, err := ledger.Prove(leaves[0].Bytes, i, c.Size, c.Note, db.HashReader(ctx))
		if err != nil {
			return err
		}
		inclusion = append(inclusion, time.Since(start))
		start = time.Now()
		if _, err := ledger.CheckProof(p, key); err != nil {
			return err
		}
		checking = append(checking, time.Since(start))
		start = time.Now()
		if _, err := ledger.ProveGrowth(1+random.Int64N(c.Size), c.Size, c.Note, db.HashReader(ctx)); err != nil {
			return err
		}
		growth = append(growth, time.Since(start))
	}
	report("prove an entry: median %v, worst of 1000 %v", median(inclusion), slices.Max(inclusion))
	report("check such a proof: median %v", median(checking))
	report("prove growth: median %v, worst of 1000 %v", median(growth), slices.Max(growth))
	return nil
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2].Round(time.Microsecond)
}

// export copies the ledger, checks the copy, flips bits in as many files of it, and counts those that are named.
func export(ctx context.Context, db *store.DB, dir string, bits int) error {
	start := time.Now()
	if _, _, err := upkeep.ExportLedger(ctx, db, dir); err != nil {
		return err
	}
	took := time.Since(start)
	size, paths, err := sizeOf(dir)
	if err != nil {
		return err
	}
	report("export: %.1f s, %d files, %d MiB", took.Seconds(), len(paths), size>>20)
	key, err := upkeep.PublicLedgerKey(db)
	if err != nil {
		return err
	}
	start = time.Now()
	a, err := ledger.Check(os.DirFS(dir), key, nil)
	if err != nil || len(a.Problems) > 0 {
		return fmt.Errorf("the copy does not hold: %v, %w", a.Problems, err)
	}
	report("check the copy of %d entries against the key alone: %.1f s", a.Tree.N, time.Since(start).Seconds())
	flipped, err := flip(dir, paths, bits)
	if err != nil {
		return err
	}
	start = time.Now()
	if a, err = ledger.Check(os.DirFS(dir), key, nil); err != nil {
		return err
	}
	named := map[string]bool{}
	for _, p := range a.Problems {
		path, _, _ := strings.Cut(p.Where, " entry ")
		named[path] = true
	}
	found := 0
	for _, path := range flipped {
		if named[path] {
			found++
		} else {
			report("NOT FOUND: %s", path)
		}
	}
	report("%d bits flipped in %d files: %d found in their file, %d other files named, %.1f s", len(flipped), len(flipped), found, len(named)-found, time.Since(start).Seconds())
	return againstCheckpoint(dir, key)
}

// flip changes one random bit in each of some random files, but not in the checkpoint: without it nothing else is looked
// at, so it has its turn last.
func flip(dir string, paths []string, bits int) ([]string, error) {
	random := rand.New(rand.NewPCG(2, 2))
	var out []string
	for _, i := range random.Perm(len(paths)) {
		if len(out) == bits {
			break
		}
		if paths[i] == ledger.CheckpointFile {
			continue
		}
		if err := flipIn(filepath.Join(dir, paths[i]), random); err != nil {
			return nil, err
		}
		out = append(out, paths[i])
	}
	return out, nil
}

func flipIn(file string, random *rand.Rand) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	b[random.IntN(len(b))] ^= 1 << random.IntN(8)
	return os.WriteFile(file, b, 0o600)
}

func againstCheckpoint(dir string, key verify.LedgerKey) error {
	if err := flipIn(filepath.Join(dir, ledger.CheckpointFile), rand.New(rand.NewPCG(3, 3))); err != nil {
		return err
	}
	a, err := ledger.Check(os.DirFS(dir), key, nil)
	if err != nil {
		return err
	}
	report("a bit flipped in the checkpoint: named %v", len(a.Problems) == 1 && a.Problems[0].Where == ledger.CheckpointFile)
	return nil
}

func sizeOf(dir string) (bytes int64, paths []string, err error) {
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
			paths = append(paths, path)
		}
		return err
	})
	return bytes, paths, err
}

func report(format string, args ...any) { fmt.Printf(format+"\n", args...) }
