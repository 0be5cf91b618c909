package api

import (
	"context"

	"example.org/tasuki/internal/judging"
)

func (s *server) coverage(ctx context.Context, c *call, in *struct {
	NameInput
	Framework string `path:"framework" doc:"ssdf, nsa, cisa_sbd, cra, other, unified_standards or cip_guideline"`
	Release   string `query:"release" doc:"Version; the latest supported release when empty"`
	Party     string `query:"party" doc:"Whose duties; our own organisation's when empty"`
}) (judging.Coverage, error) {
	of := judging.Target{Software: in.Name, Release: in.Release, Party: in.Party}
	subject, err := judging.Subject(ctx, s.db, c.actor, judging.Target{Software: in.Name, Release: in.Release})
	if err != nil {
		return judging.Coverage{}, forReading(err)
	}
	sheet, err := judging.SheetOf(ctx, s.db, c.lang, subject, of, false)
	if err != nil {
		return judging.Coverage{}, err
	}
	return judging.CoverageOf(in.Framework, sheet, c.lang)
}
