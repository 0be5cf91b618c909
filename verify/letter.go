package verify

import (
	"crypto"
	"strings"

	"example.org/tasuki/internal/lang"
)

// A Letter is a small signed file of its own that goes from one party to another: a request, a receipt, a list of
// revocations. Its payload is canonical JSON, its signature that of a DSSE 1.0.2 envelope. The key in it says nothing
// about trust.
type Letter struct {
	Format   string   `json:"format"`
	Key      []byte   `json:"key"` // see PublicKey
	Envelope Envelope `json:"envelope"`
}

// The formats of letters.
const (
	RequestFormat        = "tasuki-request/v1"
	ReceiptFormat        = "tasuki-receipt/v1"
	RevocationListFormat = "tasuki-revocation-list/v1"
)

// letterType gives the payload type that belongs to the format of a letter.
func letterType(format string) string {
	kind, _, _ := strings.Cut(format, "/")
	return "application/vnd." + strings.Replace(kind, "-", ".", 1) + "+json"
}

// LetterFormat gives the format a file says it has, empty when it is no letter. Nothing is verified.
func LetterFormat(b []byte) string {
	var l Letter
	if len(b) > maxLetter || Unmarshal(b, &l) != nil {
		return ""
	}
	return l.Format
}

// maxLetter is the size of the largest letter that is read, in bytes.
const maxLetter = 4 << 20

// SignLetter gives the canonical bytes of a letter.
func SignLetter(format string, content any, key crypto.Signer) ([]byte, error) {
	payload, err := Marshal(content)
	if err != nil {
		return nil, err
	}
	e, err := SignEnvelope(letterType(format), payload, key)
	if err != nil {
		return nil, err
	}
	return Marshal(Letter{Format: format, Key: Public(key), Envelope: e})
}

// openLetter verifies a letter's signature, parses exactly the verified bytes into content, and gives the key that
// signed. Whether that key is trusted is for the caller to ask.
func openLetter(b []byte, format string, content any) (PublicKey, error) {
	var l Letter
	if len(b) > maxLetter {
		return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("ファイルが上限の %d バイトを超えています", "the file is larger than the limit of %d bytes", maxLetter)}
	}
	if err := Unmarshal(b, &l); err != nil {
		return nil, err
	}
	if l.Format != format {
		return nil, badFile("format", nil, "形式が "+format+" ではありません", "the format is not "+format)
	}
	key, err := l.Envelope.signed(letterType(format), [][]byte{l.Key})
	if err != nil {
		return nil, within("envelope", err)
	}
	return key, within("envelope/payload", Unmarshal(l.Envelope.Payload, content))
}

// OpenLetter verifies the signature of a letter of a format, puts its content into content, and gives the key that
// signed. Whether that key is trusted is for the caller to ask. Requests, receipts and revocations have functions of
// their own, which also check what they say.
func OpenLetter(b []byte, format string, content any) (PublicKey, error) {
	return openLetter(b, format, content)
}
