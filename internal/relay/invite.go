package relay

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// An Invitation lets whoever has its code answer one request on our answer page, once, without an account. There is at
// most one for a request; a new code takes the place of the old one and keeps what was filled in.
type Invitation struct {
	Request    string           `json:"request"` // digest of the request's file
	Hash       string           `json:"hash"`    // sha256 of the code; empty: withdrawn
	IssuedBy   string           `json:"issued_by"`
	IssuedAt   time.Time        `json:"issued_at"`
	Until      time.Time        `json:"until"`
	Draft      *exchange.Stated `json:"draft,omitempty"` // what was saved so far
	SavedAt    time.Time        `json:"saved_at,omitzero"`
	Files      int              `json:"files,omitempty"`  // how many files were brought
	Answer     string           `json:"answer,omitempty"` // digest of what was handed in
	AnsweredAt time.Time        `json:"answered_at,omitzero"`

	revision int
}

// Open reports whether the invitation still takes an answer at an instant.
func (i Invitation) Open(now time.Time) bool {
	return i.Hash != "" && i.Answer == "" && now.Before(i.Until)
}

// Partner is the account of the actor of everything that comes in with a code: nobody who has one.
const Partner = "partner"

// invitationObject is the object of every audit entry about an invitation.
func invitationObject(request string) store.Object {
	return store.Object{Kind: "request", ID: request}
}

func invitationKey(request string) string { return "invitation/" + request }

// InvitationLife is how long a code is good for unless something else is said.
const InvitationLife = 30 * 24 * time.Hour

// codeLetters leaves out 0, 1, I, L, O and U, which are misread or misheard.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode gives four groups of five letters: 98 random bits.
func newCode() string {
	var code []byte
	for b := make([]byte, 1); len(code) < 23; {
		rand.Read(b) // never fails
		if n := int(b[0] & 31); n < len(codeLetters) {
			if len(code)%6 == 5 {
				code = append(code, '-')
			}
			code = append(code, codeLetters[n])
		}
	}
	return string(code)
}

// hashCode gives what is kept of a code. Blanks, hyphens, width and case do not matter.
func hashCode(code string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -‐‑–—ー\t　", r) {
			return -1
		}
		return r
	}, strings.ToUpper(norm.NFKC.String(code)))
	sum := sha256.Sum256([]byte("tasuki answer code\x00" + clean))
	return hex.EncodeToString(sum[:])
}

// Invite issues a code with which the asked party can answer a request of ours on the answer page. The code is given once
// and only its hash is kept. until zero: [InvitationLife] from now.
func Invite(ctx context.Context, db *store.DB, actor store.Actor, r RequestLine, until time.Time) (code string, i Invitation, err error) {
	if r.Direction != fact.Sent {
		return "", i, &lang.Error{Kind: lang.Usage, What: lang.T("こちらから送った依頼ではありません", "this is not a request that we sent")}
	}
	now := db.Now()
	if until.IsZero() {
		until = now.Add(InvitationLife)
	}
	if !until.After(now) {
		return "", i, &lang.Error{Kind: lang.Usage, What: lang.T("有効期限が過ぎています", "the code would have ended already")}
	}
	code = newCode()
	return code, i, db.InTx(ctx, actor, func(tx *store.Tx) error {
		if i, err = invitation(ctx, tx.DB, r.Digest); err != nil {
			return err
		}
		if i.Answer != "" {
			return &lang.Error{Kind: lang.Conflict, What: lang.T("この依頼には既に回答が提出されています", "an answer to this request was handed in already"),
				Next: lang.T("もう一度尋ねるには、新しい依頼を送ってください", "send a new request to ask once more")}
		}
		i.Request, i.Hash, i.IssuedBy, i.IssuedAt, i.Until = r.Digest, hashCode(code), actor.Account, now, until
		if err := i.save(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, "answer_code_issued", invitationObject(r.Digest), map[string]any{"party": r.Party, "until": until})
	})
}

// Withdraw makes the code of a request unusable. What was filled in stays.
func Withdraw(ctx context.Context, db *store.DB, actor store.Actor, request string) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		i, err := invitation(ctx, tx.DB, request)
		if err != nil {
			return err
		}
		if i.Hash == "" {
			return &lang.Error{Kind: lang.NotFound, What: lang.T("この依頼には有効なコードがありません", "there is no code for this request")}
		}
		i.Hash = ""
		if err := i.save(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, "answer_code_withdrawn", invitationObject(request), nil)
	})
}

// InvitationOf gives the invitation of a request; one without a hash when there is none.
func InvitationOf(ctx context.Context, db *store.DB, request string) (Invitation, error) {
	return invitation(ctx, db, request)
}

func invitation(ctx context.Context, db *store.DB, request string) (Invitation, error) {
	i := Invitation{Request: request}
	var err error
	i.revision, err = db.Setting(ctx, invitationKey(request), &i)
	return i, err
}

func (i Invitation) save(ctx context.Context, tx *store.Tx) error {
	return tx.SetSetting(ctx, invitationKey(i.Request), i, i.revision)
}

// EnterCode checks a code for a request and gives the invitation. A wrong code, a request that does not exist and one
// without a code are not told apart: an error of kind Forbidden. Both outcomes for a known request are audited. How often
// somebody may try is for the caller to bound.
func EnterCode(ctx context.Context, db *store.DB, actor store.Actor, request, code string) (Invitation, error) {
	i, err := invitation(ctx, db, request)
	if err != nil {
		return i, err
	}
	known := i.Hash
	if known == "" {
		known = strings.Repeat("0", sha256.Size*2)
	}
	right := subtle.ConstantTimeCompare([]byte(hashCode(code)), []byte(known)) == 1
	action := "answer_code_accepted"
	switch {
	case i.Hash == "":
		return Invitation{}, wrongCode()
	case !right:
		action = "answer_code_refused"
	}
	if err := db.InTx(ctx, actor, func(tx *store.Tx) error { return tx.Audit(ctx, action, invitationObject(request), nil) }); err != nil {
		return i, err
	}
	if !right {
		return Invitation{}, wrongCode()
	}
	return i, i.ended(db.Now())
}

// Holds reports whether a code that was accepted as stamp is still the one in force.
func (i Invitation) Holds(stamp string) bool {
	return i.Hash != "" && subtle.ConstantTimeCompare([]byte(i.Stamp()), []byte(stamp)) == 1
}

// Stamp names the code in force without telling anything of it, so that a session ends with it.
func (i Invitation) Stamp() string {
	sum := sha256.Sum256([]byte(i.Hash))
	return hex.EncodeToString(sum[:8])
}

// ended says that the time to answer is over. Whoever handed an answer in may still fetch the receipt until then.
func (i Invitation) ended(now time.Time) error {
	if now.Before(i.Until) {
		return nil
	}
	return &lang.Error{Kind: lang.Forbidden, What: lang.T("このコードの有効期限は過ぎています", "this code has expired"),
		Next: lang.T("依頼元に、新しいコードを発行してもらってください", "ask whoever sent the request for a new one")}
}

func wrongCode() error {
	return &lang.Error{Kind: lang.Forbidden, What: lang.T("コードを確認できませんでした", "the code could not be confirmed"),
		Next: lang.T("届いたコードをそのまま入力してください。うまくいかない場合は、依頼元に新しいコードを発行してもらってください", "enter the code as you were given it; if that does not help, ask whoever sent the request for a new one")}
}
