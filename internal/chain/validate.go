package chain

import (
	"fmt"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// Validate holds a model against its own form: ids present and unique, references that lead somewhere, dates, digests,
// levels and corporate numbers that can be. It gives every problem with its place (/arrangements/0/engagements/2/party)
// and says nothing about the guideline's rules; [Check] does that.
func Validate(c *guideline.Catalog, m Model) []fact.Problem {
	v := validator{Model: m, catalog: c, ids: map[string]map[string]bool{}}
	v.parties()
	v.software()
	v.releases()
	v.systems()
	v.arrangements()
	v.agreements()
	v.components()
	return v.problems
}

type validator struct {
	Model
	catalog  *guideline.Catalog
	ids      map[string]map[string]bool
	problems []fact.Problem
}

func (v *validator) bad(where string, what lang.Text) {
	v.problems = append(v.problems, fact.Problem{Where: where, What: what})
}

// id claims an id within its kind.
func (v *validator) id(kind, where, id string) {
	if v.ids[kind] == nil {
		v.ids[kind] = map[string]bool{}
	}
	switch {
	case id == "":
		v.bad(where+"/id", lang.T("id がありません", "the id is missing"))
	case v.ids[kind][id]:
		v.bad(where+"/id", lang.F("id「%s」が重複しています", "the id %q is used twice", id))
	}
	v.ids[kind][id] = true
}

// ref checks that an id, when given, exists; required says whether it must be given.
func (v *validator) ref(kind, where, id string, required bool) {
	if id == "" {
		if required {
			v.bad(where, lang.T("指定が必要です", "a value is needed here"))
		}
		return
	}
	if !v.ids[kind][id] {
		v.bad(where, lang.F("「%s」という id は登録されていません", "there is no %[2]s with the id %[1]q", id, kind))
	}
}

func (v *validator) day(where, s string) {
	if s == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		v.bad(where, lang.F("「%s」は日付として読めません。2027-03-31 の形で入力してください", "%q is not a day; write it as 2027-03-31", s))
	}
}

func (v *validator) level(where string, l guideline.Level) {
	if l != "" && l != guideline.Minimum && l != guideline.Standard {
		v.bad(where, lang.F("水準「%s」はありません。minimum 又は standard にしてください", "there is no level %q; use minimum or standard", l))
	}
}

func (v *validator) requirements(where string, ids []guideline.ID) {
	for i, id := range ids {
		if _, ok := v.catalog.Individual(id); !ok {
			v.bad(fmt.Sprintf("%s/%d", where, i), lang.F("「%s」という個別要求はありません", "there is no individual requirement %q", id))
		}
	}
}

func (v *validator) parties() {
	for i, p := range v.Parties {
		where := fmt.Sprintf("/parties/%d", i)
		v.id("party", where, p.ID)
		if p.Name == "" {
			v.bad(where+"/name", lang.T("名称がありません", "the name is missing"))
		}
		if p.CorporateNumber != "" && !CorporateNumber(p.CorporateNumber) {
			v.bad(where+"/corporate_number", lang.F("法人番号「%s」の桁数又は検査用数字が合いません", "the corporate number %q does not have 13 digits with the right check digit", p.CorporateNumber))
		}
	}
	for i, p := range v.Parties {
		where := fmt.Sprintf("/parties/%d/parent", i)
		v.ref("party", where, p.Parent, false)
		if look(v.catalog, v.Model).inCycle(p.ID) {
			v.bad(where, lang.F("「%s」の上位組織が循環しています", "the parents of %q go round in a circle", p.ID))
		}
	}
}

func (v view) inCycle(id string) bool {
	for p, n := v.parties[id].Parent, 0; p != ""; p, n = v.parties[p].Parent, n+1 {
		if p == id || n > len(v.parties) {
			return true
		}
	}
	return false
}

func (v *validator) software() {
	for i, s := range v.Software {
		where := fmt.Sprintf("/software/%d", i)
		v.id("software", where, s.ID)
		if s.Name == "" {
			v.bad(where+"/name", lang.T("名称がありません", "the name is missing"))
		}
		v.ref("party", where+"/owner", s.Owner, false)
		v.day(where+"/end_of_sale", s.EndOfSale)
		v.day(where+"/end_of_support", s.EndOfSupport)
		v.day(where+"/end_of_life", s.EndOfLife)
	}
	for i, s := range v.Software {
		v.ref("software", fmt.Sprintf("/software/%d/generated_with", i), s.GeneratedWith, false)
	}
}

