package judging

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// Shared holds what every judgement of a workspace looks at, read once.
type Shared struct {
	In     assess.Input
	around *surroundings
	round  *assess.Round
	desk   *portfolio.Desk
}

// LoadShared reads what judgements share: the chain, records, claims, feeds, and received declarations.
func LoadShared(ctx context.Context, db *store.DB) (Shared, error) {
	c := Shared{round: assess.NewRound()}
	var err error
	c.In.Now = db.Now()
	if c.In.Policy, err = db.Policy(ctx); err != nil {
		return c, err
	}
	if c.In.Model, err = db.LoadModel(ctx); err != nil {
		return c, err
	}
	if c.In.Records, err = db.Records(ctx, store.RecordFilter{}); err != nil {
		return c, err
	}
	if c.In.Claims, err = db.Claims(ctx, store.ClaimFilter{}); err != nil {
		return c, err
	}
	orgFacts, err := db.Facts(ctx, store.FactFilter{About: fact.Org})
	if err != nil {
		return c, err
	}
	c.around = layOut(c.In.Model, c.In.Records, c.In.Claims, orgFacts)
	if c.desk, err = portfolio.OpenDeskOn(ctx, db, c.In.Model); err != nil {
		return c, err
	}
	if c.In.Feeds, err = loadFeeds(ctx, db); err != nil {
		return c, err
	}
	if c.In.Tools, err = portfolio.LookUpTools(ctx, db, c.In.Records); err != nil {
		return c, err
	}
	if c.In.Received, err = loadReceived(ctx, db); err != nil {
		return c, err
	}
	if c.In.Ledger, err = LoadLedger(ctx, db); err != nil {
		return c, err
	}
	if c.In.Renewed, err = db.Renewed(ctx); err != nil {
		return c, err
	}
	c.In.Inner, err = loadInner(ctx, db, c.In.Model)
	return c, err
}

// LoadLedger says when the log was last recomputed and whether it held.
func LoadLedger(ctx context.Context, db *store.DB) (assess.Ledger, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindLedgerCheck}})
	if err != nil || len(facts) == 0 {
		return assess.Ledger{}, err
	}
	last := facts[len(facts)-1]
	check, _ := last.Data.(*fact.LedgerCheck)
	return assess.Ledger{VerifiedAt: last.ObservedAt, Intact: check != nil && check.Intact}, nil
}

// loadInner gives the gravest status of the developer duties of each of our software that is a component of others, as
// it was judged last.
func loadInner(ctx context.Context, db *store.DB, m chain.Model) (map[string]assess.Status, error) {
	out := map[string]assess.Status{}
	for _, rule := range m.Components {
		if rule.Software == "" {
			continue
		}
		subject := fact.Subject{Kind: fact.Software, ID: rule.Software}
		if r, ok := Latest(m, rule.Software, db.Now().Format("2006-01-02")); ok {
			subject = fact.Subject{Kind: fact.Release, ID: r.ID}
		}
		rows, err := Status(ctx, db, subject)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			s := assess.Status(r.Status)
			have, known := out[rule.Software]
			if r.Role == guideline.Developer && (!known || slices.Index(assess.Statuses, s) < slices.Index(assess.Statuses, have)) {
				out[rule.Software] = s
			}
		}
	}
	return out, nil
}

func loadFeeds(ctx context.Context, db *store.DB) ([]assess.Feed, error) {
	sources, err := db.AdvisorySources(ctx)
	if err != nil {
		return nil, err
	}
	var feeds []assess.Feed
	for _, s := range sources {
		feeds = append(feeds, assess.Feed{Name: s.Name, Official: officialFeeds[s.Name], LastSuccess: s.LoadedAt, Newest: s.Newest, Count: int(s.Count), Error: s.Error})
	}
	return feeds, nil
}

// officialFeeds are the sources that an authority runs.
var officialFeeds = map[string]bool{"kev": true, "jvn": true, "jpcert": true, "ipa": true}

