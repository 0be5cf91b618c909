package api

import (
	"context"
	"strings"
	"time"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/verify"
)

// RequestItem is one request of the list.
type RequestItem struct {
	relay.RequestLine
	Title string `json:"title" doc:"Where the request stands, in words"`
}

func (s *server) requests(ctx context.Context, c *call, in *struct {
	Page
	Direction string `query:"direction" enum:"sent,received" doc:"Only those that passed this way"`
	Party     string `query:"party" doc:"Only those of this party, by our id"`
	State     string `query:"state" enum:"open,partly_answered,stated,answered,overdue" doc:"Only those that stand so"`
}) (List[RequestItem], error) {
	lines, err := relay.Requests(ctx, s.db)
	if err != nil {
		return List[RequestItem]{}, err
	}
	var all []RequestItem
	for _, l := range lines {
		if (in.Direction == "" || string(l.Direction) == in.Direction) && (in.Party == "" || l.Party == in.Party) && (in.State == "" || string(l.State) == in.State) {
			all = append(all, RequestItem{l, l.State.Title().In(c.lang)})
		}
	}
	return cut(all, func(r RequestItem) string { return r.Digest }, in.Page)
}

// RequestDetail is one request with what each answer says.
type RequestDetail struct {
	RequestItem
	Duties  []verify.Duty  `json:"duties" doc:"What is asked, role by role"`
	Said    []AnswerDetail `json:"said" doc:"The answers in detail"`
	Invited *InvitedItem   `json:"invited,omitempty" doc:"The code that lets the other side answer without an account"`
}

// AnswerDetail is an answer with what it says.
type AnswerDetail struct {
	Digest  string           `json:"digest"`
	Stated  *exchange.Stated `json:"stated,omitempty" doc:"What was typed on the answer page: unsigned and unverified"`
	Changes []ChangeItem     `json:"changes" doc:"What differs from the last declaration of the same party about the same object"`
}

// ChangeItem is one thing that changed since the last declaration.
type ChangeItem struct {
	Name   string `json:"name"`
	What   string `json:"what,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Detail string `json:"detail"`
}

// InvitedItem says where a code stands; the code itself is not kept.
type InvitedItem struct {
	Until    time.Time `json:"until"`
	Open     bool      `json:"open" doc:"It still takes an answer"`
	SavedAt  time.Time `json:"saved_at,omitzero" doc:"When something was filled in last"`
	Answered string    `json:"answered,omitempty" doc:"Digest of what was handed in"`
}

type requestInput struct {
	Digest string `path:"digest" doc:"sha256:<hex> of the request's file, its id, or the beginning of the digest"`
}

func (s *server) request(ctx context.Context, c *call, in *requestInput) (RequestDetail, error) {
	l, err := relay.FindRequest(ctx, s.db, in.Digest)
	if err != nil {
		return RequestDetail{}, err
	}
	out := RequestDetail{RequestItem: RequestItem{l, l.State.Title().In(c.lang)}, Duties: l.Duties(), Said: []AnswerDetail{}}
	for _, a := range l.Answers {
		d := AnswerDetail{Digest: a.Digest, Changes: []ChangeItem{}}
		if a.Stated {
			stated, err := relay.StatedAnswerOf(s.db, a.Digest)
			if err != nil {
				return out, err
			}
			d.Stated = &stated
		} else if a.Direction == fact.Incoming {
			changes, err := relay.AnswerChanges(ctx, s.db, a.Digest)
			if err != nil {
				return out, err
			}
			for _, ch := range changes {
				d.Changes = append(d.Changes, ChangeItem{ch.Name, ch.What, ch.Before, ch.After, ch.Detail.In(c.lang)})
			}
		}
		out.Said = append(out.Said, d)
	}
	i, err := relay.InvitationOf(ctx, s.db, l.Digest)
	if err == nil && !i.IssuedAt.IsZero() {
		out.Invited = &InvitedItem{i.Until, i.Open(s.db.Now()), i.SavedAt, i.Answer}
	}
	return out, err
}

// InvitedBody says until when a code is to be good.
type InvitedBody struct {
	Until time.Time `json:"until,omitzero" doc:"30 days from now when absent"`
}

// Invited is a code that was issued. It is given this once.
type Invited struct {
	Code    string    `json:"code" doc:"Given once; only its hash is kept"`
	Address string    `json:"address" doc:"Path of the answer page on this server"`
	Until   time.Time `json:"until"`
}

func (s *server) invite(ctx context.Context, c *call, in *requestInput) (Invited, error) {
	var body InvitedBody
	if err := c.json(&body); err != nil {
		return Invited{}, err
	}
	l, err := relay.FindRequest(ctx, s.db, in.Digest)
	if err != nil {
		return Invited{}, err
	}
	code, i, err := relay.Invite(ctx, s.db, c.actor, l, body.Until)
	return Invited{code, "/answer/" + strings.TrimPrefix(l.Digest, "sha256:"), i.Until}, err
}

// TakenLetter is what became of a request, a receipt or a list of revocations.
type TakenLetter struct {
	Accepted    bool                   `json:"accepted" doc:"Signed with a key that this workspace trusts"`
	Digest      string                 `json:"digest"`
	Type        string                 `json:"type" doc:"tasuki-request, tasuki-receipt or tasuki-revocation-list; empty when it is none"`
	Party       string                 `json:"party,omitempty" doc:"Our id of the party whose key signed it"`
	Signer      string                 `json:"signer,omitempty" doc:"Fingerprint of the key"`
	Problem     string                 `json:"problem,omitempty" doc:"Why it counts for nothing"`
	Request     *verify.Request        `json:"request,omitempty"`
	Receipt     *verify.Receipt        `json:"receipt,omitempty"`
	Revocations *verify.RevocationList `json:"revocations,omitempty"`
	Released    []string               `json:"released,omitempty" doc:"Bundles that no longer count"`
}

// maxLetter bounds a letter.
const maxLetter = 4 << 20

func (s *server) letter(ctx context.Context, c *call, in *struct {
	Name        string `query:"name" doc:"File name, when Content-Disposition does not say it"`
	Disposition string `header:"Content-Disposition" doc:"attachment; filename*=UTF-8''name"`
}) (TakenLetter, error) {
	b, err := c.body(maxLetter)
	if err != nil {
		return TakenLetter{}, err
	}
	if verify.LetterFormat(b) == "" {
		return TakenLetter{}, &lang.Error{Kind: lang.Unreadable, What: lang.T("依頼・受領書・失効一覧のいずれでもありません", "it is neither a request nor a receipt nor a list of revocations"),
			Next: lang.T("宣言（襷）は /bundles に、そのほかの文書は /documents に送ってください", "send a bundle to /bundles, and other documents to /documents")}
	}
	name := fileName(in.Disposition, in.Name)
	if name == "" {
		name = "letter.json"
	}
	l, err := relay.ReceiveLetter(ctx, s.db, c.actor, name, b)
	if err != nil {
		return TakenLetter{}, err
	}
	out := TakenLetter{Accepted: l.Accepted(), Digest: l.Digest, Type: l.Type, Party: l.Party, Signer: l.Signer, Released: l.Released}
	if !l.Accepted() {
		out.Problem = lang.Explain(l.Problem, c.lang)
		return out, nil
	}
	out.Request, out.Receipt, out.Revocations = l.Request, l.Receipt, l.List
	return out, nil
}
