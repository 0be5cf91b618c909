package web

import (
	"fmt"
	"net/http"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/chart"
)

// softwareChainPage is who takes part in the deals over one software, in which roles, and what the responsibility rules
// find.
type softwareChainPage struct {
	Base
	Head     softwareHead
	Deals    []dealView
	Findings []chain.Finding
	Gaps     []judging.GapLine // what nobody answers for
	Nobody   int               // components among them
}

type dealView struct {
	chain.Arrangement
	Rows       []dealRow
	Agreements []agreementView
	Picture    chart.Picture
}

type dealRow struct {
	Party  string
	Self   bool
	Tier   string
	Roles  map[guideline.Role][]chain.Engagement
	Levels []guideline.Level
	Duties int // distinct requirements
}

// At gives what the party holds of a role.
func (d dealRow) At(r guideline.Role) []chain.Engagement { return d.Roles[r] }

type agreementView struct {
	chain.Agreement
	Receiver, Giver, Fixes string // names
}

func (s *Server) softwareChain(w http.ResponseWriter, r *http.Request) error {
	b := s.base(r, "software", lang.Text{})
	head, m, err := s.softwareHead(r.Context(), b, r, "chain")
	if err != nil {
		return err
	}
	p := &softwareChainPage{Base: b, Head: head}
	p.Title = head.Software.Name + b.T("：体制", ": parties")
	for _, f := range chain.Check(guideline.Default(), m) {
		of := slices.ContainsFunc(m.Arrangements, func(a chain.Arrangement) bool { return a.ID == f.Arrangement && a.Software == head.Software.ID })
		if of || f.Subject == head.Software.ID {
			p.Findings = append(p.Findings, f)
		}
	}
	received, err := s.received(r.Context(), b, m)
	if err != nil {
		return err
	}
	requests, err := relay.Requests(r.Context(), s.db)
	if err != nil {
		return err
	}
	for _, a := range m.Arrangements {
		if a.Software == head.Software.ID {
			d := dealOf(m, a)
			d.Picture = chart.Chain(b.Lang, fmt.Sprintf("chain-%d", len(p.Deals)+1), b.F("「%s」の連鎖", "The chain of %s", a.Name), b.dealLinks(m, a, p.Findings, received, requests))
			p.Deals = append(p.Deals, d)
		}
	}
	about := fact.Subject{Kind: fact.Software, ID: head.Software.ID}
	if head.Release != "" {
		about = fact.Subject{Kind: fact.Release, ID: head.Release}
	}
	if p.Gaps, err = judging.Gaps(r.Context(), s.db, b.Lang, m, about); err != nil {
		return err
	}
	for _, g := range p.Gaps {
		if g.Component != "" {
			p.Nobody++
		}
	}
	return s.render(w, http.StatusOK, "software_chain", p)
}

func dealOf(m chain.Model, a chain.Arrangement) dealView {
	names, ours := partyNames(m), ourParties(m)
	d := dealView{Arrangement: a}
	duties := map[string]map[guideline.ID]bool{}
	for _, e := range a.Engagements {
		i := slices.IndexFunc(d.Rows, func(row dealRow) bool { return row.Party == names[e.Party] })
		if i < 0 {
			i = len(d.Rows)
			d.Rows = append(d.Rows, dealRow{Party: names[e.Party], Self: ours[e.Party], Tier: e.Tier, Roles: map[guideline.Role][]chain.Engagement{}})
			duties[names[e.Party]] = map[guideline.ID]bool{}
		}
		row := &d.Rows[i]
		row.Roles[e.Role] = append(row.Roles[e.Role], e)
		if l := e.Level(a); !slices.Contains(row.Levels, l) {
			row.Levels = append(row.Levels, l)
		}
		for _, id := range chain.RequirementsOf(guideline.Default(), a, e) {
			duties[row.Party][id] = true
		}
		row.Duties = len(duties[row.Party])
	}
	for _, g := range m.Agreements {
		about := slices.ContainsFunc(a.Engagements, func(e chain.Engagement) bool { return slices.Contains(g.Engagements, e.ID) })
		both := len(g.Engagements) == 0 && slices.ContainsFunc(a.Engagements, func(e chain.Engagement) bool { return e.Party == g.Receiver }) &&
			slices.ContainsFunc(a.Engagements, func(e chain.Engagement) bool { return e.Party == g.Giver })
		if about || both {
			d.Agreements = append(d.Agreements, agreementView{g, names[g.Receiver], names[g.Giver], names[g.VulnerabilityHandling]})
		}
	}
	return d
}

// Tier gives the word for a place in the chain.
func (b Base) Tier(t string) string {
	switch t {
	case "":
		return "—"
	case "customer":
		return b.T("顧客側", "customer side")
	case "prime":
		return b.T("プライム", "prime")
	}
	if len(t) > 4 && t[:4] == "sub-" {
		return b.F("%s次委託", "sub-contractor, tier %s", t[4:])
	}
	return t
}

// AgreementKind gives the guideline's word for a form of contract.
func (b Base) AgreementKind(k chain.AgreementKind) string {
	switch k {
	case chain.Sale:
		return b.T("販売契約", "sale")
	case chain.Licence:
		return b.T("使用許諾契約", "licence")
	case chain.ServiceUse:
		return b.T("利用契約", "service use")
	case chain.Operation:
		return b.T("運用契約", "operation")
	case chain.Contract:
		return b.T("請負契約", "contract for work")
	case chain.QuasiMandate:
		return b.T("準委任契約", "quasi-mandate")
	case chain.Maintenance:
		return b.T("保守契約", "maintenance")
	case chain.SharedPolicy:
		return b.T("共通の方針", "shared policy")
	}
	return string(k)
}

// Severity gives the word for what a finding of a responsibility rule asks for.
func (b Base) Severity(s chain.Severity) string {
	switch s {
	case chain.Block:
		return b.T("▲ 矛盾", "▲ contradiction")
	case chain.Gap:
		return b.T("○ 担い手なし", "○ nobody answers")
	}
	return b.T("! 要確認", "! please check")
}