var digestForm = pattern.Of(`^sha256:[0-9a-f]{64}$`)

func (v *validator) releases() {
	for i, r := range v.Releases {
		where := fmt.Sprintf("/releases/%d", i)
		v.id("release", where, r.ID)
		v.ref("software", where+"/software", r.Software, true)
		if r.Version == "" {
			v.bad(where+"/version", lang.T("版がありません", "the version is missing"))
		}
		v.day(where+"/released_on", r.ReleasedOn)
		v.day(where+"/supported_to", r.SupportedTo)
		for j, a := range r.Artifacts {
			if !digestForm().MatchString(a.Digest) {
				v.bad(fmt.Sprintf("%s/artifacts/%d/digest", where, j), lang.F("「%s」は sha256:<64桁の16進> の形ではありません", "%q is not of the form sha256:<64 hex digits>", a.Digest))
			}
		}
	}
}

func (v *validator) systems() {
	for i, s := range v.Systems {
		where := fmt.Sprintf("/systems/%d", i)
		v.id("system", where, s.ID)
		v.ref("party", where+"/owner", s.Owner, false)
		v.day(where+"/planned_until", s.PlannedUntil)
		for j, r := range s.Releases {
			v.ref("release", fmt.Sprintf("%s/releases/%d", where, j), r, true)
		}
	}
}

func (v *validator) arrangements() {
	for i, a := range v.Arrangements {
		where := fmt.Sprintf("/arrangements/%d", i)
		v.id("arrangement", where, a.ID)
		v.ref("software", where+"/software", a.Software, a.System == "")
		v.ref("system", where+"/system", a.System, false)
		v.level(where+"/level", a.Level)
		for j, e := range a.Engagements {
			at := fmt.Sprintf("%s/engagements/%d", where, j)
			v.id("engagement", at, e.ID)
			v.ref("party", at+"/party", e.Party, true)
			v.ref("party", at+"/engaged_by", e.EngagedBy, false)
			v.level(at+"/level_asked", e.LevelAsked)
			v.level(at+"/level_declared", e.LevelDeclared)
			v.requirements(at+"/passed", e.Passed)
		}
	}
}

func (v *validator) agreements() {
	for i, g := range v.Agreements {
		where := fmt.Sprintf("/agreements/%d", i)
		v.id("agreement", where, g.ID)
		v.ref("party", where+"/receiver", g.Receiver, true)
		v.ref("party", where+"/giver", g.Giver, true)
		v.ref("party", where+"/vulnerability_handling", g.VulnerabilityHandling, false)
		v.level(where+"/level", g.Level)
		v.requirements(where+"/requirements", g.Requirements)
		v.day(where+"/from", g.From)
		v.day(where+"/until", g.Until)
		for j, e := range g.Engagements {
			v.ref("engagement", fmt.Sprintf("%s/engagements/%d", where, j), e, true)
		}
		for j, b := range g.Boundary {
			v.ref("party", fmt.Sprintf("%s/boundary/%d/party", where, j), b.Party, true)
		}
	}
}

func (v *validator) components() {
	for i, r := range v.Components {
		where := fmt.Sprintf("/components/%d", i)
		v.id("component rule", where, r.ID)
		v.ref("release", where+"/release", r.Release, false)
		v.ref("party", where+"/party", r.Party, false)
		v.ref("software", where+"/software", r.Software, false)
		if r.Pattern == "" || r.Pattern == "*" || r.Pattern == "pkg:*" {
			v.bad(where+"/pattern", lang.T("purl 又は * で終わる purl の先頭部分が必要です。全ての部品を一つの規則で引き受けることはできません", "a purl, or the start of one ending in *, is needed; one rule cannot answer for every component"))
		}
		n := 0
		for _, s := range []string{r.Party, r.Software, r.Adoption} {
			if s != "" {
				n++
			}
		}
		if n != 1 {
			v.bad(where, lang.T("party、software、adoption のどれか一つだけを指定してください", "give exactly one of party, software and adoption"))
		}
	}
}

// CorporateNumber reports whether s is a 法人番号: 13 digits, the first of them the check digit that the National Tax
// Agency's rule gives (9 minus the weighted sum modulo 9, weights 1 and 2 alternating from the right).
func CorporateNumber(s string) bool {
	if len(s) != 13 {
		return false
	}
	sum := 0
	for i := range s {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		if i > 0 {
			sum += int(s[i]-'0') * (1 + i%2)
		}
	}
	return int(s[0]-'0') == 9-sum%9
}
