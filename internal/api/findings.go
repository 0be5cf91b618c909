package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// FindingItem is a vulnerability of a component in a release, with its urgency and what was decided and said about it.
type FindingItem struct {
	ID string `json:"id" doc:"Of the finding in this release"`
	portfolio.Triaged
	Waiting bool `json:"waiting" doc:"Somebody has to decide, or to carry out a treatment"`
}

func itemsOf(list []portfolio.Triaged) []FindingItem {
	out := []FindingItem{}
	for _, t := range list {
		out = append(out, FindingItem{ID: fmt.Sprintf("%s/%d/%s", t.Release, t.Finding.Component, t.Finding.Vuln), Triaged: t, Waiting: t.Waiting()})
	}
	return out
}

func (s *server) findings(ctx context.Context, c *call, in *struct {
	Page
	Software string `query:"software" doc:"Name of a software"`
	Release  string `query:"release" doc:"Version; goes with software"`
	Vuln     string `query:"vuln" doc:"Any id of a vulnerability"`
	Waiting  bool   `query:"waiting" doc:"Only what waits for somebody, in supported releases"`
}) (List[FindingItem], error) {
	f := portfolio.TriageFilter{Vuln: in.Vuln, Waiting: in.Waiting}
	if in.Software != "" {
		software, release, err := s.namedRelease(ctx, in.Software, in.Release)
		if err != nil {
			return List[FindingItem]{}, err
		}
		f.Software, f.Release = software, release
	}
	list, err := portfolio.Triage(ctx, s.db, f)
	if err != nil {
		return List[FindingItem]{}, err
	}
	return cut(itemsOf(list), func(i FindingItem) string { return i.ID }, in.Page)
}

// namedRelease gives the ids of a software and, where one is named, of its release.
func (s *server) namedRelease(ctx context.Context, name, version string) (software, release string, err error) {
	v, err := s.db.SoftwareByName(ctx, name)
	if err != nil || version == "" {
		return v.ID, "", err
	}
	r, err := s.db.ReleaseByVersion(ctx, v.ID, version)
	return v.ID, r.ID, err
}

// DecisionBody is what a person decided about a vulnerability.
type DecisionBody struct {
	_             struct{}      `additionalProperties:"false"`
	Software      string        `json:"software,omitempty" doc:"Name; every software that has it when empty"`
	Release       string        `json:"release,omitempty" doc:"Version; goes with software"`
	Component     string        `json:"component,omitempty" doc:"Package URL, with or without its version; every component when empty"`
	Status        triage.Status `json:"status" enum:"not_affected,affected,fixed,under_investigation" doc:"As in VEX"`
	Justification string        `json:"justification,omitempty" doc:"With not_affected, as in VEX"`
	Note          string        `json:"note,omitempty"`
	Treatment     string        `json:"treatment,omitempty" enum:"fix,workaround,accept" doc:"With affected"`
	TreatBy       string        `json:"treat_by,omitempty" format:"date" doc:"The earliest due date of what it covers when empty"`
	Done          bool          `json:"done,omitempty" doc:"The treatment is in place"`
	Until         string        `json:"until,omitempty" format:"date" doc:"Last day it stands; as long as the facts do when empty"`
}

// DecisionMade is a decision with the findings it holds for, as they stood before.
type DecisionMade struct {
	Decision store.Decision `json:"decision"`
	Covers   []FindingItem  `json:"covers"`
}

// decide writes down what the key's account decided, and judges again what it touches.
func (s *server) decide(ctx context.Context, c *call, in *struct {
	ID string `path:"id" maxLength:"200" doc:"CVE-…, GHSA-… or any other id of the vulnerability"`
}) (DecisionMade, error) {
	var b DecisionBody
	if err := c.json(&b); err != nil {
		return DecisionMade{}, err
	}
	req := office.DecideRequest{Vuln: in.ID, Component: b.Component, Release: b.Release, Status: b.Status, Justification: b.Justification, Note: b.Note,
		Treatment: b.Treatment, Done: b.Done}
	var err error
	if req.TreatBy, err = lastDay(b.TreatBy, "/treat_by"); err != nil {
		return DecisionMade{}, err
	}
	if req.Until, err = lastDay(b.Until, "/until"); err != nil {
		return DecisionMade{}, err
	}
	if b.Software != "" {
		if req.Software, _, err = s.namedRelease(ctx, b.Software, b.Release); err != nil {
			return DecisionMade{}, err
		}
	}
	d, err := office.Decide(ctx, s.db, c.actor, req)
	return DecisionMade{d.Decision, itemsOf(d.Covers)}, err
}

// lastDay reads a day in Japan as the moment after it, so that something holds on that day.
func lastDay(text, where string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, calendar.Japan)
	if err != nil {
		return day, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を日付として読めません", "%q is no day", text), Where: where,
			Next: lang.T("2027-03-31 の形で指定してください", "write it like 2027-03-31")}
	}
	return day.AddDate(0, 0, 1), nil
}

// ComponentItem is a component of a release.
type ComponentItem struct {
	store.ReleaseComponent
	Vulnerable bool `json:"vulnerable" doc:"Something is known against it; see findings"`
}

func (s *server) components(ctx context.Context, c *call, in *struct {
	NameInput
	Version
	Page
}) (List[ComponentItem], error) {
	_, release, err := s.releaseOf(ctx, c, in.Name, in.Release)
	if err != nil {
		return List[ComponentItem]{}, err
	}
	list, err := s.db.ReleaseComponents(ctx, release)
	if err != nil {
		return List[ComponentItem]{}, err
	}
	against, err := portfolio.Triage(ctx, s.db, portfolio.TriageFilter{Release: release})
	if err != nil {
		return List[ComponentItem]{}, err
	}
	known := map[int64]bool{}
	for _, t := range against {
		known[t.Finding.Component] = true
	}
	var all []ComponentItem
	for _, v := range list {
		all = append(all, ComponentItem{v, known[v.ID]})
	}
	return cut(all, func(v ComponentItem) string { return strconv.FormatInt(v.ID, 10) }, in.Page)
}

// ChangesInput is the time between two moments.
type ChangesInput struct {
	Since time.Time `query:"since" required:"true" doc:"The earlier moment"`
	Until time.Time `query:"until" doc:"The later moment; now when empty"`
}

func (s *server) changes(ctx context.Context, c *call, in *struct {
	NameInput
	Version
	ChangesInput
}) (List[judging.Change], error) {
	software, release, err := s.releaseOf(ctx, c, in.Name, in.Release)
	if err != nil {
		return List[judging.Change]{}, err
	}
	subject := fact.Subject{Kind: fact.Software, ID: software}
	if release != "" {
		subject = fact.Subject{Kind: fact.Release, ID: release}
	}
	until := in.Until
	if until.IsZero() {
		until = s.db.Now()
	}
	list, err := judging.ChangesBetween(ctx, s.db, c.lang, subject, in.Since, until)
	return List[judging.Change]{Items: append([]judging.Change{}, list...)}, err
}
