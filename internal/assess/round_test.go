package assess

import (
	"encoding/json"
	"fmt"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/register"
)

// roundInputs are some software of one organisation that has records of its own, as a workspace has them.
func roundInputs(t testing.TB, software, records int) []Input {
	base := benchInput(t, 20)
	for i := range records {
		base.Records = append(base.Records, approvedPolicy(t, i))
	}
	var out []Input
	for i := range software {
		in := base
		if i%3 == 0 { // not all of them know the same of themselves
			in.Facts = nil
		}
		if i%4 == 0 {
			in.Duties = in.Duties[:len(in.Duties)/2]
		}
		out = append(out, in)
	}
	return out
}

func approvedPolicy(t testing.TB, i int) register.Record {
	kinds := []string{"secure_development_policy", "training", "tool", "role_holder"}
	data := []map[string]any{
		{"title": "方針", "topics": []any{"coding", "build_timing", "build_method", "automation", "training", "secure_defaults"}},
		{"title": "教育", "roles": []any{"PSIRT"}, "held_on": "2026-06-01", "planned": 5, "completed": 5, "outcome": "試験"},
		{"name": fmt.Sprint("tool ", i), "category": "build", "mitigates": "改ざん"},
		{"role": "PSIRT", "person": "丙", "requirements": []any{"S(3)"}, "assigned_on": "2026-04-01"},
	}
	kind, err := register.Kind(kinds[i%len(kinds)])
	if err != nil {
		t.Fatal(err)
	}
	values, problems := register.Validate(kind, data[i%len(kinds)])
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	r := register.New(kind, fmt.Sprint("rec-", i), fmt.Sprint(i), fact.Subject{Kind: fact.Org, ID: "acme"}, values, "author", noon.AddDate(0, -1, 0))
	if r, err = register.Approve(r, "approver", noon.AddDate(0, -1, 0)); err != nil {
		t.Fatal(err)
	}
	return r
}

// A round says of each subject, byte for byte, what judging it alone says.
func TestRoundSaysTheSame(t *testing.T) {
	round := NewRound()
	for i, in := range roundInputs(t, 12, 40) {
		alone, err := json.Marshal(Judge(in))
		if err != nil {
			t.Fatal(err)
		}
		together, err := json.Marshal(round.Judge(in))
		if err != nil {
			t.Fatal(err)
		}
		if string(alone) != string(together) {
			t.Errorf("subject %d is judged otherwise within a round", i)
		}
	}
	if len(round.org) == 0 {
		t.Error("nothing was worked out once")
	}
}

// BenchmarkRound judges software of an organisation with 200 records: each on its own, and in rounds of 32.
func BenchmarkRound(b *testing.B) {
	inputs := roundInputs(b, 32, 200)
	duties := 0
	for _, in := range inputs {
		duties += len(in.Duties)
	}
	for name, judge := range map[string]func(){
		"alone": func() {
			for _, in := range inputs {
				Judge(in)
			}
		},
		"round": func() {
			r := NewRound()
			for _, in := range inputs {
				r.Judge(in)
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				judge()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*duties), "ns/duty")
		})
	}
}
