package office

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
)

// A SystemLife says how long a system is to be used and how long each software in it is supported (S(6)-1.2): where
// support ends first, there has to be a plan.
type SystemLife struct {
	System       string    `json:"system"`
	ID           string    `json:"id"`
	Owner        string    `json:"owner,omitempty"`
	PlannedUntil string    `json:"planned_until,omitempty" doc:"Last day of the planned use; empty: not set"`
	Software     []UseLife `json:"software"`
}

// A UseLife is one release that a system uses.
type UseLife struct {
	Software     string `json:"software"`
	Version      string `json:"version"`
	SupportedTo  string `json:"supported_to,omitempty" doc:"Last day of support; empty: not known"`
	DaysLeft     int    `json:"days_left" doc:"Until the end of support; 0 when it is not known"`
	GapDays      int    `json:"gap_days" doc:"Days of planned use after the end of support"`
	Plan         string `json:"plan,omitempty" doc:"What is planned for the end of support"`
	PlanDue      string `json:"plan_due,omitempty"`
	EndOfSale    string `json:"end_of_sale,omitempty"`
	EndOfLife    string `json:"end_of_life,omitempty"`
	DeclaredTill string `json:"declared_until,omitempty" doc:"Last day of its maker's declaration"`
	State        string `json:"state" doc:"supported, gap, planned, ended or unknown"`
}

// SystemLives gives the life of every system, in the model's order.
func SystemLives(ctx context.Context, db *store.DB) ([]SystemLife, error) {
	c, err := judging.LoadShared(ctx, db)
	if err != nil {
		return nil, err
	}
	out := []SystemLife{}
	for _, s := range c.In.Model.Systems {
		life := SystemLife{System: s.Name, ID: s.ID, Owner: s.Owner, PlannedUntil: s.PlannedUntil, Software: []UseLife{}}
		for _, id := range s.Releases {
			if i := slices.IndexFunc(c.In.Model.Releases, func(r chain.Release) bool { return r.ID == id }); i >= 0 {
				life.Software = append(life.Software, useLife(c, s, c.In.Model.Releases[i]))
			}
		}
		out = append(out, life)
	}
	return out, nil
}

// useLife puts together how long a release is supported and what is planned for afterwards.
func useLife(c judging.Shared, s chain.System, r chain.Release) UseLife {
	use := UseLife{Software: r.Software, Version: r.Version, SupportedTo: r.SupportedTo}
	for _, sw := range c.In.Model.Software {
		if sw.ID == r.Software {
			use.Software, use.EndOfSale, use.EndOfLife = sw.Name, sw.EndOfSale, sw.EndOfLife
			use.SupportedTo = cmp.Or(r.SupportedTo, sw.EndOfSupport)
		}
	}
	for _, rec := range c.In.Records {
		if rec.Kind == "support_plan" && rec.Subject.ID == s.ID && rec.Text("software") == r.Software && rec.InForce(c.In.Now) {
			use.Plan, use.PlanDue = rec.Text("plan"), rec.Text("due")
		}
	}
	for _, got := range c.In.Received {
		if got.Release == r.ID {
			use.DeclaredTill = day(got.ValidUntil)
		}
	}
	today := c.In.Now.In(calendar.Japan).Format(time.DateOnly)
	use.DaysLeft = max(daysBetween(today, use.SupportedTo), 0)
	use.GapDays = max(daysBetween(use.SupportedTo, s.PlannedUntil), 0)
	switch {
	case use.SupportedTo == "":
		use.State = "unknown"
	case use.Plan != "" && (use.SupportedTo < today || use.GapDays > 0):
		use.State = "planned"
	case use.SupportedTo < today:
		use.State = "ended"
	case use.GapDays > 0:
		use.State = "gap"
	default:
		use.State = "supported"
	}
	return use
}

// daysBetween counts the days from one ISO day to another; 0 when one of them is not set.
func daysBetween(from, to string) int {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

// LifeTable gives the lives of systems as the sheet of a workbook.
func LifeTable(lives []SystemLife, l lang.Lang) xlsx.Table {
	say := func(ja, en string) string { return lang.T(ja, en).In(l) }
	t := xlsx.Table{Name: say("ライフサイクル", "Life cycle"), Rows: [][]string{}, Head: []string{say("システム", "System"), say("利用予定の終わり", "Planned until"), say("ソフトウェア", "Software"),
		say("サポートの終わり", "Supported to"), say("状態", "State"), say("計画", "Plan"), say("計画の期日", "Due"), say("宣言の有効期限", "Declared until")}}
	for _, s := range lives {
		for _, u := range s.Software {
			t.Rows = append(t.Rows, []string{s.System, s.PlannedUntil, strings.TrimSpace(u.Software + " " + u.Version), u.SupportedTo, LifeWord(u.State).In(l), u.Plan, u.PlanDue, u.DeclaredTill})
		}
	}
	return t
}

// LifeWord gives the word for the state of a release in a system.
func LifeWord(state string) lang.Text {
	switch state {
	case "supported":
		return lang.T("サポート期間内", "supported")
	case "gap":
		return lang.T("利用予定より先にサポート終了", "support ends before the planned use")
	case "planned":
		return lang.T("終了後の計画あり", "planned for")
	case "ended":
		return lang.T("サポート終了", "out of support")
	}
	return lang.T("期限不明", "not known")
}
