package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// registersPage lists the kinds of record people keep.
type registersPage struct {
	Base
	Registers []registerLine
}

// Groups puts the registers under the category of the first requirement they feed, those that feed none last.
func (p *registersPage) Groups() []registerGroup {
	var out []registerGroup
	for _, cat := range guideline.Default().Categories() {
		out = append(out, registerGroup{Title: p.F("S(%d) %s", "S(%d) %s", cat.Number, p.Text(cat.Title))})
	}
	out = append(out, registerGroup{Title: p.T("そのほか", "Others")})
	for _, line := range p.Registers {
		at := len(out) - 1
		if n, ok := registerCategories()[line.Kind]; ok {
			at = n - 1
		}
		out[at].Registers = append(out[at].Registers, line)
	}
	return slices.DeleteFunc(out, func(g registerGroup) bool { return len(g.Registers) == 0 })
}

// registerGroup is the registers of one category.
type registerGroup struct {
	Title     string
	Registers []registerLine
}

// registerCategories gives the number of the category that each register feeds first.
var registerCategories = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for _, in := range guideline.Default().Individuals() {
		for _, r := range registersFor(in.ID) {
			if _, known := out[r.Kind]; !known {
				out[r.Kind] = in.Category
			}
		}
	}
	return out
})

type registerLine struct {
	guideline.Register
	InForce, Drafts, Due int
}

// registerPage is one register with its records.
type registerPage struct {
	Base
	Kind    guideline.Register
	Records []recordLine
	Feeds   []guideline.ID // requirements its records feed
}

type recordLine struct {
	register.Record
	About   string
	InForce bool
	Due     time.Time // of the next review
	Heading string    // its first text, to tell it by
}

// recordPage is one record, or the form of a new one.
type recordPage struct {
	Base
	Kind       guideline.Register
	Record     register.Record
	New        bool
	About      string
	Author     string
	Approver   string
	InForce    bool
	Missing    []guideline.Choice
	Fields     []fieldView
	Subjects   []option
	Until      string // ISO day
	MayApprove bool
	Problems   []fact.Problem
	History    []auditLine
	Resting    []restingLine
	NamedBy    []linkLine // records that name this one
}

// linkLine is the other end of a link.
type linkLine struct {
	Base
	End      office.LinkView
	Register string // its title
	Field    string // title of the field that names
}

// Href is the page of the record; empty where there is none.
func (l linkLine) Href() string {
	if l.End.ID == "" {
		return ""
	}
	return "/registers/" + l.End.Kind + "/" + l.End.ID
}

// FieldTitle names the field that a place in the data is: /reason, key.
func (p *recordPage) FieldTitle(where string) string {
	name := strings.TrimPrefix(where, "/")
	for _, f := range p.Kind.Fields {
		if f.Name == name {
			return p.Text(f.Title)
		}
	}
	switch name {
	case "key":
		return p.T("番号・記号", "Key")
	case "subject":
		return p.T("対象", "About")
	case "valid_until":
		return p.T("有効期限", "Valid until")
	}
	return where
}

// fieldView is a field with its value, for showing and for editing.
type fieldView struct {
	guideline.RegisterField
	Value   string // as typed; lists one item a line
	Shown   string // for reading
	Options []option
	Links   []linkLine // the records it names, for reading
	Unknown string     // those named that are not among the options, one a line
}

func (s *Server) registers(w http.ResponseWriter, r *http.Request) error {
	p := &registersPage{Base: s.base(r, "requirements", lang.T("台帳", "Registers"))}
	records, err := s.db.Records(r.Context(), store.RecordFilter{})
	if err != nil {
		return err
	}
	for _, kind := range register.Kinds() {
		line := registerLine{Register: kind}
		for _, rec := range records {
			if rec.Kind != kind.Kind {
				continue
			}
			if rec.InForce(p.Now) {
				line.InForce++
			}
			if rec.State == register.Draft {
				line.Drafts++
			}
			if due := register.ReviewDue(kind, rec); rec.State == register.Approved && !due.IsZero() && !p.Now.Before(due) {
				line.Due++
			}
		}
		p.Registers = append(p.Registers, line)
	}
	return s.render(w, http.StatusOK, "registers", p)
}

