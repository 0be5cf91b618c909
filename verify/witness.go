package verify

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"example.org/tasuki/internal/lang"
)

// A WitnessKey is the key of a witness (証人): a party that signs a checkpoint only after seeing that the log grew from
// the one it signed before. Name is the witness's, as its signature lines carry it.
type WitnessKey struct {
	Name string            `json:"name"`
	Key  ed25519.PublicKey `json:"key"` // 32 bytes
}

// A Cosignature is a witness's signature under a checkpoint that was found to hold.
type Cosignature struct {
	Witness string    `json:"witness"`
	At      time.Time `json:"at"` // as the witness says
}

// Signature types of C2SP signed-note that are read here.
const (
	noteEd25519     = 1
	noteCosignature = 4
)

// ParseLedgerKey reads a ledger's key in the text form of C2SP signed-note: origin+id+key.
func ParseLedgerKey(vkey string) (LedgerKey, error) {
	name, key, err := parseNoteKey(vkey, noteEd25519)
	return LedgerKey{Origin: name, Key: key}, err
}

// ParseWitnessKey reads a witness's key in the text form of C2SP tlog-cosignature: name+id+key.
func ParseWitnessKey(vkey string) (WitnessKey, error) {
	name, key, err := parseNoteKey(vkey, noteCosignature)
	return WitnessKey{Name: name, Key: key}, err
}

// String gives the key in the text form that [ParseLedgerKey] reads.
func (k LedgerKey) String() string { return formatNoteKey(k.Origin, k.Key, noteEd25519) }

// String gives the key in the text form that [ParseWitnessKey] reads.
func (k WitnessKey) String() string { return formatNoteKey(k.Name, k.Key, noteCosignature) }

// ID gives the key id that stands at the beginning of the witness's signatures.
func (k WitnessKey) ID() uint32 { return noteKeyID(k.Name, append([]byte{noteCosignature}, k.Key...)) }

func formatNoteKey(name string, key ed25519.PublicKey, kind byte) string {
	typed := append([]byte{kind}, key...)
	return fmt.Sprintf("%s+%08x+%s", name, noteKeyID(name, typed), base64.StdEncoding.EncodeToString(typed))
}

// noteKeyID is the key id of C2SP signed-note: what ties a signature line to a name and a key.
func noteKeyID(name string, typed []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	return binary.BigEndian.Uint32(sum[:])
}

func parseNoteKey(vkey string, kind byte) (string, ed25519.PublicKey, error) {
	bad := func(ja, en string) (string, ed25519.PublicKey, error) {
		return "", nil, &lang.Error{Kind: lang.Unreadable, What: lang.T(ja, en),
			Next: lang.T("「名前+8桁の16進数+base64」の形で、全体をそのまま写してください", "copy it whole, as name+8 hex digits+base64")}
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(vkey), "+")
	id, encoded, _ := strings.Cut(rest, "+")
	typed, err := base64.StdEncoding.Strict().DecodeString(encoded)
	hash, err2 := hex.DecodeString(id)
	switch {
	case err != nil || err2 != nil || len(hash) != 4 || name == "" || strings.ContainsFunc(name, isSpaceOrControl):
		return bad("検証用の鍵として読み取れません", "this cannot be read as a verifier key")
	case len(typed) != 1+ed25519.PublicKeySize || typed[0] != kind:
		return bad("Ed25519の、求める種類の鍵ではありません", "this is not an Ed25519 key of the kind asked for")
	case binary.BigEndian.Uint32(hash) != noteKeyID(name, typed):
		return bad("鍵の識別子が名前と鍵に合いません", "the key's id does not fit its name and key")
	}
	return name, typed[1:], nil
}

func isSpaceOrControl(r rune) bool { return r <= ' ' || r == 0x7f || r == 0x85 || r == 0xa0 }

// Cosignatures gives which of the witnesses signed a checkpoint, in the order of its lines. Lines by other names are
// passed over. A line that carries a known witness's name and key id but does not hold is an error of kind Unverified.
func Cosignatures(checkpoint string, witnesses []WitnessKey) ([]Cosignature, error) {
	known := make([]note.Verifier, len(witnesses))
	for i, w := range witnesses {
		known[i] = cosigner{w}
	}
	n, err := note.Open([]byte(checkpoint), note.VerifierList(known...))
	if _, none := err.(*note.UnverifiedNoteError); none {
		return nil, nil
	}
	if err != nil {
		return nil, &lang.Error{Kind: lang.Unverified, Where: "/checkpoint", Err: err, What: lang.T("証人の署名がチェックポイントと一致しません", "a witness's signature does not match the checkpoint")}
	}
	var out []Cosignature
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil {
			return nil, fmt.Errorf("decode cosignature: %w", err)
		}
		out = append(out, Cosignature{s.Name, time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC()})
	}
	return out, nil
}

// witnessed holds the checkpoint of a proof that was found to hold against the witnesses the reader trusts.
func (v *visit) witnessed(content []byte) {
	var p Proof
	err := Unmarshal(content, &p)
	var signed []Cosignature
	if err == nil {
		signed, err = Cosignatures(p.Checkpoint, v.opt.Witnesses)
	}
	if err == nil && len(signed) == 0 {
		err = unverified("/checkpoint", "信頼する証人はチェックポイントに署名していません", "no witness the reader trusts has signed the checkpoint")
	}
	name := ""
	if len(signed) > 0 {
		name = signed[0].Witness
	}
	v.step(StepWitness, lang.F("証人 %s がチェックポイントに署名しています", "the witness %s has signed the checkpoint", name), within("members/"+ProofMember, err))
}

// A cosigner verifies the lines of one witness.
type cosigner struct{ WitnessKey }

func (c cosigner) Name() string { return c.WitnessKey.Name }

func (c cosigner) KeyHash() uint32 { return c.ID() }

func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize || sig[0] > 0x7f || len(c.Key) != ed25519.PublicKeySize {
		return false
	}
	return ed25519.Verify(c.Key, CosignedMessage(string(text), time.Unix(int64(binary.BigEndian.Uint64(sig)), 0)), sig[8:])
}

// CosignedMessage gives the bytes that a witness signs: the text of a checkpoint (the note without signatures) under a
// header with the time (C2SP tlog-cosignature, Ed25519).
func CosignedMessage(text string, at time.Time) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at.Unix(), text)
}
