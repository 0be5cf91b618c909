package verify

import "time"

// A File is a bundle as it stands in the file. The file's bytes are the canonical encoding of it and nothing else.
type File struct {
	Format   string   `json:"format"`
	Keys     [][]byte `json:"keys"` // Ed25519 public keys that the envelopes were signed with, sorted; no word on trust
	Manifest Envelope `json:"manifest"`
	Members  []Member `json:"members"` // sorted by name
}

// A Member is one part of the bundle, whole or only by its digest.
type Member struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Digest    string `json:"digest"` // sha256:<hex>
	Size      int64  `json:"size"`   // bytes of the content
	Content   []byte `json:"content,omitempty"`
}

// An Envelope is a DSSE 1.0.2 envelope with exactly one signature.
type Envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     []byte      `json:"payload"`
	Signatures  []Signature `json:"signatures"`
}

// A Signature is over the pre-authentication encoding of the envelope's payload. KeyID is the key's [Fingerprint].
type Signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// A Manifest is the hand-over: one sender gives one recipient these members, showing these answers and withholding
// those. It is the predicate of a signed statement whose subjects are the members.
type Manifest struct {
	ID        string           `json:"id"`
	Sender    Issuer           `json:"sender"` // who hands over; the issuer, or a party that passes the declaration on
	Recipient Recipient        `json:"recipient"`
	CreatedAt time.Time        `json:"created_at"`
	InReplyTo string           `json:"in_reply_to,omitempty"` // sha256 of the request's file that this answers
	Members   []ManifestMember `json:"members"`               // all, sorted by name
	Shown     []int            `json:"shown"`                 // indexes of commitments whose disclosure is a member, ascending
	Withheld  []Withheld       `json:"withheld"`              // the others, ascending
}

// A Recipient is whom the bundle is for. An empty Name means anybody.
type Recipient struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// A ManifestMember describes a member.
type ManifestMember struct {
	Name      string       `json:"name"`
	Kind      ResourceKind `json:"kind"`
	MediaType string       `json:"media_type"`
	Digest    string       `json:"digest"`
	Size      int64        `json:"size"`
	Embedded  bool         `json:"embedded"` // false: only the digest is handed over
}

// A Withheld answer can be shown later, without a new signature on the declaration.
type Withheld struct {
	Index  int    `json:"index"`
	Reason string `json:"reason,omitempty"`
}

// A Proof shows that a declaration's entry is in the issuer's ledger: the leaf as it was entered, its place, the path
// to the root (RFC 6962) and the signed checkpoint that states the root.
type Proof struct {
	Leaf       []byte   `json:"leaf"`
	Index      int64    `json:"index"`
	Hashes     [][]byte `json:"hashes"`     // 32 bytes each
	Checkpoint string   `json:"checkpoint"` // C2SP tlog-checkpoint: a signed note
}
