package triage

import (
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
)

func TestDue(t *testing.T) {
	for _, c := range []struct {
		seen     string
		action   Action
		business int
		want     string
	}{
		{"2026-10-01T00:00:00Z", Immediate, 1, "2026-10-06"},  // a Thursday, over the weekend
		{"2026-10-01T00:00:00Z", Immediate, 0, "2026-10-04"},  // a Sunday
		{"2026-10-08T16:00:00Z", Immediate, 1, "2026-10-15"},  // Friday the 9th in Japan already; Monday is Sports Day
		{"2026-04-28T00:00:00Z", Immediate, 1, "2026-05-07"},  // over the holidays of May
		{"2026-10-01T00:00:00Z", OutOfCycle, 1, "2026-10-16"}, // ten days, one holiday
	} {
		p, err := guideline.DefaultPolicy().With(map[string]int{"treat_business_days": c.business})
		if err != nil {
			t.Fatal(err)
		}
		seen, err := time.Parse(time.RFC3339, c.seen)
		if err != nil {
			t.Fatal(err)
		}
		due := Due(p, c.action, seen)
		if got := due.In(calendar.Japan).Format(time.DateOnly); got != c.want || due.Location() != time.UTC {
			t.Errorf("%s seen %s: due %s, want %s", c.action, c.seen, got, c.want)
		}
	}
}
