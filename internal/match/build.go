package match

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/version"
)

// record is an advisory as an index holds it.
type record struct {
	finding.Advisory
	number int // its place among the advisories, by id
	text   textPlace
	stale  bool // a newer record of the same id was read
}

// packageKey names a package: the ecosystem with its release where it has one, and the name as compared there.
type packageKey struct{ ecosystem, name string }

// entry is one advisory's word on a package.
type entry struct {
	record    int // place in builder.records
	intervals []interval
}

// builder gathers records until an index can be written.
type builder struct {
	records  []record
	byID     map[string]int
	packages map[packageKey][]entry
	problems []fact.Problem

	unordered map[string]int // affected packages of ecosystems without a known version order, by ecosystem
}

func newBuilder() *builder {
	return &builder{byID: map[string]int{}, packages: map[packageKey][]entry{}, unordered: map[string]int{}}
}

// add takes one record. Of two with the same id the one changed later counts.
func (b *builder) add(item osv.Item, textAt uint64) {
	if item.Err != nil {
		b.problems = append(b.problems, item.Problem())
		return
	}
	r := item.Record
	n := len(b.records)
	rec := record{Advisory: advisory(r), text: textPlace{textAt, uint64(len(item.Deflate)), uint64(item.Size)}}
	if old, ok := b.byID[r.ID]; ok {
		if !r.Modified.After(b.records[old].Modified) {
			rec.stale = true
		} else {
			b.records[old].stale = true
		}
	}
	b.records = append(b.records, rec)
	if rec.stale {
		return
	}
	b.byID[r.ID] = n
	if !r.Withdrawn.IsZero() {
		return
	}
	b.doubtVectors(item.Source+"#", r.Severity)
	for i, a := range r.Affected {
		b.doubtVectors(fmt.Sprintf("%s#/affected/%d", item.Source, i), a.Severity)
		b.addCommits(n, fmt.Sprintf("%s#/affected/%d", item.Source, i), a)
		key, ecosystem := registryKey(a)
		if key.name == "" {
			continue
		}
		if !version.Known(ecosystem) {
			if hasOrdered(a) {
				b.unordered[key.ecosystem]++
			}
			continue
		}
		intervals, doubts := intervalsOf(ecosystem, a)
		for _, d := range doubts {
			b.problems = append(b.problems, fact.Problem{
				Where: fmt.Sprintf("%s#/affected/%d%s", item.Source, i, d.place),
				What: lang.F("影響を受けるバージョンの範囲を読み取れないため、この範囲を除外しました(%v)",
					"this range of affected versions cannot be read and was left out (%v)", d.err)})
		}
		if len(intervals) == 0 {
			continue
		}
		b.packages[key] = append(b.packages[key], entry{n, intervals})
	}
}

// doubtVectors tells of CVSS vectors that cannot be read: they are kept with the advisory and count for nothing.
func (b *builder) doubtVectors(place string, given []osv.Severity) {
	for i, s := range given {
		if _, ok := finding.Score(s.Score); !ok && strings.HasPrefix(s.Type, "CVSS") {
			b.problems = append(b.problems, fact.Problem{Where: fmt.Sprintf("%s/severity/%d/score", place, i),
				What: lang.F("CVSS のベクトル「%s」を読み取れないため、深刻度の計算に使いません",
					"the CVSS vector %q cannot be read and counts for nothing", input.Clip(s.Score))})
		}
	}
}

// hasOrdered reports whether an advisory says anything of a package that only an order of versions could answer.
func hasOrdered(a osv.Affected) bool {
	if len(a.Ranges) == 0 {
		return len(a.Versions) > 0
	}
	return slices.ContainsFunc(a.Ranges, func(r osv.Range) bool { return r.Type != osv.Git })
}

// doubts gives what could not be read and was left out; never nil.
func (b *builder) doubts() []fact.Problem {
	out := append([]fact.Problem{}, b.problems...)
	for _, ecosystem := range slices.Sorted(maps.Keys(b.unordered)) {
		out = append(out, fact.Problem{Where: ecosystem, What: lang.F(
			"このエコシステムのバージョンの順序は未対応のため、影響を受けるパッケージの記載 %d 件を除外しました",
			"no order of versions is known for this ecosystem: what advisories say of %d affected packages was left out", b.unordered[ecosystem])})
	}
	return out
}

func advisory(r osv.Record) finding.Advisory {
	var vectors, words []string
	for _, s := range r.Severity {
		vectors, words = sortOut(s, vectors, words)
	}
	if len(vectors) == 0 {
		for _, a := range r.Affected {
			for _, s := range a.Severity {
				vectors, words = sortOut(s, vectors, words)
			}
		}
	}
	return finding.Advisory{ID: r.ID, Aliases: aliases(r), Summary: r.Summary, Published: r.Published, Modified: r.Modified,
		Withdrawn: r.Withdrawn, Severity: finding.Rate(vectors, append(words, r.Database.Severity)...)}
}

// sortOut puts a severity to the vectors or to the words.
func sortOut(s osv.Severity, vectors, words []string) ([]string, []string) {
	if !strings.HasPrefix(s.Type, "CVSS") {
		return vectors, append(words, s.Score)
	}
	if slices.Contains(vectors, s.Score) {
		return vectors, words
	}
	return append(vectors, s.Score), words
}

func aliases(r osv.Record) []string {
	out := slices.Clone(r.Aliases)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(a string) bool { return a == "" || a == r.ID })
}

// order gives the places of the records that count, by id.
func (b *builder) order() []int {
	var out []int
	for i := range b.records {
		if !b.records[i].stale {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(i, j int) int { return cmp.Compare(b.records[i].ID, b.records[j].ID) })
	return out
}

// info counts what the builder holds.
func (b *builder) info() Info {
	info := Info{Ecosystems: []EcosystemInfo{}}
	for _, i := range b.order() {
		r := b.records[i]
		info.Count++
		if !r.Withdrawn.IsZero() {
			info.Withdrawn++
		}
		info.Newest = newest(info.Newest, r.Modified)
	}
	type seen struct {
		ecosystem string
		record    int
	}
	counted := map[seen]bool{}
	byName := map[string]*EcosystemInfo{}
	for key, entries := range b.packages {
		for _, e := range entries {
			if s := (seen{key.ecosystem, e.record}); !b.records[e.record].stale && !counted[s] {
				counted[s] = true
				eco := byName[key.ecosystem]
				if eco == nil {
					eco = &EcosystemInfo{Name: key.ecosystem}
					byName[key.ecosystem] = eco
				}
				eco.Count++
				eco.Newest = newest(eco.Newest, b.records[e.record].Modified)
			}
		}
	}
	for _, eco := range byName {
		info.Ecosystems = append(info.Ecosystems, *eco)
	}
	slices.SortFunc(info.Ecosystems, func(a, b EcosystemInfo) int { return cmp.Compare(a.Name, b.Name) })
	return info
}

func newest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
