// Package register is the engine of all registers (台帳): policies, adoptions, contacts, trainings, audits … are kinds
// of record declared as data in package guideline, and everything that can happen to a record happens here: reading
// what a person entered, checking it, drafting, approving by somebody else, retiring, and falling due for review.
//
// Start from [Read] and [Record]. Everything is a pure function; `store` keeps what comes out.
package register

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// State is where a record stands.
type State string

// The states. An edit of an approved record makes it a draft again: an approval is of one content.
const (
	Draft    State = "draft"
	Approved State = "approved"
	Retired  State = "retired"
)

// A Record is one entry of a register (記録). Data holds validated values only, see [Validate] for their Go types.
type Record struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Key      string         `json:"key"` // unique within the kind, chosen by people: POL-01
	Subject  fact.Subject   `json:"subject"`
	Data     map[string]any `json:"data"`
	Revision int            `json:"revision"` // from 1, one more with every change
	State    State          `json:"state"`

	Author    string    `json:"author"` // who wrote this content
	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at"`

	Approver       string    `json:"approver,omitempty"`
	ApprovedAt     time.Time `json:"approved_at,omitzero"`
	ApprovedDigest string    `json:"approved_digest,omitempty"` // of the content that was approved, sha256:<hex>
	ValidUntil     time.Time `json:"valid_until,omitzero"`      // zero: until it is retired
}

// Digest names the content of a record that an approval is of: kind, key, subject, data and end of validity, as
// canonical JSON (sorted keys, no white space), SHA-256, "sha256:<hex>".
func Digest(r Record) string {
	until := ""
	if !r.ValidUntil.IsZero() {
		until = r.ValidUntil.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
	}
	b, err := json.Marshal(map[string]any{"kind": r.Kind, "key": r.Key, "subject": r.Subject, "data": r.Data, "valid_until": until})
	if err != nil {
		return "" // validated data always marshals; an empty digest approves nothing
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// InForce reports whether a record counts at a moment: approved, by somebody other than its author, for just this
// content, and not past its end.
func (r Record) InForce(now time.Time) bool {
	return r.State == Approved && r.Approver != "" && r.Approver != r.Author &&
		r.ApprovedDigest != "" && r.ApprovedDigest == Digest(r) &&
		!now.Before(r.ApprovedAt) && (r.ValidUntil.IsZero() || now.Before(r.ValidUntil))
}

// Text gives a field in words; empty when it is not there.
func (r Record) Text(field string) string {
	v, ok := r.Data[field]
	if !ok {
		return ""
	}
	return fmt.Sprint(v)
}

// ReviewDue is when an approved record has to be looked at again: so many days after its approval as its kind says.
// Zero when the kind sets no interval or the record was never approved.
func ReviewDue(kind guideline.Register, r Record) time.Time {
	if kind.ReviewDays == 0 || r.ApprovedAt.IsZero() {
		return time.Time{}
	}
	return r.ApprovedAt.AddDate(0, 0, kind.ReviewDays)
}

// Due gives the approved records whose review date is before or at a moment, in the order given.
func Due(records []Record, now time.Time) []Record {
	var out []Record
	for _, r := range records {
		kind, ok := guideline.Default().Register(r.Kind)
		if !ok || r.State != Approved {
			continue
		}
		if due := ReviewDue(kind, r); !due.IsZero() && !now.Before(due) {
			out = append(out, r)
		}
	}
	return out
}

// New makes the first draft of a record from validated data.
func New(kind guideline.Register, id, key string, subject fact.Subject, data map[string]any, author string, now time.Time) Record {
	return Record{ID: id, Kind: kind.Kind, Key: key, Subject: subject, Data: data, Revision: 1, State: Draft,
		Author: author, CreatedAt: now, ChangedAt: now}
}

// Change puts new validated data into a record. What was approved before is no longer: the record is a draft of whoever
// changed it.
func Change(r Record, data map[string]any, author string, now time.Time) (Record, error) {
	if r.State == Retired {
		return r, &lang.Error{Kind: lang.Conflict, What: lang.F("記録 %s は廃止済みです", "record %s is retired", r.Key),
			Next: lang.T("新しい記録を起案してください", "draft a new record")}
	}
	r.Data, r.Author, r.ChangedAt, r.State = data, author, now, Draft
	r.Revision++
	r.Approver, r.ApprovedAt, r.ApprovedDigest = "", time.Time{}, ""
	return r, nil
}

// Approve puts somebody's approval under the content as it is. Nobody approves what they wrote themselves.
func Approve(r Record, by string, now time.Time) (Record, error) {
	switch {
	case r.State != Draft:
		return r, &lang.Error{Kind: lang.Conflict, What: lang.F("記録 %s は起案中ではありません", "record %s is not a draft", r.Key)}
	case by == "" || by == r.Author:
		return r, &lang.Error{Kind: lang.Forbidden, What: lang.F("記録 %s を起案者自身が承認することはできません", "the author of record %s cannot approve it", r.Key),
			Next: lang.T("別の人に承認を依頼してください", "ask somebody else to approve it")}
	}
	r.State, r.Approver, r.ApprovedAt, r.ApprovedDigest = Approved, by, now, Digest(r)
	r.Revision++
	return r, nil
}

// Retire takes a record out of use. It stays readable.
func Retire(r Record, now time.Time) Record {
	r.State, r.ChangedAt = Retired, now
	r.Revision++
	return r
}

// FactKind is the kind of the fact a record of a register gives: "record:" and the register's kind.
func FactKind(kind string) fact.Kind { return fact.Kind("record:" + kind) }

// Facts gives what the records in force state, one fact each, in the order given. Data is a *Record.
func Facts(records []Record, now time.Time) []fact.Fact {
	var out []fact.Fact
	for _, r := range records {
		if !r.InForce(now) {
			continue
		}
		out = append(out, fact.Fact{ID: r.ID, Kind: FactKind(r.Kind), Subject: r.Subject, ObservedAt: r.ApprovedAt,
			ValidUntil: r.ValidUntil, Record: r.ID, Data: &r})
	}
	return out
}
