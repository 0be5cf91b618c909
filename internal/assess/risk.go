package assess

import (
	"cmp"
	"slices"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
)

// RiskFact is how risky it is to go on using a component: points of the policy for each thing that speaks against it,
// added up to at most 100 (guideline S(2)-1.3). It sorts components for people; it is no certification, and 0 says only
// that none of these things is known.
type RiskFact struct {
	Label string   `expr:"label" json:"label"` // as of the component
	Score int      `expr:"score" json:"score"` // 0 to 100
	From  []string `expr:"from" json:"from"`   // what it is made of, ids of [RiskWord], most points first
	Parts []int    `expr:"parts" json:"parts"` // the points of each
	// Accepted: an approved adoption takes a score of this height on. PlanDue is the last day of an approved plan to bring
	// it down.
	Accepted bool      `expr:"accepted" json:"accepted"`
	PlanDue  time.Time `expr:"plan_due" json:"plan_due,omitzero"`
}

// What speaks against a component, each worth the points of the policy's setting of that name.
const (
	riskMalicious    = "risk_points_malicious"
	riskExploited    = "risk_points_exploited"
	riskUrgent       = "risk_points_urgent"
	riskLikely       = "risk_points_likely"
	riskCritical     = "risk_points_critical"
	riskHigh         = "risk_points_high"
	riskMedium       = "risk_points_medium"
	riskLow          = "risk_points_low"
	riskEnded        = "risk_points_ended"
	riskEndUnknown   = "risk_points_end_unknown"
	riskUnidentified = "risk_points_unidentified"
	riskUncompared   = "risk_points_uncompared"
	riskUnanswered   = "risk_points_unanswered"
)

// riskWords are what people see of each.
var riskWords = map[string]lang.Text{
	riskMalicious:    lang.T("悪意のあるパッケージ", "malicious package"),
	riskExploited:    lang.T("悪用が確認された脆弱性（KEV）", "known exploited vulnerability (KEV)"),
	riskUrgent:       lang.T("直ちに対応する脆弱性（SSVC）", "to be treated immediately (SSVC)"),
	riskLikely:       lang.T("悪用される見込みが高い脆弱性（EPSS）", "likely to be exploited (EPSS)"),
	riskCritical:     lang.T("緊急の脆弱性", "critical vulnerability"),
	riskHigh:         lang.T("重要または深刻度不明の脆弱性", "high or unrated vulnerability"),
	riskMedium:       lang.T("警告の脆弱性", "medium vulnerability"),
	riskLow:          lang.T("注意の脆弱性", "low vulnerability"),
	riskEnded:        lang.T("計画のないサポート終了", "out of support without a plan"),
	riskEndUnknown:   lang.T("サポート期限が不明", "end of support unknown"),
	riskUnidentified: lang.T("版か識別子がない", "no version or no identifier"),
	riskUncompared:   lang.T("脆弱性情報と照合できない", "not comparable with advisory data"),
	riskUnanswered:   lang.T("開発者の責務の担い手がいない", "nobody answers as developer"),
}

// RiskWord says what a part of a score is.
func RiskWord(id string) lang.Text { return riskWords[id] }

// RisksOf gives the risk of every component of the release the input names, in the order of its SBOM.
func RisksOf(in Input) []RiskFact {
	if d := layOut(in, NewRound()); d.release != nil {
		return d.release.env.Risks
	}
	return nil
}

// viewRisks scores the components of the release. All else about them is laid out before.
func (d *desk) viewRisks(v *releaseView) {
	v.env.Risks = []RiskFact{}
	closed, open := map[string]bool{}, map[string][]Finding{}
	for _, f := range v.env.Findings {
		closed[f.Label] = f.Closed
	}
	for _, f := range d.in.Findings {
		if f.Release == d.in.Release && !closed[f.Vuln+" "+f.PURL] {
			label := chain.Component{PURL: f.PURL, Name: f.Name, Version: f.Version}.Label()
			open[label] = append(open[label], f)
		}
	}
	limit := d.in.Policy.Value("component_risk_limit")
	var until time.Time
	for _, c := range v.env.Components {
		r := RiskFact{Label: c.Label, From: []string{}, Parts: []int{}}
		against := d.against(c, open[c.Label], v)
		for _, id := range against {
			if points := d.in.Policy.Value(id); points > 0 {
				r.From, r.Parts, r.Score = append(r.From, id), append(r.Parts, points), min(100, r.Score+points)
			}
		}
		end := d.ahead(c.EndOfLife)
		if !end.IsZero() && !c.Plan && r.Score < limit && r.Score+d.in.Policy.Value(riskEnded) >= limit {
			until = fact.Earlier(until, end)
		}
		d.accept(&r, c, v)
		v.env.Risks = append(v.env.Risks, r)
	}
	for _, name := range []string{"components", "findings", "match"} {
		v.refs.add("component_risks", v.refs[name].until, v.refs[name].ids...)
	}
	v.refs.add("component_risks", until)
}

// against gives what speaks against a component, the most points first.
func (d *desk) against(c *ComponentFact, open []Finding, v *releaseView) []string {
	var out []string
	is := func(id string, holds bool) {
		if holds && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	is(riskMalicious, slices.ContainsFunc(open, func(f Finding) bool { return f.Malicious() }))
	is(riskExploited, slices.ContainsFunc(open, func(f Finding) bool { return f.KEV }))
	is(riskUrgent, slices.ContainsFunc(open, func(f Finding) bool { return f.Urgent }))
	is(riskLikely, slices.ContainsFunc(open, func(f Finding) bool { return f.Likely }))
	if worst := slices.MinFunc(append(open, Finding{}), func(a, b Finding) int { return cmp.Compare(gravity(a), gravity(b)) }); worst.Vuln != "" {
		is([]string{riskCritical, riskHigh, riskMedium, riskLow}[gravity(worst)], true)
	}
	ended := !c.EndOfLife.IsZero() && d.ahead(c.EndOfLife).IsZero()
	is(riskEnded, ended && !c.Plan)
	is(riskEndUnknown, !c.LifeKnown && !c.InHouse)
	identified := c.identified && c.Version != ""
	is(riskUnidentified, !identified)
	is(riskUncompared, identified && slices.Contains(v.env.Match.Unmatched, c.Label))
	is(riskUnanswered, c.Answerer == "")
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(d.in.Policy.Value(b), d.in.Policy.Value(a)) })
	return out
}

// gravity orders findings by how grave they are rated; one that nobody rated is taken as high, as it is for analysis.
func gravity(f Finding) int {
	switch {
	case f.Vuln == "":
		return 4
	case f.Severity == finding.Critical:
		return 0
	case f.Severity == finding.Medium:
		return 2
	case f.Severity == finding.Low || f.Severity == finding.None:
		return 3
	}
	return 1
}

// accept looks up what approved adoptions say of the score: up to which it is taken on, and until when it is brought down.
func (d *desk) accept(r *RiskFact, c *ComponentFact, v *releaseView) {
	for _, rec := range d.records {
		if rec.Kind != "adoption" || text(rec.Data["decision"]) != "adopt" || !chain.Matches(text(rec.Data["pattern"]), c.PURL) {
			continue
		}
		if upTo, is := rec.Data["accepted_risk"].(float64); is && float64(r.Score) <= upTo {
			r.Accepted = true
		}
		if text(rec.Data["risk_plan"]) != "" {
			r.PlanDue = later(r.PlanDue, register.Day(rec, "risk_plan_due"))
		}
		v.refs.add("component_risks", rec.ValidUntil, rec.ID)
	}
}
