package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// coverage holds the duties declared against those that follow from roles, stance and level, and each answer shown
// against its scope.
func (v *visit) coverage() error {
	d := v.Declaration
	const where = "members/" + DeclarationMember + " /predicate/commitments"
	if err := scopeHolds(d.Requirements); err != nil {
		return err
	}
	want, got := d.Requirements.Duties(guideline.Default()), make([]Duty, len(d.Commitments))
	for i, c := range d.Commitments {
		got[i] = c.Duty()
	}
	if missing := without(want, got); len(missing) > 0 {
		return unverified(where, "役割と水準から導かれる個別要求が含まれていません: %s", "duties that follow from roles and level are missing: %s", list(missing))
	}
	if extra := without(got, want); len(extra) > 0 {
		return unverified(where, "役割と水準にない個別要求が含まれています: %s", "duties are there that do not follow from roles and level: %s", list(extra))
	}
	if !slices.Equal(got, want) {
		return unverified(where, "個別要求の並びが正しくないか、重複があります", "the duties are not in order, or one is there twice")
	}
	for _, x := range d.Requirements.Exclusions {
		if !slices.Contains(got, x.Duty()) || x.Reason == "" || x.Approver.ID == "" {
			return unverified("members/"+DeclarationMember+" /predicate/requirements/exclusions", "対象外の %s に理由または承認者がないか、該当する個別要求がありません", "the exclusion of %s has no reason or approver, or there is no such duty", x.Duty())
		}
	}
	for i, a := range v.Answers {
		if a == nil {
			continue
		}
		if err := d.check(*a); err != nil {
			return within("members/"+DisclosureMember(i), err)
		}
	}
	return nil
}

// scopeHolds checks that each role stands once, and that nothing was passed on that the role has not (R-4.2-07).
func scopeHolds(r Requirements) error {
	const where = "members/" + DeclarationMember + " /predicate/requirements/scope"
	if len(r.Scope) == 0 || !ascending(r.Scope, Scope.Compare) {
		return unverified(where, "役割がないか、順に並んでいないか、重複しています", "there is no role, or the roles are not in order, or one is there twice")
	}
	for _, s := range r.Scope {
		if !slices.Contains(guideline.Roles, s.Role) || !slices.Contains([]guideline.Stance{guideline.Unmarked, guideline.Principal, guideline.Support}, s.Stance) {
			return unverified(where, "役割 %[1]q（%[2]q）は定義されていません", "there is no role %[1]q (%[2]q)", s.Role, s.Stance)
		}
		if len(s.Passed) > 0 && s.Stance != guideline.Support {
			return unverified(where, "個別要求を限定できるのは支援の役割だけです（%s）", "only a support engagement may be limited (%s)", s.Role)
		}
		if outside := without(s.Passed, guideline.Default().Duties([]guideline.Role{s.Role}, r.Level)); len(outside) > 0 {
			return unverified(where, "%[1]s に、その役割と水準にない個別要求が割り当てられています: %[2]s", "%[1]s was given what its role and level do not have: %[2]s", s.Role, list(outside))
		}
	}
	return nil
}

