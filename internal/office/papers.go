package office

import (
	"context"
	"io"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/pdf"
	"example.org/tasuki/internal/store"
)

// PapersSetting is the key under which a workspace keeps how its papers look.
const PapersSetting = "papers"

// Papers says how an organisation's papers look.
type Papers struct {
	Dates calendar.Style `json:"dates" enum:"western,both,era" doc:"Years on Japanese papers: western (2026年), era (令和8年) or both"`
}

// PapersOf gives the setting and its revision; 0 when it was never set.
func PapersOf(ctx context.Context, db *store.DB) (Papers, int, error) {
	p := Papers{Dates: calendar.Styles[0]}
	revision, err := db.Setting(ctx, PapersSetting, &p)
	return p, revision, err
}

// SetPapers changes the setting. It is an error of kind Conflict when somebody changed it since the revision.
func SetPapers(ctx context.Context, db *store.DB, actor store.Actor, p Papers, revision int) error {
	var err error
	if p.Dates, err = calendar.ParseStyle(string(p.Dates)); err != nil {
		return err
	}
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.SetSetting(ctx, PapersSetting, p, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "papers changed", store.Object{Kind: "setting", ID: PapersSetting}, p)
	})
}

// Paper writes a document as PDF, as the organisation's papers look. to and person, whom it is handed to, and dates may
// be empty.
func Paper(ctx context.Context, db *store.DB, w io.Writer, d declared.Document, l lang.Lang, to, person string, dates calendar.Style) error {
	if dates == "" {
		p, _, err := PapersOf(ctx, db)
		if err != nil {
			return err
		}
		dates = p.Dates
	}
	return pdf.Write(w, d, pdf.Options{Lang: l, Dates: dates, To: to, Person: person})
}
