package assess

import (
	"slices"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// Judge gives the status of every duty of the input. What our evidence says holds for our own organisation and its
// units; a counterparty's duties are as its own verified declaration says, and not assessed without one.
func Judge(in Input) Result { return NewRound().Judge(in) }

func judge(in Input, checks *set, round *Round) Result {
	d := layOut(in, round)
	res := Result{At: in.Now, Release: in.Release, Rows: make([]Row, 0, len(in.Duties)), Relaxed: in.Policy.Relaxed(), DataFrom: guideline.Default().Digest()}
	var last situation
	for i, duty := range in.Duties {
		if !d.ours(duty.Party, duty.Software) {
			res.Rows = append(res.Rows, d.counterparty(duty))
			continue
		}
		if i == 0 || duty.Engagement != in.Duties[i-1].Engagement || duty.Arrangement != in.Duties[i-1].Arrangement || last.vars == nil {
			last = d.dutySituation(duty)
			res.measure(last)
		}
		res.Rows = append(res.Rows, d.row(duty, last, checks.of[duty.Requirement]))
	}
	res.Totals = total(res.Rows)
	slices.Sort(d.seen.waits)
	res.Next, res.Leases, res.Waits = d.seen.next, sortedLeases(d.seen.leases), slices.Compact(d.seen.waits)
	return res
}

// measure keeps the values of criteria: of each the first, whoever of our units it is judged for.
func (res *Result) measure(s situation) {
	for _, m := range s.measured {
		if !slices.ContainsFunc(res.Measured, func(have fact.Measured) bool { return have.Criterion == m.Criterion }) {
			res.Measured = append(res.Measured, m)
		}
	}
}

func newRow(duty chain.Duty) Row {
	return Row{ID: duty.Requirement, Arrangement: duty.Arrangement, Engagement: duty.Engagement, Party: duty.Party, Software: duty.Software,
		System: duty.System, Role: duty.Role, Stance: duty.Stance, Level: duty.Level, Status: NotAssessed,
		Reasons: []lang.Text{}, Evidence: []string{}, Checks: []Outcome{}}
}

// row judges one duty of ours.
func (d *desk) row(duty chain.Duty, s situation, checks []*check) Row {
	r := newRow(duty)
	claims := d.claimsFor(duty)
	for _, k := range checks {
		if !slices.Contains(k.Roles, duty.Role) {
			continue
		}
		out, applies := d.outcome(k, duty, s)
		if !applies {
			continue
		}
		if c, ok := first(claims, evidence.NotInherited, k.ID); ok && k.Scope == guideline.OrgScope {
			out = k.alone(out, c)
			r.use(c)
		}
		r.Checks = append(r.Checks, out)
	}
	d.weigh(&r, claims)
	return r
}

// alone is the outcome of a check of the whole organisation for what does not take its result: a claim of its own has to
// answer.
func (k *check) alone(of Outcome, c evidence.Claim) Outcome {
	return Outcome{Check: of.Check, Title: of.Title, Required: of.Required, Subject: c.Subject, Verdict: Unknown, Basis: ByClaim, Evidence: []string{c.ID},
		Reason: lang.F("組織全体の結果を適用しません（%[1]s まで）: %[2]s", "the result of the whole organisation does not hold here (until %[1]s): %[2]s", day(c.ExpiresAt), c.Body),
		Remedy: lang.T("ここでの取組を申告し、証跡を添えて承認を受けてください", "state what is done here, attach evidence and have it approved")}
}

// outcome runs a check where its scope says: the organisation's own once per party, the others per engagement.
func (d *desk) outcome(k *check, duty chain.Duty, s situation) (Outcome, bool) {
	if k.Scope == guideline.OrgScope {
		out := d.orgOutcome(k, duty.Party)
		if out == nil {
			return Outcome{}, false
		}
		return *out, true
	}
	if s.subject = d.subjectOf(k.Scope, duty); s.subject.ID == "" {
		return k.without(s), true
	}
	return k.run(s)
}

// subjectOf gives what a scope means for a duty.
func (d *desk) subjectOf(scope guideline.Scope, duty chain.Duty) fact.Subject {
	switch {
	case scope == guideline.OrgScope:
		return fact.Subject{Kind: fact.Org, ID: duty.Party}
	case scope == guideline.ReleaseScope:
		return fact.Subject{Kind: fact.Release, ID: d.in.Release}
	case scope == guideline.SoftwareScope && duty.Software != "":
		return fact.Subject{Kind: fact.Software, ID: duty.Software}
	}
	return fact.Subject{Kind: fact.System, ID: duty.System} // a deal over a system: what it is made of is bought for it
}

// without is the outcome of a check whose subject was not named.
func (k *check) without(s situation) Outcome {
	what := map[guideline.Scope]lang.Text{
		guideline.SoftwareScope: lang.T("ソフトウェア", "software"),
		guideline.ReleaseScope:  lang.T("リリース", "release"),
		guideline.SystemScope:   lang.T("システム", "system"),
	}[k.Scope]
	return Outcome{Check: k.ID, Title: k.Title, Required: !k.Advice, Subject: s.subject, Verdict: Unknown, Basis: k.basis, Evidence: []string{},
		Reason: lang.F("対象の%sが指定されていないため、確認していません", "not checked, because no %s is named", what),
		Remedy: lang.F("%sを登録し、指定して評価してください", "enter the %s and name it when assessing", what)}
}

// claimsFor gives the statements in force about a duty, ordered by id.
func (d *desk) claimsFor(duty chain.Duty) []evidence.Claim {
	var out []evidence.Claim
	lineage := d.lineage(duty.Party)
	for _, c := range d.in.Claims {
		if c.Requirement == duty.Requirement && (c.Role == "" || c.Role == duty.Role) && slices.Contains(lineage, c.Party) &&
			d.concerns(c.Subject, duty) && c.InForce(d.in.Now) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b evidence.Claim) int { return compare(a.ID, b.ID) })
	return out
}