// check holds an answer against the declaration's level, scope and exclusions, and against itself.
func (d Declaration) check(a Answer) error {
	scope := slices.IndexFunc(d.Requirements.Scope, func(s Scope) bool { return s.Party == a.Party && s.Role == a.Role })
	excluded := slices.ContainsFunc(d.Requirements.Exclusions, func(x Exclusion) bool { return x.Duty() == a.Duty() })
	bare := a.Basis == Claim && len(a.Evidence) == 0
	switch {
	case a.Level != d.Requirements.Level || scope < 0 || a.Stance != d.Requirements.Scope[scope].Stance:
		return unverified("/1", "%s の回答の水準または立場が宣言と異なります", "level or stance of the answer to %s is not as declared", a.Duty())
	case !slices.Contains([]Status{Met, MetWithException, PartlyMet, NotMet, NotApplicable, NotAssessed}, a.Status):
		return unverified("/1/status", "状態 %q は定義されていません", "%q is no status", a.Status)
	case !slices.Contains([]Basis{Automatic, Record, Claim}, a.Basis):
		return unverified("/1/basis", "根拠の種別 %q は定義されていません", "%q is no basis", a.Basis)
	case excluded != (a.Status == NotApplicable):
		return unverified("/1/status", "%s が対象外であることの記載が、宣言と回答とで異なります", "declaration and answer do not agree on whether %s applies", a.Duty())
	case (a.Exception != nil) != (a.Status == MetWithException):
		return unverified("/1/exception", "%s の例外の記載が状態と合いません", "the exception does not fit the status of %s", a.Duty())
	case a.Exception != nil && (a.Exception.Reason == "" || a.Exception.Approver.ID == ""):
		return unverified("/1/exception", "%s の例外に理由または承認者がありません", "the exception to %s has no reason or no approver", a.Duty())
	case a.StatedOnly != (bare && a.Status == Met):
		return unverified("/1/stated_only", "%s の「申告のみ」の記載が根拠と証跡に合いません", "“stated only” does not fit basis and evidence of %s", a.Duty())
	}
	return nil
}

// countsHold holds the counts against the answers shown: every count covers what is shown, and what is left over is
// exactly the withheld answers.
func (v *visit) countsHold() error {
	var shown Counts
	for _, a := range v.Answers {
		if a != nil {
			shown.Add(*a)
		}
	}
	c, withheld := v.Declaration.Counts, len(v.Manifest.Withheld)
	for _, p := range []struct {
		name        string
		said, shown int
	}{
		{"met", c.Met, shown.Met}, {"met_with_exception", c.MetWithException, shown.MetWithException},
		{"partly_met", c.PartlyMet, shown.PartlyMet}, {"not_met", c.NotMet, shown.NotMet},
		{"not_applicable", c.NotApplicable, shown.NotApplicable}, {"not_assessed", c.NotAssessed, shown.NotAssessed},
		{"stated_only", c.StatedOnly, shown.StatedOnly},
	} {
		if p.said < p.shown || p.said > p.shown+withheld {
			return unverified("members/"+DeclarationMember+" /predicate/counts/"+p.name, "%[1]s は %[2]d 件と宣言されていますが、開示された回答は %[3]d 件、非開示は %[4]d 件です",
				"%[1]s is declared as %[2]d, but %[3]d answers are shown and %[4]d withheld", p.name, p.said, p.shown, withheld)
		}
	}
	return nil
}

// Add counts one answer. Requirements, the number of distinct ones, is not touched.
func (c *Counts) Add(a Answer) {
	c.Duties++
	switch a.Status {
	case Met:
		c.Met++
	case MetWithException:
		c.MetWithException++
	case PartlyMet:
		c.PartlyMet++
	case NotMet:
		c.NotMet++
	case NotApplicable:
		c.NotApplicable++
	case NotAssessed:
		c.NotAssessed++
	}
	if a.StatedOnly {
		c.StatedOnly++
	}
}

// Kind gives what a statement with these counts may be called.
func (c Counts) Kind() Kind {
	if c.Duties > 0 && c.PartlyMet+c.NotMet+c.NotAssessed == 0 {
		return SelfDeclaration
	}
	return StatusReport
}

