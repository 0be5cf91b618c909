package office

import (
	"strconv"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/exposition"
	"example.org/tasuki/internal/register"
)

// ReadRecords reads and validates entries of a register (see [register.Read]); of security criteria also whether their
// expressions can be computed.
func ReadRecords(kind guideline.Register, raw []byte) ([]register.Entry, []fact.Problem, error) {
	entries, problems, err := register.Read(kind, raw)
	if err != nil || len(problems) > 0 {
		return entries, problems, err
	}
	problems = entryProblems(kind, entries)
	if len(problems) > 0 {
		return nil, problems, nil
	}
	return entries, nil, nil
}

// entryProblems says what is wrong with valid entries that only those who compute with them can tell, with the place.
func entryProblems(kind guideline.Register, entries []register.Entry) []fact.Problem {
	var problems []fact.Problem
	for i, e := range entries {
		at := ""
		if len(entries) > 1 {
			at = "/" + strconv.Itoa(i)
		}
		for _, p := range DataProblems(kind, e.Data) {
			p.Where = at + "/data" + p.Where
			problems = append(problems, p)
		}
	}
	return problems
}

// DataProblems says what is wrong with the validated data of one record that only those who compute with it can tell.
func DataProblems(kind guideline.Register, data map[string]any) []fact.Problem {
	switch kind.Kind {
	case assess.CriterionKind:
		return assess.CheckCriterion(data)
	case MechanismKind:
		return checkMechanism(data)
	}
	return nil
}

// checkMechanism holds the metric of a mechanism to what can be looked up.
func checkMechanism(data map[string]any) []fact.Problem {
	metric, _ := data["metric"].(string)
	url, _ := data["scrape_url"].(string)
	if metric == "" {
		return nil
	}
	if url == "" {
		return []fact.Problem{{Where: "/scrape_url", What: lang.T("値を取り寄せるURLが要ります", "the URL that hands out the metric is needed")}}
	}
	if _, err := exposition.Select(metric); err != nil {
		return []fact.Problem{{Where: "/metric", What: whyNot(err)}}
	}
	return nil
}
