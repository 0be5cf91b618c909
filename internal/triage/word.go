package triage

import (
	"slices"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/store"
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
			if !v.about(s, c) {
				continue
			}
			w := Word{Status: Status(s.Status), Justification: s.Justification, AsWritten: s.AsWritten, At: s.At, Author: v.VEX.Author, Party: v.Party,
				Document: v.Document, Pointer: s.Pointer, Counted: v.Counted, Why: v.Why}
			for _, t := range []string{s.Impact, s.Action, s.Notes} {
				if w.Text == "" {
					w.Text = t
				}
			}
			if s.Status == fact.FalsePositive {
				w.Status = NotAffected
			}
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b Word) int { return a.At.Compare(b.At) })
	return out
}

// about reports whether a statement speaks of a case: of its vulnerability, and of its release or its component there.
func (v Voice) about(s fact.VEXStatement, c Case) bool {
	ids := c.IDs()
	if !slices.ContainsFunc(append([]string{s.Vulnerability}, s.Aliases...), func(id string) bool { return slices.Contains(ids, id) }) {
		return false
	}
	return len(s.Products) == 0 || slices.ContainsFunc(s.Products, func(p fact.VEXProduct) bool { return v.meant(p, c) })
}

// meant reports whether a product of a statement is the release or the component. A product of another name is another
// product; a range of versions is not read, and a statement that needs one is not about the case.
func (v Voice) meant(p fact.VEXProduct, c Case) bool {
	if slices.ContainsFunc(p.Versions, func(o fact.VEXVersion) bool { return o.Version == "" }) {
		return false
	}
	if len(p.Versions) > 0 && !slices.ContainsFunc(p.Versions, func(o fact.VEXVersion) bool { return o.Version == c.Finding.Version }) {
		return false
	}
	if len(p.Parts) > 0 {
		return v.release(p) && slices.ContainsFunc(p.Parts, func(part fact.VEXProduct) bool { return same(part.PURL, c.Finding.PURL) })
	}
	return same(p.PURL, c.Finding.PURL) || v.release(p)
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
