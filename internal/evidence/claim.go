// Package evidence is what people state about a duty and back with documents: claims (主張), exceptions (例外措置) and
// the statement that a requirement does not apply (対象外).
//
// Start from [Claim]. The package stores nothing; `assess` weighs what is here.
package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// ClaimKind says what a statement does to a duty's status.
type ClaimKind string

// The kinds. A claim fills what no check can see and never hides a failing check; an exception excuses a failing check
// and stays visible; not applicable takes the duty out with a reason; not inherited says why what holds for the whole
// organisation does not hold for this software, release or system, which then has to answer for itself.
const (
	Stated        ClaimKind = "claim"
	Exception     ClaimKind = "exception"
	NotApplicable ClaimKind = "not_applicable"
	NotInherited  ClaimKind = "not_inherited"
)

// ClaimKinds are all kinds, in the order people choose from.
var ClaimKinds = [...]ClaimKind{Stated, Exception, NotApplicable, NotInherited}

// Sound says what is wrong with the kind and the subject of a statement: nothing, when it can be drafted.
func (c Claim) Sound() error {
	switch {
	case !slices.Contains(ClaimKinds[:], c.Kind):
		return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」という種別の申告はありません", "there is no statement of kind %q", c.Kind),
			Next: lang.T("claim、exception、not_applicable、not_inherited から選んでください", "use claim, exception, not_applicable or not_inherited")}
	case c.Kind == NotInherited && (c.Subject.Kind == fact.Org || c.Subject.ID == ""):
		return &lang.Error{Kind: lang.Usage, What: lang.T("組織全体の結果を適用しないのは、どのソフトウェア、リリース、システムかを指定してください", "say which software, release or system does not take the result of the whole organisation"),
			Next: lang.T("対象を選んでください（コマンドでは --software か --system）", "choose what it is about; on the command line --software or --system")}
	}
	return nil
}

// ClaimState is where a statement stands.
type ClaimState string

// The states.
const (
	ClaimDraft    ClaimState = "draft"
	ClaimApproved ClaimState = "approved"
	ClaimRetired  ClaimState = "retired"
)

// A Claim is a person's statement about one requirement for one subject. Role empty means every role the party holds
// there; Check empty means every check of the requirement.
type Claim struct {
	ID          string         `json:"id"`
	Kind        ClaimKind      `json:"kind"`
	Party       string         `json:"party"`
	Subject     fact.Subject   `json:"subject"`
	Role        guideline.Role `json:"role,omitempty"`
	Requirement guideline.ID   `json:"requirement"`
	Check       string         `json:"check_id,omitempty"`
	Body        string         `json:"body"`               // the statement; for an exception and 対象外 the reason
	Evidence    []string       `json:"evidence,omitempty"` // digests of documents, ids of records
	Author      string         `json:"author"`
	CreatedAt   time.Time      `json:"created_at"`
	State       ClaimState     `json:"state"`
	Approver    string         `json:"approver,omitempty"`
	ApprovedAt  time.Time      `json:"approved_at,omitzero"`
	Digest      string         `json:"content_digest,omitempty"` // of the content that was approved
	ExpiresAt   time.Time      `json:"expires_at,omitzero"`      // required: nothing is stated for ever
	Revision    int            `json:"revision"`
}

// ContentDigest names what an approval is of: everything but the approval itself, as canonical JSON, SHA-256,
// "sha256:<hex>". A later edit of any of it voids the approval.
func (c Claim) ContentDigest() string {
	b, err := json.Marshal(map[string]any{"kind": c.Kind, "party": c.Party, "subject": c.Subject, "role": c.Role,
		"requirement": c.Requirement, "check": c.Check, "body": c.Body, "evidence": append([]string{}, c.Evidence...), "author": c.Author,
		"expires_at": c.ExpiresAt.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// InForce reports whether a statement counts at a moment: approved by somebody other than its author for just this
// content, with a reason, and not past its expiry.
func (c Claim) InForce(now time.Time) bool {
	return c.State == ClaimApproved && c.Body != "" && c.Approver != "" && c.Approver != c.Author &&
		c.Digest != "" && c.Digest == c.ContentDigest() && !now.Before(c.ApprovedAt) && now.Before(c.ExpiresAt)
}

// Approve puts somebody's approval under a claim as it is. Nobody approves their own statement, and nothing is approved
// without an expiry.
func (c Claim) Approve(by string, now time.Time) (Claim, error) {
	switch {
	case by == "" || by == c.Author:
		return c, &lang.Error{Kind: lang.Forbidden, What: lang.T("起案者自身が承認することはできません", "the author cannot approve the statement"),
			Next: lang.T("別の人に承認を依頼してください", "ask somebody else to approve it")}
	case c.Body == "":
		return c, &lang.Error{Kind: lang.Inconsistent, What: lang.T("理由が書かれていません", "no reason is given"),
			Next: lang.T("理由を書いてから承認を依頼してください", "write the reason, then ask for approval")}
	case !now.Before(c.ExpiresAt):
		return c, &lang.Error{Kind: lang.Inconsistent, What: lang.T("有効期限がないか、過ぎています", "the expiry is missing or past"),
			Next: lang.T("先の日付の有効期限を設定してください", "set an expiry in the future")}
	}
	c.State, c.Approver, c.ApprovedAt, c.Digest = ClaimApproved, by, now, c.ContentDigest()
	c.Revision++
	return c, nil
}
