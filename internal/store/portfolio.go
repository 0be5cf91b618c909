package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
)

// portfolio holds in memory which releases hold which component: for each component the lists it is in, as numbers of 32
// bits. It is read when it is asked first, and before each answer it catches up with what was committed since, be it by
// this process or by another.
//
// Each transaction that changes lists of components says so in the table list_change, with its mark: a number that goes up
// from one transaction to the next. On SQLite they end in the order of their marks. On PostgreSQL the mark is the number of
// the transaction, and one that began earlier may end later; so the changes are read again from the place before which all
// transactions had ended at the last look, less those that were seen.
type portfolio struct {
	catching sync.Mutex      // one at a time looks for what changed
	from     int64           // where to look from
	seen     map[string]bool // changes from there on that were brought in; nil: nothing was read yet
	newest   string          // the last of them

	mu      sync.RWMutex // of what follows
	lists   map[uint32]placed
	holders map[uint32][]uint32 // component -> lists
	matched map[string]int      // release -> lists of it that were matched
	unseen  int64               // components of these that advisories could not be asked about

	chain *heldChain // nil: it was not read since it changed
}

// placed is a list of components in memory.
type placed struct {
	release    string
	unmatched  int64
	components []uint32 // with a bit for "directly" below each number
}

var errTooMany = errors.New("store: there are more components or lists of them than the portfolio in memory has room for")

// maxNumber bounds the numbers of lists and components that fit.
const maxNumber = 1 << 31

// portfolioNow gives the portfolio as it is now. Inside of a transaction that changed it, it is read anew for it alone.
func (db *DB) portfolioNow(ctx context.Context) (*portfolio, error) {
	p, from := &db.held, db.root
	if db.changed != nil && len(db.changed.lists) > 0 {
		p, from = &portfolio{}, db
	}
	return p, p.catchUp(ctx, from)
}

// change is a row of list_change, with the place before which all changes have ended.
type change struct {
	settled, mark int64
	id            string
	lists         []int64
	chain         bool
}

// changed is what a transaction changed of what is held in memory.
type changed struct {
	lists map[int64]bool // of components
	chain bool
}

// catchUp brings in what was committed since the last time.
func (p *portfolio) catchUp(ctx context.Context, db *DB) error {
	p.catching.Lock()
	defer p.catching.Unlock()
	return p.bringIn(ctx, db)
}

// bringIn is catchUp for who holds the lock.
func (p *portfolio) bringIn(ctx context.Context, db *DB) error {
	changes, err := list(ctx, db, func(r row) (c change, err error) {
		err = r.Scan(&c.settled, &c.mark, &c.id, asJSON(&c.lists), &c.chain)
		return c, err
	}, `select (`+db.dialect.settled+`), mark, id, lists, chain from list_change where mark >= $1 order by mark`, p.from)
	if err != nil {
		return err
	}
	fresh, follows, turned := map[int64]bool{}, false, false
	for _, c := range changes {
		follows = follows || c.id == p.newest
		if !p.seen[c.id] {
			for _, id := range c.lists {
				fresh[id] = true
			}
			turned = turned || c.chain
		}
	}
	if turned || !follows {
		p.chain = nil
	}
	switch {
	case p.seen == nil || !follows: // only the oldest changes are forgotten, so that one after the newest is never missed
		err = p.load(ctx, db)
	case len(fresh) > 0:
		err = p.reload(ctx, db, slices.Collect(maps.Keys(fresh)))
	}
	if err == nil {
		p.note(changes)
	}
	return err
}

// note remembers what was seen, and where to look from the next time: from the newest change, or from an earlier place
// after which one may not have ended.
func (p *portfolio) note(changes []change) {
	p.seen = map[string]bool{}
	if len(changes) == 0 {
		return
	}
	newest := changes[len(changes)-1]
	p.newest, p.from = newest.id, min(newest.settled, newest.mark)
	for _, c := range changes {
		if c.mark >= p.from {
			p.seen[c.id] = true
		}
	}
}

// load reads every list.
func (p *portfolio) load(ctx context.Context, db *DB) error {
	all, err := list(ctx, db, scanList, selectList+`order by l.id`)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lists, p.holders, p.matched, p.unseen = make(map[uint32]placed, len(all)), map[uint32][]uint32{}, map[string]int{}, 0
	for _, l := range all {
		if err := p.put(l); err != nil {
			return err
		}
	}
	return nil
}

