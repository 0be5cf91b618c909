package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"example.org/tasuki/verify"
)

// leafBytes gives what the ledger keeps of an audit entry for ever, as canonical JSON. It holds no personal data: the
// actor and the detail stand in it as digests over a salt that lies beside the entry, so that both can be erased while
// the leaf stays. Ids of objects must therefore never be names of people.
func leafBytes(e auditRow) ([]byte, error) {
	l := verify.Entry{ID: e.ID, At: ms(e.At), Actor: saltedDigest(e.salt, e.Actor), Via: string(e.Via), Action: e.Action,
		Object: verify.EntryObject(e.Object)}
	if len(e.Detail) > 0 {
		l.Detail = saltedDigest(e.salt, string(e.Detail))
	}
	return verify.Marshal(l)
}

func saltedDigest(salt, text string) string {
	sum := sha256.Sum256([]byte(salt + "\x00" + text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// putEvent queues the leaf of an entry for the sequencer.
func (tx *Tx) putEvent(ctx context.Context, e auditRow) error {
	b, err := leafBytes(e)
	if err != nil {
		return fmt.Errorf("encode ledger leaf: %w", err)
	}
	_, err = tx.exec(ctx, `insert into ledger_event (id, leaf) values ($1, $2)`, e.ID, b)
	return err
}
