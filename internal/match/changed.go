package match

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

var errOverlay = errors.New("match: an index with later advisories laid over it is compared with another only as the earlier one")

// Changed gives the packages of which two indexes say different things, by ecosystem and name. A component that is looked
// up under none of them is found to have the same by both, if both know the same ecosystems (see [LookedUpAs], [Info]).
//
// Both indexes lie sorted in their files, so that they are walked side by side, and what is equal byte by byte is not
// read. What is said of a package is which advisories with which intervals; what is said of an advisory is all that
// findings tell of it, but not its text.
func Changed(before, after *Index) ([]Package, error) {
	if after.later != nil {
		return nil, errOverlay
	}
	was, is, err := sameAdvisories(before, after)
	if err != nil {
		return nil, damaged("", err)
	}
	out, err := changedPackages(was, is)
	if err != nil {
		return nil, damaged("", err)
	}
	if before.later != nil {
		more, err := packagesIn(before.later)
		if err != nil {
			return nil, damaged("", err)
		}
		out = append(out, more...)
	}
	slices.SortFunc(out, func(a, b Package) int {
		return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(out), nil
}

// walk goes through the blobs of a section in their order.
type walk struct {
	ix      *Index
	section int
	at      uint64 // of the blob
	blob    []byte
	done    bool
}

func (w *walk) next() (err error) {
	if w.blob != nil {
		w.at += 4 + uint64(len(w.blob))
	}
	if w.done = w.at >= w.ix.h.Sections[w.section].Len; w.done {
		return nil
	}
	w.blob, err = w.ix.blob(w.section, w.at)
	return err
}

// side is one of two indexes, with a name for each of its advisories: the same name in both where both say the same of
// it, none where they do not.
type side struct {
	ix     *Index
	places []uint64 // of the advisories
	names  []int32  // 0: the other index says something else, or nothing
}

func (s *side) add(place uint64, name int32) {
	s.places, s.names = append(s.places, place), append(s.names, name)
}

func (s *side) name(place uint64) int32 {
	if i, found := slices.BinarySearch(s.places, place); found {
		return s.names[i]
	}
	return 0
}

// sameAdvisories walks through the advisories of both, which are sorted by id. Those that a later index takes the place of
// are not the same as any.
func sameAdvisories(before, after *Index) (was, is side, err error) {
	was.ix, is.ix = before, after
	a, b := walk{ix: before, section: advisories}, walk{ix: after, section: advisories}
	if err := cmp.Or(a.next(), b.next()); err != nil {
		return was, is, err
	}
	for !a.done || !b.done {
		order := 0
		said, says := a.said(len(was.places)), b.said(len(is.places))
		if !bytes.Equal(said, says) || a.done || b.done {
			order = byFirst(a, b)
		}
		name := int32(0)
		if bytes.Equal(said, says) && order == 0 && !before.overlay.replaced[a.at] {
			name = int32(len(was.places)) + 1
		}
		if order <= 0 {
			was.add(a.at, name)
			err = a.next()
		}
		if order >= 0 && err == nil {
			is.add(b.at, name)
			err = b.next()
		}
		if err != nil {
			return was, is, err
		}
	}
	return was, is, nil
}

// said is an advisory's blob without its number, which stands last: what is said of it moves when others come before it.
func (w *walk) said(number int) []byte {
	if w.done {
		return nil
	}
	return w.blob[:max(0, len(w.blob)-len(binary.AppendUvarint(nil, uint64(number))))]
}

// byFirst compares blobs by the text they begin with; one that has come to its end is behind.
func byFirst(a, b walk) int {
	switch {
	case a.done:
		return 1
	case b.done:
		return -1
	}
	first, second := decoder{b: a.blob}, decoder{b: b.blob}
	return bytes.Compare(first.bytes(), second.bytes())
}

// changedPackages walks through the packages of both, which are sorted by ecosystem and name.
func changedPackages(was, is side) (out []Package, err error) {
	a, b := walk{ix: was.ix, section: packages}, walk{ix: is.ix, section: packages}
	if err := cmp.Or(a.next(), b.next()); err != nil {
		return nil, err
	}
	unmoved := slices.Equal(was.places, is.places) && !slices.Contains(was.names, 0)
	for !a.done || !b.done {
		if unmoved && !a.done && !b.done && bytes.Equal(a.blob, b.blob) {
			if err := cmp.Or(a.next(), b.next()); err != nil {
				return nil, err
			}
			continue
		}
		order := byKey(a, b)
		switch {
		case order < 0:
			out = append(out, packageIn(a.blob))
		case order > 0:
			out = append(out, packageIn(b.blob))
		case !sameEntries(was, is, a.blob, b.blob):
			out = append(out, packageIn(a.blob))
		}
		if order <= 0 {
			err = a.next()
		}
		if order >= 0 && err == nil {
			err = b.next()
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// byKey compares packages by ecosystem and name.
func byKey(a, b walk) int {
	if order := byFirst(a, b); order != 0 {
		return order
	}
	first, second := decoder{b: a.blob}, decoder{b: b.blob}
	first.bytes()
	second.bytes()
	return bytes.Compare(first.bytes(), second.bytes())
}

func packageIn(blob []byte) Package {
	d := decoder{b: blob}
	return Package{d.text(), d.text()}
}

// packagesIn gives all packages of an index.
func packagesIn(ix *Index) (out []Package, err error) {
	w := walk{ix: ix, section: packages}
	for err = w.next(); !w.done && err == nil; err = w.next() {
		out = append(out, packageIn(w.blob))
	}
	return out, err
}

// sameEntries reports whether two packages of one name have the same advisories with the same intervals.
func sameEntries(was, is side, a, b []byte) bool {
	before, after := decoder{b: a}, decoder{b: b}
	for range 2 {
		before.bytes()
		after.bytes()
	}
	n := before.count()
	if n != after.count() {
		return false
	}
	for range n {
		name := was.name(before.number())
		if is.name(after.number()) != name || name == 0 || !bytes.Equal(before.intervals(), after.intervals()) {
			return false
		}
	}
	return !before.bad && !after.bad
}

// intervals passes over the intervals of an entry and gives their bytes.
func (d *decoder) intervals() []byte {
	from := d.b
	for range d.count() {
		end := byte(min(d.number(), 255))
		d.bytes()
		if end == before || end == upTo {
			d.bytes()
		}
		if end == before {
			d.bytes()
		}
	}
	return from[:len(from)-len(d.b)]
}
