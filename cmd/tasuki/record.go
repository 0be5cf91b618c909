package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

type recordCmd struct {
	Kinds     recordKindsCmd     `cmd:"" help:"${help_record_kinds}"`
	Put       recordPutCmd       `cmd:"" help:"${help_record_put}"`
	List      recordListCmd      `cmd:"" help:"${help_record_list}"`
	Show      recordShowCmd      `cmd:"" help:"${help_record_show}"`
	Retire    recordRetireCmd    `cmd:"" help:"${help_record_retire}"`
	Export    recordExportCmd    `cmd:"" help:"${help_record_export}"`
	Worksheet recordWorksheetCmd `cmd:"" help:"${help_record_worksheet}"`
	Import    recordImportCmd    `cmd:"" help:"${help_record_import}"`
}

type recordKindsCmd struct {
	Kind string `arg:"" optional:"" help:"${help_record_kind}"`
}

// kindJSON is a register with what its records feed.
type kindJSON struct {
	guideline.Register
	Feeds []guideline.ID `json:"feeds"`
}

// Run lists the registers, or the fields of one.
func (c *recordKindsCmd) Run(p *program) error {
	kinds := register.Kinds()
	if c.Kind != "" {
		k, err := register.Kind(c.Kind)
		if err != nil {
			return err
		}
		kinds = []guideline.Register{k}
	}
	out := []kindJSON{}
	for _, k := range kinds {
		out = append(out, kindJSON{k, assess.FedByRecord(k.Kind)})
	}
	return p.print(out, func() {
		rows := [][]string{}
		for _, k := range out {
			rows = append(rows, []string{k.Kind, k.Title.In(p.lang), string(k.Scope), joinIDs(k.Feeds)})
		}
		if c.Kind != "" {
			rows = append(rows, []string{})
			for _, f := range out[0].Fields {
				rows = append(rows, []string{f.Name, f.Title.In(p.lang), string(f.Type), required(f, p.lang), choices(f, p.lang)})
			}
		}
		p.table(rows)
	})
}

func required(f guideline.RegisterField, l lang.Lang) string {
	if f.Required {
		return lang.T("必須", "required").In(l)
	}
	return ""
}

// choices says what may stand in a field: its choices, or the registers whose records it names.
func choices(f guideline.RegisterField, l lang.Lang) string {
	ids := slices.Clone(f.Of)
	for _, c := range f.Choices {
		ids = append(ids, c.ID)
	}
	if f.Threats {
		ids = append(ids, lang.T("脅威モデルの脅威", "a threat of a threat model").In(l))
	}
	return strings.Join(ids, ", ")
}

func joinIDs(ids []guideline.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, " ")
}

type recordPutCmd struct {
	Kind    string `arg:"" help:"${help_record_kind}"`
	File    string `arg:"" help:"${help_record_file}"`
	Subject string `help:"${help_subject}" placeholder:"WHAT"`
}

// Run takes records from a file as drafts: all of them, or none when any has a problem.
func (c *recordPutCmd) Run(p *program) error {
	kind, err := register.Kind(c.Kind)
	if err != nil {
		return err
	}
	raw, err := p.input(c.File, register.MaxBytes)
	if err != nil {
		return err
	}
	entries, problems, err := office.ReadRecords(kind, raw)
	if err != nil {
		return err
	}
	return p.putRecords(kind, entries, problems, c.Subject)
}

// putRecords stores validated entries and prints what came of it.
func (p *program) putRecords(kind guideline.Register, entries []register.Entry, problems []fact.Problem, subject string) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Edit)
	if err != nil {
		return err
	}
	out, err := office.PutRecords(p.ctx, db, actor, p.lang, kind, entries, problems, subject)
	if err != nil {
		return err
	}
	if err := p.print(out, func() { p.printPut(out) }); err != nil {
		return err
	}
	if len(out.Problems) > 0 {
		return errSilent(lang.Unreadable)
	}
	return nil
}

var putWords = map[office.PutAction]lang.Text{
	office.Added: lang.T("起案しました", "drafted"), office.Changed: lang.T("変更しました（起案中に戻りました）", "changed (a draft again)"),
	office.Unchanged: lang.T("変更はありません", "unchanged"),
}

func (p *program) printPut(out office.PutResult) {
	for _, pr := range out.Problems {
		p.printf("%s: %s", "%s: %s", pr.Where, pr.What)
	}
	if len(out.Problems) > 0 {
		p.printf("登録していません", "nothing was stored")
	}
	drafts := false
	for _, r := range out.Records {
		p.printf("%[3]s: %[1]s（%[2]s）", "%[3]s: %[1]s (%[2]s)", r.Kind+"/"+r.Key, r.ID, putWords[r.Action].In(p.lang))
		for _, l := range r.Loose {
			p.printf("  %[1]s: %[2]s（登録するまで承認できません）", "  %[1]s: %[2]s (it cannot be approved until there is)", l.Where, l.What)
		}
		drafts = drafts || r.State == register.Draft
	}
	if drafts {
		p.printf("別の人が承認すると評価に反映されます: tasuki approve ID --as 承認者", "it counts once somebody else approves it: tasuki approve ID --as APPROVER")
	}
}

type recordListCmd struct {
	Kind  string `arg:"" optional:"" help:"${help_record_kind}"`
	State string `help:"${help_record_state}" enum:",draft,approved,retired" default:"" placeholder:"S"`
	To    string `help:"${help_record_to}" placeholder:"KIND/KEY"`
}

