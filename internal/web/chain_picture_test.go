package web

import (
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/verify"
)

// A deal's chain goes from the customer inwards, and breaks where a declaration lapsed, is too low, or a duty is nobody's.
func TestDealLinks(t *testing.T) {
	b := sampleBase(lang.JA)
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "自社", Self: true}, {ID: "c", Name: "顧客"}, {ID: "s", Name: "下請"}, {ID: "t", Name: "孫請"}, {ID: "u", Name: "別の下請"}, {ID: "n", Name: "未回答"}}}
	a := chain.Arrangement{ID: "a", Software: "sw", Level: guideline.Standard, Engagements: []chain.Engagement{
		{ID: "e4", Party: "t", Role: guideline.Developer, Tier: "sub-2", EngagedBy: "s"}, {ID: "e3", Party: "s", Role: guideline.Developer, Tier: "sub-1", EngagedBy: "us"},
		{ID: "e1", Party: "c", Role: guideline.Customer, Tier: "customer"}, {ID: "e2", Party: "us", Role: guideline.Supplier, Tier: "prime"},
		{ID: "e5", Party: "u", Role: guideline.Operator, Tier: "sub-1"}, {ID: "e6", Party: "n", Role: guideline.Operator, Tier: "sub-1"}}}
	received := []receivedView{
		{Received: fact.Received{Party: "s", Kind: "declaration", Level: "minimum", Software: "sw"}, Digest: "d1"},
		{Received: fact.Received{Party: "t", Kind: "declaration", Level: "standard", Software: "sw"}, Digest: "d2", Lapsed: true},
		{Received: fact.Received{Party: "u", Kind: "declaration", Level: "standard"}, Digest: "d3"}}
	found := []chain.Finding{{Arrangement: "a", Severity: chain.Gap, Parties: []string{"us"}, What: lang.T("誰も負っていません", "nobody answers")}, {Arrangement: "b", Severity: chain.Gap, Parties: []string{"n"}}}
	links := b.dealLinks(m, a, found, received, nil)
	var got []string
	for _, k := range links {
		to := "-"
		if k.Parent >= 0 {
			to = links[k.Parent].Name
		}
		got = append(got, k.Name+">"+to+" "+string(k.State))
	}
	want := "顧客>- stated, 自社>顧客 broken, 下請>自社 broken, 別の下請>自社 holds, 未回答>自社 unknown, 孫請>下請 broken"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("the chain is\n%s\nwant\n%s", s, want)
	}
}

// The picture of a verified bundle has a line for every bundle and says at whose the chain breaks.
func TestReportLinks(t *testing.T) {
	b := sampleBase(lang.EN)
	r := verify.Report{Chain: []verify.Link{{OK: true, Embedded: true, Issuer: "Vendor"}, {Bundle: "a", Depth: 1, Embedded: true, Issuer: "Maker"}, {Bundle: "a > b", Depth: 2}, {Bundle: "c", Depth: 1, Embedded: true, OK: true, Issuer: "Other", Withheld: 3}},
		Steps:      []verify.Step{{Name: verify.StepValidity, Bundle: "a"}},
		NotChecked: []verify.Unchecked{{Name: "upstream_missing", Bundle: "c", Detail: lang.T("x", "no bundle of Third")}}}
	links := b.reportLinks(r)
	if len(links) != 5 || links[1].Broken != "validity" || links[2].Parent != 1 || links[2].State != chart.LinkUnknown || links[3].State != chart.LinkStated || links[4].Parent != 3 || links[4].Broken != "no bundle of Third" {
		t.Errorf("links: %+v", links)
	}
}
