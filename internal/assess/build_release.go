package assess

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence/sbomquality"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/register"
)

// viewRelease lays out everything known of one release.
func (d *desk) viewRelease(id string) *releaseView {
	r := d.releases[id]
	v := &releaseView{refs: refs{}}
	e := &v.env
	e.Release = ReleaseFact{ID: r.ID, Version: r.Version, ReleasedOn: startOf(r.ReleasedOn), SupportedTo: d.supportedTo(r), VerifyMethod: r.VerifyMethod,
		Artifacts: []ArtifactFact{}}
	for _, a := range r.Artifacts {
		e.Release.Artifacts = append(e.Release.Artifacts, ArtifactFact{Name: a.Name, Digest: a.Digest})
	}
	if r.ID != "" {
		v.refs.add("release", time.Time{}, "release:"+r.ID)
	}
	d.viewAttestations(v)
	d.viewRuns(v)
	d.viewBinaries(v)
	d.viewArchive(v)
	d.viewSBOM(v, r)
	d.viewUpdates(v, r)
	d.viewMatch(v)
	d.viewFindings(v)
	d.viewRisks(v)
	return v
}

func (d *desk) viewAttestations(v *releaseView) {
	v.env.Attestations = []AttestationFact{}
	arts := v.env.Release.Artifacts
	for _, f := range d.in.Facts {
		a, is := f.Data.(*fact.Attestation)
		if !is || !d.holds(&f) || f.Subject != (fact.Subject{Kind: fact.Release, ID: d.in.Release}) {
			continue
		}
		af := AttestationFact{Type: attestationType(a.PredicateType), Verified: a.Verified, Signer: a.Signer, Builder: a.Builder, Result: a.Result, Subjects: []string{}, Foreign: []string{}}
		for _, s := range a.Subjects {
			af.Subjects = append(af.Subjects, s.Digest)
			i := slices.IndexFunc(arts, func(x ArtifactFact) bool { return x.Digest == s.Digest })
			if i < 0 {
				af.Foreign = append(af.Foreign, strings.TrimSpace(s.Name+" "+s.Digest))
				continue
			}
			if a.Verified {
				arts[i].Signed = true
				arts[i].Provenance = arts[i].Provenance || af.Type == "provenance"
				arts[i].SBOMBound = arts[i].SBOMBound || af.Type == "sbom"
			}
		}
		v.env.Attestations = append(v.env.Attestations, af)
		v.refs.add("attestations", f.ValidUntil, f.Document)
	}
	v.refs.add("release", v.refs["attestations"].until, v.refs["attestations"].ids...) // artifacts say what attestations cover them
	slices.SortFunc(v.env.Attestations, func(a, b AttestationFact) int {
		return strings.Compare(a.Type+a.Signer+strings.Join(a.Subjects, ""), b.Type+b.Signer+strings.Join(b.Subjects, ""))
	})
}

// viewRuns lays out analysis and test runs: of each tool and suite the newest.
func (d *desk) viewRuns(v *releaseView) {
	v.env.Scans, v.env.Tests = []ScanFact{}, []TestFact{}
	newest := map[string]*fact.Fact{}
	for i := range d.in.Facts {
		f := &d.in.Facts[i]
		name := ""
		switch x := f.Data.(type) {
		case *fact.Scan:
			name = "scan " + x.Tool
		case *fact.Tests:
			name = "tests " + x.Format + " " + x.Name
		}
		if name == "" || !d.holds(f) || f.Subject != (fact.Subject{Kind: fact.Release, ID: d.in.Release}) {
			continue
		}
		if have := newest[name]; have == nil || f.ObservedAt.After(have.ObservedAt) || f.ObservedAt.Equal(have.ObservedAt) && f.Document > have.Document {
			newest[name] = f
		}
	}
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		f := newest[name]
		switch x := f.Data.(type) {
		case *fact.Scan:
			run := ScanFact{Tool: x.Tool, RanAt: f.ObservedAt, Whole: x.Looked && !x.Failed, Open: x.Errors + x.Warnings, Done: x.Suppressed, Files: map[string]int{}}
			for _, form := range x.Forms {
				run.Files[form.Form] = form.Files
			}
			v.env.Scans = append(v.env.Scans, run)
			v.refs.add("scans", f.ValidUntil, f.Document)
		case *fact.Tests:
			v.env.Tests = append(v.env.Tests, TestFact{Name: strings.TrimSpace(x.Format + " " + x.Name), RanAt: f.ObservedAt, Passed: x.Passed, Failed: x.Failed + x.Errored})
			v.refs.add("tests", f.ValidUntil, f.Document)
		}
	}
}

