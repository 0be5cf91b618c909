package relay

import (
	"bytes"
	"context"
	"crypto"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// An Answer is a bundle that answers a request, and how it stands to what was asked and to the last answer.
type Answer struct {
	Bundle      []byte
	Digest      string
	Declaration store.Declaration
	Fulfils     bool
	Failed      []verify.Step   // steps that the asker will see fail
	Reused      bool            // the same declaration was handed over before
	Earlier     string          // digest of the last answer to the same asker, empty: none
	Changes     []verify.Change // since that
}

// AnswerRequest answers a request that we were given with a declaration of ours that is in force: no new signature is put
// on it. software names what the declaration is about, in our books; empty: what the request calls it.
func AnswerRequest(ctx context.Context, db *store.DB, actor store.Actor, r RequestLine, software string, s Signing) (Answer, error) {
	if r.Direction != fact.Incoming {
		return Answer{}, &lang.Error{Kind: lang.Usage, What: lang.T("こちらから送った依頼です", "this is a request that we sent ourselves")}
	}
	d, err := declarationFor(ctx, db, r, software)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Declaration: d, Reused: d.Bundle != ""}
	if a.Earlier, err = lastAnswer(ctx, db, r); err != nil {
		return a, err
	}
	s.InReplyTo, s.Recipient = r.Digest, verify.Recipient{ID: r.From.ID, Name: r.From.Name}
	if a.Bundle, err = HandOver(ctx, db, actor, d, s); err != nil {
		return a, err
	}
	a.Digest = verify.Digest(a.Bundle)
	if err := a.judge(db, r, s.Key); err != nil {
		return a, err
	}
	reply := &fact.Reply{Kind: fact.Answered, Direction: fact.Sent, To: r.Digest, At: db.Now(), Fulfils: a.Fulfils}
	for _, step := range a.Failed {
		reply.Failed = append(reply.Failed, step.Name)
	}
	return a, db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := exchange.PutLetterFact(ctx, tx, a.Digest, r.Party, fact.KindReply, reply); err != nil {
			return err
		}
		return tx.Audit(ctx, "answered", store.Object{Kind: "request", ID: r.Digest}, map[string]any{"bundle": a.Digest, "fulfils": a.Fulfils})
	})
}

// judge verifies the answer as the asker will, who trusts our key.
func (a *Answer) judge(db *store.DB, r RequestLine, key crypto.Signer) error {
	opened, err := verify.Open(a.Bundle)
	if err != nil {
		return err
	}
	opt := verify.Options{At: db.Now(), Request: &r.Request, RequestFile: r.Digest, Trust: []verify.TrustedKey{
		{Name: "self", Key: verify.Public(key)}, {Name: "self", Key: opened.DeclarationKey}}}
	if a.Earlier != "" {
		b, err := db.ReadDocument(a.Earlier)
		if err != nil {
			return err
		}
		if opt.Seen, err = verify.ParseSeen(b); err != nil {
			return err
		}
	}
	report := verify.Bundle(a.Bundle, opt)
	a.Fulfils, a.Changes = report.OK, report.Changes
	a.Failed = slices.DeleteFunc(slices.Clone(report.Steps), func(s verify.Step) bool { return s.OK })
	return nil
}

// declarationFor finds the declaration in force that a request asks for: the latest about the version asked for, or about
// any when it asks for none.
func declarationFor(ctx context.Context, db *store.DB, r RequestLine, software string) (store.Declaration, error) {
	name := r.Object.Name
	if software != "" {
		name = software
	}
	subject, err := objectNamed(ctx, db, name)
	if err != nil {
		return store.Declaration{}, err
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return store.Declaration{}, err
	}
	versions := map[string]string{}
	for _, rel := range m.Releases {
		versions[rel.ID] = rel.Version
	}
	issued, err := db.Declarations(ctx, store.DeclarationFilter{Subject: subject, State: store.DeclarationIssued})
	if err != nil {
		return store.Declaration{}, err
	}
	for _, d := range slices.Backward(issued) {
		if r.Object.Version == "" || versions[d.Release] == r.Object.Version {
			return d, nil
		}
	}
	what := strings.TrimSpace(name + " " + r.Object.Version)
	return store.Declaration{}, &lang.Error{Kind: lang.Nothing, What: lang.F("%s について、効力のある宣言がまだありません", "there is no declaration in force about %s yet", what),
		Next: lang.T("tasuki declare で宣言を発行してから、同じコマンドで回答してください。現在の状態を表計算で渡すときは -o を .xlsx にしてください",
			"issue one with tasuki declare, then run this again; with -o FILE.xlsx the present state goes out as a workbook")}
}

