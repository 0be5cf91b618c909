package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// AddCosignatures puts the signature lines of witnesses (the answer of C2SP tlog-witness, add-checkpoint, or a whole
// cosigned checkpoint) under a checkpoint. Lines of witnesses that are not known, and those it has already, are left
// out; a line of a known witness that does not hold is an error of kind Unverified. It gives the checkpoint and who
// signed that had not before.
func AddCosignatures(checkpoint, answer string, witnesses []verify.WitnessKey) (string, []verify.Cosignature, error) {
	if i := strings.LastIndex(answer, "\n\n"); i >= 0 {
		answer = answer[i+2:]
	}
	had, err := verify.Cosignatures(checkpoint, witnesses)
	if err != nil {
		return checkpoint, nil, err
	}
	var added []verify.Cosignature
	for line := range strings.Lines(answer) {
		with := checkpoint + strings.TrimSuffix(line, "\n") + "\n"
		if !strictNote(with) {
			return checkpoint, nil, &lang.Error{Kind: lang.Unreadable, What: lang.T("証人の署名の行として読み取れません", "this is not a signature line of a witness")}
		}
		now, err := verify.Cosignatures(with, witnesses)
		if err != nil {
			return checkpoint, nil, err
		}
		if len(now) > len(had) {
			checkpoint, added, had = with, append(added, now[len(now)-1]), now
		}
	}
	return checkpoint, added, nil
}

// Cosign is what a witness does: it holds a log's growth against the tree it signed before (the empty one at first) and
// gives its signature line and the tree to keep. name is the witness's own.
func Cosign(g Growth, old tlog.Tree, log verify.LedgerKey, name string, key ed25519.PrivateKey, now time.Time) (line string, tree tlog.Tree, err error) {
	if tree, err = g.Check(old, log); err != nil {
		return "", old, err
	}
	text := verify.FormatCheckpoint(log.Origin, tree)
	public := verify.WitnessKey{Name: name, Key: key.Public().(ed25519.PublicKey)}
	sig := binary.BigEndian.AppendUint32(nil, public.ID())
	sig = binary.BigEndian.AppendUint64(sig, uint64(now.Unix()))
	sig = append(sig, ed25519.Sign(key, verify.CosignedMessage(text, now))...)
	return fmt.Sprintf("— %s %s\n", name, base64.StdEncoding.EncodeToString(sig)), tree, nil
}
