package portfolio

import (
	"context"
	"slices"
	"strconv"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/cpe"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// LookUpTools looks the tools of the register that name a package URL or a CPE name up in the advisories at hand, as
// components are looked up, and what is found in the catalogue of known exploited vulnerabilities (guideline S(4)-5.2).
// A tool that cannot be looked up is given with the reason; one that names neither is not given.
func LookUpTools(ctx context.Context, db *store.DB, records []register.Record) ([]assess.Tool, error) {
	var tools []assess.Tool
	var components []store.Component
	for _, r := range records {
		if r.Kind != "tool" {
			continue
		}
		c, why := asComponent(r)
		if c.PURL == "" && c.Identifiers == "" {
			continue
		}
		c.ID = int64(len(tools)) + 1
		tools, components = append(tools, assess.Tool{Record: r.ID, Why: why, Found: []string{}, Exploited: []string{}}), append(components, c)
	}
	if len(tools) == 0 {
		return nil, nil
	}
	result, err := matchTools(ctx, db, components)
	if err != nil {
		return nil, err
	}
	at, err := DataAt(ctx, db)
	if err != nil {
		return nil, err
	}
	nvd, err := loadedAt(ctx, db, feed.NVD)
	if err != nil {
		return nil, err
	}
	unmatched := map[string]match.Reason{}
	for _, u := range result.Unmatched {
		unmatched[u.Ref] = u.Reason
	}
	for i, c := range components {
		t := &tools[i]
		reason, missed := unmatched[strconv.FormatInt(c.ID, 10)]
		switch {
		case !t.Why.IsZero():
		case !missed:
			t.Source, t.DataAt = assess.Advisories, at
		case c.Identifiers != "" && !nvd.IsZero():
			t.Source, t.DataAt = "feed:"+feed.NVD, nvd
		default:
			t.Why = reason.Text()
		}
	}
	return tools, fillFound(ctx, db, tools, result)
}

// asComponent gives a tool as a component. One whose package URL and version contradict each other cannot be looked up.
func asComponent(r register.Record) (c store.Component, why lang.Text) {
	word := func(field string) string { s, _ := r.Data[field].(string); return s }
	c = store.Component{PURL: word("purl"), Name: word("name"), Version: word("version"), Identifiers: word("cpe")}
	if c.PURL != "" {
		if p, err := purl.Parse(c.PURL); err == nil {
			if p.Version != "" && c.Version != "" && p.Version != c.Version {
				return c, lang.F("purlの版 %[1]s と、記録の版 %[2]s が違います", "the version of its package URL (%[1]s) is not the one entered (%[2]s)", p.Version, c.Version)
			}
			if p.Version == "" {
				p.Version = c.Version
			}
			c.PURL, c.Version = p.String(), p.Version
		}
	}
	if n, err := cpe.Parse(c.Identifiers); c.Identifiers != "" && c.PURL == "" && (err != nil || n.Key() == "") {
		return c, lang.T("CPE名を読み取れません", "its CPE name cannot be read")
	}
	if c.Version == "" {
		return c, match.NoVersion.Text()
	}
	return c, lang.Text{}
}

// matchTools asks the advisories at hand; without any, nothing can be looked up by package URL.
func matchTools(ctx context.Context, db *store.DB, components []store.Component) (match.Result, error) {
	given := make([]match.Component, len(components))
	for i, c := range components {
		given[i] = AsMatched(c)
	}
	var result match.Result
	ix, err := Index(db)
	switch {
	case lang.KindOf(err) == lang.Nothing:
		for _, g := range given {
			result.Unmatched = append(result.Unmatched, match.Unmatched{Ref: g.Ref, Reason: match.NoAdvisories})
		}
	case err != nil:
		return result, err
	default:
		defer ix.Close()
		if result, err = ix.Match(given); err != nil {
			return result, err
		}
	}
	return result, AddByCPE(ctx, db, components, &result)
}

func loadedAt(ctx context.Context, db *store.DB, source string) (time.Time, error) {
	all, err := db.AdvisorySources(ctx)
	for _, s := range all {
		if s.Name == source {
			return s.LoadedAt, err
		}
	}
	return time.Time{}, err
}

// fillFound notes what was found in each tool, and which of it is known to be exploited.
func fillFound(ctx context.Context, db *store.DB, tools []assess.Tool, result match.Result) error {
	var listed map[string]time.Time
	if _, err := db.Setting(ctx, feed.KEV, &listed); err != nil {
		return err
	}
	for _, f := range result.Findings {
		ids := append([]string{f.Vuln}, f.Aliases...)
		for _, ref := range f.Refs {
			n, err := strconv.Atoi(ref)
			if err != nil || n < 1 || n > len(tools) {
				continue
			}
			t := &tools[n-1]
			t.Found = append(t.Found, f.Vuln)
			for _, id := range ids {
				if _, exploited := listed[id]; exploited {
					t.Exploited = append(t.Exploited, id)
				}
			}
		}
	}
	for i := range tools {
		for _, list := range []*[]string{&tools[i].Found, &tools[i].Exploited} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
	}
	return nil
}
