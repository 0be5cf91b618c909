package main

import (
	"fmt"
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/replay"
)

type replayCmd struct {
	Incident string `arg:"" optional:"" help:"${help_replay_incident}"`
	Party    string `help:"${help_replay_party}" placeholder:"P"`
	Software string `help:"${help_replay_software}" placeholder:"NAME"`
	Record   bool   `help:"${help_replay_record}"`
	Lessons  string `help:"${help_replay_lessons}" placeholder:"TEXT"`
}

// replayTexts holds the help texts of replay.
var replayTexts = map[string]lang.Text{
	"replay":          lang.T("過去のインシデントを、いまの体制とソフトウェアに当てはめて再演する（S(3)-1.1 の訓練）", "run a past incident against what you have now (an exercise for S(3)-1.1)"),
	"replay_incident": lang.T("インシデント: log4shell, build-system, vpn, xz（省くと一覧）", "the incident: log4shell, build-system, vpn or xz; none lists them"),
	"replay_party":    lang.T("更新が改ざんされたとする供給元の id（build-system。既定は届く範囲が最も広い供給元）", "whose updates are taken to be tampered with (build-system); default: the maker of the widest reach"),
	"replay_software": lang.T("このソフトウェアだけを調べる", "look at this software alone"),
	"replay_record":   lang.T("訓練として台帳に記録する（--as の利用者のパスワードが必要。他の人が承認すると有効になる）", "record it as an exercise; asks for the credential of --as, and counts once somebody else approves it"),
	"replay_lessons":  lang.T("訓練で分かったこと（--record と使う）", "what was learnt, goes with --record"),
}

// Run runs a past incident against the portfolio.
func (c *replayCmd) Run(p *program) error {
	if c.Incident == "" {
		list := replay.Scenarios()
		return p.print(list, func() {
			var rows [][]string
			for _, s := range list {
				rows = append(rows, []string{s.ID, s.Title.In(p.lang), s.Question.In(p.lang)})
			}
			p.table(rows)
		})
	}
	if c.Lessons != "" && !c.Record {
		return &lang.Error{Kind: lang.Usage, What: lang.T("--lessons は --record と一緒に指定してください", "--lessons goes with --record")}
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	req := office.ReplayRequest{Scenario: c.Incident, Party: c.Party}
	if req.Software, _, err = p.softwareAndRelease(db, c.Software, ""); err != nil {
		return err
	}
	r, err := office.RunReplay(p.ctx, db, req)
	if err != nil {
		return err
	}
	out := struct {
		office.Replay
		Exercise *office.PutLine `json:"exercise,omitempty"`
	}{Replay: r}
	if c.Record {
		_, actor, err := p.signInFor(db, auth.Edit)
		if err != nil {
			return err
		}
		put, err := office.RecordReplay(p.ctx, db, actor, r, p.lang, c.Lessons)
		if err != nil {
			return err
		}
		out.Exercise = &put.Records[0]
	}
	return p.print(out, func() { p.printReplay(r, out.Exercise) })
}

func (p *program) printReplay(r office.Replay, exercise *office.PutLine) {
	fmt.Fprintln(p.out, r.Scenario.Title.In(p.lang))
	fmt.Fprintln(p.out, "  "+r.Told.In(p.lang))
	for _, w := range r.Caveats {
		p.printf("注意: %s", "note: %s", w.In(p.lang))
	}
	if r.PartyName != "" {
		p.printf("更新が改ざんされたとする供給元: %s", "whose updates are taken to be tampered with: %s", r.PartyName)
	}
	fmt.Fprintln(p.out, r.Headline.In(p.lang))
	for _, h := range r.Hits {
		for _, x := range h.Releases {
			fmt.Fprintf(p.out, "▲ %s %s%s\n", h.Name, x.Version, p.replayWords(x))
			for _, by := range x.By {
				fmt.Fprintln(p.out, "    "+by)
			}
		}
		if len(h.Systems) > 0 {
			p.printf("    使用しているシステム: %s", "    systems that run it: %s", strings.Join(h.Systems, ", "))
		}
	}
	if len(r.Hits) > 0 {
		met, open := r.Standing()
		p.printf("関係する責務: 満たしている %d 件、そうでない %d 件", "duties that bear on it: %d met, %d not", met, open)
		p.printReplayDuties(r)
		p.printf("顧客がいつ知るか（記録による）:", "when each customer knew, by the records:")
		for _, c := range r.Customers {
			fmt.Fprintf(p.out, "  %s: %s\n", c.Name, p.whenTold(c))
		}
		if len(r.Customers) == 0 {
			p.printf("  影響を受けるソフトウェアの顧客が登録されていません", "  no customer of what would be hit is registered")
		}
	}
	if exercise != nil {
		p.printf("訓練として記録しました: %s（他の人の承認を待っています）", "recorded as an exercise: %s; it waits for somebody else's approval", exercise.Key)
	}
}

// replayWords says of a release what there is to say beside its version.
func (p *program) replayWords(x office.ReplayRelease) string {
	var words []string
	if !x.Supported {
		words = append(words, lang.T("サポート終了", "out of support").In(p.lang))
	}
	if x.Made {
		words = append(words, lang.T("この供給元が開発・供給", "made or supplied by it").In(p.lang))
	}
	if x.Exploited {
		words = append(words, lang.T("悪用が知られている", "known to be exploited").In(p.lang))
	}
	if x.Overdue {
		words = append(words, lang.F("期限 %s を過ぎている", "overdue since %s", lastDay(x.Due)).In(p.lang))
	}
	if len(words) == 0 {
		return ""
	}
	return lang.F("（%s）", " (%s)", strings.Join(words, lang.T("、", ", ").In(p.lang))).In(p.lang)
}

func (p *program) printReplayDuties(r office.Replay) {
	var rows [][]string
	for _, stage := range replay.Stages() {
		for _, d := range r.Duties {
			if d.Stage != stage {
				continue
			}
			standing := lang.T("担う者が登録されていない", "nobody is registered who bears it").In(p.lang)
			if len(d.At) > 0 {
				var list []string
				for _, a := range d.At {
					list = append(list, lang.F("%s %s（%s）: %s", "%s %s (%s): %s", a.Software, a.Party, a.Role.Title(), a.Status.Name()).In(p.lang))
				}
				standing = strings.Join(list, "; ")
			}
			rows = append(rows, []string{"  " + stage.Name().In(p.lang), string(d.ID), d.Title.In(p.lang), standing})
		}
	}
	p.table(rows)
}

// whenTold says when a customer was told, or that nobody can say.
func (p *program) whenTold(c office.ReplayCustomer) string {
	switch {
	case c.Days != nil:
		return lang.F("%d日（%s に伝達、記録 %s）", "%d days (told on %s, record %s)", *c.Days, c.ToldOn, c.Record).In(p.lang)
	case c.ToldOn != "":
		return lang.F("%s に伝達（記録 %s）。起点の日が分かりません", "told on %s (record %s); from which day to count is not known", c.ToldOn, c.Record).In(p.lang)
	case c.Contact:
		return lang.T("不明（知らせた記録がありません。連絡先は登録されています）", "unknown: no record says so; a contact point is on record").In(p.lang)
	}
	return lang.T("不明（知らせた記録も、連絡先の登録もありません）", "unknown: no record says so, and no contact point is on record").In(p.lang)
}
