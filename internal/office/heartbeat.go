package office

import (
	"context"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// MechanismKind is the register of protection and monitoring mechanisms (S(1)-4.2 to 4.4).
const MechanismKind = "mechanism"

// keptEvery is how often a heartbeat is written down that tells nothing new: freshness is judged in days.
const keptEvery = time.Hour

// A Beat is one sign of life of a mechanism.
type Beat struct {
	Mechanism string    // key of its record
	Up        bool      // false: it is reached and does not work
	Source    string    // "api", "cli", "prometheus"
	At        time.Time // zero: now
	Metric    string
	Value     float64
	Note      string
}

// MechanismView is a mechanism with what was heard of it last, as scripts read it.
type MechanismView struct {
	Mechanism string       `json:"mechanism"` // key of its record
	Record    string       `json:"record"`    // id
	Title     string       `json:"title"`
	Subject   fact.Subject `json:"subject"`
	Approved  bool         `json:"approved"` // its record is in force: only then it counts
	Heard     bool         `json:"heard"`    // it has reported by itself
	Up        bool         `json:"up"`       // it worked when it was heard
	Fresh     bool         `json:"fresh"`    // it worked, and was heard or seen within the policy's days
	At        time.Time    `json:"at,omitzero"`
	Source    string       `json:"source,omitempty"` // api, cli, prometheus; record: a person saw it working
	Note      string       `json:"note,omitempty"`
}

// Heartbeat takes in a sign of life. What tells nothing new is written down once an hour; what changes whether the
// mechanism is taken to work is judged at once.
func Heartbeat(ctx context.Context, db *store.DB, actor store.Actor, b Beat) (MechanismView, error) {
	r, err := mechanism(ctx, db, b.Mechanism)
	if err != nil {
		return MechanismView{}, err
	}
	if b.At.IsZero() || b.At.After(db.Now()) {
		b.At = db.Now()
	}
	last, known, err := lastBeat(ctx, db, r)
	if err != nil {
		return MechanismView{}, err
	}
	days, err := heartbeatDays(ctx, db)
	if err != nil {
		return MechanismView{}, err
	}
	turned := !known || last.Data.(*fact.Heartbeat).Up != b.Up || last.ObservedAt.AddDate(0, 0, days).Before(b.At)
	if known && (b.At.Before(last.ObservedAt) || !turned && b.At.Sub(last.ObservedAt) < keptEvery) {
		return viewMechanism(r, &last, days, db.Now()), nil
	}
	f := fact.Fact{Kind: fact.KindHeartbeat, Subject: r.Subject, ObservedAt: b.At, Record: beatsOf(r),
		Data: &fact.Heartbeat{Mechanism: r.Key, Up: b.Up, Source: b.Source, Metric: b.Metric, Value: b.Value, Note: b.Note}}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		if err := tx.DropFactsOfRecord(ctx, f.Record); err != nil {
			return err
		}
		if err := tx.PutFacts(ctx, []fact.Fact{f}); err != nil {
			return err
		}
		if err := tx.Renew(ctx, f.Record, f.ObservedAt); err != nil {
			return err
		}
		return tx.Audit(ctx, "heard", recordObject(r), f.Data)
	})
	if err != nil {
		return MechanismView{}, err
	}
	if turned && r.InForce(db.Now()) {
		err = judging.Reassess(ctx, db, actor, "heartbeat", r.Subject)
	}
	return viewMechanism(r, &f, days, db.Now()), err
}

func beatsOf(r register.Record) string { return "heartbeat:" + r.ID }

func mechanism(ctx context.Context, db *store.DB, key string) (register.Record, error) {
	all, err := db.Records(ctx, store.RecordFilter{Kinds: []string{MechanismKind}})
	if err != nil {
		return register.Record{}, err
	}
	for _, r := range all {
		if r.State != register.Retired && (r.Key == key || r.ID == key) {
			return r, nil
		}
	}
	return register.Record{}, &lang.Error{Kind: lang.NotFound, What: lang.F("「保護・監視の仕組み」に「%s」はありません", "there is no mechanism %q in the register", key),
		Next: lang.T("tasuki record put mechanism で登録するか、tasuki heartbeat で名前を確かめてください", "enter it with tasuki record put mechanism, or see the names with tasuki heartbeat")}
}

func lastBeat(ctx context.Context, db *store.DB, r register.Record) (fact.Fact, bool, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Record: beatsOf(r)})
	if err != nil || len(facts) == 0 {
		return fact.Fact{}, false, err
	}
	last := facts[len(facts)-1]
	_, is := last.Data.(*fact.Heartbeat)
	return last, is, nil
}

func heartbeatDays(ctx context.Context, db *store.DB) (int, error) {
	p, err := db.Policy(ctx)
	return p.Value("heartbeat_days"), err
}

// Mechanisms gives every mechanism that is not retired, with what was heard of it last, by key.
func Mechanisms(ctx context.Context, db *store.DB) ([]MechanismView, error) {
	all, err := db.Records(ctx, store.RecordFilter{Kinds: []string{MechanismKind}})
	if err != nil {
		return nil, err
	}
	days, err := heartbeatDays(ctx, db)
	if err != nil {
		return nil, err
	}
	out := []MechanismView{}
	for _, r := range all {
		if r.State == register.Retired {
			continue
		}
		last, known, err := lastBeat(ctx, db, r)
		if err != nil {
			return nil, err
		}
		var beat *fact.Fact
		if known {
			beat = &last
		}
		out = append(out, viewMechanism(r, beat, days, db.Now()))
	}
	return out, nil
}

func viewMechanism(r register.Record, beat *fact.Fact, days int, now time.Time) MechanismView {
	title, _ := r.Data["title"].(string)
	v := MechanismView{Mechanism: r.Key, Record: r.ID, Title: title, Subject: r.Subject, Approved: r.InForce(now)}
	if beat != nil {
		h := beat.Data.(*fact.Heartbeat)
		v.Heard, v.Up, v.At, v.Source, v.Note = true, h.Up, beat.ObservedAt, h.Source, h.Note
	} else if seen := register.Day(r, "seen_on"); !seen.IsZero() {
		v.Up, v.At, v.Source = true, seen, "record"
	}
	v.Fresh = v.Up && now.Before(v.At.AddDate(0, 0, days))
	return v
}
