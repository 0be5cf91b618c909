package office

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// ChecklistOf gathers what the checklist of a software says: our organisation's duties, one row per individual
// requirement, where the gravest status of its duties counts. release may be empty: the latest.
func ChecklistOf(ctx context.Context, db *store.DB, l lang.Lang, software, release string) (xlsx.ChecklistInput, error) {
	in := xlsx.ChecklistInput{Lang: l, Issued: db.Now().In(calendar.Japan)}
	m, err := db.LoadModel(ctx)
	if err != nil {
		return in, err
	}
	self, err := db.Self(ctx)
	if err != nil {
		return in, err
	}
	in.Organisation, in.Cover.Contact = self.Name, self.Contact
	papers, _, err := PapersOf(ctx, db)
	if err != nil {
		return in, err
	}
	in.Dates = papers.Dates
	subject := fact.Subject{Kind: fact.Software, ID: software}
	for _, s := range m.Software {
		if s.ID == software {
			in.Software = s.Name
		}
	}
	if r, ok := judging.Latest(m, software, db.Now().Format(time.DateOnly)); ok && release == "" {
		release = r.ID
	}
	for _, r := range m.Releases {
		if r.ID == release && r.Software == software {
			in.Release, subject = r.Version, fact.Subject{Kind: fact.Release, ID: r.ID}
		}
	}
	rows, err := judging.Status(ctx, db, subject)
	if err != nil {
		return in, err
	}
	rows = judging.OfParty(m, rows, self.ID)
	if len(rows) == 0 {
		return in, &lang.Error{Kind: lang.Nothing, What: lang.T("自組織の責務がありません", "our organisation has no duties here"),
			Next: lang.T("体制を登録してください", "enter the deal first")}
	}
	sheet := checklist{db: db, in: &in, ids: map[string]string{}, count: map[string]int{}}
	for _, r := range rows {
		if !slices.Contains(in.Roles, r.Role) {
			in.Roles = append(in.Roles, r.Role)
		}
		if in.Level == "" || r.Level.Covers(in.Level) {
			in.Level = r.Level
		}
		if err := sheet.add(ctx, r); err != nil {
			return in, err
		}
	}
	slices.SortFunc(in.Evidence, func(a, b xlsx.Evidence) int { return strings.Compare(a.ID, b.ID) })
	in.Digest = digestOfRows(in)
	return in, sheet.worked(ctx, software)
}

// Checklist writes the checklist of a software as a workbook.
func Checklist(ctx context.Context, db *store.DB, w io.Writer, l lang.Lang, software, release string) error {
	in, err := ChecklistOf(ctx, db, l, software, release)
	if err != nil {
		return err
	}
	return xlsx.Checklist(w, in)
}

type checklist struct {
	db    *store.DB
	in    *xlsx.ChecklistInput
	ids   map[string]string // document digest or record to the id of its line
	count map[string]int    // of lines by the letter of their ids: E for documents, R for records
}

// add puts the row of a duty into the line of its requirement.
func (c *checklist) add(ctx context.Context, r judging.Row) error {
	i := slices.IndexFunc(c.in.Rows, func(x xlsx.Row) bool { return x.ID == r.Requirement })
	if i < 0 {
		i = len(c.in.Rows)
		c.in.Rows = append(c.in.Rows, xlsx.Row{ID: r.Requirement, Status: verify.Status(r.Status)})
	}
	line := &c.in.Rows[i]
	if slices.Index(assess.Statuses, assess.Status(r.Status)) < slices.Index(assess.Statuses, assess.Status(line.Status)) {
		line.Status = verify.Status(r.Status)
	}
	why := r.Role.Title().In(c.in.Lang) + ": " + words(r.Reasons, c.in.Lang)
	if !r.ValidUntil.IsZero() {
		why += "\n" + lang.F("（%s まで有効）", "(holds until %s)", r.ValidUntil.In(calendar.Japan).Format(time.DateOnly)).In(c.in.Lang)
	}
	line.Reason = joinLine(line.Reason, why)
	if r.Detail.StatedOnly {
		line.Note = lang.T("申告のみ（証跡なし）", "stated only, without evidence").In(c.in.Lang)
	}
	if r.Detail.Exceptions > 0 {
		line.Exception = lang.F("承認済みの例外 %d 件", "%d approved exceptions", r.Detail.Exceptions).In(c.in.Lang)
	}
	for _, e := range r.Evidence {
		id, err := c.evidence(ctx, e)
		if err != nil {
			return err
		}
		if id != "" && !slices.Contains(line.Evidence, id) {
			line.Evidence = append(line.Evidence, id)
		}
	}
	slices.Sort(line.Evidence)
	return nil
}

// worked writes the working list into the lines: who, by when, and notes.
func (c *checklist) worked(ctx context.Context, software string) error {
	list, _, err := LoadWorklist(ctx, c.db, software)
	for i := range c.in.Rows {
		line := &c.in.Rows[i]
		w := list[line.ID]
		line.Owner = w.Owner
		if day, err := time.ParseInLocation(time.DateOnly, w.Due, calendar.Japan); err == nil {
			line.Due = day
		}
		if w.Note != "" {
			line.Note = w.Note
		}
	}
	return err
}

// evidence lists a document or a record once and gives its id in the list; what is neither has none.
func (c *checklist) evidence(ctx context.Context, ref string) (string, error) {
	if id, ok := c.ids[ref]; ok {
		return id, nil
	}
	list := c.record
	if strings.HasPrefix(ref, "sha256:") {
		list = c.document
	}
	e, letter, err := list(ctx, ref)
	if lang.KindOf(err) == lang.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	c.count[letter]++
	e.ID = fmt.Sprintf("%s-%03d", letter, c.count[letter])
	c.ids[ref] = e.ID
	c.in.Evidence = append(c.in.Evidence, e)
	return e.ID, nil
}

func (c *checklist) document(ctx context.Context, digest string) (e xlsx.Evidence, letter string, err error) {
	d, err := c.db.Document(ctx, digest)
	return xlsx.Evidence{Title: d.Name, Kind: DocumentKind(d.Type).In(c.in.Lang), Digest: digest, Received: d.ReceivedAt}, "E", err
}

func (c *checklist) record(ctx context.Context, id string) (e xlsx.Evidence, letter string, err error) {
	r, err := c.db.Record(ctx, id)
	e = xlsx.Evidence{Title: r.Key, Kind: r.Kind, Digest: r.ApprovedDigest, Received: r.ApprovedAt}
	if kind, ok := guideline.Default().Register(r.Kind); ok {
		e.Kind = kind.Title.In(c.in.Lang)
	}
	if !r.ValidUntil.IsZero() {
		e.ValidUntil = r.ValidUntil.In(calendar.Japan).AddDate(0, 0, -1)
	}
	return e, "R", err
}

func joinLine(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

func words(texts []lang.Text, l lang.Lang) string {
	var out []string
	for _, t := range texts {
		out = append(out, t.In(l))
	}
	return strings.Join(out, "\n")
}

// digestOfRows names the assessment that the sheet shows.
func digestOfRows(in xlsx.ChecklistInput) string {
	var b strings.Builder
	for _, r := range in.Rows {
		fmt.Fprintf(&b, "%s\x00%s\x00%s\x00%s\n", r.ID, r.Status, r.Reason, strings.Join(r.Evidence, ","))
	}
	for _, e := range in.Evidence {
		fmt.Fprintf(&b, "%s\x00%s\n", e.ID, e.Digest)
	}
	return verify.Digest([]byte(b.String()))
}
