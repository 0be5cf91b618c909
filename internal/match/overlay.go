package match

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"example.org/tasuki/internal/read/osv"
)

// A few advisories that came after an index was made are kept in a second, small one that is laid over it: one new
// advisory does not make a large index anew. What the later index says of an id takes the place of all that the first says
// of it.

// laterMark is the bit in an advisory's place that says that it stands in the later index.
const laterMark = 1 << 62

// overlay is what is known of two indexes together.
type overlay struct {
	ids      map[string]bool // of the later index
	replaced map[uint64]bool // places in the first index of advisories that the later one knows too
	info     Info
	goesBack bool
}

// OpenIndexes opens an index and one of later advisories, made by [BuildLater], laid over it. Close closes both.
func OpenIndexes(file, laterFile string) (*Index, error) {
	ix, err := OpenIndex(file)
	if err != nil {
		return nil, err
	}
	later, err := OpenIndex(laterFile)
	if err != nil {
		ix.Close()
		return nil, err
	}
	if err := ix.lay(later); err != nil {
		later.Close()
		ix.Close()
		return nil, err
	}
	return ix, nil
}

// BuildLater makes an index of some files of a folder of advisories, each relative to it: npm/GHSA-….json.
func BuildLater(ctx context.Context, dir string, files []string, file string) (Stats, error) {
	return makeIndex(file, func(each func(osv.Item) error) error {
		return osv.Files(ctx, dir, files, osv.Options{Texts: true}, each)
	})
}

// lay lays a later index over this one.
func (ix *Index) lay(later *Index) error {
	o := overlay{ids: map[string]bool{}, replaced: map[uint64]bool{}, info: ix.Info()}
	newInfo := later.Info()
	for at := uint64(0); at < later.h.Sections[advisories].Len; {
		b, err := later.blob(advisories, at)
		if err != nil {
			return damaged("", err)
		}
		r, err := later.record(at)
		if err != nil {
			return err
		}
		at += 4 + uint64(len(b))
		o.ids[r.ID] = true
		err = ix.find(ids, hashID(r.ID), func(place uint64) (bool, error) {
			old, err := ix.record(place)
			if err != nil || old.ID != r.ID {
				return false, err
			}
			o.replaced[place] = true
			o.goesBack = o.goesBack || r.Modified.Before(old.Modified)
			o.info.Count--
			if !old.Withdrawn.IsZero() {
				o.info.Withdrawn--
			}
			return true, nil
		})
		if err != nil {
			return damaged("", err)
		}
	}
	o.info.Count += newInfo.Count
	o.info.Withdrawn += newInfo.Withdrawn
	o.info.Newest = newest(o.info.Newest, newInfo.Newest)
	for _, e := range newInfo.Ecosystems {
		i := slices.IndexFunc(o.info.Ecosystems, func(have EcosystemInfo) bool { return have.Name == e.Name })
		if i < 0 {
			o.info.Ecosystems = append(o.info.Ecosystems, e)
			continue
		}
		o.info.Ecosystems[i].Count += e.Count // one that was replaced counts in both until the index is made anew
		o.info.Ecosystems[i].Newest = newest(o.info.Ecosystems[i].Newest, e.Newest)
	}
	slices.SortFunc(o.info.Ecosystems, func(a, b EcosystemInfo) int { return cmp.Compare(a.Name, b.Name) })
	digest := sha256.Sum256(binary.LittleEndian.AppendUint64(slices.Concat(ix.h.Digest[:], later.h.Digest[:]), 2))
	o.info.Digest = "sha256:" + hex.EncodeToString(digest[:])
	ix.overlay, ix.later = o, later
	return nil
}

// GoesBack reports whether a later record is older than the one it takes the place of. An index made of all would take the
// newer one, so that it is better made anew.
func (ix *Index) GoesBack() bool { return ix.overlay.goesBack }

// onBoth asks an index and the one laid over it. Hits of the later one are marked; those of the first whose advisory the
// later one knows do not count.
func (ix *Index) onBoth(hits []hit, ask func(one *Index, hits []hit) ([]hit, error)) ([]hit, error) {
	if ix.later == nil {
		return ask(ix, hits)
	}
	var first, later []hit
	for _, h := range hits {
		if h.advisory&laterMark == 0 {
			first = append(first, h)
			continue
		}
		h.advisory &^= laterMark
		later = append(later, h)
	}
	first, err := ask(ix, first)
	if err != nil {
		return nil, err
	}
	if later, err = ask(ix.later, later); err != nil {
		return nil, err
	}
	first = slices.DeleteFunc(first, func(h hit) bool { return ix.overlay.replaced[h.advisory] })
	for i := range later {
		later[i].advisory |= laterMark
	}
	return append(first, later...), nil
}

// placesOn gives the places that one of the two indexes gave as the first knows them.
func (ix *Index) placesOn(one *Index, places []uint64) (out []uint64) {
	for _, at := range places {
		switch {
		case one != ix:
			out = append(out, at|laterMark)
		case !ix.overlay.replaced[at]:
			out = append(out, at)
		}
	}
	return out
}

// sortByID sorts hits by the ids of their advisories, which within one index is the order of their places.
func (m *matcher) sortByID(hits []hit) error {
	if m.ix.later == nil {
		slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(a.advisory, b.advisory) })
		return nil
	}
	for _, h := range hits {
		if _, err := m.advisory(h.advisory); err != nil {
			return err
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(m.advisories[a.advisory].ID, m.advisories[b.advisory].ID) })
	return nil
}
