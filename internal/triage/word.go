package triage

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/cpe"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/version"
)

// Word is what a VEX document states about a case, and whose word it is.
type Word struct {
	Status        Status    `json:"status"`
	Justification string    `json:"justification,omitempty"`
	Text          string    `json:"text,omitempty"`       // its reason or advice, as written
	AsWritten     string    `json:"as_written,omitempty"` // status in the format's own word, where ours differs
	At            time.Time `json:"at,omitzero"`
	Author        string    `json:"author"`          // as the document names it
	Party         string    `json:"party,omitempty"` // id of the party whose word it is proven to be; empty: nobody proved it
	Document      string    `json:"document"`        // digest
	Pointer       string    `json:"pointer,omitempty"`
	Counted       bool      `json:"counted"`
	Why           lang.Text `json:"why"` // why it counts, or does not

	rank int // how closely it names the case: see the ranks below
}

// How closely a statement names a case; the closer one of a speaker stands before the later one.
const (
	rankDocument  = iota // whatever the document came with
	rankRelease          // the release as a whole
	rankComponent        // the component in any version
	rankVersion          // the component in its version
	rankPart             // the component in this release
)

// speaker tells whose word it is, as far as that is known.
func (w Word) speaker() string {
	if w.Party != "" {
		return "party " + w.Party
	}
	return "author " + w.Author
}

// A Thing is how a release or a component is known to those who speak of it.
type Thing struct {
	PURL   string
	CPEs   []string
	Hashes []fact.Hash
}

// A Voice is a VEX document about a release, with the standing of whoever speaks in it.
type Voice struct {
	VEX      *fact.VEX
	Document string
	Party    string
	Counted  bool
	Why      lang.Text
	General  bool             // it was not given for this release: a statement that names no product is not about it
	Products []Thing          // how the release itself is known
	Parts    map[string]Thing // how its components are known, by [PartKey]
}

// PartKey is the key of a component in [Voice.Parts].
func PartKey(id, name, version string) string {
	if id != "" {
		return id
	}
	return name + "\x00" + version
}

// part gives how a case's component is known.
func (v Voice) part(c Case) Thing {
	t := v.Parts[PartKey(c.Finding.PURL, c.Finding.Name, c.Finding.Version)]
	t.PURL = c.Finding.PURL
	return t
}

// Words gives what documents state about a case, in order of time.
func Words(voices []Voice, c Case) []Word {
	var out []Word
	for _, v := range voices {
		for _, s := range v.VEX.Statements {
			status, rank, about := v.about(s, c)
			if !about {
				continue
			}
			w := Word{Status: Status(status), Justification: s.Justification, AsWritten: s.AsWritten, At: s.At, Author: v.VEX.Author, Party: v.Party,
				Document: v.Document, Pointer: s.Pointer, Counted: v.Counted, Why: v.Why, rank: rank}
			for _, t := range []string{s.Impact, s.Action, s.Notes} {
				if w.Text == "" {
					w.Text = t
				}
			}
			if status == fact.FalsePositive {
				w.Status = NotAffected
			}
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b Word) int { return a.At.Compare(b.At) })
	return out
}

// about reports whether a statement speaks of a case, that is of its vulnerability and of its release or its component
// there, what it says of it and how closely it names it.
func (v Voice) about(s fact.VEXStatement, c Case) (status fact.VEXStatus, rank int, ok bool) {
	ids := c.IDs()
	if !slices.ContainsFunc(append([]string{s.Vulnerability}, s.Aliases...), func(id string) bool { return slices.Contains(ids, id) }) {
		return "", 0, false
	}
	for _, p := range s.Products {
		version, r, meant := v.meant(p, c)
		if !meant || ok && r <= rank {
			continue
		}
		if said, spoken := ofVersion(p, version, s.Status); spoken {
			status, rank, ok = said, r, true
		}
	}
	if len(s.Products) == 0 {
		return s.Status, rankDocument, !v.General
	}
	return status, rank, ok
}

// meant reports whether a product of a statement is the release or the component, gives that one's version, and how
// closely it is named. A product of another name is another product.
func (v Voice) meant(p fact.VEXProduct, c Case) (version string, rank int, ok bool) {
	part := v.part(c)
	if len(p.Parts) > 0 {
		return c.Finding.Version, rankPart, v.release(p, c) && within(p.Parts, part, c.Finding.Version)
	}
	if is(p, part, c.Finding.Version) {
		if stated, err := purl.Parse(p.PURL); err == nil && stated.Version == "" && len(p.Versions) == 0 {
			return c.Finding.Version, rankComponent, true
		}
		return c.Finding.Version, rankVersion, true
	}
	return c.Release.Version, rankRelease, v.release(p, c)
}

// within reports whether the innermost of some parts is a component.
func within(parts []fact.VEXProduct, component Thing, version string) bool {
	return slices.ContainsFunc(parts, func(p fact.VEXProduct) bool {
		if len(p.Parts) > 0 {
			return within(p.Parts, component, version)
		}
		return is(p, component, version)
	})
}

