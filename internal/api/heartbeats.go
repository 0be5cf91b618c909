package api

import (
	"context"

	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
)

// HeartbeatBody is a sign of life of a protection or monitoring mechanism.
type HeartbeatBody struct {
	_         struct{} `additionalProperties:"false"`
	Mechanism string   `json:"mechanism" doc:"Key or id of its record in the register of mechanisms"`
	Up        *bool    `json:"up,omitempty" default:"true" doc:"false: it is reached and does not work"`
	Note      string   `json:"note,omitempty" maxLength:"500"`
}

// maxNote bounds the words that come with a heartbeat, in bytes.
const maxNote = 2000

func (s *server) heartbeat(ctx context.Context, c *call, _ *struct{}) (jobs.MechanismView, error) {
	var in HeartbeatBody
	if err := c.json(&in); err != nil {
		return jobs.MechanismView{}, err
	}
	switch {
	case in.Mechanism == "":
		return jobs.MechanismView{}, &lang.Error{Kind: lang.Usage, What: lang.T("どの仕組みかが書かれていません", "it does not say which mechanism works"), Where: "/mechanism",
			Next: lang.T("台帳「保護・監視の仕組み」での名前を書いてください", "give its key in the register of mechanisms")}
	case len(in.Note) > maxNote:
		return jobs.MechanismView{}, &lang.Error{Kind: lang.Usage, What: lang.T("補足が長すぎます", "the note is too long"), Where: "/note",
			Next: lang.T("500字以内にしてください", "use at most 500 characters")}
	}
	return jobs.Heartbeat(ctx, s.db, c.actor, jobs.Beat{Mechanism: in.Mechanism, Up: in.Up == nil || *in.Up, Source: "api", Note: in.Note})
}

func (s *server) mechanisms(ctx context.Context, _ *call, in *struct{ Page }) (List[jobs.MechanismView], error) {
	all, err := jobs.Mechanisms(ctx, s.db)
	if err != nil {
		return List[jobs.MechanismView]{}, err
	}
	return cut(all, func(v jobs.MechanismView) string { return v.Record }, in.Page)
}

func (s *server) criteria(ctx context.Context, c *call, in *struct {
	NameInput
	Page
	Release string `query:"release" doc:"Version; the latest supported release when empty"`
}) (List[jobs.Trend], error) {
	subject, err := jobs.Subject(ctx, s.db, c.actor, jobs.Target{Software: in.Name, Release: in.Release})
	if err != nil {
		return List[jobs.Trend]{}, forReading(err)
	}
	all, err := jobs.Trends(ctx, s.db, subject)
	if err != nil {
		return List[jobs.Trend]{}, err
	}
	return cut(all, func(t jobs.Trend) string { return t.Criterion }, in.Page)
}