// attestationType sorts predicate types into the few that checks ask for.
func attestationType(predicate string) string {
	for _, t := range []struct{ prefix, is string }{
		{"https://slsa.dev/provenance/", "provenance"},
		{"https://slsa.dev/verification_summary/", "vsa"},
		{"https://cyclonedx.org/bom", "sbom"},
		{"https://spdx.dev/Document", "sbom"},
		{"https://in-toto.io/attestation/test-result/", "test"},
	} {
		if strings.HasPrefix(predicate, t.prefix) {
			return t.is
		}
	}
	return "other"
}

func (d *desk) viewArchive(v *releaseView) {
	a := ArchiveFact{Kinds: []string{}, Items: []ArchivedFact{}, Unsealed: []string{}}
	for _, x := range d.in.Archive {
		if x.Release != d.in.Release {
			continue
		}
		if !slices.Contains(a.Kinds, x.Kind) {
			a.Kinds = append(a.Kinds, x.Kind)
		}
		x.VerifiedAt = d.renewable(x.VerifiedAt, "archive:"+x.Release, false)
		a.Items = append(a.Items, ArchivedFact{Kind: x.Kind, Digest: x.Digest, ArchivedAt: x.ArchivedAt, VerifiedAt: x.VerifiedAt})
		if x.VerifiedAt.IsZero() {
			a.Unsealed = append(a.Unsealed, x.Kind+" "+x.Digest)
		} else if a.Oldest.IsZero() || x.VerifiedAt.Before(a.Oldest) {
			a.Oldest = x.VerifiedAt
		}
		for i := range v.env.Release.Artifacts {
			if art := &v.env.Release.Artifacts[i]; art.Digest == x.Digest {
				art.ArchivedAt, art.VerifiedAt = later(art.ArchivedAt, x.ArchivedAt), later(art.VerifiedAt, x.VerifiedAt)
			}
		}
		v.refs.add("archive", time.Time{}, x.Digest)
	}
	slices.SortFunc(a.Items, func(x, y ArchivedFact) int { return strings.Compare(x.Kind+x.Digest, y.Kind+y.Digest) })
	slices.Sort(a.Kinds)
	slices.Sort(a.Unsealed)
	v.env.Archive = a
}

func (d *desk) viewSBOM(v *releaseView, r chain.Release) {
	v.env.SBOM.Gaps, v.env.Components = []string{}, []*ComponentFact{}
	f := d.newestSBOM(d.in.Release)
	if f == nil {
		return
	}
	s := f.Data.(*fact.SBOM)
	v.refs.add("sbom", f.ValidUntil, f.Document)
	v.refs.add("components", f.ValidUntil, f.Document)
	v.env.SBOM = SBOMFact{Present: true, Format: s.Format, SpecVersion: s.SpecVersion, CreatedAt: s.CreatedAt, Count: len(s.Components)}
	d.viewQuality(v, s)

	adoptions, rules := d.adoptions()
	parts := make([]chain.Component, 0, len(s.Components))
	var stated []*fact.Component
	for i := range s.Components {
		c := &s.Components[i]
		if !answerable(c) {
			continue
		}
		stated = append(stated, c)
		parts = append(parts, chain.Component{Ref: c.Ref, PURL: c.PURL, Name: fullName(c), Version: c.Version})
	}
	answers := chain.Cover(d.in.Model, r.ID, parts, adoptions)
	cite := map[string]time.Time{}
	for i, c := range stated {
		cf := d.component(c, answers[i], rules, cite)
		v.env.Components = append(v.env.Components, &cf)
	}
	for id, until := range cite {
		v.refs.add("components", until, id) // sorted where they are cited
	}
}

// answerable reports whether a component is software or hardware that somebody develops. Single files, data and
// cryptographic algorithms that an SBOM lists are part of what holds them.
func answerable(c *fact.Component) bool {
	return !slices.Contains([]string{"file", "data", "cryptographic-asset"}, c.Type)
}

