package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
)

// planView is who sees to a duty and by when, as a row of a table shows it.
type planView struct {
	Key       string
	Owner     string // account id
	OwnerName string
	Due       time.Time
	Note      string
	Late      bool
}

func planViewOf(p store.Plan, people people, now time.Time) planView {
	return planView{Key: p.PlanKey.String(), Owner: p.Owner, OwnerName: people.name(p.Owner), Due: p.Due, Note: p.Note, Late: !p.Due.IsZero() && p.Due.Before(now)}
}

// DueInput is the day as a form's field holds it.
func (p planView) DueInput() string {
	if p.Due.IsZero() {
		return ""
	}
	return p.Due.In(calendar.Japan).Format(time.DateOnly)
}

// putPlans puts plans beside duties, and gives who may be chosen as an owner.
func (s *Server) putPlans(ctx context.Context, rows []dutyRow) ([]option, error) {
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	people, owners := people{}, []option(nil)
	for _, a := range accounts {
		people[a.ID] = displayName(a)
		if !a.Disabled {
			owners = append(owners, option{Value: a.ID, Name: displayName(a)})
		}
	}
	plans, err := s.db.Plans(ctx, "")
	if err != nil {
		return nil, err
	}
	of := map[store.PlanKey]store.Plan{}
	for _, p := range plans {
		of[p.PlanKey] = p
	}
	now := s.now()
	for i, d := range rows {
		key := store.PlanKey{Arrangement: d.Arrangement, Party: d.Row.Party, Role: d.Role, Requirement: d.ID}
		p := of[key]
		p.PlanKey = key
		rows[i].Plan = planViewOf(p, people, now)
	}
	return owners, nil
}

// keep is the value of a form's field that leaves things as they are.
const keep = "keep"

// plan writes who sees to the chosen duties of ours and by when. A field that is left at "keep" changes nothing.
func (s *Server) plan(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, model, err := s.softwareHead(ctx, b, r, "")
	if err != nil {
		return err
	}
	rows, err := s.duties(ctx, b, head, model)
	if err != nil {
		return err
	}
	if _, err := s.putPlans(ctx, rows); err != nil {
		return err
	}
	chosen := r.Form["duty"]
	var plans []store.Plan
	for _, d := range rows {
		if !d.Ours || !slices.Contains(chosen, d.Plan.Key) {
			continue
		}
		p, err := s.readPlan(r, d)
		if err != nil {
			return err
		}
		if p != nil {
			plans = append(plans, *p)
		}
	}
	if len(plans) == 0 {
		return &lang.Error{Kind: lang.Usage, What: lang.T("変更する責務又は内容が選ばれていません", "no duty or nothing to change was chosen"),
			Next: lang.T("前の画面に戻り、責務を選んで、担当か期限を入力してください", "go back, choose duties, and give an owner or a day")}
	}
	before, err := office.SavePlans(ctx, s.db, s.actor(r), plans)
	if err != nil {
		return err
	}
	if err := s.offerUndo(r, before); err != nil {
		return err
	}
	s.notice(r, lang.F("%d件の担当・期限を変更しました。", "Owner and day of %d duties were changed. ", len(plans)))
	http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
	return nil
}

// readPlan gives the plan of a duty as the form changes it; nil when it changes nothing.
func (s *Server) readPlan(r *http.Request, d dutyRow) (*store.Plan, error) {
	key, err := office.ParsePlanKey(d.Plan.Key)
	if err != nil {
		return nil, err
	}
	p := store.Plan{PlanKey: key, Owner: d.Plan.Owner, Due: d.Plan.Due, Note: d.Plan.Note}
	changes := false
	if owner := r.FormValue("owner"); owner != keep {
		if owner != "" {
			if _, err := s.db.Account(r.Context(), owner); err != nil {
				return nil, err
			}
		}
		p.Owner, changes = owner, true
	}
	if due := r.FormValue("due"); due != "" || r.FormValue("due_empty") != "" {
		if p.Due, err = lastMoment(due); err != nil {
			return nil, err
		}
		changes = true
	}
	if r.Form.Has("note") {
		p.Note, changes = strings.TrimSpace(r.FormValue("note")), true
	}
	if !changes {
		return nil, nil
	}
	return &p, nil
}

