// Package declare makes a signed self-declaration and the bundle that carries it from plain values: it freezes the
// answers it is given, commits to each of them, signs, and packs. It keeps nothing and asks no store; the caller brings
// the assessment snapshot and writes down what came out.
//
// Start from [Make]; [Sign] and [Pack] are its two halves, for a hand-over that shows more or less, or goes to somebody
// else, without a new signature on the declaration.
package declare

import (
	"io"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Input is what a declaration is made from. Order of slices does not matter: the result is sorted.
type Input struct {
	ID         string // unique, the caller's choice
	Series     string // id of the software or system in our books
	Serial     int64  // larger than that of every earlier declaration about the same object, from 1
	Supersedes string // digest of the earlier declaration, or empty

	Issuer      verify.Issuer
	Object      verify.Object
	Level       guideline.Level
	Scope       []verify.Scope
	Answers     []verify.Answer    // one per duty of the scope, none missing, none extra
	Exclusions  []verify.Exclusion // one per answer that is not applicable
	Approvals   []verify.Approval
	Assessment  verify.Assessment
	Signer      verify.Person
	Place       string
	Limitations []lang.Text
	From        time.Time // start of validity; zero: Now
	Until       time.Time // end of validity; zero: when the first answer lapses, or a year from From
	Supporting  []Document
	Engaged     []verify.Engaged // parties relied on; Bundle names one of Supporting
	Ledger      *verify.LedgerKey

	Now   time.Time
	Salts io.Reader // 16 bytes are read per answer: crypto/rand.Reader, but in tests
}

// A Document is something that backs the declaration: an SBOM, a VEX document, evidence, a supplier's bundle.
type Document struct {
	Name      string // name in the bundle, such as sbom/app.cdx.json; choose a neutral one for what is confidential
	Kind      verify.ResourceKind
	MediaType string
	Content   []byte // nil: only Digest and Size are known, it is handed over by digest
	Digest    string // sha256:<hex>; may be left empty when Content is there
	Size      int64
	Signer    string // of an upstream bundle without Content: fingerprint of its declaration's key
}

// HandOver says to whom a bundle goes and what it leaves out. The zero HandOver shows everything to anybody, sent by
// the issuer at the time of issue.
type HandOver struct {
	ID        string
	Sender    verify.Issuer
	Recipient verify.Recipient
	// Withhold gives, for each answer not to be shown, the reason (may be empty).
	Withhold map[verify.Duty]string
	// ByDigest names supporting documents of which only the digest is handed over.
	ByDigest []string
	// Proof shows that the declaration is in the issuer's ledger (see verify.Proof); nil: none.
	Proof *verify.Proof
	// InReplyTo is the digest of the request that this answers.
	InReplyTo string
	Now       time.Time
}

// Signed is a declaration with all that is needed to hand it over, now or later: keep it as long as the declaration
// stands. The disclosures are confidential.
type Signed struct {
	Envelope    []byte // canonical bytes of the signed envelope
	Digest      string // of Envelope: names the declaration
	Declaration verify.Declaration
	Disclosures [][]byte   // canonical bytes, in the order of the commitments; nil: withheld from us too
	Documents   []Document // in the order of Declaration.Supporting
	PublicKey   verify.PublicKey
	TimeStamp   []byte // token of RFC 3161 over Envelope, or the response around one; nil: none
}

// Compare orders documents by name, as a declaration lists them.
func (d Document) Compare(e Document) int { return strings.Compare(d.Name, e.Name) }
