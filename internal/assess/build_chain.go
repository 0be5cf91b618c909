package assess

import (
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
)

// partners gives the outside organisations tied to a party directly in a deal: those that engage it and those it
// engages, whoever of its units holds the engagement. Where the deal says of nobody who engaged whom, the customers
// stand for the acquirer.
func (d *desk) partners(a chain.Arrangement, duty chain.Duty, refs refs) []Partner {
	us := d.org(duty.Party)
	out := []Partner{}
	add := func(org, side string) *Partner {
		i := slices.IndexFunc(out, func(p Partner) bool { return p.ID == org && p.Side == side })
		if i < 0 {
			out = append(out, Partner{ID: org, Name: d.name(org), Side: side, Contact: d.parties[org].Contact != ""})
			i = len(out) - 1
		}
		return &out[i]
	}
	for _, e := range a.Engagements {
		org := d.org(e.Party)
		switch {
		case org == us && e.EngagedBy != "" && d.org(e.EngagedBy) != us:
			p := add(d.org(e.EngagedBy), "acquirer")
			p.Asked = max(p.Asked, number(e.Level(a)))
		case org != us && e.EngagedBy != "" && d.org(e.EngagedBy) == us:
			p := add(org, "upstream")
			p.Asked = max(p.Asked, number(e.Level(a)))
			p.Declared = lowest(p.Declared, number(e.LevelDeclared))
		}
	}
	tied := len(out) > 0 || slices.ContainsFunc(a.Engagements, func(e chain.Engagement) bool { return e.EngagedBy != "" })
	for _, e := range a.Engagements {
		org := d.org(e.Party)
		if org == us || e.Role != guideline.Customer {
			continue
		}
		if i := slices.IndexFunc(out, func(p Partner) bool { return p.ID == org }); i >= 0 {
			out[i].Customer = true
		} else if !tied {
			p := add(org, "acquirer")
			p.Customer, p.Asked = true, number(a.Level)
		}
	}
	for i := range out {
		d.fillPartner(&out[i], a, duty, refs)
		d.compareItems(&out[i], a)
	}
	return out
}

func (d *desk) fillPartner(p *Partner, a chain.Arrangement, duty chain.Duty, refs refs) {
	p.Customer = p.Customer || p.Side == "acquirer"
	for _, g := range d.in.Model.Agreements {
		ends := []string{d.org(g.Receiver), d.org(g.Giver)}
		us := d.org(duty.Party)
		if !slices.Contains(ends, us) || !slices.Contains(ends, p.ID) || !about(g, a) || startOf(g.From).After(d.in.Now) {
			continue
		}
		p.Agreements++
		refs.add("partners", time.Time{}, "agreement:"+g.ID)
		if g.Level != "" {
			p.WithLevel++
		}
		if len(g.Requirements) > 0 {
			p.WithItems++
			p.named = append(p.named, g.Requirements...)
		}
		if g.Level == "" && len(g.Requirements) == 0 {
			continue
		}
		if g.Until == "" {
			p.OpenEnded = true
		}
		p.Until = later(p.Until, endOf(g.Until))
	}
	for _, got := range d.in.Received {
		if d.org(got.Party) != p.ID || !d.speaksFor(got, duty) {
			continue
		}
		if !got.ValidUntil.IsZero() && !d.in.Now.Before(got.ValidUntil) {
			continue
		}
		p.answers = append(p.answers, got.Answers...)
		if n := number(got.Level); n > p.Proven {
			p.Proven, p.ProvenUntil = n, got.ValidUntil
		}
		refs.add("partners", got.ValidUntil, got.ID)
	}
	for _, r := range d.records {
		if to, _ := r.Data["party"].(string); to == "" || d.org(to) != p.ID {
			continue
		}
		switch {
		case r.Kind == "sbom_share" && d.in.Release != "" && r.Subject == (fact.Subject{Kind: fact.Release, ID: d.in.Release}):
			p.HasSBOMShare, p.SharedOn = true, later(p.SharedOn, startOf(text(r.Data["shared_on"])))
			refs.add("partners", r.ValidUntil, r.ID)
		case r.Kind == "contact":
			p.Contact, p.ReachedOn = true, later(p.ReachedOn, startOf(text(r.Data["confirmed_on"])))
			refs.add("partners", r.ValidUntil, r.ID)
		case r.Kind == "notice" && text(r.Data["received_on"]) != "":
			p.ReachedOn = later(p.ReachedOn, startOf(text(r.Data["received_on"])))
			refs.add("partners", r.ValidUntil, r.ID)
		}
	}
	for i := range d.in.Facts { // a letter that came back shows that the party is there
		f := &d.in.Facts[i]
		if r, is := f.Data.(*fact.Reply); is && r.Direction == fact.Incoming && !r.Stated && f.Subject.Kind == fact.Org && d.org(f.Subject.ID) == p.ID {
			p.ReachedOn = later(p.ReachedOn, r.At)
			refs.add("partners", time.Time{}, f.Document)
		}
	}
}

