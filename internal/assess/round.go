package assess

import (
	"fmt"
	"slices"

	"example.org/tasuki/internal/register"
)

// A Round judges many subjects of one workspace at one moment. What the whole organisation's own checks say, and which
// records are in force, is worked out once and referred to by every subject. The inputs have to come from one whole: the
// same Now, Policy, Feeds, Ledger and Renewed, and all records and facts about our organisation. A Round is for one
// goroutine.
type Round struct {
	org     map[string]orgAnswer // by party and check
	records map[string]prepared  // by id
}

// orgAnswer is the outcome of a check of the organisation; nil: it does not apply.
type orgAnswer struct {
	out  *Outcome
	seen noted
}

// prepared is a record as judging needs it.
type prepared struct {
	inForce bool
	row     map[string]any // made when it is first asked for
}

// NewRound begins a round.
func NewRound() *Round { return &Round{org: map[string]orgAnswer{}, records: map[string]prepared{}} }

// Judge is [Judge] within the round.
func (r *Round) Judge(in Input) Result { return judge(in, compiled(), r) }

// ofSubject are the facts of organisations that are not the same for every subject: what the duties at hand are, and the
// exceptions that concern them.
var ofSubject = []string{"duties", "exceptions"}

// orgOutcome runs a check of the organisation, once for all subjects of the round for which it reads the same.
func (d *desk) orgOutcome(k *check, party string) *Outcome {
	key := party + "\x00" + k.ID
	for _, name := range ofSubject {
		if slices.Contains(k.reads, name) {
			key += fmt.Sprint("\x00", d.orgSituation(party).vars[name])
		}
	}
	a, done := d.round.org[key]
	if done {
		d.seen.add(a.seen)
		return a.out
	}
	s := d.orgSituation(party)
	if o, applies := k.run(s); applies {
		a.out = &o
	}
	a.seen = s.clock.noted
	d.round.org[key] = a
	return a.out
}

// inForce reports whether a record counts now.
func (d *desk) inForce(r *register.Record) bool {
	p, known := d.round.records[r.ID]
	if !known {
		p.inForce = r.InForce(d.in.Now)
		d.round.records[r.ID] = p
	}
	return p.inForce
}

// rowOf is a record as checks see it; nobody may change it.
func (d *desk) rowOf(r *register.Record) map[string]any {
	p := d.round.records[r.ID]
	if p.row == nil {
		p.row = rowOf(d.kinds[r.Kind], *r)
		d.round.records[r.ID] = p
	}
	return p.row
}
