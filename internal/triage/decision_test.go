package triage

import (
	"testing"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

func lodash(change ...func(*Case)) Case {
	c := Case{Release: chain.Release{ID: "r1", Software: "sw", Version: "1.0"}, Finding: finding.Finding{PURL: "pkg:npm/lodash@4.17.15", Name: "lodash",
		Version: "4.17.15", Vuln: "GHSA-1", Aliases: []string{"CVE-1"}, Advisories: []string{"GHSA-1", "x_1"}, Severity: finding.High, Score: 7.5,
		CVSS: []string{total31}, Fixed: []string{"4.17.19"}, Summary: "prototype pollution"}}
	for _, f := range change {
		f(&c)
	}
	return c
}

func decision(change ...func(*store.Decision)) store.Decision {
	d := store.Decision{ID: "d1", Vuln: "CVE-1", Status: "not_affected", At: at, Grounds: []store.Ground{lodash().Ground()}}
	for _, f := range change {
		f(&d)
	}
	return d
}

func TestStanding(t *testing.T) {
	general := decision()
	for _, c := range []struct {
		name      string
		decisions []store.Decision
		of        Case
		now       time.Time
		stands    string
		lapsed    string
	}{
		{"nobody decided", nil, lodash(), at, "", ""},
		{"stands", []store.Decision{general}, lodash(), at, "d1", ""},
		{"named by an advisory's own id", []store.Decision{decision(func(d *store.Decision) { d.Vuln = "x_1" })}, lodash(), at, "d1", ""},
		{"another vulnerability", []store.Decision{decision(func(d *store.Decision) { d.Vuln = "CVE-2" })}, lodash(), at, "", ""},
		{"a later release with the same component", []store.Decision{general}, lodash(func(c *Case) { c.Release.Version = "2.0" }), at, "d1", ""},
		{"another release than the one named", []store.Decision{decision(func(d *store.Decision) { d.Versions = "1.0" })},
			lodash(func(c *Case) { c.Release.Version = "2.0" }), at, "", ""},
		{"another software than the one named", []store.Decision{decision(func(d *store.Decision) { d.Software = "other" })}, lodash(), at, "", ""},
		{"a component by its beginning", []store.Decision{decision(func(d *store.Decision) { d.Component = "pkg:npm/lod*" })}, lodash(), at, "d1", ""},
		{"a new component version", []store.Decision{decision(func(d *store.Decision) { d.Component = "pkg:npm/lodash" })},
			lodash(func(c *Case) { c.Finding.PURL, c.Finding.Version = "pkg:npm/lodash@4.17.16", "4.17.16" }), at, "", "d1"},
		{"rated worse", []store.Decision{general}, lodash(func(c *Case) { c.Finding.Severity = finding.Critical }), at, "", "d1"},
		{"exploited since", []store.Decision{general}, lodash(func(c *Case) { c.Exploited = true }), at, "", "d1"},
		{"a fix came out", []store.Decision{general}, lodash(func(c *Case) { c.Finding.Fixed = []string{"4.17.19", "4.17.20"} }), at, "", "d1"},
		{"one more alias", []store.Decision{general}, lodash(func(c *Case) { c.Finding.Aliases = []string{"CVE-1", "CVE-9"} }), at, "d1", ""},
		{"vectors in another order", []store.Decision{decision(func(d *store.Decision) {
			d.Grounds = []store.Ground{lodash(func(c *Case) { c.Finding.CVSS = []string{"b", "a"} }).Ground()}
		})}, lodash(func(c *Case) { c.Finding.CVSS = []string{"a", "b"} }), at, "d1", ""},
		{"the id that names it changed", []store.Decision{general}, lodash(func(c *Case) { c.Finding.Vuln, c.Finding.Aliases = "GO-1", []string{"CVE-1", "GHSA-1"} }), at, "d1", ""},
		{"until the day before", []store.Decision{decision(func(d *store.Decision) { d.Until = at.Add(time.Hour) })}, lodash(), at, "d1", ""},
		{"expired", []store.Decision{decision(func(d *store.Decision) { d.Until = at })}, lodash(), at, "", "d1"},
		{"the latest counts", []store.Decision{general, decision(func(d *store.Decision) { d.ID, d.At = "d2", at.Add(time.Minute) })}, lodash(), at.Add(time.Hour), "d2", ""},
		{"nothing behind an expired one", []store.Decision{general, decision(func(d *store.Decision) { d.ID, d.At, d.Until = "d2", at.Add(time.Minute), at.Add(time.Hour) })},
			lodash(), at.Add(2 * time.Hour), "", "d2"},
		{"a clock that is a little behind", []store.Decision{general}, lodash(), at.Add(-time.Second), "d1", ""},
		{"one without grounds holds for nothing", []store.Decision{decision(func(d *store.Decision) { d.Grounds = nil })}, lodash(), at, "", "d1"},
	} {
		d, lapse := Standing(c.decisions, c.of, c.now)
		if got := id(d); got != c.stands {
			t.Errorf("%s: %q stands, want %q", c.name, got, c.stands)
		}
		switch {
		case lapse == nil && c.lapsed != "":
			t.Errorf("%s: nothing lapsed, want %s", c.name, c.lapsed)
		case lapse != nil && (lapse.Decision.ID != c.lapsed || lapse.Why.JA == "" || lapse.Why.EN == ""):
			t.Errorf("%s: %s lapsed (%s), want %q", c.name, lapse.Decision.ID, lapse.Why.EN, c.lapsed)
		}
	}
}

func id(d *store.Decision) string {
	if d == nil {
		return ""
	}
	return d.ID
}

func TestValidate(t *testing.T) {
	later := at.Add(time.Hour)
	for _, c := range []struct {
		d  store.Decision
		ok bool
	}{
		{store.Decision{Status: "affected"}, true},
		{store.Decision{Status: "under_investigation"}, true},
		{store.Decision{Status: "affected", Treatment: "fix"}, true},
		{store.Decision{Status: "affected", Treatment: "accept", Until: later, Note: "isolated"}, true},
		{store.Decision{Status: "not_affected", Justification: "component_not_present"}, true},
		{store.Decision{Status: "not_affected", Note: "only on Windows"}, true},
		{store.Decision{Status: "not_affected"}, false},
		{store.Decision{Status: "not_affected", Justification: "no"}, false},
		{store.Decision{Status: "affected", Justification: "component_not_present"}, false},
		{store.Decision{Status: "not_affected", Note: "x", Treatment: "fix"}, false},
		{store.Decision{Status: "affected", Treatment: "pray"}, false},
		{store.Decision{Status: "affected", Treatment: "accept", Note: "x"}, false},
		{store.Decision{Status: "affected", Treatment: "accept", Until: later}, false},
		{store.Decision{Status: "fixed", Until: at}, false},
		{store.Decision{}, false},
		{store.Decision{Status: "fine"}, false},
	} {
		if err := Validate(c.d, at); (err == nil) != c.ok || err != nil && lang.KindOf(err) != lang.Usage {
			t.Errorf("%+v: %v", c.d, err)
		}
	}
}

func voice(counted bool, s ...fact.VEXStatement) Voice {
	return Voice{VEX: &fact.VEX{Author: "Example", Statements: s}, Document: "sha256:1", Counted: counted, Products: []Thing{{PURL: "pkg:generic/app@1.0", CPEs: []string{"cpe:2.3:a:example:app:1.0:*:*:*:*:*:*:*"}, Hashes: []fact.Hash{{Alg: "SHA-256", Value: "aa"}}}},
		Parts: map[string]Thing{"pkg:npm/lodash@4.17.15": {CPEs: []string{"cpe:2.3:a:lodash:lodash:4.17.15:*:*:*:*:node.js:*:*"}, Hashes: []fact.Hash{{Alg: "SHA-1", Value: "bb"}}}}}
}

// TestWordsOfVersions: CycloneDX says of each version whether it is affected, whatever is said of the vulnerability.
func TestWordsOfVersions(t *testing.T) {
	for status, want := range map[string]Status{"": Affected, "affected": Affected, "unaffected": NotAffected, "unknown": UnderInvestigation} {
		s := fact.VEXStatement{Vulnerability: "CVE-1", Status: fact.Affected, At: at, Products: []fact.VEXProduct{{PURL: "pkg:npm/lodash",
			Versions: []fact.VEXVersion{{Version: "9", Status: "affected"}, {Range: "vers:npm/>=4.0.0|<5.0.0", Status: status}}}}}
		if got := Words([]Voice{voice(true, s)}, lodash()); len(got) != 1 || got[0].Status != want {
			t.Errorf("%q: %+v", status, got)
		}
	}
}

func TestWords(t *testing.T) {
	stated := func(vuln string, products ...fact.VEXProduct) fact.VEXStatement {
		return fact.VEXStatement{Vulnerability: vuln, Status: fact.NotAffected, Products: products, At: at}
	}
	for _, c := range []struct {
		name string
		s    fact.VEXStatement
		want int
	}{
		{"about whatever it came with", stated("CVE-1"), 1},
		{"by an alias", fact.VEXStatement{Vulnerability: "CVE-7", Aliases: []string{"GHSA-1"}}, 1},
		{"another vulnerability", stated("CVE-2"), 0},
		{"the component", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash@4.17.15"}), 1},
		{"the component in any version", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash"}), 1},
		{"the component in another version", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash@4.17.16"}), 0},
		{"the component of another architecture", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash@4.17.15?arch=arm64"}), 0},
		{"another component", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash-es@4.17.15"}), 0},
		{"a beginning is not read", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/*"}), 0},
		{"the release", stated("CVE-1", fact.VEXProduct{PURL: "pkg:generic/app@1.0"}), 1},
		{"another release", stated("CVE-1", fact.VEXProduct{PURL: "pkg:generic/app@2.0"}), 0},
		{"the component in the release", stated("CVE-1", fact.VEXProduct{PURL: "pkg:generic/app@1.0", Parts: []fact.VEXProduct{{PURL: "pkg:npm/lodash@4.17.15"}}}), 1},
		{"another component in the release", stated("CVE-1", fact.VEXProduct{PURL: "pkg:generic/app@1.0", Parts: []fact.VEXProduct{{PURL: "pkg:npm/react@1"}}}), 0},
		{"the component in another product", stated("CVE-1", fact.VEXProduct{PURL: "pkg:generic/other@1.0", Parts: []fact.VEXProduct{{PURL: "pkg:npm/lodash@4.17.15"}}}), 0},
		{"its version", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash", Versions: []fact.VEXVersion{{Version: "4.17.15"}}}), 1},
		{"not its version", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash", Versions: []fact.VEXVersion{{Version: "4.17.14"}}}), 0},
		{"the component in a part of the release", stated("CVE-1", fact.VEXProduct{PURL: "pkg:generic/app@1.0", Parts: []fact.VEXProduct{{PURL: "pkg:npm/react@1", Parts: []fact.VEXProduct{{PURL: "pkg:npm/lodash@4.17.15"}}}}}), 1},
		{"a range with its version", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash", Versions: []fact.VEXVersion{{Range: "vers:npm/<5"}}}), 1},
		{"a range without its version", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash", Versions: []fact.VEXVersion{{Range: "vers:npm/>=5"}}}), 0},
		{"a range that cannot be read", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash", Versions: []fact.VEXVersion{{Range: "vers:morse/<5"}}}), 0},
		{"the component by its CPE name", stated("CVE-1", fact.VEXProduct{CPE: "cpe:/a:lodash:lodash:4.17.15"}), 1},
		{"the component by a CPE name of every version", stated("CVE-1", fact.VEXProduct{CPE: "cpe:2.3:a:lodash:lodash:*:*:*:*:*:*:*:*"}), 1},
		{"another version by its CPE name", stated("CVE-1", fact.VEXProduct{CPE: "cpe:2.3:a:lodash:lodash:4.17.16:*:*:*:*:*:*:*"}), 0},
		{"a CPE name does not overrule the package URL", stated("CVE-1", fact.VEXProduct{PURL: "pkg:npm/lodash-es@4.17.15", CPE: "cpe:/a:lodash:lodash:4.17.15"}), 0},
		{"the component by its digest", stated("CVE-1", fact.VEXProduct{ID: "x", Hashes: []fact.Hash{{Alg: "sha-1", Value: "BB"}}}), 1},
		{"another digest", stated("CVE-1", fact.VEXProduct{ID: "x", Hashes: []fact.Hash{{Alg: "SHA-1", Value: "cc"}}}), 0},
		{"the release by its CPE name", stated("CVE-1", fact.VEXProduct{CPE: "cpe:2.3:a:example:app:1.0:*:*:*:*:*:*:*"}), 1},
		{"the release by its digest", stated("CVE-1", fact.VEXProduct{Hashes: []fact.Hash{{Alg: "SHA-256", Value: "aa"}}}), 1},
		{"the component by its CPE name in the release by its digest", stated("CVE-1", fact.VEXProduct{Hashes: []fact.Hash{{Alg: "SHA-256", Value: "aa"}}, Parts: []fact.VEXProduct{{CPE: "cpe:/a:lodash:lodash"}}}), 1},
		{"a range of the release", stated("CVE-1", fact.VEXProduct{PURL: "pkg:generic/app@1.0", Versions: []fact.VEXVersion{{Range: "vers:semver/<2"}}}), 1},
	} {
		if got := Words([]Voice{voice(true, c.s)}, lodash()); len(got) != c.want {
			t.Errorf("%s: %d words, want %d", c.name, len(got), c.want)
		}
	}
}

func TestWeigh(t *testing.T) {
	says := func(s fact.VEXStatus, when time.Time) fact.VEXStatement {
		return fact.VEXStatement{Vulnerability: "CVE-1", Status: s, At: when, Impact: "why"}
	}
	early, late := at.Add(-time.Hour), at.Add(time.Hour)
	now := at.Add(24 * time.Hour)
	expired := decision(func(d *store.Decision) { d.Until = late })
	for _, c := range []struct {
		name      string
		decisions []store.Decision
		voices    []Voice
		status    Status
		word      bool
	}{
		{"a word that counts", nil, []Voice{voice(true, says(fact.NotAffected, at))}, NotAffected, true},
		{"a false positive is not affected", nil, []Voice{voice(true, says(fact.FalsePositive, at))}, NotAffected, true},
		{"a word that nobody proved", nil, []Voice{voice(false, says(fact.NotAffected, at))}, Open, false},
		{"the later word", nil, []Voice{voice(true, says(fact.Affected, late)), voice(true, says(fact.NotAffected, early))}, Affected, true},
		{"an unproven later word changes nothing", nil, []Voice{voice(true, says(fact.Affected, early)), voice(false, says(fact.Fixed, late))}, Affected, true},
		{"ours comes first", []store.Decision{decision(func(d *store.Decision) { d.Status = "affected" })}, []Voice{voice(true, says(fact.NotAffected, late))}, Affected, false},
		{"an older word does not take the place of a lapsed decision", []store.Decision{expired}, []Voice{voice(true, says(fact.NotAffected, early))}, Open, false},
		{"a newer one does", []store.Decision{expired}, []Voice{voice(true, says(fact.Fixed, late))}, Fixed, true},
		{"a word from the future waits", nil, []Voice{voice(true, says(fact.Fixed, now.Add(time.Hour)))}, Open, false},
	} {
		o := Weigh(c.decisions, c.voices, lodash(), now)
		if o.Status != c.status || (o.Word != nil) != c.word || len(o.Words) != len(c.voices) {
			t.Errorf("%s: %q, word %v, %d words", c.name, o.Status, o.Word, len(o.Words))
		}
	}
}

func TestVoicesThatContradict(t *testing.T) {
	now := at.Add(24 * time.Hour)
	by := func(author string, when time.Time, status fact.VEXStatus, products ...fact.VEXProduct) Voice {
		v := voice(true, fact.VEXStatement{Vulnerability: "CVE-1", Status: status, At: when, Products: products})
		v.VEX.Author = author
		return v
	}
	inRelease := fact.VEXProduct{PURL: "pkg:generic/app@1.0", Parts: []fact.VEXProduct{{PURL: "pkg:npm/lodash@4.17.15"}}}
	early, late := at.Add(-time.Hour), at.Add(time.Hour)
	for _, c := range []struct {
		name      string
		decisions []store.Decision
		voices    []Voice
		status    Status
		by        string // whose word stands
		against   string // who says something else
	}{
		{"the graver of two stands", nil, []Voice{by("A", late, fact.NotAffected), by("B", early, fact.Affected)}, Affected, "B", "A"},
		{"two who agree do not contradict", nil, []Voice{by("A", late, fact.NotAffected), by("B", early, fact.NotAffected)}, NotAffected, "A", ""},
		{"what somebody said before is not against", nil, []Voice{by("A", early, fact.Affected), by("A", late, fact.Fixed)}, Fixed, "A", ""},
		{"the closer statement of one stands before the later", nil, []Voice{by("A", early, fact.NotAffected, inRelease), by("A", late, fact.Affected, fact.VEXProduct{PURL: "pkg:npm/lodash"})}, NotAffected, "A", ""},
		{"an own decision wins, and who is against it is shown", []store.Decision{decision(func(d *store.Decision) { d.Status = "fixed" })}, []Voice{by("A", late, fact.Affected), by("B", late, fact.Fixed)}, Fixed, "", "A"},
	} {
		o := Weigh(c.decisions, c.voices, lodash(), now)
		stands, against := "", ""
		if o.Word != nil {
			stands = o.Word.Author
		}
		for _, w := range o.Conflicts {
			against += w.Author
		}
		if o.Status != c.status || stands != c.by || against != c.against {
			t.Errorf("%s: %q by %q, against %q", c.name, o.Status, stands, against)
		}
	}
	general := by("A", at, fact.NotAffected)
	general.General = true
	if got := Words([]Voice{general}, lodash()); len(got) != 0 {
		t.Errorf("a document that came for no release and names no product speaks of everything: %+v", got)
	}
}
