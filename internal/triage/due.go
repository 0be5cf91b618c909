package triage

import (
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
)

// Due is when a finding is to be treated: so many days after it was first seen as the policy gives its action. By the
// policy's treat_business_days they are business days of Japan, where weekends and public holidays do not count, or
// calendar days.
func Due(p guideline.Policy, a Action, firstSeen time.Time) time.Time {
	days := p.Value("treat_days_" + strings.ReplaceAll(string(a), "-", "_"))
	if p.Value("treat_business_days") == 0 {
		return firstSeen.AddDate(0, 0, days)
	}
	return calendar.AddBusinessDays(firstSeen.In(calendar.Japan), days).UTC()
}

// EPSSFrom is the score from which the policy takes an exploit to be about.
func EPSSFrom(p guideline.Policy) float64 { return float64(p.Value("epss_exploit_percent")) / 100 }