// compareItems lays the requirements that an upstream partner's engagements carry beside what agreements name and what its
// declaration answers, one by one.
func (d *desk) compareItems(p *Partner, a chain.Arrangement) {
	p.Duties, p.Items, p.Unanswered, p.Short = []string{}, []string{}, []string{}, []string{}
	for _, duty := range d.in.Duties {
		id := string(duty.Requirement)
		if p.Side != "upstream" || duty.Arrangement != a.ID || d.org(duty.Party) != p.ID {
			continue
		}
		if !slices.Contains(p.Duties, id) {
			p.Duties = append(p.Duties, id)
			if slices.ContainsFunc(p.named, func(n guideline.ID) bool { return under(id, string(n)) }) {
				p.Items = append(p.Items, id)
			}
		}
		spoken := slices.ContainsFunc(p.answers, func(x Answer) bool { return x.Requirement == duty.Requirement && x.Role == duty.Role })
		label := id + " " + string(duty.Role)
		if len(p.answers) > 0 && !spoken && !slices.Contains(p.Unanswered, label) {
			p.Unanswered = append(p.Unanswered, label)
		}
		short := slices.ContainsFunc(p.answers, func(x Answer) bool { return x.Requirement == duty.Requirement && x.Role == duty.Role && x.short() })
		if short && !slices.Contains(p.Short, label) {
			p.Short = append(p.Short, label)
		}
	}
}

// short reports whether an answer leaves something open.
func (a Answer) short() bool {
	return a.Status == NotMet || a.Status == PartlyMet || a.Status == NotAssessed
}

// fillOffers gives what parties showed us of themselves, whatever it is about: of each party what its newest bundle leaves
// open, and when the first thing came.
func (d *desk) fillOffers(env *Env, refs refs) {
	env.Offers = []OfferFact{}
	offer := func(party string, since time.Time) *OfferFact {
		i := slices.IndexFunc(env.Offers, func(o OfferFact) bool { return o.Party == party })
		if i < 0 {
			i = len(env.Offers)
			env.Offers = append(env.Offers, OfferFact{Party: party, Since: since, Open: []string{}})
		}
		if since.Before(env.Offers[i].Since) {
			env.Offers[i].Since = since
		}
		return &env.Offers[i]
	}
	for _, got := range d.in.Received {
		since := got.Since
		if since.IsZero() {
			since = got.VerifiedAt
		}
		if o := offer(d.org(got.Party), since); !got.VerifiedAt.Before(o.VerifiedAt) {
			o.VerifiedAt, o.Open = got.VerifiedAt, []string{}
			for _, a := range got.Answers {
				if a.short() {
					o.Open = append(o.Open, string(a.Requirement)+" "+string(a.Role))
				}
			}
		}
		refs.add("offers", time.Time{}, got.ID)
	}
	for i := range d.in.Facts {
		f := &d.in.Facts[i]
		if r, is := f.Data.(*fact.Reply); is && r.Stated && r.Direction == fact.Incoming && f.Subject.Kind == fact.Org {
			offer(d.org(f.Subject.ID), r.At)
			refs.add("offers", time.Time{}, f.Document)
		}
	}
	slices.SortFunc(env.Offers, func(a, b OfferFact) int { return strings.Compare(a.Party, b.Party) })
}

// speaksFor reports whether a declaration of a partner counts in a deal: it is about the deal's software or about no
// software we know, the deal is over a whole system, or it is about software of the partner's own and a component rule
// says that the partner answers for components of ours.
func (d *desk) speaksFor(got Received, duty chain.Duty) bool {
	if got.Software == "" || got.Software == duty.Software || duty.Software == "" {
		return true
	}
	maker := d.org(got.Party)
	return d.org(d.software[got.Software].Owner) == maker && slices.ContainsFunc(d.in.Model.Components, func(r chain.ComponentRule) bool {
		return d.org(r.Party) == maker && (r.Release == "" || d.releases[r.Release].Software == duty.Software)
	})
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// about reports whether an agreement is about a deal: it names one of its engagements, or none at all.
func about(g chain.Agreement, a chain.Arrangement) bool {
	return len(g.Engagements) == 0 || slices.ContainsFunc(a.Engagements, func(e chain.Engagement) bool { return slices.Contains(g.Engagements, e.ID) })
}

// lowest gives the smaller of two levels, where 0 is "not said yet".
func lowest(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// under reports whether a requirement is another, or within the range that it names: S(2) or S(2)-1.
func under(id, of string) bool {
	return id == of || strings.HasPrefix(id, of+"-") || strings.HasPrefix(id, of+".")
}
