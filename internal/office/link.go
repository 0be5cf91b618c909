package office

import (
	"context"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
)

// A LinkView is one end of a link between records. ID is empty, and Problem says why, where it leads nowhere.
type LinkView struct {
	register.Link
	ID      string         `json:"id,omitempty"`
	Title   string         `json:"title,omitempty"`
	State   register.State `json:"state,omitempty"`
	InForce bool           `json:"in_force"`
	Problem lang.Text      `json:"problem,omitzero"`
}

// Linked are the links of a record: to those it names, and from those that name it.
type Linked struct {
	To   []LinkView `json:"to"`
	From []LinkView `json:"from"`
}

// LinksOf gives the links of a record in both directions. Retired records name nothing.
func LinksOf(ctx context.Context, db *store.DB, r register.Record) (Linked, error) {
	out := Linked{To: []LinkView{}, From: []LinkView{}}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return out, err
	}
	if out.To, err = linksTo(ctx, db, m, r); err != nil {
		return out, err
	}
	kinds := kindsNaming(r.Kind)
	if len(kinds) == 0 {
		return out, nil
	}
	records, err := db.Records(ctx, store.RecordFilter{Kinds: kinds})
	if err != nil {
		return out, err
	}
	for _, by := range records {
		if by.State == register.Retired {
			continue
		}
		kind, _ := guideline.Default().Register(by.Kind)
		for _, l := range register.Links(kind, by.Data) {
			if l.Kind == r.Kind && l.Key == r.Key {
				out.From = append(out.From, view(register.Link{Field: l.Field, Kind: by.Kind, Key: by.Key}, kind, by, db))
			}
		}
	}
	return out, nil
}

// RecordsNaming gives the records of a filter that name one, as KIND/KEY; all of them when it is empty.
func RecordsNaming(ctx context.Context, db *store.DB, f store.RecordFilter, to string) ([]register.Record, error) {
	if to == "" {
		return db.Records(ctx, f)
	}
	word, key, _ := strings.Cut(to, "/")
	of, err := register.Kind(word)
	if err != nil {
		return nil, err
	}
	if len(f.Kinds) == 0 {
		f.Kinds = kindsNaming(of.Kind)
	}
	if len(f.Kinds) == 0 {
		return nil, nil
	}
	records, err := db.Records(ctx, f)
	return slices.DeleteFunc(records, func(r register.Record) bool {
		kind, _ := guideline.Default().Register(r.Kind)
		return !slices.ContainsFunc(register.Links(kind, r.Data), func(l register.Link) bool { return l.Kind == of.Kind && l.Key == key })
	}), err
}

