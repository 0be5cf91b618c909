package chain

import (
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Rules of chapter 4: levels along the chain, and what a support engagement may be limited to.

func levelIsAtLeastMinimum(v view, found report) {
	for _, a := range v.Arrangements {
		if a.Level != guideline.Minimum && a.Level != guideline.Standard {
			found(Finding{Arrangement: a.ID,
				What: lang.F("「%s」の水準が決まっていません", "no level is set for %q", v.target(a)),
				Next: lang.T("顧客が最低限又は標準を選んでください。最低限は全ての事業者と顧客が行うべきものです", "the customer chooses minimum or standard; minimum is what everybody should at least do")})
		}
	}
}

func levelHasReason(v view, found report) {
	for _, a := range v.Arrangements {
		if a.Level != "" && strings.TrimSpace(a.LevelReason) == "" {
			found(Finding{Arrangement: a.ID,
				What: lang.F("「%s」の水準（%s）を選んだ理由の記録がありません", "no reason is recorded for the level of %q (%s)", v.target(a), a.Level.Title()),
				Next: lang.T("扱う情報、保護の維持、脆弱性対応の即応性・確実性の観点から理由を記録してください", "record it along these lines: information handled, keeping its protection working, speed and certainty of response")})
		}
	}
}

func passedItemsFitTheClass(v view, found report) {
	for _, a := range v.Arrangements {
		for _, e := range a.Engagements {
			for _, id := range e.Passed {
				if (id.Category() == 6) != (e.Role == guideline.Customer) {
					found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: string(id),
						What: lang.F("「%s」（%s）に、責務区分の異なる %s が割り当てられています", "%q (%s) was given %s, which belongs to the other responsibility class", v.name(e.Party), e.Role.Title(), id),
						Next: lang.T("S(6) は顧客、S(1)〜S(5) はサイバーインフラ事業者の要求です。割当てを外してください", "S(6) is the customer's, S(1) to S(5) the providers': take it out")})
				}
			}
		}
	}
}

func everyPartyHasARole(v view, found report) {
	for _, g := range v.Agreements {
		if g.Kind == SharedPolicy || g.Kind == Licence {
			continue
		}
		for _, a := range v.Arrangements {
			named := slices.ContainsFunc(a.Engagements, func(e Engagement) bool { return slices.Contains(g.Engagements, e.ID) })
			if named && len(rolesOfOrg(v, a, v.org(g.Giver))) == 0 {
				found(Finding{Arrangement: a.ID, Parties: []string{g.Giver}, Subject: g.ID,
					What: lang.F("契約で「%s」に関わる「%s」の役割が決まっていません", "%[2]q takes part in %[1]q by contract but holds no role", v.target(a), v.name(g.Giver)),
					Next: lang.T("開発者・供給者・運用者のどれを担うかを登録してください", "enter which of developer, supplier and operator it is")})
			}
		}
	}
}

func rolesOfOrg(v view, a Arrangement, org string) []guideline.Role {
	var out []guideline.Role
	for _, r := range guideline.Roles {
		if v.orgHolds(a, org, r) {
			out = append(out, r)
		}
	}
	return out
}

// levelHoldsAlongTheChain: whoever engages a party works at a level no higher than what that party works at (R-4.2-03).
func levelHoldsAlongTheChain(v view, found report) {
	for _, a := range v.Arrangements {
		for _, e := range a.Engagements {
			for _, up := range a.Engagements {
				if e.EngagedBy == "" || e.EngagedBy != up.Party || e.Party == up.Party || held(a, e).Covers(held(a, up)) {
					continue
				}
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party, up.Party}, Subject: e.ID,
					What: lang.F("「%s」（%s）の水準が、委託元「%s」（%s）より低くなっています", "%q (%s) works at a lower level than %q (%s), which engaged it", v.name(e.Party), held(a, e).Title(), v.name(up.Party), held(a, up).Title()),
					Next: lang.T("サプライチェーン全体で水準をそろえてください", "bring the chain to one level")})
				break
			}
		}
	}
}

// held is the level an engagement declares, else the one it works at.
func held(a Arrangement, e Engagement) guideline.Level {
	if e.LevelDeclared != "" {
		return e.LevelDeclared
	}
	return e.Level(a)
}

func levelMeetsTheCustomers(v view, found report) {
	for _, a := range v.Arrangements {
		for _, e := range a.Engagements {
			if a.Level == "" || held(a, e).Covers(a.Level) {
				continue
			}
			found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
				What: lang.F("「%s」（%s）の水準「%s」が、顧客の定めた「%s」より低くなっています", "%q (%s) is at %s, lower than the customer's %s", v.name(e.Party), e.Role.Title(), held(a, e).Title(), a.Level.Title()),
				Next: lang.T("顧客の水準以上で依頼し直すか、顧客と水準を合意し直してください", "ask for the customer's level again, or agree on the level with the customer anew")})
		}
	}
}

