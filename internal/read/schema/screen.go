package schema

import (
	"fmt"
	"hash/maphash"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.org/tasuki/internal/read/input"
)

// Screen lets documents through that obey a schema (JSON Schema draft 7), in one walk and without making anything of
// them. What it holds back does not obey, or uses what the screen cannot decide: [Schema.Check] then says which, where
// and why. It is safe for use by many goroutines.
//
// Nothing is prepared ahead: a definition is prepared when a document first needs it.
type Screen struct {
	files files
	root  *rule
}

// NewScreen makes the screen of the schema in the file called main; the others are what it may refer to, by file name.
func NewScreen(in fs.FS, main string, others ...string) (*Screen, error) {
	f := files{in: in, names: append([]string{main}, others...)}
	doc, err := f.open(main)
	if err != nil {
		return nil, err
	}
	return &Screen{f, f.compile(scope{main, doc}, doc.Root())}, nil
}

// Obeys reports whether a document certainly obeys the schema.
func (s *Screen) Obeys(d *input.Doc) bool {
	w := walk{}
	return w.obeys(s.root, d.Root()) && !w.unsure
}

// walk is one document on its way through a screen. Once something cannot be decided nothing counts any more: a wrong
// "no" can be a wrong "yes" further up (oneOf, not, if).
type walk struct {
	unsure bool
	seed   maphash.Seed
	seeded bool
}

func (w *walk) giveUp() bool {
	w.unsure = true
	return false
}

func (w *walk) obeys(r *rule, v input.Value) bool {
	for r.ref != nil {
		r = r.ref()
	}
	if r.unknown || w.unsure {
		return w.giveUp()
	}
	kind := v.Kind()
	if r.kinds != 0 && r.kinds&(1<<kind) == 0 {
		if kind != input.KindNumber || r.kinds&integer == 0 {
			return false
		}
		plain, ok := plainNumber(v.Raw())
		if !ok {
			return w.giveUp()
		}
		if strings.Contains(plain, ".") {
			return false
		}
	}
	if r.never || r.values != nil && !r.values.hold(w, v) {
		return false
	}
	switch kind {
	case input.KindObject:
		if r.object != nil && !w.object(r.object, v) {
			return false
		}
	case input.KindArray:
		if r.array != nil && !w.array(r.array, v) {
			return false
		}
	case input.KindString:
		if r.text != nil && !w.text(r.text, v) {
			return false
		}
	case input.KindNumber:
		if r.number != nil && !w.number(r.number, v) {
			return false
		}
	}
	return r.together == nil || w.together(r.together, v)
}

func (w *walk) object(r *objectRule, v input.Value) bool {
	var seen uint64
	for name, value := range v.Members {
		p, known := r.members[name.Text()]
		if !known {
			if r.more != nil && !w.obeys(r.more, value) {
				return false
			}
			continue
		}
		seen |= p.required
		if p.rule != nil {
			if !w.obeys(p.rule, value) {
				return false
			}
		} else if r.more != nil && !w.obeys(r.more, value) { // named as required only
			return false
		}
	}
	return seen == r.required
}

func (w *walk) array(r *arrayRule, v input.Value) bool {
	n := 0
	for i, item := range v.Items {
		n++
		each := r.items
		if i < len(r.first) {
			each = r.first[i]
		}
		if each != nil && !w.obeys(each, item) {
			return false
		}
	}
	return n >= r.least && n <= r.most && (!r.unique || w.unique(v, n))
}

// unique reports whether no two items are the same. Items of the same hash are left to the whole check.
func (w *walk) unique(v input.Value, n int) bool {
	if n < 2 {
		return true
	}
	if !w.seeded {
		w.seed, w.seeded = maphash.MakeSeed(), true
	}
	hashes := make([]uint64, 0, n)
	for _, item := range v.Items {
		hashes = append(hashes, w.hash(item))
	}
	slices.Sort(hashes)
	for i := 1; i < n; i++ {
		if hashes[i] == hashes[i-1] {
			return w.giveUp()
		}
	}
	return true
}

// hash gives the same number for values that are the same, however they are written.
func (w *walk) hash(v input.Value) uint64 {
	const odd = 0x9e3779b97f4a7c15
	kind := v.Kind()
	if kind == input.KindNumber {
		kind = input.KindString // the whole check takes 1 and "1" for the same
	}
	h := uint64(kind) * odd
	switch v.Kind() {
	case input.KindObject:
		for name, value := range v.Members { // in any order
			m := maphash.String(w.seed, name.Text())
			h += (m ^ w.hash(value)*odd) * odd
		}
	case input.KindArray:
		for _, item := range v.Items {
			h = h*31 + w.hash(item)
		}
	case input.KindNumber:
		plain, ok := plainNumber(v.Raw())
		w.unsure = w.unsure || !ok
		h ^= maphash.String(w.seed, plain)
	default:
		h ^= maphash.String(w.seed, v.Text())
	}
	return h
}

func (w *walk) text(r *textRule, v input.Value) bool {
	s := v.Text()
	if r.least > 0 || r.most < math.MaxInt {
		if n := utf8.RuneCountInString(s); n < r.least || n > r.most {
			return false
		}
	}
	for _, form := range r.forms {
		switch form(s) {
		case no:
			return false
		case perhaps:
			return w.giveUp()
		}
	}
	return true
}

func (w *walk) number(r *numberRule, v input.Value) bool {
	f, err := strconv.ParseFloat(v.Raw(), 64)
	if err != nil || len(v.Raw()) > 15 {
		return w.giveUp() // a float may not hold it
	}
	return f >= r.least && f <= r.most
}

func (w *walk) together(r *togetherRule, v input.Value) bool {
	for _, all := range r.all {
		if !w.obeys(all, v) {
			return false
		}
	}
	if r.any != nil && !slices.ContainsFunc(r.any, func(one *rule) bool { return w.obeys(one, v) }) {
		return false
	}
	if r.one != nil {
		count := 0
		for _, one := range r.one {
			if w.obeys(one, v) {
				count++
			}
		}
		if count != 1 {
			return false
		}
	}
	if r.not != nil && w.obeys(r.not, v) {
		return false
	}
	if r.when == nil {
		return true
	}
	then := r.otherwise
	if w.obeys(r.when, v) {
		then = r.then
	}
	return then == nil || w.obeys(then, v)
}

// plainNumber gives the one way to write a number without a power of ten: 1 for 1.0, 0 for -0.
func plainNumber(s string) (plain string, ok bool) {
	if strings.ContainsAny(s, "eE") {
		return s, false
	}
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return s, true
}

// hold reports whether a value is one of those that are allowed.
func (vs *values) hold(w *walk, v input.Value) bool {
	switch v.Kind() {
	case input.KindString:
		return vs.texts[v.Text()]
	case input.KindBool, input.KindNull:
		return vs.words[v.Raw()]
	}
	return vs.others && w.giveUp()
}

// files are the files of a schema, each read when it is first needed.
type files struct {
	in    fs.FS
	names []string
}

func (f files) open(name string) (*input.Doc, error) {
	b, err := fs.ReadFile(f.in, name)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	doc, err := input.Take(b)
	if err != nil {
		return nil, fmt.Errorf("read schema %s: %w", name, err)
	}
	return doc, nil
}
