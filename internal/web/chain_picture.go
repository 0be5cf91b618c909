package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/verify"
)

// dealLinks gives the parties of a deal as a chain from the customer inwards: whoever engaged a party stands before it, and
// where that is not said, the tier before. Of each it says what it declared to us, and where the chain breaks.
func (b Base) dealLinks(m chain.Model, a chain.Arrangement, found []chain.Finding, received []receivedView, requests []relay.RequestLine) []chart.Link {
	names, ours := partyNames(m), ourParties(m)
	var order []string
	of := map[string][]chain.Engagement{}
	for _, e := range a.Engagements {
		if of[e.Party] == nil {
			order = append(order, e.Party)
		}
		of[e.Party] = append(of[e.Party], e)
	}
	slices.SortStableFunc(order, func(x, y string) int { return cmp.Compare(rank(of[x]), rank(of[y])) })
	place := map[string]int{}
	var out []chart.Link
	for i, id := range order {
		k := chart.Link{Name: cmp.Or(names[id], id), Parent: parent(order[:i], of, id), Level: b.Level(a.Level)}
		var roles []string
		for _, e := range of[id] {
			if word := b.Role(e.Role); !slices.Contains(roles, word) {
				roles = append(roles, word)
			}
			k.Level = b.Level(e.Level(a))
		}
		k.Roles = b.Join(roles)
		b.linkStands(&k, a, of[id], id, ours[id], received, requests)
		for _, f := range found {
			if f.Arrangement == a.ID && f.Severity != chain.Warn && slices.Contains(f.Parties, id) {
				k.State, k.Broken = chart.LinkBroken, b.Text(f.What)
			}
		}
		place[id] = i
		out = append(out, k)
	}
	return out
}

// rank is how far from the customer a party stands.
func rank(es []chain.Engagement) int {
	out := 1
	for i, e := range es {
		n := 1
		switch rest, sub := strings.CutPrefix(e.Tier, "sub-"); {
		case e.Tier == "customer" || e.Tier == "" && e.Role == guideline.Customer:
			n = 0
		case sub:
			if d, err := strconv.Atoi(rest); err == nil {
				n = 1 + d
			}
		}
		if i == 0 || n < out {
			out = n
		}
	}
	return out
}

// parent finds whom a party hands on to among those before it.
func parent(before []string, of map[string][]chain.Engagement, id string) int {
	for _, e := range of[id] {
		if i := slices.Index(before, e.EngagedBy); i >= 0 {
			return i
		}
	}
	own := rank(of[id])
	best := -1
	for i, other := range before {
		if r := rank(of[other]); r < own && (best < 0 || r > rank(of[before[best]])) {
			best = i
		}
	}
	return best
}

// linkStands says what a party of a deal declared to us.
func (b Base) linkStands(k *chart.Link, a chain.Arrangement, es []chain.Engagement, id string, ours bool, received []receivedView, requests []relay.RequestLine) {
	upstream := slices.ContainsFunc(es, func(e chain.Engagement) bool { return e.Role != guideline.Customer })
	switch {
	case ours:
		k.State, k.Said = chart.LinkHolds, b.T("自組織", "our organisation")
		return
	case !upstream:
		k.State, k.Said = chart.LinkStated, b.T("顧客", "customer")
		return
	}
	k.State, k.Said = chart.LinkUnknown, b.T("宣言は受け取っていません", "no declaration received")
	for _, r := range requests {
		if r.Party == id && r.Direction == fact.Sent && r.State == relay.RequestStated {
			k.State, k.Said, k.Href = chart.LinkStated, b.T("申告のみ（未検証）", "stated only, not verified"), "/requests/"+r.Digest
		}
	}
	for _, got := range received { // the latest first
		if got.Party != id || got.Software != "" && a.Software != "" && got.Software != a.Software {
			continue
		}
		k.State, k.Said, k.Href = chart.LinkHolds, b.DeclarationKind(got.Kind)+b.Par(b.Level(guideline.Level(got.Level))), "/evidence/"+got.Digest
		switch {
		case got.Lapsed:
			k.State, k.Broken = chart.LinkBroken, b.F("宣言の有効期限（%s）が過ぎています", "its declaration ended on %s", b.Day(got.ValidUntil))
		case !guideline.Level(got.Level).Covers(a.Level):
			k.State, k.Broken = chart.LinkBroken, b.T("宣言の水準が、求める水準より低くなっています", "declared at a lower level than asked for")
		}
		return
	}
}

// Chain draws the chain of a verified bundle: the outermost first, then every supplier's, and where it breaks.
func (p *verifiedPage) Chain() figure {
	return p.Figure(chart.Chain(p.Lang, "verified", p.T("検証した連鎖", "The verified chain"), p.reportLinks(p.Report)), "")
}

// reportLinks gives the bundles of a report, and the parties that are named in it without one.
func (b Base) reportLinks(r verify.Report) []chart.Link {
	var out []chart.Link
	place := map[string]int{}
	parentOf := func(bundle string, depth int) int {
		if depth == 0 {
			return -1
		}
		outer := ""
		if i := strings.LastIndex(bundle, " > "); i >= 0 {
			outer = bundle[:i]
		}
		if i, ok := place[outer]; ok {
			return i
		}
		return -1
	}
	for _, l := range r.Chain {
		var roles []string
		for _, role := range l.Roles {
			roles = append(roles, b.Role(role))
		}
		k := chart.Link{Name: cmp.Or(strings.TrimSpace(l.Issuer), b.T("（発行者は不明）", "(issuer unknown)")), Parent: parentOf(l.Bundle, l.Depth), Roles: b.Join(roles), State: chart.LinkHolds, Said: b.T("検証に通りました", "it holds")}
		if what := strings.TrimSpace(l.Object + " " + l.Version); what != "" {
			k.Name += b.T("：", ": ") + what
		}
		if l.Level != "" {
			k.Level = b.Level(l.Level)
		}
		switch {
		case !l.Embedded:
			k.State, k.Said = chart.LinkUnknown, b.T("ダイジェストのみ（内容は未確認）", "by digest only, content not seen")
		case !l.OK:
			k.State, k.Said, k.Broken = chart.LinkBroken, b.T("通らない点があります", "it does not hold"), b.brokenAt(r, l.Bundle)
		case l.Shown == 0 && l.Withheld > 0:
			k.State, k.Said = chart.LinkStated, b.T("回答は非開示（署名者の申告による）", "answers withheld: on its signer's word")
		}
		place[l.Bundle] = len(out)
		out = append(out, k)
	}
	for _, u := range r.NotChecked {
		if at, ok := place[u.Bundle]; ok && u.Name == "upstream_missing" {
			out = append(out, chart.Link{Name: b.T("宣言のない供給元", "suppliers without a declaration"), Parent: at, State: chart.LinkUnknown, Said: b.T("ここで途切れます", "it ends here"), Broken: b.Text(u.Detail)})
		}
	}
	return out
}

// brokenAt gives the names of the steps of a bundle that do not hold.
func (b Base) brokenAt(r verify.Report, bundle string) string {
	var out []string
	for _, s := range r.Steps {
		if s.Bundle == bundle && !s.OK {
			out = append(out, b.Step(s.Name))
		}
	}
	return b.Join(out)
}
