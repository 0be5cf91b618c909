package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
)

// Noun names a thing of the chain that is kept with a revision.
type Noun string

// The nouns; each is also the name of its table.
const (
	Party         Noun = "party"
	Software      Noun = "software"
	Release       Noun = "release"
	System        Noun = "system"
	Arrangement   Noun = "arrangement"
	Agreement     Noun = "agreement"
	ComponentRule Noun = "component_rule"
)

// Name gives the word for people.
func (n Noun) Name() lang.Text {
	switch n {
	case Party:
		return lang.T("関連事業者", "party")
	case Software:
		return lang.T("対象ソフトウェア", "software")
	case Release:
		return lang.T("リリース", "release")
	case System:
		return lang.T("システム", "system")
	case Arrangement:
		return lang.T("体制", "arrangement")
	case Agreement:
		return lang.T("契約等", "agreement")
	case ComponentRule:
		return lang.T("部品の担当規則", "component rule")
	}
	return lang.T(string(n), string(n))
}

// known refuses a noun that is not one of the list: it becomes part of a statement.
func (n Noun) known() error {
	switch n {
	case Party, Software, Release, System, Arrangement, Agreement, ComponentRule:
		return nil
	}
	return notFound(lang.T("種類", "noun"), string(n))
}

// SaveModel adds what is new in a model and replaces what has an id that is known; what the model does not name stays.
// An arrangement is replaced with all its engagements, a release with all its artifacts, a system with all its
// releases. The model, joined with what is stored, must be valid (chain.Validate); references that lead nowhere make
// the transaction fail.
func (tx *Tx) SaveModel(ctx context.Context, m chain.Model) error {
	steps := []func() error{
		each(m.Parties, func(p chain.Party) error {
			return tx.save(ctx, Party, p.ID, p, cols{{"parent", orNull(p.Parent)}, {"self", p.Self}})
		}),
		each(m.Software, func(s chain.Software) error {
			return tx.save(ctx, Software, s.ID, s, cols{{"name", s.Name}, {"owner", orNull(s.Owner)}})
		}),
		each(m.Releases, func(r chain.Release) error { return tx.saveRelease(ctx, r) }),
		each(m.Systems, func(s chain.System) error { return tx.saveSystem(ctx, s) }),
		each(m.Arrangements, func(a chain.Arrangement) error { return tx.saveArrangement(ctx, a) }),
		each(m.Agreements, func(a chain.Agreement) error {
			return tx.save(ctx, Agreement, a.ID, a, cols{{"receiver", a.Receiver}, {"giver", a.Giver}})
		}),
		each(m.Components, func(r chain.ComponentRule) error {
			return tx.save(ctx, ComponentRule, r.ID, r, cols{{"pattern", r.Pattern}, {"release", orNull(r.Release)}})
		}),
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func each[T any](values []T, save func(T) error) func() error {
	return func() error {
		for _, v := range values {
			if err := save(v); err != nil {
				return err
			}
		}
		return nil
	}
}

// cols are the columns of a noun beyond those that all have.
type cols []struct {
	name  string
	value any
}

// save writes one row of a noun: a new one at the end, a known one in its place with the next revision.
func (tx *Tx) save(ctx context.Context, noun Noun, id string, value any, more cols) error {
	names, sets := "id, data, changed_at, revision, ord", "data = excluded.data, changed_at = excluded.changed_at, revision = "+string(noun)+".revision + 1"
	args := []any{id, inJSON(value), ms(tx.Now())}
	for _, c := range more {
		names += ", " + c.name
		sets += ", " + c.name + " = excluded." + c.name
		args = append(args, c.value)
	}
	tx.changed.chain = true
	values := placeholders(1, 3) + ", 1, (select coalesce(max(ord), 0) + 1 from " + string(noun) + "), " + placeholders(4, len(more))
	_, err := tx.exec(ctx, "insert into "+string(noun)+" ("+names+") values ("+values+") on conflict (id) do update set "+sets, args...)
	if err != nil {
		return fmt.Errorf("save %s %s: %w", noun, id, err)
	}
	return nil
}

func (tx *Tx) saveRelease(ctx context.Context, r chain.Release) error {
	if err := tx.save(ctx, Release, r.ID, r, cols{{"software", r.Software}, {"version", r.Version}}); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `delete from artifact where release = $1`, r.ID); err != nil {
		return fmt.Errorf("save release %s: %w", r.ID, err)
	}
	for i, a := range r.Artifacts {
		_, err := tx.exec(ctx, `insert into artifact (release, ord, name, digest) values ($1, $2, $3, $4)`, r.ID, i, a.Name, a.Digest)
		if err != nil {
			return fmt.Errorf("save release %s: %w", r.ID, err)
		}
	}
	return nil
}

func (tx *Tx) saveSystem(ctx context.Context, s chain.System) error {
	if err := tx.save(ctx, System, s.ID, s, cols{{"name", s.Name}, {"owner", orNull(s.Owner)}}); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `delete from system_release where system = $1`, s.ID); err != nil {
		return fmt.Errorf("save system %s: %w", s.ID, err)
	}
	for i, r := range s.Releases {
		_, err := tx.exec(ctx, `insert into system_release (system, release, ord) values ($1, $2, $3)`, s.ID, r, i)
		if err != nil {
			return fmt.Errorf("save system %s: %w", s.ID, err)
		}
	}
	return nil
}

