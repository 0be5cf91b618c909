package relay

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"slices"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// Ask says what is to be requested of whom. What is left empty is taken from the request it is under, where there is one.
type Ask struct {
	Party    string // our id of the party that is asked
	Object   verify.AskedObject
	Level    guideline.Level
	Reasons  []verify.Reason
	Roles    []verify.AskedRole
	Evidence []verify.ResourceKind
	Chain    bool
	DueOn    string
	Note     string
	Under    string // digest of a request that we were given
	Lowered  string // why less is asked than was asked of us
}

// Request signs a request and keeps it.
func Request(ctx context.Context, db *store.DB, actor store.Actor, a Ask, key crypto.Signer) ([]byte, verify.Request, error) {
	r, err := a.draw(ctx, db)
	if err != nil {
		return nil, r, err
	}
	b, err := verify.SignLetter(verify.RequestFormat, r, key)
	if err != nil {
		return nil, r, err
	}
	digest, size, err := db.PutDocument(ctx, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, r, err
	}
	sent := &fact.Request{Direction: fact.Sent, Party: a.Party, ID: r.ID, DueOn: r.DueOn, Under: a.Under}
	return b, r, db.InTx(ctx, actor, func(tx *store.Tx) error {
		d := store.Document{Digest: digest, Size: size, Name: "request.json", Type: exchange.RequestType, Origin: "issued", Accepted: true}
		if _, err := tx.AddDocument(ctx, d); err != nil {
			return err
		}
		if err := exchange.PutLetterFact(ctx, tx, digest, a.Party, fact.KindRequest, sent); err != nil {
			return err
		}
		return tx.Audit(ctx, "requested", store.Object{Kind: "request", ID: digest}, map[string]any{"party": a.Party, "level": r.Level, "due_on": r.DueOn})
	})
}

// draw fills the request in and holds it against the rules of its form.
func (a Ask) draw(ctx context.Context, db *store.DB) (verify.Request, error) {
	self, err := ourselves(ctx, db)
	if err != nil {
		return verify.Request{}, err
	}
	to, err := db.PartyByID(ctx, a.Party)
	if err != nil {
		return verify.Request{}, err
	}
	r := verify.Request{ID: "urn:tasuki:request:" + db.NewID(), From: self, To: verify.Recipient{ID: to.ID, Name: to.Name}, Object: a.Object,
		Level: a.Level, Reasons: append([]verify.Reason{}, a.Reasons...), Roles: a.Roles, Evidence: a.Evidence, Chain: a.Chain, DueOn: a.DueOn, Note: a.Note,
		IssuedAt: db.Now().UTC().Truncate(time.Second)}
	if a.Under != "" {
		if err := under(db, a, &r); err != nil {
			return r, err
		}
	}
	slices.SortFunc(r.Roles, func(x, y verify.AskedRole) int {
		return slices.Index(guideline.Roles, x.Role) - slices.Index(guideline.Roles, y.Role)
	})
	if err := r.Check(); err != nil {
		return r, &lang.Error{Kind: lang.Usage, What: lang.T("このままでは依頼になりません", "this is not a request yet"), Err: err,
			Next: lang.T("水準、その理由、役割、期日、相手、対象を指定してください", "give level, reasons, roles, due date, party and object")}
	}
	return r, nil
}

