package main

import (
	"path/filepath"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

type receiveCmd struct {
	File    string `arg:"" help:"${help_receive_file}"`
	Create  bool   `help:"${help_receive_create}"`
	Receipt string `help:"${help_receive_receipt}" placeholder:"FILE"`
}

// Run takes in what another party sent: a bundle, a request, a receipt or a list of revocations. It is verified against
// the keys this workspace trusts, kept, and counts from then on when it holds.
func (c *receiveCmd) Run(p *program) error {
	b, err := readFile(c.File)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	if verify.LetterFormat(b) != "" {
		return c.letter(p, db, b)
	}
	r, err := relay.ReceiveBundle(p.ctx, db, p.actor(), filepath.Base(c.File), b, c.Create)
	if err != nil {
		return err
	}
	if o, err := verify.Open(b); err == nil {
		failed := []string{}
		for _, s := range r.Report.Steps {
			if !s.OK {
				failed = append(failed, s.Name)
			}
		}
		sender := o.Manifest.Sender
		if err := c.acknowledge(p, db, verify.Receipt{For: sender, Of: r.Digest, Kind: "bundle", Accepted: r.Accepted, Failed: failed}, ""); err != nil {
			return err
		}
	}
	if err := p.print(relay.TakenInOf(r, p.lang), func() {
		p.printReport(r.Report)
		p.tellReply(r)
	}); err != nil {
		return err
	}
	switch verify.ExitCode(r.Report) {
	case 0:
		return nil
	case 6:
		return errSilent(lang.Unreadable)
	}
	return errSilent(lang.Unverified)
}

func (p *program) tellReply(r exchange.Received) {
	switch {
	case r.Reply == nil:
	case r.Reply.Fulfils:
		p.printf("依頼 %s の内容をすべて満たします。", "it answers the request %s, and everything that was asked for holds.", r.Reply.To)
	default:
		p.printf("依頼 %s への回答ですが、満たさない点があります:", "it answers the request %s, but these do not hold:", r.Reply.To)
		for _, name := range r.Reply.Failed {
			p.printf("  ▲ %s", "  ▲ %s", name)
		}
	}
}

// acknowledge writes the receipt that --receipt asks for.
func (c *receiveCmd) acknowledge(p *program, db *store.DB, r verify.Receipt, party string) error {
	if c.Receipt == "" {
		return nil
	}
	actor, key, err := p.seal(db, auth.Edit)
	if err != nil {
		return err
	}
	r.Name = filepath.Base(c.File)
	b, err := relay.Acknowledge(p.ctx, db, actor, r, party, key)
	if err != nil {
		return err
	}
	return writeNew(c.Receipt, b)
}

// takenLetter is a letter that came in, as scripts read it.
type takenLetter struct {
	Accepted bool                   `json:"accepted"`
	Digest   string                 `json:"digest"`
	Type     string                 `json:"type"`
	Party    string                 `json:"party,omitempty"`
	Signer   string                 `json:"signer,omitempty"`
	Problem  string                 `json:"problem,omitempty"`
	Request  *verify.Request        `json:"request,omitempty"`
	Receipt  *verify.Receipt        `json:"receipt,omitempty"`
	List     *verify.RevocationList `json:"revocations,omitempty"`
	Released []string               `json:"released,omitempty"` // bundles that no longer count
}

func (c *receiveCmd) letter(p *program, db *store.DB, b []byte) error {
	l, err := relay.ReceiveLetter(p.ctx, db, p.actor(), filepath.Base(c.File), b)
	if err != nil {
		return err
	}
	if l.Request != nil {
		r := verify.Receipt{For: l.Request.From, Of: l.Digest, Kind: "request", Accepted: l.Accepted(), Failed: []string{}}
		if err := c.acknowledge(p, db, r, l.Party); err != nil {
			return err
		}
	}
	out := takenLetter{Accepted: l.Accepted(), Digest: l.Digest, Type: l.Type, Party: l.Party, Signer: l.Signer, Released: l.Released}
	if l.Problem != nil {
		out.Problem = lang.Explain(l.Problem, p.lang)
	} else {
		out.Request, out.Receipt, out.List = l.Request, l.Receipt, l.List
	}
	if err := p.print(out, func() { p.tellLetter(l) }); err != nil || l.Accepted() {
		return err
	}
	return errSilent(lang.KindOf(l.Problem))
}

func (p *program) tellLetter(l exchange.Letter) {
	switch {
	case !l.Accepted():
		p.printf("受け付けていません: %s", "not accepted: %s", lang.Explain(l.Problem, p.lang))
	case l.Request != nil:
		p.printf("依頼を受け付けました。", "the request was taken in.")
		p.tellAsked(relay.RequestLine{Digest: l.Digest, Direction: fact.Incoming, Request: *l.Request, State: relay.RequestOpen})
		p.printf("回答するには: tasuki answer %s -o FILE", "to answer it: tasuki answer %s -o FILE", l.Digest)
	case l.Receipt != nil:
		p.printf("%s の受領書です（%s）。", "a receipt from %s for %s.", l.Receipt.By.Name, l.Receipt.Of)
	default:
		p.printf("%s による取消し %d 件を取り込みました。数えなくなった襷 %d 件", "took in %[2]d revocations by %[1]s; bundles that no longer count: %[3]d", l.List.Issuer.Name, len(l.List.Revoked), len(l.Released))
	}
}
