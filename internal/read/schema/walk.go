package schema

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// walk is one document on its way through a schema. Its functions report whether a value obeys; unless the walk is quiet
// they go on after a violation, to tell of all.
type walk struct {
	quiet          bool // only whether, not what is wrong
	lost           bool // it met a rule that is not known: what obeys reports means nothing any more
	path           []step
	forgive        func(Violation) bool
	doubts, faults []Violation
}

// step leads to a member by its name, or to an item by its index.
type step struct {
	name  input.Value
	index int
}

func (w *walk) tokens() []string {
	var out []string
	for _, s := range w.path {
		if s.name.Kind() == input.KindString {
			out = append(out, s.name.Text())
		} else {
			out = append(out, strconv.Itoa(s.index))
		}
	}
	return out
}

// fail notes a violation of a keyword where the walk stands.
func (w *walk) fail(keyword, got string, what func() lang.Text) bool {
	if w.quiet {
		return false
	}
	path := w.tokens()
	v := Violation{Where: input.Pointer("", path...), Path: path, Keyword: keyword, Got: got, What: what()}
	if w.forgive(v) {
		w.doubts = append(w.doubts, v)
	} else {
		w.faults = append(w.faults, v)
	}
	return false
}

// into holds what a step leads to to a rule.
func (w *walk) into(s step, r *rule, v input.Value) bool {
	w.path = append(w.path, s)
	ok := w.obeys(r, v)
	w.path = w.path[:len(w.path)-1]
	return ok
}

func (w *walk) obeys(r *rule, v input.Value) bool {
	for r.ref != nil {
		r = r.ref()
	}
	// What is of the wrong kind, or another value, is not looked into any further.
	kind := v.Kind()
	switch {
	case r.unknown:
		w.lost = true
		return false
	case r.never:
		return w.fail("false", "", func() lang.Text { return lang.T("ここには何も書けません", "nothing is allowed here") })
	case r.kinds != 0 && !r.allows(v):
		return w.fail("type", kindNames[kind], func() lang.Text {
			return lang.F("型が%[1]sですが、%[2]sでなければなりません", "it is of type %[1]s where %[2]s is needed", kindNames[kind], r.kindsText())
		})
	case r.values != nil && !r.values.hold(v):
		return w.fail(r.values.keyword, "", func() lang.Text { return r.values.say(v) })
	case r.format != nil && kind == input.KindString && !r.format.holds(v.Text()):
		return w.fail("format", "", func() lang.Text {
			return lang.F("「%[1]s」は%[2]sの書式ではありません", "%[1]q is not in the format %[2]s", value(v), r.format.name)
		})
	}
	ok := true
	switch {
	case kind == input.KindObject && r.object != nil:
		ok = w.object(r.object, v)
	case kind == input.KindArray && r.array != nil:
		ok = w.array(r.array, v)
	case kind == input.KindString && r.text != nil:
		ok = w.text(r.text, v)
	case kind == input.KindNumber && r.number != nil:
		ok = w.number(r.number, v)
	}
	if !ok && w.quiet || r.together == nil {
		return ok
	}
	return w.together(r.together, v) && ok
}

func (w *walk) object(r *objectRule, v input.Value) bool {
	ok := true
	var seen uint64
	var extra []string
	for name, value := range v.Members {
		m := r.members[name.Text()]
		seen |= m.required
		each := m.rule
		if each == nil { // not known, or named as required only
			each = r.more
		}
		switch {
		case each == nil:
		case each == r.more && each.never:
			extra = append(extra, name.Text())
		default:
			ok = w.into(step{name: name}, each, value) && ok
		}
		if w.quiet && (!ok || extra != nil) {
			return false
		}
	}
	if seen != r.required && !w.quiet {
		missing := list(r.missing(seen))
		w.fail("required", missing, func() lang.Text {
			return lang.F("必須の項目「%s」がありません", "the required %s is missing", missing)
		})
	}
	if extra != nil {
		names := list(extra)
		w.fail("additionalProperties", names, func() lang.Text {
			return lang.F("この形式にない項目「%s」があります", "%s is not a member this format knows", names)
		})
	}
	return ok && seen == r.required && extra == nil
}

func (w *walk) array(r *arrayRule, v input.Value) bool {
	ok := true
	n, extra := 0, 0
	for i, item := range v.Items {
		n++
		each := r.items
		if i < len(r.first) {
			each = r.first[i]
		}
		switch {
		case each == nil:
		case r.first != nil && i >= len(r.first) && each.never:
			extra++
		default:
			ok = w.into(step{index: i}, each, item) && ok
		}
		if !ok && w.quiet {
			return false
		}
	}
	if extra > 0 {
		ok = w.fail("additionalItems", "", func() lang.Text {
			return lang.F("余分な要素が%d件あります", "it has %d items too many", extra)
		})
	}
	if n < r.least {
		ok = w.fail("minItems", "", func() lang.Text {
			return lang.F("%[1]d件しかありません(%[2]d件以上が必要です)", "it has %[1]d items, at least %[2]d are needed", n, r.least)
		})
	}
	if n > r.most {
		ok = w.fail("maxItems", "", func() lang.Text {
			return lang.F("%[1]d件あります(%[2]d件までです)", "it has %[1]d items, at most %[2]d are allowed", n, r.most)
		})
	}
	if r.unique && n > 1 {
		if i, j, twice := duplicates(v, n); twice {
			ok = w.fail("uniqueItems", "", func() lang.Text {
				return lang.F("%[1]d番目と%[2]d番目が同じ内容です", "items %[1]d and %[2]d are the same", i+1, j+1)
			})
		}
	}
	return ok
}

