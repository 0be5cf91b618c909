package assess

import (
	"slices"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/register"
)

// KeepTo gives the last day a release is kept (guideline S(2)-2.2): by the policy, months after it came out or after its
// support ends, whichever is later; empty when neither day is known.
func KeepTo(p guideline.Policy, releasedOn, supportedTo string) string {
	last := ""
	for _, x := range []struct{ from, months string }{{releasedOn, "archive_keep_months"}, {supportedTo, "archive_after_support_months"}} {
		if day, err := time.Parse(time.DateOnly, x.from); err == nil {
			last = max(last, day.AddDate(0, p.Value(x.months), 0).Format(time.DateOnly))
		}
	}
	return last
}

// fillArchives lays out what is kept of the releases of a software that are supported or within their retention, and of
// the one that is judged.
func (d *desk) fillArchives(env *Env, duty chain.Duty, refs refs) {
	env.Archives = []ArchiveLine{}
	for _, r := range d.in.Model.Releases {
		if r.Software != duty.Software || duty.Software == "" || startOf(r.ReleasedOn).After(d.in.Now) {
			continue
		}
		supported := d.supportedTo(r)
		line := ArchiveLine{Version: r.Version, Supported: supported.IsZero() || !d.in.Now.After(supported), Missing: []string{}, Excluded: []string{}, Damaged: []string{}}
		support := r.SupportedTo
		if support == "" {
			support = d.software[r.Software].EndOfSupport
		}
		line.KeepTo = endOf(KeepTo(d.in.Policy, r.ReleasedOn, support))
		if !line.Supported && r.ID != d.in.Release && !line.KeepTo.IsZero() && d.in.Now.After(line.KeepTo) {
			continue
		}
		d.fillArchive(&line, r, refs)
		env.Archives = append(env.Archives, line)
		refs.add("archives", d.ahead(supported), "release:"+r.ID)
	}
}

func (d *desk) fillArchive(line *ArchiveLine, r chain.Release, refs refs) {
	held, kinds, unsealed := map[string]bool{}, map[string]bool{}, false
	for _, x := range d.in.Archive {
		if x.Release != r.ID {
			continue
		}
		refs.add("archives", time.Time{}, x.Digest)
		if x.Damaged {
			line.Damaged = append(line.Damaged, x.Kind+" "+x.Digest)
			continue
		}
		line.Items++
		unsealed = unsealed || x.VerifiedAt.IsZero()
		held[x.Digest] = true
		kinds[x.Kind] = kinds[x.Kind] || x.Kind != "provenance" || d.isProvenance(x)
		at := d.renewable(x.VerifiedAt, "archive:"+x.Release, false)
		if line.VerifiedAt.IsZero() || at.Before(line.VerifiedAt) {
			line.VerifiedAt = at
		}
	}
	if unsealed {
		line.VerifiedAt = time.Time{}
	}
	for _, a := range r.Artifacts {
		if !held[a.Digest] {
			line.Missing = append(line.Missing, a.Name)
		}
	}
	excluded := d.excluded(r, refs)
	kinds["artifact"] = kinds["artifact"] || len(r.Artifacts) > 0 // named one by one
	for _, kind := range []string{"artifact", "sbom", "provenance", "configuration", "documentation"} {
		switch asked := kind != "configuration" && kind != "documentation" || d.in.Policy.Value("archive_"+kind) > 0; {
		case !asked || kinds[kind]:
		case slices.Contains(excluded, kind):
			line.Excluded = append(line.Excluded, kind)
		default:
			line.Missing = append(line.Missing, kind)
		}
	}
	slices.Sort(line.Damaged)
}

// isProvenance reports whether what the archive holds is provenance among the attestations.
func (d *desk) isProvenance(x Archived) bool {
	return slices.ContainsFunc(d.in.Facts, func(f fact.Fact) bool {
		a, is := f.Data.(*fact.Attestation)
		return is && f.Document == x.Digest && attestationType(a.PredicateType) == "provenance"
	})
}

// excluded gives the kinds of thing that approved records exclude from the archive of a release.
func (d *desk) excluded(r chain.Release, refs refs) []string {
	var out []string
	for _, rec := range d.records {
		if what, is := Excludes(rec, r); is {
			out = append(out, what)
			refs.add("archives", rec.ValidUntil, rec.ID)
		}
	}
	return out
}

// Excludes gives what a record leaves out of the archive of a release; false when it says nothing of that.
func Excludes(rec register.Record, r chain.Release) (what string, is bool) {
	if rec.Kind != "archive_exclusion" || rec.Subject != (fact.Subject{Kind: fact.Software, ID: r.Software}) {
		return "", false
	}
	of := register.Strings(rec, "releases")
	return text(rec.Data["what"]), len(of) == 0 || slices.Contains(of, r.Version)
}
