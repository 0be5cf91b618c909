package store

import (
	"context"
	"slices"

	"example.org/tasuki/internal/chain"
)

// heldChain is the chain in memory, laid out by what is asked for around some software. Nothing in it is ever changed: when
// the chain changes, another takes its place.
type heldChain struct {
	model        chain.Model
	software     map[string]int
	releases     map[string]int
	releasesOf   map[string][]int // software ->
	running      map[string][]int // release -> systems
	arrangements map[string][]int // software or system ->
}

func layOutChain(m chain.Model) *heldChain {
	h := &heldChain{model: m, software: make(map[string]int, len(m.Software)), releases: make(map[string]int, len(m.Releases)),
		releasesOf: make(map[string][]int, len(m.Software)), running: map[string][]int{}, arrangements: map[string][]int{}}
	for i, s := range m.Software {
		h.software[s.ID] = i
	}
	for i, r := range m.Releases {
		h.releases[r.ID] = i
		h.releasesOf[r.Software] = append(h.releasesOf[r.Software], i)
	}
	for i, s := range m.Systems {
		for _, r := range s.Releases {
			h.running[r] = append(h.running[r], i)
		}
	}
	for i, a := range m.Arrangements {
		for _, about := range []string{a.Software, a.System} {
			if about != "" {
				h.arrangements[about] = append(h.arrangements[about], i)
			}
		}
	}
	return h
}

// chainNow gives the chain as it is now.
func (p *portfolio) chainNow(ctx context.Context, db *DB) (*heldChain, error) {
	p.catching.Lock()
	defer p.catching.Unlock()
	if err := p.bringIn(ctx, db); err != nil {
		return nil, err
	}
	if p.chain == nil {
		m, err := db.readModel(ctx)
		if err != nil {
			return nil, err
		}
		p.chain = layOutChain(m)
	}
	return p.chain, nil
}

// heldChain gives the chain in memory; inside of a transaction that changed it, as that sees it.
func (db *DB) heldChain(ctx context.Context) (*heldChain, error) {
	if db.changed != nil && db.changed.chain {
		m, err := db.readModel(ctx)
		return layOutChain(m), err
	}
	return db.held.chainNow(ctx, db.root)
}

// softwareOf gives of which software a release is.
func (h *heldChain) softwareOf(release string) string {
	if i, known := h.releases[release]; known {
		return h.model.Releases[i].Software
	}
	return ""
}

// LoadModelAround gives what is known of the chain around some software: it, its releases, the systems that run them, and
// the arrangements over these, in the order they were first saved; parties and agreements whole, rules about components
// not. As with [DB.LoadModel], what is in the elements must not be changed.
func (db *DB) LoadModelAround(ctx context.Context, software []string) (m chain.Model, err error) {
	h, err := db.heldChain(ctx)
	if err != nil {
		return m, err
	}
	var softwares, releases, systems, arrangements []int
	for _, id := range software {
		if i, known := h.software[id]; known {
			softwares = append(softwares, i)
		}
		releases, arrangements = append(releases, h.releasesOf[id]...), append(arrangements, h.arrangements[id]...)
		for _, r := range h.releasesOf[id] {
			systems = append(systems, h.running[h.model.Releases[r].ID]...)
		}
	}
	m = chain.Model{Parties: slices.Clone(h.model.Parties), Agreements: slices.Clone(h.model.Agreements)}
	m.Software, m.Releases, m.Systems = at(h.model.Software, softwares), at(h.model.Releases, releases), at(h.model.Systems, systems)
	for _, s := range m.Systems {
		arrangements = append(arrangements, h.arrangements[s.ID]...)
	}
	m.Arrangements = at(h.model.Arrangements, arrangements)
	return m, nil
}

// at gives the elements at some places, in their order, each once.
func at[T any](all []T, places []int) (out []T) {
	slices.Sort(places)
	for _, i := range slices.Compact(places) {
		out = append(out, all[i])
	}
	return out
}
