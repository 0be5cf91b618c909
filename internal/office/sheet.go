package office

import (
	"context"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// An Outcome is what a change in a returned checklist becomes. Nothing is ever approved by a sheet, and no judged status
// is overwritten.
type Outcome string

// The outcomes: a draft statement of the three kinds, an entry of the working list (who does what by when, and notes), or
// nothing but being shown.
const (
	BecomesClaim         = Outcome(evidence.Stated)
	BecomesException     = Outcome(evidence.Exception)
	BecomesNotApplicable = Outcome(evidence.NotApplicable)
	BecomesWork          = Outcome("work")
	BecomesNothing       = Outcome("nothing")
)

// A SheetChange is one cell of a returned checklist that says something else than we knew. Statuses are codes.
type SheetChange struct {
	Sheet       string       `json:"sheet"`
	Cell        string       `json:"cell"`
	Requirement guideline.ID `json:"requirement"`
	Field       xlsx.Field   `json:"field"`
	Old         string       `json:"old"`
	New         string       `json:"new"`
	Becomes     Outcome      `json:"becomes"`
	Differs     bool         `json:"differs_from_judged" doc:"The typed status is not the judged one; the judged one stays"`
	What        string       `json:"what" doc:"What becomes of it, in words"`
}

// A SheetSpot is a cell that was not taken, and why.
type SheetSpot struct {
	Sheet string `json:"sheet"`
	Cell  string `json:"cell"`
	Value string `json:"value"`
	What  string `json:"what"`
	Next  string `json:"next,omitempty"`
}

// A SheetDraft is a statement that a returned checklist makes, before it is kept without an id.
type SheetDraft struct {
	ID          string             `json:"id,omitempty"`
	Kind        evidence.ClaimKind `json:"kind"`
	Requirement guideline.ID       `json:"requirement"`
	Body        string             `json:"body"`
	Evidence    []string           `json:"evidence,omitempty"`
	Until       string             `json:"until" doc:"Last day it holds"`
}

// A SheetPreview is what a returned checklist would do, or did.
type SheetPreview struct {
	File       string        `json:"file"`
	Digest     string        `json:"digest" doc:"Of the file, sha256:<hex>"`
	Format     string        `json:"format"`
	Sheet      string        `json:"sheet"`
	Software   string        `json:"software"`
	Release    string        `json:"release"`
	Rows       int           `json:"rows" doc:"Rows with an id"`
	Unchanged  int           `json:"unchanged" doc:"Rows that say nothing new"`
	Changes    []SheetChange `json:"changes"`
	Drafts     []SheetDraft  `json:"drafts"`
	Unreadable []SheetSpot   `json:"unreadable"`
	Ignored    []SheetSpot   `json:"ignored"`
	Applied    bool          `json:"applied"`

	plan sheetPlan
}

// sheetPlan is what applying a preview writes.
type sheetPlan struct {
	claims   []evidence.Claim
	work     Worklist
	software string // id
	revision int    // of the working list that was read
	touched  bool   // the working list changes
}

// SheetFile is a returned checklist with what is known of it beside its content.
type SheetFile struct {
	Name     string // as people see it
	Raw      []byte
	Software string // name; empty: what the workbook says
	Release  string // version; empty: what the workbook says
	Until    string // last day of the statements made from it, 2027-03-31; empty: as far as reviews are apart
}

// Worklist is who does what by when, and notes, by individual requirement: what a checklist says of a software beside
// statuses. It is no evidence and no check reads it.
type Worklist map[guideline.ID]Work

// Work is the working list's entry on one individual requirement.
type Work struct {
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"` // ISO day
	Note  string `json:"note,omitempty"`
}

func worklistKey(software string) string { return "worklist/" + software }

// LoadWorklist gives the working list of a software, by its id; never nil.
func LoadWorklist(ctx context.Context, db *store.DB, software string) (Worklist, int, error) {
	list := Worklist{}
	revision, err := db.Setting(ctx, worklistKey(software), &list)
	return list, revision, err
}

// PreviewSheet says what a returned checklist would change, and writes nothing. A cell counts as changed when it differs
// from what the workbook said when it was made, so that a status judged otherwise since then is not taken for an answer;
// where the workbook does not say (a CSV file, a deleted sheet), from what holds now.
func PreviewSheet(ctx context.Context, db *store.DB, l lang.Lang, file SheetFile) (SheetPreview, error) {
	filled, err := xlsx.ReadChecklist(file.Raw)
	if err != nil {
		return SheetPreview{}, err
	}
	software, release, err := sheetSubject(filled, file)
	if err != nil {
		return SheetPreview{}, err
	}
	s, err := db.SoftwareByName(ctx, software)
	if err != nil {
		return SheetPreview{}, err
	}
	subject := fact.Subject{Kind: fact.Software, ID: s.ID}
	if release != "" {
		r, err := db.ReleaseByVersion(ctx, s.ID, release)
		if err != nil {
			return SheetPreview{}, err
		}
		subject = fact.Subject{Kind: fact.Release, ID: r.ID}
	}
	d, err := openSheetDesk(ctx, db, l, file, subject, s.ID)
	if err != nil {
		return SheetPreview{}, err
	}
	d.filled = filled
	d.out = SheetPreview{File: file.Name, Digest: verify.Digest(file.Raw), Format: filled.Format, Sheet: filled.Sheet, Software: software, Release: release,
		Rows: len(filled.Lines), Changes: []SheetChange{}, Drafts: []SheetDraft{}, Unreadable: []SheetSpot{}, Ignored: []SheetSpot{}}
	for _, p := range filled.Problems {
		d.unreadable(p)
	}
	for _, p := range filled.Ignored {
		d.out.Ignored = append(d.out.Ignored, d.spot(p))
	}
	for _, line := range filled.Lines {
		if err := d.line(ctx, line); err != nil {
			return SheetPreview{}, err
		}
	}
	d.out.plan = sheetPlan{d.claims, d.work, s.ID, d.revision, d.touched}
	return d.out, nil
}

// sheetSubject says what a sheet is about: what the caller names, else what the workbook says. The two must not differ.
func sheetSubject(filled xlsx.Filled, file SheetFile) (software, release string, err error) {
	own := filled.About["software"]
	switch {
	case own != "" && file.Software != "" && own != file.Software:
		return "", "", &lang.Error{Kind: lang.Inconsistent, What: lang.F("このファイルは「%s」のチェックリストです", "this is the checklist of %q", own),
			Why:  lang.F("「%s」に取り込もうとしています", "it was to be taken in for %q", file.Software),
			Next: lang.T("ファイル又は --software を確かめてください", "check the file, or --software")}
	case own == "" && file.Software == "":
		return "", "", &lang.Error{Kind: lang.Usage, What: lang.T("どのソフトウェアのチェックリストか、ファイルに書かれていません", "the file does not say which software it is about"),
			Next: lang.T("--software（と --release）で指定してください", "name it with --software (and --release)")}
	}
	if own == "" {
		own = file.Software
	}
	release = file.Release
	if release == "" {
		release = filled.About["release"]
	}
	return own, release, nil
}

// ApplySheet keeps what a preview of the same file shows now: statements as drafts of the actor, and the working list,
// in one transaction with its audit entries. Expected is the [SheetPreview.Fingerprint] that a person confirmed; when it
// is not empty and things have changed since, nothing is written and the error is of kind Conflict.
func ApplySheet(ctx context.Context, db *store.DB, actor store.Actor, l lang.Lang, file SheetFile, expected string) (SheetPreview, error) {
	p, err := PreviewSheet(ctx, db, l, file)
	if err != nil {
		return p, err
	}
	if expected != "" && expected != p.Fingerprint() {
		return p, &lang.Error{Kind: lang.Conflict, What: lang.T("確認してから内容が変わりました", "things have changed since it was shown"),
			Next: lang.T("もう一度確認してください", "look at it once more")}
	}
	if len(p.plan.claims) == 0 && !p.plan.touched {
		return p, nil
	}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		for i, c := range p.plan.claims {
			c.ID, c.Author, c.CreatedAt = db.NewID(), actor.Account, tx.Now()
			p.Drafts[i].ID = c.ID
			if err := tx.SaveClaim(ctx, c); err != nil {
				return err
			}
			if err := tx.Audit(ctx, "drafted", store.Object{Kind: "claim", ID: c.ID}, store.Change{After: c}); err != nil {
				return err
			}
		}
		if p.plan.touched {
			if err := tx.SetSetting(ctx, worklistKey(p.plan.software), p.plan.work, p.plan.revision); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, "imported", store.Object{Kind: "checklist", ID: p.plan.software}, map[string]any{"file": file.Name, "digest": p.Digest,
			"changes": p.Changes, "unreadable": p.Unreadable})
	})
	p.Applied = err == nil
	return p, err
}

// Fingerprint names what a preview shows, so that a confirmation is of just that.
func (p SheetPreview) Fingerprint() string {
	var b strings.Builder
	b.WriteString(p.Digest)
	for _, c := range p.Changes {
		b.WriteString("\x00" + c.Cell + "\x00" + c.Old + "\x00" + c.New + "\x00" + string(c.Becomes))
	}
	for _, d := range p.Drafts {
		b.WriteString("\x00" + string(d.Kind) + "\x00" + string(d.Requirement) + "\x00" + d.Body + "\x00" + d.Until + "\x00" + strings.Join(d.Evidence, ","))
	}
	return verify.Digest([]byte(b.String()))
}

// lastDayOf is the day before the moment something stops to hold, in Japan.
func lastDayOf(until time.Time) string {
	return until.In(calendar.Japan).AddDate(0, 0, -1).Format(time.DateOnly)
}