const sessionUndo = "undo"

// offerUndo keeps what stood before a change, so that one button takes it back.
func (s *Server) offerUndo(r *http.Request, before []store.Plan) error {
	b, err := json.Marshal(before)
	if err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionUndo, string(b))
	return nil
}

// undo puts back what stood before the last change of plans that this session made, unless somebody changed it since.
func (s *Server) undo(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var before []store.Plan
	if err := json.Unmarshal([]byte(s.sessions.PopString(ctx, sessionUndo)), &before); err != nil || len(before) == 0 {
		return &lang.Error{Kind: lang.Conflict, What: lang.T("元に戻せる変更がありません", "there is nothing to undo")}
	}
	now, err := s.db.Plans(ctx, "")
	if err != nil {
		return err
	}
	me := visitOf(r).who.ID
	for _, p := range now {
		i := slices.IndexFunc(before, func(x store.Plan) bool { return x.PlanKey == p.PlanKey })
		if i >= 0 && p.ChangedBy != me {
			return &lang.Error{Kind: lang.Conflict, What: lang.T("その後にほかの人が変更したため、元に戻せません", "somebody else changed it since, so it cannot be undone")}
		}
	}
	if _, err := office.SavePlans(ctx, s.db, s.actor(r), before); err != nil {
		return err
	}
	s.notice(r, lang.F("元に戻しました（%d件）。", "Undone (%d).", len(before)))
	http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
	return nil
}

// commentView is one comment under a duty or a vulnerability.
type commentView struct {
	store.Comment
	Author string // display name
	Mine   bool
}

// comments gives what was said about something.
func (s *Server) comments(ctx context.Context, about store.Object, me string) ([]commentView, error) {
	said, err := s.db.Comments(ctx, about)
	if err != nil || len(said) == 0 {
		return nil, err
	}
	people, err := s.displayNames(ctx)
	if err != nil {
		return nil, err
	}
	var out []commentView
	for _, c := range said {
		out = append(out, commentView{Comment: c, Author: people.name(c.Author), Mine: c.Author == me})
	}
	return out, nil
}

// commentBox is the list of comments with the form below it.
type commentBox struct {
	Base
	Said []commentView
	Kind string // of what it is about: duty, vulnerability
	ID   string
}

// CommentBox prepares the part of a page that shows comments.
func (b Base) CommentBox(said []commentView, kind, id string) commentBox {
	return commentBox{b, said, kind, id}
}

// Withdrawn reports whether the words of a comment are gone.
func (c commentView) Withdrawn() bool { return !c.WithdrawnAt.IsZero() }

// addComment keeps what somebody said. An auditor may say something too.
func (s *Server) addComment(w http.ResponseWriter, r *http.Request) error {
	about := store.Object{Kind: r.FormValue("kind"), ID: r.FormValue("id")}
	switch about.Kind {
	case "duty":
		if _, err := office.ParsePlanKey(about.ID); err != nil {
			return err
		}
	case "vulnerability":
		if !vulnerabilityID().MatchString(about.ID) {
			return formError(lang.T("脆弱性の番号が正しくありません", "this is no id of a vulnerability"))
		}
	default:
		return formError(lang.T("コメントの対象が正しくありません", "there is nothing to comment on"))
	}
	if _, err := office.Say(r.Context(), s.db, s.actor(r), about, r.FormValue("body")); err != nil {
		return err
	}
	s.notice(r, lang.T("コメントしました", "Your comment is there"))
	http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
	return nil
}

// withdrawComment takes the words of one's own comment away.
func (s *Server) withdrawComment(w http.ResponseWriter, r *http.Request) error {
	if err := office.Unsay(r.Context(), s.db, s.actor(r), r.PathValue("id")); err != nil {
		return err
	}
	s.notice(r, lang.T("コメントを取り消しました", "Your comment is withdrawn"))
	http.Redirect(w, r, inside(r.FormValue("to")), http.StatusSeeOther)
	return nil
}
