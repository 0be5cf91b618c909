package api

import (
	"context"

	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/read/table"
)

// SheetInput is a returned checklist, and what is said of it beside its content.
type SheetInput struct {
	Software    string `query:"software" doc:"Name; what the workbook says when empty"`
	Release     string `query:"release" doc:"Version; what the workbook says when empty"`
	Until       string `query:"until" doc:"Last day of the statements made from it, 2027-03-31"`
	Name        string `query:"name" doc:"File name, when Content-Disposition does not say it"`
	Disposition string `header:"Content-Disposition" doc:"attachment; filename*=UTF-8''name"`
}

func (c *call) sheet(in SheetInput) (office.SheetFile, error) {
	raw, err := c.body(table.MaxBytes)
	name := fileName(in.Disposition, in.Name)
	if name == "" {
		name = "checklist.xlsx"
	}
	return office.SheetFile{Name: name, Raw: raw, Software: in.Software, Release: in.Release, Until: in.Until}, err
}

// PreviewedSheet is what a returned checklist would do.
type PreviewedSheet struct {
	office.SheetPreview
	Confirm string `json:"confirm" doc:"Names what is shown here; give it to apply-checklist"`
}

// previewSheet says cell by cell what a returned checklist would change.
func (s *server) previewSheet(ctx context.Context, c *call, in *struct{ SheetInput }) (PreviewedSheet, error) {
	file, err := c.sheet(in.SheetInput)
	if err != nil {
		return PreviewedSheet{}, err
	}
	p, err := office.PreviewSheet(ctx, s.db, c.lang, file)
	if err != nil {
		return PreviewedSheet{}, err
	}
	return PreviewedSheet{p, p.Fingerprint()}, nil
}

// applySheet takes a returned checklist in: drafts for others to approve, and the working list.
func (s *server) applySheet(ctx context.Context, c *call, in *struct {
	SheetInput
	Confirm string `query:"confirm" doc:"What the preview gave: when things have changed since, nothing is written"`
}) (office.SheetPreview, error) {
	file, err := c.sheet(in.SheetInput)
	if err != nil {
		return office.SheetPreview{}, err
	}
	return office.ApplySheet(ctx, s.db, c.actor, c.lang, file, in.Confirm)
}
