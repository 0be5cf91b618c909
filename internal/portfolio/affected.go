// Package portfolio answers what of ours a vulnerability touches: who holds a component, since when, who must act by when,
// and what comes first (SSVC, KEV, EPSS, whose word it is). It only looks; nothing here changes the store.
//
// Start from [AffectedBy] for one vulnerability and [Triage] for what waits.
package portfolio

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// Exposure answers "who is affected by this vulnerability". Caveats come first: what could not be seen is part of the
// answer.
type Exposure struct {
	ID       string            `json:"id"`
	Known    bool              `json:"known"` // the advisory data speaks of it
	Vulns    []string          `json:"vulns"` // the names under which it was found
	Headline lang.Text         `json:"-"`
	Caveats  []lang.Text       `json:"-"`
	Total    Total             `json:"total"`
	From     int               `json:"from"`             // how many affected releases were passed over
	DataAt   time.Time         `json:"data_at,omitzero"` // when the advisory data was fetched
	Releases []AffectedRelease `json:"releases"`         // all, or those of a page
	Software []string          `json:"software"`         // names, once each, of all
	Notes    []CatalogueNote   `json:"notes"`            // what NVD and JVN say of it
	Spans    []Span            `json:"spans"`            // since when and until when, by the history of releases; of the software on the page

	Held []Held `json:"held,omitempty"` // of a package URL or a digest: who holds it, affected or not

	thing bool // it was asked for by package URL or digest
}

// Total is how much there is of an exposure, whatever page of it is given.
type Total struct {
	Affected int `json:"affected"` // components of releases
	Releases int `json:"releases"`
	Software int `json:"software"`
}

// Page says which of the affected releases are wanted: some of them after others; all, when Limit is zero.
type Page struct{ From, Limit int }

// of gives the place of the page among so many.
func (p Page) of(all int) (from, to int) {
	from, to = min(max(p.From, 0), all), all
	if p.Limit > 0 {
		to = min(from+p.Limit, all)
	}
	return from, to
}

// AffectedRelease is one release that holds an affected component.
type AffectedRelease struct {
	Software     string          `json:"software"`
	SoftwareName string          `json:"software_name"`
	Release      string          `json:"release"`
	Version      string          `json:"version"`
	Supported    bool            `json:"supported"`
	Component    string          `json:"component"`
	Vuln         string          `json:"vuln"`
	Severity     string          `json:"severity"`
	Score        float64         `json:"score"`
	Fixed        []string        `json:"fixed"`
	FirstSeen    time.Time       `json:"first_seen"`
	Decision     string          `json:"decision,omitempty"`
	Exploited    time.Time       `json:"exploited_since,omitzero"` // listed in KEV since; zero: not listed
	EPSS         *store.EPSS     `json:"epss"`                     // nil: no score is known
	Action       triage.Action   `json:"action"`                   // what SSVC says
	Due          time.Time       `json:"due,omitzero"`             // by when it is to be treated
	ByCPE        string          `json:"by_cpe,omitempty"`         // the CPE name it was guessed by; empty: by the package URL
	Opinion      triage.Opinion  `json:"opinion"`                  // whose word the decision is, and what else was said
	Systems      []string        `json:"systems"`                  // names of systems that run the release
	Parties      []AffectedParty `json:"parties"`
}

// AffectedParty is a party of the release's arrangements and what the guideline asks of it now.
type AffectedParty struct {
	Party  string         `json:"party"`
	Name   string         `json:"name"`
	Role   guideline.Role `json:"role"`
	Duties []guideline.ID `json:"duties"`
	By     time.Time      `json:"by,omitzero"` // when the analysis is due by our policy; for developers
	Does   lang.Text      `json:"-"`
}

// ExposureView is an exposure as scripts read it, in one language.
type ExposureView struct {
	ID       string          `json:"id"`
	Known    bool            `json:"known"`
	Vulns    []string        `json:"vulns"`
	DataAt   time.Time       `json:"data_at,omitzero"`
	Total    Total           `json:"total"`
	From     int             `json:"from"`
	Software []string        `json:"software"`
	Notes    []CatalogueNote `json:"notes"`
	Headline string          `json:"headline"`
	Caveats  []string        `json:"caveats"`
	Releases []AffectedView  `json:"releases"`
	Spans    []Span          `json:"spans"`
	Held     []Held          `json:"held,omitempty"`
}

// AffectedView is an affected release in one language.
type AffectedView struct {
	AffectedRelease
	Parties []PartyView `json:"parties"`
}

