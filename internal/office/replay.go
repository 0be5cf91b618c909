package office

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/replay"
	"example.org/tasuki/internal/store"
)

// Replay is what came of running a past incident against the portfolio.
type Replay struct {
	Scenario  replay.Scenario  `json:"scenario"`
	Told      lang.Text        `json:"told"`            // what happened
	Party     string           `json:"party,omitempty"` // whose updates are taken to be tampered with
	PartyName string           `json:"party_name,omitempty"`
	Headline  lang.Text        `json:"headline"`
	Caveats   []lang.Text      `json:"caveats"` // what could not be seen
	Releases  int              `json:"releases"`
	Hits      []ReplayHit      `json:"hits"` // by software
	Duties    []ReplayDuty     `json:"duties"`
	Customers []ReplayCustomer `json:"customers"`
}

// ReplayHit is a software that would have been hit.
type ReplayHit struct {
	Software string          `json:"software"`
	Name     string          `json:"name"`
	Releases []ReplayRelease `json:"releases"` // supported and latest first
	Systems  []string        `json:"systems"`  // names of systems that run one of them
}

// ReplayRelease is a release that would have been hit, and by what.
type ReplayRelease struct {
	Release   string    `json:"release"`
	Version   string    `json:"version"`
	Supported bool      `json:"supported"`
	By        []string  `json:"by"`              // components, or vulnerabilities that were left alone
	Since     time.Time `json:"since,omitzero"`  // neglected: the first was found then
	Due       time.Time `json:"due,omitzero"`    // neglected: the earliest was to be treated by then
	Vulns     []string  `json:"vulns,omitempty"` // neglected: their ids
	Overdue   bool      `json:"overdue,omitempty"`
	Exploited bool      `json:"exploited,omitempty"`
	Made      bool      `json:"made,omitempty"` // the maker whose updates are tampered with makes or supplies the software itself
	released  string    // day
}

// ReplayDuty is an individual requirement that bears on the incident, and how it stands at the software that was hit.
type ReplayDuty struct {
	replay.BearingDuty
	Title lang.Text        `json:"title"`
	At    []ReplayStanding `json:"at"`    // one for each duty of a party at a software that was hit
	Count map[string]int   `json:"count"` // by status
}

// ReplayStanding is how one duty stands.
type ReplayStanding struct {
	Software string         `json:"software"`
	Party    string         `json:"party"`
	Role     guideline.Role `json:"role"`
	Status   assess.Status  `json:"status"`
}

// ReplayCustomer is a customer of a software that was hit, and when records say that it was told. Without a record nobody
// can say.
type ReplayCustomer struct {
	Party    string   `json:"party"`
	Name     string   `json:"name"`
	Software []string `json:"software"`
	KnownOn  string   `json:"known_on,omitempty"` // ISO day from which the time counts; empty: none is known
	ToldOn   string   `json:"told_on,omitempty"`  // ISO day; empty: no record says so
	Days     *int     `json:"days"`               // nil: unknown
	Record   string   `json:"record,omitempty"`   // key of the record that says so
	Contact  bool     `json:"contact"`            // a contact point of it is on record
}

// ReplayRequest says which incident is run, and against what.
type ReplayRequest struct {
	Scenario string
	Party    string // whose updates are tampered with; empty: the counterparty of the widest reach
	Software string // id; only this one is looked at
}

// RunReplay runs a past incident against the portfolio as it is now. It writes nothing.
func RunReplay(ctx context.Context, db *store.DB, req ReplayRequest) (Replay, error) {
	s, err := replay.Find(req.Scenario)
	if err != nil {
		return Replay{}, err
	}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return Replay{}, err
	}
	r := &rerun{db: db, model: m, today: db.Now().Format(time.DateOnly),
		out: Replay{Scenario: s, Told: s.Told(), Caveats: []lang.Text{}, Releases: len(m.Releases), Hits: []ReplayHit{}, Duties: []ReplayDuty{}, Customers: []ReplayCustomer{}}}
	switch s.How {
	case replay.ByComponent:
		err = r.byComponent(ctx)
	case replay.BySupplier:
		err = r.bySupplier(ctx, req.Party)
	case replay.ByNeglect:
		err = r.byNeglect(ctx, req.Software)
	}
	if err != nil {
		return r.out, err
	}
	if req.Software != "" {
		r.out.Hits = slices.DeleteFunc(r.out.Hits, func(h ReplayHit) bool { return h.Software != req.Software })
	}
	r.order()
	if err := r.blind(ctx); err != nil {
		return r.out, err
	}
	if err := r.duties(ctx); err != nil {
		return r.out, err
	}
	if err := r.customers(ctx); err != nil {
		return r.out, err
	}
	r.headline()
	return r.out, nil
}

