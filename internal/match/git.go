package match

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/version"
)

// Git is the ecosystem under which repositories are looked up: advisories name commits in GIT ranges, and tags in the
// versions of a package that belongs to no registry. Which commits lie between two others only the repository's history
// tells, and that is not at hand. So a revision is found when the advisory names it, or says that every one is affected,
// and otherwise it is told that nothing can be decided.
const Git = "GIT"

// gitKeys gives the repositories that an affected package's GIT ranges speak of, each once.
func gitKeys(a osv.Affected) (out []packageKey) {
	for _, r := range a.Ranges {
		if r.Type != osv.Git {
			continue
		}
		k := packageKey{Git, purl.RepoKey(r.Repo)}
		if k.name != "" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// commits gives what an affected package says of a repository's revisions, as intervals: exact for each that is affected,
// an empty one (before, from a commit to itself) for each that is not, and an open one when all are.
func commits(repo string, a osv.Affected) (all []interval) {
	add := func(revision string) {
		if revision != "" {
			all = append(all, interval{end: exact, low: rawKey(strings.ToLower(revision))})
		}
	}
	for _, r := range a.Ranges {
		if r.Type != osv.Git || purl.RepoKey(r.Repo) != repo {
			continue
		}
		always, ends := false, false
		for _, e := range r.Events {
			if e.Introduced == "0" {
				always = true
			} else {
				add(e.Introduced)
			}
			add(e.LastAffected)
			for _, fixed := range []string{e.Fixed, e.Limit} {
				if fixed != "" {
					key := rawKey(strings.ToLower(fixed))
					all = append(all, interval{before, key, key, e.Fixed})
				}
			}
			ends = ends || e.Fixed != "" || e.LastAffected != "" || e.Limit != "" && e.Limit != "*"
		}
		if always && !ends {
			all = append(all, interval{end: openEnd})
		}
	}
	if key, ecosystem := registryKey(a); key.name == "" || !version.Known(ecosystem) { // no registry: tags
		for _, v := range a.Versions {
			add(v)
		}
	}
	return all
}

// sourcesOf gives the revisions in repositories that a component is known to be, or to contain.
func sourcesOf(c Component, p purl.PURL) (out []purl.Source) {
	out = p.Sources()
	for _, s := range c.Sources {
		if at, ok := purl.ParseSource(s); ok {
			out = append(out, at)
		}
	}
	for i := range out {
		if out[i].Revision == "" {
			out[i].Revision = p.Version
		}
		if out[i].Revision == "" {
			out[i].Revision = c.Version
		}
	}
	return out
}

// inRepositories appends the advisories that name a component's revisions to hits. undecided are the ids of those that
// speak of its repository and do not tell whether it is affected; looked reports whether there was anything to ask.
func (m *matcher) inRepositories(sources []purl.Source, hits []hit) (more []hit, undecided []string, looked bool, err error) {
	byRepo := map[string][]string{}
	var repos []string
	for _, s := range sources {
		if s.Revision == "" {
			continue
		}
		if byRepo[s.Repo] == nil {
			repos = append(repos, s.Repo)
		}
		byRepo[s.Repo] = append(byRepo[s.Repo], s.Revision)
	}
	var open []uint64
	for _, repo := range repos {
		if hits, open, err = m.ix.commits(repo, byRepo[repo], hits, open); err != nil {
			return hits, nil, true, err
		}
	}
	for _, at := range open {
		a, err := m.advisory(at)
		if err != nil {
			return hits, nil, true, err
		}
		undecided = append(undecided, a.ID)
	}
	slices.Sort(undecided)
	return hits, slices.Compact(undecided), len(repos) > 0, nil
}

// commits appends the advisories that affect one of some revisions of a repository to hits, and those that leave it open
// to open.
func (ix *Index) commits(repo string, revisions []string, hits []hit, open []uint64) ([]hit, []uint64, error) {
	hits, err := ix.onBoth(hits, func(one *Index, hits []hit) (_ []hit, err error) {
		var here []uint64
		hits, here, err = one.commitsHere(repo, revisions, hits, nil)
		open = append(open, ix.placesOn(one, here)...)
		return hits, err
	})
	return hits, open, err
}

func (ix *Index) commitsHere(repo string, revisions []string, hits []hit, open []uint64) ([]hit, []uint64, error) {
	err := ix.find(lookup, hashPackage(Git, repo), func(at uint64) (bool, error) {
		b, err := ix.blob(packages, at)
		if err != nil {
			return false, err
		}
		d := decoder{b: b}
		if string(d.bytes()) != Git || string(d.bytes()) != repo {
			return false, nil
		}
		for range d.count() {
			h, affected, clear := readCommits(&d, revisions)
			switch {
			case d.bad:
			case affected && !clear:
				hits = append(hits, h)
			case !clear:
				open = append(open, h.advisory)
			}
		}
		if d.bad {
			return false, errContent(packages, at)
		}
		return true, nil
	})
	if err != nil {
		err = damaged("", err)
	}
	return hits, open, err
}

// readCommits reads one advisory's word on a repository. A component that contains a fixing commit is clear, whatever else
// it contains.
func readCommits(d *decoder, revisions []string) (h hit, affected, clear bool) {
	h.advisory = d.number()
	for range d.count() {
		end := byte(min(d.number(), 255))
		low := d.bytes()
		var fixed []byte
		if end == before || end == upTo {
			d.bytes()
		}
		if end == before {
			if fixed = d.bytes(); len(fixed) > 0 {
				h.fixed = append(h.fixed, fix{low, string(fixed)})
			}
		}
		named := len(low) > 1 && slices.ContainsFunc(revisions, func(r string) bool { return names(r, low[1:]) })
		affected = affected || end == openEnd || end == exact && named
		clear = clear || end == before && named
	}
	return h, affected, clear
}

// names reports whether a revision is the one that an advisory names, in lower case: the same commit, perhaps cut short,
// or the same tag, with or without a leading v.
func names(revision string, stated []byte) bool {
	r := strings.ToLower(revision)
	if len(r) >= 7 && len(stated) >= 40 && purl.IsCommit(string(stated)) && strings.Trim(r, "0123456789abcdef") == "" {
		return bytes.HasPrefix(stated, []byte(r))
	}
	return strings.TrimPrefix(r, "v") == strings.TrimPrefix(string(stated), "v")
}

// undecidedShown is how many advisories are named that could not be decided.
const undecidedShown = 10

// needsHistory says which advisories could not be decided.
func needsHistory(ids []string) string {
	more := ""
	if n := len(ids) - undecidedShown; n > 0 {
		ids, more = ids[:undecidedShown], fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(ids, ", ") + more
}

// addCommits takes what a record says of repositories.
func (b *builder) addCommits(n int, source string, a osv.Affected) {
	for _, k := range gitKeys(a) {
		if intervals := commits(k.name, a); len(intervals) > 0 {
			b.packages[k] = append(b.packages[k], entry{n, intervals})
		}
	}
	for i, r := range a.Ranges {
		if r.Type == osv.Git && purl.RepoKey(r.Repo) == "" {
			b.problems = append(b.problems, fact.Problem{Where: fmt.Sprintf("%s/ranges/%d/repo", source, i),
				What: lang.T("リポジトリーの所在を読み取れないため、この範囲を除外しました", "the repository's address cannot be read, and this range was left out")})
		}
	}
}
