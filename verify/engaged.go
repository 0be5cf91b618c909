package verify

import (
	"cmp"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// chainDemanded reports whether the reader asked for the whole chain.
func (w *walk) chainDemanded() bool {
	return w.opt.RequireChain || w.opt.Request != nil && w.opt.Request.Chain
}

// engaged looks whether each party the issuer relies on is there with a bundle, whole or by digest. What is missing is
// a gap when the reader asked for the whole chain, and is named otherwise.
func (v *visit) engaged() {
	d := v.Declaration
	if err := engagedHold(d); err != nil {
		v.step(StepChain, lang.Text{}, err)
		return
	}
	var missing []string
	for _, e := range d.Engaged {
		if e.Bundle == "" {
			missing = append(missing, e.Name)
		}
	}
	switch {
	case len(missing) > 0 && v.chainDemanded():
		v.step(StepChain, lang.Text{}, unverified("members/"+DeclarationMember+" /predicate/engaged", "頼っている関連事業者の宣言がなく、連鎖がここで途切れています: %s",
			"the chain ends here: these parties are relied on, and no bundle of theirs is there: %s", list(missing)))
	case len(missing) > 0:
		v.unchecked("upstream_missing", lang.F("頼っている関連事業者の宣言がありません: %s", "no bundle of these parties is there, which the issuer relies on: %s", list(missing)))
	case v.chainDemanded() || len(d.Engaged) > 0:
		v.step(StepChain, lang.F("頼っている関連事業者 %d 者の宣言がすべてあります", "a bundle is there for every party relied on: %d", len(d.Engaged)), nil)
	}
}

// Compare orders parties relied on by name, then by bundle.
func (e Engaged) Compare(f Engaged) int {
	return cmp.Or(strings.Compare(e.Name, f.Name), strings.Compare(e.Bundle, f.Bundle))
}

// engagedHold checks the list's form: names in order, and every bundle named is one supplier's and there.
func engagedHold(d Declaration) error {
	const where = "members/" + DeclarationMember + " /predicate/engaged"
	if !ascending(d.Engaged, Engaged.Compare) {
		return unverified(where, "関連事業者が名前の順に並んでいないか、重複しています", "the parties relied on are not in order of name, or one is there twice")
	}
	of := map[string]string{}
	for _, e := range d.Engaged {
		if strings.TrimSpace(e.Name) == "" || len(e.Roles) == 0 || slices.ContainsFunc(e.Roles, func(r guideline.Role) bool { return !slices.Contains(guideline.Roles, r) }) {
			return unverified(where, "関連事業者の名前または役割がありません", "a party relied on has no name or no role")
		}
		there := slices.ContainsFunc(d.Supporting, func(r Resource) bool { return r.Kind == Upstream && r.Name == e.Bundle })
		switch {
		case e.Bundle != "" && !there:
			return unverified(where, "%[1]s のバンドル %[2]s が裏付け文書にありません", "the bundle %[2]s of %[1]s is not among the supporting documents", e.Name, e.Bundle)
		case e.Bundle != "" && of[e.Bundle] != "":
			return unverified(where, "バンドル %[1]s が %[2]s と %[3]s の両方のものとされています", "the bundle %[1]s is said to be that of both %[2]s and %[3]s", e.Bundle, of[e.Bundle], e.Name)
		}
		of[e.Bundle] = e.Name
	}
	return nil
}

// reliedOn holds what the issuer says of the parties it relies on against what these declare themselves: by which name,
// and for which roles. A role that nobody declares is a gap when the reader asked for the whole chain (R-1.4-24). Bundles that
// cannot be read say nothing.
func (v *visit) reliedOn(bundles map[string]*visit) {
	var gaps []string
	for name, want := range v.rolesOf(bundles) {
		gaps = append(gaps, name+" "+list(want))
	}
	slices.Sort(gaps)
	for _, e := range v.Declaration.Engaged {
		if up := bundles[e.Bundle]; up != nil && up.DeclarationKey != nil && up.Declaration.Issuer.Name != e.Name {
			v.unchecked("upstream_name", lang.F("「%[1]s」のものとされるバンドル %[2]s の発行者は「%[3]s」です。同じ者かどうかは署名者の申告によります", "the bundle %[2]s, said to be that of %[1]q, was issued by %[3]q; that they are the same rests on the signer's word", e.Name, e.Bundle, up.Declaration.Issuer.Name))
		}
	}
	switch {
	case len(gaps) > 0 && v.chainDemanded():
		v.step(StepReliedOn, lang.Text{}, unverified("members/"+DeclarationMember+" /predicate/engaged", "頼っている関連事業者が、担うとされた役割を宣言していません: %s",
			"parties relied on do not declare the roles they are said to hold: %s", list(gaps)))
	case len(gaps) > 0:
		v.unchecked("upstream_roles", lang.F("頼っている関連事業者が、担うとされた役割を宣言していません: %s", "parties relied on do not declare the roles they are said to hold: %s", list(gaps)))
	}
}

// rolesOf gives each party relied on the roles that none of its bundles declares, as far as all of them can be read.
func (v *visit) rolesOf(bundles map[string]*visit) map[string][]guideline.Role {
	want, have := map[string][]guideline.Role{}, map[string][]guideline.Role{}
	for _, e := range v.Declaration.Engaged {
		want[e.Name] = append(want[e.Name], e.Roles...)
		up := bundles[e.Bundle]
		if up == nil || up.DeclarationKey == nil {
			have[e.Name] = append(have[e.Name], guideline.Roles...)
			continue
		}
		for _, s := range up.Declaration.Requirements.Scope {
			have[e.Name] = append(have[e.Name], s.Role)
		}
	}
	for name := range want {
		slices.Sort(want[name])
		want[name] = without(slices.Compact(want[name]), have[name])
		if len(want[name]) == 0 {
			delete(want, name)
		}
	}
	return want
}