// reload reads some lists again; those that are not there any more go.
func (p *portfolio) reload(ctx context.Context, db *DB, ids []int64) error {
	return lookups(ids, func(part []int64) error {
		some, err := list(ctx, db, scanList, selectList+`where l.id in (`+db.dialect.places(len(part))+`)`, anys(part)...)
		if err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, id := range part {
			p.drop(uint32(id))
		}
		for _, l := range some {
			if err := p.put(l); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *portfolio) drop(id uint32) {
	l, is := p.lists[id]
	if !is {
		return
	}
	if l.unmatched >= 0 {
		p.unseen -= l.unmatched
		if p.matched[l.release]--; p.matched[l.release] == 0 {
			delete(p.matched, l.release)
		}
	}
	for _, c := range l.components {
		holders := p.holders[c>>1]
		if i := slices.Index(holders, id); i >= 0 {
			holders[i] = holders[len(holders)-1]
			p.holders[c>>1] = holders[:len(holders)-1]
		}
		if len(p.holders[c>>1]) == 0 {
			delete(p.holders, c>>1)
		}
	}
	delete(p.lists, id)
}

// put adds a list, with each of its components once.
func (p *portfolio) put(l heldList) error {
	at := placed{release: l.release, unmatched: l.unmatched, components: make([]uint32, len(l.components))}
	for i, c := range l.components {
		if c >= maxNumber || l.id >= maxNumber {
			return errTooMany
		}
		at.components[i] = uint32(c) << 1
		if l.direct[i] {
			at.components[i]++
		}
	}
	slices.Sort(at.components)
	at.components = slices.Clip(onceEach(at.components))
	for _, c := range at.components {
		p.holders[c>>1] = append(p.holders[c>>1], uint32(l.id))
	}
	p.lists[uint32(l.id)] = at
	if l.unmatched >= 0 {
		p.unseen += l.unmatched
		p.matched[l.release]++
	}
	return nil
}

// onceEach leaves of the same components, which are sorted, the last: that which is held directly, if one is.
func onceEach(components []uint32) []uint32 {
	out := components[:0]
	for i, c := range components {
		if i+1 == len(components) || components[i+1]>>1 != c>>1 {
			out = append(out, c)
		}
	}
	return out
}

// holding gives the releases that hold a component, and whether some document says of each that it does directly.
func (p *portfolio) holding(component int64) map[string]bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	lists := p.holders[uint32(component)]
	out := make(map[string]bool, len(lists))
	for _, id := range lists {
		l := p.lists[id]
		_, direct := slices.BinarySearch(l.components, uint32(component)<<1+1)
		out[l.release] = out[l.release] || direct
	}
	return out
}

// held leaves of some components those that a release holds.
func (p *portfolio) held(components []Component) []Component {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.DeleteFunc(components, func(c Component) bool { return len(p.holders[uint32(c.ID)]) == 0 })
}

// counts gives how many different components each release holds.
func (p *portfolio) counts() map[string]int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	of := map[string][]uint32{}
	for _, l := range p.lists {
		of[l.release] = append(of[l.release], l.components...)
	}
	out := make(map[string]int, len(of))
	for release, components := range of {
		slices.Sort(components)
		if n := len(onceEach(components)); n > 0 {
			out[release] = n
		}
	}
	return out
}

// seenWell counts the releases that were matched, and of their components those that advisories could not be asked about.
func (p *portfolio) seenWell() (releases, unmatched int64) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return int64(len(p.matched)), p.unseen
}

// ReleasesHolding gives the ids of the releases that hold any of some components, sorted.
func (db *DB) ReleasesHolding(ctx context.Context, components []int64) ([]string, error) {
	if len(components) == 0 {
		return nil, nil
	}
	p, err := db.portfolioNow(ctx)
	if err != nil {
		return nil, err
	}
	return p.releasesHolding(components), nil
}

func (p *portfolio) releasesHolding(components []int64) []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	lists, releases := map[uint32]bool{}, map[string]bool{}
	for _, c := range components {
		for _, id := range p.holders[uint32(c)] {
			lists[id] = true
		}
	}
	for id := range lists {
		releases[p.lists[id].release] = true
	}
	return sortedKeys(releases)
}

// tellChanges says what the transaction changed of what processes hold in memory.
func (tx *Tx) tellChanges(ctx context.Context) error {
	if len(tx.changed.lists) == 0 && !tx.changed.chain {
		return nil
	}
	_, err := tx.exec(ctx, `insert into list_change (id, mark, lists, chain) values ($1, (`+tx.dialect.mark+`), $2, $3)`, NewID(),
		inJSON(append([]int64{}, slices.Sorted(maps.Keys(tx.changed.lists))...)), tx.changed.chain)
	return err
}

// keptChanges is how many changes are kept; whoever did not look for longer reads everything again.
const keptChanges = 10_000

// forgetChanges drops the oldest changes.
func (db *DB) forgetChanges(ctx context.Context) error {
	return db.housekeeping(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `delete from list_change where mark < (select mark from list_change order by mark desc limit 1 offset $1)`, keptChanges)
		return err
	})
}
