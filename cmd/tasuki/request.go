package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/verify"
)

type requestCmd struct {
	New    requestNewCmd    `cmd:"" help:"${help_request_new}"`
	PassOn requestPassOnCmd `cmd:"" help:"${help_request_passon}"`
	List   requestListCmd   `cmd:"" help:"${help_request_list}"`
	Show   requestShowCmd   `cmd:"" help:"${help_request_show}"`

	Invite   requestInviteCmd   `cmd:"" help:"${help_request_invite}"`
	Withdraw requestWithdrawCmd `cmd:"" help:"${help_request_withdraw}"`
}

// asking is what requests have in common.
type asking struct {
	Level    string   `help:"${help_request_level}" placeholder:"L"`
	Reason   []string `help:"${help_request_reason}" placeholder:"VIEWPOINT=TEXT" sep:"none"`
	Due      string   `help:"${help_request_due}" placeholder:"DATE"`
	Evidence []string `help:"${help_request_evidence}" placeholder:"KIND"`
	Chain    bool     `help:"${help_request_chain}"`
	Note     string   `help:"${help_request_note}" placeholder:"TEXT"`
	Lowered  string   `help:"${help_request_lowered}" placeholder:"REASON"`
}

// fill puts what was given on the command line into a request.
func (c asking) fill(a *relay.Ask) error {
	if c.Level != "" {
		level, err := parseLevel(c.Level)
		if err != nil {
			return err
		}
		a.Level = level
	}
	for _, given := range c.Reason {
		view, text, ok := strings.Cut(given, "=")
		if !ok {
			view, text = string(verify.OtherView), given
		}
		if !slices.Contains(verify.Viewpoints[:], verify.Viewpoint(view)) {
			return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」という観点はありません", "there is no viewpoint %q", view),
				Next: lang.T("information（扱う情報）、protection（保護の仕組みの維持）、response（脆弱性への対応）、other のいずれかを指定してください", "use information, protection, response or other")}
		}
		a.Reasons = append(a.Reasons, verify.Reason{Viewpoint: verify.Viewpoint(view), Text: text})
	}
	if c.Due != "" {
		if _, err := time.Parse(time.DateOnly, c.Due); err != nil {
			return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」は日付として読めません", "%q is not a day", c.Due), Next: lang.T("2026-04-01 の形で指定してください", "write it as 2026-04-01")}
		}
		a.DueOn = c.Due
	}
	for _, e := range c.Evidence {
		a.Evidence = append(a.Evidence, verify.ResourceKind(e))
	}
	a.Chain, a.Lowered = a.Chain || c.Chain, c.Lowered
	if c.Note != "" {
		a.Note = c.Note
	}
	return nil
}