// PartyView is a party of an affected release and what it has to do, in one language.
type PartyView struct {
	AffectedParty
	What string `json:"what"`
}

// In gives the exposure with its texts in one language, for JSON.
func (e Exposure) In(l lang.Lang) ExposureView {
	out := ExposureView{ID: e.ID, Known: e.Known, Vulns: e.Vulns, DataAt: e.DataAt, Total: e.Total, From: e.From, Software: e.Software, Notes: e.Notes, Headline: e.Headline.In(l), Spans: append([]Span{}, e.Spans...), Held: e.Held,
		Caveats: []string{}, Releases: []AffectedView{}}
	for _, c := range e.Caveats {
		out.Caveats = append(out.Caveats, c.In(l))
	}
	for _, r := range e.Releases {
		o := AffectedView{AffectedRelease: r, Parties: []PartyView{}}
		for _, p := range r.Parties {
			o.Parties = append(o.Parties, PartyView{p, p.Does.In(l)})
		}
		out.Releases = append(out.Releases, o)
	}
	return out
}

// AffectedBy finds the releases affected by a vulnerability under any of its ids, supported and latest first.
func AffectedBy(ctx context.Context, db *store.DB, id string) (Exposure, error) {
	return AffectedPage(ctx, db, id, Page{})
}

// AffectedPage is [AffectedBy], of which only a page is worked out: how urgent it is where, and whose turn it is. The
// totals are of all.
func AffectedPage(ctx context.Context, db *store.DB, id string, page Page) (Exposure, error) {
	id = strings.TrimSpace(id)
	e := Exposure{ID: id, Vulns: []string{}, Releases: []AffectedRelease{}, Software: []string{}, Notes: []CatalogueNote{}, Spans: []Span{}}
	ix, err := Index(db)
	if err == nil {
		defer ix.Close()
	} else if lang.KindOf(err) != lang.Nothing {
		return e, err
	}
	names, err := namesOf(ctx, db, id)
	if err != nil {
		return e, err
	}
	hits, err := e.hits(ctx, db, names)
	if err != nil {
		return e, err
	}
	if err := e.look(ctx, db, ix); err != nil {
		return e, err
	}
	if err := e.count(ctx, db, hits); err != nil {
		return e, err
	}
	from, to := page.of(len(hits))
	if e.From = from; to > from {
		if err := e.fill(ctx, db, hits, from, to); err != nil {
			return e, err
		}
	}
	open, err := undecided(ctx, db, ix, names)
	if err != nil {
		return e, err
	}
	if len(open) > 0 {
		e.Known = true
		e.Caveats = append(e.Caveats, lang.F("%sの影響をコミットの履歴がないため判断できない部品があります: %s", "of these components nothing can be decided about %s without their repositories' history: %s", e.ID, strings.Join(open, ", ")))
	}
	e.headline()
	return e, e.note(ctx, db, ix, names)
}

// hits gives what is affected, and who holds what was asked for when that is a thing.
func (e *Exposure) hits(ctx context.Context, db *store.DB, names []string) (hits []store.Affected, err error) {
	if e.thing = isThing(e.ID); !e.thing {
		return AffectedByAny(ctx, db, names)
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	e.Held, hits, err = holders(ctx, db, m, e.ID, db.Now().Format(time.DateOnly))
	return hits, err
}

// count counts what is affected and puts it in its order.
func (e *Exposure) count(ctx context.Context, db *store.DB, hits []store.Affected) error {
	releases, software, vulns := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var ids []string
	for _, h := range hits {
		releases[h.Release] = true
		if !software[h.Software] {
			software[h.Software], ids = true, append(ids, h.Software)
		}
		if !vulns[h.Vuln] {
			vulns[h.Vuln], e.Vulns = true, append(e.Vulns, h.Vuln)
		}
	}
	e.Known = e.Known || len(hits) > 0
	e.Total = Total{Affected: len(hits), Releases: len(releases), Software: len(software)}
	m, err := db.LoadModelAround(ctx, ids)
	if err != nil {
		return err
	}
	called := map[string]string{}
	for _, s := range m.Software {
		called[s.ID] = s.Name
	}
	for _, id := range ids {
		if !slices.Contains(e.Software, called[id]) {
			e.Software = append(e.Software, called[id])
		}
	}
	latestFirst(m, db.Now().Format(time.DateOnly), hits)
	return nil
}

// fill works out some of the hits, and since when the software on this page is affected.
func (e *Exposure) fill(ctx context.Context, db *store.DB, hits []store.Affected, from, to int) error {
	shown := map[string]bool{}
	for _, h := range hits[from:to] {
		shown[h.Software] = true
	}
	var around []store.Affected // all of the software on the page, for its history
	at := 0
	for i, h := range hits {
		if i == from {
			at = len(around)
		}
		if shown[h.Software] {
			around = append(around, h)
		}
	}
	s, err := openSpread(ctx, db, around)
	if err != nil {
		return err
	}
	all := make([]AffectedRelease, len(around))
	for i, h := range around {
		if all[i], err = s.release(ctx, h); err != nil {
			return err
		}
	}
	e.Releases = all[at : at+to-from]
	e.Spans = spansOf(s.model, all, s.looked)
	return nil
}

// AffectedByAny gives the releases affected by vulnerabilities under any of some ids, each once.
func AffectedByAny(ctx context.Context, db *store.DB, names []string) (out []store.Affected, err error) {
	seen := map[store.Affected]bool{}
	for _, name := range names {
		hits, err := db.AffectedBy(ctx, name)
		if len(hits) == 0 && err == nil {
			hits, err = db.AffectedBy(ctx, strings.ToUpper(name))
		}
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			if !seen[h] {
				seen[h], out = true, append(out, h)
			}
		}
	}
	return out, nil
}