// Uncovered gives, for one role of an arrangement, the individual requirements of the arrangement's level that no
// engagement answers for: the duties that fall between two parties (4.2).
func Uncovered(c *guideline.Catalog, a Arrangement, role guideline.Role) []guideline.ID {
	borne := map[guideline.ID]bool{}
	for _, e := range holders(a, role) {
		for _, id := range RequirementsOf(c, a, e) {
			borne[id] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(c.Duties([]guideline.Role{role}, a.Level)), func(id guideline.ID) bool { return borne[id] })
}

func principalKeepsTheRest(v view, found report) {
	for _, a := range v.Arrangements {
		for _, role := range guideline.Roles {
			hs := holders(a, role)
			if len(hs) == 0 {
				continue // R-1.4-11 says so
			}
			if left := Uncovered(v.catalog, a, role); len(left) > 0 {
				found(Finding{Arrangement: a.ID, Parties: partiesOf(hs),
					What: lang.F("「%s」の%sの要求のうち%d件を誰も負っていません: %s", "nobody answers for %[3]d of the %[2]s requirements of %[1]q: %[4]s", v.target(a), role.Title(), len(left), idList(left)),
					Next: lang.T("支援の立場に渡さなかった要求は主体に残ります。主体を登録するか、割当てと水準を直してください", "what a supporting party was not given stays with the principal: enter one, or mend what was passed on and the level")})
			}
		}
	}
}

func idList(ids []guideline.ID) string {
	var s []string
	for _, id := range ids {
		s = append(s, string(id))
	}
	return strings.Join(s, ", ")
}

// supports calls f for every support engagement with the engagements that hold its role otherwise.
func (v view) supports(f func(a Arrangement, e Engagement, principals []Engagement)) {
	for _, a := range v.Arrangements {
		for _, e := range a.Engagements {
			if e.Stance == guideline.Support {
				f(a, e, slices.DeleteFunc(holders(a, e.Role), func(o Engagement) bool { return o.Stance == guideline.Support }))
			}
		}
	}
}

func supportWorksAtPrincipalsLevel(v view, found report) {
	v.supports(func(a Arrangement, e Engagement, principals []Engagement) {
		for _, p := range principals {
			if !held(a, e).Covers(held(a, p)) {
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party, p.Party}, Subject: e.ID,
					What: lang.F("支援の「%s」の水準（%s）が、主体「%s」（%s）より低くなっています", "%q supports at %s, lower than the principal %q (%s)", v.name(e.Party), held(a, e).Title(), v.name(p.Party), held(a, p).Title()),
					Next: lang.T("主体と同じ水準にしてください", "bring it to the principal's level")})
				return
			}
		}
	})
}

func supportStaysInsidePrincipalsSet(v view, found report) {
	v.supports(func(a Arrangement, e Engagement, principals []Engagement) {
		allowed := v.catalog.Duties([]guideline.Role{e.Role}, e.Level(a))
		if len(principals) > 0 {
			allowed = nil
			for _, p := range principals {
				allowed = append(allowed, RequirementsOf(v.catalog, a, p)...)
			}
		}
		outside := slices.DeleteFunc(slices.Clone(e.Passed), func(id guideline.ID) bool { return slices.Contains(allowed, id) })
		if len(outside) > 0 {
			found(Finding{Arrangement: a.ID, Parties: append([]string{e.Party}, partiesOf(principals)...), Subject: e.ID,
				What: lang.F("支援の「%s」（%s）に、主体が負わない要求が割り当てられています: %s", "%q supports as %s but was given what the principal does not answer for: %s", v.name(e.Party), e.Role.Title(), idList(outside)),
				Next: lang.T("主体の範囲に含まれない要求を割当てから外してください", "take out what lies outside the principal's set")})
		}
	})
}

func limitedSupportSaysWhy(v view, found report) {
	v.supports(func(a Arrangement, e Engagement, _ []Engagement) {
		if len(e.Passed) > 0 && strings.TrimSpace(e.SupportRange) == "" {
			found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
				What: lang.F("支援の「%s」の要求を%d件に絞っていますが、その根拠となる支援範囲の記録がありません", "the support of %q is limited to %d requirements, but the support range that justifies it is not recorded", v.name(e.Party), len(e.Passed)),
				Next: lang.T("契約などで定めた支援範囲を記録してください", "record the range, for example as the contract has it")})
		}
	})
}

func vulnerabilityHandling(id guideline.ID) bool { return id.Category() == 3 }

func customerCSIRTOperates(v view, found report) {
	for _, a := range v.Arrangements {
		if !a.CustomerCSIRT {
			continue
		}
		own := slices.ContainsFunc(holders(a, guideline.Operator), func(e Engagement) bool {
			return v.isCustomer(a, e.Party) && slices.ContainsFunc(RequirementsOf(v.catalog, a, e), vulnerabilityHandling)
		})
		if !own {
			found(Finding{Arrangement: a.ID, Parties: v.customers(a),
				What: lang.F("「%s」では顧客がCSIRTを設けて脆弱性対応を主導しますが、顧客の運用部門が S(3) を負っていません", "the customer leads vulnerability handling for %q, but no operating unit of its own bears S(3)", v.target(a)),
				Next: lang.T("顧客の運用部門を運用者として登録してください", "enter the customer's operating unit as operator")})
		}
	}
}

func csirtSupportIsListed(v view, found report) {
	for _, a := range v.Arrangements {
		if !a.CustomerCSIRT {
			continue
		}
		for _, e := range holders(a, guideline.Operator) {
			if v.isCustomer(a, e.Party) || slices.ContainsFunc(e.Passed, vulnerabilityHandling) {
				continue
			}
			found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
				What: lang.F("「%s」に委託した脆弱性対応の範囲（S(3) のどれか）が記録されていません", "which part of S(3) was passed on to %q is not recorded", v.name(e.Party)),
				Next: lang.T("委託した S(3) の要求を割当てに列挙してください", "list the S(3) requirements that were passed on")})
		}
	}
}