func loadReceived(ctx context.Context, db *store.DB) ([]assess.Received, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindReceived}})
	if err != nil {
		return nil, err
	}
	var out []assess.Received
	for _, f := range facts {
		r, ok := f.Data.(*fact.Received)
		if !ok {
			continue
		}
		got := assess.Received{ID: f.Document, Party: r.Party, Release: r.Release, Software: r.Software, Level: guideline.Level(r.Level),
			Since: r.VerifiedAt, VerifiedAt: r.VerifiedAt, ValidUntil: r.ValidUntil, HasSBOM: r.HasSBOM}
		for _, a := range r.Answers {
			got.Answers = append(got.Answers, assess.Answer{Role: guideline.Role(a.Role), Requirement: guideline.ID(a.Requirement), Status: assess.Status(a.Status)})
		}
		// The newest per party and object takes the place of earlier ones.
		same := func(o assess.Received) bool {
			return o.Party == got.Party && o.Release == got.Release && o.Software == got.Software
		}
		if i := slices.IndexFunc(out, same); i >= 0 {
			got.Since = fact.Earlier(out[i].Since, got.Since)
			out[i] = got
		} else {
			out = append(out, got)
		}
	}
	return out, nil
}

// InputFor narrows what is shared to what surrounds one software (at one release) or one system, and adds what is known
// of it.
func (c Shared) InputFor(ctx context.Context, db *store.DB, software, release, system string) (assess.Input, error) {
	j := judged{software: software, release: release, system: system}
	p := c.around.pick(j, c.In.Received)
	in := c.around.narrow(c.In, p)
	in.Release = release
	releases := releasesFor(in.Model, software)
	subjects := []fact.Subject{p.subject}
	for _, s := range in.Model.Systems {
		if s.ID != system {
			subjects = append(subjects, fact.Subject{Kind: fact.System, ID: s.ID})
		}
	}
	for _, r := range releases {
		subjects = append(subjects, fact.Subject{Kind: fact.Release, ID: r.ID})
		if s := (fact.Subject{Kind: fact.Software, ID: r.Software}); !slices.Contains(subjects, s) { // what systems run has advisories too
			subjects = append(subjects, s)
		}
	}
	facts, err := db.Facts(ctx, store.FactFilter{Subjects: subjects})
	if err != nil {
		return in, err
	}
	in.Facts = append(in.Facts, facts...)
	in.Matches, in.Archive = matchesOf(facts), archiveOf(facts)
	ids, archives := make([]string, len(releases)), map[string]bool{}
	for i, r := range releases {
		ids[i], archives["archive:"+r.ID] = r.ID, true
	}
	in.Renewed = maps.Clone(c.In.Renewed)
	maps.DeleteFunc(in.Renewed, func(source string, _ time.Time) bool {
		return strings.HasPrefix(source, "archive:") && !archives[source]
	})
	if in.Lifecycles, err = portfolio.Lifecycles(ctx, db, ids); err != nil {
		return in, err
	}
	in.Findings, err = c.desk.FindingsFor(ctx, releases)
	return in, err
}

// releasesFor gives the releases a judgement looks at: all of the software, and those that the systems at hand run.
func releasesFor(m chain.Model, software string) []chain.Release {
	runs := map[string]bool{}
	for _, s := range m.Systems {
		for _, r := range s.Releases {
			runs[r] = true
		}
	}
	var out []chain.Release
	for _, r := range m.Releases {
		if r.Software == software && software != "" || runs[r.ID] {
			out = append(out, r)
		}
	}
	return out
}

func matchesOf(facts []fact.Fact) []assess.Match {
	var out []assess.Match
	for _, f := range facts {
		if m, ok := f.Data.(*fact.Match); ok {
			am := assess.Match{Release: f.Subject.ID, MatchedAt: f.ObservedAt, DataNewest: m.DataAt, Components: m.Checked, Source: f.Record}
			for _, u := range m.Unmatched {
				am.Unmatched = append(am.Unmatched, u.Component)
			}
			out = append(out, am)
		}
	}
	return out
}

func archiveOf(facts []fact.Fact) []assess.Archived {
	var out []assess.Archived
	newest := map[string]int{} // release and digest -> place in out
	for _, f := range facts {
		a, ok := f.Data.(*fact.ArchiveCheck)
		if !ok {
			continue
		}
		for n, item := range slices.Concat(a.Items, a.Damaged) {
			got := assess.Archived{Release: f.Subject.ID, Kind: item.Kind, Digest: item.Digest, ArchivedAt: item.ArchivedAt, VerifiedAt: f.ObservedAt, Damaged: n >= len(a.Items)}
			key := got.Release + " " + got.Digest
			if i, seen := newest[key]; seen {
				out[i] = got
			} else {
				newest[key] = len(out)
				out = append(out, got)
			}
		}
	}
	return out
}
