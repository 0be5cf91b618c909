package upkeep

import (
	"context"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

const (
	witnessSetting   = "witnesses" // whose signatures under our checkpoints count
	witnessedSetting = "witnessed" // the ledgers we are a witness of, as we saw them last
)

// Log gives the workspace's ledger to read from, as far as a size.
func Log(ctx context.Context, db *store.DB, size int64) ledger.Log {
	return ledger.Log{Size: size, Read: db.HashReader(ctx), Leaves: func(from int64, n int) ([][]byte, error) {
		leaves, err := db.ReadLeaves(ctx, from, n)
		out := make([][]byte, len(leaves))
		for i, l := range leaves {
			out[i] = l.Bytes
		}
		return out, err
	}}
}

// PublicLedgerKey gives the name and public key of the workspace's ledger: what others verify it with.
func PublicLedgerKey(db *store.DB) (verify.LedgerKey, error) {
	k, err := LedgerKey(db)
	if err != nil {
		return verify.LedgerKey{}, err
	}
	return verify.LedgerKey{Origin: k.Origin, Key: k.Public()}, nil
}

// PublishedCheckpoint gives the checkpoint that is served and exported: the newest one that a witness signed or, as long
// as there is none, the newest. An error of kind Nothing says that the ledger is empty.
func PublishedCheckpoint(ctx context.Context, db *store.DB) (store.Checkpoint, error) {
	witnesses, err := Witnesses(ctx, db)
	if err != nil {
		return store.Checkpoint{}, err
	}
	if len(witnesses) > 0 {
		all, err := db.Checkpoints(ctx)
		if err != nil {
			return store.Checkpoint{}, err
		}
		for _, c := range slices.Backward(all) {
			if signed, err := verify.Cosignatures(c.Note, witnesses); err == nil && len(signed) > 0 {
				return c, nil
			}
		}
	}
	c, ok, err := db.LatestCheckpoint(ctx)
	if err == nil && !ok {
		err = &lang.Error{Kind: lang.Nothing, What: lang.T("台帳はまだ空です", "the ledger is empty yet")}
	}
	return c, err
}

// ExportLedger writes the ledger as static files (see [ledger.Export]) as far as its published checkpoint. It gives that
// checkpoint and the number of files written.
func ExportLedger(ctx context.Context, db *store.DB, dir string) (store.Checkpoint, int, error) {
	if _, err := PlaceLedger(ctx, db); err != nil {
		return store.Checkpoint{}, 0, err
	}
	key, err := PublicLedgerKey(db)
	if err != nil {
		return store.Checkpoint{}, 0, err
	}
	c, err := PublishedCheckpoint(ctx, db)
	if err != nil {
		return c, 0, err
	}
	n, err := ledger.Export(dir, Log(ctx, db, c.Size), c.Note, key)
	return c, n, err
}

// ProveEntry proves that an entry, named by its place or by the id of its audit entry, is in the ledger.
func ProveEntry(ctx context.Context, db *store.DB, entry string) (*verify.Proof, error) {
	tree, err := PlaceLedger(ctx, db)
	if err != nil {
		return nil, err
	}
	index, err := strconv.ParseInt(entry, 10, 64)
	if found := err == nil; !found {
		if index, found, err = db.LeafIndex(ctx, entry); err != nil {
			return nil, err
		} else if !found {
			index = -1
		}
	}
	if index < 0 || index >= tree.N {
		return nil, &lang.Error{Kind: lang.NotFound, What: lang.F("台帳に記録「%s」はありません", "there is no entry %q in the ledger", entry),
			Next: lang.T("tasuki audit --json の id か、0 から数えた番号を指定してください", "give an id of tasuki audit --json, or its number counted from 0")}
	}
	leaves, err := db.ReadLeaves(ctx, index, 1)
	if err != nil || len(leaves) == 0 {
		return nil, err
	}
	c, _, err := db.LatestCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	return ledger.Prove(leaves[0].Bytes, index, c.Size, c.Note, db.HashReader(ctx))
}

// ProveLedgerGrowth proves that the ledger grew from an earlier size to a later one, for which a checkpoint was signed;
// 0 means the newest.
func ProveLedgerGrowth(ctx context.Context, db *store.DB, from, to int64) (ledger.Growth, error) {
	if _, err := PlaceLedger(ctx, db); err != nil {
		return ledger.Growth{}, err
	}
	c, ok, err := db.CheckpointAt(ctx, to)
	if to == 0 {
		c, ok, err = db.LatestCheckpoint(ctx)
	}
	if err != nil {
		return ledger.Growth{}, err
	}
	if !ok {
		return ledger.Growth{}, &lang.Error{Kind: lang.NotFound, What: lang.F("%d 件の時点のチェックポイントはありません", "no checkpoint was signed at the size %d", to)}
	}
	return ledger.ProveGrowth(from, c.Size, c.Note, db.HashReader(ctx))
}

// Witnesses gives the witnesses whose signatures under our checkpoints are kept and served.
func Witnesses(ctx context.Context, db *store.DB) ([]verify.WitnessKey, error) {
	list := []verify.WitnessKey{}
	_, err := db.Setting(ctx, witnessSetting, &list)
	return list, err
}

// SetWitness adds a witness, or takes the one of that name away when the key is empty.
func SetWitness(ctx context.Context, db *store.DB, actor store.Actor, w verify.WitnessKey) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		list := []verify.WitnessKey{}
		revision, err := tx.Setting(ctx, witnessSetting, &list)
		if err != nil {
			return err
		}
		before := len(list)
		list = slices.DeleteFunc(list, func(o verify.WitnessKey) bool { return o.Name == w.Name })
		action := "witness removed"
		if len(w.Key) > 0 {
			list, action = append(list, w), "witness added"
		} else if len(list) == before {
			return &lang.Error{Kind: lang.NotFound, What: lang.F("証人「%s」は登録されていません", "no witness is called %q", w.Name)}
		}
		if err := tx.SetSetting(ctx, witnessSetting, list, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, action, store.Object{Kind: "setting", ID: witnessSetting}, w)
	})
}

