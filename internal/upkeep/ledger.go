package upkeep

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// A LogKey signs the checkpoints of a workspace's ledger. It is a file in the workspace that a program uses without a
// person, so it is not encrypted.
type LogKey struct {
	Origin string
	keys.Key
}

// Speaks gives how our organisation, or a unit of it, names itself to others. Ids of parties are short and local, and two
// workspaces may both have a "self"; with the log's key in it the id is one's own, so that nobody else's key speaks for it.
func (k LogKey) Speaks(i verify.Issuer) verify.Issuer {
	i.ID += "@" + k.Origin[strings.LastIndexByte(k.Origin, '/')+1:]
	return i
}

// Salt gives what only this workspace can know and always makes of the same bytes.
func (k LogKey) Salt(content []byte) string {
	h := hmac.New(sha256.New, k.private().Seed())
	h.Write(content)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// private gives the key to sign checkpoints with: ledgers have Ed25519 keys (C2SP signed-note).
func (k LogKey) private() ed25519.PrivateKey {
	p, _ := k.Private.(ed25519.PrivateKey)
	return p
}

const ledgerKeyFile = "ledger.json"

// LedgerKey gives the key of the workspace's ledger, and makes it the first time. The origin of the log names the key, so
// that two workspaces never share one.
func LedgerKey(db *store.DB) (LogKey, error) {
	file := filepath.Join(db.KeysDir(), ledgerKeyFile)
	k, err := keys.Read(file, nil)
	if errors.Is(err, fs.ErrNotExist) {
		if k, err = keys.Generate(rand.Reader, "ledger", "", db.Now()); err != nil {
			return LogKey{}, err
		}
		err = keys.WritePlain(file, k)
		if errors.Is(err, fs.ErrExist) {
			k, err = keys.Read(file, nil) // another process was faster
		}
	}
	if err != nil {
		return LogKey{}, err
	}
	sum := sha256.Sum256(k.Public())
	return LogKey{Origin: "tasuki.example/ledger/" + hex.EncodeToString(sum[:8]), Key: k}, nil
}

// SigningKey reads the key that signs the workspace's declarations.
func SigningKey(db *store.DB, passphrase []byte) (keys.Key, error) {
	if _, err := os.Stat(db.SigningKeyFile()); errors.Is(err, fs.ErrNotExist) {
		return keys.Key{}, &lang.Error{Kind: lang.NotFound, What: lang.T("署名鍵がまだありません", "there is no signing key yet"),
			Next: lang.T("tasuki keys init で作ってください", "make one with tasuki keys init")}
	}
	k, err := keys.Read(db.SigningKeyFile(), passphrase)
	if err == nil && !k.Until.IsZero() && db.Now().After(k.Until) {
		return keys.Key{}, &lang.Error{Kind: lang.Forbidden, What: lang.F("署名鍵の有効期限（%s）が過ぎています", "the signing key was good until %s", k.Until.Format(time.DateOnly)),
			Next: lang.T("tasuki keys rotate で新しい鍵に替えてください", "put a new one in its place with tasuki keys rotate")}
	}
	return k, err
}

// PlaceLedger gives every waiting event its place in the ledger and signs a checkpoint over the whole.
func PlaceLedger(ctx context.Context, db *store.DB) (tlog.Tree, error) {
	key, err := LedgerKey(db)
	if err != nil {
		return tlog.Tree{}, err
	}
	// Another process may hold the lease for a moment; what waits is then placed by it.
	for n := 0; ; n++ {
		if _, err := db.SequenceLedger(ctx, db.NewID()); err != nil {
			return tlog.Tree{}, err
		}
		waiting, err := db.LedgerWaiting(ctx)
		if err != nil {
			return tlog.Tree{}, err
		}
		if waiting == 0 || n == 50 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	size, err := db.LedgerSize(ctx)
	if err != nil || size == 0 {
		return tlog.Tree{}, err
	}
	tree, err := ledger.Root(size, db.HashReader(ctx))
	if err != nil {
		return tree, err
	}
	note, err := ledger.Checkpoint(key.Origin, tree, key.private())
	if err != nil {
		return tree, err
	}
	return tree, db.PutCheckpoint(ctx, tree.N, note)
}

// Prove puts the ledger in order and proves that the latest entry about something is in it.
func Prove(ctx context.Context, db *store.DB, about store.Object) (*verify.Proof, error) {
	if _, err := PlaceLedger(ctx, db); err != nil {
		return nil, err
	}
	entries, err := db.AuditLog(ctx, store.AuditFilter{Object: about})
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("the %s %s has no entry", about.Kind, about.ID)
	}
	seq, placed, err := db.LeafIndex(ctx, entries[len(entries)-1].ID)
	if err != nil || !placed {
		return nil, err
	}
	leaves, err := db.ReadLeaves(ctx, seq, 1)
	if err != nil {
		return nil, err
	}
	checkpoint, ok, err := db.LatestCheckpoint(ctx)
	if err != nil || !ok || len(leaves) == 0 {
		return nil, err
	}
	if published, err := PublishedCheckpoint(ctx, db); err == nil && published.Size > seq {
		checkpoint = published // a witness may have signed it
	}
	return ledger.Prove(leaves[0].Bytes, seq, checkpoint.Size, checkpoint.Note, db.HashReader(ctx))
}

// VerifyLedger puts the ledger in order, recomputes all of it from what is stored, and writes down whether it held. What
// does not hold is an error of kind Unverified that names the place.
func VerifyLedger(ctx context.Context, db *store.DB, actor store.Actor) (tlog.Tree, error) {
	if _, err := PlaceLedger(ctx, db); err != nil {
		return tlog.Tree{}, err
	}
	key, err := LedgerKey(db)
	if err != nil {
		return tlog.Tree{}, err
	}
	checkpoints, err := db.Checkpoints(ctx)
	if err != nil {
		return tlog.Tree{}, err
	}
	notes := make([]string, len(checkpoints))
	for i, c := range checkpoints {
		notes[i] = c.Note
	}
	tree, failed := ledger.VerifyAll(db.Leaves(ctx), notes, verify.LedgerKey{Origin: key.Origin, Key: key.Public()}, db.HashReader(ctx))
	check := &fact.LedgerCheck{Size: tree.N, Root: tree.Hash.String(), Intact: failed == nil}
	if failed != nil {
		check.Why = failed.Error()
	}
	subject := fact.Subject{Kind: fact.Org, ID: "ledger"}
	if self, err := db.Self(ctx); err == nil {
		subject.ID = self.ID
	}
	before, err := judging.LoadLedger(ctx, db)
	if err != nil {
		return tree, err
	}
	if err := intake.PutCheck(ctx, db, actor, fact.KindLedgerCheck, subject, check, "ledger verified", assess.LedgerKept); err != nil {
		return tree, err
	}
	again := judging.Touch{Sources: []string{assess.LedgerKept}, All: before.VerifiedAt.IsZero() || before.Intact != check.Intact}
	if _, err := judging.Rejudge(ctx, db, actor, "ledger verified", again); err != nil {
		return tree, err
	}
	return tree, failed
}
