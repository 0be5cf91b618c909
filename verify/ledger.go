package verify

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/lang"
)

// An Entry is one event in a ledger (台帳); its JSON is a leaf of the Merkle tree. Personal data stands in it only as
// digests over a salt that is kept beside the log, so that erasing the salt erases the person and the leaf stays.
type Entry struct {
	ID     string      `json:"id"`               // unique
	At     int64       `json:"at"`               // milliseconds UTC
	Actor  string      `json:"actor"`            // salted digest
	Via    string      `json:"via"`              // how it came in: cli, web, api …
	Action string      `json:"action"`           // a verb in the past: received, approved, issued
	Object EntryObject `json:"object"`           // what it is about
	Detail string      `json:"detail,omitempty"` // salted digest of what else was said
}

// An EntryObject names a thing by a noun of the domain and an id. The entry of a declaration has the kind
// "declaration" and the digest of its envelope as id.
type EntryObject struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Issued is the action of the entry that a declaration's proof is about. Others about the same declaration, such as that it
// was revoked, prove nothing.
const Issued = "issued"

// ledger checks the proof that the declaration is in its issuer's ledger, if the bundle brings one.
func (v *visit) ledger() {
	m, ok := v.member(ProofMember)
	key := v.Declaration.Ledger
	switch {
	case !ok:
		v.unchecked("ledger", lang.T("台帳に記録されていることの証明は含まれていません", "there is no proof that the declaration is in its issuer's ledger"))
	case key == nil:
		v.step(StepLedger, lang.Text{}, unverified("members/"+ProofMember, "宣言に台帳の鍵が書かれていません", "the declaration names no ledger key"))
	default:
		tree, err := v.provenBy(m.Content, *key)
		v.step(StepLedger, lang.F("台帳 %[1]s（%[2]d 件時点）に記録されています", "it is in the ledger %[1]s at size %[2]d", key.Origin, tree.N), within("members/"+ProofMember, err))
		if err == nil && len(v.opt.Witnesses) > 0 && v.up == nil {
			v.witnessed(m.Content)
		}
	}
}

// provenBy checks signature of the checkpoint, path to its root, and that the leaf is about this declaration.
func (v *visit) provenBy(content []byte, key LedgerKey) (tlog.Tree, error) {
	var p Proof
	if err := Unmarshal(content, &p); err != nil {
		return tlog.Tree{}, err
	}
	tree, err := OpenCheckpoint(p.Checkpoint, key)
	if err != nil {
		return tree, err
	}
	hashes := make(tlog.RecordProof, len(p.Hashes))
	for i, h := range p.Hashes {
		if len(h) != tlog.HashSize {
			return tree, unverified("/hashes", "ハッシュの長さが正しくありません", "a hash is not 32 bytes long")
		}
		hashes[i] = tlog.Hash(h)
	}
	if p.Index < 0 || p.Index >= tree.N {
		return tree, unverified("/index", "台帳の範囲にない位置です", "the place is not in the ledger")
	}
	if err := tlog.CheckRecord(hashes, tree.N, tree.Hash, p.Index, tlog.RecordHash(p.Leaf)); err != nil {
		return tree, unverified("/hashes", "記録が台帳のルートにつながりません", "the entry does not lead to the ledger's root")
	}
	var e Entry
	if err := Unmarshal(p.Leaf, &e); err != nil {
		return tree, within("/leaf", err)
	}
	if e.Action != Issued || e.Object != (EntryObject{Kind: "declaration", ID: Digest(v.Envelope)}) {
		return tree, unverified("/leaf/object", "台帳の記録はこの宣言の発行のものではありません", "the ledger's entry is not about the issue of this declaration")
	}
	return tree, nil
}

// OpenCheckpoint verifies a checkpoint (C2SP tlog-checkpoint: a signed note) with the ledger's key and gives the tree
// it states. The error is a *lang.Error of kind Unverified.
func OpenCheckpoint(checkpoint string, key LedgerKey) (tlog.Tree, error) {
	bad := func(ja, en string) (tlog.Tree, error) { return tlog.Tree{}, unverified("/checkpoint", ja, en) }
	if len(key.Key) != ed25519.PublicKeySize {
		return bad("台帳の鍵の長さが正しくありません", "the ledger's key is not of the right length")
	}
	text, err := note.NewEd25519VerifierKey(key.Origin, key.Key)
	if err != nil {
		return bad("台帳の名前を鍵の名前として使えません", "the ledger's name cannot be a key name")
	}
	verifier, err := note.NewVerifier(text)
	if err != nil {
		return bad("台帳の名前を鍵の名前として使えません", "the ledger's name cannot be a key name")
	}
	n, err := note.Open([]byte(checkpoint), note.VerifierList(verifier))
	if err != nil {
		return bad("チェックポイントの署名が台帳の鍵と一致しません", "the checkpoint is not signed with the ledger's key")
	}
	origin, tree, err := parseCheckpoint(n.Text)
	if err != nil || origin != key.Origin {
		return bad("チェックポイントの内容を読み取れないか、別の台帳のものです", "the checkpoint cannot be read, or is of another ledger")
	}
	return tree, nil
}

// FormatCheckpoint gives the text of a checkpoint, to be signed as a note: origin, size, root in base64.
func FormatCheckpoint(origin string, tree tlog.Tree) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, tree.N, tree.Hash)
}

// parseCheckpoint reads what [FormatCheckpoint] writes, and nothing else.
func parseCheckpoint(text string) (origin string, tree tlog.Tree, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return "", tree, errors.New("not three lines")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return "", tree, err
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return "", tree, err
	}
	if tree.N < 0 || FormatCheckpoint(lines[0], tree) != text {
		return "", tree, errors.New("not in canonical form")
	}
	return lines[0], tree, nil
}
