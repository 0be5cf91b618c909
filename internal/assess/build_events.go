package assess

import (
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/register"
)

// fillEvents gives the events of high severity, and for each the customers of the deal with how they were told: by a
// notice, or by what was shared. What machines found stands behind the events, what people entered behind the tellings.
func (d *desk) fillEvents(env *Env, duty chain.Duty, refs refs) {
	env.Events, env.Tellings = []EventFact{}, []TellingFact{}
	if duty.Software != "" {
		d.disclosed(env, duty, refs)
		d.grave(env, duty, refs)
	}
	d.reported(env, duty, refs)
	d.received(env, duty, refs)
	slices.SortStableFunc(env.Events, func(a, b EventFact) int { return strings.Compare(a.Label, b.Label) })
	shared := d.of("sharing", duty)
	for _, r := range shared {
		refs.add("tellings", r.ValidUntil, r.ID)
	}
	for _, e := range env.Events {
		for _, p := range env.Partners {
			if p.Customer {
				env.Tellings = append(env.Tellings, telling(e, p, env.Notices, shared))
			}
		}
	}
	for _, from := range []string{"events", "partners", "notices"} {
		refs.add("tellings", refs[from].until, refs[from].ids...)
	}
}

func (e *Env) happened(from, label string, since time.Time, ids ...string) {
	i := slices.IndexFunc(e.Events, func(x EventFact) bool { return overlap(x.IDs, ids) })
	if i < 0 {
		e.Events = append(e.Events, EventFact{Label: label, IDs: ids, From: from, Since: since})
		return
	}
	known := &e.Events[i]
	known.IDs = union(known.IDs, ids)
	if since.Before(known.Since) {
		known.Since = since
	}
}

// disclosed adds what was published: CSAF documents in their final version, and advisories on record.
func (d *desk) disclosed(env *Env, duty chain.Duty, refs refs) {
	for _, a := range env.Advisories {
		if a.Final {
			env.happened("advisory", a.ID, a.PublishedAt, a.IDs...)
		}
	}
	refs.add("events", refs["advisories"].until, refs["advisories"].ids...)
	for _, r := range d.of("advisory", duty) {
		v := text(r.Data["vulnerability"])
		env.happened("advisory", v, register.Day(r, "published_on"), v)
		refs.add("tellings", r.ValidUntil, r.ID)
	}
}

// grave adds critical, high and known exploited findings in what was delivered or runs. It is known since somebody decided
// that it affects the software; while nobody did, since the day by which it was to be analysed, and since it was found
// where it is known to be exploited: not to decide does not put the telling off.
func (d *desk) grave(env *Env, duty chain.Duty, refs refs) {
	if sw := d.software[duty.Software]; !sw.Delivered && !sw.Running {
		return
	}
	for _, f := range d.in.Findings {
		severity := strings.ToLower(string(f.Severity))
		if d.releases[f.Release].Software != duty.Software || !f.KEV && severity != "critical" && severity != "high" {
			continue
		}
		refs.add("events", d.ahead(f.Until), f.Vuln)
		since := f.FirstSeen.AddDate(0, 0, d.analysisDays(f))
		switch {
		case d.lapsed(f):
		case f.Decision == "not_affected" || f.Decision == "fixed":
			continue
		case f.Decision == "affected" && !f.DecidedAt.IsZero() && f.DecidedAt.Before(since):
			since = f.DecidedAt
		}
		if f.KEV && f.FirstSeen.Before(since) {
			since = f.FirstSeen
		}
		env.happened("finding", f.Vuln, since, idsOf(f)...)
	}
}

// reported adds what has to be reported to authorities.
func (d *desk) reported(env *Env, duty chain.Duty, refs refs) {
	for _, r := range d.of("reportable_event", duty) {
		ids := []string{r.Key}
		if v := text(r.Data["vulnerability"]); v != "" {
			ids = append(ids, v)
		}
		env.happened("report", text(r.Data["title"]), register.Moment(r, "aware_at"), ids...)
		refs.add("tellings", r.ValidUntil, r.ID)
	}
}

// received adds the advisories that came to us about other software that the system of the deal runs.
func (d *desk) received(env *Env, duty chain.Duty, refs refs) {
	for _, id := range d.systems[duty.System].Releases {
		if d.releases[id].Software == duty.Software {
			continue
		}
		for _, s := range d.advisoriesOn(id) {
			if a := advisory(s); a.Final && severe(s.data) {
				env.happened("received", a.ID, a.PublishedAt, a.IDs...)
				refs.add("events", s.ValidUntil, s.Document)
			}
		}
	}
}

// severe reports whether an advisory rates a vulnerability high or critical (CVSS 7.0 and above), or tells that it is exploited.
func severe(a *fact.Advisory) bool {
	return slices.ContainsFunc(a.Vulnerabilities, func(v fact.AdvisoryVulnerability) bool {
		return len(v.Exploitation) > 0 || slices.ContainsFunc(v.Scores, func(s fact.Score) bool { return s.Base >= 7 })
	})
}

