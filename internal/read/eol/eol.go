// Package eol reads end-of-life data of endoflife.date, as one JSON document of all products, plain or gzip: until when
// each release cycle of a product is supported. It takes the answer of the API v1 (products/full) and a document that
// lists the products as they are written in the project's repository.
//
// Start from [Read].
package eol

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// maxBytes is the size above which a document is refused. A real one has about 2 MB.
const maxBytes = 128 << 20

// Product is a product and its release cycles.
type Product struct {
	Name   string   // nodejs
	Label  string   // Node.js
	PURLs  []string // package URLs without a version by which components name it
	CPEs   []string
	Cycles []Cycle // in the document's order, newest first
}

// Cycle is one line of releases.
type Cycle struct {
	Name            string    // 22, 3.18
	Released        time.Time // zero: not said
	Latest          string    // newest version of the cycle
	ActiveSupport   End       // when changes other than security fixes end
	Support         End       // when security fixes end: end of life
	ExtendedSupport End       // when paid support ends
}

// End is when a kind of support ends.
type End struct {
	Known bool      // the document says something of it
	Over  bool      // it is over, and no date is given
	Date  time.Time // the day it ends, UTC; zero with Known and not Over: it goes on, no date is set yet
}

// Passed reports whether it is over at a time: the day itself still counts as supported.
func (e End) Passed(on time.Time) bool {
	return e.Over || !e.Date.IsZero() && !on.Before(e.Date.AddDate(0, 0, 1))
}

// UnmarshalJSON reads a date, or a boolean as endoflife.date uses it: true is already over, false is no end in sight.
func (e *End) UnmarshalJSON(b []byte) error {
	switch string(bytes.TrimSpace(b)) {
	case "null":
		return nil
	case "true":
		*e = End{Known: true, Over: true}
		return nil
	case "false":
		*e = End{Known: true}
		return nil
	}
	var d day
	if err := d.UnmarshalJSON(b); err != nil {
		return err
	}
	*e = End{Known: true, Date: time.Time(d)}
	return nil
}

// day is a date without a time.
type day time.Time

func (d *day) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errors.New("neither a date nor true or false")
	}
	if s == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, s)
	*d = day(t)
	return err
}

// product is a product as the document writes it.
type product struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Identifiers []struct {
		PURL string `json:"purl"`
		CPE  string `json:"cpe"`
		Type string `json:"type"` // of the API: purl, cpe, repology
		ID   string `json:"id"`
	} `json:"identifiers"`
	Releases []release `json:"releases"`
}

// release is a cycle as the document writes it: the repository's members first, then those of the API, where a member is
// a statement (isEol) and another its date (eolFrom).
type release struct {
	Cycle           string `json:"releaseCycle"`
	Released        day    `json:"releaseDate"`
	Latest          latest `json:"latest"`
	ActiveSupport   End    `json:"eoas"`
	Support         End    `json:"eol"`
	ExtendedSupport End    `json:"eoes"`

	Name                  string `json:"name"`
	EoasFrom              End    `json:"eoasFrom"`
	EolFrom               End    `json:"eolFrom"`
	EoesFrom              End    `json:"eoesFrom"`
	IsEoas, IsEol, IsEoes *bool
}

// latest is the newest version: a text in the repository, an object with a name in the API.
type latest string

func (l *latest) UnmarshalJSON(b []byte) error {
	var named struct {
		Name string `json:"name"`
	}
	if len(b) > 0 && b[0] == '{' {
		err := json.Unmarshal(b, &named)
		*l = latest(named.Name)
		return err
	}
	return json.Unmarshal(b, (*string)(l))
}

// either gives what the repository's member says, else what the API's members say.
func either(end, from End, is *bool) End {
	switch {
	case end.Known:
		return end
	case from.Known || is == nil:
		return from
	}
	return End{Known: true, Over: *is}
}

func (r release) cycle() Cycle {
	name := r.Cycle
	if name == "" {
		name = r.Name
	}
	return Cycle{name, time.Time(r.Released), string(r.Latest), either(r.ActiveSupport, r.EoasFrom, r.IsEoas),
		either(r.Support, r.EolFrom, r.IsEol), either(r.ExtendedSupport, r.EoesFrom, r.IsEoes)}
}

// Read reads a document, plain or gzip. A product that cannot be read is left out and told as a problem.
func Read(r io.Reader) ([]Product, []fact.Problem, error) {
	b, err := content(r)
	if err != nil {
		return nil, nil, refuse(err)
	}
	var doc struct {
		Products []json.RawMessage `json:"products"`
		Result   []json.RawMessage `json:"result"` // of the API
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, nil, refuse(err)
	}
	if doc.Products == nil {
		doc.Products = doc.Result
	}
	if doc.Products == nil {
		return nil, nil, refuse(errors.New("products (or result) is missing"))
	}
	var out []Product
	var problems []fact.Problem
	for i, raw := range doc.Products {
		p, err := read(raw)
		if err != nil {
			problems = append(problems, fact.Problem{Where: fmt.Sprintf("/products/%d", i),
				What: lang.F("この製品は読み取れないため除外しました(%v)", "this product cannot be read and was left out (%v)", err)})
			continue
		}
		out = append(out, p)
	}
	return out, problems, nil
}

func read(raw json.RawMessage) (Product, error) {
	var p product
	if err := json.Unmarshal(raw, &p); err != nil {
		return Product{}, err
	}
	if p.Name == "" {
		return Product{}, errors.New("name is missing")
	}
	out := Product{Name: p.Name, Label: p.Label}
	for _, id := range p.Identifiers {
		switch id.Type {
		case "purl":
			id.PURL = id.ID
		case "cpe":
			id.CPE = id.ID
		}
		if id.PURL != "" {
			out.PURLs = append(out.PURLs, id.PURL)
		}
		if id.CPE != "" {
			out.CPEs = append(out.CPEs, id.CPE)
		}
	}
	for i, r := range p.Releases {
		c := r.cycle()
		if c.Name == "" {
			return Product{}, fmt.Errorf("releases/%d: releaseCycle is missing", i)
		}
		out.Cycles = append(out.Cycles, c)
	}
	return out, nil
}

func content(r io.Reader) ([]byte, error) {
	buffered := bufio.NewReader(r)
	var plain io.Reader = buffered
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, err
		}
		plain = z
	}
	b, err := io.ReadAll(io.LimitReader(plain, maxBytes+1))
	if err == nil && len(b) > maxBytes {
		err = fmt.Errorf("it is larger than %d MiB", maxBytes>>20)
	}
	return b, err
}

func refuse(err error) error {
	return &lang.Error{Kind: lang.Unreadable, Err: err,
		What: lang.T("サポート終了日のデータ(JSON)として読めません", "it cannot be read as end-of-life data in JSON"),
		Why:  lang.F("%v", "%v", err),
		Next: lang.T("endoflife.date の全製品を products に並べたJSONを指定してください", "give a JSON document that lists the products of endoflife.date under products")}
}
