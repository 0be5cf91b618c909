// Package purl is the vocabulary of package URLs: the one name by which SBOMs, advisories and VEX statements speak of a
// component. It follows ECMA-427 (Package-URL) and its type definitions.
//
// Start from [Parse]. [PURL.Ecosystem] tells under which ecosystem and name the OSV advisories speak of the component.
//
// One rule of the type definitions is not followed: golang names keep their case, because Go module paths are
// case-sensitive and the lower-cased path is another module.
package purl

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// PURL is a package URL in parts, decoded and normalised by its type's rules.
type PURL struct {
	Type       string      // lower case: npm, golang, deb
	Namespace  string      // segments joined by "/", may be empty
	Name       string      // never empty
	Version    string      // may be empty
	Qualifiers []Qualifier // sorted by key, keys lower case, none empty
	Subpath    string      // may be empty
}

// Qualifier is one key and value after the question mark.
type Qualifier struct{ Key, Value string }

// maxLength is the longest package URL read, in bytes.
const maxLength = 4096

// ErrPURL is wrapped by every error of Parse.
var ErrPURL = errors.New("not a package URL")

// Parse reads a package URL. The error says which rule it breaks.
func Parse(s string) (PURL, error) {
	var p PURL
	if len(s) > maxLength {
		return p, fmt.Errorf("%w: it is longer than %d bytes", ErrPURL, maxLength)
	}
	rest := strings.TrimSpace(s)
	if len(rest) < 4 || !strings.EqualFold(rest[:4], "pkg:") {
		return p, fmt.Errorf("%w: it does not start with \"pkg:\"", ErrPURL)
	}
	rest = strings.TrimLeft(rest[4:], "/")
	rest, subpath, _ := strings.Cut(rest, "#")
	rest, qualifiers, _ := strings.Cut(rest, "?")
	typ, rest, ok := strings.Cut(rest, "/")
	if !ok {
		return p, fmt.Errorf("%w: it has no name", ErrPURL)
	}
	p.Type = strings.ToLower(typ)
	if !validType(p.Type) {
		return p, fmt.Errorf("%w: %q is not a type", ErrPURL, typ)
	}
	rest = strings.Trim(rest, "/")
	// An @ with a slash after it belongs to an npm scope that was not encoded.
	if i := strings.LastIndexByte(rest, '@'); i >= 0 && strings.IndexByte(rest[i:], '/') < 0 {
		version, err := url.PathUnescape(rest[i+1:])
		if err != nil {
			return p, fmt.Errorf("%w: version: %s", ErrPURL, err)
		}
		p.Version, rest = version, rest[:i]
		if rest == "" || rest[i-1] == '/' {
			return p, fmt.Errorf("%w: it has no name", ErrPURL)
		}
	}
	segments, err := decodeSegments(rest, false)
	if err != nil {
		return p, err
	}
	if len(segments) == 0 {
		return p, fmt.Errorf("%w: it has no name", ErrPURL)
	}
	p.Name = segments[len(segments)-1]
	p.Namespace = strings.Join(segments[:len(segments)-1], "/")
	if p.Qualifiers, err = parseQualifiers(qualifiers); err != nil {
		return p, err
	}
	if segments, err = decodeSegments(subpath, true); err != nil {
		return p, err
	}
	p.Subpath = strings.Join(segments, "/")
	return p, p.normalise()
}

// Qualifier gives a qualifier's value, or nothing.
func (p PURL) Qualifier(key string) string {
	for _, q := range p.Qualifiers {
		if q.Key == key {
			return q.Value
		}
	}
	return ""
}

// String gives the canonical form.
func (p PURL) String() string {
	var b strings.Builder
	b.WriteString("pkg:" + p.Type + "/")
	if p.Namespace != "" {
		for s := range strings.SplitSeq(p.Namespace, "/") {
			b.WriteString(encode(s, "") + "/")
		}
	}
	b.WriteString(encode(p.Name, ""))
	if p.Version != "" {
		b.WriteString("@" + encode(p.Version, ""))
	}
	for i, q := range p.Qualifiers {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(q.Key + "=" + encode(q.Value, ""))
	}
	if p.Subpath != "" {
		b.WriteString("#" + encode(p.Subpath, "/"))
	}
	return b.String()
}

// FullName gives namespace and name as people write them: @babel/core, org.apache.logging.log4j:log4j-core,
// github.com/Masterminds/semver.
func (p PURL) FullName() string {
	switch {
	case p.Namespace == "":
		return p.Name
	case p.Type == "maven":
		return p.Namespace + ":" + p.Name
	default:
		return p.Namespace + "/" + p.Name
	}
}

func validType(t string) bool {
	for i := range len(t) {
		c := t[i]
		if !(c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '.' || c == '-')) {
			return false
		}
	}
	return t != ""
}

// decodeSegments cuts a path at its slashes and decodes each segment; empty ones go, and in a subpath "." and "..".
func decodeSegments(path string, sub bool) ([]string, error) {
	var out []string
	for s := range strings.SplitSeq(path, "/") {
		if s == "" || sub && (s == "." || s == "..") {
			continue
		}
		d, err := url.PathUnescape(s)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", ErrPURL, err)
		}
		if sub && (d == "." || d == ".." || strings.Contains(d, "/")) {
			return nil, fmt.Errorf("%w: %q is no segment of a subpath", ErrPURL, s)
		}
		out = append(out, d)
	}
	return out, nil
}

func parseQualifiers(s string) ([]Qualifier, error) {
	var out []Qualifier
	for pair := range strings.SplitSeq(s, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		key = strings.ToLower(key)
		if !validKey(key) {
			return nil, fmt.Errorf("%w: %q is not a qualifier", ErrPURL, key)
		}
		v, err := url.PathUnescape(value)
		if err != nil {
			return nil, fmt.Errorf("%w: qualifier %s: %s", ErrPURL, key, err)
		}
		if slices.ContainsFunc(out, func(q Qualifier) bool { return q.Key == key }) {
			return nil, fmt.Errorf("%w: qualifier %s stands twice", ErrPURL, key)
		}
		out = append(out, Qualifier{key, v})
	}
	slices.SortFunc(out, func(a, b Qualifier) int { return strings.Compare(a.Key, b.Key) })
	return out, nil
}

func validKey(k string) bool {
	for i := range len(k) {
		c := k[i]
		if !(c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_')) {
			return false
		}
	}
	return k != ""
}

const hexDigits = "0123456789ABCDEF"

// encode percent-encodes all but letters, digits, ".-_~:" and the signs in keep.
func encode(s, keep string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte(".-_~:", c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}