// rerun is a replay while it is worked out.
type rerun struct {
	db    *store.DB
	model chain.Model
	today string
	out   Replay
}

// hit notes that a release would have been hit by something, and gives it to be filled.
func (r *rerun) hit(release, by string) *ReplayRelease {
	i := slices.IndexFunc(r.model.Releases, func(x chain.Release) bool { return x.ID == release })
	if i < 0 {
		return &ReplayRelease{}
	}
	rel := r.model.Releases[i]
	n := slices.IndexFunc(r.out.Hits, func(h ReplayHit) bool { return h.Software == rel.Software })
	if n < 0 {
		n = len(r.out.Hits)
		h := ReplayHit{Software: rel.Software, Name: rel.Software, Releases: []ReplayRelease{}, Systems: []string{}}
		for _, s := range r.model.Software {
			if s.ID == rel.Software {
				h.Name = s.Name
			}
		}
		r.out.Hits = append(r.out.Hits, h)
	}
	h := &r.out.Hits[n]
	k := slices.IndexFunc(h.Releases, func(x ReplayRelease) bool { return x.Release == release })
	if k < 0 {
		k = len(h.Releases)
		h.Releases = append(h.Releases, ReplayRelease{Release: release, Version: rel.Version, Supported: rel.SupportedOn(r.today), By: []string{}, released: rel.ReleasedOn})
		for _, s := range r.model.Systems {
			if slices.Contains(s.Releases, release) && !slices.Contains(h.Systems, s.Name) {
				h.Systems = append(h.Systems, s.Name)
			}
		}
	}
	if by != "" && !slices.Contains(h.Releases[k].By, by) {
		h.Releases[k].By = append(h.Releases[k].By, by)
	}
	return &h.Releases[k]
}

// order puts software by name, and of each the supported and latest release first.
func (r *rerun) order() {
	slices.SortStableFunc(r.out.Hits, func(a, b ReplayHit) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Software, b.Software))
	})
	for i := range r.out.Hits {
		slices.SortStableFunc(r.out.Hits[i].Releases, func(a, b ReplayRelease) int {
			if a.Supported != b.Supported {
				if a.Supported {
					return -1
				}
				return 1
			}
			return cmp.Or(strings.Compare(b.released, a.released), strings.Compare(b.Version, a.Version))
		})
		for k := range r.out.Hits[i].Releases {
			slices.Sort(r.out.Hits[i].Releases[k].By)
		}
	}
}

// byComponent finds the releases that hold a component of the incident: by name and version, which needs no advisories,
// and by what matching found under the incident's ids.
func (r *rerun) byComponent(ctx context.Context) error {
	all, err := r.db.Components(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !r.out.Scenario.Holds(c.PURL, c.Version) {
			continue
		}
		releases, err := r.db.ReleasesHolding(ctx, []int64{c.ID})
		if err != nil {
			return err
		}
		for _, release := range releases {
			r.hit(release, portfolio.ComponentLabel(c))
		}
	}
	hits, err := portfolio.AffectedByAny(ctx, r.db, r.out.Scenario.Vulnerabilities)
	for _, h := range hits {
		r.hit(h.Release, portfolio.ComponentLabel(h.Component))
	}
	return err
}

// bySupplier finds what a maker's tampered updates would have reached: the software it makes or supplies, and the releases
// that hold components it answers for.
func (r *rerun) bySupplier(ctx context.Context, party string) error {
	if party == "" {
		var err error
		if party, err = r.widest(ctx); err != nil {
			return err
		}
		if party == "" {
			r.out.Caveats = append(r.out.Caveats, lang.T("供給元が登録されていないため、届く範囲を調べられません", "no maker is registered whose reach could be looked up"))
			return nil
		}
		r.out.Caveats = append(r.out.Caveats, lang.T("届く範囲が最も広い供給元を選びました。--party で別の供給元を選べます", "the maker of the widest reach was taken; --party takes another"))
	}
	i := slices.IndexFunc(r.model.Parties, func(p chain.Party) bool { return p.ID == party || p.Name == party })
	if i < 0 {
		return &lang.Error{Kind: lang.NotFound, What: lang.F("関連事業者「%s」は登録されていません", "there is no party %q", party),
			Next: lang.T("tasuki chain show で確認してください", "see tasuki chain show")}
	}
	r.out.Party, r.out.PartyName = r.model.Parties[i].ID, r.model.Parties[i].Name
	reach, err := r.reach(ctx, r.out.Party)
	for _, x := range reach {
		hit := r.hit(x.release, x.by)
		hit.Made = hit.Made || x.by == ""
	}
	return err
}