func (s *Server) register(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	kind, err := register.Kind(r.PathValue("kind"))
	if err != nil {
		return err
	}
	p := &registerPage{Base: s.base(r, "requirements", kind.Title), Kind: kind, Feeds: assess.FedByRecord(kind.Kind)}
	records, err := s.db.Records(ctx, store.RecordFilter{Kinds: []string{kind.Kind}})
	if err != nil {
		return err
	}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return err
	}
	for _, rec := range records {
		line := recordLine{Record: rec, About: subjectName(p.Base, m, rec.Subject), InForce: rec.InForce(p.Now), Due: register.ReviewDue(kind, rec), Heading: register.Heading(kind, rec)}
		p.Records = append(p.Records, line)
	}
	return s.render(w, http.StatusOK, "register", p)
}

func (s *Server) record(w http.ResponseWriter, r *http.Request) error {
	p, err := s.recordPage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "record", p)
}

// recordPage loads a record; the id "new" is the form of a new one.
func (s *Server) recordPage(r *http.Request) (*recordPage, error) {
	ctx := r.Context()
	kind, err := register.Kind(r.PathValue("kind"))
	if err != nil {
		return nil, err
	}
	p := &recordPage{Base: s.base(r, "requirements", kind.Title), Kind: kind, New: r.PathValue("id") == "new"}
	m, err := s.db.LoadModel(ctx)
	if err != nil {
		return nil, err
	}
	if p.New {
		p.Record = register.Record{Kind: kind.Kind, Data: map[string]any{}}
		for _, f := range kind.Fields {
			if v := r.FormValue(f.Name); v != "" {
				p.Record.Data[f.Name] = v // prefilled from a link
			}
		}
	} else if err := s.loadRecord(r, p, m); err != nil {
		return nil, err
	}
	p.Subjects = recordSubjects(p.Base, m, kind.Scope, p.Record.Subject)
	if p.Fields, err = s.fieldViews(ctx, p.Base, m, kind, p.Record.Data); err != nil || p.New {
		return p, err
	}
	return p, s.linkLines(ctx, p)
}

// linkLines lays the links of a record out: those it names beside their fields, and those that name it.
func (s *Server) linkLines(ctx context.Context, p *recordPage) error {
	links, err := office.LinksOf(ctx, s.db, p.Record)
	if err != nil {
		return err
	}
	line := func(v office.LinkView, by string) linkLine {
		of, _ := guideline.Default().Register(v.Kind)
		naming, _ := guideline.Default().Register(by)
		field, _ := naming.Field(v.Field)
		if v.Kind == "" {
			of.Title = lang.T("脅威モデル", "Threat model")
		}
		return linkLine{Base: p.Base, End: v, Register: p.Text(of.Title), Field: p.Text(field.Title)}
	}
	for _, v := range links.To {
		at := slices.IndexFunc(p.Fields, func(f fieldView) bool { return f.Name == v.Field })
		p.Fields[at].Links = append(p.Fields[at].Links, line(v, p.Kind.Kind))
	}
	for _, v := range links.From {
		p.NamedBy = append(p.NamedBy, line(v, v.Kind))
	}
	return nil
}

