package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Component is one distinct component. It is kept, and matched against advisories, once, however many releases hold it.
type Component struct {
	ID        int64  `json:"-"`
	PURL      string `json:"purl"` // empty: known by name and version only
	Name      string `json:"name"`
	Version   string `json:"version"`
	Ecosystem string `json:"ecosystem"`

	// Identifiers are further ones that matching asks by where the package URL tells nothing: CPE names, where in which
	// repository the component comes from, and after [BuiltFrom] the package whose sources it was built from; one a line.
	Identifiers string `json:"identifiers,omitempty"`

	Matched   bool   `json:"-"` // it was matched; see [Tx.SetLooks]
	Unmatched string `json:"-"` // why advisories could not be asked about it; empty when they were
}

// BuiltFrom leads the line of a component's identifiers that names the package whose sources it was built from.
const BuiltFrom = "upstream:"

// key tells components apart: the package URL, else name and version, and the further identifiers.
func (c Component) key() string {
	key := c.PURL
	if key == "" {
		key = "name " + strconv.Quote(c.Name) + " version " + strconv.Quote(c.Version)
	}
	if c.Identifiers != "" {
		key += "\n" + c.Identifiers
	}
	return key
}

// known remembers the numbers of components from one transaction to the next: files of one portfolio hold much the same,
// and a component is never changed or removed.
type known struct {
	mu  sync.Mutex
	ids map[string]int64 // by key
}

// maxKnown bounds what is remembered: about 30 MB.
const maxKnown = 250_000

// number gives the number of a component, 0 when it is not remembered.
func (k *known) number(key string) int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ids[key]
}

// add remembers what a transaction that was committed came across.
func (k *known) add(ids map[string]int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil || len(k.ids)+len(ids) > maxKnown {
		k.ids = map[string]int64{}
	}
	for key, id := range ids {
		if k.ids[key] == 0 {
			k.ids[strings.Clone(key)] = id // it may be a piece of a whole document, which would be held with it
		}
	}
}

// chunk is how many values a statement looks up or inserts at once. SQLite looks through the names of all placeholders
// for each value, so more is slower.
const chunk = 100

// chunks calls fn with pieces of a slice.
func chunks[T any](values []T, fn func([]T) error) error {
	for len(values) > 0 {
		n := min(chunk, len(values))
		if err := fn(values[:n]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// lengths are the few that statements have for which it matters that they repeat, so that they need not be parsed anew.
var lengths = [...]int{1, 2, 5, 10, 20, 50, chunk}

// lookups is chunks for statements that look values up: the last value is repeated up to one of the lengths.
func lookups[T any](values []T, fn func([]T) error) error {
	return chunks(values, func(part []T) error {
		for _, n := range lengths {
			if n >= len(part) {
				return fn(append(slices.Clip(part), slices.Repeat(part[len(part)-1:], n-len(part))...))
			}
		}
		return fn(part)
	})
}

// pieces is chunks for statements that insert: each piece has one of the lengths.
func pieces[T any](values []T, fn func([]T) error) error {
	for len(values) > 0 {
		n := 1
		for _, length := range lengths {
			if length <= len(values) && length <= chunk/2 {
				n = length
			}
		}
		if err := fn(values[:n]); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// putComponents makes sure that components exist and gives their ids by key.
func (tx *Tx) putComponents(ctx context.Context, components []ReleaseComponent) (map[string]int64, error) {
	ids := make(map[string]int64, len(components))
	var distinct []Component
	for i := range components {
		// The key is made of what the database will hold.
		c := &components[i].Component
		c.PURL, c.Name, c.Version, c.Identifiers = storableText(c.PURL), storableText(c.Name), storableText(c.Version), storableText(c.Identifiers)
		key := c.key()
		if _, seen := ids[key]; seen {
			continue
		}
		if ids[key] = tx.components[key]; ids[key] == 0 {
			ids[key] = tx.known.number(key)
		}
		if ids[key] == 0 {
			distinct = append(distinct, *c)
		}
	}
	err := lookups(distinct, func(part []Component) error { return tx.lookUpComponents(ctx, part, ids) })
	if err != nil {
		return nil, err
	}
	var missing []Component
	for _, c := range distinct {
		if ids[c.key()] == 0 {
			missing = append(missing, c)
		}
	}
	if err := pieces(missing, func(part []Component) error { return tx.addComponents(ctx, part, ids) }); err != nil {
		return nil, err
	}
	for _, c := range distinct {
		tx.components[c.key()] = ids[c.key()]
	}
	return ids, nil
}

func (tx *Tx) lookUpComponents(ctx context.Context, part []Component, ids map[string]int64) error {
	args := make([]any, len(part))
	for i, c := range part {
		args[i] = c.key()
	}
	return tx.componentIDs(ctx, ids, `select id, key from component where key in (`+tx.dialect.places(len(part))+`)`, args)
}

func (tx *Tx) addComponents(ctx context.Context, part []Component, ids map[string]int64) error {
	tx.wrote = true
	var args []any
	for _, c := range part {
		args = append(args, c.key(), c.PURL, c.Name, c.Version, c.Ecosystem, c.Identifiers)
	}
	return tx.componentIDs(ctx, ids, tx.dialect.insertText("component", []string{"key", "purl", "name", "version", "ecosystem", "identifiers"}, len(part))+
		` returning id, key`, args)
}

func (tx *Tx) componentIDs(ctx context.Context, ids map[string]int64, query string, args []any) error {
	rows, err := tx.q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		ids[key] = id
	}
	return rows.Err()
}

// Components gives every distinct component that some release holds, ordered by package URL, name and version.
func (db *DB) Components(ctx context.Context) ([]Component, error) {
	p, err := db.portfolioNow(ctx)
	if err != nil {
		return nil, err
	}
	all, err := list(ctx, db, scanComponent, selectComponent+`order by c.purl, c.name, c.version`)
	return p.held(all), err
}

// ComponentsOf gives the distinct components of a release, ordered by package URL, name and version.
func (db *DB) ComponentsOf(ctx context.Context, release string) ([]Component, error) {
	ids, err := db.listedIn(ctx, release)
	if err != nil {
		return nil, err
	}
	return db.componentsNumbered(ctx, ids)
}

// componentsNumbered gives components by their numbers, ordered by package URL, name and version.
func (db *DB) componentsNumbered(ctx context.Context, ids []int64) (out []Component, err error) {
	err = lookups(ids, func(part []int64) error {
		some, err := list(ctx, db, scanComponent, selectComponent+`where c.id in (`+db.dialect.places(len(part))+`)`, anys(part)...)
		out = append(out, some...)
		return err
	})
	slices.SortFunc(out, byPURL)
	return out, err
}

// byPURL orders components by package URL, name and version.
func byPURL(a, b Component) int {
	return cmp.Or(cmp.Compare(a.PURL, b.PURL), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
}

const selectComponent = `select c.id, c.purl, c.name, c.version, c.ecosystem, c.identifiers, c.unmatched from component c `

func scanComponent(r row) (c Component, err error) {
	var unmatched sql.NullString
	err = r.Scan(&c.ID, &c.PURL, &c.Name, &c.Version, &c.Ecosystem, &c.Identifiers, &unmatched)
	c.Matched, c.Unmatched = unmatched.Valid, unmatched.String
	return c, err
}
