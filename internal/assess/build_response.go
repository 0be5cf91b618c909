package assess

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/register"
)

// fillResponse lays out how vulnerabilities of the software are responded to: cases, notices, causes to be found, and who
// has to hear of what. It goes on from releases, partners, advisories, reports and fixes.
func (d *desk) fillResponse(env *Env, duty chain.Duty, refs refs) {
	env.Cases, env.Notices, env.Proven = []CaseFact{}, []NoticeFact{}, []ProvenFact{}
	d.fillCases(env, duty, refs)
	d.fillNotices(env, duty, refs)
	d.fillProven(env, duty, refs)
	d.fillEvents(env, duty, refs)
	d.fillDueFixes(env, duty, refs)
}

// of gives the records in force of a kind that speak for the party of a duty or are about its software, that software's
// releases or its system.
func (d *desk) of(kind string, duty chain.Duty) []register.Record {
	var out []register.Record
	var about []fact.Subject
	for _, r := range d.in.Model.Releases {
		if duty.Software != "" && r.Software == duty.Software {
			about = append(about, fact.Subject{Kind: fact.Release, ID: r.ID})
		}
	}
	about = append(about, fact.Subject{Kind: fact.Software, ID: duty.Software}, fact.Subject{Kind: fact.System, ID: duty.System})
	for _, r := range d.records {
		if r.Kind == kind && d.speaks(r, duty.Party, about) {
			out = append(out, r)
		}
	}
	return out
}

func (d *desk) fillCases(env *Env, duty chain.Duty, refs refs) {
	for _, r := range d.of("vulnerability_case", duty) {
		if duty.Software == "" || text(r.Data["software"]) != duty.Software {
			continue
		}
		c := CaseFact{Key: r.Key, Label: strings.TrimSpace(text(r.Data["title"]) + " " + strings.Join(register.Strings(r, "ids"), " ")),
			IDs: append([]string{r.Key}, register.Strings(r, "ids")...), Source: text(r.Data["source"]), Report: text(r.Data["report"]), OpenedOn: register.Day(r, "opened_on"),
			DecidedOn: register.Day(r, "decided_on"), Confirmed: text(r.Data["verdict"]) == "confirmed", Treatment: text(r.Data["treatment"]),
			TreatBy: endOf(text(r.Data["treat_by"])), TreatedOn: register.Day(r, "fixed_on"), Owner: text(r.Data["owner"]),
			Days: d.analysisDays(Finding{Finding: finding.Finding{Severity: finding.Label(strings.ToUpper(text(r.Data["severity"])))}})}
		c.Analysed = text(r.Data["verdict"]) != "" && !c.DecidedOn.IsZero() && text(r.Data["reason"]) != ""
		refs.add("cases", r.ValidUntil, r.ID)
		for _, report := range d.of("vulnerability_report", duty) {
			if report.Key == c.Report && c.Report != "" {
				c.AcknowledgedOn = register.Day(report, "acknowledged_on")
				refs.add("cases", report.ValidUntil, report.ID)
			}
		}
		d.byFindings(&c, text(r.Data["verdict"]) == "", duty, refs)
		d.mended(&c, text(r.Data["fixed_in"]), env, refs)
		for _, a := range env.Advisories {
			if a.Final && overlap(a.IDs, c.IDs) && (c.PublishedOn.IsZero() || a.PublishedAt.Before(c.PublishedOn)) {
				c.PublishedOn = a.PublishedAt
			}
		}
		c.State = d.stateOf(c, text(r.Data["verdict"]))
		env.Cases = append(env.Cases, c)
	}
	refs.add("cases", refs["advisories"].until, refs["advisories"].ids...)
	d.fixedByCases(env, duty, refs)
}