// under takes over what a request asked of us, unless the new one says otherwise. The level may be lower only with a
// reason (4.2: the level holds down the whole chain).
func under(db *store.DB, a Ask, r *verify.Request) error {
	b, err := db.ReadDocument(a.Under)
	if err != nil {
		return err
	}
	up, _, err := verify.OpenRequest(b)
	if err != nil {
		return err
	}
	r.Level, r.DueOn = cmp.Or(r.Level, up.Level), cmp.Or(r.DueOn, up.DueOn)
	r.Chain = r.Chain || up.Chain
	if len(r.Reasons) == 0 {
		r.Reasons = up.Reasons
	}
	if len(r.Evidence) == 0 {
		r.Evidence = up.Evidence
	}
	r.Object.UsedIn = cmp.Or(r.Object.UsedIn, up.Object.Name)
	r.Under = &verify.Under{Request: a.Under, Level: up.Level, DueOn: up.DueOn}
	if r.Level.Covers(up.Level) {
		return nil
	}
	if a.Lowered == "" {
		return &lang.Error{Kind: lang.Usage, What: lang.F("依頼された水準 %[1]s より低い %[2]s を求めようとしています", "it would ask for %[2]s, lower than the %[1]s that was asked of us", up.Level, r.Level),
			Why:  lang.T("水準は、連鎖のどの段でも下がらないものとされています（4.2）", "the level holds down the whole chain (4.2)"),
			Next: lang.T("水準を合わせるか、下げる理由を --lowered で示してください", "ask for the same level, or say why with --lowered")}
	}
	r.Under.Lowered = a.Lowered
	return nil
}

// Asks gives what is to be requested of the parties we rely on for a software, under a request that we were given: of each
// the roles it holds and, of a limited support engagement, the duties passed on to it.
func Asks(ctx context.Context, db *store.DB, software, release, request string) ([]Ask, error) {
	c, err := judging.LoadShared(ctx, db)
	if err != nil {
		return nil, err
	}
	self, err := db.Self(ctx)
	if err != nil {
		return nil, err
	}
	a, err := arrangement(c, DraftRequest{Software: software}, self.ID)
	if err != nil {
		return nil, err
	}
	var components []string
	if release != "" {
		listed, err := db.ComponentsOf(ctx, release)
		if err != nil {
			return nil, err
		}
		for _, l := range listed {
			components = append(components, l.PURL)
		}
	}
	object := object(c, DraftRequest{Software: software})
	var out []Ask
	for _, r := range reliances(c, a, self.ID, release, components) {
		ask := Ask{Party: r.party.ID, Object: verify.AskedObject{Name: object.Name}, Under: request}
		for _, role := range r.roles {
			ask.Roles = append(ask.Roles, askedOf(a, r.party.ID, role))
		}
		out = append(out, ask)
	}
	return out, nil
}

// askedOf gives what a party was engaged for in a role. Somebody who only supplies a component holds the role whole.
func askedOf(a chain.Arrangement, party string, role guideline.Role) verify.AskedRole {
	asked := verify.AskedRole{Role: role}
	for _, e := range a.Engagements {
		if e.Party == party && e.Role == role {
			asked.Stance = e.Stance
			if e.Stance == guideline.Support {
				asked.Requirements = append(asked.Requirements, e.Passed...)
			}
		}
	}
	return asked
}

// RequestState says where a request stands.
type RequestState string

// The states: nothing came back yet, an answer that does not hold all of what was asked, one that was only stated on our
// answer page, one that does hold, and nothing when the due date had passed.
const (
	RequestOpen     RequestState = "open"
	RequestPartly   RequestState = "partly_answered"
	RequestStated   RequestState = "stated"
	RequestAnswered RequestState = "answered"
	RequestOverdue  RequestState = "overdue"
)

// A RequestLine is a request that we sent or were given, with what came back.
type RequestLine struct {
	Digest    string         `json:"digest" doc:"sha256 of the request's file; names it everywhere"`
	Direction fact.Direction `json:"direction" doc:"sent or received"`
	Party     string         `json:"party,omitempty" doc:"Our id of the other side"`
	verify.Request
	State    RequestState `json:"state"`
	Answers  []ReplyLine  `json:"answers"`
	Receipts []ReplyLine  `json:"receipts"`
	PassedOn []string     `json:"passed_on" doc:"Digests of the requests that we made from this one"`
}

// A ReplyLine is an answer or a receipt.
type ReplyLine struct {
	Digest    string         `json:"digest"`
	Direction fact.Direction `json:"direction"`
	To        string         `json:"to" doc:"Digest of what it replies to"`
	At        time.Time      `json:"at"`
	Fulfils   bool           `json:"fulfils"`
	Failed    []string       `json:"failed"`
	Stated    bool           `json:"stated,omitempty" doc:"Typed on the answer page: a claim of whoever answered, unsigned and unverified"`
}

