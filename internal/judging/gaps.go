package judging

import (
	"cmp"
	"context"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// GapLine is something that nobody answers for: a duty that falls between two parties (4.2, R-4.2-05; a role nobody
// holds, R-1.4-11), or a component without a developer (1.4(2)イ, R-1.4-25).
type GapLine struct {
	Rule      string   `json:"rule" doc:"Id of the responsibility rule"`
	Section   string   `json:"section" doc:"Section of the guideline"`
	Component string   `json:"component,omitempty" doc:"The component nobody answers for"`
	Release   string   `json:"release,omitempty" doc:"Version of the release that has it"`
	Parties   []string `json:"parties" doc:"Names of the parties it falls between"`
	What      string   `json:"what"`
	Next      string   `json:"next"`
}

// Gaps gives what nobody answers for in the deals over a software, a release of it, or a system; of a software the latest
// release counts. Never nil.
func Gaps(ctx context.Context, db *store.DB, l lang.Lang, m chain.Model, about fact.Subject) ([]GapLine, error) {
	target, release := about.ID, chain.Release{}
	for _, r := range m.Releases {
		switch {
		case about.Kind == fact.Release && r.ID == about.ID:
			target, release = r.Software, r
		case about.Kind == fact.Software && r.Software == about.ID && cmp.Compare(r.ReleasedOn, release.ReleasedOn) >= 0:
			release = r
		}
	}
	names := map[string]string{}
	for _, p := range m.Parties {
		names[p.ID] = p.Name
	}
	out := []GapLine{}
	deals := m
	deals.Arrangements = slices.DeleteFunc(slices.Clone(m.Arrangements), func(a chain.Arrangement) bool { return a.Software != target && a.System != target })
	for _, f := range chain.Check(guideline.Default(), deals) {
		if f.Severity != chain.Gap || f.Arrangement == "" && f.Subject != target {
			continue
		}
		g := GapLine{Rule: f.Rule, Section: f.Section, Parties: []string{}, What: f.What.In(l), Next: f.Next.In(l)}
		for _, id := range f.Parties {
			g.Parties = append(g.Parties, cmp.Or(names[id], id))
		}
		out = append(out, g)
	}
	if release.ID == "" {
		return out, nil
	}
	answers, err := WhoAnswers(ctx, db, m, release.ID)
	if err != nil {
		return out, err
	}
	for _, f := range chain.Unanswered(release, answers) {
		out = append(out, GapLine{Rule: f.Rule, Section: f.Section, Component: f.Subject, Release: release.Version, Parties: []string{}, What: f.What.In(l), Next: f.Next.In(l)})
	}
	return out, nil
}

// WhoAnswers says for each component of a release, in the order of the store, which party answers for it as developer.
func WhoAnswers(ctx context.Context, db *store.DB, m chain.Model, release string) ([]chain.Answer, error) {
	listed, err := db.ReleaseComponents(ctx, release)
	if err != nil {
		return nil, err
	}
	return AnswersFor(ctx, db, m, release, listed)
}

// AnswersFor is [WhoAnswers] for the components of a release that are at hand, in their order.
func AnswersFor(ctx context.Context, db *store.DB, m chain.Model, release string, listed []store.ReleaseComponent) ([]chain.Answer, error) {
	adoptions, err := adopted(ctx, db, m)
	if err != nil {
		return nil, err
	}
	parts := make([]chain.Component, len(listed))
	for i, c := range listed {
		parts[i] = chain.Component{Ref: c.Ref, PURL: c.PURL, Name: c.Name, Version: c.Version}
	}
	return chain.Cover(m, release, parts, adoptions), nil
}

// adopted gives the approved adoptions that are in force. One that names no party is ours.
func adopted(ctx context.Context, db *store.DB, m chain.Model) ([]chain.Adoption, error) {
	records, err := db.Records(ctx, store.RecordFilter{Kinds: []string{"adoption"}, State: register.Approved})
	if err != nil {
		return nil, err
	}
	self := ""
	for _, p := range m.Parties {
		if p.Self {
			self = p.ID
		}
	}
	var out []chain.Adoption
	for _, r := range records {
		if r.InForce(db.Now()) && r.Text("decision") == "adopt" {
			out = append(out, chain.Adoption{ID: r.ID, Pattern: r.Text("pattern"), Party: cmp.Or(r.Text("party"), self)})
		}
	}
	return out, nil
}
