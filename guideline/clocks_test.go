package guideline

import (
	"slices"
	"testing"
	"time"
)

// Schemes and stages are the choices of the registers that hold events and reports, and every stage runs from something.
func TestClocksHold(t *testing.T) {
	choices := func(kind, field string) []string {
		r, _ := Default().Register(kind)
		f, ok := r.Field(field)
		if !ok {
			t.Fatalf("no field %s of %s", field, kind)
		}
		var ids []string
		for _, c := range f.Choices {
			ids = append(ids, c.ID)
		}
		return ids
	}
	schemes, stages := choices("reportable_event", "scheme"), choices("authority_report", "stage")
	var have []string
	for _, k := range Default().Clocks() {
		have = append(have, k.Scheme)
		if k.Title.JA == "" || k.Title.EN == "" || k.Recipient.JA == "" || k.Source == "" || len(k.Stages) == 0 {
			t.Errorf("%s is not whole", k.Scheme)
		}
		for i, s := range k.Stages {
			earlier := slices.ContainsFunc(k.Stages[:i], func(o Stage) bool { return o.ID == s.Start })
			if !slices.Contains(stages, s.ID) || s.Start != StartAware && s.Start != StartMeasure && !earlier || len(s.Asks) == 0 || s.Title.EN == "" {
				t.Errorf("%s %s does not hold", k.Scheme, s.ID)
			}
		}
	}
	if !slices.Equal(have, schemes) {
		t.Errorf("clocks of %v, the register names %v", have, schemes)
	}
}

func TestDue(t *testing.T) {
	at := time.Date(2027, 1, 31, 10, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		stage Stage
		want  string
	}{
		{Stage{Hours: 24}, "2027-02-01T10:30:00Z"},
		{Stage{Days: 14}, "2027-02-14T10:30:00Z"},
		{Stage{Months: 1}, "2027-02-28T10:30:00Z"},
		{Stage{}, "0001-01-01T00:00:00Z"},
	} {
		if got := c.stage.Due(at).Format(time.RFC3339); got != c.want {
			t.Errorf("%+v: %s, want %s", c.stage, got, c.want)
		}
	}
	if !(Stage{Hours: 24}).Due(time.Time{}).IsZero() {
		t.Error("what has not begun is due")
	}
}
