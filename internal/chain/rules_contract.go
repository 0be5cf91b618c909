package chain

import (
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Rules of section 1.4(3): what a form of contract brings with it.

// agreementsOf calls f for every agreement of one of the kinds, with each arrangement it is about.
func (v view) agreementsOf(kinds []AgreementKind, f func(a Arrangement, g Agreement)) {
	for _, a := range v.Arrangements {
		for _, g := range v.Agreements {
			if slices.Contains(kinds, g.Kind) && v.covers(g, a) {
				f(a, g)
			}
		}
	}
}

// anyAgreement reports whether an arrangement has an agreement for which ok holds.
func (v view) anyAgreement(a Arrangement, ok func(Agreement) bool) bool {
	return slices.ContainsFunc(v.Agreements, func(g Agreement) bool { return v.covers(g, a) && ok(g) })
}

func ofKinds(kinds ...AgreementKind) func(Agreement) bool {
	return func(g Agreement) bool { return slices.Contains(kinds, g.Kind) }
}

func productHasSaleAndMaintenance(v view, found report) {
	v.ofKind(Product, func(a Arrangement) {
		if !v.anyAgreement(a, ofKinds(Sale, Licence)) {
			found(Finding{Arrangement: a.ID,
				What: lang.F("「%s」の販売契約又は使用許諾契約の記録がありません", "no sales or licence agreement is recorded for %q", v.target(a)),
				Next: lang.T("顧客と供給者、開発者と供給者の契約を登録してください", "record the agreements between customer and supplier, and between developer and supplier")})
		}
		if !v.anyAgreement(a, ofKinds(Maintenance)) {
			found(Finding{Arrangement: a.ID,
				What: lang.F("「%s」の保守契約の記録がありません", "no maintenance agreement is recorded for %q", v.target(a)),
				Next: lang.T("脆弱性対応を誰が担うかを含めて、保守契約を登録してください", "record it, and say in it who handles vulnerabilities")})
		}
	})
}

func serviceBoundaryIsNamed(v view, found report) {
	v.ofKind(Service, func(a Arrangement) {
		if len(holders(a, guideline.Operator)) < 2 || v.anyAgreement(a, func(g Agreement) bool { return len(g.Boundary) > 0 }) {
			return
		}
		found(Finding{Arrangement: a.ID, Parties: partiesOf(holders(a, guideline.Operator)),
			What: lang.F("「%s」の運用者が複数いますが、責任の分界点が決まっていません（%s）", "%q has several operators but no boundary between them (%s)", v.target(a), v.names(partiesOf(holders(a, guideline.Operator)))),
			Next: lang.T("利用契約に、どの階層を誰が運用するかを記録してください", "record in the service-use agreement who operates which layer")})
	})
	v.agreementsOf([]AgreementKind{ServiceUse}, func(a Arrangement, g Agreement) {
		for _, b := range g.Boundary {
			if !holds(a, b.Party, guideline.Operator) {
				found(Finding{Arrangement: a.ID, Parties: []string{b.Party}, Subject: g.ID,
					What: lang.F("分界点では「%s」の階層を「%s」が運用しますが、運用者の役割がありません", "the boundary gives the layer %q to %q, which does not hold the operator role", b.Layer, v.name(b.Party)),
					Next: lang.T("運用者の役割を加えるか、分界点を直してください", "add the operator role, or mend the boundary")})
			}
		}
	})
}

func operationContractMakesOperator(v view, found report) {
	v.agreementsOf([]AgreementKind{Operation}, func(a Arrangement, g Agreement) {
		if !v.orgHolds(a, v.org(g.Giver), guideline.Operator) {
			found(Finding{Arrangement: a.ID, Parties: []string{g.Giver}, Subject: g.ID,
				What: lang.F("運用契約で「%s」の運用を引き受けた「%s」に、運用者の役割がありません", "%[2]q took over operation of %[1]q by contract but does not hold the operator role", v.target(a), v.name(g.Giver)),
				Next: lang.T("運用者の役割を加えてください", "give it the operator role")})
		}
	})
}

func completionContractMakesDeveloperAndSupplier(v view, found report) {
	v.agreementsOf([]AgreementKind{Contract}, func(a Arrangement, g Agreement) {
		for _, role := range []guideline.Role{guideline.Developer, guideline.Supplier} {
			if !v.orgHolds(a, v.org(g.Giver), role) {
				found(Finding{Arrangement: a.ID, Parties: []string{g.Giver}, Subject: g.ID,
					What: lang.F("請負型の契約で「%s」を開発する「%s」に、%sの役割がありません", "%[2]q develops %[1]q under a contract for completed work but is not %[3]s", v.target(a), v.name(g.Giver), role.Title()),
					Next: lang.T("請負型の受託者は開発者と供給者を担います。役割を加えてください", "such a contractor is developer and supplier: add the role")})
			}
		}
	})
}

func quasiMandateNamesRoles(v view, found report) {
	for _, g := range v.Agreements {
		if g.Kind == QuasiMandate && g.RoleScope == "" {
			found(Finding{Parties: []string{g.Giver}, Subject: g.ID,
				What: lang.F("「%s」と「%s」の準委任型の契約に、役務の役割範囲がありません", "the quasi-mandate between %q and %q does not say which range of roles it serves", v.name(g.Receiver), v.name(g.Giver)),
				Next: lang.T("どの役割のどの範囲を担うかを契約に記録してください", "record which part of which role is served")})
		}
	}
}

func systemHasMaintenance(v view, found report) {
	v.ofKind(InSystem, func(a Arrangement) {
		if !v.anyAgreement(a, ofKinds(Contract, Operation)) || v.anyAgreement(a, ofKinds(Maintenance)) {
			return
		}
		found(Finding{Arrangement: a.ID,
			What: lang.F("「%s」の受入れ後の保守契約の記録がありません", "no maintenance agreement for the time after acceptance is recorded for %q", v.target(a)),
			Next: lang.T("ソフトウェアの不具合対応を含む保守契約を開発者と結び、登録してください", "make one with the developer that covers software defects, and record it")})
	})
}

func informationMaintenanceNeedsOperator(v view, found report) {
	v.agreementsOf([]AgreementKind{Maintenance}, func(a Arrangement, g Agreement) {
		if g.Maintenance != MaintainInformation || v.orgHolds(a, v.org(g.Receiver), guideline.Operator) {
			return
		}
		found(Finding{Arrangement: a.ID, Parties: []string{g.Receiver}, Subject: g.ID,
			What: lang.F("情報提供型の保守では「%s」側が更新を適用しますが、運用者の役割がありません", "under information-type maintenance %q applies the updates, but it does not hold the operator role", v.name(g.Receiver)),
			Next: lang.T("更新を適用する部門を運用者として登録してください", "enter the unit that applies updates as operator")})
	})
}

func (v view) maintenanceFixes(a Arrangement) bool {
	return v.anyAgreement(a, func(g Agreement) bool { return g.Kind == Maintenance && g.VulnerabilityHandling != "" })
}

func productMaintenanceFixesVulnerabilities(v view, found report) {
	v.ofKind(Product, func(a Arrangement) {
		if v.anyAgreement(a, ofKinds(Maintenance)) && !v.maintenanceFixes(a) {
			found(Finding{Arrangement: a.ID,
				What: lang.F("「%s」の保守契約に、脆弱性対応を担う者がいません", "the maintenance of %q does not say who handles vulnerabilities", v.target(a)),
				Next: lang.T("欠陥修正を含む脆弱性対応を担う開発者を、保守契約に記録してください", "name the developer that handles them, fixes included")})
		}
	})
}

func commissionedMaintenanceFixesVulnerabilities(v view, found report) {
	v.agreementsOf([]AgreementKind{Contract}, func(a Arrangement, g Agreement) {
		if v.maintenanceFixes(a) {
			return
		}
		found(Finding{Arrangement: a.ID, Parties: []string{g.Giver}, Subject: g.ID,
			What: lang.F("開発を委託した「%s」で、納入後の脆弱性対応を担う保守契約の記録がありません", "no agreement says who handles the vulnerabilities of the commissioned software %q after delivery", v.target(a)),
			Next: lang.T("請負型の保守契約、又は準委任型に加えて請負相当の契約で、脆弱性対応の責務を定めてください", "fix it in a completion-type maintenance agreement, or in a service-type one with an equivalent beside it")})
	})
}
