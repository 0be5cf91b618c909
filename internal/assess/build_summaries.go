package assess

import (
	"slices"
	"strconv"
	"strings"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
)

// fillSummaries lays out the verification summaries about a software and its releases.
func (d *desk) fillSummaries(env *Env, about []fact.Subject, refs refs) {
	name := func(s seen[fact.Attestation]) string {
		if attestationType(s.data.PredicateType) != "vsa" || !d.holds(s.Fact) {
			return ""
		}
		return strconv.FormatBool(s.data.Verified) + " " + s.data.By + " " + resource(s.data.Source)
	}
	for _, s := range newest(d, about, name) {
		a := s.data
		f := SummaryFact{Verifier: a.By, Signer: a.Signer, Verified: a.Verified, Passed: a.Result == "passed", Resource: resource(a.Source),
			Own: d.artifactsOf(about, a.Subjects), SourceLevel: level(a.Claims, "SLSA_SOURCE_LEVEL_"), BuildLevel: level(a.Claims, "SLSA_BUILD_LEVEL_"), At: a.FinishedAt}
		f.SignedCommits = slices.ContainsFunc(a.Claims, func(c string) bool { return strings.Contains(strings.ToUpper(c), "SIGNED_COMMITS") })
		if f.At.IsZero() {
			f.At = s.ObservedAt
		}
		env.Summaries = append(env.Summaries, f)
		refs.add("summaries", s.ValidUntil, s.Document)
	}
}

// artifactsOf reports whether all subjects are artifacts of the releases among some subjects; no subjects are none.
func (d *desk) artifactsOf(about []fact.Subject, subjects []fact.Digest) bool {
	for _, s := range subjects {
		if !slices.ContainsFunc(d.in.Model.Releases, func(r chain.Release) bool {
			return slices.Contains(about, fact.Subject{Kind: fact.Release, ID: r.ID}) &&
				slices.ContainsFunc(r.Artifacts, func(a chain.Artifact) bool { return a.Digest == s.Digest })
		}) {
			return false
		}
	}
	return len(subjects) > 0
}

// resource gives the address of a repository without its scheme, its revision and .git.
func resource(uri string) string {
	if _, after, found := strings.Cut(uri, "://"); found {
		uri = after
	}
	if at := strings.LastIndexByte(uri, '@'); at > strings.LastIndexByte(uri, '/') {
		uri = uri[:at]
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(uri, "/"), ".git"))
}

// level gives the highest level of a track among what a summary states, 0 when it states none.
func level(claims []string, track string) int {
	highest := 0
	for _, c := range claims {
		if digits, is := strings.CutPrefix(c, track); is {
			if n, err := strconv.Atoi(digits); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return highest
}
