// Package xlsx writes the checklist workbook: the annex sheet 要求事項チェックリスト of the guideline with its columns
// unchanged, our columns beside them, and the same content as a flat table.
//
// Start from [Checklist]. The workbook has no macros, no form controls and no password. The same input gives the same
// bytes. Words that come from outside are guarded against being read as formulas, see [Guard].
package xlsx

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// ChecklistInput is everything the workbook says that the guideline does not.
type ChecklistInput struct {
	Lang         lang.Lang // of headers, words and our statements; empty is Japanese
	Software     string
	Release      string // may be empty: about the software as a whole
	Organisation string // whose answers these are
	Level        guideline.Level
	Roles        []guideline.Role // the roles the organisation holds
	Rows         []Row            // at most one for each individual requirement, in any order
	Evidence     []Evidence       // what rows refer to
	Issued       time.Time        // shown in its own zone
	Digest       string           // of the assessment or declaration shown here, sha256:<hex>
	Request      string           // id of the request this answers; may be empty
	Nonce        string           // ties a filled copy to this one when it is read back; may be empty
	Dates        calendar.Style   // of the years on a Japanese cover; empty: both kinds
	Cover        Cover
}

// Row is the answer to one individual requirement. A requirement of the level and roles that has no row is shown as
// not assessed; one outside them is greyed and has no status.
type Row struct {
	ID        guideline.ID
	Status    verify.Status
	Reason    string    // in the language of the workbook
	Evidence  []string  // ids of evidence
	Owner     string    // 担当
	Due       time.Time // a day in its own zone; zero: none
	Note      string
	Exception string // number and validity of an approved exception
}

// Evidence is one line of the list of evidence.
type Evidence struct {
	ID         string // short and unique in the workbook: E-001
	Title      string
	Kind       string
	Digest     string    // sha256:<hex>
	Received   time.Time // a day in its own zone; zero: not known
	ValidUntil time.Time // a day in its own zone; zero: no end
}

// Cover is what the cover sheet says beside the subject. Empty fields stay blank to be written by hand.
type Cover struct {
	Number    string // 別紙番号
	Subject   string // 件名; a usual one when empty
	Addressee string // 宛先
	Edition   string // 版
	Contact   string // 連絡先
	Drafted   Stamp  // 起案
	Reviewed  Stamp  // 確認
	Approved  Stamp  // 承認
}

// A Stamp is who did a step of approval, and on which day (in its own zone).
type Stamp struct {
	Name string
	On   time.Time
}

// Checklist writes the workbook as .xlsx. It fails when the input contradicts itself: a row for an unknown requirement
// or with an unknown status, two rows for one, evidence that is not listed.
func Checklist(w io.Writer, in ChecklistInput) error {
	if in.Lang == "" {
		in.Lang = lang.JA
	}
	lines, err := lines(in)
	if err != nil {
		return err
	}
	b := newBook(in)
	b.checklist(lines)
	b.data(lines)
	b.evidence(lines)
	b.cover(lines)
	b.guide()
	b.hidden()
	b.properties()
	if b.err != nil {
		return fmt.Errorf("checklist workbook: %w", b.err)
	}
	if _, err := b.f.WriteTo(w); err != nil {
		return fmt.Errorf("write the checklist workbook: %w", err)
	}
	return b.f.Close()
}

// A line is a row of the checklist: the requirement and the answer to it.
type line struct {
	guideline.Individual
	Row
	asked bool // belongs to the level and roles
}

// lines gives the 69 rows in printed order.
func lines(in ChecklistInput) ([]line, error) {
	c := guideline.Default()
	rows := map[guideline.ID]Row{}
	for _, r := range in.Rows {
		if _, ok := c.Individual(r.ID); !ok {
			return nil, fmt.Errorf("checklist: %q is no individual requirement", r.ID)
		}
		if _, twice := rows[r.ID]; twice {
			return nil, fmt.Errorf("checklist: two rows for %s", r.ID)
		}
		if _, ok := statusWord(r.Status); !ok {
			return nil, fmt.Errorf("checklist: %s has unknown status %q", r.ID, r.Status)
		}
		for _, id := range r.Evidence {
			if !slices.ContainsFunc(in.Evidence, func(e Evidence) bool { return e.ID == id }) {
				return nil, fmt.Errorf("checklist: %s names evidence %q, which is not listed", r.ID, id)
			}
		}
		rows[r.ID] = r
	}
	asked := c.Duties(in.Roles, in.Level)
	list := []line{}
	for _, individual := range c.Individuals() {
		l := line{Individual: individual, asked: slices.Contains(asked, individual.ID)}
		row, given := rows[individual.ID]
		if l.Row = row; !given && l.asked {
			l.Status = verify.NotAssessed
		}
		list = append(list, l)
	}
	return list, nil
}

// properties gives the document its fixed times and names.
func (b *book) properties() {
	at := b.in.Issued.UTC().Format(time.RFC3339)
	b.try(b.f.SetDocProps(&excelize.DocProperties{
		Title: b.say(checklistTitle), Subject: clean(b.in.Software + " " + b.in.Release), Creator: "Tasuki", LastModifiedBy: "Tasuki",
		Created: at, Modified: at, Identifier: clean(b.in.Digest), Language: string(b.in.Lang),
	}))
	b.f.SetActiveSheet(0)
}
