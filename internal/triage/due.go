package triage

import (
	"strings"
	"time"

	"example.org/tasuki/guideline"
)

// Due is when a finding is to be treated: so many calendar days after it was first seen as the policy gives its action.
// Business days are not counted, because no table of holidays is at hand.
func Due(p guideline.Policy, a Action, firstSeen time.Time) time.Time {
	days := p.Value("treat_days_" + strings.ReplaceAll(string(a), "-", "_"))
	return firstSeen.AddDate(0, 0, days)
}

// EPSSFrom is the score from which the policy takes an exploit to be about.
func EPSSFrom(p guideline.Policy) float64 { return float64(p.Value("epss_exploit_percent")) / 100 }
