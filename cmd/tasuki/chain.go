package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
)

type chainCmd struct {
	Apply    chainApplyCmd    `cmd:"" help:"${help_chain_apply}"`
	Check    chainCheckCmd    `cmd:"" help:"${help_chain_check}"`
	Show     chainShowCmd     `cmd:"" help:"${help_chain_show}"`
	Template chainTemplateCmd `cmd:"" help:"${help_chain_template}"`
	Duties   chainDutiesCmd   `cmd:"" help:"${help_chain_duties}"`
}

type chainApplyCmd struct {
	File   string `arg:"" help:"${help_chain_file}"`
	Create bool   `help:"${help_create}"`
}

// Run lays a picture of the deal over what the workspace knows and stores it, unless it contradicts itself or a rule
// that blocks.
func (c *chainApplyCmd) Run(p *program) error {
	given, err := p.readModel(c.File)
	if err != nil {
		return err
	}
	open := p.open
	if c.Create {
		open = p.openOrMake
	}
	db, err := open()
	if err != nil {
		return err
	}
	defer db.Close()
	result, err := office.ApplyModel(p.ctx, db, p.actor(), given, p.lang)
	if err != nil {
		return err
	}
	if err := p.printChain(result); err != nil {
		return err
	}
	if !result.Applied {
		return errSilent(lang.Unreadable)
	}
	return nil
}

type chainCheckCmd struct {
	File string `arg:"" optional:"" help:"${help_chain_file}"`
}

// Run holds a file, or what the workspace knows, against the responsibility rules without changing anything.
func (c *chainCheckCmd) Run(p *program) error {
	m, err := p.modelFrom(c.File)
	if err != nil {
		return err
	}
	result := office.CheckModel(m, p.lang)
	if err := p.printChain(result); err != nil {
		return err
	}
	if len(result.Problems) > 0 {
		return errSilent(lang.Unreadable)
	}
	for _, f := range result.Findings {
		if f.Severity != chain.Warn {
			return errSilent(lang.Gate)
		}
	}
	return nil
}

type chainShowCmd struct{}

// Run prints what the workspace knows of the chain, in the form that `chain apply` reads.
func (chainShowCmd) Run(p *program) error {
	m, err := p.modelFrom("")
	if err != nil {
		return err
	}
	return p.printModel(m)
}

type chainTemplateCmd struct {
	ID       string            `arg:"" help:"${help_chain_tplid}"`
	Software string            `help:"${help_software}" required:""`
	Level    string            `help:"${help_level}" default:"standard"`
	Reason   string            `help:"${help_chain_reason}"`
	Prefix   string            `help:"${help_chain_prefix}"`
	Name     map[string]string `help:"${help_chain_name}" placeholder:"KEY=NAME"`
	Party    map[string]string `help:"${help_chain_party}" placeholder:"KEY=ID"`
	Self     string            `help:"${help_chain_self}" placeholder:"KEY"`
}

// Run prints a deal made from a use case of table 4, ready to be changed and applied.
func (c *chainTemplateCmd) Run(p *program) error {
	t, ok := guideline.Default().Template(strings.ToLower(c.ID))
	if !ok {
		return &lang.Error{Kind: lang.Usage, What: lang.F("表4に「%s」という例はありません", "table 4 has no use case %q", c.ID),
			Next: lang.T("a から f までを指定してください", "use a to f")}
	}
	level, err := parseLevel(c.Level)
	if err != nil {
		return err
	}
	if c.Self != "" && !slices.ContainsFunc(t.Parties, func(r guideline.TemplateParty) bool { return r.Key == c.Self }) {
		var keys []string
		for _, r := range t.Parties {
			keys = append(keys, r.Key)
		}
		return &lang.Error{Kind: lang.Usage, What: lang.F("例 %s に「%s」という行はありません", "use case %s has no row %q", t.ID, c.Self),
			Next: lang.F("次から選んでください: %s", "choose one of: %s", strings.Join(keys, ", "))}
	}
	return p.printModel(chain.FromTemplate(t, chain.Start{Prefix: c.Prefix, Software: c.Software, Level: level, LevelReason: c.Reason,
		Parties: c.Party, Names: c.Name, Self: c.Self, Lang: p.lang}))
}

type chainDutiesCmd struct {
	File  string `arg:"" optional:"" help:"${help_chain_file}"`
	Party string `help:"${help_party}"`
}

// Run prints the duties of every party, or of one.
func (c *chainDutiesCmd) Run(p *program) error {
	m, err := p.modelFrom(c.File)
	if err != nil {
		return err
	}
	duties := []chain.Duty{}
	for _, d := range chain.Duties(guideline.Default(), m) {
		if c.Party == "" || d.Party == c.Party {
			duties = append(duties, d)
		}
	}
	return p.print(duties, func() {
		rows := [][]string{}
		for _, d := range duties {
			in, _ := guideline.Default().Individual(d.Requirement)
			rows = append(rows, []string{d.Party, d.Role.Title().In(p.lang), chain.StanceName(d.Stance).In(p.lang),
				d.Level.Title().In(p.lang), string(d.Requirement), in.Title.In(p.lang)})
		}
		p.table(rows)
		p.printf("%d 件", "%d duties", len(duties))
	})
}

// readModel reads a picture of the deal from YAML or JSON, strictly.
func (p *program) readModel(file string) (chain.Model, error) {
	var m chain.Model
	r := p.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return m, cannotOpen(file, err)
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, office.MaxModel+1))
	if err != nil {
		return m, fmt.Errorf("read %s: %w", file, err)
	}
	return office.ReadModel(file, b)
}

// modelFrom reads a file, or the workspace when none is named.
func (p *program) modelFrom(file string) (chain.Model, error) {
	if file != "" {
		return p.readModel(file)
	}
	db, err := p.open()
	if err != nil {
		return chain.Model{}, err
	}
	defer db.Close()
	return db.LoadModel(p.ctx)
}

func (p *program) printChain(r office.ModelCheck) error {
	return p.print(r, func() {
		for _, pr := range r.Problems {
			p.printf("%s: %s", "%s: %s", pr.Where, pr.What)
		}
		for _, f := range r.Findings {
			p.printf("%s %s（%s）%s", "%s %s (%s) %s", severityMark(f.Severity), f.Rule, f.Section, f.What.In(p.lang))
			p.printf("    → %s", "    → %s", f.Next.In(p.lang))
		}
		switch {
		case r.Applied:
			p.printf("登録しました。確認事項 %d 件", "applied; %d findings", len(r.Findings))
		case len(r.Problems) > 0 || len(chain.Blocking(r.Findings)) > 0:
			p.printf("登録していません", "not applied")
		default:
			p.printf("確認事項 %d 件", "%d findings", len(r.Findings))
		}
	})
}

func severityMark(s chain.Severity) string {
	switch s {
	case chain.Block:
		return "✕"
	case chain.Gap:
		return "▲"
	}
	return "△"
}

func (p *program) printModel(m chain.Model) error {
	if p.json {
		return p.print(m, nil)
	}
	b, err := yaml.MarshalWithOptions(m, yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	_, err = p.out.Write(b)
	return err
}