func (tx *Tx) saveArrangement(ctx context.Context, a chain.Arrangement) error {
	err := tx.save(ctx, Arrangement, a.ID, a, cols{{"software", orNull(a.Software)}, {"system", orNull(a.System)}})
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `delete from engagement where arrangement = $1`, a.ID); err != nil {
		return fmt.Errorf("save arrangement %s: %w", a.ID, err)
	}
	for i, e := range a.Engagements {
		_, err := tx.exec(ctx, `insert into engagement (id, ord, arrangement, party, role, data) values ($1, $2, $3, $4, $5, $6)`,
			e.ID, i, a.ID, e.Party, string(e.Role), inJSON(e))
		if err != nil {
			return fmt.Errorf("save arrangement %s: %w", a.ID, err)
		}
	}
	return nil
}

// Remove takes a thing of the chain away. It fails while something else still refers to it.
func (tx *Tx) Remove(ctx context.Context, noun Noun, id string) error {
	if err := noun.known(); err != nil {
		return err
	}
	tx.changed.chain = true
	for _, part := range map[Noun][]string{Release: {"artifact"}, System: {"system_release"}, Arrangement: {"engagement"}}[noun] {
		if _, err := tx.exec(ctx, "delete from "+part+" where "+string(noun)+" = $1", id); err != nil {
			return fmt.Errorf("remove %s %s: %w", noun, id, err)
		}
	}
	n, err := tx.exec(ctx, "delete from "+string(noun)+" where id = $1", id)
	if err != nil {
		return fmt.Errorf("remove %s %s: %w", noun, id, err)
	}
	if n == 0 {
		return notFound(noun.Name(), id)
	}
	return nil
}

