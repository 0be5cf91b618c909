// Package declared is what the documents about a declaration are written from: the declaration itself, the answers that
// may be shown, and who signed it, with the words and shapes that all those documents share.
//
// Start from [Of] for an issued bundle and from [Unsigned] for a state of affairs that nobody signed. Nothing here is a
// certification by anybody: a declaration speaks for its issuer alone (ISO/IEC 17050-1, first party).
package declared

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// A Document is a declaration or status report as it may be shown to somebody.
type Document struct {
	verify.Declaration
	Answers  []*verify.Answer // by index of commitment; nil: withheld in this copy
	Withheld map[int]string   // index of commitment to why; an entry for every nil answer
	Signed   *Signature       // nil: nobody signed it
	records  map[string]lang.Text
	digest   string
	envelope []byte
}

// A Signature says what was signed and with which key. Whether the key is to be trusted is not said: that is for
// [verify.Bundle] and the reader's own list.
type Signature struct {
	Key         string // fingerprint of the key under the declaration
	Declaration string // digest of the declaration's envelope, sha256:<hex>
	Bundle      string // digest of the bundle file
}

// Of gives the document of a bundle whose signatures and digests hold.
func Of(o *verify.Opened) Document {
	d := Document{Declaration: o.Declaration, Answers: o.Answers, Withheld: map[int]string{}, digest: verify.Digest(o.Envelope), envelope: o.Envelope,
		Signed: &Signature{Key: verify.Fingerprint(o.DeclarationKey), Declaration: verify.Digest(o.Envelope), Bundle: o.Digest}}
	for _, w := range o.Manifest.Withheld {
		d.Withheld[w.Index] = w.Reason
	}
	d.records = map[string]lang.Text{}
	for _, r := range o.Declaration.Supporting {
		if title := RecordTitle(o.Member(r.Name)); !title.IsZero() {
			d.records[r.Digest] = title
		}
	}
	return d
}

// RecordTitle names the record that a member of a bundle is, by its register and key; nothing when it is no record.
func RecordTitle(member []byte) lang.Text {
	var r struct{ Kind, Key string }
	if len(member) == 0 || member[0] != '{' || json.Unmarshal(member, &r) != nil || r.Key == "" {
		return lang.Text{}
	}
	register, ok := guideline.Default().Register(r.Kind)
	if !ok {
		return lang.Text{}
	}
	return lang.F("%s %s", "%s %s", register.Title, r.Key)
}

// Title says what a supporting resource is, as far as the bundle tells: a record by its register and key, a document by
// its name in the bundle.
func (d Document) Title(r verify.Resource, l lang.Lang) string {
	if title, ok := d.records[r.Digest]; ok {
		return title.In(l)
	}
	return r.Name
}

// Unsigned gives the document of a declaration that was not issued, with the answer to each of its commitments. What
// nobody signed declares nothing: it is a status report, however good the counts are.
func Unsigned(d verify.Declaration, answers []verify.Answer) (Document, error) {
	d.Kind, d.Conformity = verify.StatusReport, verify.Conformity(verify.StatusReport, d.Requirements.Level)
	doc := Document{Declaration: d}
	if len(answers) != len(d.Commitments) {
		return doc, fmt.Errorf("%d answers for %d duties", len(answers), len(d.Commitments))
	}
	for i := range answers {
		if answers[i].Duty() != d.Commitments[i].Duty() {
			return doc, fmt.Errorf("the answer to %s stands where %s is due", answers[i].Duty(), d.Commitments[i].Duty())
		}
		doc.Answers = append(doc.Answers, &answers[i])
	}
	content, err := doc.Content()
	doc.digest = verify.Digest(content)
	return doc, err
}

// Content gives what the document shows as JSON: the declaration, and the answer to each of its commitments, null where
// it is withheld. It is for reading by programs; what was signed is [Document.Envelope].
func (d Document) Content() ([]byte, error) {
	return json.Marshal(struct {
		Declaration verify.Declaration `json:"declaration"`
		Answers     []*verify.Answer   `json:"answers"`
	}{d.Declaration, d.Answers})
}

// Envelope gives the signed declaration as it was signed (DSSE), whose digest is that of the document; nil when nobody
// signed it. It discloses no answer.
func (d Document) Envelope() []byte { return d.envelope }

// Digest names the content: the signed declaration's envelope, or what is shown when nobody signed.
func (d Document) Digest() string { return d.digest }

// A Line is one duty with its answer.
type Line struct {
	verify.Commitment
	Asked    guideline.Individual // the requirement
	Index    int                  // of the commitment
	Answer   *verify.Answer       // nil: withheld
	Withheld string               // why; may be empty even then
}

// Lines gives the duties in the guideline's order. It is an error when one is about a requirement that this edition has
// not.
func (d Document) Lines() ([]Line, error) {
	order := map[guideline.ID]int{}
	all := guideline.Default().Individuals()
	for i, in := range all {
		order[in.ID] = i
	}
	lines := make([]Line, 0, len(d.Commitments))
	for i, c := range d.Commitments {
		at, ok := order[c.Requirement]
		if !ok {
			return nil, fmt.Errorf("%q is no individual requirement of this edition", c.Requirement)
		}
		lines = append(lines, Line{Commitment: c, Asked: all[at], Index: i, Answer: d.Answers[i], Withheld: d.Withheld[i]})
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(order[a.Requirement]-order[b.Requirement], cmp.Compare(a.Party, b.Party),
			slices.Index(guideline.Roles, a.Role)-slices.Index(guideline.Roles, b.Role))
	})
	return lines, nil
}

// A Tally counts duties: those shown by status, and those withheld.
type Tally struct {
	verify.Counts
	Withheld int
}

// Of gives the number of duties with a status.
func (t Tally) Of(s verify.Status) int {
	switch s {
	case verify.Met:
		return t.Met
	case verify.MetWithException:
		return t.MetWithException
	case verify.PartlyMet:
		return t.PartlyMet
	case verify.NotMet:
		return t.NotMet
	case verify.NotAssessed:
		return t.NotAssessed
	case verify.NotApplicable:
		return t.NotApplicable
	}
	return 0
}

// Count counts the lines for which keep holds; Requirements is left at zero.
func Count(lines []Line, keep func(Line) bool) Tally {
	var t Tally
	for _, l := range lines {
		switch {
		case !keep(l):
		case l.Answer == nil:
			t.Withheld++
			t.Duties++
		default:
			t.Add(*l.Answer)
		}
	}
	return t
}

// Source gives the number of a supporting resource in the list of evidence, from 1; 0 when it is not listed.
func (d Document) Source(digest string) int {
	return slices.IndexFunc(d.Supporting, func(r verify.Resource) bool { return r.Digest == digest }) + 1
}
