package triage

import (
	"slices"
	"time"

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
}

// A Voice is a VEX document about a release, with the standing of whoever speaks in it.
type Voice struct {
	VEX      *fact.VEX
	Document string
	Party    string
	Counted  bool
	Why      lang.Text
	Products []string // package URLs under which the release itself is known
}

// Words gives what documents state about a case, in order of time.
func Words(voices []Voice, c Case) []Word {
	var out []Word
	for _, v := range voices {
		for _, s := range v.VEX.Statements {
			status, about := v.about(s, c)
			if !about {
				continue
			}
			w := Word{Status: Status(status), Justification: s.Justification, AsWritten: s.AsWritten, At: s.At, Author: v.VEX.Author, Party: v.Party,
				Document: v.Document, Pointer: s.Pointer, Counted: v.Counted, Why: v.Why}
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
// there, and what it says of it.
func (v Voice) about(s fact.VEXStatement, c Case) (fact.VEXStatus, bool) {
	ids := c.IDs()
	if !slices.ContainsFunc(append([]string{s.Vulnerability}, s.Aliases...), func(id string) bool { return slices.Contains(ids, id) }) {
		return "", false
	}
	for _, p := range s.Products {
		if version, ok := v.meant(p, c); ok {
			if status, ok := ofVersion(p, version, s.Status); ok {
				return status, true
			}
		}
	}
	return s.Status, len(s.Products) == 0
}

// meant reports whether a product of a statement is the release or the component, and gives that one's version. A product
// of another name is another product.
func (v Voice) meant(p fact.VEXProduct, c Case) (version string, ok bool) {
	switch {
	case len(p.Parts) > 0:
		return c.Finding.Version, v.release(p) && within(p.Parts, c.Finding.PURL)
	case same(p.PURL, c.Finding.PURL):
		return c.Finding.Version, true
	}
	return c.Release.Version, v.release(p)
}

// within reports whether the innermost of some parts is a component.
func within(parts []fact.VEXProduct, component string) bool {
	return slices.ContainsFunc(parts, func(p fact.VEXProduct) bool {
		if len(p.Parts) > 0 {
			return within(p.Parts, component)
		}
		return same(p.PURL, component)
	})
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

func (v Voice) release(p fact.VEXProduct) bool {
	return slices.ContainsFunc(v.Products, func(known string) bool { return same(p.PURL, known) || p.ID != "" && p.ID == known })
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
	Status   Status          `json:"status"`
	Decision *store.Decision `json:"decision,omitempty"` // our own that stands
	Word     *Word           `json:"word,omitempty"`     // the supplier's word that counts, where we have not decided
	Lapse    *Lapse          `json:"lapse,omitempty"`    // our own that no longer stands
	Words    []Word          `json:"words,omitempty"`    // everything that documents state, counted or not
}

// Weigh lays our decisions and the words of others beside each other. Ours comes first; where we have none, the latest
// word that counts stands, and where ours lapsed, one that came after it. Neither takes the other away: both are shown.
func Weigh(decisions []store.Decision, voices []Voice, c Case, now time.Time) Opinion {
	o := Opinion{Words: Words(voices, c)}
	o.Decision, o.Lapse = Standing(decisions, c, now)
	if o.Decision != nil {
		o.Status = Status(o.Decision.Status)
		return o
	}
	for i, w := range o.Words {
		if w.Counted && !w.At.After(now) && (o.Lapse == nil || w.At.After(o.Lapse.Decision.At)) {
			o.Word = &o.Words[i]
		}
	}
	if o.Word != nil {
		o.Status = o.Word.Status
	}
	return o
}
