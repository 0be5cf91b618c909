package match

import (
	"bytes"
	"fmt"
	"slices"

	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/version"
)

// The ends of an interval. It always begins with its low key; an empty low key is before every version.
const (
	openEnd = iota // every later version
	before         // versions lower than the high key; the fix, if the advisory names one
	upTo           // versions lower than or equal to the high key
	exact          // the low key alone
)

// interval is a run of affected versions, as keys of [version.Key].
type interval struct {
	end       byte
	low, high []byte
	fixed     string // the fixed version as the advisory writes it, for before
}

// rawMark leads the key of a version that has no place in its ecosystem's order. No key of an ordered version starts
// with it. Such a version is only ever equal to itself, or affected because every version is.
const rawMark = 0xff

func rawKey(v string) []byte { return append([]byte{rawMark}, v...) }

// covers reports whether a version is in the interval.
func covers(end byte, low, high, key []byte) bool {
	if len(key) > 0 && key[0] == rawMark {
		return end == exact && bytes.Equal(low, key) || end == openEnd && len(low) == 0
	}
	c := bytes.Compare(low, key)
	if c > 0 || end == exact && c != 0 {
		return false
	}
	switch end {
	case before:
		return bytes.Compare(key, high) < 0
	case upTo:
		return bytes.Compare(key, high) <= 0
	}
	return true
}

// doubt is a part of an advisory that could not be read.
type doubt struct {
	place string // within the affected package
	err   error
}

// intervalsOf gives the affected versions of a package: those of its ranges, then the listed versions that no range
// holds. Doubts name the ranges that could not be read, which are left out.
func intervalsOf(ecosystem string, a osv.Affected) (all []interval, doubts []doubt) {
	for i, r := range a.Ranges {
		if r.Type == osv.Git {
			continue
		}
		found, err := rangeIntervals(ecosystem, r)
		if err != nil {
			doubts = append(doubts, doubt{fmt.Sprintf("/ranges/%d", i), err})
			continue
		}
		all = append(all, found...)
	}
	ranges := len(all)
	seen := map[string]bool{}
	for _, v := range a.Versions {
		key, err := version.Key(ecosystem, v)
		if err != nil {
			key = rawKey(v)
		}
		held := slices.ContainsFunc(all[:ranges], func(iv interval) bool { return covers(iv.end, iv.low, iv.high, key) })
		if v == "" || held || seen[string(key)] {
			continue
		}
		seen[string(key)] = true
		all = append(all, interval{end: exact, low: key})
	}
	return all, doubts
}

// event is one event of a range with its key.
type event struct {
	key  []byte
	kind byte // 'i', 'f' or 'l'
	text string
}

// rangeIntervals walks the events of a range in their order, as the OSV schema's evaluation does.
func rangeIntervals(ecosystem string, r osv.Range) ([]interval, error) {
	var events []event
	var limit []byte
	for i, e := range r.Events {
		for _, part := range [...]struct {
			kind byte
			text string
		}{{'i', e.Introduced}, {'f', e.Fixed}, {'l', e.LastAffected}, {'x', e.Limit}} {
			if part.text == "" || part.kind == 'x' && part.text == "*" {
				continue
			}
			var key []byte
			if part.kind != 'i' || part.text != "0" {
				var err error
				if key, err = version.Key(ecosystem, part.text); err != nil {
					return nil, fmt.Errorf("/events/%d: %w", i, err)
				}
			}
			if part.kind == 'x' {
				if bytes.Compare(key, limit) > 0 {
					limit = key
				}
				continue
			}
			events = append(events, event{key, part.kind, part.text})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return bytes.Compare(a.key, b.key) })
	var out []interval
	open := false
	var low []byte
	for _, e := range events {
		switch {
		case e.kind == 'i' && !open:
			open, low = true, e.key
		case e.kind == 'f' && open:
			open = false
			out = append(out, interval{before, low, e.key, e.text})
		case e.kind == 'l' && open:
			open = false
			out = append(out, interval{end: upTo, low: low, high: e.key})
		}
	}
	if open {
		out = append(out, interval{end: openEnd, low: low})
	}
	return clip(out, limit), nil
}

// clip ends every interval before the limit, when there is one, and drops those that hold nothing.
func clip(all []interval, limit []byte) []interval {
	for i, iv := range all {
		if limit != nil && (iv.end == openEnd || bytes.Compare(iv.high, limit) >= 0) {
			all[i] = interval{end: before, low: iv.low, high: limit}
		}
	}
	return slices.DeleteFunc(all, func(iv interval) bool {
		return iv.end == before && bytes.Compare(iv.low, iv.high) >= 0
	})
}
