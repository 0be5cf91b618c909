package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.org/tasuki/internal/fact"
)

// ReleaseComponent is a component as one document states it for a release.
type ReleaseComponent struct {
	Component
	Ref      string                       `json:"ref"`
	Supplier string                       `json:"supplier"`
	Direct   bool                         `json:"direct"`
	Presence map[fact.Field]fact.Presence `json:"presence"` // fields that are not simply present
	Document string                       `json:"document"` // filled when read
}

// statement is what a document states of a component beside the component itself, as it is kept.
type statement struct {
	Ref      string                       `json:"ref,omitempty"`
	Supplier string                       `json:"supplier,omitempty"`
	Presence map[fact.Field]fact.Presence `json:"presence,omitempty"`
}

// What a document states as the components of a release is one row: the numbers of the components in the document's
// order, parted by spaces, with a mark behind those that are held directly; and beside them, in the same order, what else
// it states of each. Who holds a component is asked of the portfolio in memory.
const directMark = "!"

// appendListed adds a component to the text of a list.
func appendListed(text []byte, component int64, direct bool) []byte {
	if len(text) > 0 {
		text = append(text, ' ')
	}
	text = strconv.AppendInt(text, component, 10)
	if direct {
		text = append(text, directMark...)
	}
	return text
}

var errList = errors.New("store: a list of components cannot be read")

// eachListed calls fn with each component of the text of a list, in its order.
func eachListed(text string, fn func(component int64, direct bool)) error {
	if text == "" {
		return nil
	}
	for word := range strings.SplitSeq(text, " ") {
		number, direct := strings.CutSuffix(word, directMark)
		component, err := strconv.ParseUint(number, 10, 63)
		if err != nil {
			return errList
		}
		fn(int64(component), direct)
	}
	return nil
}

// ReplaceReleaseComponents sets what a document states as the components of a release, in its order.
func (tx *Tx) ReplaceReleaseComponents(ctx context.Context, release, document string, components []ReleaseComponent) error {
	if err := tx.replaceList(ctx, release, document, components); err != nil {
		return fmt.Errorf("components of %s: %w", release, err)
	}
	return nil
}

func (tx *Tx) replaceList(ctx context.Context, release, document string, components []ReleaseComponent) error {
	known, err := tx.putComponents(ctx, components)
	if err != nil {
		return err
	}
	var text []byte
	details := make([]statement, len(components))
	for i, c := range components {
		text = appendListed(text, known[c.key()], c.Direct)
		details[i] = statement{storableText(c.Ref), storableText(c.Supplier), c.Presence}
	}
	tx.wrote = true
	id, err := one(ctx, tx.DB, scanInt, `insert into component_list (release, document, at) values ($1, $2, $3)
		on conflict (release, document) do update set at = excluded.at returning id`, release, document, ms(tx.Now()))
	if err != nil {
		return err
	}
	tx.changed.lists[id] = true
	_, err = tx.exec(ctx, `insert into list_content (list, components, details) values ($1, $2, $3)
		on conflict (list) do update set components = excluded.components, details = excluded.details`, id, string(text), inJSON(details))
	return err
}

// DropComponentList forgets what a document stated as the components of a release: another document took its place.
func (tx *Tx) DropComponentList(ctx context.Context, release, document string) error {
	ids, err := list(ctx, tx.DB, scanInt, `select id from component_list where release = $1 and document = $2`, release, document)
	if err != nil {
		return err
	}
	for _, id := range ids {
		tx.changed.lists[id] = true
		if _, err := tx.exec(ctx, `delete from list_content where list = $1`, id); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `delete from component_list where id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// ListedBy gives the documents that state components of a release, the latest first.
func (db *DB) ListedBy(ctx context.Context, release string) ([]string, error) {
	return list(ctx, db, scanString, `select document from component_list where release = $1 order by at desc, id desc`, release)
}

// ReleaseComponents gives the components of a release as all its documents state them, document by document (the
// latest first), in each document's order.
func (db *DB) ReleaseComponents(ctx context.Context, release string) ([]ReleaseComponent, error) {
	type content struct {
		document, components string
		details              []statement
	}
	lists, err := list(ctx, db, func(r row) (c content, err error) {
		err = r.Scan(&c.document, &c.components, asJSON(&c.details))
		return c, err
	}, `select l.document, t.components, t.details from component_list l join list_content t on t.list = l.id where l.release = $1
		order by l.at desc, l.id desc`, release)
	if err != nil {
		return nil, err
	}
	var out []ReleaseComponent
	for _, l := range lists {
		start := len(out)
		err := eachListed(l.components, func(id int64, direct bool) {
			out = append(out, ReleaseComponent{Component: Component{ID: id}, Direct: direct, Document: l.document})
		})
		if err != nil || len(out)-start != len(l.details) {
			return nil, errList
		}
		for i, d := range l.details {
			c := &out[start+i]
			c.Ref, c.Supplier, c.Presence = d.Ref, d.Supplier, d.Presence
		}
	}
	return out, db.fillComponents(ctx, out)
}

// fillComponents adds to components that are known by their numbers what they are.
func (db *DB) fillComponents(ctx context.Context, listed []ReleaseComponent) error {
	numbers := map[int64]bool{}
	for _, c := range listed {
		numbers[c.ID] = true
	}
	all, err := db.componentsNumbered(ctx, slices.Collect(maps.Keys(numbers)))
	if err != nil {
		return err
	}
	of := make(map[int64]Component, len(all))
	for _, c := range all {
		of[c.ID] = c
	}
	for i, c := range listed {
		listed[i].Component = of[c.ID]
	}
	return nil
}

// heldList is what one document states for a release, without its details.
type heldList struct {
	id         int64
	release    string
	unmatched  int64 // of its components, that advisories could not be asked about; less than 0: it was not matched
	components []int64
	direct     []bool
}

const selectList = `select l.id, l.release, l.unmatched, t.components from component_list l join list_content t on t.list = l.id `

func scanList(r row) (l heldList, err error) {
	var text string
	if err = r.Scan(&l.id, &l.release, &l.unmatched, &text); err != nil {
		return l, err
	}
	n := strings.Count(text, " ") + 1
	l.components, l.direct = make([]int64, 0, n), make([]bool, 0, n)
	return l, eachListed(text, func(id int64, direct bool) {
		l.components, l.direct = append(l.components, id), append(l.direct, direct)
	})
}

// lists gives the lists of some releases.
func (db *DB) lists(ctx context.Context, releases []string) (out []heldList, err error) {
	err = lookups(releases, func(part []string) error {
		some, err := list(ctx, db, scanList, selectList+`where l.release in (`+db.dialect.places(len(part))+`)`, anys(part)...)
		out = append(out, some...)
		return err
	})
	return out, err
}

// listedIn gives the numbers of the distinct components of a release.
func (db *DB) listedIn(ctx context.Context, release string) ([]int64, error) {
	lists, err := db.lists(ctx, []string{release})
	var out []int64
	for _, l := range lists {
		out = append(out, l.components...)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}