// viewQuality holds the SBOM to the default profile. The author's signature is asked for by a check of its own, together
// with what it binds.
func (d *desk) viewQuality(v *releaseView, s *fact.SBOM) {
	report := sbomquality.Evaluate(s, sbomquality.CISA2026(), sbomquality.Outside{Signature: true})
	e := &v.env.SBOM
	e.Profile, e.Gaps = report.Profile, []string{}
	var order []string
	lacking := map[string][]string{} // by place of the component
	for _, f := range report.Fields {
		e.SaidUnknown += f.Unknown
		e.Withheld += f.Withheld
		if f.Document && f.Absent > 0 {
			e.Gaps = append(e.Gaps, f.ID)
		}
		for _, l := range f.Lacking {
			if l.State != fact.Absent {
				continue
			}
			key := l.Pointer + "\x00" + strings.TrimSpace(l.Name+" "+l.Version)
			if lacking[key] == nil {
				order = append(order, key)
			}
			lacking[key] = append(lacking[key], f.ID)
		}
	}
	for _, key := range order {
		pointer, name, _ := strings.Cut(key, "\x00")
		if name == "" {
			name = pointer
		}
		e.Gaps = append(e.Gaps, name+" ("+strings.Join(lacking[key], ", ")+")")
	}
}

func fullName(c *fact.Component) string {
	if c.Group != "" {
		return c.Group + "/" + c.Name
	}
	return c.Name
}

// component is one component as checks see it. cite collects the ids of rules and records that were used, and when they
// lapse.
func (d *desk) component(c *fact.Component, a chain.Answer, rules []adoptionRule, cite map[string]time.Time) ComponentFact {
	cf := ComponentFact{Label: a.Component.Label(), PURL: c.PURL, Name: fullName(c), Version: c.Version, Absent: []string{},
		Answerer: a.Party, AnswerBy: a.By, InHouse: a.By == "software", Inner: string(d.in.Inner[a.Software]), identified: c.PURL != "" || c.CPE != ""}
	for _, f := range []fact.Field{fact.FieldVersion, fact.FieldIdentifier, fact.FieldHash} {
		if c.Presence(f) == fact.Absent {
			cf.Absent = append(cf.Absent, string(f))
		}
	}
	if c.Presence(fact.FieldSupplier) == fact.Absent && c.Presence(fact.FieldProducer) == fact.Absent {
		cf.Absent = append(cf.Absent, string(fact.FieldSupplier))
	}
	if a.Rule != "" {
		cite[a.Rule] = time.Time{}
	}
	for _, r := range rules { // longest pattern first
		if !chain.Matches(r.pattern, c.PURL) {
			continue
		}
		cite[r.record] = r.until
		switch {
		case r.verdict == "adopted":
			cf.Approved = true
		case cf.Adoption == "":
			cf.Adoption = r.verdict
		}
	}
	if life, ok := d.in.Lifecycles[c.PURL]; ok && c.PURL != "" {
		cf.LifeKnown, cf.EndOfLife = life.Known, life.EndOfLife
		if life.Known && life.Source != "" {
			cite[life.Source] = time.Time{}
		}
	}
	for _, r := range d.records {
		if r.Kind != "component_life" || !chain.Matches(text(r.Data["pattern"]), c.PURL) {
			continue
		}
		cite[r.ID] = r.ValidUntil
		cf.LifeKnown = true
		if end := endOf(text(r.Data["end_of_support"])); !end.IsZero() {
			cf.EndOfLife = end
		}
		cf.Plan = cf.Plan || text(r.Data["plan"]) != ""
	}
	return cf
}

// adoptionRule is one line of the adoption policy, or one decision about components.
type adoptionRule struct {
	pattern, verdict, record string
	until                    time.Time
}

// adoptions gives the approved adoptions for the chain, and every rule about adopting, the longest pattern first; at
// equal length the stricter one.
func (d *desk) adoptions() ([]chain.Adoption, []adoptionRule) {
	var adopted []chain.Adoption
	var rules []adoptionRule
	for _, r := range d.records {
		switch r.Kind {
		case "adoption":
			pattern := text(r.Data["pattern"])
			if text(r.Data["decision"]) != "adopt" {
				rules = append(rules, adoptionRule{pattern, "deny", r.ID, r.ValidUntil})
				continue
			}
			by := text(r.Data["party"])
			if by == "" {
				by = d.self
			}
			adopted = append(adopted, chain.Adoption{ID: r.ID, Pattern: pattern, Party: by})
			rules = append(rules, adoptionRule{pattern, "adopted", r.ID, r.ValidUntil})
		case "component_policy":
			for _, list := range []string{"deny", "ask", "allow"} {
				for _, pattern := range register.Strings(r, list) {
					rules = append(rules, adoptionRule{pattern, list, r.ID, r.ValidUntil})
				}
			}
		}
	}
	slices.SortStableFunc(rules, func(a, b adoptionRule) int { return len(b.pattern) - len(a.pattern) })
	return adopted, rules
}