// reached is a release that a maker's updates reach, and through which component; none when the maker makes or supplies it.
type reached struct{ release, by string }

func (r *rerun) reach(ctx context.Context, party string) (out []reached, err error) {
	for _, a := range r.model.Arrangements {
		for _, e := range a.Engagements {
			if e.Party != party || e.Role != guideline.Developer && e.Role != guideline.Supplier {
				continue
			}
			for _, rel := range r.model.Releases {
				if a.Software != "" && rel.Software == a.Software || portfolio.SystemRuns(r.model, a.System, rel.ID) {
					out = append(out, reached{rel.ID, ""})
				}
			}
		}
	}
	all, err := r.db.Components(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if !slices.ContainsFunc(r.model.Components, func(x chain.ComponentRule) bool { return x.Party == party && chain.Matches(x.Pattern, c.PURL) }) {
			continue
		}
		releases, err := r.db.ReleasesHolding(ctx, []int64{c.ID})
		if err != nil {
			return nil, err
		}
		for _, release := range releases {
			out = append(out, reached{release, portfolio.ComponentLabel(c)})
		}
	}
	return out, nil
}

// widest gives the counterparty whose updates reach the most releases; the first registered of equals, and ourselves only
// when there is no other.
func (r *rerun) widest(ctx context.Context) (best string, err error) {
	most := 0
	own := ""
	for _, p := range r.model.Parties {
		if p.Self {
			own = p.ID
		}
	}
	for _, ours := range []bool{false, true} {
		for _, p := range r.model.Parties {
			if chain.Belongs(r.model, p.ID, own) != ours {
				continue
			}
			reach, err := r.reach(ctx, p.ID)
			if err != nil {
				return "", err
			}
			distinct := map[string]bool{}
			for _, x := range reach {
				distinct[x.release] = true
			}
			if len(distinct) > most {
				best, most = p.ID, len(distinct)
			}
		}
		if best != "" {
			return best, nil
		}
	}
	return best, nil
}

// byNeglect finds what waits for somebody although it is known to be exploited, or is overdue.
func (r *rerun) byNeglect(ctx context.Context, software string) error {
	waiting, err := portfolio.Triage(ctx, r.db, portfolio.TriageFilter{Waiting: true, Software: software})
	if err != nil {
		return err
	}
	now := r.db.Now()
	for _, t := range waiting {
		overdue := !t.Due.IsZero() && t.Due.Before(now)
		if t.Exploited.IsZero() && !overdue {
			continue
		}
		x := r.hit(t.Release, cmp.Or(t.Of.Finding.CVE(), t.Finding.Vuln)+" "+portfolio.ComponentLabel(store.Component{PURL: t.Finding.PURL, Name: t.Finding.Name, Version: t.Finding.Version}))
		x.Vulns = append(x.Vulns, t.Of.IDs()...)
		x.Overdue, x.Exploited = x.Overdue || overdue, x.Exploited || !t.Exploited.IsZero()
		if x.Since.IsZero() || t.Finding.FirstSeen.Before(x.Since) {
			x.Since = t.Finding.FirstSeen
		}
		if !t.Due.IsZero() && (x.Due.IsZero() || t.Due.Before(x.Due)) {
			x.Due = t.Due
		}
	}
	return nil
}

// blind says what could not be seen: a release without components, and without advisories what was left alone.
func (r *rerun) blind(ctx context.Context) error {
	without := 0
	for _, rel := range r.model.Releases {
		some, err := r.db.ComponentsOf(ctx, rel.ID)
		if err != nil {
			return err
		}
		if len(some) == 0 {
			without++
		}
	}
	if without > 0 {
		r.out.Caveats = append(r.out.Caveats, lang.F("SBOM がなく、含まれる部品が分からないリリースが%d件あります", "%d releases have no SBOM: nobody knows what they hold", without))
	}
	if r.out.Scenario.How != replay.ByNeglect {
		return nil
	}
	var e portfolio.Exposure
	if err := e.LookAtSources(ctx, r.db); err != nil {
		return err
	}
	r.out.Caveats = append(r.out.Caveats, e.Caveats...)
	return nil
}

