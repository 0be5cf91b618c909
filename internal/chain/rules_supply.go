package chain

import (
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Rules of section 1.4(2) and the code-generation case of 4.2: components, and who makes them.

// arrangementsOf calls f for every arrangement over the software that a component rule applies to: all arrangements of
// our software when the rule is for every release.
func (v view) arrangementsOf(r ComponentRule, f func(a Arrangement)) {
	software := ""
	for _, rel := range v.Releases {
		if rel.ID == r.Release {
			software = rel.Software
		}
	}
	for _, a := range v.Arrangements {
		if a.Software != "" && (software == "" || a.Software == software) {
			f(a)
		}
	}
}

func componentMakerAlsoSupplies(v view, found report) {
	for _, r := range v.Components {
		if r.Party == "" {
			continue
		}
		v.arrangementsOf(r, func(a Arrangement) {
			roles := providerRoles(a, r.Party)
			if len(roles) == 0 || holds(a, r.Party, guideline.Developer) && holds(a, r.Party, guideline.Supplier) {
				return
			}
			found(Finding{Arrangement: a.ID, Parties: []string{r.Party}, Subject: r.ID,
				What: lang.F("「%s」の部品 %s を提供する「%s」は、開発者と供給者の両方の役割を負っていません", "%[3]q gives the component %[2]s of %[1]q but does not hold both developer and supplier", v.target(a), r.Pattern, v.name(r.Party)),
				Next: lang.T("部品を提供する第三者は、部品の開発者であり、採用する開発者に対する供給者でもあります。不足する役割を加えてください", "whoever gives a component is its developer and its supplier towards the developer that takes it: add the missing role")})
		})
	}
}

func componentSoftwareHasDeveloper(v view, found report) {
	for _, r := range v.Components {
		if r.Software == "" {
			continue
		}
		held := slices.ContainsFunc(v.Arrangements, func(a Arrangement) bool {
			return a.Software == r.Software && len(holders(a, guideline.Developer)) > 0
		})
		if !held && v.software[r.Software].Owner == "" {
			found(Finding{Subject: r.ID,
				What: lang.F("内製の部品 %s（%s）に開発者の責務を負う関連事業者がいません", "nobody bears the developer's duties for the in-house component %s (%s)", r.Pattern, v.softwareName(r.Software)),
				Next: lang.T("その部品のソフトウェアに所有者を定めるか、開発者のいる体制を登録してください", "give that software an owner, or enter an arrangement with a developer")})
		}
	}
}

func (v view) softwareName(id string) string {
	if s, ok := v.software[id]; ok {
		return s.Name
	}
	return id
}

// externalResourceIsManaged: open source built in by an adoption is managed by whoever makes the software, in a provider
// role of the deal.
func externalResourceIsManaged(v view, found report) {
	for _, r := range v.Components {
		if r.Adoption == "" {
			continue
		}
		v.arrangementsOf(r, func(a Arrangement) {
			owner := v.software[a.Software].Owner
			if owner == "" || len(v.missingProviderRoles(a, owner)) < 3 {
				return
			}
			found(Finding{Arrangement: a.ID, Parties: []string{owner}, Subject: r.ID,
				What: lang.F("外部リソースの部品 %s を組み込む「%s」が、「%s」で開発者・供給者・運用者のどれも担っていません", "%[2]q builds in the external resource %[1]s but is neither developer, supplier nor operator of %[3]q", r.Pattern, v.name(owner), v.target(a)),
				Next: lang.T("利用の形に応じた役割を加えてください", "give it the role that fits the way it uses the resource")})
		})
	}
}

// developerTakesDefectReports: the window for suspected defects and the whole fix belong to the developer. A supplier or
// operator named for it in a maintenance agreement, while the developer is somebody else, is asked about.
func developerTakesDefectReports(v view, found report) {
	for _, a := range v.Arrangements {
		for _, g := range v.Agreements {
			h := g.VulnerabilityHandling
			if h == "" || !v.covers(g, a) || v.orgHolds(a, v.org(h), guideline.Developer) {
				continue
			}
			found(Finding{Arrangement: a.ID, Parties: []string{h}, Subject: g.ID,
				What: lang.F("「%s」の脆弱性対応を担う「%s」は開発者の役割を負っていません", "%[2]q handles the vulnerabilities of %[1]q but is not a developer of it", v.target(a), v.name(h)),
				Next: lang.T("欠陥の通知の受付から修正までは開発者の責務です。開発者を指定するか、開発者の役割を加えてください", "from taking the report to the fix it is the developer's duty: name the developer, or add the role")})
		}
	}
}

// generated calls f for every arrangement over software that was made with a code generator.
func (v view) generated(f func(a Arrangement, s Software)) {
	for _, a := range v.Arrangements {
		if s := v.software[a.Software]; s.GeneratedWith != "" {
			f(a, s)
		}
	}
}

func generatorHasMaker(v view, found report) {
	for _, s := range v.Software {
		if s.GeneratedWith == "" {
			continue
		}
		for _, role := range []guideline.Role{guideline.Developer, guideline.Supplier} {
			held := slices.ContainsFunc(v.Arrangements, func(a Arrangement) bool {
				return a.Software == s.GeneratedWith && len(holders(a, role)) > 0
			})
			if !held {
				found(Finding{Subject: s.GeneratedWith,
					What: lang.F("コード生成ツール「%s」に%sがいません", "the code generator %[1]q has no %[2]s", v.softwareName(s.GeneratedWith), role.Title()),
					Next: lang.T("ツールの提供者を、ソフトウェア製品としてのツールの開発者・供給者として登録してください", "enter the tool's provider as developer and supplier of the tool, a software product of its own")})
			}
		}
	}
}

func generatedSoftwareHasDeveloper(v view, found report) {
	v.generated(func(a Arrangement, s Software) {
		customers := v.customers(a)
		if slices.ContainsFunc(customers, func(org string) bool { return v.orgHolds(a, org, guideline.Developer) }) {
			return
		}
		found(Finding{Arrangement: a.ID, Parties: customers, Subject: s.ID,
			What: lang.F("コード生成ツールで作った「%s」の開発者の責務を、顧客側の誰も負っていません", "nobody on the customer's side bears the developer's duties for %q, which was made with a code generator", s.Name),
			Next: lang.T("生成した側（顧客の開発部門など）を開発者として登録し、仕様どおりに動くことの試験も担ってください", "enter whoever generated it (for example the customer's development unit) as developer; testing it against the specification goes with that")})
	})
}

// customerTestsGenerated: testing generated software against the customer's specification is the customer's own work.
func customerTestsGenerated(v view, found report) {
	v.generated(func(a Arrangement, s Software) {
		for _, e := range holders(a, guideline.Developer) {
			if v.isCustomer(a, e.Party) && !slices.Contains(RequirementsOf(v.catalog, a, e), "S(1)-3.3") {
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: "S(1)-3.3",
					What: lang.F("コード生成ツールで作った「%s」の試験を、生成した「%s」が担っていません", "%[2]q generated %[1]q but does not answer for its tests", s.Name, v.name(e.Party)),
					Next: lang.T("仕様どおりに動くことの試験（S(1)-3.3）を割当てに加えてください", "add the tests against the specification (S(1)-3.3) to what it answers for")})
			}
		}
	})
}

func generatorAndResultAreTwo(v view, found report) {
	for _, s := range v.Software {
		if s.GeneratedWith != "" && s.GeneratedWith == s.ID {
			found(Finding{Subject: s.ID,
				What: lang.F("「%s」がコード生成ツール自身と同じ登録になっています", "%q is entered as its own code generator", s.Name),
				Next: lang.T("ツールと生成したソフトウェアを別々に登録してください", "enter the tool and the generated software separately")})
		}
	}
}