// objectNamed finds a software or a system by its name.
func objectNamed(ctx context.Context, db *store.DB, name string) (fact.Subject, error) {
	s, err := db.SoftwareByName(ctx, name)
	if err == nil {
		return fact.Subject{Kind: fact.Software, ID: s.ID}, nil
	}
	if lang.KindOf(err) != lang.NotFound {
		return fact.Subject{}, err
	}
	if system, err := judging.FindSystem(ctx, db, name); err == nil {
		return system, nil
	}
	return fact.Subject{}, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」というソフトウェア・システムは登録されていません", "there is no software or system %q", name),
		Next: lang.T("自組織での名称を --software で指定してください", "say what it is called here with --software")}
}

// lastAnswer gives the bundle with which we last answered the same asker about the same object.
func lastAnswer(ctx context.Context, db *store.DB, r RequestLine) (string, error) {
	all, err := Requests(ctx, db)
	if err != nil {
		return "", err
	}
	var last ReplyLine
	for _, l := range all {
		if l.Direction != fact.Incoming || l.From.ID != r.From.ID || l.Object.Name != r.Object.Name {
			continue
		}
		for _, a := range l.Answers {
			if !a.At.Before(last.At) {
				last = a
			}
		}
	}
	return last.Digest, nil
}

// Acknowledge signs a receipt for a file that came in and keeps it.
func Acknowledge(ctx context.Context, db *store.DB, actor store.Actor, r verify.Receipt, party string, key crypto.Signer) ([]byte, error) {
	self, err := ourselves(ctx, db)
	if err != nil {
		return nil, err
	}
	r.ID, r.By, r.At = "urn:tasuki:receipt:"+db.NewID(), self, db.Now().UTC().Truncate(time.Second)
	r.Failed = append([]string{}, r.Failed...)
	b, err := verify.SignLetter(verify.ReceiptFormat, r, key)
	if err != nil {
		return nil, err
	}
	digest, size, err := db.PutDocument(ctx, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	return b, db.InTx(ctx, actor, func(tx *store.Tx) error {
		d := store.Document{Digest: digest, Size: size, Name: "receipt.json", Type: exchange.ReceiptType, Origin: "issued", Accepted: true}
		if _, err := tx.AddDocument(ctx, d); err != nil {
			return err
		}
		reply := &fact.Reply{Kind: fact.Acknowledged, Direction: fact.Sent, To: r.Of, At: r.At, Fulfils: r.Accepted, Failed: r.Failed}
		if err := exchange.PutLetterFact(ctx, tx, digest, party, fact.KindReply, reply); err != nil {
			return err
		}
		return tx.Audit(ctx, "acknowledged", store.Object{Kind: r.Kind, ID: r.Of}, map[string]any{"receipt": digest, "accepted": r.Accepted})
	})
}

// ReceiveLetter takes in a request, a receipt or a list of revocations, and judges again what it touches: a receipt shows
// that a notice arrived and that its sender can be reached.
func ReceiveLetter(ctx context.Context, db *store.DB, actor store.Actor, name string, b []byte) (exchange.Letter, error) {
	l, err := exchange.ReceiveLetter(ctx, db, actor, name, b)
	switch {
	case err != nil:
		return l, err
	case len(l.Released) > 0:
		return l, judging.Reassess(ctx, db, actor, "declarations revoked")
	case l.Accepted() && l.Receipt != nil:
		return l, judging.Reassess(ctx, db, actor, "receipt received", fact.Subject{Kind: fact.Org, ID: l.Party})
	}
	return l, nil
}