// duties says for each requirement that bears on the incident how it stands at the software that was hit.
func (r *rerun) duties(ctx context.Context) error {
	titles := map[guideline.ID]lang.Text{}
	for _, in := range guideline.Default().Individuals() {
		titles[in.ID] = in.Title
	}
	names := map[string]string{}
	for _, p := range r.model.Parties {
		names[p.ID] = p.Name
	}
	rows := map[string][]judging.Row{}
	for _, h := range r.out.Hits {
		subject := fact.Subject{Kind: fact.Software, ID: h.Software}
		if latest, ok := judging.Latest(r.model, h.Software, r.today); ok {
			subject = fact.Subject{Kind: fact.Release, ID: latest.ID}
		}
		var err error
		if rows[h.Software], err = judging.Status(ctx, r.db, subject); err != nil {
			return err
		}
	}
	for _, d := range r.out.Scenario.Duties {
		out := ReplayDuty{BearingDuty: d, Title: titles[d.ID], At: []ReplayStanding{}, Count: map[string]int{}}
		for _, h := range r.out.Hits {
			for _, row := range rows[h.Software] {
				if row.Requirement == d.ID {
					out.At = append(out.At, ReplayStanding{h.Name, cmp.Or(names[row.Party], row.Party), row.Role, assess.Status(row.Status)})
					out.Count[row.Status]++
				}
			}
		}
		r.out.Duties = append(r.out.Duties, out)
	}
	return nil
}

// customers says when each customer of what was hit was told, by the notices on record and the fixes that were applied.
func (r *rerun) customers(ctx context.Context) error {
	records, err := r.db.Records(ctx, store.RecordFilter{Kinds: []string{"notice", "deployment", "contact"}})
	if err != nil {
		return err
	}
	for _, h := range r.out.Hits {
		vulns, since := r.vulnsOf(h)
		for _, p := range r.customersOf(h) {
			n := slices.IndexFunc(r.out.Customers, func(c ReplayCustomer) bool { return c.Party == p.ID })
			if n < 0 {
				n = len(r.out.Customers)
				r.out.Customers = append(r.out.Customers, ReplayCustomer{Party: p.ID, Name: p.Name, KnownOn: since})
			}
			c := &r.out.Customers[n]
			c.Software = append(c.Software, h.Name)
			for _, rec := range records {
				r.hear(c, p, h, rec, vulns)
			}
		}
	}
	for i := range r.out.Customers {
		c := &r.out.Customers[i]
		if told, err := time.Parse(time.DateOnly, c.ToldOn); err == nil {
			if known, err := time.Parse(time.DateOnly, c.KnownOn); err == nil {
				days := int(told.Sub(known).Hours() / 24)
				c.Days = &days
			}
		}
	}
	return nil
}

// hear takes what a record says of when a customer was told.
func (r *rerun) hear(c *ReplayCustomer, p chain.Party, h ReplayHit, rec register.Record, vulns []string) {
	if rec.State == register.Retired {
		return
	}
	text := func(field string) string { s, _ := rec.Data[field].(string); return s }
	same := func(stated string) bool {
		return stated == p.ID || stated == p.Name || p.NameEN != "" && stated == p.NameEN
	}
	on, speaksOf := "", func(id string) bool { return slices.Contains(vulns, strings.ToUpper(id)) }
	switch rec.Kind {
	case "contact":
		c.Contact = c.Contact || same(text("party")) || rec.Subject == fact.Subject{Kind: fact.Org, ID: p.ID}
		return
	case "notice":
		if r.about(rec.Subject, h) && same(text("party")) && slices.ContainsFunc(register.Strings(rec, "vulnerabilities"), speaksOf) {
			on = text("sent_on")
		}
	case "deployment":
		i := slices.IndexFunc(r.model.Systems, func(s chain.System) bool { return s.ID == rec.Subject.ID })
		if i >= 0 && r.model.Systems[i].Owner == p.ID && slices.Contains(h.Systems, r.model.Systems[i].Name) && speaksOf(text("vulnerability")) {
			on = text("informed_on")
		}
	}
	if on != "" && (c.ToldOn == "" || on < c.ToldOn) {
		c.ToldOn, c.Record = on, rec.Key
	}
}

// about reports whether a subject is a software that was hit, or a release of it.
func (r *rerun) about(s fact.Subject, h ReplayHit) bool {
	return s.ID == h.Software || slices.ContainsFunc(r.model.Releases, func(x chain.Release) bool { return x.ID == s.ID && x.Software == h.Software })
}

