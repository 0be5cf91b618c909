// Package cpe is the vocabulary of CPE names (Common Platform Enumeration, NIST IR 7695): vendor, product and version as
// NVD and JVN speak of them.
//
// Start from [Parse], which reads the URI form of CPE 2.2 and the formatted string of CPE 2.3.
package cpe

import (
	"errors"
	"net/url"
	"strings"
)

// Name is a CPE name, as far as matching uses it. "*" stands for any value, "-" for none.
type Name struct {
	Part    string // a (application), o (operating system), h (hardware), * any
	Vendor  string
	Product string
	Version string
	Update  string
}

// ErrName is wrapped by every error of Parse.
var ErrName = errors.New("not a CPE name")

const maxLength = 2048

// Parse reads a name in either form. Values are unescaped and in lower case.
func Parse(s string) (Name, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxLength {
		return Name{}, ErrName
	}
	var parts []string
	switch {
	case strings.HasPrefix(s, "cpe:2.3:"):
		parts = formatted(s[len("cpe:2.3:"):])
		if len(parts) < 4 {
			return Name{}, ErrName
		}
	case strings.HasPrefix(s, "cpe:/"):
		for p := range strings.SplitSeq(s[len("cpe:/"):], ":") {
			value, err := url.PathUnescape(p)
			if err != nil {
				return Name{}, ErrName
			}
			parts = append(parts, strings.ToLower(value))
		}
	default:
		return Name{}, ErrName
	}
	n := Name{Part: at(parts, 0), Vendor: at(parts, 1), Product: at(parts, 2), Version: at(parts, 3), Update: at(parts, 4)}
	if !strings.Contains("aoh*", n.Part) || n.Vendor == "*" && n.Product == "*" {
		return Name{}, ErrName
	}
	return n, nil
}

func at(parts []string, i int) string {
	if i < len(parts) && parts[i] != "" {
		return parts[i]
	}
	return "*"
}

// formatted splits at colons that are not escaped, and takes the escapes away.
func formatted(s string) []string {
	var parts []string
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == ':':
			parts = append(parts, strings.ToLower(b.String()))
			b.Reset()
		default:
			b.WriteByte(s[i])
		}
	}
	return append(parts, strings.ToLower(b.String()))
}

// Key is the key under which names are looked up: vendor:product.
func (n Name) Key() string { return n.Vendor + ":" + n.Product }