// telling says how a partner was told of an event: by the earliest notice or shared information that names it.
func telling(e EventFact, p Partner, notices []NoticeFact, shared []register.Record) TellingFact {
	t := TellingFact{Label: e.Label + " → " + p.Name, Event: e.Label, Partner: p.Name, From: e.From, Since: e.Since}
	tell := func(on, received time.Time, tlp string) {
		if !on.IsZero() && (t.ToldOn.IsZero() || on.Before(t.ToldOn)) {
			t.ToldOn, t.TLP = on, tlp
		}
		if !received.IsZero() && (t.ReceivedOn.IsZero() || received.Before(t.ReceivedOn)) {
			t.ReceivedOn = received
		}
	}
	for _, n := range notices {
		if n.Party == p.ID && overlap(n.IDs, e.IDs) {
			tell(n.SentOn, n.ReceivedOn, n.TLP)
		}
	}
	for _, r := range shared {
		if overlap(register.Strings(r, "vulnerabilities"), e.IDs) && overlap(register.Strings(r, "parties"), []string{p.ID, p.Name}) {
			tell(register.Day(r, "shared_on"), time.Time{}, text(r.Data["tlp"]))
		}
	}
	return t
}

// fillDueFixes gives the fixes that are to be had for what the system runs: by the advisories brought in about a release or
// its software, and by the findings for which a later version of the component is fixed. A release that the system does not
// run any more needs none.
func (d *desk) fillDueFixes(env *Env, duty chain.Duty, refs refs) {
	env.DueFixes = []DueFix{}
	deployed := d.of("deployment", duty)
	for _, id := range d.systems[duty.System].Releases {
		label := strings.TrimSpace(d.software[d.releases[id].Software].Name + " " + d.releases[id].Version)
		for _, s := range d.advisoriesOn(id) {
			a := advisory(s)
			if a.Final && mendable(s.data) && !d.spared(s, id) {
				env.due("advisory", a.ID+" ("+label+")", a.PublishedAt, time.Time{}, a.IDs...)
				refs.add("due_fixes", s.ValidUntil, s.Document)
			}
		}
		for _, f := range d.in.Findings {
			if f.Release != id || len(f.Fixed) == 0 {
				continue
			}
			refs.add("due_fixes", d.ahead(f.Until), f.Vuln)
			treated := time.Time{}
			if !d.lapsed(f) {
				if f.Decision == "not_affected" || f.Decision == "fixed" || f.Treatment == "accept" {
					continue
				}
				if f.Treatment == "workaround" {
					treated = f.TreatedAt
				}
			}
			env.due("finding", f.Vuln+" ("+label+")", f.FirstSeen, treated, idsOf(f)...)
		}
	}
	for _, r := range deployed {
		for i := range env.DueFixes {
			if x := &env.DueFixes[i]; slices.Contains(x.IDs, text(r.Data["vulnerability"])) && r.Subject == (fact.Subject{Kind: fact.System, ID: duty.System}) {
				x.DeployedOn = later(x.DeployedOn, register.Day(r, "deployed_on"))
			}
		}
	}
	slices.SortStableFunc(env.DueFixes, func(a, b DueFix) int { return strings.Compare(a.Label, b.Label) })
}

// due adds a fix. What advisories and findings say of one vulnerability is one fix, known since the first of them.
func (e *Env) due(from, label string, informed, deployed time.Time, ids ...string) {
	i := slices.IndexFunc(e.DueFixes, func(x DueFix) bool { return overlap(x.IDs, ids) })
	if i < 0 {
		e.DueFixes = append(e.DueFixes, DueFix{Label: label, IDs: ids, From: from, InformedOn: informed, DeployedOn: deployed})
		return
	}
	known := &e.DueFixes[i]
	known.IDs = union(known.IDs, ids)
	if informed.Before(known.InformedOn) {
		known.InformedOn = informed
	}
	known.DeployedOn = later(known.DeployedOn, deployed)
}

// advisoriesOn gives the newest advisory of each id that is about a release or its software.
func (d *desk) advisoriesOn(release string) []seen[fact.Advisory] {
	about := []fact.Subject{{Kind: fact.Release, ID: release}, {Kind: fact.Software, ID: d.releases[release].Software}}
	return newest(d, about, func(s seen[fact.Advisory]) string { return s.data.Namespace + " " + s.data.ID })
}

// mendable reports whether an advisory says what to do about some vulnerability: a fix, a mitigation or a work-around.
func mendable(a *fact.Advisory) bool {
	return slices.ContainsFunc(a.Vulnerabilities, func(v fact.AdvisoryVulnerability) bool {
		return slices.ContainsFunc(v.Remediations, func(r fact.Remediation) bool {
			return slices.Contains([]string{"vendor_fix", "mitigation", "workaround"}, r.Category)
		})
	})
}

// spared reports whether the document of an advisory says of a release, by its package URL, that it is fixed or not
// affected, and of none of its vulnerabilities that it is.
func (d *desk) spared(s seen[fact.Advisory], release string) bool {
	sbom := d.newestSBOM(release)
	if sbom == nil || sbom.Data.(*fact.SBOM).Root == nil || sbom.Data.(*fact.SBOM).Root.PURL == "" {
		return false
	}
	purls, said := []string{sbom.Data.(*fact.SBOM).Root.PURL}, false
	for i := range d.in.Facts {
		f := &d.in.Facts[i]
		vex, is := f.Data.(*fact.VEX)
		if !is || f.Document != s.Document {
			continue
		}
		for _, st := range vex.Statements {
			if !speaksOf(st.Products, purls) {
				continue
			}
			if said = true; st.Status != fact.Fixed && st.Status != fact.NotAffected {
				return false
			}
		}
	}
	return said
}
