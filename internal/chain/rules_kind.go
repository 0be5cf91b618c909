package chain

import (
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Rules of section 1.4(1) and 1.5: what is usual for each kind of software. They warn and never refuse: the guideline
// calls these arrangements general, not required.

// ofKind calls f for every arrangement over software of a kind. An arrangement over a system counts as InSystem.
func (v view) ofKind(kind SoftwareKind, f func(a Arrangement)) {
	for _, a := range v.Arrangements {
		s, ok := v.software[a.Software]
		if ok && s.Kind == kind || !ok && a.System != "" && kind == InSystem {
			f(a)
		}
	}
}

func (v view) makerIsNotCustomer(kind SoftwareKind, found report) {
	v.ofKind(kind, func(a Arrangement) {
		for _, e := range holders(a, guideline.Developer) {
			if v.isCustomer(a, e.Party) {
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
					What: lang.F("「%s」の開発者「%s」が顧客と同じ組織です", "the developer %[2]q of %[1]q belongs to the customer", v.target(a), v.name(e.Party)),
					Next: lang.T("製品・サービスでは開発者と顧客は別の事業者が一般的です。自社開発なら分類を「システム・サービスを構成するソフトウェア」にしてください", "for a product or service they usually differ; for in-house development use the kind system")})
			}
		}
	})
}

func productMakerIsNotCustomer(v view, found report) { v.makerIsNotCustomer(Product, found) }

func productSupplierSells(v view, found report) {
	v.ofKind(Product, func(a Arrangement) {
		for _, e := range holders(a, guideline.Supplier) {
			if holds(a, e.Party, guideline.Developer) || slices.Contains(v.parties[e.Party].Activities, Sales) {
				continue
			}
			found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
				What: lang.F("「%s」の供給者「%s」は販売会社とも開発者とも記録されていません", "the supplier %[2]q of %[1]q is recorded neither as a sales company nor as its developer", v.target(a), v.name(e.Party)),
				Next: lang.T("販売会社であれば活動に「販売」を、直販であれば開発者の役割を加えてください", "mark it as a sales company, or add the developer role if it sells its own product")})
		}
	})
}

func (v view) operatedByCustomer(kind SoftwareKind, found report) {
	v.ofKind(kind, func(a Arrangement) {
		hs := holders(a, guideline.Operator)
		if len(hs) == 0 || slices.ContainsFunc(hs, func(e Engagement) bool { return v.isCustomer(a, e.Party) }) {
			return
		}
		found(Finding{Arrangement: a.ID, Parties: partiesOf(hs),
			What: lang.F("「%s」を顧客自身が運用していません（運用者: %s）", "%q is not operated by the customer itself (operators: %s)", v.target(a), v.names(partiesOf(hs))),
			Next: lang.T("顧客又はその運用部門が運用するのが一般的です。違う場合は運用契約を確認してください", "usually the customer or its operating unit operates; if not, check the operation agreement")})
	})
}

func productIsOperatedByCustomer(v view, found report) { v.operatedByCustomer(Product, found) }
func deviceIsOperatedByCustomer(v view, found report)  { v.operatedByCustomer(Embedded, found) }

func serviceProviderHoldsThreeRoles(v view, found report) {
	v.makerIsNotCustomer(Service, found)
	v.ofKind(Service, func(a Arrangement) {
		for _, e := range holders(a, guideline.Supplier) {
			if e.Platform || v.isCustomer(a, e.Party) {
				continue
			}
			if missing := v.missingProviderRoles(a, e.Party); len(missing) > 0 {
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party},
					What: lang.F("サービスプロバイダ「%s」に%sの役割がありません", "the service provider %q does not hold: %s", v.name(e.Party), roleList(missing)),
					Next: lang.T("サービスプロバイダは、供給するサービス階層の開発者・供給者・運用者を兼ねるのが一般的です", "a service provider is usually developer, supplier and operator of the layer it supplies")})
			}
		}
	})
}

// missingProviderRoles gives the provider roles that a party's organisation does not hold in an arrangement.
func (v view) missingProviderRoles(a Arrangement, party string) []guideline.Role {
	var out []guideline.Role
	for _, r := range guideline.Roles[:3] {
		if !v.orgHolds(a, v.org(party), r) {
			out = append(out, r)
		}
	}
	return out
}

