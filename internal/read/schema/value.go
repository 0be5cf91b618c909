package schema

import (
	"cmp"
	"hash/maphash"
	"strconv"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// values are the ones that enum or const allow.
type values struct {
	keyword string
	list    []input.Value
	texts   map[string]bool
	others  map[uint64]bool // hashes of what is no text
}

func newValues(keyword string, list []input.Value) *values {
	vs := &values{keyword: keyword, list: list, texts: map[string]bool{}, others: map[uint64]bool{}}
	for _, v := range list {
		if v.Kind() == input.KindString {
			vs.texts[v.Text()] = true
		} else {
			vs.others[hash(v)] = true
		}
	}
	return vs
}

// hold reports whether a value is one of those that are allowed.
func (vs *values) hold(v input.Value) bool {
	if v.Kind() == input.KindString {
		return vs.texts[v.Text()]
	}
	return len(vs.others) > 0 && vs.others[hash(v)]
}

// say says that a value is none of those that are allowed.
func (vs *values) say(v input.Value) lang.Text {
	const most = 8
	var choices []string
	for _, want := range vs.list[:min(len(vs.list), most)] {
		choices = append(choices, value(want))
	}
	if len(vs.list) > most {
		choices = append(choices, "…")
	}
	if vs.keyword == "const" {
		return lang.F("「%[1]s」は使えません(使える値: %[2]s)", "%[1]q is not the value %[2]s", value(v), choices[0])
	}
	return lang.F("「%[1]s」は使えません(使える値: %[2]s)", "%[1]q is not one of: %[2]s", value(v), strings.Join(choices, ", "))
}

// duplicates finds the first item of an array that was there before, and where.
func duplicates(v input.Value, n int) (first, second int, twice bool) {
	const few = 16
	if n <= few {
		var hashes [few]uint64
		for i, item := range v.Items {
			hashes[i] = hash(item)
			for j := range i {
				if hashes[j] == hashes[i] {
					return j, i, true
				}
			}
		}
		return 0, 0, false
	}
	at := make(map[uint64]int, n)
	for i, item := range v.Items {
		h := hash(item)
		if j, there := at[h]; there {
			return j, i, true
		}
		at[h] = i
	}
	return 0, 0, false
}

// seed is new in every process, so that nobody can choose values of the same hash.
var seed = maphash.MakeSeed()

// hash gives the same number for values that are the same, however they are written. That others give it too is too
// unlikely to matter.
func hash(v input.Value) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(v.Kind()) * odd
	switch v.Kind() {
	case input.KindObject:
		for name, value := range v.Members { // in any order
			h += (maphash.String(seed, name.Text()) ^ hash(value)*odd) * odd
		}
	case input.KindArray:
		for _, item := range v.Items {
			h = h*31 + hash(item)
		}
	case input.KindNumber:
		h ^= maphash.Comparable(seed, decimalOf(v.Raw()))
	case input.KindString:
		h ^= maphash.String(seed, v.Text())
	default:
		h ^= maphash.String(seed, v.Raw())
	}
	return h
}

// decimal is a number as JSON writes it, exactly: digits times ten to a power. The digits neither start nor end with a
// zero; zero has none.
type decimal struct {
	negative bool
	digits   string
	power    int
}

func decimalOf(s string) (d decimal) {
	s, d.negative = strings.CutPrefix(s, "-")
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		const most = 1 << 40 // no two numbers of a document differ in their powers beyond it
		power, _ := strconv.Atoi(s[i+1:])
		s, d.power = s[:i], max(-most, min(power, most))
	}
	whole, fraction, _ := strings.Cut(s, ".")
	all := whole + fraction
	short := strings.TrimRight(all, "0")
	d.power += len(all) - len(short) - len(fraction)
	if d.digits = strings.TrimLeft(short, "0"); d.digits == "" {
		return decimal{}
	}
	return d
}

func (d decimal) isInteger() bool { return d.power >= 0 }

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// compare is negative when d is the smaller number, positive when it is the larger.
func (d decimal) compare(other decimal) int {
	if c := cmp.Compare(d.sign(), other.sign()); c != 0 {
		return c
	}
	size := cmp.Compare(len(d.digits)+d.power, len(other.digits)+other.power)
	return d.sign() * cmp.Or(size, strings.Compare(d.digits, other.digits))
}