// Linkable gives the records that the fields of a register may name, by kind and key: all that are not retired.
func Linkable(ctx context.Context, db *store.DB, kind guideline.Register) ([]register.Record, error) {
	var kinds []string
	for _, f := range kind.Fields {
		kinds = append(kinds, f.Of...)
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	records, err := db.Records(ctx, store.RecordFilter{Kinds: kinds})
	return slices.DeleteFunc(records, func(r register.Record) bool { return r.State == register.Retired }), err
}

// linkable gives them as a workbook lists them.
func linkable(ctx context.Context, db *store.DB, m chain.Model, kind guideline.Register) (map[string][]xlsx.Linkable, error) {
	records, err := Linkable(ctx, db, kind)
	out := map[string][]xlsx.Linkable{}
	for _, r := range records {
		of, _ := guideline.Default().Register(r.Kind)
		out[r.Kind] = append(out[r.Kind], xlsx.Linkable{Key: r.Key, Title: register.Heading(of, r), About: subjectWords(m, r.Subject)})
	}
	return out, err
}

// kindsNaming gives the registers with a field that may name records of a kind.
func kindsNaming(kind string) []string {
	var out []string
	for _, k := range register.Kinds() {
		if slices.ContainsFunc(k.Fields, func(f guideline.RegisterField) bool { return slices.Contains(f.Of, kind) }) {
			out = append(out, k.Kind)
		}
	}
	return out
}

func view(l register.Link, kind guideline.Register, r register.Record, db *store.DB) LinkView {
	return LinkView{Link: l, ID: r.ID, Title: register.Heading(kind, r), State: r.State, InForce: r.InForce(db.Now())}
}

// linksTo looks up what a record names.
func linksTo(ctx context.Context, db *store.DB, m chain.Model, r register.Record) ([]LinkView, error) {
	kind, _ := guideline.Default().Register(r.Kind)
	out := []LinkView{}
	for _, l := range register.Links(kind, r.Data) {
		v, err := linkTo(ctx, db, m, r.Subject, kind, l)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func linkTo(ctx context.Context, db *store.DB, m chain.Model, from fact.Subject, kind guideline.Register, l register.Link) (LinkView, error) {
	field, _ := kind.Field(l.Field)
	of, _ := guideline.Default().Register(l.Kind)
	to, err := db.RecordByKey(ctx, l.Kind, l.Key)
	if lang.KindOf(err) == lang.NotFound {
		if field.Threats {
			title, ok, err := threatTitle(ctx, db, m, from, l.Key)
			if err != nil || ok {
				return LinkView{Link: register.Link{Field: l.Field, Key: l.Key}, Title: title, InForce: ok}, err
			}
		}
		return LinkView{Link: l, Problem: lang.F("「%[1]s」という記録は台帳「%[2]s」にありません", "there is no record %[1]q in the register %[2]q", l.Key, of.Title)}, nil
	}
	if err != nil {
		return LinkView{}, err
	}
	v := view(l, of, to, db)
	switch {
	case to.State == register.Retired:
		v.Problem = lang.F("台帳「%[2]s」の「%[1]s」は廃止されています", "record %[1]q of the register %[2]q is retired", l.Key, of.Title)
	case !together(m, from, to.Subject):
		v.Problem = lang.F("台帳「%[2]s」の「%[1]s」は別の対象（%[3]s）についてのものです", "record %[1]q of the register %[2]q is about something else (%[3]s)", l.Key, of.Title, subjectWords(m, to.Subject))
	}
	return v, nil
}

// together reports whether a record about one thing may name a record about another: one is about an organisation and so
// about all of it, or both are about the same software, one of its releases, or a system that runs one.
func together(m chain.Model, a, b fact.Subject) bool {
	whole := func(s fact.Subject) bool { return s.Kind == fact.Org || s.ID == "" }
	if a == b || whole(a) || whole(b) {
		return true
	}
	if a.Kind == fact.System && b.Kind == fact.System {
		return false
	}
	of := softwareOf(m, b)
	return slices.ContainsFunc(softwareOf(m, a), func(id string) bool { return slices.Contains(of, id) })
}

// softwareOf gives the software that something is, belongs to or runs.
func softwareOf(m chain.Model, s fact.Subject) []string {
	var releases, out []string
	switch s.Kind {
	case fact.Software:
		return []string{s.ID}
	case fact.Release:
		releases = []string{s.ID}
	case fact.System:
		for _, v := range m.Systems {
			if v.ID == s.ID {
				releases = v.Releases
			}
		}
	}
	for _, r := range m.Releases {
		if slices.Contains(releases, r.ID) {
			out = append(out, r.Software)
		}
	}
	return out
}

// threatTitle finds a threat by its id in the threat models about what a record is about.
func threatTitle(ctx context.Context, db *store.DB, m chain.Model, about fact.Subject, id string) (string, bool, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindThreatModel}})
	if err != nil {
		return "", false, err
	}
	for _, f := range facts {
		model, ok := f.Data.(*fact.ThreatModel)
		if !ok || !together(m, about, f.Subject) {
			continue
		}
		for _, t := range model.Threats {
			if t.ID == id {
				return t.Title, true, nil
			}
		}
	}
	return "", false, nil
}

// LooseLinks says where the links of a record lead nowhere, with the place. A draft may name what is not there yet, so
// that sheets come in in any order; an approval is refused while there is any.
func LooseLinks(ctx context.Context, db *store.DB, m chain.Model, r register.Record) ([]fact.Problem, error) {
	links, err := linksTo(ctx, db, m, r)
	if err != nil {
		return nil, err
	}
	var out []fact.Problem
	for _, l := range links {
		if !l.Problem.IsZero() {
			out = append(out, fact.Problem{Where: "/data/" + l.Field, What: l.Problem})
		}
	}
	return out, nil
}

// wholeLinks refuses a record with a link that leads nowhere.
func wholeLinks(ctx context.Context, db *store.DB, r register.Record) error {
	m, err := db.LoadModel(ctx)
	if err != nil {
		return err
	}
	loose, err := LooseLinks(ctx, db, m, r)
	if err != nil || len(loose) == 0 {
		return err
	}
	why := lang.Text{}
	for i, p := range loose {
		if i > 0 {
			why = lang.T(why.JA+"、", why.EN+"; ")
		}
		why = lang.T(why.JA+p.What.JA, why.EN+p.What.EN)
	}
	return &lang.Error{Kind: lang.Inconsistent, Where: r.Kind + "/" + r.Key + loose[0].Where, Why: why,
		What: lang.F("記録 %[1]s は、たどれない記録を%[2]d件指しているため承認できません", "record %[1]s cannot be approved: records it names that lead nowhere: %[2]d", r.Key, len(loose)),
		Next: lang.T("指している記録を登録するか、起案者が記録名を直してください", "enter the records it names, or have its author mend the names")}
}
