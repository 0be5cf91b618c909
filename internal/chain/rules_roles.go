package chain

import (
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Rules of section 1.3 and the general part of 1.4: kinds of software, classes, roles and qualifiers.

func softwareKindIsOfTable2(v view, found report) {
	for _, s := range v.Software {
		if slices.Contains(Kinds, s.Kind) {
			continue
		}
		found(Finding{Subject: s.ID,
			What: lang.F("「%s」のソフトウェア分類「%s」は表2にありません", "the kind %[2]q of %[1]q is not in table 2", s.Name, s.Kind),
			Next: lang.T("product、service、embedded、system のいずれかにしてください", "use product, service, embedded or system")})
	}
}

func webScriptingIsDevelopment(v view, found report) {
	v.active(WebScripting, func(a Arrangement, p string) {
		if !holds(a, p, guideline.Developer) {
			found(Finding{Arrangement: a.ID, Parties: []string{p},
				What: lang.F("「%s」はスクリプトを伴うWebデザインを担いますが、開発者の役割がありません", "%q does web design with script programming but does not hold the developer role", v.name(p)),
				Next: lang.T("開発者の役割を加えてください", "give it the developer role")})
		}
	})
}

func salesCompanySupplies(v view, found report) {
	v.active(Sales, func(a Arrangement, p string) {
		if !holds(a, p, guideline.Supplier) {
			found(Finding{Arrangement: a.ID, Parties: []string{p},
				What: lang.F("販売会社「%s」に供給者の役割がありません", "the sales company %q does not hold the supplier role", v.name(p)),
				Next: lang.T("供給者の役割を加えてください。販売会社は供給者に準じた責務を負います", "give it the supplier role: a sales company bears the supplier's duties")})
		}
	})
}

// active calls f for every engaged party with an activity.
func (v view) active(act Activity, f func(a Arrangement, party string)) {
	for _, a := range v.Arrangements {
		for _, p := range engagedParties(a) {
			if slices.Contains(v.parties[p].Activities, act) {
				f(a, p)
			}
		}
	}
}

func outsideOperatorHasContract(v view, found report) {
	for _, a := range v.Arrangements {
		for _, e := range holders(a, guideline.Operator) {
			if v.isCustomer(a, e.Party) || v.hasContract(a, e.Party, Operation, ServiceUse, Maintenance, QuasiMandate) {
				continue
			}
			found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
				What: lang.F("「%s」は顧客の外で運用を担いますが、それを定める契約の記録がありません", "%q operates from outside the customer, but no agreement that says so is recorded", v.name(e.Party)),
				Next: lang.T("運用契約、利用契約又は保守契約を登録してください", "record the operation, service-use or maintenance agreement")})
		}
	}
}

// hasContract reports whether a party gives somebody in the arrangement something under one of these kinds.
func (v view) hasContract(a Arrangement, giver string, kinds ...AgreementKind) bool {
	return slices.ContainsFunc(v.Agreements, func(g Agreement) bool {
		return v.org(g.Giver) == v.org(giver) && slices.Contains(kinds, g.Kind) && v.covers(g, a)
	})
}

func roleExists(v view, found report) {
	for _, a := range v.Arrangements {
		for _, e := range a.Engagements {
			if slices.Contains(guideline.Roles, e.Role) {
				continue
			}
			found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
				What: lang.F("「%s」の役割「%s」はガイドラインにありません", "the role %[2]q of %[1]q is not one of the guideline's", v.name(e.Party), e.Role),
				Next: lang.T("developer、supplier、operator、customer のいずれかにしてください", "use developer, supplier, operator or customer")})
		}
	}
}

// providerRoles gives the roles of the provider class that a party holds in an arrangement.
func providerRoles(a Arrangement, party string) []guideline.Role {
	var out []guideline.Role
	for _, r := range guideline.Roles[:3] {
		if holds(a, party, r) {
			out = append(out, r)
		}
	}
	return out
}

