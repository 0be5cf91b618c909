package chain

import (
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// view is a model with the look-ups that rules need.
type view struct {
	Model
	catalog  *guideline.Catalog
	parties  map[string]Party
	software map[string]Software
	systems  map[string]System
}

func look(c *guideline.Catalog, m Model) view {
	v := view{Model: m, catalog: c, parties: map[string]Party{}, software: map[string]Software{}, systems: map[string]System{}}
	for _, p := range m.Parties {
		v.parties[p.ID] = p
	}
	for _, s := range m.Software {
		v.software[s.ID] = s
	}
	for _, s := range m.Systems {
		v.systems[s.ID] = s
	}
	return v
}

// org gives the organisation a party belongs to: itself, or the top of its parents. Cycles end at their start.
func (v view) org(id string) string {
	seen := map[string]bool{}
	for p := v.parties[id]; p.Parent != "" && !seen[id]; p = v.parties[id] {
		seen[id] = true
		id = p.Parent
	}
	return id
}

// name gives what people call a party; its id when it has no name.
func (v view) name(id string) string {
	p, ok := v.parties[id]
	if !ok || p.Name == "" {
		return id
	}
	if org := v.org(id); org != id && v.parties[org].Name != "" {
		return v.parties[org].Name + " " + p.Name
	}
	return p.Name
}

// target names what an arrangement is over.
func (v view) target(a Arrangement) string {
	if s, ok := v.software[a.Software]; ok {
		return s.Name
	}
	if s, ok := v.systems[a.System]; ok {
		return s.Name
	}
	return a.Name
}

// holders gives the engagements of an arrangement with a role, in order.
func holders(a Arrangement, role guideline.Role) []Engagement {
	var out []Engagement
	for _, e := range a.Engagements {
		if e.Role == role {
			out = append(out, e)
		}
	}
	return out
}

func holds(a Arrangement, party string, role guideline.Role) bool {
	return slices.ContainsFunc(a.Engagements, func(e Engagement) bool { return e.Party == party && e.Role == role })
}

// orgHolds reports whether any unit of an organisation holds a role in an arrangement.
func (v view) orgHolds(a Arrangement, org string, role guideline.Role) bool {
	return slices.ContainsFunc(a.Engagements, func(e Engagement) bool { return e.Role == role && v.org(e.Party) == org })
}

// customers gives the organisations that hold the customer role as principal or unmarked, in order, once each.
func (v view) customers(a Arrangement) []string {
	var out []string
	for _, e := range holders(a, guideline.Customer) {
		if org := v.org(e.Party); e.Stance != guideline.Support && !slices.Contains(out, org) {
			out = append(out, org)
		}
	}
	return out
}

func (v view) isCustomer(a Arrangement, party string) bool {
	return slices.Contains(v.customers(a), v.org(party))
}

// engagedParties gives the parties of an arrangement, in order, once each.
func engagedParties(a Arrangement) []string {
	var out []string
	for _, e := range a.Engagements {
		if !slices.Contains(out, e.Party) {
			out = append(out, e.Party)
		}
	}
	return out
}

// covers reports whether an agreement is about an arrangement: it names one of its engagements, or names none at all
// and both its parties take part.
func (v view) covers(g Agreement, a Arrangement) bool {
	for _, e := range a.Engagements {
		if slices.Contains(g.Engagements, e.ID) {
			return true
		}
	}
	if len(g.Engagements) > 0 {
		return false
	}
	takesPart := func(party string) bool {
		return slices.ContainsFunc(a.Engagements, func(e Engagement) bool { return v.org(e.Party) == v.org(party) })
	}
	return takesPart(g.Receiver) && takesPart(g.Giver)
}

// StanceName gives the guideline's word for a stance; empty for an unmarked one.
func StanceName(s guideline.Stance) lang.Text {
	switch s {
	case guideline.Principal:
		return lang.T("主体", "principal")
	case guideline.Support:
		return lang.T("支援", "support")
	}
	return lang.Text{}
}

// Belongs reports whether a party is another one, or a unit of it at any depth.
func Belongs(m Model, party, of string) bool {
	parents := map[string]string{}
	for _, p := range m.Parties {
		parents[p.ID] = p.Parent
	}
	for n := 0; party != "" && n <= len(m.Parties); party, n = parents[party], n+1 {
		if party == of {
			return true
		}
	}
	return false
}
