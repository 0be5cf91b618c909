package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
)

// changes says what differs from the latest declaration of the same issuer about the same object that the reader
// accepted before, whatever its version. From a list only the serial is known; from the bundle itself, everything.
func (v *visit) changes() {
	before, found := v.before()
	if !found {
		return
	}
	d := v.Declaration
	v.changed("serial", "", fmt.Sprint(before.Serial), fmt.Sprint(d.Serial), lang.F("宣言の番号が第 %[1]d 号から第 %[2]d 号になりました", "the serial went from %[1]d to %[2]d", before.Serial, d.Serial))
	v.changed("version", "", before.Version, d.Object.Version, lang.F("対象の版が %[1]s から %[2]s になりました", "the version went from %[1]s to %[2]s", before.Version, d.Object.Version))
	if before.earlier != nil {
		v.compare(before.earlier)
	}
}

// before finds the latest of what was accepted before.
func (v *visit) before() (Seen, bool) {
	d := v.Declaration
	var found []Seen
	for _, s := range v.opt.Seen {
		if s.Issuer == d.Issuer.ID && s.Series == d.Series {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return Seen{}, false
	}
	return slices.MaxFunc(found, func(a, b Seen) int { return cmp.Compare(a.Serial, b.Serial) }), true
}

// changed adds a change unless nothing changed.
func (v *visit) changed(name, what, before, after string, detail lang.Text) {
	if before != after {
		v.report.Changes = append(v.report.Changes, Change{Name: name, Bundle: v.path, What: what, Before: before, After: after, Detail: detail})
	}
}

// compare holds two declarations against each other.
func (v *visit) compare(o *Opened) {
	was, is := o.Declaration, v.Declaration
	plain := func(name string, ja, en, before, after string) {
		v.changed(name, "", before, after, lang.F(ja+"が %[1]s から %[2]s になりました", en+" went from %[1]s to %[2]s", cmp.Or(before, "-"), cmp.Or(after, "-")))
	}
	plain("kind", "種別", "the kind", string(was.Kind), string(is.Kind))
	plain("level", "水準", "the level", string(was.Requirements.Level), string(is.Requirements.Level))
	plain("valid_until", "有効期間の終わり", "the end of validity", day(was.Validity.Until), day(is.Validity.Until))
	plain("signer", "署名鍵", "the signing key", Fingerprint(o.DeclarationKey), Fingerprint(v.DeclarationKey))
	v.compareSets("role", "役割", "role", scopes(was), scopes(is))
	v.compareAnswers(o)
	v.compareSets("artifact", "成果物", "artifact", artifacts(was), artifacts(is))
	v.compareSets("sbom", "SBOM", "SBOM", resources(was, SBOM), resources(is, SBOM))
	v.compareSets("upstream", "取引先のバンドル", "supplier's bundle", upstreams(o), upstreams(v.Opened))
}

// compareSets tells of every entry that came, went, or changed. A set gives each name a value; order of names is that
// of the text.
func (v *visit) compareSets(name, ja, en string, was, is map[string]string) {
	var all []string
	for n := range was {
		all = append(all, n)
	}
	for n := range is {
		if _, both := was[n]; !both {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	for _, n := range all {
		before, had := was[n]
		after, has := is[n]
		switch {
		case !had:
			v.changed(name, n, "", cmp.Or(after, n), lang.F(ja+" %s が加わりました", "the "+en+" %s is new", n))
		case !has:
			v.changed(name, n, cmp.Or(before, n), "", lang.F(ja+" %s がなくなりました", "the "+en+" %s is gone", n))
		default:
			v.changed(name, n, before, after, lang.F(ja+" %s が変わりました", "the "+en+" %s changed", n))
		}
	}
}

// compareAnswers tells of every duty whose answer changed, as far as both are shown.
func (v *visit) compareAnswers(o *Opened) {
	was := map[Duty]string{}
	for i, c := range o.Declaration.Commitments {
		was[c.Duty()] = shownStatus(o.Answers[i])
	}
	for i, c := range v.Declaration.Commitments {
		duty, after := c.Duty(), shownStatus(v.Answers[i])
		before, had := was[duty]
		delete(was, duty)
		if had {
			v.changed("duty", duty.String(), before, after, lang.F("%[1]s が %[2]s から %[3]s になりました", "%[1]s went from %[2]s to %[3]s", duty, before, after))
		} else {
			v.changed("duty", duty.String(), "", after, lang.F("%[1]s が加わりました（%[2]s）", "%[1]s is new (%[2]s)", duty, after))
		}
	}
	for _, c := range o.Declaration.Commitments {
		if before, gone := was[c.Duty()]; gone {
			v.changed("duty", c.Duty().String(), before, "", lang.F("%s がなくなりました", "%s is gone", c.Duty()))
		}
	}
}

// shownStatus is the status of an answer, "withheld" for one that is not shown.
func shownStatus(a *Answer) string {
	if a == nil {
		return "withheld"
	}
	return string(a.Status)
}

func scopes(d Declaration) map[string]string {
	out := map[string]string{}
	for _, s := range d.Requirements.Scope {
		out[strings.TrimSpace(s.Party+" "+string(s.Role))] = string(s.Stance)
	}
	return out
}

func artifacts(d Declaration) map[string]string {
	out := map[string]string{}
	for _, a := range d.Object.Artifacts {
		out[a.Name] = a.Digest
	}
	return out
}

func resources(d Declaration, kind ResourceKind) map[string]string {
	out := map[string]string{}
	for _, r := range d.Supporting {
		if r.Kind == kind {
			out[r.Name] = r.Digest
		}
	}
	return out
}

// upstreams names each supplier's bundle by issuer and object where it can be read, else by its member's name.
func upstreams(o *Opened) map[string]string {
	out := map[string]string{}
	for _, r := range o.Declaration.Supporting {
		if r.Kind != Upstream {
			continue
		}
		up, err := Open(o.Member(r.Name))
		if err != nil {
			out[r.Name] = r.Digest
			continue
		}
		d := up.Declaration
		out[d.Issuer.Name+" "+d.Object.Name] = strings.TrimSpace(fmt.Sprintf("%s #%d", d.Object.Version, d.Serial))
	}
	return out
}

// all gives a bundle and every bundle inside it, outermost first. It goes no deeper than limit.
func (o *Opened) all(limit int) []*Opened {
	out := []*Opened{o}
	for _, r := range o.Declaration.Supporting {
		if content := o.Member(r.Name); r.Kind == Upstream && len(content) > 0 && limit > 0 {
			if up, err := Open(content); err == nil {
				out = append(out, up.all(limit-1)...)
			}
		}
	}
	return out
}