// Revision gives the number of times a thing of the chain was saved; 0 when there is none with that id.
func (db *DB) Revision(ctx context.Context, noun Noun, id string) (int64, error) {
	if err := noun.known(); err != nil {
		return 0, err
	}
	n, err := one(ctx, db, scanInt, "select revision from "+string(noun)+" where id = $1", id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// Expect fails with an error of kind Conflict unless a thing still has the revision somebody's edit started from.
// Call it before saving what a person edited.
func (tx *Tx) Expect(ctx context.Context, noun Noun, id string, revision int64) error {
	n, err := tx.Revision(ctx, noun, id)
	if err != nil {
		return err
	}
	if n != revision {
		return changedMeanwhile(noun.Name(), id)
	}
	return nil
}

// LoadModel gives everything known of the chain, in the order it was first saved. Outside of a transaction it comes from
// memory, once it was read: the slices of the model are the caller's, what is in their elements is shared and must not be
// changed.
func (db *DB) LoadModel(ctx context.Context) (chain.Model, error) {
	if db.pool == nil {
		return db.readModel(ctx)
	}
	h, err := db.held.chainNow(ctx, db)
	if err != nil {
		return chain.Model{}, err
	}
	m := h.model
	return chain.Model{Parties: slices.Clone(m.Parties), Software: slices.Clone(m.Software), Releases: slices.Clone(m.Releases),
		Systems: slices.Clone(m.Systems), Arrangements: slices.Clone(m.Arrangements), Agreements: slices.Clone(m.Agreements),
		Components: slices.Clone(m.Components)}, nil
}

func (db *DB) readModel(ctx context.Context) (m chain.Model, err error) {
	err = errors.Join(
		loadAll(ctx, db, Party, &m.Parties),
		loadAll(ctx, db, Software, &m.Software),
		loadAll(ctx, db, Release, &m.Releases),
		loadAll(ctx, db, System, &m.Systems),
		loadAll(ctx, db, Arrangement, &m.Arrangements),
		loadAll(ctx, db, Agreement, &m.Agreements),
		loadAll(ctx, db, ComponentRule, &m.Components),
	)
	if err != nil {
		return chain.Model{}, fmt.Errorf("load chain: %w", err)
	}
	return m, nil
}

func loadAll[T any](ctx context.Context, db *DB, noun Noun, into *[]T) (err error) {
	*into, err = list(ctx, db, scanData[T], "select data from "+string(noun)+" order by ord, id")
	return err
}

func scanData[T any](r row) (v T, err error) {
	var data []byte
	if err := r.Scan(&data); err != nil {
		return v, err
	}
	err = json.Unmarshal(data, &v)
	return v, err
}

// byID gives one thing of the chain.
func byID[T any](ctx context.Context, db *DB, noun Noun, id string) (T, error) {
	v, err := one(ctx, db, scanData[T], "select data from "+string(noun)+" where id = $1", id)
	return found(v, err, noun.Name(), id)
}

// PartyByID gives one party.
func (db *DB) PartyByID(ctx context.Context, id string) (chain.Party, error) {
	return byID[chain.Party](ctx, db, Party, id)
}

// Self gives the party this installation belongs to (自組織).
func (db *DB) Self(ctx context.Context) (chain.Party, error) {
	p, err := one(ctx, db, scanData[chain.Party], `select data from party where self order by ord, id limit 1`)
	return found(p, err, lang.T("自組織", "party of our own"), "self")
}

// SoftwareByID gives one software.
func (db *DB) SoftwareByID(ctx context.Context, id string) (chain.Software, error) {
	return byID[chain.Software](ctx, db, Software, id)
}

// SoftwareByName gives the software with a name; the first saved when several have it.
func (db *DB) SoftwareByName(ctx context.Context, name string) (chain.Software, error) {
	s, err := one(ctx, db, scanData[chain.Software], `select data from software where name = $1 order by ord, id limit 1`, name)
	return found(s, err, Software.Name(), name)
}

// ReleaseByID gives one release.
func (db *DB) ReleaseByID(ctx context.Context, id string) (chain.Release, error) {
	return byID[chain.Release](ctx, db, Release, id)
}

// ReleaseByVersion gives a release of a software by its version.
func (db *DB) ReleaseByVersion(ctx context.Context, softwareID, version string) (chain.Release, error) {
	r, err := one(ctx, db, scanData[chain.Release], `select data from release where software = $1 and version = $2`, softwareID, version)
	return found(r, err, Release.Name(), version)
}

// ReleasesOf gives the releases of a software in the order they were first saved.
func (db *DB) ReleasesOf(ctx context.Context, softwareID string) ([]chain.Release, error) {
	return list(ctx, db, scanData[chain.Release], `select data from release where software = $1 order by ord, id`, softwareID)
}

// ReleasesWithArtifact gives the releases that have an artifact with a digest.
func (db *DB) ReleasesWithArtifact(ctx context.Context, digest string) ([]chain.Release, error) {
	return list(ctx, db, scanData[chain.Release], `select data from release where id in
		(select release from artifact where digest = $1) order by ord, id`, digest)
}

// SystemByID gives one system.
func (db *DB) SystemByID(ctx context.Context, id string) (chain.System, error) {
	return byID[chain.System](ctx, db, System, id)
}

// SystemsUsing gives the systems that use a release.
func (db *DB) SystemsUsing(ctx context.Context, releaseID string) ([]chain.System, error) {
	return list(ctx, db, scanData[chain.System], `select data from system where id in
		(select system from system_release where release = $1) order by ord, id`, releaseID)
}

// ArrangementByID gives one arrangement with its engagements.
func (db *DB) ArrangementByID(ctx context.Context, id string) (chain.Arrangement, error) {
	return byID[chain.Arrangement](ctx, db, Arrangement, id)
}

// ArrangementsOf gives the arrangements over a software or a system.
func (db *DB) ArrangementsOf(ctx context.Context, softwareOrSystemID string) ([]chain.Arrangement, error) {
	return list(ctx, db, scanData[chain.Arrangement], `select data from arrangement where software = $1 or system = $1
		order by ord, id`, softwareOrSystemID)
}

// AgreementByID gives one agreement.
func (db *DB) AgreementByID(ctx context.Context, id string) (chain.Agreement, error) {
	return byID[chain.Agreement](ctx, db, Agreement, id)
}
