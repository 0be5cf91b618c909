package assess

import (
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/pattern"
)

// Sources that renew themselves, beside "feed:" and the name of a source of advisory data, "archive:" and the id of a
// release, and the record that a heartbeat goes under.
const (
	Comparison = "comparison" // every component was compared with the advisories at hand
	Advisories = "advisories" // the advisories that components are compared with were fetched
	LedgerKept = "ledger"     // the ledger was recomputed
)

// AnySource, among the sources waited for, is every source.
const AnySource = "*"

// A time that a source renews by itself is given to expressions in a zone of ours that bears the name of its lease. So
// the clock knows that what it answers ends when the source stops to deliver, and not at that time, and no author of a
// check or criterion has to say so.
const leaseZone = "renewed by "

// renewable gives a time, or when its source delivered last if that is later, as one that the source renews. own: the time
// counts beside what the source says, because it was looked at on its own.
func (d *desk) renewable(t time.Time, source string, own bool) time.Time {
	at, noted := d.in.Renewed[source]
	l, name := fact.Lease{Source: source, Since: t}, leaseZone+source
	if own {
		name += " since " + t.UTC().Format(time.RFC3339Nano)
	} else if noted {
		l.Since = time.Time{} // the source alone says it
	}
	zone := d.zones[name]
	if zone == nil {
		zone = time.FixedZone(name, 0)
		d.zones[name], d.leases[name] = zone, l
	}
	if !t.IsZero() {
		t = later(t, at)
	}
	return t.In(zone)
}

// leaseOf gives the lease of a time, if a source renews it.
func (c *clock) leaseOf(t time.Time) (fact.Lease, bool) {
	zone := t.Location().String()
	if !strings.HasPrefix(zone, leaseZone) {
		return fact.Lease{}, false
	}
	l, known := c.renewals[zone]
	return l, known
}

// noted is what was looked at that time alone, or a source that delivers, changes.
type noted struct {
	next   time.Time    // the earliest moment; zero: none
	leases []fact.Lease // that hold
	waits  []string     // sources whose next delivery changes the answer
}

func (n *noted) add(o noted) {
	n.next = fact.Earlier(n.next, o.next)
	n.leases = append(n.leases, o.leases...)
	n.waits = append(n.waits, o.waits...)
}

// sortedLeases gives the leases once each, the shortest of those of one source.
func sortedLeases(list []fact.Lease) []fact.Lease {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b fact.Lease) int {
		if c := strings.Compare(a.Source, b.Source); c != 0 {
			return c
		}
		if c := a.Since.Compare(b.Since); c != 0 {
			return c
		}
		return a.Days - b.Days
	})
	return slices.CompactFunc(out, func(a, b fact.Lease) bool { return a.Source == b.Source && a.Since.Equal(b.Since) })
}

// upTo notes the moments at which what a judgement is given lapses.
func (d *desk) upTo() {
	at := func(t time.Time) {
		if t.After(d.in.Now) {
			d.seen.next = fact.Earlier(d.seen.next, t)
		}
	}
	for _, r := range d.records {
		at(r.ValidUntil)
	}
	for _, c := range d.in.Claims {
		at(c.ExpiresAt)
	}
	for _, f := range d.in.Facts {
		at(f.ValidUntil)
	}
	for _, f := range d.in.Findings {
		at(f.Until)
	}
	for _, r := range d.in.Received {
		at(r.ValidUntil)
	}
	for _, r := range d.in.Model.Releases {
		at(endOf(r.SupportedTo))
		at(startOf(r.ReleasedOn))
	}
}

// moving are the words of expressions that name what changes with every delivery of a source.
var moving = pattern.Of(`\b(feeds|matched_at|data_newest|last_success|verified_at)\b`)