// note adds what catalogues say of the vulnerability, under the ids it was asked for and found by.
func (e *Exposure) note(ctx context.Context, db *store.DB, ix *match.Index, names []string) error {
	ids := append(slices.Clone(names), strings.ToUpper(e.ID))
	ids = append(ids, e.Vulns...)
	if ix != nil {
		for _, id := range slices.Clone(ids) {
			known, err := ix.Advisories(id)
			if err != nil {
				return err
			}
			for _, a := range known {
				ids = append(append(ids, a.ID), a.Aliases...)
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	notes, err := notesOn(ctx, db, ids)
	e.Notes = flat(notes, ids)
	e.Known = e.Known || len(e.Notes) > 0
	return err
}

// look says how well could be looked: the age of the data, releases without an SBOM, components that were not matched,
// and whether the data knows the id at all.
func (e *Exposure) look(ctx context.Context, db *store.DB, ix *match.Index) error {
	if err := e.LookAtSources(ctx, db); err != nil {
		return err
	}
	if ix != nil {
		if known, err := ix.Advisories(e.ID); err == nil && len(known) > 0 {
			e.Known = true
			for _, a := range known {
				if !a.Withdrawn.IsZero() {
					e.Caveats = append(e.Caveats, lang.F("%sは発行者により取り下げられています（%s）", "%s was withdrawn by its publisher (%s)", a.ID, a.Withdrawn.Format(time.DateOnly)))
				}
			}
		}
	}
	sight, err := db.Sight(ctx)
	if err != nil {
		return err
	}
	if blind := sight.Releases - sight.Matched; blind > 0 {
		e.Caveats = append(e.Caveats, lang.F("照合されていないリリースが%d件あります（SBOM がないか、脆弱性情報がありません）", "%d releases were not matched (no SBOM, or no advisories)", blind))
	}
	if sight.Unmatched > 0 {
		e.Caveats = append(e.Caveats, lang.F("照合できなかった部品が延べ%d件あります", "%d components of releases could not be looked up", sight.Unmatched))
	}
	return nil
}

// LookAtSources says what the advisory data is worth: never fetched, old, failing or empty data is no ground for calm.
func (e *Exposure) LookAtSources(ctx context.Context, db *store.DB) (err error) {
	if e.DataAt, err = DataAt(ctx, db); err != nil {
		return err
	}
	if e.DataAt.IsZero() {
		e.Caveats = append(e.Caveats, lang.T("脆弱性情報がまだ取り込まれていません。影響の有無は分かりません。", "no advisories have been imported: whether anything is affected is not known"))
	} else if age := db.Now().Sub(e.DataAt); age > 7*24*time.Hour {
		e.Caveats = append(e.Caveats, lang.F("脆弱性情報が%d日前のものです", "the advisory data is %d days old", int(age.Hours()/24)))
	}
	sources, err := db.AdvisorySources(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		switch {
		case s.Error != "":
			e.Caveats = append(e.Caveats, lang.F("情報源 %s の取得に失敗しています（%s）", "the source %s fails (%s)", s.Name, s.Error))
		case s.Empty():
			e.Caveats = append(e.Caveats, lang.F("情報源 %s は空です", "the source %s is empty", s.Name))
		}
	}
	if _, running := FeedProgress(db); running {
		e.Caveats = append(e.Caveats, lang.T("脆弱性情報を取り込んでいる途中です", "advisory data is being imported just now"))
	}
	return nil
}

func (e *Exposure) headline() {
	switch {
	case e.thing && len(e.Held) == 0:
		e.Headline = lang.F("%sを含むリリースは、SBOMのある範囲では見つかりませんでした", "no release was found that holds %s, as far as there are SBOMs", e.ID)
	case e.thing:
		holding := map[string]bool{}
		for _, h := range e.Held {
			holding[h.Release] = true
		}
		e.Headline = lang.T(fmt.Sprintf("%sを含むリリースは%d件、そこで検出された脆弱性は延べ%d件です", e.ID, len(holding), e.Total.Affected),
			fmt.Sprintf("%s is in %s, with %s there", e.ID, counted(len(holding), "release"), counted(e.Total.Affected, "finding")))
	case e.Total.Affected > 0:
		e.Headline = lang.T(fmt.Sprintf("%sの影響を受けるのは%d件のソフトウェア、%d件のリリースです", e.ID, len(e.Software), e.Total.Releases),
			fmt.Sprintf("%s affects %d software, %s", e.ID, len(e.Software), counted(e.Total.Releases, "release")))
	case !e.Known:
		e.Headline = lang.F("取り込んだ脆弱性情報に%sはありません。影響がないという意味ではありません", "the imported advisories do not know %s; that does not mean that nothing is affected", e.ID)
	default:
		e.Headline = lang.F("照合した部品の中に、%sの影響を受けるものは見つかりませんでした", "none of the components that were matched is affected by %s", e.ID)
	}
}

// counted writes a number with the English word for so many.
func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// ComponentLabel names a component: by its package URL, else by name and version.
func ComponentLabel(c store.Component) string {
	return chain.Component{PURL: c.PURL, Name: c.Name, Version: c.Version}.Label()
}

// asksNow are the individual requirements that a finding calls on, by role, in words of what to do.
var asksNow = []struct {
	role   guideline.Role
	duties []guideline.ID
	does   lang.Text
}{
	{guideline.Developer, []guideline.ID{"S(3)-2.1", "S(3)-2.2", "S(3)-2.3"}, lang.T("影響を分析し、対応を計画して実装し、セキュリティ勧告を出します", "analyses it, plans and carries out the treatment, and issues the advisory")},
	{guideline.Supplier, []guideline.ID{"S(3)-2.3"}, lang.T("勧告と修正を供給先に届けます", "passes the advisory and the fix on to whom it supplied")},
	{guideline.Operator, []guideline.ID{"S(3)-2.3"}, lang.T("勧告に従って修正を適用し、記録します", "applies the fix as the advisory says and records it")},
	{guideline.Customer, []guideline.ID{"S(6)-1.2"}, lang.T("既知の脆弱性への対処の担当を決め、進み具合を確かめます", "sees to it that the known vulnerability has an owner")},
}

func affectedParties(m chain.Model, software, release string, policy guideline.Policy, severity string, firstSeen time.Time) []AffectedParty {
	names := map[string]string{}
	for _, p := range m.Parties {
		names[p.ID] = p.Name
	}
	out := []AffectedParty{}
	for _, a := range m.Arrangements {
		if a.Software != software && !SystemRuns(m, a.System, release) {
			continue
		}
		for _, e := range a.Engagements {
			for _, ask := range asksNow {
				p := AffectedParty{Party: e.Party, Name: names[e.Party], Role: e.Role, Does: ask.does}
				for _, id := range chain.RequirementsOf(guideline.Default(), a, e) {
					if slices.Contains(ask.duties, id) {
						p.Duties = append(p.Duties, id)
					}
				}
				same := func(o AffectedParty) bool { return o.Party == p.Party && o.Role == p.Role }
				if ask.role != e.Role || len(p.Duties) == 0 || slices.ContainsFunc(out, same) {
					continue
				}
				if e.Role == guideline.Developer && !firstSeen.IsZero() {
					p.By = firstSeen.AddDate(0, 0, analysisDays(policy, severity))
				}
				out = append(out, p)
			}
		}
	}
	return out
}

// analysisDays is the policy's time for analysing a finding; one without a severity is treated as a medium one.
func analysisDays(policy guideline.Policy, severity string) int {
	if days := policy.Value("analysis_days_" + strings.ToLower(severity)); days > 0 {
		return days
	}
	return policy.Value("analysis_days_medium")
}

// SystemRuns reports whether a system runs a release.
func SystemRuns(m chain.Model, system, release string) bool {
	for _, s := range m.Systems {
		if s.ID == system && system != "" {
			return slices.Contains(s.Releases, release)
		}
	}
	return false
}
