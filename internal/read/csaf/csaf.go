// Package csaf reads security advisories and VEX in CSAF 2.0
// (https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html; section numbers below are its) and in the draft of CSAF 2.1
// (third committee specification draft; https://docs.oasis-open.org/csaf/csaf/v2.1/csaf-v2.1.html).
//
// Start from [Read]. A document is refused when its structure is not the one laid down (section 3), or when it fails a
// mandatory test (section 6.1) that changes what is said of which product; other failed tests are doubts. See [Check].
package csaf

import (
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

const maxProblems = 200

// Match reports whether the bytes are a CSAF document: an object document that gives a version of CSAF.
func Match(b []byte) bool {
	v, ok := input.Member(b, "document")
	if !ok || !strings.HasPrefix(string(v), "{") {
		return false
	}
	if strings.Contains(string(v), `"csaf_version"`) {
		return true
	}
	return len(v) == 4096 && strings.Contains(string(b), `"csaf_version"`) // it comes behind long notes
}

// Failure is a mandatory test that a document fails.
type Failure struct {
	Test  string // "6.1.6"
	Where string // JSON pointer
	What  lang.Text
}

// Check reads a document and gives the mandatory tests it fails, in the order of their numbers and of the document. The
// error is a refusal for what is not structured as section 3 lays down.
func Check(b []byte) ([]Failure, error) {
	d, err := parse(b)
	if err != nil {
		return nil, err
	}
	return d.check(), nil
}

// Read reads one document. The facts are a *fact.Advisory and, when it tells the state of products, a *fact.VEX.
func Read(b []byte) (fact.Reading, error) {
	d, err := parse(b)
	if err != nil {
		return fact.Reading{}, err
	}
	r := fact.Reading{Type: "csaf", Version: string(d.edition)}
	for _, f := range d.check() {
		what := lang.F("CSAFの必須テスト%[1]sに合いません: %[2]s", "it fails mandatory test %[1]s of CSAF: %[2]s", f.Test, f.What)
		if grave[f.Test] || f.Test == "6.1.2" && d.ambiguous {
			return fact.Reading{}, refused(d.edition, input.Refuse(f.Where, what))
		}
		if len(r.Problems) < maxProblems {
			r.Problems = append(r.Problems, fact.Problem{Where: f.Where, What: what})
		}
	}
	a := d.advisory()
	r.Facts = []fact.Fact{{Kind: fact.KindAdvisory, ObservedAt: a.At, Data: a}}
	r.Summary = map[string]any{"vulnerabilities": len(a.Vulnerabilities), "products": a.Products}
	v, err := d.vex()
	if err != nil {
		return fact.Reading{}, refused(d.edition, err)
	}
	if len(v.Statements) > 0 {
		r.Facts = append(r.Facts, fact.Fact{Kind: fact.KindVEX, ObservedAt: v.IssuedAt, Data: v})
		r.Summary["statements"] = len(v.Statements)
	}
	return r, nil
}

// grave are the tests whose failure leaves open what is said of which product: groups that are not defined, ids defined
// twice and differently or in a circle, states that contradict each other, one vulnerability told of twice, two reasons at
// once. What is said of a product that is not defined at all (6.1.1) is said of nothing, and left out.
var grave = map[string]bool{
	"6.1.3": true, "6.1.4": true, "6.1.5": true, "6.1.6": true, "6.1.23": true, "6.1.33": true,
}

func refused(e edition, err error) error {
	return input.Renamed(err, strings.TrimSpace("CSAF "+string(e)), lang.T("示した箇所を直すか、発行者に直した文書を求めてください。", "Correct the place shown, or ask the publisher for a corrected document."))
}

func parse(b []byte) (*document, error) {
	text, err := input.Text(b)
	if err != nil {
		return nil, refused("", err)
	}
	v, err := input.JSON(text)
	if err != nil {
		return nil, refused("", err)
	}
	o, err := input.Top(v)
	if err != nil {
		return nil, refused("", err)
	}
	e := edition(o.Child("document").Text("csaf_version"))
	if e != csaf20 && e != csaf21 {
		return nil, refused("", input.Refuse("/document/csaf_version", lang.F("版「%s」は読めません(読める版: 2.0、2.1)", "version %q cannot be read (known: 2.0, 2.1)", input.Clip(string(e)))))
	}
	if err := structure(o, e); err != nil {
		return nil, refused(e, err)
	}
	d, err := gather(o, e)
	return d, refused(e, err)
}