// requiredLevel asks whether the declaration reaches the level the reader wants: it is a declaration at that level or
// above, or it shows an answer for every duty of that level and none is open.
func (v *visit) requiredLevel() (lang.Text, error) {
	d, want := v.Declaration, v.required()
	if !d.Requirements.Level.Covers(want) {
		return lang.Text{}, unverified("members/"+DeclarationMember+" /predicate/requirements/level", "宣言の水準「%[1]s」は、求める水準「%[2]s」に届きません", "the level declared, %[1]s, does not reach the one required, %[2]s", d.Requirements.Level, want)
	}
	if d.Kind == SelfDeclaration {
		if len(v.Manifest.Withheld) > 0 {
			return lang.F("求める水準「%s」を満たすと署名者が申告しています（非開示の回答があるため、回答からは確かめられません）", "the signer asserts the level required, %s; with answers withheld it is not proven by them", want), nil
		}
		return lang.F("求める水準「%s」を満たします", "reaches the level required, %s", want), nil
	}
	at, asked := guideline.Default(), 0
	for i, a := range v.Answers {
		in, _ := at.Individual(d.Commitments[i].Requirement)
		if !in.At(want) {
			continue
		}
		asked++
		if a == nil || !a.Status.Closed() {
			return lang.Text{}, unverified("members/"+DisclosureMember(i), "対応状況報告であり、水準「%[1]s」の%[2]sに対応済みであることが示されていません", "this is a status report, and it does not show that %[2]s of level %[1]s is met", want, d.Commitments[i].Duty())
		}
	}
	if asked == 0 {
		return lang.Text{}, unverified("members/"+DeclarationMember, "水準「%s」の個別要求が一つも含まれていません", "there is no duty of level %s in it", want)
	}
	return lang.F("対応状況報告ですが、水準「%s」の個別要求はすべて対応済みと示されています", "a status report, but every duty of level %s is shown as met", want), nil
}

// Closed reports whether nothing is left to do: what every duty of a declaration must be.
func (s Status) Closed() bool { return s == Met || s == MetWithException || s == NotApplicable }

// valid checks the time the declaration stands for, and that no answer shown as met lapses within it.
func (v *visit) valid() error {
	d := v.Declaration
	for i, a := range v.Answers {
		if a == nil || !a.Status.Closed() {
			continue
		}
		if end := a.Lapses(); !end.IsZero() && end.Before(d.Validity.Until) {
			return unverified("members/"+DisclosureMember(i), "%[1]s の回答は %[2]s までで、宣言の有効期間 %[3]s より先に切れます", "the answer to %[1]s holds until %[2]s only, less than the declaration's %[3]s", a.Duty(), day(end), day(d.Validity.Until))
		}
	}
	where := "members/" + DeclarationMember + " /predicate/validity"
	switch at := v.opt.At; {
	case at.IsZero():
	case at.Before(d.Validity.From):
		return unverified(where, "有効期間は %[1]s からです（判定時刻 %[2]s）", "valid only from %[1]s (judged at %[2]s)", day(d.Validity.From), day(at))
	case at.After(d.Validity.Until):
		return unverified(where, "有効期間は %[1]s に終わりました（判定時刻 %[2]s）", "validity ended on %[1]s (judged at %[2]s)", day(d.Validity.Until), day(at))
	case at.Before(d.IssuedAt):
		return unverified(where, "発行日時 %[1]s が判定時刻 %[2]s より後です", "issued at %[1]s, later than the time judged at, %[2]s", day(d.IssuedAt), day(at))
	}
	const handedOver = "manifest/payload /predicate/created_at"
	if at := v.opt.At; !at.IsZero() && v.Manifest.CreatedAt.After(at.Add(clocks)) {
		return unverified(handedOver, "渡された日時 %[1]s が判定時刻 %[2]s より後です", "handed over at %[1]s, later than the time judged at, %[2]s", v.Manifest.CreatedAt.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	}
	if v.Manifest.CreatedAt.Add(clocks).Before(d.IssuedAt) {
		return unverified(handedOver, "宣言の発行（%[2]s）より前に渡されたことになっています（%[1]s）", "handed over at %[1]s, before the declaration was issued, at %[2]s", v.Manifest.CreatedAt.UTC().Format(time.RFC3339), d.IssuedAt.Format(time.RFC3339))
	}
	return nil
}

// without gives what is in a and not in b.
func without[T comparable](a, b []T) []T {
	in := make(map[T]bool, len(b))
	for _, x := range b {
		in[x] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return in[x] })
}

// list joins at most ten things, and says how many more there are.
func list[T any](items []T) string {
	const most = 10
	var parts []string
	for i, item := range items {
		if i == most {
			parts = append(parts, fmt.Sprintf("… (+%d)", len(items)-most))
			break
		}
		parts = append(parts, fmt.Sprint(item))
	}
	return strings.Join(parts, ", ")
}