// Requests gives every request that we sent or were given, the earliest due first.
func Requests(ctx context.Context, db *store.DB) ([]RequestLine, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindRequest, fact.KindReply}})
	if err != nil {
		return nil, err
	}
	out := []RequestLine{}
	for _, f := range facts {
		data, ok := f.Data.(*fact.Request)
		if !ok {
			continue
		}
		b, err := db.ReadDocument(f.Document)
		if err != nil {
			return nil, err
		}
		r, _, err := verify.OpenRequest(b)
		if err != nil {
			return nil, err
		}
		out = append(out, RequestLine{Digest: f.Document, Direction: data.Direction, Party: data.Party, Request: r, Answers: []ReplyLine{}, Receipts: []ReplyLine{}, PassedOn: []string{}})
	}
	for i := range out {
		out[i].follow(facts, db.Now())
	}
	slices.SortStableFunc(out, func(a, b RequestLine) int {
		return cmp.Or(cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(a.IssuedAt.Unix(), b.IssuedAt.Unix()), cmp.Compare(a.Digest, b.Digest))
	})
	return out, nil
}

// follow adds what came back, and says where the request stands. The due date is a day in Japan.
func (l *RequestLine) follow(facts []fact.Fact, now time.Time) {
	for _, f := range facts {
		switch data := f.Data.(type) {
		case *fact.Request:
			if data.Under == l.Digest {
				l.PassedOn = append(l.PassedOn, f.Document)
			}
		case *fact.Reply:
			if data.Kind == fact.Answered && data.To == l.Digest {
				l.Answers = append(l.Answers, replyLine(f.Document, data))
			}
		}
	}
	for _, f := range facts {
		data, ok := f.Data.(*fact.Reply)
		answers := func(a ReplyLine) bool { return a.Digest == data.To }
		if ok && data.Kind == fact.Acknowledged && (data.To == l.Digest || slices.ContainsFunc(l.Answers, answers)) {
			l.Receipts = append(l.Receipts, replyLine(f.Document, data))
		}
	}
	l.State = l.stands(now)
}

func replyLine(document string, r *fact.Reply) ReplyLine {
	return ReplyLine{document, r.Direction, r.To, r.At, r.Fulfils, append([]string{}, r.Failed...), r.Stated}
}

func (l *RequestLine) stands(now time.Time) RequestState {
	has := func(holds func(ReplyLine) bool) bool { return slices.ContainsFunc(l.Answers, holds) }
	switch {
	case has(func(a ReplyLine) bool { return a.Fulfils }):
		return RequestAnswered
	case has(func(a ReplyLine) bool { return a.Stated }):
		return RequestStated
	case now.In(calendar.Japan).Format(time.DateOnly) > l.DueOn:
		return RequestOverdue
	case len(l.Answers) > 0:
		return RequestPartly
	}
	return RequestOpen
}

// Title gives the words for people.
func (s RequestState) Title() lang.Text {
	switch s {
	case RequestPartly:
		return lang.T("一部回答", "partly answered")
	case RequestStated:
		return lang.T("申告で回答あり（未検証）", "answered by statement, not verified")
	case RequestAnswered:
		return lang.T("回答済み", "answered")
	case RequestOverdue:
		return lang.T("期日超過", "overdue")
	}
	return lang.T("未回答", "open")
}

// FindRequest finds a request by the digest of its file, its id, or the beginning of its digest.
func FindRequest(ctx context.Context, db *store.DB, name string) (RequestLine, error) {
	all, err := Requests(ctx, db)
	if err != nil {
		return RequestLine{}, err
	}
	var found []RequestLine
	for _, l := range all {
		if l.Digest == name || l.ID == name || len(name) >= 12 && len(name) < len(l.Digest) && l.Digest[:len(name)] == name {
			found = append(found, l)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return RequestLine{}, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」という依頼はありません", "there is no request %q", name),
		Next: lang.T("受け取った依頼は tasuki receive で取り込み、tasuki request list で確かめてください", "take a request in with tasuki receive, and see tasuki request list")}
}
