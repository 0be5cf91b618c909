package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"example.org/tasuki/internal/fact"
)

// Component is one distinct component. It is kept, and matched against advisories, once, however many releases hold it.
type Component struct {
	ID        int64  `json:"-"`
	PURL      string `json:"purl"` // empty: known by name and version only
	Name      string `json:"name"`
	Version   string `json:"version"`
	Ecosystem string `json:"ecosystem"`

	// Identifiers are further ones that matching asks by where the package URL tells nothing: CPE names, and where in which
	// repository the component comes from; one a line.
	Identifiers string `json:"identifiers,omitempty"`

	Matched   bool   `json:"-"` // it was matched; see [Tx.SetLooks]
	Unmatched string `json:"-"` // why advisories could not be asked about it; empty when they were
}

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

// ReleaseComponent is a component as one document states it for a release.
type ReleaseComponent struct {
	Component
	Ref      string                       `json:"ref"`
	Supplier string                       `json:"supplier"`
	Direct   bool                         `json:"direct"`
	Presence map[fact.Field]fact.Presence `json:"presence"` // fields that are not simply present
	Document string                       `json:"document"` // filled when read
}

// ReplaceReleaseComponents sets what a document states as the components of a release, in its order.
func (tx *Tx) ReplaceReleaseComponents(ctx context.Context, release, document string, components []ReleaseComponent) error {
	id, err := tx.componentList(ctx, release, document)
	if err != nil {
		return fmt.Errorf("components of %s: %w", release, err)
	}
	known, err := tx.putComponents(ctx, components)
	if err != nil {
		return fmt.Errorf("components of %s: %w", release, err)
	}
	rows := make([][]any, len(components))
	for i, c := range components {
		presence, err := inJSON(c.Presence).Value()
		if err != nil {
			return fmt.Errorf("components of %s: %w", release, err)
		}
		rows[i] = []any{id, int64(i), known[c.key()], c.Ref, c.Supplier, c.Direct, presence}
	}
	return tx.bulk(ctx, "release_component", []string{"list", "ord", "component", "ref", "supplier", "is_direct", "presence"}, rows)
}

// componentList gives the id of the list of a document for a release, emptied.
func (tx *Tx) componentList(ctx context.Context, release, document string) (int64, error) {
	tx.wrote = true
	id, err := one(ctx, tx.DB, scanInt, `insert into component_list (release, document, at) values ($1, $2, $3)
		on conflict (release, document) do update set at = excluded.at returning id`, release, document, ms(tx.Now()))
	if err != nil {
		return 0, err
	}
	_, err = tx.exec(ctx, `delete from release_component where list = $1`, id)
	return id, err
}

// DropComponentList forgets what a document stated as the components of a release: another document took its place.
func (tx *Tx) DropComponentList(ctx context.Context, release, document string) error {
	_, err := tx.exec(ctx, `delete from release_component where list in
		(select id from component_list where release = $1 and document = $2)`, release, document)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `delete from component_list where release = $1 and document = $2`, release, document)
	return err
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
			distinct = append(distinct, *c)
		}
	}
	err := chunks(distinct, func(part []Component) error { return tx.lookUpComponents(ctx, part, ids) })
	if err != nil {
		return nil, err
	}
	var missing []Component
	for _, c := range distinct {
		if ids[c.key()] == 0 {
			missing = append(missing, c)
		}
	}
	if err := chunks(missing, func(part []Component) error { return tx.addComponents(ctx, part, ids) }); err != nil {
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
	return tx.componentIDs(ctx, ids, insertText("component", []string{"key", "purl", "name", "version", "ecosystem", "identifiers"}, len(part))+
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

// ReleaseComponents gives the components of a release as all its documents state them, document by document (the
// latest first), in each document's order.
func (db *DB) ReleaseComponents(ctx context.Context, release string) ([]ReleaseComponent, error) {
	return list(ctx, db, func(r row) (c ReleaseComponent, err error) {
		err = r.Scan(&c.ID, &c.PURL, &c.Name, &c.Version, &c.Ecosystem, &c.Ref, &c.Supplier, &c.Direct, asJSON(&c.Presence), &c.Document)
		return c, err
	}, `select c.id, c.purl, c.name, c.version, c.ecosystem, rc.ref, rc.supplier, rc.is_direct, rc.presence, l.document
		from component_list l join release_component rc on rc.list = l.id join component c on c.id = rc.component
		where l.release = $1 order by l.at desc, l.id desc, rc.ord`, release)
}

// Components gives every distinct component that some release holds, ordered by package URL, name and version.
func (db *DB) Components(ctx context.Context) ([]Component, error) {
	return list(ctx, db, scanComponent, selectComponent+`
		where exists (select 1 from release_component rc where rc.component = c.id) order by c.purl, c.name, c.version`)
}

// ComponentsOf gives the distinct components of a release, ordered by package URL, name and version.
func (db *DB) ComponentsOf(ctx context.Context, release string) ([]Component, error) {
	return list(ctx, db, scanComponent, selectComponent+`where c.id in
		(select rc.component from component_list l join release_component rc on rc.list = l.id where l.release = $1)
		order by c.purl, c.name, c.version`, release)
}

const selectComponent = `select c.id, c.purl, c.name, c.version, c.ecosystem, c.identifiers, c.unmatched from component c `

func scanComponent(r row) (c Component, err error) {
	var unmatched sql.NullString
	err = r.Scan(&c.ID, &c.PURL, &c.Name, &c.Version, &c.Ecosystem, &c.Identifiers, &unmatched)
	c.Matched, c.Unmatched = unmatched.Valid, unmatched.String
	return c, err
}

// ReleasesHolding gives the ids of the releases that hold any of some components, sorted.
func (db *DB) ReleasesHolding(ctx context.Context, components []int64) ([]string, error) {
	seen := map[string]bool{}
	err := chunks(components, func(part []int64) error {
		found, err := list(ctx, db, scanString, `select distinct l.release from release_component rc
			join component_list l on l.id = rc.list where rc.component in (`+placeholders(1, len(part))+`)`, anys(part)...)
		for _, r := range found {
			seen[r] = true
		}
		return err
	})
	return sortedKeys(seen), err
}
