package store

import (
	"context"
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
		err := chunks(components, func(part []int64) error {
			_, err := tx.exec(ctx, `update component set unmatched = $1 where id in (`+placeholders(2, len(part))+`)`, append([]any{reason}, anys(part)...)...)
			if err == nil {
				_, err = tx.exec(ctx, `delete from component_package where component in (`+placeholders(1, len(part))+`)`, anys(part)...)
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
	err := chunks(packages, func(part []string) error {
		found, err := list(ctx, db, scanComponent, selectComponent+`where c.id in
			(select component from component_package where package in (`+placeholders(1, len(part))+`)) order by c.id`, anys(part)...)
		out = append(out, found...)
		return err
	})
	return out, err
}

// ComponentsUnseen gives the components of some releases that were never matched, ordered by number.
func (db *DB) ComponentsUnseen(ctx context.Context, releases []string) ([]Component, error) {
	seen := map[int64]bool{}
	var out []Component
	err := chunks(releases, func(part []string) error {
		found, err := list(ctx, db, scanComponent, selectComponent+`where c.unmatched is null and c.id in (select rc.component from component_list l
			join release_component rc on rc.list = l.id where l.release in (`+placeholders(1, len(part))+`)) order by c.id`, anys(part)...)
		for _, c := range found {
			if !seen[c.ID] {
				seen[c.ID] = true
				out = append(out, c)
			}
		}
		return err
	})
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
	var out []Seen
	err := chunks(releases, func(part []string) error {
		of, in := map[string]*Seen{}, placeholders(1, len(part))
		_, err := list(ctx, db, func(r row) (s Seen, err error) {
			err = r.Scan(&s.Release, &s.Components)
			of[s.Release] = &s
			return s, err
		}, `select l.release, count(distinct rc.component) from component_list l join release_component rc on rc.list = l.id
			where l.release in (`+in+`) group by l.release`, anys(part)...)
		if err != nil {
			return err
		}
		_, err = list(ctx, db, func(r row) (c Component, err error) {
			var release string
			err = r.Scan(&release, &c.PURL, &c.Name, &c.Version, &c.Unmatched)
			of[release].Unmatched = append(of[release].Unmatched, c)
			return c, err
		}, `select distinct l.release, c.purl, c.name, c.version, c.unmatched from component_list l join release_component rc on rc.list = l.id
			join component c on c.id = rc.component where l.release in (`+in+`) and c.unmatched <> '' order by l.release, c.purl, c.name, c.version`, anys(part)...)
		for _, id := range part {
			if s := of[id]; s != nil {
				out = append(out, *s)
			}
		}
		return err
	})
	return out, err
}

// ReleasesUnseen gives the ids of the releases that hold components and were never matched, sorted.
func (db *DB) ReleasesUnseen(ctx context.Context) ([]string, error) {
	return list(ctx, db, scanString, `select distinct release from component_list where unmatched < 0 order by release`)
}

// ReleasesSeen gives the ids of the releases of some software that hold components and were matched, sorted.
func (db *DB) ReleasesSeen(ctx context.Context, software []string) (out []string, err error) {
	err = chunks(software, func(part []string) error {
		found, err := list(ctx, db, scanString, `select distinct l.release from component_list l join release r on r.id = l.release
			where l.unmatched >= 0 and r.software in (`+placeholders(1, len(part))+`) order by l.release`, anys(part)...)
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
		err := chunks(releases, func(part []string) error {
			_, err := tx.exec(ctx, `update component_list set unmatched = $1 where release in (`+placeholders(2, len(part))+`)`, append([]any{unmatched}, anys(part)...)...)
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
func (db *DB) Sight(ctx context.Context) (Sight, error) {
	return one(ctx, db, func(r row) (s Sight, err error) {
		err = r.Scan(&s.Releases, &s.Matched, &s.Unmatched)
		return s, err
	}, `select (select count(*) from release), count(*), coalesce(sum(unmatched), 0) from
		(select sum(unmatched) as unmatched from component_list where unmatched >= 0 group by release) as lists`)
}

// PackageKey is how [Look] and [DB.ComponentsNamed] write a package.
func PackageKey(ecosystem, name string) string {
	return ecosystem + "\n" + name
}
