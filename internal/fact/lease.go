package fact

import "time"

// Lease is a ground that holds for as long as a source keeps delivering: for Days after the source delivered last, or
// after Since, whichever is later. What rests on it does not have to be judged again because the source delivered again,
// and still ends in time when it does not.
type Lease struct {
	Source string    `json:"source"` // "feed:kev", "comparison", "ledger", "archive:<release>", "heartbeat:<record>"
	Since  time.Time `json:"since,omitzero"`
	Days   int       `json:"days"`
}

// Renewed says when each source delivered last.
type Renewed map[string]time.Time

// End gives when the first of some leases ends; zero when there is none.
func (r Renewed) End(leases []Lease) time.Time {
	var first time.Time
	for _, l := range leases {
		from := l.Since
		if at := r[l.Source]; at.After(from) {
			from = at
		}
		if end := from.AddDate(0, 0, l.Days); first.IsZero() || end.Before(first) {
			first = end
		}
	}
	return first
}

// Earlier gives the earlier of two moments of which zero is none.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