// TakeCosignatures keeps the signatures of witnesses under the checkpoint they are for. An error of kind Unverified says
// that they are for none of ours; of kind Nothing, that they are by nobody we know, or known already.
func TakeCosignatures(ctx context.Context, db *store.DB, actor store.Actor, answer string) (store.Checkpoint, []verify.Cosignature, error) {
	witnesses, err := Witnesses(ctx, db)
	if err != nil {
		return store.Checkpoint{}, nil, err
	}
	all, err := db.Checkpoints(ctx)
	if err != nil {
		return store.Checkpoint{}, nil, err
	}
	var refused error
	for _, c := range slices.Backward(all) {
		note, added, err := ledger.AddCosignatures(c.Note, answer, witnesses)
		if lang.KindOf(err) == lang.Unverified {
			refused = err // perhaps it is for an earlier one
			continue
		}
		if err != nil {
			return c, nil, err
		}
		if len(added) == 0 {
			return c, nil, &lang.Error{Kind: lang.Nothing, What: lang.T("登録した証人の新しい署名がありません", "there is no new signature of a witness that is known here"),
				Next: lang.T("証人の鍵は tasuki ledger witness add で登録します", "tasuki ledger witness add makes a witness known")}
		}
		if err := db.CosignCheckpoint(ctx, c.Size, c.Note, note); err != nil {
			return c, nil, err
		}
		c.Note = note
		return c, added, db.InTx(ctx, actor, func(tx *store.Tx) error {
			return tx.Audit(ctx, "cosigned", store.Object{Kind: "checkpoint", ID: strconv.FormatInt(c.Size, 10)}, added)
		})
	}
	return store.Checkpoint{}, nil, refused
}

// Witness makes this workspace the witness of somebody else's ledger: it holds what is submitted (C2SP tlog-witness,
// add-checkpoint) against what it saw of that ledger last, remembers it, and gives its signature line. Its name and key
// are those of its own ledger.
func Witness(ctx context.Context, db *store.DB, actor store.Actor, log verify.LedgerKey, g ledger.Growth) (line string, tree tlog.Tree, err error) {
	own, err := LedgerKey(db)
	if err != nil {
		return "", tree, err
	}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		seen := map[string]tlog.Tree{} // by the ledger's key
		revision, err := tx.Setting(ctx, witnessedSetting, &seen)
		if err != nil {
			return err
		}
		old := seen[log.String()]
		if g.Old != old.N {
			return &lang.Error{Kind: lang.Conflict, What: lang.F("前回この台帳に署名したのは %[1]d 件の時点です（提出されたのは %[2]d 件から）", "this ledger was signed last at %[1]d entries, and this is from %[2]d", old.N, g.Old),
				Next: lang.F("tasuki ledger consistency --from %d で作り直してください", "make it anew with tasuki ledger consistency --from %d", old.N)}
		}
		if line, tree, err = ledger.Cosign(g, old, log, own.Origin, own.private(), tx.Now()); err != nil {
			return err
		}
		seen[log.String()] = tree
		if err := tx.SetSetting(ctx, witnessedSetting, seen, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "witnessed", store.Object{Kind: "ledger", ID: log.Origin}, map[string]any{"size": tree.N, "root": tree.Hash.String()})
	})
	return line, tree, err
}

// WitnessKey gives the key by which others know this workspace as a witness.
func WitnessKey(db *store.DB) (verify.WitnessKey, error) {
	k, err := LedgerKey(db)
	if err != nil {
		return verify.WitnessKey{}, err
	}
	return verify.WitnessKey{Name: k.Origin, Key: k.Public()}, nil
}
