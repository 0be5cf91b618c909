// Package securitytxt reads security.txt, the file in which an organisation says where to report a vulnerability
// (RFC 9116; section numbers below are its), plain or in the cleartext form of an OpenPGP signature (section 2.3). The
// signature is noticed and not verified.
//
// Start from [Read].
package securitytxt

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// maxBytes and maxLines bound a file that has some ten lines.
const (
	maxBytes = 64 << 10
	maxLines = 1000
)

// known are the fields of section 2.5 and, last, of the registry of section 6.4 today.
var known = []string{"acknowledgments", "canonical", "contact", "encryption", "expires", "hiring", "policy", "preferred-languages", "csaf"}

const (
	beginMessage   = "-----BEGIN PGP SIGNED MESSAGE-----"
	beginSignature = "-----BEGIN PGP SIGNATURE-----"
	endSignature   = "-----END PGP SIGNATURE-----"
)

// Match reports whether the text is made of fields, one a line, with one that only security.txt has: an address in
// Contact, a time in Expires, Canonical or CSAF.
func Match(b []byte) bool {
	if len(b) > maxBytes {
		return false
	}
	text, err := input.Text(b)
	if err != nil {
		return false
	}
	lines, _, _ := unsigned(split(text))
	telling := false
	for _, l := range lines {
		name, value, ok := field(l.text)
		switch {
		case l.blank():
			continue
		case !ok:
			return false
		case name == "contact":
			telling = telling || strings.HasPrefix(value, "mailto:") || strings.HasPrefix(value, "tel:") || strings.Contains(value, "://")
		case name == "expires":
			telling = telling || !input.Time(value).IsZero()
		case name == "canonical", name == "csaf":
			telling = true
		}
	}
	return telling
}

type line struct {
	text   string
	number int
}

func (l line) blank() bool   { t := strings.TrimSpace(l.text); return t == "" || t[0] == '#' }
func (l line) place() string { return fmt.Sprintf("line %d", l.number) }

func split(b []byte) (out []line) {
	n := 0
	for l := range bytes.Lines(b) {
		n++
		out = append(out, line{strings.TrimRight(string(l), "\r\n"), n})
	}
	return out
}

// field takes a line apart: name in lower case, and value.
func field(s string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(s, ":")
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z')
	}) {
		return "", "", false
	}
	return strings.ToLower(name), strings.TrimSpace(value), true
}

// unsigned gives the lines that are signed, without the armour around them (RFC 4880, section 7); all lines when there
// is no signature.
func unsigned(lines []line) (body []line, signed bool, err error) {
	first := slices.IndexFunc(lines, func(l line) bool { return strings.TrimSpace(l.text) != "" })
	if first < 0 || strings.TrimRight(lines[first].text, " \t") != beginMessage {
		return lines, false, nil
	}
	rest := lines[first+1:]
	blank := slices.IndexFunc(rest, func(l line) bool { return strings.TrimSpace(l.text) == "" }) // ends the armour's headers
	begin := slices.IndexFunc(rest, func(l line) bool { return strings.TrimRight(l.text, " \t") == beginSignature })
	end := slices.IndexFunc(rest, func(l line) bool { return strings.TrimRight(l.text, " \t") == endSignature })
	if blank < 0 || begin < blank || end < begin {
		return nil, true, input.Refuse(lines[first].place(), lang.T("署名付きの形で始まっていますが、署名が最後までありません", "it begins as a signed message, and its signature is not complete"))
	}
	for _, l := range rest[end+1:] {
		if strings.TrimSpace(l.text) != "" {
			return nil, true, input.Refuse(l.place(), lang.T("署名の後に、署名されていない行があります", "there are lines behind the signature that it does not cover"))
		}
	}
	for _, l := range rest[blank+1 : begin] {
		l.text = strings.TrimPrefix(l.text, "- ")
		body = append(body, l)
	}
	return body, true, nil
}

// Read reads one file. The fact is a *fact.SecurityTxt, valid until Expires.
func Read(b []byte) (fact.Reading, error) {
	r, err := read(b)
	return r, input.Renamed(err, "security.txt", lang.T("示した箇所を直してください。ContactとExpiresは必ず必要です(RFC 9116)。", "Correct the place shown. Contact and Expires must be there (RFC 9116)."))
}

