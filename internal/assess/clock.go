package assess

import (
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
)

// clock is the only way for an expression to look at the time. Every function notes the next moment at which its answer
// will change, so that a verdict knows until when it holds and no author of a check can forget to say so.
type clock struct {
	now         time.Time
	fiscalStart int // month in which the fiscal year begins, 1 to 12
	noted
	renewals map[string]fact.Lease // by the zone of the times they renew
}

func (c *clock) changesAt(t time.Time) {
	if l, renewed := c.leaseOf(t); renewed {
		c.waits = append(c.waits, l.Source)
	}
	if t.After(c.now) && (c.next.IsZero() || t.Before(c.next)) {
		c.next = t
	}
}

// withinDays: t is set, not in the future, and no more than n days ago.
func (c *clock) withinDays(t time.Time, n int) bool {
	if t.IsZero() {
		return false
	}
	end := t.AddDate(0, 0, n)
	if t.After(c.now) {
		c.changesAt(t)
		return false
	}
	l, renewed := c.leaseOf(t)
	switch holds := c.now.Before(end); {
	case renewed && holds:
		l.Days = n
		c.leases = append(c.leases, l)
		return true
	case renewed:
		c.waits = append(c.waits, l.Source)
		return false
	}
	c.changesAt(end)
	return c.now.Before(end)
}

// withinMonths is withinDays with calendar months.
func (c *clock) withinMonths(t time.Time, n int) bool {
	if t.IsZero() || t.After(c.now) {
		return false
	}
	end := t.AddDate(0, n, 0)
	c.changesAt(end)
	return c.now.Before(end)
}

// past: t is set and has been reached.
func (c *clock) past(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	c.changesAt(t)
	return !c.now.Before(t)
}

// upcoming: t is set and has not been reached.
func (c *clock) upcoming(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	c.changesAt(t)
	return c.now.Before(t)
}

// dayOver: the day that begins at t is over.
func (c *clock) dayOver(t time.Time) bool { return !t.IsZero() && c.past(t.AddDate(0, 0, 1)) }

// fiscalYear is the year in which the current fiscal year began.
func (c *clock) fiscalYear() int {
	start := time.Date(c.now.Year(), time.Month(c.fiscalStart), 1, 0, 0, 0, 0, calendar.Japan)
	if c.now.Before(start) {
		start = start.AddDate(-1, 0, 0)
	}
	c.changesAt(start.AddDate(1, 0, 0))
	return start.Year()
}

// daysSince and daysUntil are for texts only; see guideline.Check.Show.
func (c *clock) daysSince(t time.Time) int { return int(c.now.Sub(t).Hours() / 24) }
func (c *clock) daysUntil(t time.Time) int { return int(t.Sub(c.now).Hours() / 24) }

// functions are the names expressions call the clock and a few helpers by.
func (c *clock) functions() map[string]any {
	return map[string]any{
		"within_days":   c.withinDays,
		"within_months": c.withinMonths,
		"past":          c.past,
		"upcoming":      c.upcoming,
		"fiscal_year":   c.fiscalYear,
		"days_since":    c.daysSince,
		"days_until":    c.daysUntil,
		"day_over":      c.dayOver,
		"days_between":  func(a, b time.Time) int { return int(b.Sub(a).Hours() / 24) },
		"set":           func(t time.Time) bool { return !t.IsZero() },
		"not_after":     func(a, b time.Time) bool { return !a.After(b) },
	}
}

// forTexts are the functions that tell the time without noting when it changes.
var forTexts = []string{"days_since", "days_until"}
