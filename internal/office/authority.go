package office

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/report/authority"
	"example.org/tasuki/internal/report/misp"
	"example.org/tasuki/internal/store"
)

// recordNamed gives the record of a register with a key.
func recordNamed(ctx context.Context, db *store.DB, kind, key string) (register.Record, error) {
	all, err := db.Records(ctx, store.RecordFilter{Kinds: []string{kind}})
	if err != nil {
		return register.Record{}, err
	}
	if i := slices.IndexFunc(all, func(r register.Record) bool { return r.Key == key && r.State != register.Retired }); i >= 0 {
		return all[i], nil
	}
	k, err := register.Kind(kind)
	if err != nil {
		return register.Record{}, err
	}
	return register.Record{}, &lang.Error{Kind: lang.NotFound, What: lang.F("台帳「%[1]s」に「%[2]s」という記録はありません", "the register %[1]q has no record %[2]q", k.Title, key),
		Next: lang.F("tasuki record list %s で名前を確かめてください", "look the name up with tasuki record list %s", kind)}
}

// ReportDraft gives what a draft of a report to an authority is written from: an event on record, draft or approved, at a
// stage of its scheme; without a stage, the one that is due next, else the first that was not handed in.
func ReportDraft(ctx context.Context, db *store.DB, key, stage string) (authority.Draft, error) {
	event, err := recordNamed(ctx, db, "reportable_event", key)
	if err != nil {
		return authority.Draft{}, err
	}
	handed, err := db.Records(ctx, store.RecordFilter{Kinds: []string{"authority_report"}})
	if err != nil {
		return authority.Draft{}, err
	}
	handed = slices.DeleteFunc(handed, func(r register.Record) bool { return r.State == register.Retired })
	text := func(field string) string { s, _ := event.Data[field].(string); return s }
	clock, _ := guideline.Default().Clock(text("scheme"))
	at, err := stageOf(assess.Reports(event, handed), clock, stage)
	if err != nil {
		return authority.Draft{}, err
	}
	self, err := db.Self(ctx)
	if err != nil {
		return authority.Draft{}, err
	}
	d := authority.Draft{Clock: clock, Event: text("title"), Vulnerability: text("vulnerability"), From: self.Name, Started: at.Started, Due: at.Due, Now: db.Now(),
		Reason: text("aware_reason"), Submitted: at.SubmittedAt, Reference: at.Reference}
	d.Stage, _ = clock.Stage(at.Stage)
	d.Known, err = knownOf(ctx, db, event.Subject, d.Vulnerability)
	return d, err
}

// stageOf picks a stage out of those whose time has begun.
func stageOf(begun []assess.ReportFact, clock guideline.Clock, stage string) (assess.ReportFact, error) {
	if stage == "" {
		open := slices.DeleteFunc(slices.Clone(begun), func(r assess.ReportFact) bool { return !r.SubmittedAt.IsZero() })
		slices.SortStableFunc(open, func(a, b assess.ReportFact) int {
			if a.Due.IsZero() != b.Due.IsZero() {
				return cmp.Compare(b.Due.Unix(), a.Due.Unix()) // one without a day last
			}
			return a.Due.Compare(b.Due)
		})
		if len(open) > 0 {
			return open[0], nil
		}
		stage = "–"
	}
	if i := slices.IndexFunc(begun, func(r assess.ReportFact) bool { return r.Stage == stage }); i >= 0 {
		return begun[i], nil
	}
	var names []string
	for _, s := range clock.Stages {
		names = append(names, s.ID)
	}
	return assess.ReportFact{}, &lang.Error{Kind: lang.Conflict, What: lang.F("「%s」の段階は、期限が始まっていないか、この制度にありません", "the time of stage %q has not begun, or the scheme has none such", stage),
		Next: lang.F("期限が始まる日時を事象に記録するか、段階を選んでください: %s", "record the moment its time runs from, or name a stage: %s", strings.Join(names, ", "))}
}

// knownOf gives what the workspace knows of a vulnerability in the software that an event is about; of every software
// where it is about an organisation.
func knownOf(ctx context.Context, db *store.DB, about fact.Subject, vulnerability string) ([]authority.Known, error) {
	if vulnerability == "" {
		return nil, nil
	}
	e, err := portfolio.AffectedBy(ctx, db, vulnerability)
	if err != nil {
		return nil, err
	}
	same := func(s string) lang.Text { return lang.T(s, s) }
	var out []authority.Known
	for _, r := range e.Releases {
		if about.Kind == fact.Software && r.Software != about.ID || about.Kind == fact.Release && r.Release != about.ID {
			continue
		}
		value := r.SoftwareName + " " + r.Version + ": " + r.Component + ", " + r.Vuln + ", " + strings.ToLower(r.Severity)
		if r.Decision != "" {
			value += ", " + r.Decision
		}
		if !r.Exploited.IsZero() {
			value += ", KEV " + r.Exploited.Format("2006-01-02")
		}
		if len(r.Fixed) > 0 {
			value += " → " + strings.Join(r.Fixed, ", ")
		}
		out = append(out, authority.Known{What: lang.T("この部品を含むリリース（部品、脆弱性、深刻度、判断、修正版）", "release that holds the component (component, vulnerability, severity, decision, fixed in)"), Value: same(value)})
	}
	for _, c := range e.Caveats {
		out = append(out, authority.Known{What: lang.T("分からないこと", "not known"), Value: c})
	}
	return out, nil
}

// SharedEvent gives a record of information given to partners as a MISP event. It has to be approved: what leaves the house
// is what somebody else has read.
func SharedEvent(ctx context.Context, db *store.DB, key string) ([]byte, error) {
	r, err := recordNamed(ctx, db, "sharing", key)
	if err != nil {
		return nil, err
	}
	if !r.InForce(db.Now()) {
		return nil, &lang.Error{Kind: lang.Conflict, What: lang.F("記録「%s」は承認されていません", "record %q is not approved", key),
			Next: lang.T("別の人の承認を受けてから書き出してください", "have somebody else approve it first")}
	}
	self, err := db.Self(ctx)
	if err != nil {
		return nil, err
	}
	text := func(field string) string { s, _ := r.Data[field].(string); return s }
	return misp.Event(misp.Shared{ID: r.ID, Title: text("title"), Text: text("text"), TLP: text("tlp"), Day: text("known_on"), Changed: r.ChangedAt,
		Vulnerabilities: register.Strings(r, "vulnerabilities"), Done: text("shared_on") != "", From: self.Name})
}
