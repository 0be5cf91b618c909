package office

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
)

// A Date is a day on which something is due, is to be looked at again, or ends.
type Date struct {
	ID    string    `json:"id" doc:"The same for the same thing, also when its day moves"`
	Day   time.Time `json:"day"`
	What  lang.Text `json:"what"`
	About string    `json:"about,omitempty" doc:"Name of the software, system or party"`
	Owner string    `json:"owner,omitempty" doc:"Id of the account that sees to it"`
}

// datesBack is how long a day that has passed stays in the calendar.
const datesBack = 30

// datesAhead is how far ahead what a status rests on is looked for.
const datesAhead = 366

// Dates gives every day that lies ahead or passed lately: planned duties, vulnerabilities that wait, evidence to renew
// (SBOMs among it), reviews and ends of records (criteria among them), ends of statements and exceptions, ends of support,
// deadlines of reports to authorities, requests, and ends of declarations. The earliest comes first.
func Dates(ctx context.Context, db *store.DB) ([]Date, error) {
	m, err := db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	d := &dates{names: namesOf(m), from: db.Now().AddDate(0, 0, -datesBack), out: []Date{}}
	d.ends(m)
	for _, gather := range []func(context.Context, *store.DB, chain.Model) error{d.planned, d.findings, d.lapses, d.records, d.claims, d.letters} {
		if err := gather(ctx, db, m); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(d.out, func(x, y Date) int { return cmp.Or(x.Day.Compare(y.Day), cmp.Compare(x.ID, y.ID)) })
	return d.out, nil
}

// Calendar writes dates as an iCalendar file.
func Calendar(ctx context.Context, db *store.DB, l lang.Lang, all []Date) ([]byte, error) {
	accounts, err := db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range accounts {
		names[a.ID] = cmp.Or(a.Display, a.Name)
	}
	var events []calendar.Event
	for _, d := range all {
		events = append(events, calendar.Event{ID: d.ID, Day: d.Day, Summary: strings.TrimSpace(d.What.In(l) + " " + d.About), Detail: cmp.Or(names[d.Owner], d.Owner, "—")})
	}
	return calendar.ICalendar(l, db.Now(), events), nil
}

// dates gathers.
type dates struct {
	names map[fact.Subject]string
	from  time.Time
	out   []Date
}

func namesOf(m chain.Model) map[fact.Subject]string {
	out := map[fact.Subject]string{}
	for _, p := range m.Parties {
		out[fact.Subject{Kind: fact.Org, ID: p.ID}] = p.Name
	}
	for _, s := range m.Software {
		out[fact.Subject{Kind: fact.Software, ID: s.ID}] = s.Name
	}
	for _, s := range m.Systems {
		out[fact.Subject{Kind: fact.System, ID: s.ID}] = s.Name
	}
	for _, r := range m.Releases {
		out[fact.Subject{Kind: fact.Release, ID: r.ID}] = strings.TrimSpace(out[fact.Subject{Kind: fact.Software, ID: r.Software}] + " " + r.Version)
	}
	return out
}

func (d *dates) add(id string, at time.Time, about fact.Subject, what lang.Text) {
	d.put(Date{ID: id, Day: at, What: what, About: d.names[about]})
}

func (d *dates) put(at Date) {
	if !at.Day.IsZero() && !at.Day.Before(d.from) {
		d.out = append(d.out, at)
	}
}

// onDay is add for a day as the model and the registers write it.
func (d *dates) onDay(id, day string, about fact.Subject, what lang.Text) {
	if at, err := time.ParseInLocation(time.DateOnly, day, calendar.Japan); err == nil {
		d.add(id, at, about, what)
	}
}

// ends are the ends of sale, support and use.
func (d *dates) ends(m chain.Model) {
	for _, s := range m.Software {
		about := fact.Subject{Kind: fact.Software, ID: s.ID}
		d.onDay("end-of-sale/"+s.ID, s.EndOfSale, about, lang.T("販売終了", "end of sale"))
		d.onDay("end-of-support/"+s.ID, s.EndOfSupport, about, lang.T("サポート終了", "end of support"))
		d.onDay("end-of-life/"+s.ID, s.EndOfLife, about, lang.T("提供終了", "end of life"))
	}
	for _, r := range m.Releases {
		d.onDay("supported-to/"+r.ID, r.SupportedTo, fact.Subject{Kind: fact.Release, ID: r.ID}, lang.T("サポート終了", "end of support"))
	}
	for _, s := range m.Systems {
		d.onDay("planned-until/"+s.ID, s.PlannedUntil, fact.Subject{Kind: fact.System, ID: s.ID}, lang.T("利用予定の終わり", "end of the planned use"))
	}
}

func (d *dates) planned(ctx context.Context, db *store.DB, m chain.Model) error {
	plans, err := Plans(ctx, db, m)
	for _, p := range plans {
		if in, ok := guideline.Default().Individual(p.Requirement); ok && p.Open() {
			d.put(Date{ID: "plan/" + p.PlanKey.String(), Day: p.Due, What: titled(in), About: p.SoftwareName, Owner: p.Owner})
		}
	}
	return err
}

func titled(in guideline.Individual) lang.Text {
	return lang.T(string(in.ID)+" "+in.Title.JA, string(in.ID)+" "+in.Title.EN)
}

// findings gives one date for each vulnerability that waits in a software: the earliest, whatever component it is in.
func (d *dates) findings(ctx context.Context, db *store.DB, _ chain.Model) error {
	found, err := portfolio.Triage(ctx, db, portfolio.TriageFilter{Waiting: true})
	first := map[string]Date{}
	for _, t := range found {
		name, action := cmp.Or(t.Finding.CVE(), t.Finding.Vuln), t.Priority.Action.Name()
		at := Date{ID: "finding/" + t.Finding.Vuln + "/" + t.Software, Day: t.Due, About: t.SoftwareName,
			What: lang.F("%[1]s に対応する（%[2]s）", "%[1]s: %[2]s", name, action)}
		if old, ok := first[at.ID]; !ok || at.Day.Before(old.Day) {
			first[at.ID] = at
		}
	}
	for _, at := range first {
		d.put(at)
	}
	return err
}

// lapses gives what is met now, on the latest release of a software or on a system, and lapses within a year: one date for
// all that lapses on one day.
func (d *dates) lapses(ctx context.Context, db *store.DB, m chain.Model) error {
	now := db.Now()
	ends, err := db.Endings(ctx, now, now.AddDate(0, 0, datesAhead), 20000)
	if err != nil {
		return err
	}
	latest := map[fact.Subject]bool{}
	for _, s := range judging.OurDeals(m) {
		if r, ok := judging.Latest(m, s.ID, now.Format(time.DateOnly)); ok && s.Kind == fact.Software {
			s = fact.Subject{Kind: fact.Release, ID: r.ID}
		}
		latest[s] = true
	}
	of := map[string][]string{}
	for _, e := range ends {
		if status := assess.Status(e.Status); !latest[e.Subject] || status != assess.Met && status != assess.MetWithException {
			continue
		}
		id, requirement := "lapse/"+e.Subject.ID+"/"+e.Until.In(calendar.Japan).Format(time.DateOnly), string(e.Requirement)
		if of[id] == nil {
			d.add(id, e.Until, e.Subject, lang.Text{})
		}
		if !slices.Contains(of[id], requirement) {
			of[id] = append(of[id], requirement)
		}
	}
	for i, at := range d.out {
		if ids := of[at.ID]; ids != nil {
			d.out[i].What = lang.T("証跡を更新する："+strings.Join(ids, "、"), "Renew the evidence of "+strings.Join(ids, ", "))
		}
	}
	return nil
}

// records gives reviews and ends of what is in force, the days it sets itself, and the deadlines of reports.
func (d *dates) records(ctx context.Context, db *store.DB, _ chain.Model) error {
	all, err := db.Records(ctx, store.RecordFilter{State: register.Approved})
	if err != nil {
		return err
	}
	for _, r := range all {
		kind, ok := guideline.Default().Register(r.Kind)
		if !ok {
			continue
		}
		of := func(ja, en string) lang.Text {
			return lang.T("「"+kind.Title.JA+"」"+r.Key+"："+ja, kind.Title.EN+" "+r.Key+": "+en)
		}
		d.add("review/"+r.ID, register.ReviewDue(kind, r), r.Subject, of("見直し", "review"))
		if !r.ValidUntil.IsZero() { // the moment after its last day
			d.add("record/"+r.ID, r.ValidUntil.Add(-time.Second), r.Subject, of("有効期限", "valid until"))
		}
		for _, f := range kind.Fields {
			day, isDay := r.Data[f.Name].(string)
			if f.Type != guideline.DateField || !isDay || r.Text("done_on") != "" || day <= r.ApprovedAt.In(calendar.Japan).Format(time.DateOnly) {
				continue // only what lay ahead when it was approved
			}
			d.onDay("field/"+r.ID+"/"+f.Name, day, r.Subject, of(f.Title.JA, f.Title.EN))
		}
	}
	return d.clocks(all)
}

// clocks gives the deadlines of reports to authorities that were not handed in.
func (d *dates) clocks(all []register.Record) error {
	handed := slices.DeleteFunc(slices.Clone(all), func(r register.Record) bool { return r.Kind != "authority_report" })
	for _, event := range all {
		if event.Kind != "reportable_event" {
			continue
		}
		clock, _ := guideline.Default().Clock(event.Text("scheme"))
		for _, r := range assess.Reports(event, handed) {
			if stage, ok := clock.Stage(r.Stage); ok && r.SubmittedAt.IsZero() {
				d.add("report/"+event.ID+"/"+r.Stage, r.Due, event.Subject, lang.F("当局への報告（%[1]s、%[2]s）：%[3]s", "report to an authority (%[1]s, %[2]s): %[3]s", clock.Title, stage.Title, event.Text("title")))
			}
		}
	}
	return nil
}

// claims gives the ends of statements and exceptions.
func (d *dates) claims(ctx context.Context, db *store.DB, _ chain.Model) error {
	all, err := db.Claims(ctx, store.ClaimFilter{State: evidence.ClaimApproved})
	for _, c := range all {
		what := lang.F("%s の申告の期限", "statement about %s ends", c.Requirement)
		if c.Kind == evidence.Exception {
			what = lang.F("%s の例外措置の期限", "exception to %s ends", c.Requirement)
		}
		d.add("claim/"+c.ID, c.ExpiresAt.Add(-time.Second), c.Subject, what)
	}
	return err
}

// letters gives the days of requests and the ends of the declarations we issued.
func (d *dates) letters(ctx context.Context, db *store.DB, _ chain.Model) error {
	requests, err := relay.Requests(ctx, db)
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.State == relay.RequestOpen || r.State == relay.RequestPartly || r.State == relay.RequestOverdue {
			d.onDay("request/"+r.Digest, r.DueOn, fact.Subject{Kind: fact.Org, ID: r.Party}, lang.F("宣言の依頼の期日：%s", "request for a declaration is due: %s", r.Object.Name))
		}
	}
	issued, err := relay.Standings(ctx, db)
	for _, s := range issued {
		if x := s.Declaration; x.State == store.DeclarationIssued {
			d.add("declaration/"+x.ID, s.ValidUntil, x.Subject, lang.F("宣言（第%d号）の有効期限", "declaration no. %d is valid until", x.Serial))
		}
	}
	return err
}
