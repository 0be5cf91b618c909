package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/verify"
)

type verifyCmd struct {
	File         string   `arg:"" help:"${help_verify_file}"`
	Trust        []string `help:"${help_verify_trust}" placeholder:"KEYS"`
	RequireLevel string   `help:"${help_verify_level}" placeholder:"L"`
	Seen         string   `help:"${help_verify_seen}" placeholder:"FILE"`
	Revocations  string   `help:"${help_verify_revocations}" placeholder:"FILE"`
	At           string   `help:"${help_verify_at}" placeholder:"TIME"`
	Request      string   `help:"${help_verify_request}" placeholder:"FILE"`
	RequireRole  []string `help:"${help_verify_roles}" placeholder:"R"`
	RequireChain bool     `help:"${help_verify_chain}"`
	Witness      []string `help:"${help_ledger_wkey}" placeholder:"KEY"`
	TSACert      []string `name:"tsa-cert" help:"${help_verify_tsa}" placeholder:"FILE"`
	With         []string `help:"${help_verify_files}" placeholder:"FILE" sep:"none"`
}

// Run verifies a bundle offline: nothing but the file and what is given here is looked at.
func (c *verifyCmd) Run(p *program) error {
	opt, err := c.options(p)
	if err != nil {
		return err
	}
	b, err := readFile(c.File)
	if err != nil {
		return err
	}
	report := verify.Bundle(b, opt)
	if err := p.print(relay.ReportOf(report, p.lang), func() { p.printReport(report) }); err != nil {
		return err
	}
	switch verify.ExitCode(report) {
	case 0:
		return nil
	case 6:
		return errSilent(lang.Unreadable)
	}
	return errSilent(lang.Unverified)
}

func (c *verifyCmd) options(p *program) (verify.Options, error) {
	opt := verify.Options{At: p.now().UTC()}
	if c.At != "" {
		at, err := parseTime(c.At)
		if err != nil {
			return opt, err
		}
		opt.At = at
	}
	if c.RequireLevel != "" {
		level, err := parseLevel(c.RequireLevel)
		if err != nil {
			return opt, err
		}
		opt.RequireLevel = level
	}
	if err := c.asked(&opt); err != nil {
		return opt, err
	}
	for _, w := range c.Witness {
		text, err := keyOrFile(w)
		if err != nil {
			return opt, err
		}
		k, err := verify.ParseWitnessKey(text)
		if err != nil {
			return opt, err
		}
		opt.Witnesses = append(opt.Witnesses, k)
	}
	for _, file := range c.TSACert {
		roots, err := parseWith(file, verify.ParseCertificates)
		if err != nil {
			return opt, err
		}
		opt.TimeStampers = append(opt.TimeStampers, roots...)
	}
	for _, file := range c.Trust {
		keys, err := parseWith(file, verify.ParseTrust)
		if err != nil {
			return opt, err
		}
		opt.Trust = append(opt.Trust, keys...)
	}
	var err error
	if c.Seen != "" {
		if opt.Seen, err = parseWith(c.Seen, verify.ParseSeen); err != nil {
			return opt, err
		}
	}
	if c.Revocations != "" {
		if opt.Revocations, err = parseWith(c.Revocations, verify.ParseRevocations); err != nil {
			return opt, err
		}
	}
	return opt, nil
}

// asked puts what the reader asked for, and the files they hold, into the options.
func (c *verifyCmd) asked(opt *verify.Options) error {
	opt.RequireChain = c.RequireChain
	roles, err := askedRoles(c.RequireRole, nil)
	if err != nil {
		return err
	}
	for _, r := range roles {
		opt.RequireRoles = append(opt.RequireRoles, r.Role)
	}
	for _, file := range c.With {
		b, err := readFile(file)
		if err != nil {
			return err
		}
		opt.Files = append(opt.Files, verify.Artifact{Name: filepath.Base(file), Digest: verify.Digest(b), Size: int64(len(b))})
	}
	if c.Request == "" {
		return nil
	}
	b, err := readFile(c.Request)
	if err != nil {
		return err
	}
	r, _, err := verify.OpenRequest(b)
	if err != nil {
		return err
	}
	opt.Request, opt.RequestFile = &r, verify.Digest(b)
	return nil
}

func parseWith[T any](file string, parse func([]byte) (T, error)) (T, error) {
	b, err := readFile(file)
	if err != nil {
		var zero T
		return zero, err
	}
	return parse(b)
}

// parseTime reads an instant (RFC 3339) or a day, which means its beginning in Japan.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, calendar.Japan); err == nil {
		return t.UTC(), nil
	}
	return time.Time{}, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」は日時として読めません", "%q is not a time", s),
		Next: lang.T("2026-04-01 又は 2026-04-01T09:00:00+09:00 の形で指定してください", "write it as 2026-04-01 or 2026-04-01T09:00:00+09:00")}
}

func (p *program) printReport(r verify.Report) {
	bundle := "\x00"
	for _, s := range r.Steps {
		if s.Bundle != bundle {
			if bundle = s.Bundle; bundle != "" {
				p.printf("上流のバンドル %s", "upstream bundle %s", bundle)
			}
		}
		mark := "✓"
		if !s.OK {
			mark = "✕"
		}
		line := fmt.Sprintf("%s %s: %s", mark, verify.StepTitle(s.Name).In(p.lang), s.Detail.In(p.lang))
		if s.Where != "" && !s.OK {
			line += " [" + s.Where + "]"
		}
		fmt.Fprintln(p.out, shown(line))
	}
	for _, l := range r.Chain {
		if l.Issuer == "" {
			continue
		}
		p.printf("— %s（%s %s、%s、水準 %s、署名 %s）", "— %s (%s %s, %s, level %s, signed by %s)", l.Issuer, l.Object, l.Version, l.Kind.Title().In(p.lang), l.Level.Title().In(p.lang), l.Signer)
		if l.Sender != l.Issuer || l.Recipient != "" {
			p.printf("  %s から %s へ、%s に渡されました", "  handed over by %s to %s on %s", l.Sender, cmp.Or(l.Recipient, lang.T("宛先の指定なし", "anybody").In(p.lang)), l.HandedOver.In(calendar.Japan).Format(time.DateOnly))
		}
	}
	if len(r.Changes) > 0 {
		p.printf("前回の宣言からの変更:", "changed since the last declaration:")
		for _, ch := range r.Changes {
			p.printf("  ・%s", "  - %s", ch.Detail.In(p.lang))
		}
	}
	if len(r.NotChecked) > 0 {
		p.printf("確認していないこと:", "not checked:")
		for _, u := range r.NotChecked {
			p.printf("  ・%s", "  - %s", u.Detail.In(p.lang))
		}
	}
	fmt.Fprintln(p.out, shown(r.Summary().In(p.lang)))
}
