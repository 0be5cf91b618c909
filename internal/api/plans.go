package api

import (
	"context"
	"slices"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/store"
)

// PlanItem says who sees to a duty and by when.
type PlanItem struct {
	Key string `json:"key" doc:"Names the duty: arrangement|party|role|requirement"`
	store.Plan
	Day string `json:"day,omitempty" format:"date" doc:"The last day, in Japan"`
}

func planItem(p store.Plan) PlanItem {
	item := PlanItem{Key: p.PlanKey.String(), Plan: p}
	if !p.Due.IsZero() {
		item.Day = p.Due.Add(-time.Second).In(calendar.Japan).Format(time.DateOnly)
	}
	return item
}

func (s *server) plans(ctx context.Context, _ *call, in *struct {
	Page
	Arrangement string `query:"arrangement" doc:"Only those of this arrangement"`
}) (List[PlanItem], error) {
	list, err := s.db.Plans(ctx, in.Arrangement)
	if err != nil {
		return List[PlanItem]{}, err
	}
	var all []PlanItem
	for _, p := range list {
		all = append(all, planItem(p))
	}
	return cut(all, func(p PlanItem) string { return p.Key }, in.Page)
}

func (s *server) planOf(ctx context.Context, key string) (store.Plan, error) {
	k, err := office.ParsePlanKey(key)
	if err != nil {
		return store.Plan{}, err
	}
	list, err := s.db.Plans(ctx, k.Arrangement)
	if err != nil {
		return store.Plan{}, err
	}
	if i := slices.IndexFunc(list, func(p store.Plan) bool { return p.PlanKey == k }); i >= 0 {
		return list[i], nil
	}
	return store.Plan{PlanKey: k}, nil
}

func (s *server) plan(ctx context.Context, c *call, in *struct {
	Key string `path:"key" maxLength:"400" doc:"arrangement|party|role|requirement"`
}) (PlanItem, error) {
	p, err := s.planOf(ctx, in.Key)
	return tagged(c, planItem(p), err)
}

// PlanBody is a plan as a program writes it. An empty one takes it away.
type PlanBody struct {
	_     struct{} `additionalProperties:"false"`
	Owner string   `json:"owner,omitempty" doc:"Name of an account"`
	Due   string   `json:"due,omitempty" format:"date" doc:"The last day, in Japan"`
	Note  string   `json:"note,omitempty"`
}

func (s *server) setPlan(ctx context.Context, c *call, in *struct {
	Key string `path:"key" maxLength:"400" doc:"arrangement|party|role|requirement"`
	Matching
}) (PlanItem, error) {
	var b PlanBody
	if err := c.json(&b); err != nil {
		return PlanItem{}, err
	}
	s.edits.Lock()
	defer s.edits.Unlock()
	now, err := s.planOf(ctx, in.Key)
	if err == nil {
		err = in.holds(c, planItem(now), true)
	}
	if err != nil {
		return PlanItem{}, err
	}
	after := store.Plan{PlanKey: now.PlanKey, Note: b.Note}
	if after.Due, err = lastDay(b.Due, "/due"); err != nil {
		return PlanItem{}, err
	}
	if after.Owner, err = s.accountNamed(ctx, b.Owner); err != nil {
		return PlanItem{}, err
	}
	if _, err := office.SavePlans(ctx, s.db, c.actor, []store.Plan{after}); err != nil {
		return PlanItem{}, err
	}
	after, err = s.planOf(ctx, in.Key)
	return tagged(c, planItem(after), err)
}

// accountNamed gives the id of an account; empty for no name.
func (s *server) accountNamed(ctx context.Context, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return "", err
	}
	for _, a := range accounts {
		if a.Name == name || a.ID == name {
			return a.ID, nil
		}
	}
	return "", &lang.Error{Kind: lang.NotFound, What: lang.F("アカウント「%s」はありません", "there is no account %q", name), Where: "/owner",
		Next: lang.T("名前を確かめてください", "check the name")}
}

var vulnerabilityID = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9._:-]{2,99}$`)

// about checks what a comment is about.
func about(kind, id string) (store.Object, error) {
	o := store.Object{Kind: kind, ID: id}
	if kind == "duty" {
		_, err := office.ParsePlanKey(id)
		return o, err
	}
	if kind == "vulnerability" && vulnerabilityID().MatchString(id) {
		return o, nil
	}
	return o, &lang.Error{Kind: lang.Usage, What: lang.T("コメントの対象が正しくありません", "there is nothing to comment on"),
		Next: lang.T("kind は duty 又は vulnerability、id は責務のキー又は脆弱性の番号です", "kind is duty or vulnerability, id the key of the duty or the id of the vulnerability")}
}

func (s *server) comments(ctx context.Context, _ *call, in *struct {
	Page
	Kind string `query:"kind" required:"true" enum:"duty,vulnerability"`
	ID   string `query:"id" required:"true"`
}) (List[store.Comment], error) {
	o, err := about(in.Kind, in.ID)
	if err != nil {
		return List[store.Comment]{}, err
	}
	all, err := s.db.Comments(ctx, o)
	if err != nil {
		return List[store.Comment]{}, err
	}
	return cut(all, func(v store.Comment) string { return v.ID }, in.Page)
}

// CommentBody is what somebody says about a duty or a vulnerability. It stays inside the organisation.
type CommentBody struct {
	_    struct{} `additionalProperties:"false"`
	Kind string   `json:"kind" enum:"duty,vulnerability"`
	ID   string   `json:"id" doc:"Key of the duty, or id of the vulnerability"`
	Body string   `json:"body"`
}

func (s *server) comment(ctx context.Context, c *call, _ *struct{}) (store.Comment, error) {
	var b CommentBody
	if err := c.json(&b); err != nil {
		return store.Comment{}, err
	}
	o, err := about(b.Kind, b.ID)
	if err != nil {
		return store.Comment{}, err
	}
	return office.Say(ctx, s.db, c.actor, o, b.Body)
}

// Done says that something was done that has no answer of its own.
type Done struct {
	Done bool `json:"done"`
}

func (s *server) withdrawComment(ctx context.Context, c *call, in *IDInput) (Done, error) {
	err := office.Unsay(ctx, s.db, c.actor, in.ID)
	return Done{err == nil}, err
}

func (s *server) policy(ctx context.Context, _ *call, _ *struct{}) (List[guideline.Setting], error) {
	p, err := s.db.Policy(ctx)
	return List[guideline.Setting]{Items: append([]guideline.Setting{}, p.Settings()...)}, err
}

func (s *server) trust(ctx context.Context, _ *call, _ *struct{}) (List[exchange.TrustedParty], error) {
	list, err := exchange.Trust(ctx, s.db)
	return List[exchange.TrustedParty]{Items: list}, err
}

// dates gives every day that lies ahead, the earliest first.
func (s *server) dates(ctx context.Context, _ *call, in *struct{ Page }) (List[office.Date], error) {
	all, err := office.Dates(ctx, s.db)
	if err != nil {
		return List[office.Date]{}, err
	}
	return cut(all, func(d office.Date) string { return d.ID }, in.Page)
}

// calendar gives them for calendar programs.
func (s *server) calendar(ctx context.Context, c *call, _ *struct{}) ([]byte, error) {
	all, err := office.Dates(ctx, s.db)
	if err != nil {
		return nil, err
	}
	c.gives(asCalendar, "tasuki.ics")
	return office.Calendar(ctx, s.db, c.lang, all)
}
