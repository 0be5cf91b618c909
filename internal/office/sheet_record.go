package office

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
)

// RecordsPreview is what a filled sheet of a register would do.
type RecordsPreview struct {
	Kind       string          `json:"kind"`
	Sheet      string          `json:"sheet"`
	Records    []RecordPreview `json:"records"`
	Unreadable []SheetSpot     `json:"unreadable"`
	Ignored    []SheetSpot     `json:"ignored"`

	entries []register.Entry
}

// RecordPreview is what one row of the sheet would do.
type RecordPreview struct {
	Row     int           `json:"row"`
	Key     string        `json:"key"`
	Action  PutAction     `json:"action"`
	Changes []FieldChange `json:"changes"`
}

// FieldChange is one cell that says something else than the record did. Lists stand one item a line.
type FieldChange struct {
	Cell  string `json:"cell"`
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// RegisterBook gives the records of a register as [xlsx.Register] takes them.
func RegisterBook(ctx context.Context, db *store.DB, l lang.Lang, kind guideline.Register) (xlsx.RegisterInput, error) {
	in := xlsx.RegisterInput{Lang: l, Kind: kind, Issued: db.Now().In(calendar.Japan)}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return in, err
	}
	in.Subject = func(r register.Record) string { return subjectWords(m, r.Subject) }
	if in.Records, err = db.Records(ctx, store.RecordFilter{Kinds: []string{kind.Kind}}); err != nil {
		return in, err
	}
	in.Linkable, err = linkable(ctx, db, m, kind)
	return in, err
}

// StrideSheet gives the STRIDE worksheet of a software: what is in it, and for every part named that is not in it yet a row
// for each of the six kinds, to be filled in or struck out. Nothing is stored; rows come back as any sheet of a register.
func StrideSheet(ctx context.Context, db *store.DB, l lang.Lang, software string, parts []string) (xlsx.RegisterInput, error) {
	kind, err := register.Kind("threat")
	if err != nil {
		return xlsx.RegisterInput{}, err
	}
	in, err := RegisterBook(ctx, db, l, kind)
	if err != nil {
		return in, err
	}
	about := fact.Subject{Kind: fact.Software, ID: software}
	in.Records = slices.DeleteFunc(in.Records, func(r register.Record) bool { return r.Subject != about || r.State == register.Retired })
	stride, _ := kind.Field("stride")
	for _, part := range parts {
		for _, c := range stride.Choices {
			key := part + "-" + strings.ToUpper(c.ID[:1])
			if slices.ContainsFunc(in.Records, func(r register.Record) bool { return r.Key == key }) {
				continue
			}
			in.Records = append(in.Records, register.Record{Kind: kind.Kind, Key: key, Subject: about,
				Data: map[string]any{"title": c.Title.In(l), "element": part, "stride": c.ID}})
		}
	}
	return in, nil
}

// subjectWords writes a subject the way [NamedSubject] reads it.
func subjectWords(m chain.Model, s fact.Subject) string {
	name := func(id string) string {
		for _, v := range m.Software {
			if v.ID == id {
				return v.Name
			}
		}
		return id
	}
	switch s.Kind {
	case fact.Software:
		return "software:" + name(s.ID)
	case fact.Release:
		for _, r := range m.Releases {
			if r.ID == s.ID {
				return "release:" + name(r.Software) + "@" + r.Version
			}
		}
	case fact.System:
		for _, v := range m.Systems {
			if v.ID == s.ID {
				return "system:" + v.Name
			}
		}
	case fact.Org:
		return "party:" + s.ID
	}
	return s.ID
}

// PreviewRecords reads a filled sheet of a register and says what it would add and change; it writes nothing. subject is
// what every row is about when it is not empty, see [PutRecords].
func PreviewRecords(ctx context.Context, db *store.DB, actor store.Actor, l lang.Lang, kind guideline.Register, raw []byte, subject string) (RecordsPreview, error) {
	filled, err := xlsx.ReadRegister(kind, raw)
	if err != nil {
		return RecordsPreview{}, err
	}
	p := RecordsPreview{Kind: kind.Kind, Sheet: filled.Sheet, Records: []RecordPreview{}, Unreadable: []SheetSpot{}, Ignored: []SheetSpot{}}
	for _, s := range filled.Problems {
		p.Unreadable = append(p.Unreadable, SheetSpot{s.Sheet, s.Cell, s.Value, s.What.In(l), s.Next.In(l)})
	}
	for _, s := range filled.Ignored {
		p.Ignored = append(p.Ignored, SheetSpot{s.Sheet, s.Cell, s.Value, s.What.In(l), s.Next.In(l)})
	}
	for _, row := range filled.Rows {
		if err := p.row(ctx, db, actor, l, kind, row, subject); err != nil {
			return p, err
		}
	}
	return p, nil
}

