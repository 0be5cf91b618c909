package chain

import (
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// product is a sound deal over a software product: nothing to find.
func product() Model {
	return Model{
		Parties: []Party{
			{ID: "vendor", Name: "製品ベンダー", Self: true},
			{ID: "reseller", Name: "販売会社", Activities: []Activity{Sales}},
			{ID: "buyer", Name: "購入者"},
			{ID: "buyer-ops", Name: "運用部", Parent: "buyer", Unit: OperationUnit},
			{ID: "buyer-use", Name: "利用部", Parent: "buyer", Unit: UserUnit},
			{ID: "maker", Name: "部品メーカー"},
		},
		Software: []Software{{ID: "app", Name: "製品A", Kind: Product, Owner: "vendor"}},
		Releases: []Release{{ID: "app-1", Software: "app", Version: "1.0"}},
		Arrangements: []Arrangement{{ID: "deal", Software: "app", Level: guideline.Standard, LevelReason: "個人情報を扱う", Engagements: []Engagement{
			{ID: "e-dev", Party: "vendor", Role: guideline.Developer, Stance: guideline.Principal, EngagedBy: "reseller"},
			{ID: "e-sup", Party: "reseller", Role: guideline.Supplier, EngagedBy: "buyer-use"},
			{ID: "e-ops", Party: "buyer-ops", Role: guideline.Operator},
			{ID: "e-use", Party: "buyer-use", Role: guideline.Customer},
		}}},
		Agreements: []Agreement{
			{ID: "g-sale", Kind: Sale, Receiver: "buyer", Giver: "reseller"},
			{ID: "g-maint", Kind: Maintenance, Maintenance: MaintainService, Receiver: "buyer", Giver: "reseller", VulnerabilityHandling: "vendor"},
		},
	}
}

// system is a sound deal over a commissioned system.
func system() Model {
	return Model{
		Parties: []Party{
			{ID: "prime", Name: "請負会社", Self: true},
			{ID: "owner", Name: "発注者"},
			{ID: "owner-ops", Name: "運用部", Parent: "owner", Unit: OperationUnit},
			{ID: "owner-use", Name: "利用部", Parent: "owner", Unit: UserUnit},
			{ID: "sub", Name: "開発支援会社"},
		},
		Software: []Software{{ID: "sys", Name: "業務システム", Kind: InSystem, Owner: "prime"}},
		Systems:  []System{{ID: "s1", Name: "基幹業務", Owner: "owner"}},
		Arrangements: []Arrangement{{ID: "deal", Software: "sys", System: "s1", Level: guideline.Standard, LevelReason: "基幹業務", Engagements: []Engagement{
			{ID: "p-dev", Party: "prime", Role: guideline.Developer, Stance: guideline.Principal, Tier: "prime", EngagedBy: "owner-use"},
			{ID: "p-sup", Party: "prime", Role: guideline.Supplier, Stance: guideline.Principal, Tier: "prime"},
			{ID: "p-ops", Party: "prime", Role: guideline.Operator, Stance: guideline.Support, Tier: "prime"},
			{ID: "s-dev", Party: "sub", Role: guideline.Developer, Stance: guideline.Support, Tier: "sub-1", EngagedBy: "prime", Passed: []guideline.ID{"S(1)-3.3"}, SupportRange: "結合試験"},
			{ID: "o-ops", Party: "owner-ops", Role: guideline.Operator, Stance: guideline.Principal},
			{ID: "o-use", Party: "owner-use", Role: guideline.Customer},
		}}},
		Agreements: []Agreement{
			{ID: "g-dev", Kind: Contract, Receiver: "owner", Giver: "prime"},
			{ID: "g-ops", Kind: Operation, Receiver: "owner", Giver: "prime"},
			{ID: "g-maint", Kind: Maintenance, Maintenance: MaintainCompletion, Receiver: "owner", Giver: "prime", VulnerabilityHandling: "prime"},
			{ID: "g-sub", Kind: QuasiMandate, Receiver: "prime", Giver: "sub", RoleScope: "開発者（試験）"},
		},
	}
}

func service() Model {
	m := product()
	m.Software[0].Kind = Service
	a := &m.Arrangements[0]
	a.Engagements = append(a.Engagements,
		Engagement{ID: "v-sup", Party: "vendor", Role: guideline.Supplier},
		Engagement{ID: "v-ops", Party: "vendor", Role: guideline.Operator})
	a.Engagements = slices.DeleteFunc(a.Engagements, func(e Engagement) bool { return e.Party == "reseller" })
	a.Engagements[0].EngagedBy = "buyer-use"
	m.Agreements = []Agreement{{ID: "g-use", Kind: ServiceUse, Receiver: "buyer", Giver: "vendor",
		Boundary: []Boundary{{Layer: "基盤", Party: "vendor"}, {Layer: "アプリ", Party: "buyer-ops"}}}}
	return m
}

func edit(m Model, f func(*Model)) Model { f(&m); return m }

// engagement gives an engagement of the first arrangement to change.
func (m *Model) engagement(id string) *Engagement {
	es := m.Arrangements[0].Engagements
	return &es[slices.IndexFunc(es, func(e Engagement) bool { return e.ID == id })]
}

func (m *Model) drop(id string) {
	m.Arrangements[0].Engagements = slices.DeleteFunc(m.Arrangements[0].Engagements, func(e Engagement) bool { return e.ID == id })
}

func (m *Model) engage(e Engagement) {
	m.Arrangements[0].Engagements = append(m.Arrangements[0].Engagements, e)
}

// One sound deal broken in one way per rule: the rule must find it, and name who or what it is about.
var breaks = map[string]struct {
	model Model
	named string
}{
	"R-1.3-01": {edit(product(), func(m *Model) { m.Software[0].Kind = "gadget" }), "gadget"},
	"R-1.3-03": {edit(product(), func(m *Model) {
		m.Parties[1].Activities = []Activity{Sales, WebScripting}
	}), "販売会社"},
	"R-1.3-04": {edit(product(), func(m *Model) { m.Parties[0].Activities = []Activity{Sales} }), "製品ベンダー"},
	"R-1.3-06": {edit(product(), func(m *Model) {
		m.engage(Engagement{ID: "x", Party: "maker", Role: guideline.Operator, Stance: guideline.Support})
	}), "部品メーカー"},
	"R-1.3-07": {edit(system(), func(m *Model) { m.engagement("s-dev").Tier = "third" }), "third"},
	"R-1.4-03": {edit(product(), func(m *Model) { m.engagement("e-dev").Role = "inventor" }), "inventor"},
	"R-1.4-04": {edit(product(), func(m *Model) { m.engage(Engagement{ID: "x", Party: "buyer-use", Role: guideline.Developer}) }), "利用部"},
	"R-1.4-05": {edit(product(), func(m *Model) { m.engage(Engagement{ID: "x", Party: "buyer-use", Role: guideline.Operator}) }), "利用部"},
	"R-1.4-06": {edit(system(), func(m *Model) { m.drop("o-ops") }), "運用部"},
	"R-1.4-07": {edit(system(), func(m *Model) {
		m.Parties = append(m.Parties, Party{ID: "owner-dev", Name: "開発部", Parent: "owner", Unit: DevelopmentUnit})
	}), "開発部"},
	"R-1.4-08": {edit(product(), func(m *Model) { m.engagement("e-dev").Stance = "boss" }), "boss"},
	"R-1.4-09": {edit(product(), func(m *Model) { m.engagement("e-dev").Stance = guideline.Support }), "製品ベンダー"},
	"R-1.4-10": {edit(system(), func(m *Model) { m.engagement("s-dev").Stance = guideline.Principal }), "開発支援会社"},
	"R-1.4-11": {edit(product(), func(m *Model) { m.drop("e-sup") }), "供給者"},
	"R-1.4-13": {edit(product(), func(m *Model) { m.engagement("e-dev").Party = "buyer-ops" }), "運用部"},
	"R-1.4-14": {edit(product(), func(m *Model) { m.Parties[1].Activities = nil }), "販売会社"},
	"R-1.4-15": {edit(product(), func(m *Model) { m.engagement("e-ops").Party = "vendor" }), "製品ベンダー"},
	"R-1.4-16": {edit(service(), func(m *Model) { m.drop("v-ops") }), "運用者"},
	"R-1.4-18": {edit(product(), func(m *Model) { m.Software[0].Kind, m.Software[0].Owner = Embedded, "maker" }), "部品メーカー"},
	"R-1.4-19": {edit(product(), func(m *Model) { m.Software[0].Kind = Embedded; m.engagement("e-ops").Party = "vendor" }), "製品ベンダー"},
	"R-1.4-20": {edit(system(), func(m *Model) { m.Systems[0].Owner = "sub" }), "開発支援会社"},
	"R-1.4-22": {edit(system(), func(m *Model) { m.engagement("o-ops").Stance = guideline.Support }), "業務システム"},
	"R-1.4-23": {edit(product(), func(m *Model) {
		m.engage(Engagement{ID: "x", Party: "maker", Role: guideline.Developer, Stance: guideline.Support})
		m.Components = []ComponentRule{{ID: "c1", Pattern: "pkg:generic/part", Party: "maker"}}
	}), "部品メーカー"},
	"R-1.4-24": {edit(product(), func(m *Model) {
		m.Software = append(m.Software, Software{ID: "lib", Name: "社内部品", Kind: Product})
		m.Components = []ComponentRule{{ID: "c1", Pattern: "pkg:generic/lib", Software: "lib"}}
	}), "社内部品"},
	"R-1.4-29": {edit(product(), func(m *Model) { m.Agreements[1].VulnerabilityHandling = "reseller" }), "販売会社"},
	"R-1.4-30": {edit(product(), func(m *Model) { m.Agreements = m.Agreements[1:] }), "製品A"},
	"R-1.4-31": {edit(service(), func(m *Model) { m.Agreements[0].Boundary = nil }), "運用部"},
	"R-1.4-32": {edit(system(), func(m *Model) { m.drop("p-ops") }), "請負会社"},
	"R-1.4-33": {edit(system(), func(m *Model) { m.drop("p-sup") }), "供給者"},
	"R-1.4-34": {edit(system(), func(m *Model) { m.Agreements[3].RoleScope = "" }), "開発支援会社"},
	"R-1.4-36": {edit(system(), func(m *Model) { m.Agreements = m.Agreements[:2] }), "業務システム"},
	"R-1.4-38": {edit(product(), func(m *Model) { m.Agreements[1].Maintenance = MaintainInformation; m.drop("e-ops") }), "購入者"},
	"R-1.4-39": {edit(product(), func(m *Model) { m.Agreements[1].VulnerabilityHandling = "" }), "製品A"},
	"R-1.4-40": {edit(system(), func(m *Model) { m.Agreements[2].VulnerabilityHandling = "" }), "業務システム"},
	"R-1.5-01": {edit(product(), func(m *Model) { m.Parties[0].Activities = []Activity{CloudBase} }), "製品ベンダー"},
	"R-1.5-02": {edit(product(), func(m *Model) {
		m.engage(Engagement{ID: "x", Party: "maker", Role: guideline.Developer, Platform: true})
	}), "部品メーカー"},
	"R-1.5-03": {edit(product(), func(m *Model) {
		m.Software[0].Owner = "maker"
		m.Components = []ComponentRule{{ID: "c1", Pattern: "pkg:npm/left-pad", Adoption: "a1"}}
	}), "部品メーカー"},
	"R-1.5-04": {edit(system(), func(m *Model) { m.drop("p-sup") }), "請負会社"},
	"R-1.5-05": {edit(system(), func(m *Model) {
		m.Parties = append(m.Parties, Party{ID: "owner-use2", Name: "第二利用部", Parent: "owner", Unit: UserUnit})
	}), "第二利用部"},
	"R-4.1-02": {edit(product(), func(m *Model) { m.Arrangements[0].Level = "" }), "製品A"},
	"R-4.1-03": {edit(product(), func(m *Model) { m.Arrangements[0].LevelReason = " " }), "製品A"},
	"R-4.1-08": {edit(system(), func(m *Model) { m.engagement("s-dev").Passed = []guideline.ID{"S(6)-1.1"} }), "S(6)-1.1"},
	"R-4.2-01": {edit(product(), func(m *Model) {
		m.Agreements = append(m.Agreements, Agreement{ID: "g-x", Kind: Contract, Receiver: "vendor", Giver: "maker", Engagements: []string{"e-dev"}})
	}), "部品メーカー"},
	"R-4.2-03": {edit(system(), func(m *Model) { m.engagement("s-dev").LevelAsked = guideline.Minimum }), "開発支援会社"},
	"R-4.2-04": {edit(product(), func(m *Model) { m.engagement("e-dev").LevelDeclared = guideline.Minimum }), "製品ベンダー"},
	"R-4.2-05": {edit(system(), func(m *Model) { m.drop("p-dev") }), "S(1)-1.1"},
	"R-4.2-06": {edit(system(), func(m *Model) { m.engagement("s-dev").LevelDeclared = guideline.Minimum }), "開発支援会社"},
	"R-4.2-07": {edit(system(), func(m *Model) {
		m.engagement("s-dev").Passed = []guideline.ID{"S(1)-3.3", "S(1)-4.1"} // 4.1 is the operator's
	}), "S(1)-4.1"},
	"R-4.2-08": {edit(system(), func(m *Model) { m.engagement("s-dev").SupportRange = "" }), "開発支援会社"},
	"R-4.2-10": {edit(system(), func(m *Model) { m.Arrangements[0].CustomerCSIRT = true; m.drop("o-ops") }), "業務システム"},
	"R-4.2-11": {edit(system(), func(m *Model) { m.Arrangements[0].CustomerCSIRT = true }), "請負会社"},
	"R-4.2-13": {edit(product(), func(m *Model) {
		m.Software = append(m.Software, Software{ID: "gen", Name: "生成ツール", Kind: Product})
		m.Software[0].GeneratedWith = "gen"
	}), "生成ツール"},
	"R-4.2-14": {edit(product(), func(m *Model) {
		m.Software = append(m.Software, Software{ID: "gen", Name: "生成ツール", Kind: Product})
		m.Software[0].GeneratedWith = "gen"
	}), "製品A"},
	"R-4.2-15": {edit(system(), func(m *Model) {
		m.Software = append(m.Software, Software{ID: "gen", Name: "生成ツール", Kind: Product})
		m.Software[0].GeneratedWith = "gen"
		m.Parties = append(m.Parties, Party{ID: "owner-dev", Name: "生成部", Parent: "owner"})
		m.engage(Engagement{ID: "x", Party: "owner-dev", Role: guideline.Developer, Stance: guideline.Support, Passed: []guideline.ID{"S(1)-1.1"}, SupportRange: "生成"})
	}), "生成部"},
	"R-4.2-17": {edit(product(), func(m *Model) { m.Software[0].GeneratedWith = "app" }), "製品A"},
}

func TestSoundDealsHaveNoFindings(t *testing.T) {
	for name, m := range map[string]Model{"product": product(), "system": system(), "service": service()} {
		for _, f := range Check(guideline.Default(), m) {
			t.Errorf("%s: %s %s", name, f.Rule, f.What.EN)
		}
		for _, p := range Validate(guideline.Default(), m) {
			t.Errorf("%s: %s %s", name, p.Where, p.What.EN)
		}
	}
}

func TestRules(t *testing.T) {
	for _, r := range rules() {
		t.Run(r.id, func(t *testing.T) {
			c, ok := breaks[r.id]
			if !ok {
				t.Fatal("no case breaks this rule")
			}
			found := slices.DeleteFunc(Check(guideline.Default(), c.model), func(f Finding) bool { return f.Rule != r.id })
			if len(found) == 0 {
				t.Fatal("the broken deal was not found")
			}
			f := found[0]
			if !strings.Contains(f.What.JA, c.named) {
				t.Errorf("the finding does not name %s: %s", c.named, f.What.JA)
			}
			if f.What.EN == "" || f.Next.JA == "" || f.Next.EN == "" || f.Section == "" || strings.Contains(f.What.EN+f.What.JA, "%!") {
				t.Errorf("the finding is not complete: %+v", f)
			}
			if _, ok := guideline.Default().Rule(r.id); !ok {
				t.Errorf("the guideline's rules do not have %s", r.id)
			}
		})
	}
	if len(breaks) != len(rules()) {
		t.Errorf("%d cases for %d rules", len(breaks), len(rules()))
	}
}

// R-1.3-07 in every way a chain can fail to lead to the customer, and in those in which it does.
func TestTiersLeadToTheCustomer(t *testing.T) {
	third := Engagement{ID: "x", Party: "third", Role: guideline.Developer, Stance: guideline.Support, SupportRange: "例", Passed: []guideline.ID{"S(1)-3.3"}}
	for name, c := range map[string]struct {
		change func(*Model)
		named  string // empty: nothing is found
	}{
		"engaged by nobody of the deal":  {func(m *Model) { x := third; x.EngagedBy = "stranger"; m.engage(x) }, "途切れています"},
		"one tier further down":          {func(m *Model) { x := third; x.EngagedBy, x.Tier = "sub", "sub-2"; m.engage(x) }, ""},
		"nearer than whoever engaged it": {func(m *Model) { x := third; x.EngagedBy, x.Tier = "sub", "sub-1"; m.engage(x) }, "顧客に近く"},
		"in a circle": {func(m *Model) {
			x := third
			x.EngagedBy, x.Tier = "sub", "sub-2"
			m.engage(x)
			m.engagement("s-dev").EngagedBy = "third"
		}, "互いの委託元"},
		"in a circle of one organisation":  {func(m *Model) { m.engagement("p-dev").EngagedBy = "prime" }, ""},
		"prime, engaged by another (1.5①)": {func(m *Model) { x := third; x.EngagedBy, x.Tier = "sub", "prime"; m.engage(x) }, ""},
		"each way for another role":        {func(m *Model) { m.engagement("p-ops").EngagedBy = "sub" }, ""},
	} {
		m := edit(system(), c.change)
		m.Parties = append(m.Parties, Party{ID: "third", Name: "再委託先"}, Party{ID: "stranger", Name: "部外者"})
		found := slices.DeleteFunc(Check(guideline.Default(), m), func(f Finding) bool { return f.Rule != "R-1.3-07" })
		if c.named == "" && len(found) > 0 || c.named != "" && (len(found) == 0 || !strings.Contains(found[0].What.JA, c.named)) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// Every use case of table 4 builds, holds against the blocking rules, and gives every party the duties of tables 5, 6.
func TestTemplates(t *testing.T) {
	c := guideline.Default()
	rows := 0
	for _, tpl := range c.Templates() {
		t.Run(tpl.ID, func(t *testing.T) {
			rows += len(tpl.Parties)
			for _, level := range []guideline.Level{guideline.Minimum, guideline.Standard} {
				m := FromTemplate(tpl, Start{Prefix: tpl.ID + "-", Software: "対象", Level: level, LevelReason: "例", Lang: lang.JA})
				for _, p := range Validate(c, m) {
					t.Errorf("%s: %s %s", level, p.Where, p.What.EN)
				}
				for _, f := range Check(c, m) {
					if f.Severity != Warn {
						t.Errorf("%s: %s %s", level, f.Rule, f.What.EN)
					}
				}
				got := map[string]map[guideline.ID]bool{}
				for _, d := range Duties(c, m) {
					if got[d.Party] == nil {
						got[d.Party] = map[guideline.ID]bool{}
					}
					got[d.Party][d.Requirement] = true
				}
				for _, p := range tpl.Parties {
					var roles []guideline.Role
					for _, r := range p.Roles {
						roles = append(roles, r.Role)
					}
					want := c.Duties(roles, level)
					if len(got[tpl.ID+"-"+p.Key]) != len(want) {
						t.Errorf("%s %s: %d duties, tables 5 and 6 say %d", level, p.Key, len(got[tpl.ID+"-"+p.Key]), len(want))
					}
				}
			}
		})
	}
	if rows != 32 {
		t.Errorf("%d party rows, table 4 has 32", rows)
	}
}

func TestCover(t *testing.T) {
	m := product()
	m.Software = append(m.Software, Software{ID: "lib", Name: "社内部品", Owner: "vendor"})
	m.Components = []ComponentRule{
		{ID: "r1", Pattern: "pkg:generic/part*", Party: "maker"},
		{ID: "r2", Pattern: "pkg:generic/part-two", Software: "lib"},
		{ID: "r3", Pattern: "pkg:npm/left-pad", Adoption: "not-approved"},
	}
	adoptions := []Adoption{{ID: "a1", Pattern: "pkg:npm/*", Party: "vendor"}}
	components := []Component{
		{Name: "part-one", PURL: "pkg:generic/part-one@1"}, {Name: "part-two", PURL: "pkg:generic/part-two@2?x=y"},
		{Name: "left-pad", PURL: "pkg:npm/left-pad@1.3.0"}, {Name: "stray", PURL: "pkg:golang/example.com/stray@v1"}, {Name: "nameless"},
	}
	want := []Answer{
		{Component: components[0], Party: "maker", By: "rule", Rule: "r1"},
		{Component: components[1], Party: "vendor", By: "software", Rule: "r2", Software: "lib"},
		{Component: components[2], Party: "vendor", By: "adoption", Rule: "a1"},
		{Component: components[3]}, {Component: components[4]},
	}
	got := Cover(m, "app-1", components, adoptions)
	if !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	fs := Unanswered(m.Releases[0], got)
	if len(fs) != 2 || !strings.Contains(fs[0].What.JA, "pkg:golang/example.com/stray@v1") || !strings.Contains(fs[1].What.JA, "nameless") {
		t.Errorf("unanswered: %+v", fs)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, purl string
		want          bool
	}{
		{"pkg:npm/a@1", "pkg:npm/a@1", true}, {"pkg:npm/a@1", "pkg:npm/a@2", false},
		{"pkg:npm/a", "pkg:npm/a@2", true}, {"pkg:npm/a", "pkg:npm/ab@2", false},
		{"pkg:npm/@scope/a", "pkg:npm/@scope/a@2", true}, {"pkg:npm/%40scope/a", "pkg:npm/%40scope/a@2?x#y", true},
		{"pkg:npm/*", "pkg:npm/a@1", true}, {"*", "pkg:npm/a@1", false}, {"pkg:*", "pkg:npm/a@1", false}, {"", "", false},
	} {
		if got := Matches(c.pattern, c.purl); got != c.want {
			t.Errorf("Matches(%q, %q) = %v", c.pattern, c.purl, got)
		}
	}
}

func TestCorporateNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"7000012050002": true, // National Tax Agency
		"4000012090001": true, // Ministry of Economy, Trade and Industry
		"4000012090002": false, "400001209000": false, "400001209000a": false, "": false,
	} {
		if got := CorporateNumber(s); got != want {
			t.Errorf("CorporateNumber(%q) = %v", s, got)
		}
	}
}