func read(b []byte) (fact.Reading, error) {
	if len(b) > maxBytes {
		return fact.Reading{}, input.Refuse("", lang.F("大きさが上限の%d KiBを超えています", "it is above the limit of %d KiB", maxBytes>>10))
	}
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, err
	}
	lines := split(text)
	if len(lines) > maxLines {
		return fact.Reading{}, input.Refuse(lines[maxLines].place(), lang.F("行数が%dを超えています", "it has more than %d lines", maxLines))
	}
	body, signed, err := unsigned(lines)
	if err != nil {
		return fact.Reading{}, err
	}
	x := &extraction{s: &fact.SecurityTxt{Contacts: []string{}, Signed: signed}, seen: map[string]int{}}
	for _, l := range body {
		if l.blank() {
			continue
		}
		if err := x.line(l); err != nil {
			return fact.Reading{}, err
		}
	}
	return x.reading()
}

type extraction struct {
	s        *fact.SecurityTxt
	seen     map[string]int // fields, with the line of the first
	problems []fact.Problem
}

func (x *extraction) doubt(where string, what lang.Text) {
	x.problems = append(x.problems, fact.Problem{Where: where, What: what})
}

func (x *extraction) line(l line) error {
	name, value, ok := field(l.text)
	if !ok {
		return input.Refuse(l.place(), lang.F("「項目名: 値」の形になっていません(%s)", "it is not of the form name: value (%s)", input.Clip(l.text)))
	}
	if value == "" {
		return input.Refuse(l.place(), lang.F("「%s」の値がありません", "%q has no value", input.Clip(name)))
	}
	if first, again := x.seen[name]; again && (name == "expires" || name == "preferred-languages") {
		return input.Refuse(l.place(), lang.F("「%[1]s」が二度書かれています(最初は%[2]d行目)", "%[1]s is given twice, first in line %[2]d", name, first))
	}
	if x.seen[name] == 0 {
		x.seen[name] = l.number
	}
	if !slices.Contains(known, name) {
		x.s.Others = append(x.s.Others, name)
		return nil
	}
	switch name {
	case "expires":
		if x.s.Expires = input.Time(value); x.s.Expires.IsZero() {
			return input.Refuse(l.place(), lang.F("有効期限「%s」が日時の書式(RFC 3339)ではありません", "the expiry %q is not a time (RFC 3339)", input.Clip(value)))
		}
		if len(value) <= len("2006-01-02") {
			x.doubt(l.place(), lang.T("有効期限に時刻と時差がありません", "the expiry has no time of day and zone"))
		}
		return nil
	case "preferred-languages":
		for tag := range strings.SplitSeq(value, ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				x.s.PreferredLanguages = append(x.s.PreferredLanguages, tag)
			}
		}
		return nil
	}
	x.uri(l, name, value)
	return nil
}

// uri takes a field whose value is a URI (2.4: web addresses begin with https).
func (x *extraction) uri(l line, name, value string) {
	scheme, _, ok := strings.Cut(value, ":")
	switch {
	case !ok || strings.ContainsAny(scheme, "/@ "):
		x.doubt(l.place(), lang.F("「%s」がURIではありません(メールはmailto:、電話はtel:で始めます)", "%q is no URI (mail begins with mailto:, telephone with tel:)", input.Clip(value)))
	case strings.EqualFold(scheme, "http"):
		x.doubt(l.place(), lang.F("「%s」がhttpsで始まっていません", "%q does not begin with https", input.Clip(value)))
	}
	list := map[string]*[]string{
		"contact": &x.s.Contacts, "canonical": &x.s.Canonical, "policy": &x.s.Policy, "encryption": &x.s.Encryption,
		"acknowledgments": &x.s.Acknowledgments, "hiring": &x.s.Hiring, "csaf": &x.s.CSAF,
	}[name]
	*list = append(*list, value)
}

func (x *extraction) reading() (fact.Reading, error) {
	for _, name := range []string{"contact", "expires"} {
		if x.seen[name] == 0 {
			return fact.Reading{}, input.Refuse("", lang.F("必須の項目「%s」がありません", "the required %s is missing", map[string]string{"contact": "Contact", "expires": "Expires"}[name]))
		}
	}
	if x.s.Signed {
		x.doubt("", lang.T("OpenPGPの署名が付いていますが、検証はしていません", "it carries an OpenPGP signature, which has not been verified"))
		if len(x.s.Canonical) == 0 {
			x.doubt("", lang.T("署名付きの場合に勧められているCanonicalがありません", "it is signed and has no Canonical, which is recommended then"))
		}
	}
	return fact.Reading{
		Type: "security.txt", Problems: x.problems,
		Facts:   []fact.Fact{{Kind: fact.KindSecurityTxt, ValidUntil: x.s.Expires, Data: x.s}},
		Summary: map[string]any{"contacts": len(x.s.Contacts), "expires": x.s.Expires.Format("2006-01-02")},
	}, nil
}