// fixedByCases adds what cases say was mended in software that customers have or that runs, findings aside.
func (d *desk) fixedByCases(env *Env, duty chain.Duty, refs refs) {
	if sw := d.software[duty.Software]; !sw.Delivered && !sw.Running {
		return
	}
	for _, c := range env.Cases {
		known := slices.ContainsFunc(env.Fixed, func(f FixedFact) bool { return overlap(f.IDs, c.IDs) })
		if c.Confirmed && !known && !c.TreatedOn.IsZero() && c.Treatment != "accept" {
			env.Fixed = append(env.Fixed, FixedFact{Label: c.Label, IDs: c.IDs, At: c.TreatedOn})
		}
	}
	slices.SortFunc(env.Fixed, func(a, b FixedFact) int { return strings.Compare(a.Label, b.Label) })
	refs.add("fixed", refs["cases"].until, refs["cases"].ids...)
}

// byFindings takes over what was decided on findings that share an id with a case, where its record leaves it open.
func (d *desk) byFindings(c *CaseFact, open bool, duty chain.Duty, refs refs) {
	for _, f := range d.in.Findings {
		if d.releases[f.Release].Software != duty.Software || !overlap(idsOf(f), c.IDs) || d.lapsed(f) || f.Decision != "affected" && f.Decision != "not_affected" {
			continue
		}
		if open {
			c.Analysed, c.Confirmed = true, c.Confirmed || f.Decision == "affected"
			c.DecidedOn = later(c.DecidedOn, f.DecidedAt)
		}
		if c.Treatment == "" && f.Decision == "affected" {
			c.Treatment, c.TreatBy, c.TreatedOn, c.Owner = f.Treatment, f.TreatBy, f.TreatedAt, cmp.Or(c.Owner, f.Owner)
		}
		refs.add("cases", d.ahead(f.Until), f.Vuln)
	}
}

// mended says when what has the fix came out, and whether it was tested since the case was opened.
func (d *desk) mended(c *CaseFact, release string, env *Env, refs refs) {
	if r, known := d.releases[release]; known && c.TreatedOn.IsZero() {
		c.TreatedOn = startOf(r.ReleasedOn)
	}
	for _, line := range env.Releases {
		if release == "" || line.ID == release {
			c.Tested = c.Tested || !line.TestedAt.IsZero() && !line.TestedAt.Before(c.OpenedOn)
		}
	}
	refs.add("cases", refs["releases"].until, refs["releases"].ids...)
}

// stateOf is where a case stands, for people to read.
func (d *desk) stateOf(c CaseFact, verdict string) string {
	fixed := c.Confirmed && !c.TreatedOn.IsZero() && !c.TreatedOn.After(d.in.Now)
	switch {
	case fixed && !c.PublishedOn.IsZero():
		return "published"
	case fixed:
		return "fixed"
	case c.Confirmed:
		return "confirmed"
	case verdict == "refuted" || c.Analysed:
		return "refuted"
	case !c.AcknowledgedOn.IsZero():
		return "acknowledged"
	}
	return "received"
}

func (d *desk) fillNotices(env *Env, duty chain.Duty, refs refs) {
	for _, r := range d.of("notice", duty) {
		n := NoticeFact{IDs: register.Strings(r, "vulnerabilities"), Party: d.org(text(r.Data["party"])), SentOn: register.Day(r, "sent_on"),
			ReceivedOn: register.Day(r, "received_on"), TLP: text(r.Data["tlp"]), Channel: d.channel(text(r.Data["party"]), text(r.Data["contact"]), duty)}
		n.Label = strings.Join(n.IDs, " ") + " → " + d.name(n.Party)
		if at, by := d.receipt(text(r.Data["document"])); n.ReceivedOn.IsZero() && !at.IsZero() {
			n.ReceivedOn = at
			refs.add("notices", time.Time{}, by)
		}
		for _, a := range env.Advisories {
			if n.TLP == "" && overlap(a.IDs, n.IDs) {
				n.TLP = a.TLP
			}
		}
		env.Notices = append(env.Notices, n)
		refs.add("notices", r.ValidUntil, r.ID)
	}
}

