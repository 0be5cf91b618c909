package main

import (
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

type triageCmd struct {
	List    triageListCmd    `cmd:"" help:"${help_triage_list}"`
	Decide  triageDecideCmd  `cmd:"" help:"${help_triage_decide}"`
	Upgrade triageUpgradeCmd `cmd:"" help:"${help_triage_upgrade}"`
	Context triageContextCmd `cmd:"" help:"${help_triage_context}"`
	Exploit triageExploitCmd `cmd:"" help:"${help_triage_exploit}"`
	Trust   triageTrustCmd   `cmd:"" name:"trust-author" help:"${help_triage_trust}"`
}

type triageListCmd struct {
	Software string `help:"${help_software}" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	All      bool   `help:"${help_triage_all}"`
}

// Run lists findings with their urgency, what was decided, and whose word it is.
func (c *triageListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	f := portfolio.TriageFilter{Waiting: !c.All}
	if f.Software, f.Release, err = p.softwareAndRelease(db, c.Software, c.Release); err != nil {
		return err
	}
	list, err := portfolio.Triage(p.ctx, db, f)
	if err != nil {
		return err
	}
	return p.print(triagedJSON(list, p.lang), func() {
		var rows [][]string
		for _, t := range list {
			rows = append(rows, []string{t.Priority.Action.Name().In(p.lang), lastDay(t.Due), string(t.Finding.Severity), epssCell(t.EPSS),
				kevCell(t.Exploited), t.Finding.Vuln, t.Finding.Name + " " + t.Finding.Version + guessCell(t.Finding.ByCPE, p.lang), t.SoftwareName + " " + t.Version, standsCell(t.Opinion, p.lang)})
		}
		p.table(rows)
		p.printf("%d 件", "%d findings", len(list))
		if n := assumed(list); n > 0 {
			p.say("うち %d 件の優先度は既定値を含みます（tasuki triage context で状況を登録すると定まります）",
				"the urgency of %d rests on defaults in part (say more with tasuki triage context)", n)
		}
	})
}

func assumed(list []portfolio.Triaged) (n int) {
	for _, t := range list {
		if t.Priority.Assumed {
			n++
		}
	}
	return n
}

// softwareAndRelease gives the ids of a software and of its release, each empty when not named.
func (p *program) softwareAndRelease(db *store.DB, software, release string) (string, string, error) {
	if software == "" {
		if release != "" {
			return "", "", &lang.Error{Kind: lang.Usage, What: lang.T("--release には --software も必要です", "--release goes with --software")}
		}
		return "", "", nil
	}
	s, err := db.SoftwareByName(p.ctx, software)
	if err != nil || release == "" {
		return s.ID, "", err
	}
	r, err := db.ReleaseByVersion(p.ctx, s.ID, release)
	return s.ID, r.ID, err
}

func epssCell(e *store.EPSS) string {
	if e == nil {
		return "EPSS —"
	}
	return fmt.Sprintf("EPSS %.3f", e.Score)
}

// guessCell marks what was found by a CPE name alone.
func guessCell(cpe string, l lang.Lang) string {
	if cpe == "" {
		return ""
	}
	return lang.T("（CPE名による推定）", " (guessed by its CPE name)").In(l)
}

func kevCell(since time.Time) string {
	if since.IsZero() {
		return ""
	}
	return "KEV"
}

// standsCell says what holds for a finding and by whose word, or why it is open, and who says something else.
func standsCell(o triage.Opinion, l lang.Lang) string {
	out := standing(o, l)
	for _, w := range o.Conflicts {
		out += lang.F("【%s は %s と述べています】", " [%s says %s]", w.Author, w.Status).In(l)
	}
	return out
}

func standing(o triage.Opinion, l lang.Lang) string {
	switch {
	case o.Decision != nil && o.Decision.Treatment != "":
		return o.Decision.Status + " / " + o.Decision.Treatment + " " + lastDay(o.Decision.TreatBy)
	case o.Decision != nil:
		return o.Decision.Status
	case o.Word != nil:
		return string(o.Word.Status) + lang.F("（%s の VEX による）", " (by the word of %s)", o.Word.Author).In(l)
	case o.Lapse != nil:
		return lang.F("再判断: %s", "decide again: %s", o.Lapse.Why).In(l)
	case len(o.Words) > 0:
		return lang.F("未判断（確かめられない VEX %d 件）", "not decided (%d unproven VEX statements)", len(o.Words)).In(l)
	}
	return lang.T("未判断", "not decided").In(l)
}

// triagedJSON is a list of findings as scripts read it.
func triagedJSON(list []portfolio.Triaged, l lang.Lang) any {
	type line struct {
		portfolio.Triaged
		Waiting bool   `json:"waiting"`
		Stands  string `json:"stands"`
	}
	out := []line{}
	for _, t := range list {
		out = append(out, line{t, t.Waiting(), standsCell(t.Opinion, l)})
	}
	return out
}

type triageDecideCmd struct {
	Vuln          string `arg:"" help:"${help_triage_vulns}"`
	Component     string `help:"${help_triage_component}" placeholder:"PURL"`
	Software      string `help:"${help_software}" placeholder:"NAME"`
	Release       string `help:"${help_triage_line}" placeholder:"VERSION"`
	Status        string `help:"${help_triage_status}" required:"" placeholder:"S"`
	Justification string `help:"${help_triage_why}" placeholder:"J"`
	Note          string `help:"${help_triage_note}" placeholder:"TEXT"`
	Treatment     string `help:"${help_triage_treatment}" placeholder:"T"`
	By            string `help:"${help_triage_by}" placeholder:"DATE"`
	Done          bool   `help:"${help_triage_done}"`
	Until         string `help:"${help_triage_until}" placeholder:"DATE"`
}

// Run writes down what a person decided about findings.
func (c *triageDecideCmd) Run(p *program) error {
	req := office.DecideRequest{Vuln: c.Vuln, Component: c.Component, Release: c.Release, Status: triage.Status(c.Status), Justification: c.Justification,
		Note: c.Note, Treatment: c.Treatment, Done: c.Done}
	var err error
	if req.TreatBy, err = endOfDay(c.By); err != nil {
		return err
	}
	if req.Until, err = endOfDay(c.Until); err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	_, actor, err := p.signInFor(db, auth.Edit)
	if err != nil {
		return err
	}
	release := c.Release
	if triage.IsLine(release) && c.Software != "" {
		release = ""
	}
	if req.Software, _, err = p.softwareAndRelease(db, c.Software, release); err != nil {
		return err
	}
	d, err := office.Decide(p.ctx, db, actor, req)
	if err != nil {
		return err
	}
	out := map[string]any{"decision": d.Decision, "covers": triagedJSON(d.Covers, p.lang)}
	return p.print(out, func() {
		p.printf("%s を %s と判断しました。対象の検出 %d 件:", "decided: %s is %s; it holds for %d findings:", d.Decision.Vuln, d.Decision.Status, len(d.Covers))
		for _, t := range d.Covers {
			p.printf("  %s %s（%s %s） 以前: %s", "  %s %s (%s %s), before: %s", t.Finding.Name, t.Finding.Version, t.SoftwareName, t.Version, standsCell(t.Opinion, p.lang))
		}
		if !d.Decision.TreatBy.IsZero() && d.Decision.TreatedAt.IsZero() {
			p.printf("対応の期日 %s", "treatment due %s", lastDay(d.Decision.TreatBy))
		}
	})
}

// endOfDay reads a day as the moment after it, so that something holds on that day; a time is taken as it is, nothing as
// zero.
func endOfDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := parseTime(s)
	if err == nil && !strings.Contains(s, "T") {
		t = t.AddDate(0, 0, 1)
	}
	return t, err
}

type triageUpgradeCmd struct {
	Software string `help:"${help_software}" required:"" placeholder:"NAME"`
	Release  string `help:"${help_release}" required:"" placeholder:"VERSION"`
}

// Run says which version of each component clears its findings.
func (c *triageUpgradeCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	_, release, err := p.softwareAndRelease(db, c.Software, c.Release)
	if err != nil {
		return err
	}
	list, err := portfolio.Upgrades(p.ctx, db, release)
	if err != nil {
		return err
	}
	words := map[triage.Crossing]lang.Text{triage.CrossesMajor: lang.T("メジャー版をまたぐ", "crosses a major version"),
		triage.StaysInMajor: lang.T("メジャー版は同じ", "same major version"), triage.CrossingUnknown: lang.T("版の付け方からは互換性が分からない", "its versions promise nothing")}
	return p.print(list, func() {
		var rows [][]string
		for _, u := range list {
			to := "—"
			if u.To != "" {
				to = u.From + " → " + u.To
			}
			rows = append(rows, []string{u.Component, to, words[u.Major].In(p.lang), firstFew(u.Clears), u.Note.In(p.lang)})
		}
		p.table(rows)
	})
}

// firstFew names the first of a list and counts the others, so that one long row does not widen all; --json has the whole.
func firstFew(list []string) string {
	const few = 3
	if len(list) <= few {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s +%d", strings.Join(list[:few], ", "), len(list)-few)
}

type triageContextCmd struct {
	Software string `help:"${help_software}" required:"" placeholder:"NAME"`
	Exposure string `help:"${help_triage_exposure}" placeholder:"V"`
	Mission  string `help:"${help_triage_mission}" placeholder:"V"`
	Safety   string `help:"${help_triage_safety}" placeholder:"V"`
	Value    string `name:"value-density" help:"${help_triage_value}" placeholder:"V"`
}

// Run records how exposed a software is and what depends on it.
func (c *triageContextCmd) Run(p *program) error {
	return p.edit(func(db *store.DB, actor store.Actor) error {
		software, _, err := p.softwareAndRelease(db, c.Software, "")
		if err != nil {
			return err
		}
		about := triage.Context{Exposure: c.Exposure, Mission: c.Mission, Safety: c.Safety, ValueDensity: c.Value}
		if err := office.SetContext(p.ctx, db, actor, software, about); err != nil {
			return err
		}
		return p.print(about, func() { p.printf("登録しました: %s", "recorded: %s", c.Software) })
	})
}

type triageExploitCmd struct {
	Vuln   string `arg:"" help:"${help_triage_vuln}"`
	State  string `help:"${help_triage_state}" required:"" placeholder:"S"`
	Source string `help:"${help_triage_source}" required:"" placeholder:"URL"`
}

// Run records what is known of the exploitation of a vulnerability.
func (c *triageExploitCmd) Run(p *program) error {
	return p.edit(func(db *store.DB, actor store.Actor) error {
		e := portfolio.Exploit{State: c.State, Source: c.Source}
		if err := office.SetExploit(p.ctx, db, actor, c.Vuln, e); err != nil {
			return err
		}
		return p.print(e, func() { p.printf("登録しました: %s", "recorded: %s", c.Vuln) })
	})
}

type triageTrustCmd struct {
	Author string `arg:"" help:"${help_triage_author}"`
	Remove bool   `help:"${help_triage_remove}"`
}

// Run lets the unsigned VEX documents of an author count, or no longer.
func (c *triageTrustCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	_, actor, err := p.signInFor(db, auth.Administer)
	if err != nil {
		return err
	}
	if err := office.TrustVEXAuthor(p.ctx, db, actor, c.Author, !c.Remove); err != nil {
		return err
	}
	return p.print(map[string]any{"author": c.Author, "trusted": !c.Remove}, func() { p.printf("登録しました: %s", "recorded: %s", c.Author) })
}

// edit does something as a person who may edit.
func (p *program) edit(do func(*store.DB, store.Actor) error) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	_, actor, err := p.signInFor(db, auth.Edit)
	if err != nil {
		return err
	}
	return do(db, actor)
}
