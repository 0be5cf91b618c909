package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// leaf is what the ledger keeps of an audit entry for ever. It holds no personal data: the actor and the detail stand
// in it as digests over a salt of 32 random bytes or more that lies beside the entry, so that both can be erased and
// the leaf stays. Field order is part of the format; encoding/json writes it the same every time.
type leaf struct {
	ID     string `json:"id"`
	At     int64  `json:"at"` // milliseconds UTC
	Actor  string `json:"actor"`
	Via    Via    `json:"via"`
	Action string `json:"action"`
	Object Object `json:"object"`
	Detail string `json:"detail,omitempty"`
}

// leafBytes gives the leaf of an entry, as JSON without white space.
func leafBytes(e auditRow) ([]byte, error) {
	l := leaf{ID: e.ID, At: ms(e.At), Actor: saltedDigest(e.salt, e.Actor), Via: e.Via, Action: e.Action, Object: e.Object}
	if len(e.Detail) > 0 {
		l.Detail = saltedDigest(e.salt, string(e.Detail))
	}
	return json.Marshal(l)
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