func (d *desk) viewMatch(v *releaseView) {
	v.env.Match.Unmatched = []string{}
	if m := d.match(d.in.Release); m != nil {
		at, newest := d.compared(m)
		v.env.Match = MatchFact{Done: !m.MatchedAt.IsZero(), MatchedAt: at, DataNewest: newest, Components: m.Components, Unmatched: append([]string{}, m.Unmatched...)}
		slices.Sort(v.env.Match.Unmatched)
		if m.Source != "" {
			v.refs.add("match", time.Time{}, m.Source)
		}
	}
}

func (d *desk) viewFindings(v *releaseView) {
	v.env.Findings = []*FindingFact{}
	for _, f := range d.in.Findings {
		if f.Release != d.in.Release {
			continue
		}
		if f.Decision == "" {
			f.Decision, f.DecidedAt = d.stated(f, v)
		}
		if !f.Until.IsZero() && !d.in.Now.Before(f.Until) {
			f.Decision, f.Treatment = "", "" // decided for a time, and that time is over
		}
		v.env.Findings = append(v.env.Findings, &FindingFact{Label: f.Vuln + " " + f.PURL, Severity: strings.ToLower(string(f.Severity)), KEV: f.KEV,
			FirstSeen: f.FirstSeen, Analysed: slices.Contains([]string{"affected", "not_affected", "fixed"}, f.Decision),
			Closed: f.Decision == "not_affected" || f.Decision == "fixed", Days: d.analysisDays(f), Treatment: f.Treatment, TreatBy: f.TreatBy,
			TreatedAt: f.TreatedAt, Owner: f.Owner, Fixable: len(f.Fixed) > 0})
		v.refs.add("findings", d.ahead(f.Until), f.Vuln)
	}
	slices.SortFunc(v.env.Findings, func(a, b *FindingFact) int { return strings.Compare(a.Label, b.Label) })
}

// stated gives what the VEX documents brought in for the release say of a finding nobody decided on otherwise: the
// latest statement about the vulnerability and the component, or about the release as a whole.
func (d *desk) stated(f Finding, v *releaseView) (status string, at time.Time) {
	document, purls := "", []string{f.PURL}
	if sbom := d.newestSBOM(d.in.Release); sbom != nil {
		if root := sbom.Data.(*fact.SBOM).Root; root != nil && root.PURL != "" {
			purls = append(purls, root.PURL)
		}
	}
	for i := range d.in.Facts {
		doc := &d.in.Facts[i]
		vex, is := doc.Data.(*fact.VEX)
		if !is || !d.holds(doc) || doc.Subject != (fact.Subject{Kind: fact.Release, ID: d.in.Release}) {
			continue
		}
		for _, s := range vex.Statements {
			about := slices.ContainsFunc(append([]string{s.Vulnerability}, s.Aliases...), func(id string) bool { return id == f.Vuln || slices.Contains(f.Aliases, id) })
			newer := s.At.After(at) || s.At.Equal(at) && doc.Document >= document
			if !about || !newer || s.At.After(d.in.Now) || !speaksOf(s.Products, purls) {
				continue
			}
			status, at, document = string(s.Status), s.At, doc.Document
			if s.Status == fact.FalsePositive {
				status = string(fact.NotAffected)
			}
		}
	}
	if document != "" {
		v.refs.add("findings", time.Time{}, document)
	}
	return status, at
}

// speaksOf reports whether products of a VEX statement take in a component, given with the release's own package URL:
// one of them is such, or part of one is, or a product is named without parts by something that is no package URL (the
// software itself). No products at all: what the document came with.
func speaksOf(products []fact.VEXProduct, purls []string) bool {
	return len(products) == 0 || slices.ContainsFunc(products, func(p fact.VEXProduct) bool {
		if len(p.Parts) > 0 {
			return speaksOf(p.Parts, purls)
		}
		return p.PURL == "" || slices.ContainsFunc(purls, func(purl string) bool { return chain.Matches(p.PURL, purl) })
	})
}

// analysisDays is the time the policy allows for analysing a finding.
func (d *desk) analysisDays(f Finding) int {
	name := "analysis_days_low"
	switch {
	case f.KEV:
		name = "analysis_days_kev"
	case f.Severity == finding.Critical:
		name = "analysis_days_critical"
	case f.Severity == finding.High, f.Severity == finding.Unknown, f.Severity == "": // nobody rated it: look soon
		name = "analysis_days_high"
	case f.Severity == finding.Medium:
		name = "analysis_days_medium"
	}
	return d.in.Policy.Value(name)
}