func (s *Server) loadRecord(r *http.Request, p *recordPage, m chain.Model) error {
	ctx := r.Context()
	rec, err := s.db.Record(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	people, err := s.displayNames(ctx)
	if err != nil {
		return err
	}
	p.Record, p.InForce, p.Missing = rec, rec.InForce(p.Now), register.Missing(p.Kind, rec)
	p.Title = p.Text(p.Kind.Title) + " " + rec.Key
	p.About, p.Author, p.Approver = subjectName(p.Base, m, rec.Subject), people.name(rec.Author), people.name(rec.Approver)
	p.MayApprove = rec.State == register.Draft && p.Can(auth.Approve) && rec.Author != p.Account.ID
	if !rec.ValidUntil.IsZero() {
		p.Until = rec.ValidUntil.Add(-time.Second).In(calendar.Japan).Format(time.DateOnly)
	}
	if p.Resting, err = s.restingLines(r, p.Base, m, rec.ID); err != nil {
		return err
	}
	p.History, err = s.auditLines(ctx, p.Base, store.AuditFilter{Object: store.Object{Kind: "record", ID: rec.ID}})
	return err
}

// recordSubjects gives what a record of a scope may be about.
func recordSubjects(b Base, m chain.Model, scope guideline.Scope, chosen fact.Subject) []option {
	var out []option
	add := func(kind fact.SubjectKind, id string) {
		s := fact.Subject{Kind: kind, ID: id}
		out = append(out, option{Value: string(kind) + ":" + id, Name: subjectName(b, m, s), Selected: s == chosen})
	}
	switch scope {
	case guideline.SoftwareScope:
		for _, sw := range m.Software {
			add(fact.Software, sw.ID)
		}
	case guideline.ReleaseScope:
		for _, rel := range m.Releases {
			add(fact.Release, rel.ID)
		}
	case guideline.SystemScope:
		for _, sys := range m.Systems {
			add(fact.System, sys.ID)
		}
	default:
		ours := ourParties(m)
		for _, party := range m.Parties {
			if ours[party.ID] {
				add(fact.Org, party.ID)
			}
		}
	}
	return out
}

// fieldViews gives the fields of a register with the values of a record.
func (s *Server) fieldViews(ctx context.Context, b Base, m chain.Model, kind guideline.Register, data map[string]any) ([]fieldView, error) {
	var documents []store.Document
	var out []fieldView
	records, err := office.Linkable(ctx, s.db, kind)
	if err != nil {
		return nil, err
	}
	for _, f := range kind.Fields {
		if f.Type == guideline.DocumentField && documents == nil {
			var err error
			if documents, err = s.db.Documents(ctx, store.DocumentFilter{}); err != nil {
				return nil, err
			}
		}
		v := fieldView{RegisterField: f, Value: textOf(data[f.Name])}
		v.Options = fieldOptions(b, m, f, documents, records)
		var shown []string
		typed := strings.Split(v.Value, "\n")
		for i, o := range v.Options {
			if at := slices.Index(typed, o.Value); at >= 0 {
				v.Options[i].Selected = true
				shown = append(shown, o.Name)
				typed = slices.Delete(typed, at, at+1)
			}
		}
		v.Unknown = strings.Join(typed, "\n")
		v.Shown = strings.Join(shown, "\n")
		if len(v.Options) == 0 {
			v.Shown = v.Value
		}
		if f.Type == guideline.BoolField && v.Value != "" {
			v.Shown = b.T("はい", "yes")
			if v.Value == "false" {
				v.Shown = b.T("いいえ", "no")
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// fieldOptions gives what may be chosen for a field; nothing when it is typed.
func fieldOptions(b Base, m chain.Model, f guideline.RegisterField, documents []store.Document, records []register.Record) []option {
	var out []option
	switch f.Type {
	case guideline.ChoiceField, guideline.TopicsField:
		for _, c := range f.Choices {
			out = append(out, option{Value: c.ID, Name: b.Text(c.Title)})
		}
	case guideline.PartyField:
		names := partyNames(m)
		for _, p := range m.Parties {
			out = append(out, option{Value: p.ID, Name: names[p.ID]})
		}
	case guideline.SoftwareField:
		for _, sw := range m.Software {
			out = append(out, option{Value: sw.ID, Name: sw.Name})
		}
	case guideline.ReleaseField:
		for _, rel := range m.Releases {
			out = append(out, option{Value: rel.ID, Name: subjectName(b, m, fact.Subject{Kind: fact.Release, ID: rel.ID})})
		}
	case guideline.DocumentField:
		for _, d := range documents {
			out = append(out, option{Value: d.Digest, Name: d.Name})
		}
	case guideline.RecordField, guideline.RecordsField:
		for _, r := range records {
			if slices.Contains(f.Of, r.Kind) {
				out = append(out, option{Value: register.Name(f, r.Kind, r.Key), Name: linkWords(b, m, r)})
			}
		}
	}
	return out
}

// linkWords tells a record from others where it may be chosen: key, what it is, what it is about.
func linkWords(b Base, m chain.Model, r register.Record) string {
	kind, _ := guideline.Default().Register(r.Kind)
	words := []string{r.Key}
	if heading := register.Heading(kind, r); heading != "" {
		words = append(words, heading)
	}
	if r.Subject.Kind != fact.Org {
		words = append(words, subjectName(b, m, r.Subject))
	}
	if r.State == register.Draft {
		words = append(words, b.RecordState(r.State))
	}
	return strings.Join(words, b.T("　", " · "))
}

// textOf writes a value of a record as it is typed in a form.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, "\n")
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = fmt.Sprint(x)
		}
		return strings.Join(parts, "\n")
	}
	return fmt.Sprint(v)
}

// saveRecord keeps a new record, or the next revision of one, as a draft.
func (s *Server) saveRecord(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.recordPage(r)
	if err != nil {
		return err
	}
	data, problems := register.Validate(p.Kind, readFields(p.Kind, r))
	if (register.Entry{ValidUntil: r.FormValue("valid_until")}).Until().IsZero() && r.FormValue("valid_until") != "" {
		problems = append(problems, fact.Problem{Where: "valid_until", What: lang.T("有効期限が日付ではありません", "the expiry is no date")})
	}
	if len(problems) == 0 {
		problems = office.DataProblems(p.Kind, data)
	}
	key := strings.TrimSpace(r.FormValue("key"))
	if p.New && key == "" {
		problems = append(problems, fact.Problem{Where: "key", What: lang.T("番号・記号を入力してください", "give it a key")})
	}
	subject := chosenSubject(r, p.Subjects)
	if p.New && subject.ID == "" {
		problems = append(problems, fact.Problem{Where: "subject", What: lang.T("対象を選んでください", "choose what it is about")})
	}
	if len(problems) > 0 {
		return s.recordAgain(w, r, p, key, problems)
	}
	if p.New {
		if _, err := s.db.RecordByKey(ctx, p.Kind.Kind, key); err == nil {
			return s.recordAgain(w, r, p, key, []fact.Problem{{Where: "key", What: lang.F("「%s」は既に使われています", "%q is in use already", key)}})
		}
	} else {
		key, subject = p.Record.Key, p.Record.Subject
	}
	rec, _, err := office.PutRecord(ctx, s.db, s.actor(r), p.Kind, register.Entry{Key: key, ValidUntil: r.FormValue("valid_until"), Data: data}, subject)
	if lang.KindOf(err) == lang.Conflict {
		p.Problem = lang.Explain(err, p.Lang)
		return s.recordAgain(w, r, p, key, nil)
	}
	if err != nil {
		return err
	}
	if err := s.reassess(r, "record "+rec.ID, rec.Subject); err != nil {
		return err
	}
	s.notice(r, lang.T("起案しました。別の人が承認すると評価に反映されます", "Drafted. It counts once somebody else has approved it"))
	http.Redirect(w, r, "/registers/"+rec.Kind+"/"+rec.ID, http.StatusSeeOther)
	return nil
}

// recordAgain shows the form with what was typed and what is wrong with it.
func (s *Server) recordAgain(w http.ResponseWriter, r *http.Request, p *recordPage, key string, problems []fact.Problem) error {
	m, err := s.db.LoadModel(r.Context())
	if err != nil {
		return err
	}
	p.Problems, p.Until = problems, r.FormValue("valid_until")
	if p.New {
		p.Record.Key = key
	}
	if p.Fields, err = s.fieldViews(r.Context(), p.Base, m, p.Kind, readFields(p.Kind, r)); err != nil {
		return err
	}
	return s.render(w, http.StatusUnprocessableEntity, "record", p)
}

// readFields reads what was typed into the types that a register's fields take.
func readFields(kind guideline.Register, r *http.Request) map[string]any {
	out := map[string]any{}
	for _, f := range kind.Fields {
		typed := strings.TrimSpace(r.FormValue("f-" + f.Name))
		switch {
		case f.Type == guideline.RecordsField:
			lines := strings.FieldsFunc(typed, func(c rune) bool { return c == '\n' || c == '\r' })
			if named := anyList(append(slices.Clone(r.Form["p-"+f.Name]), lines...)); len(named) > 0 {
				out[f.Name] = named
			}
		case f.Type == guideline.TopicsField:
			if chosen := r.Form["f-"+f.Name]; len(chosen) > 0 {
				out[f.Name] = anyList(chosen)
			}
		case typed == "":
		case f.Type == guideline.ListField:
			out[f.Name] = anyList(strings.FieldsFunc(typed, func(c rune) bool { return c == '\n' || c == '\r' }))
		case f.Type == guideline.BoolField:
			out[f.Name] = typed == "true"
		case f.Type == guideline.NumberField:
			if n, err := strconv.ParseFloat(typed, 64); err == nil {
				out[f.Name] = n
			} else {
				out[f.Name] = typed // Validate says what is wrong with it
			}
		default:
			out[f.Name] = strings.ReplaceAll(typed, "\r\n", "\n")
		}
	}
	return out
}

func anyList(in []string) []any {
	var out []any
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func chosenSubject(r *http.Request, among []option) fact.Subject {
	for _, o := range among {
		if o.Value == r.FormValue("subject") {
			kind, id, _ := strings.Cut(o.Value, ":")
			return fact.Subject{Kind: fact.SubjectKind(kind), ID: id}
		}
	}
	return fact.Subject{}
}

// approveRecord puts the approval of whoever is signed in under a draft.
func (s *Server) approveRecord(w http.ResponseWriter, r *http.Request) error {
	rec, err := s.db.Record(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	_, err = office.Approve(r.Context(), s.db, s.actor(r), rec.ID, bySession)
	if lang.KindOf(err) == lang.Inconsistent {
		p, again := s.recordPage(r)
		if again != nil {
			return again
		}
		p.Problem = lang.Explain(err, p.Lang)
		return s.render(w, http.StatusUnprocessableEntity, "record", p)
	}
	if err != nil {
		return err
	}
	return s.backToRecord(w, r, rec, lang.T("承認し、評価し直しました", "Approved, and assessed again"))
}

// retireRecord takes a record out of use. It stays readable.
func (s *Server) retireRecord(w http.ResponseWriter, r *http.Request) error {
	rec, err := office.RetireRecord(r.Context(), s.db, s.actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.backToRecord(w, r, rec, lang.T("廃止しました", "Retired"))
}

func (s *Server) backToRecord(w http.ResponseWriter, r *http.Request, rec register.Record, done lang.Text) error {
	if err := s.reassess(r, "record "+rec.ID, rec.Subject); err != nil {
		return err
	}
	s.notice(r, done)
	http.Redirect(w, r, "/registers/"+rec.Kind+"/"+rec.ID, http.StatusSeeOther)
	return nil
}

// RecordState gives the word for where a record stands.
func (b Base) RecordState(s register.State) string {
	switch s {
	case register.Draft:
		return b.T("承認待ち", "awaiting approval")
	case register.Approved:
		return b.T("承認済み", "approved")
	}
	return b.T("廃止", "retired")
}
