package judging

import (
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/register"
)

// surroundings is what a workspace knows, laid out by what it is about, so that a judgement is given what surrounds its
// software or system and its cost does not grow with the rest of the workspace.
type surroundings struct {
	model        chain.Model
	root         map[string]string // party -> organisation it belongs to
	parties      map[string][]int  // organisation -> places in the model
	self         string
	software     map[string]int
	releases     map[string]int
	releasesOf   map[string][]int // software ->
	systems      map[string]int
	running      map[string][]int // release -> systems that run it
	arrangements map[fact.Subject][]int
	agreements   map[string][]int       // organisation that gives or receives ->
	rules        map[string][]int       // release ->, and "" those for every release
	records      map[fact.Subject][]int // "" for what is about an organisation, or nothing
	claims       map[fact.Subject][]int
	facts        map[string][]fact.Fact // about parties
}

// shared is the subject under which goes what is about an organisation or about nothing named.
var shared fact.Subject

func about(s fact.Subject) fact.Subject {
	if s.Kind == fact.Org || s.ID == "" {
		return shared
	}
	return s
}

func layOut(m chain.Model, records []register.Record, claims []evidence.Claim, orgFacts []fact.Fact) *surroundings {
	w := &surroundings{model: m, root: map[string]string{}, parties: map[string][]int{}, software: map[string]int{}, releases: map[string]int{},
		releasesOf: map[string][]int{}, systems: map[string]int{}, running: map[string][]int{}, arrangements: map[fact.Subject][]int{},
		agreements: map[string][]int{}, rules: map[string][]int{},
		records: map[fact.Subject][]int{}, claims: map[fact.Subject][]int{}, facts: map[string][]fact.Fact{}}
	w.layOutModel()
	for i, r := range records {
		w.records[about(r.Subject)] = append(w.records[about(r.Subject)], i)
	}
	for i, c := range claims {
		w.claims[about(c.Subject)] = append(w.claims[about(c.Subject)], i)
	}
	for _, f := range orgFacts {
		w.facts[f.Subject.ID] = append(w.facts[f.Subject.ID], f)
	}
	return w
}

func (w *surroundings) layOutModel() {
	m := w.model
	parents := map[string]string{}
	for _, p := range m.Parties {
		parents[p.ID] = p.Parent
	}
	for i, p := range m.Parties {
		root := p.ID
		for seen := map[string]bool{}; parents[root] != "" && !seen[root]; root = parents[root] {
			seen[root] = true
		}
		w.root[p.ID] = root
		w.parties[root] = append(w.parties[root], i)
		if p.Self {
			w.self = root
		}
	}
	for i, s := range m.Software {
		w.software[s.ID] = i
	}
	for i, r := range m.Releases {
		w.releases[r.ID] = i
		w.releasesOf[r.Software] = append(w.releasesOf[r.Software], i)
	}
	for i, s := range m.Systems {
		w.systems[s.ID] = i
		for _, r := range s.Releases {
			w.running[r] = append(w.running[r], i)
		}
	}
	for i, a := range m.Arrangements {
		s := fact.Subject{Kind: fact.Software, ID: a.Software}
		if a.Software == "" {
			s = fact.Subject{Kind: fact.System, ID: a.System}
		}
		w.arrangements[s] = append(w.arrangements[s], i)
	}
	for i, g := range m.Agreements {
		w.agreements[w.org(g.Giver)] = append(w.agreements[w.org(g.Giver)], i)
		if w.org(g.Receiver) != w.org(g.Giver) {
			w.agreements[w.org(g.Receiver)] = append(w.agreements[w.org(g.Receiver)], i)
		}
	}
	for i, r := range m.Components {
		w.rules[r.Release] = append(w.rules[r.Release], i)
	}
}

func (w *surroundings) org(party string) string {
	if root, known := w.root[party]; known {
		return root
	}
	return party
}

// touched reports whether a judgement looks at one of some subjects.
func (w *surroundings) touched(j judged, subjects []fact.Subject) bool {
	return slices.ContainsFunc(subjects, func(s fact.Subject) bool {
		switch s.Kind {
		case fact.Software:
			return s.ID == j.software || slices.ContainsFunc(w.releasesOf[s.ID], func(i int) bool { return w.runs(j, w.model.Releases[i].ID) })
		case fact.Release:
			i, known := w.releases[s.ID]
			return known && j.software != "" && w.model.Releases[i].Software == j.software || w.runs(j, s.ID)
		case fact.System:
			return slices.Contains(w.systemsOf(j), s.ID)
		}
		return true // an organisation, or nothing named
	})
}

// systemsOf gives the systems a judgement looks at: its own, or those its deals are over.
func (w *surroundings) systemsOf(j judged) []string {
	if j.software == "" {
		return []string{j.system}
	}
	var out []string
	for _, i := range w.arrangements[fact.Subject{Kind: fact.Software, ID: j.software}] {
		if s := w.model.Arrangements[i].System; s != "" {
			out = append(out, s)
		}
	}
	return out
}

// runs reports whether a release runs in a system that a judgement looks at.
func (w *surroundings) runs(j judged, release string) bool {
	return slices.ContainsFunc(w.running[release], func(i int) bool { return slices.Contains(w.systemsOf(j), w.model.Systems[i].ID) })
}

// takes reports whether a component rule says that one of some software is a component of what a judgement looks at.
func (w *surroundings) takes(j judged, software []string) bool {
	names := func(i int) bool { return slices.Contains(software, w.model.Components[i].Software) }
	return slices.ContainsFunc(w.rules[""], names) || slices.ContainsFunc(w.rules[j.release], names)
}

