package assess

import (
	"slices"
	"time"

	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// weigh turns the outcomes of a duty's checks and the statements of people into its status.
//
//	every required check passes                  met
//	any fails                                    not met, or partly met if another required one passes
//	none fails but one is unknown                not assessed, or partly met if another passes
//	an approved claim                            fills an unknown, never a failure
//	an approved exception                        excuses a failure: met with exception
//	approved as not applicable, with a reason    not applicable
//
// A duty without any automatic check is one unknown that only a claim can fill.
func (d *desk) weigh(r *Row, claims []evidence.Claim) {
	if c, ok := first(claims, evidence.NotApplicable, ""); ok {
		d.takeOut(r, c)
		return
	}
	asked := d.apply(r, claims)
	r.Status = verdictOf(asked)
	d.explain(r)
	d.rest(r)
}

// tally is how the required checks of a duty came out, after claims and exceptions.
type tally struct{ passed, filled, excused, failed, unknown int }

// verdictOf is the truth table.
func verdictOf(t tally) Status {
	good := t.passed + t.filled + t.excused
	switch {
	case t.failed > 0 && good > 0, t.failed == 0 && t.unknown > 0 && good > 0:
		return PartlyMet
	case t.failed > 0:
		return NotMet
	case t.unknown > 0 || good == 0:
		return NotAssessed
	case t.excused > 0:
		return MetWithException
	}
	return Met
}

// apply lets claims fill unknowns and exceptions excuse failures, and counts the outcome.
func (d *desk) apply(r *Row, claims []evidence.Claim) tally {
	var t tally
	required := 0
	for i := range r.Checks {
		o := &r.Checks[i]
		if !o.Required {
			continue
		}
		required++
		switch o.Verdict {
		case Pass:
			t.passed++
		case Fail:
			if c, ok := first(claims, evidence.Exception, o.Check); ok {
				o.ExcusedBy = c.ID
				t.excused++
				r.Exceptions++
				r.use(c)
			} else {
				t.failed++
			}
		default:
			if c, ok := first(claims, evidence.Stated, o.Check); ok {
				o.FilledBy = c.ID
				t.filled++
				r.use(c)
			} else {
				t.unknown++
			}
		}
	}
	if required > 0 {
		return t
	}
	if c, ok := first(claims, evidence.Stated, ""); ok { // no check can see it
		t.filled++
		r.use(c)
	} else {
		t.unknown++
	}
	return t
}

// first gives the first statement of a kind that speaks of a check: by name, or of the whole requirement. Of several,
// one with evidence goes first.
func first(claims []evidence.Claim, kind evidence.ClaimKind, check string) (evidence.Claim, bool) {
	speaks := func(c evidence.Claim) bool { return c.Kind == kind && (c.Check == "" || c.Check == check) }
	if i := slices.IndexFunc(claims, func(c evidence.Claim) bool { return speaks(c) && len(c.Evidence) > 0 }); i >= 0 {
		return claims[i], true
	}
	if i := slices.IndexFunc(claims, speaks); i >= 0 {
		return claims[i], true
	}
	return evidence.Claim{}, false
}

// use notes that a statement carries part of the row: its evidence counts, and its expiry ends it.
func (r *Row) use(c evidence.Claim) {
	if slices.Contains(r.Claims, c.ID) {
		return
	}
	r.Claims = append(r.Claims, c.ID)
	r.Evidence = append(append(r.Evidence, c.ID), c.Evidence...)
	r.StatedOnly = r.StatedOnly || c.Kind == evidence.Stated && len(c.Evidence) == 0
	r.until(c.ExpiresAt)
	switch c.Kind {
	case evidence.Stated:
		r.Reasons = append(r.Reasons, lang.F("承認された申告による（%[1]s まで有効）: %[2]s", "by an approved claim (valid until %[1]s): %[2]s", day(c.ExpiresAt), c.Body))
	case evidence.Exception:
		r.Reasons = append(r.Reasons, lang.F("承認された例外措置による（%[1]s まで有効）: %[2]s", "by an approved exception (valid until %[1]s): %[2]s", day(c.ExpiresAt), c.Body))
	}
}

func (r *Row) until(t time.Time) { r.Ends = fact.Earlier(r.Ends, t) }

// closeRow says until when a row holds, by what is fixed and by when sources delivered last.
func (d *desk) closeRow(r *Row) {
	r.Leases = sortedLeases(r.Leases)
	r.ValidUntil = fact.Earlier(r.Ends, d.in.Renewed.End(r.Leases))
}

func (d *desk) takeOut(r *Row, c evidence.Claim) {
	r.Status, r.Basis = NotApplicable, ByClaim
	r.Claims, r.Evidence = []string{c.ID}, append([]string{c.ID}, c.Evidence...)
	r.Reasons = append(r.Reasons, lang.F("対象外として承認済み（%[1]s まで有効）: %[2]s", "approved as not applicable (until %[1]s): %[2]s", day(c.ExpiresAt), c.Body))
	r.until(c.ExpiresAt)
	d.closeRow(r)
	slices.Sort(r.Evidence)
	r.Evidence = slices.Compact(r.Evidence)
}

// explain puts the reasons of the checks in front, those that stand in the way first, and says what to do next.
func (d *desk) explain(r *Row) {
	var reasons []lang.Text
	for _, v := range []Verdict{Fail, Unknown, Warn, Pass} {
		for _, o := range r.Checks {
			if o.Verdict != v {
				continue
			}
			reasons = append(reasons, o.Reason)
			if r.Remedy.IsZero() && o.Required && v != Pass && o.FilledBy == "" && o.ExcusedBy == "" {
				r.Remedy = o.Remedy
			}
		}
	}
	r.Reasons = append(reasons, r.Reasons...)
	required := slices.ContainsFunc(r.Checks, func(o Outcome) bool { return o.Required })
	if !required && len(r.Claims) == 0 {
		r.Reasons = append(r.Reasons, lang.T("この項目は自動では確認できず、承認された申告もありません", "no check can see this item, and there is no approved claim"))
		r.Remedy = lang.T("取組の内容を書いた申告に証跡を添えて起案し、別の人の承認を受けてください", "draft a claim that says what is done, attach evidence, and have somebody else approve it")
	}
}

// rest settles basis, evidence and the end of validity from the outcomes that carry the status.
func (d *desk) rest(r *Row) {
	strength := []Basis{Automatic, ByRecord, ByClaim}
	weakest := -1
	weaken := func(b Basis) { weakest = max(weakest, slices.Index(strength, b)) }
	for _, o := range r.Checks {
		r.Evidence = append(r.Evidence, o.Evidence...)
		if !o.Required {
			continue
		}
		switch {
		case o.FilledBy != "":
			weaken(ByClaim)
		case o.Verdict == Pass:
			r.until(o.ValidUntil)
			r.Leases = append(r.Leases, o.Leases...)
			weaken(o.Basis)
		case o.Verdict == Fail:
			weaken(o.Basis)
		}
	}
	if len(r.Checks) == 0 && len(r.Claims) > 0 {
		weaken(ByClaim)
	}
	if weakest >= 0 {
		r.Basis = strength[weakest]
	}
	if end := endOf(d.releases[d.in.Release].SupportedTo); end.After(d.in.Now) {
		r.until(end) // a release out of support is judged no more
	}
	if r.Status == NotMet || r.Status == NotAssessed {
		r.Ends, r.Leases = time.Time{}, nil // nothing here that could lapse
	}
	d.closeRow(r)
	slices.Sort(r.Evidence)
	r.Evidence = slices.Compact(r.Evidence)
}