type requestNewCmd struct {
	asking
	To          string   `help:"${help_request_to}" required:"" placeholder:"PARTY"`
	Software    string   `help:"${help_request_software}" required:"" placeholder:"NAME"`
	Release     string   `help:"${help_request_release}" placeholder:"VERSION"`
	PURL        string   `name:"purl" help:"${help_request_purl}" placeholder:"PURL"`
	UsedIn      string   `help:"${help_request_usedin}" placeholder:"NAME"`
	Role        []string `help:"${help_request_role}" placeholder:"R"`
	Requirement []string `help:"${help_request_requirement}" placeholder:"ID"`
	Under       string   `help:"${help_request_under}" placeholder:"REQUEST"`
	Output      string   `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
}

// Run signs a request to one party and writes its file.
func (c *requestNewCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, key, err := p.seal(db, auth.Edit)
	if err != nil {
		return err
	}
	a := relay.Ask{Party: c.To, Object: verify.AskedObject{Name: c.Software, Version: c.Release, PURL: c.PURL, UsedIn: c.UsedIn}}
	if err := c.fill(&a); err != nil {
		return err
	}
	if a.Roles, err = askedRoles(c.Role, c.Requirement); err != nil {
		return err
	}
	if c.Under != "" {
		up, err := relay.FindRequest(p.ctx, db, c.Under)
		if err != nil {
			return err
		}
		a.Under = up.Digest
	}
	b, r, err := relay.Request(p.ctx, db, actor, a, key)
	if err != nil {
		return err
	}
	if err := writeNew(c.Output, b); err != nil {
		return err
	}
	out := writtenRequest{c.Output, verify.Digest(b), c.To, r}
	return p.print(out, func() { p.tellRequest(out) })
}

// askedRoles reads the roles asked for. Requirements are asked of every role that bears them.
func askedRoles(roles, requirements []string) ([]verify.AskedRole, error) {
	var out []verify.AskedRole
	for _, r := range roles {
		role := guideline.Role(strings.TrimSpace(r))
		if !slices.Contains(guideline.Roles, role) {
			return nil, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」という役割はありません", "there is no role %q", r),
				Next: lang.T("developer, supplier, operator, customer から指定してください", "use developer, supplier, operator or customer")}
		}
		asked := verify.AskedRole{Role: role}
		for _, given := range requirements {
			id, err := guideline.ParseID(given)
			if err != nil {
				return nil, err
			}
			if in, ok := guideline.Default().Individual(id); ok && slices.Contains(in.Roles, role) {
				asked.Requirements = append(asked.Requirements, id)
			}
		}
		out = append(out, asked)
	}
	return out, nil
}

// writtenRequest is a request that was written, as scripts read it.
type writtenRequest struct {
	File   string `json:"file"`
	Digest string `json:"digest"`
	Party  string `json:"party"`
	verify.Request
}

func (p *program) tellRequest(r writtenRequest) {
	p.printf("依頼を書き出しました: %s（%s 宛て、%s、水準 %s、期日 %s）", "wrote the request %s (to %s, about %s, level %s, due %s)", r.File, r.To.Name, r.Object.Name, r.Level.Title().In(p.lang), r.DueOn)
}

type requestPassOnCmd struct {
	asking
	Request  string `arg:"" help:"${help_request_id}"`
	Software string `help:"${help_request_ours}" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	Output   string `short:"o" help:"${help_request_dir}" required:"" placeholder:"DIR"`
}

// Run makes a request to every party we rely on from one that we were given, at the same level unless it is said why not.
func (c *requestPassOnCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, key, err := p.seal(db, auth.Edit)
	if err != nil {
		return err
	}
	up, err := relay.FindRequest(p.ctx, db, c.Request)
	if err != nil {
		return err
	}
	name := c.Software
	if name == "" {
		name = up.Object.Name
	}
	s, err := judging.Subject(p.ctx, db, actor, judging.Target{Software: name, Release: c.Release})
	if err != nil {
		return err
	}
	software, release := s.ID, ""
	if s.Kind == fact.Release {
		r, err := db.ReleaseByID(p.ctx, s.ID)
		if err != nil {
			return err
		}
		software, release = r.Software, r.ID
	}
	asks, err := relay.Asks(p.ctx, db, software, release, up.Digest)
	if err != nil {
		return err
	}
	if len(asks) == 0 {
		return &lang.Error{Kind: lang.Nothing, What: lang.F("「%s」について頼っている関連事業者はありません", "we rely on nobody for %q", name)}
	}
	if err := os.MkdirAll(c.Output, 0o755); err != nil {
		return err
	}
	out := []writtenRequest{}
	for _, a := range asks {
		if err := c.fill(&a); err != nil {
			return err
		}
		b, r, err := relay.Request(p.ctx, db, actor, a, key)
		if err != nil {
			return err
		}
		file := filepath.Join(c.Output, safeFile(a.Party)+".request.json")
		if err := writeNew(file, b); err != nil {
			return err
		}
		out = append(out, writtenRequest{file, verify.Digest(b), a.Party, r})
	}
	return p.print(out, func() {
		for _, r := range out {
			p.tellRequest(r)
		}
	})
}

