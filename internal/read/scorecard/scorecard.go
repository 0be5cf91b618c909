// Package scorecard reads the JSON result of OpenSSF Scorecard, version 2 of its form, as the tool writes it with
// --format json and as its service gives it (https://github.com/ossf/scorecard, pkg/scorecard/json.v2.schema).
//
// Start from [Read]. A score of -1 says that a check could not be run: it is no zero, and it is no score.
package scorecard

import (
	"fmt"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// maxChecks bounds a list that has some twenty entries.
const maxChecks = 1000

// Match reports whether the bytes are a result: an object with scorecard, repo and checks, or the findings of single
// probes in their place, which are refused by name.
func Match(b []byte) bool {
	found := 0
	for name := range input.Members(b) {
		switch string(name) {
		case "scorecard", "repo", "checks", "findings":
			found++
		}
	}
	return found >= 3
}

// Read reads one result. The fact is a *fact.Scorecard.
func Read(b []byte) (fact.Reading, error) {
	r, err := read(b)
	return r, input.Renamed(err, "OpenSSF Scorecard", lang.T("示した箇所を直すか、Scorecardを --format json で実行し直してください。", "Correct the place shown, or run Scorecard again with --format json."))
}

func read(b []byte) (fact.Reading, error) {
	o, err := input.JSONObject(b)
	if err != nil {
		return fact.Reading{}, err
	}
	s, problems, err := result(o)
	if err != nil {
		return fact.Reading{}, err
	}
	r := fact.Reading{
		Type: "scorecard", Version: "2", Problems: problems,
		Facts:   []fact.Fact{{Kind: fact.KindScorecard, ObservedAt: s.At, Data: s}},
		Summary: map[string]any{"checks": len(s.Checks), "inconclusive": s.Inconclusive},
	}
	if s.Scored {
		r.Summary["score"] = s.Score
	}
	return r, nil
}

func result(o input.Object) (*fact.Scorecard, []fact.Problem, error) {
	repository, err := o.Child("repo").Need("name")
	if err != nil {
		return nil, nil, err
	}
	if !o.Has("checks") {
		return nil, nil, input.Refuse("/checks", lang.T("検査項目(checks)がありません。個々の調べ(probe)の結果は点数を持たないため読み取れません", "there are no checks; findings of probes carry no score and are not read"))
	}
	s := &fact.Scorecard{Tool: o.Child("scorecard").Text("version"), Repository: repository, Commit: o.Child("repo").Text("commit"), At: o.Time("date"), Checks: []fact.ScorecardCheck{}}
	if s.Score, s.Scored, err = score(o); err != nil {
		return nil, nil, err
	}
	var problems []fact.Problem
	if s.Tool == "unknown" {
		s.Tool = ""
	}
	if s.At.IsZero() {
		problems = append(problems, fact.Problem{Where: "/date", What: lang.T("実行した日がないか、日付ではありません", "there is no date of the run, or it is no date")})
	}
	if s.Commit == "" {
		problems = append(problems, fact.Problem{Where: "/repo/commit", What: lang.T("どのコミットについての結果かがわかりません", "it does not tell which commit was looked at")})
	}
	checks, err := o.Objects("checks")
	if err != nil {
		return nil, nil, err
	}
	if len(checks) > maxChecks {
		return nil, nil, input.Refuse("/checks", lang.F("検査項目が%d件を超えています", "there are more than %d checks", maxChecks))
	}
	seen := map[string]bool{}
	for _, c := range checks {
		name, err := c.Need("name")
		if err != nil {
			return nil, nil, err
		}
		if seen[name] {
			return nil, nil, input.Refuse(c.At("name"), lang.F("検査項目「%s」が二度出てきます", "the check %q is given twice", input.Clip(name)))
		}
		seen[name] = true
		details, _ := c.Members["details"].([]any)
		x := fact.ScorecardCheck{Name: name, Reason: c.Text("reason"), Details: len(details), Pointer: c.Place}
		if x.Score, x.Scored, err = score(c); err != nil {
			return nil, nil, err
		}
		if !x.Scored {
			s.Inconclusive++
		}
		s.Checks = append(s.Checks, x)
	}
	if len(s.Checks) == 0 {
		problems = append(problems, fact.Problem{Where: "/checks", What: lang.T("検査項目が一件もありません", "there is no check at all")})
	}
	return s, problems, nil
}

// score reads a score: from 0 to 10, or -1 for none.
func score(o input.Object) (value float64, scored bool, err error) {
	v, ok := o.Number("score")
	switch {
	case !ok:
		return 0, false, input.Refuse(o.At("score"), lang.T("点数(score)がないか、数ではありません", "there is no score, or it is no number"))
	case v == -1:
		return 0, false, nil
	case v < 0 || v > 10:
		return 0, false, input.Refuse(o.At("score"), lang.F("点数%sが0から10まで、または-1ではありません", "the score %s is not from 0 to 10, nor -1", fmt.Sprint(v)))
	}
	return v, true, nil
}