func oneClassPerParty(v view, found report) {
	for _, a := range v.Arrangements {
		for _, p := range engagedParties(a) {
			roles := providerRoles(a, p)
			if !holds(a, p, guideline.Customer) || len(roles) == 0 || slices.Equal(roles, []guideline.Role{guideline.Operator}) {
				continue // customer and operator alone is R-1.4-05
			}
			found(Finding{Arrangement: a.ID, Parties: []string{p},
				What: lang.F("「%s」が顧客とサイバーインフラ事業者（%s）の両方として登録されています", "%q is entered both as customer and as provider (%s)", v.name(p), roleList(roles)),
				Next: lang.T("部門を分けて、責務区分ごとに別の関連事業者として登録してください", "enter a unit of its own for each responsibility class")})
		}
	}
}

func roleList(roles []guideline.Role) lang.Text {
	var ja, en []string
	for _, r := range roles {
		n := r.Title()
		ja, en = append(ja, n.JA), append(en, n.EN)
	}
	return lang.T(strings.Join(ja, "・"), strings.Join(en, ", "))
}

func customerAndOperatorApart(v view, found report) {
	for _, a := range v.Arrangements {
		for _, p := range engagedParties(a) {
			if holds(a, p, guideline.Customer) && slices.Equal(providerRoles(a, p), []guideline.Role{guideline.Operator}) {
				found(Finding{Arrangement: a.ID, Parties: []string{p},
					What: lang.F("「%s」が顧客と運用者を兼ねていますが、役割ごとに分けて登録されていません", "%q is customer and operator in one entry", v.name(p)),
					Next: lang.T("利用部門（顧客）と運用部門（運用者）に分けて登録してください", "enter the using unit (customer) and the operating unit (operator) separately")})
			}
		}
	}
}

// unitsOfCustomer calls f for every unit of a kind that belongs to a customer organisation of an arrangement and takes
// part in it, or in no arrangement at all: a unit that is engaged elsewhere has its work there.
func (v view) unitsOfCustomer(kind Unit, f func(a Arrangement, unit Party)) {
	for _, a := range v.Arrangements {
		for _, p := range v.Parties {
			here := slices.Contains(engagedParties(a), p.ID)
			if p.Unit == kind && slices.Contains(v.customers(a), v.org(p.ID)) && (here || !v.engaged(p.ID)) {
				f(a, p)
			}
		}
	}
}

// engaged reports whether a party takes part in any arrangement.
func (v view) engaged(party string) bool {
	return slices.ContainsFunc(v.Arrangements, func(a Arrangement) bool { return slices.Contains(engagedParties(a), party) })
}

func operatingUnitIsOperator(v view, found report) {
	v.unitsOfCustomer(OperationUnit, func(a Arrangement, unit Party) {
		if !holds(a, unit.ID, guideline.Operator) {
			found(Finding{Arrangement: a.ID, Parties: []string{unit.ID},
				What: lang.F("顧客の運用部門「%s」が「%s」の運用者の役割を負っていません", "the customer's operating unit %q does not bear the operator role for %q", v.name(unit.ID), v.target(a)),
				Next: lang.T("運用者の役割を加えてください。顧客と同じ組織でも、運用する部門は運用者相当の責務を負います", "give it the operator role: a unit that operates bears the operator's duties even inside the customer")})
		}
	})
}

func inHouseDevelopmentIsPrincipal(v view, found report) {
	v.unitsOfCustomer(DevelopmentUnit, func(a Arrangement, unit Party) {
		for _, role := range []guideline.Role{guideline.Developer, guideline.Supplier} {
			principal := slices.ContainsFunc(a.Engagements, func(e Engagement) bool {
				return e.Party == unit.ID && e.Role == role && e.Stance == guideline.Principal
			})
			if !principal {
				found(Finding{Arrangement: a.ID, Parties: []string{unit.ID},
					What: lang.F("顧客の開発部門「%s」が「%s」の%s（主体）になっていません", "the customer's development unit %q is not the principal %[3]s of %[2]q", v.name(unit.ID), v.target(a), role.Title()),
					Next: lang.T("自組織で開発・供給する顧客は、開発者と供給者の責務を主体として負います。主体の役割を加えてください", "a customer that develops in-house bears the developer's and the supplier's duties as principal: add them")})
			}
		}
	})
}

