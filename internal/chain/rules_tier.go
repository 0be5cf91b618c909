package chain

import (
	"slices"
	"strconv"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// tiersLeadToTheCustomer: who engaged whom leads, role by role, from every party to the customer, one tier at a time
// (R-1.3-07). Whether a party is prime is for the user to say: the guideline's own first example calls one prime that the
// customer has no contract with.
func tiersLeadToTheCustomer(v view, found report) {
	for _, a := range v.Arrangements {
		for _, e := range a.Engagements {
			if _, known := tierOf(e); !known {
				found(Finding{Arrangement: a.ID, Parties: []string{e.Party}, Subject: e.ID,
					What: lang.F("「%s」の階層「%s」は読み取れません", "the tier of %[1]q, %[2]q, cannot be read", v.name(e.Party), e.Tier),
					Next: lang.T("customer、prime、sub-1、sub-2 … のいずれかにしてください", "make it customer, prime, sub-1, sub-2 …")})
			}
			if e.EngagedBy != "" && v.org(e.EngagedBy) != v.org(e.Party) {
				v.stepUp(a, e, found)
			}
		}
	}
}

// stepUp looks at the step from an engagement to whoever engaged its party.
func (v view) stepUp(a Arrangement, e Engagement, found report) {
	f := Finding{Arrangement: a.ID, Parties: []string{e.Party, e.EngagedBy}, Subject: e.ID}
	above := v.engagementsOf(a, e.EngagedBy)
	tier, _ := tierOf(e)
	switch {
	case len(above) == 0:
		f.What = lang.F("「%s」の委託元「%s」が体制にありません。連鎖がここで途切れています", "%[1]q was engaged by %[2]q, which is not part of the deal: the chain breaks here", v.name(e.Party), v.name(e.EngagedBy))
		f.Next = lang.T("委託元の役割を加えるか、委託元を直してください", "add the roles of whoever engaged it, or mend who did")
	case v.engages(a, e.Role, e.Party, e.EngagedBy, nil):
		f.What = lang.F("「%s」と「%s」が、同じ役割（%s）で互いの委託元になっています", "%[1]q and %[2]q engaged each other for one role (%[3]s)", v.name(e.Party), v.name(e.EngagedBy), e.Role)
		f.Next = lang.T("顧客に近いほうを委託元にしてください", "the one nearer to the customer engages the other")
	case tier > 0 && !slices.ContainsFunc(above, func(up Engagement) bool { t, _ := tierOf(up); return t < tier }):
		f.What = lang.F("「%s」（%s）の階層が、委託元「%s」より顧客に近くなっています", "the tier of %[1]q, %[2]s, is no further from the customer than that of %[3]q, which engaged it", v.name(e.Party), e.Tier, v.name(e.EngagedBy))
		f.Next = lang.T("委託元より一つ下の階層にしてください", "make it one tier below")
	default:
		return
	}
	found(f)
}

// engagementsOf gives the engagements of an organisation and its units in an arrangement.
func (v view) engagementsOf(a Arrangement, party string) []Engagement {
	return slices.DeleteFunc(slices.Clone(a.Engagements), func(e Engagement) bool { return v.org(e.Party) != v.org(party) })
}

// engages reports whether a party, itself or through others, engaged another one for a role.
func (v view) engages(a Arrangement, role guideline.Role, by, party string, seen []string) bool {
	return slices.ContainsFunc(v.engagementsOf(a, party), func(e Engagement) bool {
		if e.Role != role || e.EngagedBy == "" || v.org(e.EngagedBy) == v.org(party) || slices.Contains(seen, e.ID) {
			return false
		}
		return v.org(e.EngagedBy) == v.org(by) || v.engages(a, role, by, e.EngagedBy, append(seen, e.ID))
	})
}

// tierOf gives how many steps below the prime a party is: -1 for a customer, 0 for a prime and where nothing is said.
func tierOf(e Engagement) (int, bool) {
	switch e.Tier {
	case "customer":
		return -1, true
	case "", "prime":
		return 0, true
	}
	n, err := strconv.Atoi(strings.TrimPrefix(e.Tier, "sub-"))
	return n, err == nil && n > 0 && strings.HasPrefix(e.Tier, "sub-")
}