func (p *program) recordJSON(r register.Record) office.RecordView {
	return office.ViewRecord(r, p.now())
}

// Run lists records by register and key.
func (c *recordListCmd) Run(p *program) error {
	f := store.RecordFilter{State: register.State(c.State)}
	if c.Kind != "" {
		k, err := register.Kind(c.Kind)
		if err != nil {
			return err
		}
		f.Kinds = []string{k.Kind}
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	records, err := office.RecordsNaming(p.ctx, db, f, c.To)
	if err != nil {
		return err
	}
	out := []office.RecordView{}
	for _, r := range records {
		out = append(out, p.recordJSON(r))
	}
	return p.print(out, func() {
		rows := [][]string{}
		for _, r := range out {
			rows = append(rows, []string{r.Kind + "/" + r.Key, r.ID, stateWord(string(r.State), p.lang), r.Subject.ID, lastDay(r.ValidUntil), p.dueWord(r.ReviewDue)})
		}
		p.table(rows)
		p.printf("%d 件", "%d records", len(out))
	})
}

var stateWords = map[string]lang.Text{"draft": lang.T("起案中", "draft"), "approved": lang.T("承認済み", "approved"), "retired": lang.T("廃止", "retired")}

func stateWord(state string, l lang.Lang) string { return stateWords[state].In(l) }

// lastDay writes the end of a validity as its last day in Japan; empty when there is none.
func lastDay(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return end.Add(-time.Millisecond).In(calendar.Japan).Format(time.DateOnly)
}

// dayOf gives the day on which something happened, in Japan.
func dayOf(at time.Time) string { return at.In(calendar.Japan).Format(time.DateOnly) }

func (p *program) dueWord(due time.Time) string {
	if due.IsZero() || p.now().Before(due) {
		return ""
	}
	return lang.T("見直し時期", "review due").In(p.lang)
}

type recordShowCmd struct {
	ID string `arg:"" help:"${help_record_id}"`
}

// Run shows a record with its history and the topics it does not cover.
func (c *recordShowCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	id, err := recordID(p, db, c.ID)
	if err != nil {
		return err
	}
	r, err := db.Record(p.ctx, id)
	if err != nil {
		return err
	}
	history, err := db.RecordHistory(p.ctx, id)
	if err != nil {
		return err
	}
	links, err := office.LinksOf(p.ctx, db, r)
	if err != nil {
		return err
	}
	kind, _ := guideline.Default().Register(r.Kind)
	out := struct {
		office.RecordView
		Links   office.Linked      `json:"links"`
		Missing []guideline.Choice `json:"missing_topics"`
		Feeds   []guideline.ID     `json:"feeds"`
		History []register.Record  `json:"history"`
	}{p.recordJSON(r), links, append([]guideline.Choice{}, register.Missing(kind, r)...), assess.FedByRecord(r.Kind), history}
	return p.print(out, func() {
		p.printf("%s %s/%s（第%d版、%s）", "%s %s/%s (revision %d, %s)", kind.Title.In(p.lang), r.Kind, r.Key, r.Revision, stateWord(string(r.State), p.lang))
		rows := [][]string{}
		for _, f := range kind.Fields {
			if v, ok := r.Data[f.Name]; ok {
				rows = append(rows, []string{"  " + f.Title.In(p.lang), fieldText(v)})
			}
		}
		p.table(rows)
		for _, m := range out.Missing {
			p.printf("  足りない事項: %s", "  missing topic: %s", m.Title.In(p.lang))
		}
		if !r.ValidUntil.IsZero() {
			p.printf("  有効期限 %s", "  valid until %s", lastDay(r.ValidUntil))
		}
		p.printf("  関係する個別要求: %s", "  feeds: %s", joinIDs(out.Feeds))
		p.printLinks(links)
	})
}

// printLinks shows what a record names and what names it.
func (p *program) printLinks(links office.Linked) {
	rows := [][]string{}
	end := func(arrow string, l office.LinkView) {
		name, state := l.Key, stateWord(string(l.State), p.lang)
		if l.Kind != "" {
			name = l.Kind + "/" + l.Key
		}
		if !l.Problem.IsZero() {
			state = l.Problem.In(p.lang)
		}
		rows = append(rows, []string{"  " + arrow, name, l.Title, state})
	}
	for _, l := range links.To {
		end("→", l)
	}
	for _, l := range links.From {
		end("←", l)
	}
	p.table(rows)
}

func fieldText(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, ", ")
	case float64:
		return fmt.Sprintf("%g", v)
	}
	return fmt.Sprint(v)
}

type recordRetireCmd struct {
	ID string `arg:"" help:"${help_record_id}"`
}

// Run takes a record out of use.
func (c *recordRetireCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Edit)
	if err != nil {
		return err
	}
	id, err := recordID(p, db, c.ID)
	if err != nil {
		return err
	}
	r, err := office.RetireRecord(p.ctx, db, actor, id)
	if err != nil {
		return err
	}
	if err := judging.Reassess(p.ctx, db, actor, "record retired", r.Subject); err != nil {
		return err
	}
	return p.print(p.recordJSON(r), func() { p.printf("廃止しました: %s/%s", "retired: %s/%s", r.Kind, r.Key) })
}