func qualifierExists(v view, found report) {
	for _, a := range v.Arrangements {
		for _, e := range a.Engagements {
			if !slices.Contains([]guideline.Stance{guideline.Unmarked, guideline.Principal, guideline.Support}, e.Stance) {
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
					What: lang.F("「%s」の立場「%s」はガイドラインにありません", "the stance %[2]q of %[1]q is not one of the guideline's", v.name(e.Party), e.Stance),
					Next: lang.T("principal（主体）、support（支援）、又は空にしてください", "use principal, support, or leave it empty")})
			}
			if e.Platform && e.Role == guideline.Customer {
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
					What: lang.F("「%s」の顧客の役割に「インフラ」が付いています", "the customer role of %q carries the platform mark", v.name(e.Party)),
					Next: lang.T("「インフラ」は開発者・供給者・運用者の役割にだけ付けてください", "use the platform mark on developer, supplier and operator only")})
			}
		}
	}
}

func supportHasPrincipal(v view, found report) {
	for _, a := range v.Arrangements {
		for _, role := range guideline.Roles {
			hs := holders(a, role)
			if len(hs) == 0 || slices.ContainsFunc(hs, func(e Engagement) bool { return e.Stance != guideline.Support }) {
				continue
			}
			found(Finding{Arrangement: a.ID, Parties: partiesOf(hs),
				What: lang.F("「%s」の%sは支援の立場（%s）だけで、主体がいません", "the %[2]s role of %[1]q is held only in support (%[3]s); nobody is principal", v.target(a), role.Title(), v.names(partiesOf(hs))),
				Next: lang.T("主体となる関連事業者を登録してください", "enter the party that is the principal")})
		}
	}
}

func onePrincipalPerRole(v view, found report) {
	for _, a := range v.Arrangements {
		for _, role := range guideline.Roles {
			ps := slices.DeleteFunc(holders(a, role), func(e Engagement) bool { return e.Stance != guideline.Principal })
			if len(ps) > 1 {
				found(Finding{Arrangement: a.ID, Parties: partiesOf(ps),
					What: lang.F("「%s」の%sに主体が%d者います（%s）", "the %[2]s role of %[1]q has %[3]d principals (%[4]s)", v.target(a), role.Title(), len(ps), v.names(partiesOf(ps))),
					Next: lang.T("主体を一者にするか、担当する範囲を分けて記録してください", "make one of them the principal, or record which part each answers for")})
			}
		}
	}
}

func partiesOf(es []Engagement) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.Party)
	}
	return out
}

func (v view) names(parties []string) string {
	var out []string
	for _, p := range parties {
		out = append(out, v.name(p))
	}
	return strings.Join(out, ", ")
}

// everyRoleIsHeld: a delivered software has a supplier, a running one an operator; a developer and a customer it always
// has. Software whose delivery and operation are not recorded is held to all four, as every use case of table 4 is.
func everyRoleIsHeld(v view, found report) {
	for _, a := range v.Arrangements {
		for _, role := range v.rolesNeeded(a) {
			if len(holders(a, role)) == 0 {
				found(Finding{Arrangement: a.ID,
					What: lang.F("「%s」に%sがいません", "%[1]q has no %[2]s", v.target(a), role.Title()),
					Next: lang.F("%sの責務を負う関連事業者を登録してください", "enter the party that bears the %s's duties", role.Title())})
			}
		}
	}
}

func (v view) rolesNeeded(a Arrangement) []guideline.Role {
	s, ok := v.software[a.Software]
	if !ok || s.Delivered == s.Running {
		return guideline.Roles
	}
	if s.Delivered {
		return []guideline.Role{guideline.Developer, guideline.Supplier, guideline.Customer}
	}
	return []guideline.Role{guideline.Developer, guideline.Operator, guideline.Customer}
}
