package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// Look says how advisories are asked about a component.
type Look struct {
	Component int64
	Unmatched string   // why they could not be asked; empty: they were
	Packages  []string // under which packages it is looked up, as [DB.ComponentsNamed] is asked for them
}

// SetLooks writes down how advisories were asked about some components.
func (tx *Tx) SetLooks(ctx context.Context, looks []Look) error {
	of := map[string][]int64{} // by reason, of which there are few
	var rows [][]any
	for _, l := range looks {
		of[l.Unmatched] = append(of[l.Unmatched], l.Component)
		for _, p := range l.Packages {
			rows = append(rows, []any{p, l.Component})
		}
	}
	for reason, components := range of {
		err := lookups(components, func(part []int64) error {
			_, err := tx.exec(ctx, `update component set unmatched = $1 where id in (`+placeholders(2, len(part))+`)`, append([]any{reason}, anys(part)...)...)
			if err == nil {
				_, err = tx.exec(ctx, `delete from component_package where component in (`+tx.dialect.places(len(part))+`)`, anys(part)...)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return tx.bulk(ctx, "component_package", []string{"package", "component"}, rows)
}

// ComponentsNamed gives the components that are looked up under any of some packages, ordered by number. Components that
// were never matched are not among them.
func (db *DB) ComponentsNamed(ctx context.Context, packages []string) ([]Component, error) {
	var out []Component
	err := lookups(packages, func(part []string) error {
		found, err := list(ctx, db, scanComponent, selectComponent+`where c.id in
			(select component from component_package where package in (`+db.dialect.places(len(part))+`)) order by c.id`, anys(part)...)
		out = append(out, found...)
		return err
	})
	return out, err
}

// ComponentsUnseen gives the components of some releases that were never matched, ordered by number.
func (db *DB) ComponentsUnseen(ctx context.Context, releases []string) ([]Component, error) {
	return db.componentsWhere(ctx, `c.unmatched is null`, releases)
}

// componentsWhere gives those components of some releases for which a condition holds, ordered by number.
func (db *DB) componentsWhere(ctx context.Context, condition string, releases []string) (out []Component, err error) {
	lists, err := db.lists(ctx, releases)
	if err != nil {
		return nil, err
	}
	wanted := map[int64]bool{}
	for _, l := range lists {
		for _, id := range l.components {
			wanted[id] = true
		}
	}
	read := func(where string, args ...any) error {
		some, err := list(ctx, db, scanComponent, selectComponent+`where `+condition+where, args...)
		out = append(out, slices.DeleteFunc(some, func(c Component) bool { return !wanted[c.ID] })...)
		return err
	}
	if len(wanted) >= manyComponents {
		err = read("")
	} else {
		err = lookups(slices.Collect(maps.Keys(wanted)), func(part []int64) error {
			return read(` and c.id in (`+db.dialect.places(len(part))+`)`, anys(part)...)
		})
	}
	slices.SortFunc(out, func(a, b Component) int { return cmp.Compare(a.ID, b.ID) })
	return out, err
}

// Seen says how well advisories were asked about the components of a release.
type Seen struct {
	Release    string
	Components int         // distinct ones
	Unmatched  []Component // those about which they could not be asked, by package URL, name and version
}

// SeenOf says it for those of some releases that hold components, in their order.
func (db *DB) SeenOf(ctx context.Context, releases []string) ([]Seen, error) {
	lists, err := db.lists(ctx, releases)
	if err != nil {
		return nil, err
	}
	unmatched, err := db.componentsWhere(ctx, `c.unmatched > ''`, releases)
	if err != nil {
		return nil, err
	}
	without := make(map[int64]Component, len(unmatched))
	for _, c := range unmatched {
		without[c.ID] = c
	}
	held := map[string][]int64{}
	for _, l := range lists {
		held[l.release] = append(held[l.release], l.components...)
	}
	var out []Seen
	for _, release := range releases {
		holds := held[release]
		if len(holds) == 0 {
			continue
		}
		slices.Sort(holds)
		holds = slices.Compact(holds)
		s := Seen{Release: release, Components: len(holds)}
		for _, id := range holds {
			if c, is := without[id]; is {
				s.Unmatched = append(s.Unmatched, c)
			}
		}
		slices.SortFunc(s.Unmatched, byPURL)
		out = append(out, s)
	}
	return out, nil
}

// ReleasesUnseen gives the ids of the releases that hold components and were never matched, sorted.
func (db *DB) ReleasesUnseen(ctx context.Context) ([]string, error) {
	return list(ctx, db, scanString, `select distinct release from component_list where unmatched < 0 order by release`)
}

// ReleasesSeen gives the ids of the releases of some software that hold components and were matched, sorted.
func (db *DB) ReleasesSeen(ctx context.Context, software []string) (out []string, err error) {
	err = lookups(software, func(part []string) error {
		found, err := list(ctx, db, scanString, `select distinct l.release from component_list l join release r on r.id = l.release
			where l.unmatched >= 0 and r.software in (`+db.dialect.places(len(part))+`) order by l.release`, anys(part)...)
		out = append(out, found...)
		return err
	})
	return out, err
}

// SetSeen keeps the numbers of [DB.SeenOf] for [DB.Sight].
func (tx *Tx) SetSeen(ctx context.Context, all []Seen) error {
	of := map[int][]string{}
	for _, s := range all {
		of[len(s.Unmatched)] = append(of[len(s.Unmatched)], s.Release)
	}
	for unmatched, releases := range of {
		err := lookups(releases, func(part []string) error {
			tx.wrote = true
			lists, err := list(ctx, tx.DB, scanInt, `update component_list set unmatched = $1 where release in (`+placeholders(2, len(part))+`) returning id`,
				append([]any{unmatched}, anys(part)...)...)
			for _, id := range lists {
				tx.changed.lists[id] = true
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sight says how well the whole portfolio was looked at.
type Sight struct {
	Releases  int64
	Matched   int64 // releases that hold components and were matched
	Unmatched int64 // components of these about which advisories could not be asked
}

// Sight counts what was and what was not matched.
func (db *DB) Sight(ctx context.Context) (s Sight, err error) {
	p, err := db.portfolioNow(ctx)
	if err != nil {
		return s, err
	}
	s.Matched, s.Unmatched = p.seenWell()
	s.Releases, err = one(ctx, db, scanInt, `select count(*) from release`)
	return s, err
}

// PackageKey is how [Look] and [DB.ComponentsNamed] write a package.
func PackageKey(ecosystem, name string) string {
	return ecosystem + "\n" + name
}
