package judging

import (
	"context"
	"errors"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// A Target names what a file is about the way people do: by names. Exactly one of Software, System and Party is set;
// Release goes with Software.
type Target struct {
	Software string
	Release  string
	System   string
	Party    string // id of an organisation or unit; "self" is our own

	// Create makes a software and a release that do not exist yet, with an arrangement in which we hold Roles at Level.
	Create bool
	Roles  []guideline.Role
	Level  guideline.Level
}

// Find gives the subject a target names. With Create it makes what is missing, in one transaction.
func Find(ctx context.Context, db *store.DB, actor store.Actor, t Target) (fact.Subject, error) {
	switch {
	case t.System != "":
		return FindSystem(ctx, db, t.System)
	case t.Party != "":
		return findParty(ctx, db, t.Party)
	case t.Software == "":
		return fact.Subject{}, &lang.Error{Kind: lang.Usage, What: lang.T("何についてかが分かりません", "it is not said what this is about"),
			Next: lang.T("--software（と --release）、--system 又は --party を指定してください", "name it with --software (and --release), --system or --party")}
	}
	s, err := db.SoftwareByName(ctx, t.Software)
	if lang.KindOf(err) == lang.NotFound && t.Create {
		s, err = createSoftware(ctx, db, actor, t)
	}
	if err != nil {
		return fact.Subject{}, withCreateHint(err)
	}
	if t.Release == "" {
		return fact.Subject{Kind: fact.Software, ID: s.ID}, nil
	}
	r, err := db.ReleaseByVersion(ctx, s.ID, t.Release)
	if lang.KindOf(err) == lang.NotFound && t.Create {
		r, err = createRelease(ctx, db, actor, s, t.Release)
	}
	if err != nil {
		return fact.Subject{}, withCreateHint(err)
	}
	return fact.Subject{Kind: fact.Release, ID: r.ID}, nil
}

func withCreateHint(err error) error {
	var e *lang.Error
	if errors.As(err, &e) && e.Kind == lang.NotFound && e.Next.IsZero() {
		hinted := *e
		hinted.Next = lang.T("名前を確かめるか、--create を付けて新しく作ってください", "check the name, or make it with --create")
		return &hinted
	}
	return err
}

// FindSystem gives the system of a name.
func FindSystem(ctx context.Context, db *store.DB, name string) (fact.Subject, error) {
	m, err := db.LoadModel(ctx)
	if err != nil {
		return fact.Subject{}, err
	}
	for _, s := range m.Systems {
		if s.Name == name || s.ID == name {
			return fact.Subject{Kind: fact.System, ID: s.ID}, nil
		}
	}
	return fact.Subject{}, &lang.Error{Kind: lang.NotFound, What: lang.F("システム「%s」は登録されていません", "there is no system %q", name)}
}

func findParty(ctx context.Context, db *store.DB, id string) (fact.Subject, error) {
	if id == "self" {
		p, err := db.Self(ctx)
		return fact.Subject{Kind: fact.Org, ID: p.ID}, err
	}
	p, err := db.PartyByID(ctx, id)
	return fact.Subject{Kind: fact.Org, ID: p.ID}, err
}

// createSoftware makes the software of our own with an arrangement in which we hold the given roles, so that there are
// duties to judge from the first file on. Who else takes part is entered later; until then the rules say who is missing.
func createSoftware(ctx context.Context, db *store.DB, actor store.Actor, t Target) (chain.Software, error) {
	self, err := db.Self(ctx)
	m := chain.Model{}
	if lang.KindOf(err) == lang.NotFound {
		self = chain.Party{ID: "self", Name: "自組織", NameEN: "Our organisation", Self: true}
		m.Parties = []chain.Party{self}
	} else if err != nil {
		return chain.Software{}, err
	}
	s := chain.Software{ID: db.NewID(), Name: t.Software, Kind: chain.Product, Owner: self.ID}
	m.Software = []chain.Software{s}
	a := chain.Arrangement{ID: db.NewID(), Name: t.Software, Software: s.ID, Level: t.Level}
	for _, r := range t.Roles {
		a.Engagements = append(a.Engagements, chain.Engagement{ID: db.NewID(), Party: self.ID, Role: r, Stance: guideline.Principal})
	}
	m.Arrangements = []chain.Arrangement{a}
	return s, SaveModel(ctx, db, actor, m)
}

func createRelease(ctx context.Context, db *store.DB, actor store.Actor, s chain.Software, version string) (chain.Release, error) {
	r := chain.Release{ID: db.NewID(), Software: s.ID, Version: version, ReleasedOn: db.Now().Format("2006-01-02")}
	return r, SaveModel(ctx, db, actor, chain.Model{Releases: []chain.Release{r}})
}

// SaveModel lays a valid model over what is stored and audits every part of it.
func SaveModel(ctx context.Context, db *store.DB, actor store.Actor, m chain.Model) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.SaveModel(ctx, m); err != nil {
			return err
		}
		for _, o := range objects(m) {
			if err := tx.Audit(ctx, "saved", o.Object, store.Change{After: o.value}); err != nil {
				return err
			}
		}
		return nil
	})
}

type savedObject struct {
	store.Object
	value any
}

func objects(m chain.Model) []savedObject {
	var out []savedObject
	add := func(noun store.Noun, id string, value any) {
		out = append(out, savedObject{store.Object{Kind: string(noun), ID: id}, value})
	}
	for _, v := range m.Parties {
		add(store.Party, v.ID, v)
	}
	for _, v := range m.Software {
		add(store.Software, v.ID, v)
	}
	for _, v := range m.Releases {
		add(store.Release, v.ID, v)
	}
	for _, v := range m.Systems {
		add(store.System, v.ID, v)
	}
	for _, v := range m.Arrangements {
		add(store.Arrangement, v.ID, v)
	}
	for _, v := range m.Agreements {
		add(store.Agreement, v.ID, v)
	}
	for _, v := range m.Components {
		add(store.ComponentRule, v.ID, v)
	}
	return out
}