// is reports whether a product of a statement is a thing: by a digest of both, else by the package URL where both have
// one, else by a CPE name.
func is(p fact.VEXProduct, t Thing, version string) bool {
	for _, stated := range p.Hashes {
		if slices.ContainsFunc(t.Hashes, func(h fact.Hash) bool {
			return strings.EqualFold(h.Alg, stated.Alg) && strings.EqualFold(h.Value, stated.Value)
		}) {
			return true
		}
	}
	if p.PURL != "" && t.PURL != "" {
		return same(p.PURL, t.PURL)
	}
	return p.CPE != "" && slices.ContainsFunc(t.CPEs, func(known string) bool { return sameCPE(p.CPE, known, version) })
}

// sameCPE reports whether a CPE name of a statement names a thing: the same part, vendor and product, and the same version
// as far as the statement gives one.
func sameCPE(stated, known, version string) bool {
	a, errA := cpe.Parse(stated)
	b, errB := cpe.Parse(known)
	if errA != nil || errB != nil || a.Part != b.Part || a.Key() != b.Key() {
		return false
	}
	if b.Version == "*" || b.Version == "-" {
		b.Version = strings.ToLower(version)
	}
	return a.Version == "*" || a.Version == b.Version && (a.Update == "*" || a.Update == "-" || a.Update == b.Update)
}

// ofVersion gives what is said of one version of a product: CycloneDX lists versions and ranges with a state of their own,
// and a version that is not listed is not spoken of. A range that cannot be read speaks of nothing.
func ofVersion(p fact.VEXProduct, v string, stated fact.VEXStatus) (fact.VEXStatus, bool) {
	if len(p.Versions) == 0 {
		return stated, true
	}
	for _, o := range p.Versions {
		in := o.Version != "" && o.Version == v
		if o.Range != "" {
			r, err := version.ParseRange(o.Range)
			if err != nil {
				continue
			}
			in, _ = r.Contains(v)
		}
		switch {
		case in && o.Status == "unaffected":
			return fact.NotAffected, true
		case in && o.Status == "unknown":
			return fact.UnderInvestigation, true
		case in:
			return stated, true
		}
	}
	return "", false
}

func (v Voice) release(p fact.VEXProduct, c Case) bool {
	return slices.ContainsFunc(v.Products, func(known Thing) bool { return is(p, known, c.Release.Version) || p.ID != "" && p.ID == known.PURL })
}

// same reports whether a package URL of a statement names a component: the same type, namespace and name, and the same
// version and qualifiers as far as the statement gives them.
func same(stated, known string) bool {
	a, errA := purl.Parse(stated)
	b, errB := purl.Parse(known)
	if errA != nil || errB != nil {
		return false
	}
	return a.Type == b.Type && a.Namespace == b.Namespace && a.Name == b.Name && (a.Version == "" || a.Version == b.Version) &&
		!slices.ContainsFunc(a.Qualifiers, func(q purl.Qualifier) bool { return b.Qualifier(q.Key) != q.Value })
}

// Opinion is what holds for a case after everybody was heard.
type Opinion struct {
	Status    Status          `json:"status"`
	Decision  *store.Decision `json:"decision,omitempty"`  // our own that stands
	Word      *Word           `json:"word,omitempty"`      // the supplier's word that counts, where we have not decided
	Lapse     *Lapse          `json:"lapse,omitempty"`     // our own that no longer stands
	Conflicts []Word          `json:"conflicts,omitempty"` // what others whose word counts say last, where it is something else than what holds
	Words     []Word          `json:"words,omitempty"`     // everything that documents state, counted or not
}

// graver orders statuses by what follows from them: of two voices that contradict each other the graver one stands, so
// that nothing is closed while somebody whose word counts says that it is not.
var graver = []Status{NotAffected, Fixed, UnderInvestigation, Affected}

// Weigh lays our decisions and the words of others beside each other. Ours comes first; where we have none, the words of
// those who count stand: of one speaker the closest statement, of equally close ones the latest; of several speakers the
// graver. Where ours lapsed, only words that came after it. Neither takes the other away: whoever says something else is
// among the conflicts.
func Weigh(decisions []store.Decision, voices []Voice, c Case, now time.Time) Opinion {
	o := Opinion{Words: Words(voices, c)}
	o.Decision, o.Lapse = Standing(decisions, c, now)
	last := lastWords(o.Words, now)
	if o.Decision != nil {
		o.Status = Status(o.Decision.Status)
	} else {
		for _, i := range last {
			w := &o.Words[i]
			if o.Lapse != nil && !w.At.After(o.Lapse.Decision.At) {
				continue
			}
			if o.Word == nil || slices.Index(graver, w.Status) > slices.Index(graver, o.Word.Status) || w.Status == o.Word.Status && !w.At.Before(o.Word.At) {
				o.Word, o.Status = w, w.Status
			}
		}
	}
	for _, i := range last {
		if o.Status != Open && o.Words[i].Status != o.Status {
			o.Conflicts = append(o.Conflicts, o.Words[i])
		}
	}
	return o
}

// lastWords gives the places of the words that stand for each speaker who counts, in the order of the words.
func lastWords(words []Word, now time.Time) []int {
	by := map[string]int{}
	for i, w := range words { // in order of time
		if !w.Counted || w.At.After(now) {
			continue
		}
		if old, heard := by[w.speaker()]; !heard || w.rank >= words[old].rank {
			by[w.speaker()] = i
		}
	}
	return slices.Sorted(maps.Values(by))
}
