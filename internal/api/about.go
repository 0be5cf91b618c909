package api

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// About says what files are about, by names: a software (and release), a system, or a party.
type About struct {
	Software      string `query:"software" json:"software,omitempty" doc:"Name of the software"`
	Release       string `query:"release" json:"release,omitempty" doc:"Version of the release"`
	System        string `query:"system" json:"system,omitempty" doc:"Name of the system"`
	Party         string `query:"party" json:"party,omitempty" doc:"Id of a party; self is our own organisation"`
	Create        bool   `query:"create" json:"create,omitempty" doc:"Make the release when it does not exist yet; with the scope edit the software too"`
	Artifact      bool   `query:"artifact" json:"artifact,omitempty" doc:"Keep as files of the release itself; of programs it is read how they were hardened"`
	Configuration bool   `query:"configuration" json:"configuration,omitempty" doc:"Keep as the default configuration of the release, unread"`
	Role          string `query:"role" default:"developer,supplier" json:"role,omitempty" doc:"Roles we hold in what create makes"`
	Level         string `query:"level" default:"minimum" json:"level,omitempty" doc:"Level of what create makes"`
}

// Target checks the words and gives what they name.
func (a About) Target() (judging.Target, error) {
	t := judging.Target{Software: a.Software, Release: a.Release, System: a.System, Party: a.Party, Create: a.Create}
	var err error
	if t.Roles, err = guideline.ParseRoles(a.Role); err != nil {
		return t, err
	}
	t.Level, err = guideline.ParseLevel(a.Level)
	return t, err
}

func (a About) query() url.Values {
	q := url.Values{}
	for _, p := range [][2]string{{"software", a.Software}, {"release", a.Release}, {"system", a.System}, {"party", a.Party}, {"role", a.Role}, {"level", a.Level}} {
		if p[1] != "" {
			q.Set(p[0], p[1])
		}
	}
	for _, p := range []struct {
		name string
		set  bool
	}{{"create", a.Create}, {"artifact", a.Artifact}, {"configuration", a.Configuration}} {
		if p.set {
			q.Set(p.name, strconv.FormatBool(true))
		}
	}
	return q
}

// subject gives the subject that words name. A key that brings documents in may make a release; a new software changes
// the chain, and takes the permission to edit.
func (s *server) subject(ctx context.Context, c *call, a About) (fact.Subject, error) {
	t, err := a.Target()
	if err != nil {
		return fact.Subject{}, err
	}
	if t.Software == "" && t.System == "" && t.Party == "" {
		return fact.Subject{}, &lang.Error{Kind: lang.Usage, What: lang.T("何についてかが分かりません", "it is not said what this is about"),
			Next: lang.T("software（と release）、system 又は party を指定してください", "name it with software (and release), system or party")}
	}
	if t.Create && t.Software != "" && t.System == "" && t.Party == "" && !c.may(auth.Edit) {
		if _, err := s.db.SoftwareByName(ctx, t.Software); lang.KindOf(err) == lang.NotFound {
			return fact.Subject{}, notAllowed(auth.Edit)
		}
	}
	return s.find(ctx, c, t)
}

// find is judging.Find with hints for programs.
func (s *server) find(ctx context.Context, c *call, t judging.Target) (fact.Subject, error) {
	subject, err := judging.Find(ctx, s.db, c.actor, t)
	var e *lang.Error
	if errors.As(err, &e) && e.Kind == lang.NotFound {
		hinted := *e
		hinted.Next = lang.T("名前を確かめるか、create=true（コマンドでは --create）を付けて新しく作ってください", "check the name, or make it with create=true (--create on the command line)")
		err = &hinted
	}
	return subject, err
}