// safeFile makes a file name of an id.
func safeFile(id string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|.`, r) {
			return '-'
		}
		return r
	}, id)
}

type requestListCmd struct {
	Received bool `help:"${help_request_received}" xor:"direction"`
	Sent     bool `help:"${help_request_sent}" xor:"direction"`
	Open     bool `help:"${help_request_open}"`
}

// Run lists what was asked, by whom, of whom, until when, and what came back.
func (c *requestListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := relay.Requests(p.ctx, db)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(l relay.RequestLine) bool {
		return c.Received && l.Direction != fact.Incoming || c.Sent && l.Direction != fact.Sent || c.Open && l.State == relay.RequestAnswered
	})
	return p.print(all, func() {
		for _, l := range all {
			p.tellAsked(l)
		}
		p.printf("%d 件", "%d requests", len(all))
	})
}

func (p *program) tellAsked(l relay.RequestLine) {
	way := lang.F("%s から", "from %s", l.From.Name)
	if l.Direction == fact.Sent {
		way = lang.F("%s へ", "to %s", l.To.Name)
	}
	p.printf("%s %s: %s %s、水準 %s、期日 %s、%s", "%s %s: %s %s, level %s, due %s, %s", l.Digest[:19], way.In(p.lang), l.Object.Name, orDash(l.Object.Version),
		l.Level.Title().In(p.lang), l.DueOn, l.State.Title().In(p.lang))
}

type requestShowCmd struct {
	Request string `arg:"" help:"${help_request_id}"`
}

// Run shows a request whole: why, for which roles and requirements, and what came back.
func (c *requestShowCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := relay.FindRequest(p.ctx, db, c.Request)
	if err != nil {
		return err
	}
	return p.print(l, func() {
		p.tellAsked(l)
		for _, r := range l.Reasons {
			p.printf("  理由（%s）: %s", "  reason (%s): %s", r.Viewpoint.Title().In(p.lang), r.Text)
		}
		if l.Under != nil {
			p.printf("  元の依頼: %s（水準 %s、期日 %s）", "  under the request %s (level %s, due %s)", l.Under.Request, l.Under.Level.Title().In(p.lang), l.Under.DueOn)
			if l.Under.Lowered != "" {
				p.printf("  水準を下げた理由: %s", "  why the level is lower: %s", l.Under.Lowered)
			}
		}
		rows := [][]string{}
		for _, d := range l.Duties() {
			in, _ := guideline.Default().Individual(d.Requirement)
			rows = append(rows, []string{"  " + d.Role.Title().In(p.lang), string(d.Requirement), in.Title.In(p.lang)})
		}
		p.table(rows)
		for _, a := range l.Answers {
			p.printf("  回答 %s（%s）%s", "  answer %s (%s) %s", a.Digest, a.At.In(calendar.Japan).Format(time.DateOnly), strings.Join(a.Failed, ", "))
		}
		for _, r := range l.Receipts {
			p.printf("  受領書 %s（%s）", "  receipt %s (%s)", r.Digest, r.At.In(calendar.Japan).Format(time.DateOnly))
		}
	})
}

type requestInviteCmd struct {
	Request string `arg:"" help:"${help_request_id}"`
	Until   string `help:"${help_request_until}" placeholder:"DATE"`
}

// Run issues the code with which the asked party can answer on the answer page of `tasuki serve`.
func (c *requestInviteCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := relay.FindRequest(p.ctx, db, c.Request)
	if err != nil {
		return err
	}
	var until time.Time
	if c.Until != "" {
		if until, err = parseTime(c.Until); err != nil {
			return err
		}
		if len(c.Until) == len(time.DateOnly) {
			until = until.AddDate(0, 0, 1)
		}
	}
	code, i, err := relay.Invite(p.ctx, db, p.actor(), l, until)
	if err != nil {
		return err
	}
	address := "/answer/" + strings.TrimPrefix(l.Digest, "sha256:")
	return p.print(map[string]any{"code": code, "address": address, "until": i.Until}, func() {
		p.printf("コード: %s（%s まで有効。今だけ表示します）", "code: %s (good until %s; it is shown this once)", code, i.Until.In(calendar.Japan).Format(time.RFC3339))
		p.printf("回答のアドレス: tasuki serve のアドレスに続けて %s", "address to answer at, on the server of tasuki serve: %s", address)
		p.printf("コードは、アドレスとは別の手段で相手に伝えてください。", "Send the code by another way than the address.")
	})
}

type requestWithdrawCmd struct {
	Request string `arg:"" help:"${help_request_id}"`
}

// Run makes the code of a request unusable.
func (c *requestWithdrawCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	l, err := relay.FindRequest(p.ctx, db, c.Request)
	if err != nil {
		return err
	}
	if err := relay.Withdraw(p.ctx, db, p.actor(), l.Digest); err != nil {
		return err
	}
	return p.print(map[string]any{"request": l.Digest}, func() { p.printf("コードを使えなくしました。", "The code no longer works.") })
}