// vulnsOf gives the ids under which records speak of what hit a software, and the day from which the time counts.
func (r *rerun) vulnsOf(h ReplayHit) (ids []string, since string) {
	ids, since = slices.Clone(r.out.Scenario.Vulnerabilities), r.out.Scenario.KnownOn
	for _, x := range h.Releases {
		ids = append(ids, x.Vulns...)
		if day := x.Since.Format(time.DateOnly); !x.Since.IsZero() && (since == "" || day < since) {
			since = day
		}
	}
	return ids, since
}

// customersOf gives the parties that hold the role of customer for a software, or for a system that runs it.
func (r *rerun) customersOf(h ReplayHit) (out []chain.Party) {
	for _, a := range r.model.Arrangements {
		runs := slices.ContainsFunc(h.Releases, func(x ReplayRelease) bool { return portfolio.SystemRuns(r.model, a.System, x.Release) })
		if a.Software != h.Software && !runs {
			continue
		}
		for _, e := range a.Engagements {
			i := slices.IndexFunc(r.model.Parties, func(p chain.Party) bool { return p.ID == e.Party })
			if e.Role == guideline.Customer && i >= 0 && !slices.ContainsFunc(out, func(p chain.Party) bool { return p.ID == e.Party }) {
				out = append(out, r.model.Parties[i])
			}
		}
	}
	return out
}

func (r *rerun) headline() {
	releases := 0
	for _, h := range r.out.Hits {
		releases += len(h.Releases)
	}
	switch {
	case len(r.out.Hits) > 0:
		r.out.Headline = lang.F("%sがいま起きたら、%d件のソフトウェアの%d件のリリースが影響を受けます", "if %s happened now, %d software with %d releases would be hit", r.out.Scenario.Title, len(r.out.Hits), releases)
	case r.out.Scenario.How == replay.ByNeglect:
		r.out.Headline = lang.T("悪用が知られたまま、又は期限を過ぎたまま残っている検出は見つかりませんでした", "nothing was found that is known to be exploited, or overdue, and still waits")
	default:
		r.out.Headline = lang.F("%sの影響を受けるリリースは、調べられた範囲では見つかりませんでした", "no release was found that %s would hit, as far as one could look", r.out.Scenario.Title)
	}
}

// Standing counts the duties at what was hit, by whether they are met.
func (r Replay) Standing() (met, open int) {
	for _, d := range r.Duties {
		for _, a := range d.At {
			if a.Status == assess.Met || a.Status == assess.MetWithException {
				met++
			} else if a.Status != assess.NotApplicable {
				open++
			}
		}
	}
	return met, open
}

// Untold counts the customers of whom no record says that they were told.
func (r Replay) Untold() (n int) {
	for _, c := range r.Customers {
		if c.ToldOn == "" {
			n++
		}
	}
	return n
}

// RecordReplay writes a replay down as an exercise of the response procedure (S(3)-1.1): a draft of whoever ran it, which
// counts once somebody else approves it. lessons are what people add to what the replay showed.
func RecordReplay(ctx context.Context, db *store.DB, actor store.Actor, r Replay, l lang.Lang, lessons string) (PutResult, error) {
	kind, err := register.Kind("exercise")
	if err != nil {
		return PutResult{}, err
	}
	met, open := r.Standing()
	text := lang.F("%s。関係する責務のうち満たしているもの%d件、そうでないもの%d件。顧客%d者のうち、知らせた記録がないもの%d者。", "%s. Of the duties that bear on it %d are met and %d are not. Of %d customers, %d have no record of being told.",
		r.Headline, met, open, len(r.Customers), r.Untold()).In(l)
	if lessons = strings.TrimSpace(lessons); lessons != "" {
		text += "\n" + lessons
	}
	today := db.Now().Format(time.DateOnly)
	e := register.Entry{Key: fmt.Sprintf("REPLAY-%s-%s", strings.ToUpper(r.Scenario.ID), strings.ReplaceAll(today, "-", "")),
		Data: map[string]any{"title": lang.F("過去のインシデントの再演: %s", "Replay of a past incident: %s", r.Scenario.Title).In(l), "held_on": today, "lessons": text}}
	data, problems := register.Validate(kind, e.Data)
	e.Data = data
	return PutRecords(ctx, db, actor, l, kind, []register.Entry{e}, problems, "")
}

// Days gives for how many days something was left alone at an instant.
func (x ReplayRelease) Days(now time.Time) int { return int(now.Sub(x.Since).Hours() / 24) }