func deviceMakerDevelops(v view, found report) {
	v.ofKind(Embedded, func(a Arrangement) {
		owner := v.software[a.Software].Owner
		if owner != "" && !v.orgHolds(a, v.org(owner), guideline.Developer) {
			found(Finding{Arrangement: a.ID, Parties: []string{owner},
				What: lang.F("機器の開発者「%s」に「%s」の開発者の役割がありません", "the device maker %q does not hold the developer role for %q", v.name(owner), v.target(a)),
				Next: lang.T("組み込みソフトウェアの開発部門を擁する機器の開発者を、開発者として登録してください", "enter the device maker, with its software department, as developer")})
		}
	})
}

func systemOwnerIsCustomer(v view, found report) {
	for _, a := range v.Arrangements {
		s, ok := v.systems[a.System]
		if ok && s.Owner != "" && !slices.Contains(v.customers(a), v.org(s.Owner)) {
			found(Finding{Arrangement: a.ID, Parties: []string{s.Owner},
				What: lang.F("「%s」のシステムオーナー「%s」が顧客になっていません", "the owner %[2]q of the system %[1]q is not its customer", s.Name, v.name(s.Owner)),
				Next: lang.T("システムオーナーを顧客として登録してください", "enter the system owner as customer")})
		}
	}
}

func ownerCoordinatesOperation(v view, found report) {
	v.ofKind(InSystem, func(a Arrangement) {
		hs := holders(a, guideline.Operator)
		if len(hs) == 0 || slices.ContainsFunc(hs, func(e Engagement) bool { return v.isCustomer(a, e.Party) && e.Stance != guideline.Support }) {
			return
		}
		found(Finding{Arrangement: a.ID, Parties: partiesOf(hs),
			What: lang.F("「%s」の運用を取りまとめる顧客側の運用者がいません", "nobody on the customer's side coordinates the operation of %q", v.target(a)),
			Next: lang.T("システムオーナーの運用部門を、運用者（主体）として登録してください", "enter the system owner's operating unit as principal operator")})
	})
}

func cloudBaseHoldsThreeRoles(v view, found report) {
	v.active(CloudBase, func(a Arrangement, p string) { v.baseHoldsThreeRoles(a, p, found) })
}

func platformHoldsThreeRoles(v view, found report) {
	for _, a := range v.Arrangements {
		for _, p := range engagedParties(a) {
			if slices.ContainsFunc(a.Engagements, func(e Engagement) bool { return e.Party == p && e.Platform }) {
				v.baseHoldsThreeRoles(a, p, found)
			}
		}
	}
}

func (v view) baseHoldsThreeRoles(a Arrangement, p string, found report) {
	if missing := v.missingProviderRoles(a, p); len(missing) > 0 {
		found(Finding{Arrangement: a.ID, Parties: []string{p},
			What: lang.F("システム基盤を提供する「%s」に%sの役割がありません", "%q provides the base the system runs on but does not hold: %s", v.name(p), roleList(missing)),
			Next: lang.T("基盤を提供するクラウド事業者は、その基盤の開発者・供給者・運用者を担います（表4 b は開発者だけを示しています）", "a cloud company is developer, supplier and operator of the base it provides (row b of table 4 prints developer only)")})
	}
}

func primeContractorHoldsThreeRoles(v view, found report) {
	for _, a := range v.Arrangements {
		for _, p := range engagedParties(a) {
			if !v.commissionedPrime(a, p) {
				continue
			}
			if missing := v.missingProviderRoles(a, p); len(missing) > 0 {
				found(Finding{Arrangement: a.ID, Parties: []string{p},
					What: lang.F("開発と運用を請け負うプライム事業者「%s」に%sの役割がありません", "the prime contractor %q does not hold: %s", v.name(p), roleList(missing)),
					Next: lang.T("プライム事業者は供給者・開発者・運用者を担うのが一般的です", "a prime contractor is usually supplier, developer and operator")})
			}
		}
	}
}

// commissionedPrime reports whether a party is prime in the arrangement and took both development and operation.
func (v view) commissionedPrime(a Arrangement, party string) bool {
	prime := slices.ContainsFunc(a.Engagements, func(e Engagement) bool { return e.Party == party && e.Tier == "prime" })
	return prime && v.hasContract(a, party, Contract) && v.hasContract(a, party, Operation)
}

func inHouseUnitsHoldTheirRoles(v view, found report) {
	v.unitsOfCustomer(UserUnit, func(a Arrangement, unit Party) {
		if !holds(a, unit.ID, guideline.Customer) {
			found(Finding{Arrangement: a.ID, Parties: []string{unit.ID},
				What: lang.F("利用部門「%s」が「%s」の顧客になっていません", "the using unit %q is not a customer of %q", v.name(unit.ID), v.target(a)),
				Next: lang.T("利用部門を顧客として登録してください", "enter the using unit as customer")})
		}
	})
}