func (w *walk) text(r *textRule, v input.Value) bool {
	s, ok := v.Text(), true
	if r.least > 0 || r.most < math.MaxInt {
		n := utf8.RuneCountInString(s)
		if n < r.least {
			ok = w.fail("minLength", "", func() lang.Text {
				return lang.F("値が短すぎます(%d文字以上が必要です)", "the value is too short (at least %d characters are needed)", r.least)
			})
		}
		if n > r.most {
			ok = w.fail("maxLength", "", func() lang.Text {
				return lang.F("値が長すぎます(%d文字までです)", "the value is too long (at most %d characters are allowed)", r.most)
			})
		}
	}
	if r.pattern != nil && !r.pattern(s) {
		ok = w.fail("pattern", "", func() lang.Text {
			return lang.F("「%s」は決められた形になっていません", "%q does not have the form laid down for it", input.Clip(s))
		})
	}
	return ok
}

func (w *walk) number(r *numberRule, v input.Value) bool {
	n, ok := decimalOf(v.Raw()), true
	if r.least != "" && n.compare(decimalOf(r.least)) < 0 {
		ok = w.fail("minimum", "", func() lang.Text {
			return lang.F("「%[1]s」は小さすぎます(%[2]s以上が必要です)", "%[1]q is too small (at least %[2]s is needed)", value(v), r.least)
		})
	}
	if r.most != "" && n.compare(decimalOf(r.most)) > 0 {
		ok = w.fail("maximum", "", func() lang.Text {
			return lang.F("「%[1]s」は大きすぎます(%[2]sまでです)", "%[1]q is too large (at most %[2]s is allowed)", value(v), r.most)
		})
	}
	return ok
}

func (w *walk) together(r *togetherRule, v input.Value) bool {
	ok := true
	for _, all := range r.all {
		if ok = w.obeys(all, v) && ok; !ok && w.quiet {
			return false
		}
	}
	obeys := func(one *rule) bool { return w.quietly(one, v) }
	if r.any != nil && !slices.ContainsFunc(r.any, obeys) {
		ok = w.nearest(r.any, v)
	}
	if r.one != nil {
		switch count(r.one, obeys) {
		case 0:
			ok = w.nearest(r.one, v)
		case 1:
		default:
			ok = w.fail("oneOf", "", func() lang.Text {
				return lang.T("両立しない書き方が同時に使われています", "two ways of writing it that exclude each other are used at once")
			})
		}
	}
	if r.not != nil && obeys(r.not) {
		ok = w.fail("not", "", func() lang.Text {
			return lang.T("この組み合わせは許されていません", "this combination is not allowed")
		})
	}
	if r.when == nil || !ok && w.quiet {
		return ok
	}
	then := r.otherwise
	if obeys(r.when) {
		then = r.then
	}
	return (then == nil || w.obeys(then, v)) && ok
}

func count(rules []*rule, obeys func(*rule) bool) (n int) {
	for _, r := range rules {
		if obeys(r) {
			n++
		}
	}
	return n
}

func (w *walk) quietly(r *rule, v input.Value) bool {
	was := w.quiet
	w.quiet = true
	ok := w.obeys(r, v)
	w.quiet = was
	return ok
}

// nearest tells of alternatives none of which is obeyed: of the one with the fewest faults, and of several such of the one
// that was got furthest with.
func (w *walk) nearest(rules []*rule, v input.Value) bool {
	if w.quiet {
		return false
	}
	var best walk
	for i, r := range rules {
		one := walk{path: w.path, forgive: w.forgive}
		one.obeys(r, v)
		w.lost = w.lost || one.lost
		if n := len(one.faults) - len(best.faults); i == 0 || n < 0 || n == 0 && depth(one.faults) > depth(best.faults) {
			best = one
		}
	}
	w.doubts, w.faults = append(w.doubts, best.doubts...), append(w.faults, best.faults...)
	return false
}

func depth(vs []Violation) (deepest int) {
	for _, v := range vs {
		deepest = max(deepest, len(v.Path))
	}
	return deepest
}

// list writes names for a message: the first five, sorted.
func list(names []string) string {
	slices.Sort(names)
	more := ""
	if len(names) > 5 {
		names, more = names[:5], ", …"
	}
	for i, n := range names {
		names[i] = input.Clip(n)
	}
	return strings.Join(names, ", ") + more
}

// value writes a value for a message.
func value(v input.Value) string {
	if v.Kind() == input.KindString {
		return input.Clip(v.Text())
	}
	return input.Clip(v.Raw())
}
