package assess

import (
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/chain"
)

// released gives the releases of a software that have come out, the first one first. Those without a day are left out.
func (d *desk) released(software string) []chain.Release {
	var out []chain.Release
	for _, r := range d.in.Model.Releases {
		if day := startOf(r.ReleasedOn); r.Software == software && software != "" && !day.IsZero() && !day.After(d.in.Now) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b chain.Release) int { return strings.Compare(a.ReleasedOn, b.ReleasedOn) })
	return out
}

// major is the part of a version that changes with a major release: what stands before its first dot.
func major(version string) string {
	before, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	return before
}

// lastMajor gives the release that began the newest major version of a software, and since when work was about it: the day
// of the last release of another major version before it. Both are zero while there was only one.
func (d *desk) lastMajor(software string) (first chain.Release, workSince time.Time) {
	all := d.released(software)
	if len(all) == 0 {
		return first, workSince
	}
	// An older version may still be mended: the newest major version is the one that began last.
	at := 0
	for i, r := range all {
		if !slices.ContainsFunc(all[:i], func(o chain.Release) bool { return major(o.Version) == major(r.Version) }) {
			at = i
		}
	}
	if at == 0 {
		return chain.Release{}, workSince
	}
	return all[at], startOf(all[at-1].ReleasedOn)
}

// majorSince gives the day on which the major version of a release first came out.
func (d *desk) majorSince(r chain.Release) time.Time {
	for _, o := range d.released(r.Software) {
		if major(o.Version) == major(r.Version) {
			return startOf(o.ReleasedOn)
		}
	}
	return time.Time{}
}