// picked is the part of a workspace that one judgement is about.
type picked struct {
	subject                  fact.Subject
	software, releases       map[string]bool
	systems, orgs            map[string]bool
	arrangements, agreements map[int]bool
	rules, parties           map[int]bool
	records, claims          map[int]bool
}

// pick gathers what surrounds a software or a system: its deals, the systems they name and what runs there, the parties
// of the deals and their organisations, and the software that component rules and declarations name.
func (w *surroundings) pick(j judged, received []assess.Received) picked {
	p := picked{software: map[string]bool{}, releases: map[string]bool{}, systems: map[string]bool{}, orgs: map[string]bool{}, arrangements: map[int]bool{},
		agreements: map[int]bool{}, rules: map[int]bool{}, parties: map[int]bool{}, records: map[int]bool{}, claims: map[int]bool{}}
	p.subject = fact.Subject{Kind: fact.Software, ID: j.software}
	if j.software == "" {
		p.subject = fact.Subject{Kind: fact.System, ID: j.system}
		p.systems[j.system] = true
	}
	p.software[j.software] = j.software != ""
	for _, i := range w.arrangements[p.subject] {
		a := w.model.Arrangements[i]
		p.arrangements[i] = true
		p.systems[a.System] = a.System != ""
		for _, e := range a.Engagements {
			p.orgs[w.org(e.Party)], p.orgs[w.org(e.EngagedBy)] = true, true
		}
	}
	w.pickReleases(&p, j)
	for _, r := range received {
		p.software[r.Software] = p.software[r.Software] || r.Software != ""
	}
	p.orgs[w.self] = true
	for s := range p.software {
		if i, known := w.software[s]; known {
			p.orgs[w.org(w.model.Software[i].Owner)] = true
		}
	}
	for o := range p.orgs {
		for _, i := range w.parties[o] {
			p.parties[i] = true
		}
		for _, i := range w.agreements[o] {
			g := w.model.Agreements[i]
			p.agreements[i] = p.orgs[w.org(g.Giver)] && p.orgs[w.org(g.Receiver)]
		}
	}
	return p
}

// pickReleases gathers the releases of the software and of what its systems run, with the rules and records about them.
func (w *surroundings) pickReleases(p *picked, j judged) {
	for _, i := range w.releasesOf[j.software] {
		p.releases[w.model.Releases[i].ID] = j.software != ""
	}
	subjects := []fact.Subject{shared, p.subject}
	for s := range p.systems {
		i, known := w.systems[s]
		if !known {
			continue
		}
		subjects = append(subjects, fact.Subject{Kind: fact.System, ID: s})
		for _, r := range w.model.Systems[i].Releases {
			p.releases[r] = true
			if at, known := w.releases[r]; known {
				p.software[w.model.Releases[at].Software] = true
				subjects = append(subjects, fact.Subject{Kind: fact.Software, ID: w.model.Releases[at].Software})
			}
		}
	}
	rules := slices.Clone(w.rules[""])
	for r := range p.releases {
		rules = append(rules, w.rules[r]...)
		subjects = append(subjects, fact.Subject{Kind: fact.Release, ID: r})
	}
	for _, i := range rules {
		p.rules[i] = true
		if s := w.model.Components[i].Software; s != "" {
			p.software[s] = true
		}
	}
	for _, s := range subjects {
		for _, i := range w.records[s] {
			p.records[i] = true
		}
		for _, i := range w.claims[s] {
			p.claims[i] = true
		}
	}
	w.pickSiblings(p)
}

// pickSiblings adds what else came out of the software that systems run: it says which of their changes was a large one.
func (w *surroundings) pickSiblings(p *picked) {
	for s := range p.systems {
		i, known := w.systems[s]
		if !known {
			continue
		}
		for _, r := range w.model.Systems[i].Releases {
			at, known := w.releases[r]
			if !known {
				continue
			}
			for _, sibling := range w.releasesOf[w.model.Releases[at].Software] {
				p.releases[w.model.Releases[sibling].ID] = true
			}
		}
	}
}

// narrow gives of an input what is picked, in the order it had. Facts are only those about the organisations.
func (w *surroundings) narrow(in assess.Input, p picked) assess.Input {
	m := in.Model
	byID := func(place map[string]int, ids map[string]bool) map[int]bool {
		at := map[int]bool{}
		for id, wanted := range ids {
			if i, known := place[id]; known && wanted {
				at[i] = true
			}
		}
		return at
	}
	in.Model.Parties = these(m.Parties, p.parties)
	in.Model.Software = these(m.Software, byID(w.software, p.software))
	in.Model.Releases = these(m.Releases, byID(w.releases, p.releases))
	in.Model.Systems = these(m.Systems, byID(w.systems, p.systems))
	in.Model.Arrangements = these(m.Arrangements, p.arrangements)
	in.Model.Agreements = these(m.Agreements, p.agreements)
	in.Model.Components = these(m.Components, p.rules)
	in.Records = these(in.Records, p.records)
	in.Claims = these(in.Claims, p.claims)
	in.Duties = chain.Duties(guideline.Default(), in.Model)
	in.Facts = nil
	for _, party := range in.Model.Parties {
		in.Facts = append(in.Facts, w.facts[party.ID]...)
	}
	slices.SortStableFunc(in.Facts, func(a, b fact.Fact) int { return strings.Compare(a.Subject.ID, b.Subject.ID) })
	return in
}

// these gives the elements at some places, in their order.
func these[T any](all []T, places map[int]bool) []T {
	at := make([]int, 0, len(places))
	for i, wanted := range places {
		if wanted {
			at = append(at, i)
		}
	}
	slices.Sort(at)
	out := make([]T, len(at))
	for n, i := range at {
		out[n] = all[i]
	}
	return out
}
