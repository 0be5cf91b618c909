package api

import (
	"context"

	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
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

func (s *server) heartbeat(ctx context.Context, c *call, _ *struct{}) (office.MechanismView, error) {
	var in HeartbeatBody
	if err := c.json(&in); err != nil {
		return office.MechanismView{}, err
	}
	switch {
	case in.Mechanism == "":
		return office.MechanismView{}, &lang.Error{Kind: lang.Usage, What: lang.T("どの仕組みかが書かれていません", "it does not say which mechanism works"), Where: "/mechanism",
			Next: lang.T("台帳「保護・監視の仕組み」での名前を書いてください", "give its key in the register of mechanisms")}
	case len(in.Note) > maxNote:
		return office.MechanismView{}, &lang.Error{Kind: lang.Usage, What: lang.T("補足が長すぎます", "the note is too long"), Where: "/note",
			Next: lang.T("500字以内にしてください", "use at most 500 characters")}
	}
	return office.Heartbeat(ctx, s.db, c.actor, office.Beat{Mechanism: in.Mechanism, Up: in.Up == nil || *in.Up, Source: "api", Note: in.Note})
}

func (s *server) mechanisms(ctx context.Context, _ *call, in *struct{ Page }) (List[office.MechanismView], error) {
	all, err := office.Mechanisms(ctx, s.db)
	if err != nil {
		return List[office.MechanismView]{}, err
	}
	return cut(all, func(v office.MechanismView) string { return v.Record }, in.Page)
}

func (s *server) criteria(ctx context.Context, c *call, in *struct {
	NameInput
	Page
	Release string `query:"release" doc:"Version; the latest supported release when empty"`
}) (List[judging.Trend], error) {
	subject, err := judging.Subject(ctx, s.db, c.actor, judging.Target{Software: in.Name, Release: in.Release})
	if err != nil {
		return List[judging.Trend]{}, forReading(err)
	}
	all, err := judging.Trends(ctx, s.db, subject)
	if err != nil {
		return List[judging.Trend]{}, err
	}
	return cut(all, func(t judging.Trend) string { return t.Criterion }, in.Page)
}