func (d *desk) concerns(s fact.Subject, duty chain.Duty) bool {
	switch s.Kind {
	case fact.Org:
		return slices.Contains(d.lineage(duty.Party), s.ID)
	case fact.Software:
		return s.ID == duty.Software
	case fact.Release:
		return s.ID != "" && s.ID == d.in.Release
	case fact.System:
		return s.ID == duty.System
	}
	return false
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// counterparty is the row of a duty that is not ours: what its bearer's own declaration says.
func (d *desk) counterparty(duty chain.Duty) Row {
	r := newRow(duty)
	var best *Received
	for i := range d.in.Received {
		got := &d.in.Received[i]
		about := got.Release == d.in.Release && got.Release != "" || got.Release == "" && (got.Software == "" || got.Software == duty.Software)
		if d.org(got.Party) != d.org(duty.Party) || !about || !answers(got, duty) {
			continue
		}
		if best == nil || got.VerifiedAt.After(best.VerifiedAt) || got.VerifiedAt.Equal(best.VerifiedAt) && got.ID > best.ID {
			best = got
		}
	}
	name := d.name(duty.Party)
	switch {
	case best == nil:
		r.Reasons = append(r.Reasons, lang.F("%s からこの項目を含む宣言を受け取っていません", "no declaration with this item has come from %s", name))
		r.Remedy = lang.F("%s に自己適合宣言（襷）を依頼し、受け取ったら取り込んでください", "ask %s for its self-declaration bundle and take it in", name)
	case !best.ValidUntil.IsZero() && !d.in.Now.Before(best.ValidUntil):
		r.Reasons = append(r.Reasons, lang.F("%[1]s の宣言は %[2]s に期限が切れました", "the declaration of %[1]s lapsed on %[2]s", name, day(best.ValidUntil)))
		r.Remedy = lang.F("%s に新しい宣言を依頼してください", "ask %s for a new declaration", name)
		r.Evidence = []string{best.ID}
	default:
		for _, a := range best.Answers {
			if a.Requirement == duty.Requirement && a.Role == duty.Role {
				r.Status = a.Status
			}
		}
		r.Basis, r.Ends, r.Evidence = ByStatement, best.ValidUntil, []string{best.ID}
		r.ValidUntil = r.Ends
		r.Reasons = append(r.Reasons, lang.F("%[1]s の検証済みの宣言による（%[2]s に検証）", "by the declaration of %[1]s, verified on %[2]s", name, day(best.VerifiedAt)))
		if r.Status != Met && r.Status != MetWithException && r.Status != NotApplicable {
			r.Remedy = lang.F("%s に対応の予定を確認してください", "ask %s what it plans to do", name)
		}
	}
	return r
}

func answers(got *Received, duty chain.Duty) bool {
	return slices.ContainsFunc(got.Answers, func(a Answer) bool { return a.Requirement == duty.Requirement && a.Role == duty.Role })
}

func day(t time.Time) string { return t.In(calendar.Japan).Format(time.DateOnly) }

// total counts rows by status.
func total(rows []Row) Totals {
	t := Totals{ByDuty: map[Status]int{}, ByRequirement: map[Status]int{}}
	for _, s := range Statuses {
		t.ByDuty[s], t.ByRequirement[s] = 0, 0
	}
	gravest := map[guideline.ID]Status{}
	for _, r := range rows {
		t.ByDuty[r.Status]++
		if have, ok := gravest[r.ID]; !ok || slices.Index(Statuses, r.Status) < slices.Index(Statuses, have) {
			gravest[r.ID] = r.Status
		}
	}
	for _, s := range gravest {
		t.ByRequirement[s]++
	}
	return t
}