// row validates one row and compares it with the record that has its key.
func (p *RecordsPreview) row(ctx context.Context, db *store.DB, actor store.Actor, l lang.Lang, kind guideline.Register, row xlsx.RegisterRow, subject string) error {
	e := register.Entry{Key: row.Key, Subject: row.Subject, ValidUntil: row.ValidUntil, Data: row.Data}
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("row %d: %w", row.Row, err)
	}
	if slices.ContainsFunc(p.Unreadable, func(s SheetSpot) bool { return slices.Contains(refsOf(row), s.Cell) }) {
		return nil // it is named already; what is left of the row is no record
	}
	entries, problems, err := ReadRecords(kind, raw)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		parts := strings.Split(strings.TrimPrefix(problem.Where, "/"), "/")
		column, field := parts[0], ""
		if column == "data" && len(parts) > 1 {
			column, field = "data/"+parts[1], parts[1]
		}
		p.Unreadable = append(p.Unreadable, SheetSpot{Sheet: p.Sheet, Cell: row.Ref(column), What: problem.What.In(l), Next: nextOfField(kind, field, l)})
	}
	if len(problems) > 0 {
		return nil
	}
	e = entries[0]
	about, err := entrySubject(ctx, db, actor, kind, e, subject)
	if err != nil {
		if lang.KindOf(err) == lang.Unexpected {
			return err
		}
		p.Unreadable = append(p.Unreadable, SheetSpot{Sheet: p.Sheet, Cell: row.Ref("subject"), Value: e.Subject, What: lang.Explain(err, l),
			Next: lang.T("software:名称、release:名称@版、system:名称、party:ID のいずれかを書いてください", "write software:NAME, release:NAME@VERSION, system:NAME or party:ID").In(l)})
		return nil
	}
	before, err := db.RecordByKey(ctx, kind.Kind, e.Key)
	if err != nil && lang.KindOf(err) != lang.NotFound {
		return err
	}
	line := RecordPreview{Row: row.Row, Key: e.Key, Action: Added, Changes: fieldChanges(kind, before, e, row, l)}
	if err == nil {
		if line.Action = Changed; len(line.Changes) == 0 && before.Subject == about && before.State != register.Retired {
			line.Action = Unchanged
		}
	}
	p.Records, p.entries = append(p.Records, line), append(p.entries, e)
	return nil
}

func refsOf(row xlsx.RegisterRow) []string {
	var refs []string
	for _, ref := range row.Refs {
		refs = append(refs, ref)
	}
	return refs
}

func nextOfField(kind guideline.Register, field string, l lang.Lang) string {
	f, ok := kind.Field(field)
	if !ok {
		return lang.T("記入要領のシートを確かめてください", "see the sheet How to fill in").In(l)
	}
	return lang.F("「%s」を記入要領のとおりに書いてください", "write %q as the sheet How to fill in says", f.Title).In(l)
}

// fieldChanges compares a record with what a row says, in the register's order.
func fieldChanges(kind guideline.Register, before register.Record, e register.Entry, row xlsx.RegisterRow, l lang.Lang) []FieldChange {
	out := []FieldChange{}
	if until := e.Until(); !until.Equal(before.ValidUntil) {
		old := ""
		if !before.ValidUntil.IsZero() {
			old = lastDayOf(before.ValidUntil)
		}
		out = append(out, FieldChange{row.Ref("valid_until"), "valid_until", old, e.ValidUntil})
	}
	for _, f := range kind.Fields {
		old, now := xlsx.FieldText(f, before.Data[f.Name], l), xlsx.FieldText(f, e.Data[f.Name], l)
		if old != now {
			out = append(out, FieldChange{row.Ref("data/" + f.Name), f.Name, old, now})
		}
	}
	return out
}

// ApplyRecords keeps what [PreviewRecords] shows of the same sheet, as drafts of the actor: all rows, or none when any
// cell could not be read.
func ApplyRecords(ctx context.Context, db *store.DB, actor store.Actor, l lang.Lang, kind guideline.Register, raw []byte, subject string) (PutResult, error) {
	p, err := PreviewRecords(ctx, db, actor, l, kind, raw, subject)
	if err != nil {
		return PutResult{}, err
	}
	if len(p.Unreadable) > 0 {
		out := PutResult{Records: []PutLine{}, Problems: []judging.Problem{}}
		for _, u := range p.Unreadable {
			out.Problems = append(out.Problems, judging.Problem{Where: u.Cell, What: u.What})
		}
		return out, nil
	}
	return PutRecords(ctx, db, actor, l, kind, p.entries, nil, subject)
}