// channel gives the address by which a party is reached: of the contact that is named, else of any contact of it, else
// the one that the chain has. Empty: there is none.
func (d *desk) channel(party, contact string, duty chain.Duty) string {
	for _, r := range d.of("contact", duty) {
		if of := text(r.Data["party"]); of != "" && d.org(of) == d.org(party) && (contact == "" || r.Key == contact) {
			return text(r.Data["address"])
		}
	}
	if contact != "" {
		return ""
	}
	return d.parties[d.org(party)].Contact
}

// receipt finds the first receipt that came back for a file of ours, and gives when it was signed and its digest.
func (d *desk) receipt(of string) (at time.Time, document string) {
	for i := range d.in.Facts {
		f := &d.in.Facts[i]
		r, is := f.Data.(*fact.Reply)
		if is && of != "" && r.Kind == fact.Acknowledged && r.Direction == fact.Incoming && r.To == of && (at.IsZero() || r.At.Before(at)) {
			at, document = r.At, f.Document
		}
	}
	return at, document
}

// fillProven gives what is known to be a vulnerability of the software: cases that were confirmed, advisories that were
// published, findings in components of our own, and what analyses and penetration tests confirmed.
func (d *desk) fillProven(env *Env, duty chain.Duty, refs refs) {
	add := func(from, label string, count int, ids ...string) {
		same := func(c ProvenFact) bool { return overlap(c.IDs, ids) }
		if i := slices.IndexFunc(env.Proven, same); i >= 0 {
			env.Proven[i].IDs = union(env.Proven[i].IDs, ids)
			return
		}
		env.Proven = append(env.Proven, ProvenFact{Label: label, IDs: ids, From: from, Count: count})
	}
	for _, c := range env.Cases {
		if c.Confirmed {
			add("case", c.Label, 1, c.IDs...)
		}
	}
	for _, a := range env.Advisories {
		if a.Final {
			add("advisory", a.ID, 1, a.IDs...)
		}
	}
	for _, f := range d.in.Findings {
		if f.Decision == "affected" && !d.lapsed(f) && duty.Software != "" && d.releases[f.Release].Software == duty.Software && d.inHouse(f) {
			add("finding", f.Vuln+" "+f.PURL, 1, idsOf(f)...)
			refs.add("proven", d.ahead(f.Until), f.Vuln)
		}
	}
	for _, kind := range []string{"code_analysis", "test_run"} {
		for _, r := range d.of(kind, duty) {
			n, what := r.Data["confirmed"], text(r.Data["tool"])
			if kind == "test_run" {
				n, what = r.Data["failed"], text(r.Data["method"])
			}
			if n, _ := n.(float64); n > 0 && (kind == "code_analysis" || what == "penetration") {
				add(kind, r.Key+" "+what, int(n), r.Key)
				refs.add("proven", r.ValidUntil, r.ID)
			}
		}
	}
	for _, from := range []string{"cases", "advisories"} {
		refs.add("proven", refs[from].until, refs[from].ids...)
	}
}

// inHouse reports whether a finding is in a component that is software of our own.
func (d *desk) inHouse(f Finding) bool {
	return slices.ContainsFunc(d.in.Model.Components, func(r chain.ComponentRule) bool {
		return r.Software != "" && (r.Release == "" || r.Release == f.Release) && chain.Matches(r.Pattern, f.PURL)
	})
}

// lapsed reports whether a decision was for a time that is over.
func (d *desk) lapsed(f Finding) bool { return !f.Until.IsZero() && !d.in.Now.Before(f.Until) }

// idsOf are the ids that a finding is known by.
func idsOf(f Finding) []string {
	return union([]string{f.Vuln}, slices.Concat(f.Aliases, f.Advisories))
}

// overlap reports whether two lists share an element.
func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return x != "" && slices.Contains(b, x) })
}

// union gives the elements of both lists once, in their order.
func union(a, b []string) []string {
	out := []string{}
	for _, x := range slices.Concat(a, b) {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
