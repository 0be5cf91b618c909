package match

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"slices"
	"sync/atomic"

	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/osv"
	"example.org/tasuki/internal/version"
)

// Index is a set of advisories ready to be asked. It does not change and may be used by many goroutines at once. What
// lies in a file is checked, block by block, when it is first used: a damaged file gives an error, not a wrong answer.
type Index struct {
	b          []byte
	h          header
	ecosystems []EcosystemInfo
	known      map[string]bool // the names of ecosystems, with their release and as base names
	checked    []uint32        // a bit for every block whose sum holds
	close      func() error
	later      *Index // what came after, laid over it by [OpenIndexes]; nil when nothing did
	overlay    overlay
}

// OpenIndex opens a file that [BuildIndex] made. It is mapped, not read in: close it when done.
func OpenIndex(file string) (*Index, error) {
	b, unmap, err := mapFile(file)
	if err != nil {
		return nil, &lang.Error{Kind: lang.Unreadable, Err: err,
			What: lang.F("脆弱性情報の索引「%s」を開けません", "the advisory index %s cannot be opened", file),
			Next: lang.T("パスを確認するか、tasuki advisories build で作成してください", "check the path, or make it with tasuki advisories build")}
	}
	ix, err := newIndex(b)
	if err != nil {
		unmap()
		return nil, damaged(file, err)
	}
	ix.close = unmap
	return ix, nil
}

func damaged(file string, err error) error {
	return &lang.Error{Kind: lang.Unreadable, Err: err, Where: file,
		What: lang.T("脆弱性情報の索引が壊れているか、この版のものではありません", "the advisory index is damaged or of another version"),
		Next: lang.T("tasuki advisories build で作り直してください", "make it again with tasuki advisories build")}
}

// newIndex checks the header and the bounds of an index.
func newIndex(b []byte) (*Index, error) {
	ix := &Index{b: b, close: func() error { return nil }}
	if err := ix.readHeader(); err != nil {
		return nil, err
	}
	switch {
	case string(ix.h.Magic[:]) != magic:
		return nil, fmt.Errorf("it does not start as an index does")
	case ix.h.Format != format:
		return nil, fmt.Errorf("it is of format %d, this program reads %d", ix.h.Format, format)
	case !bytes.Equal(ix.h.bytes(), b[:blockSize]):
		return nil, fmt.Errorf("the sum of the header does not hold")
	}
	at := uint64(blockSize)
	for i, s := range ix.h.Sections {
		if s.At != at || s.Len > uint64(len(b))-at {
			return nil, fmt.Errorf("the section %s does not fit", sectionNames[i])
		}
		at += s.Len
	}
	if at != uint64(len(b)) {
		return nil, fmt.Errorf("%d bytes follow its end", uint64(len(b))-at)
	}
	blocks := (ix.h.Sections[sums].At - blockSize + blockSize - 1) / blockSize
	if ix.h.Sections[sums].Len != 4*blocks || sumOfSums(ix.section(sums)) != ix.h.SumsSum {
		return nil, fmt.Errorf("the sums do not hold")
	}
	ix.checked = make([]uint32, (blocks+31)/32)
	return ix, ix.readEcosystems()
}

func (ix *Index) readHeader() error {
	if len(ix.b) < blockSize {
		return fmt.Errorf("it has %d bytes, fewer than its header", len(ix.b))
	}
	_, err := binary.Decode(ix.b, binary.LittleEndian, &ix.h)
	return err
}

func (ix *Index) section(s int) []byte {
	return ix.b[ix.h.Sections[s].At:][:ix.h.Sections[s].Len]
}

func (ix *Index) readEcosystems() error {
	b, err := ix.blob(ecosystems, 0)
	if err != nil {
		return err
	}
	d := decoder{b: b}
	for range d.count() {
		ix.ecosystems = append(ix.ecosystems, EcosystemInfo{Name: d.text(), Count: int(d.number()), Newest: d.time()})
	}
	ix.known = make(map[string]bool, 2*len(ix.ecosystems))
	for _, e := range ix.ecosystems {
		ix.known[e.Name], ix.known[version.Base(e.Name)] = true, true
	}
	if d.bad {
		return errContent(ecosystems, 0)
	}
	return nil
}

func errContent(s int, at uint64) error {
	return fmt.Errorf("the content of %s at %d does not fit", sectionNames[s], at)
}

// Close releases the file. The index and every text it gave must not be used afterwards.
func (ix *Index) Close() error {
	if ix.later != nil {
		return errors.Join(ix.later.Close(), ix.close())
	}
	return ix.close()
}

// Info says what the index holds.
func (ix *Index) Info() Info {
	if ix.later != nil {
		return ix.overlay.info
	}
	return Info{Count: int(ix.h.Count), Withdrawn: int(ix.h.Withdrawn), Newest: fromMicros(ix.h.Newest),
		Ecosystems: append([]EcosystemInfo{}, ix.ecosystems...), Digest: "sha256:" + hex.EncodeToString(ix.h.Digest[:])}
}

// has reports whether any advisory speaks of an ecosystem, given with its release or as a base name.
func (ix *Index) has(ecosystem string) bool {
	return ix.known[ecosystem] || ix.later != nil && ix.later.known[ecosystem]
}

// view gives n bytes of a section, after checking the blocks they lie in.
func (ix *Index) view(s int, at, n uint64) ([]byte, error) {
	sec := ix.h.Sections[s]
	if at > sec.Len || n > sec.Len-at {
		return nil, errContent(s, at)
	}
	from := sec.At + at
	for block := (from - blockSize) / blockSize; n > 0 && block <= (from+n-1-blockSize)/blockSize; block++ {
		word, bit := &ix.checked[block/32], uint32(1)<<(block%32)
		if atomic.LoadUint32(word)&bit != 0 {
			continue
		}
		start := blockSize + block*blockSize
		sum := crc32.Checksum(ix.b[start:min(start+blockSize, ix.h.Sections[sums].At)], castagnoli)
		if sum != binary.LittleEndian.Uint32(ix.section(sums)[4*block:]) {
			return nil, fmt.Errorf("the sum of block %d does not hold", block)
		}
		atomic.OrUint32(word, bit)
	}
	return ix.b[from : from+n : from+n], nil
}

// blob gives the content of the blob at a place of a section.
func (ix *Index) blob(s int, at uint64) ([]byte, error) {
	head, err := ix.view(s, at, 4)
	if err != nil {
		return nil, err
	}
	return ix.view(s, at+4, uint64(binary.LittleEndian.Uint32(head)))
}

// find gives the places that a table holds for a hash to each, until that says it is done.
func (ix *Index) find(t int, hash uint64, each func(at uint64) (done bool, err error)) error {
	rows, err := ix.bucket(t, hash)
	for ; err == nil && len(rows) > 0; rows = rows[8:] {
		row := binary.LittleEndian.Uint64(rows)
		if row>>placeBits != hash>>placeBits {
			continue
		}
		place := row & (1<<placeBits - 1)
		if place == 0 {
			return errContent(t, 0)
		}
		if done, err := each(place - 1); done || err != nil {
			return err
		}
	}
	return err
}

// bucket gives the rows of a table among which those of a hash are.
func (ix *Index) bucket(t int, hash uint64) ([]byte, error) {
	b, err := ix.view(t, 0, 8)
	if err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(b)
	if n > 32 {
		return nil, errContent(t, 0)
	}
	at := 8 + 4*(hash>>(64-n))
	if b, err = ix.view(t, at, 8); err != nil {
		return nil, err
	}
	first, end := uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[4:]))
	if first > end {
		return nil, errContent(t, at)
	}
	return ix.view(t, 8+4*(1<<n+1)+8*first, 8*(end-first))
}

// affected appends the advisories that affect a version of a package to hits, each once.
func (ix *Index) affected(ecosystem, name string, key []byte, hits []hit) ([]hit, error) {
	return ix.onBoth(hits, func(one *Index, hits []hit) ([]hit, error) { return one.affectedHere(ecosystem, name, key, hits) })
}

func (ix *Index) affectedHere(ecosystem, name string, key []byte, hits []hit) ([]hit, error) {
	err := ix.find(lookup, hashPackage(ecosystem, name), func(at uint64) (bool, error) {
		b, err := ix.blob(packages, at)
		if err != nil {
			return false, err
		}
		d := decoder{b: b}
		if string(d.bytes()) != ecosystem || string(d.bytes()) != name {
			return false, nil
		}
		for range d.count() {
			hits = readEntry(&d, key, hits)
		}
		if d.bad {
			return false, errContent(packages, at)
		}
		return true, nil
	})
	if err != nil {
		return nil, damaged("", err)
	}
	return hits, nil
}

// readEntry reads one advisory's word on a package and appends a hit when it affects the version. Fixes that are not
// later than the version do not help and are left out.
func readEntry(d *decoder, key []byte, hits []hit) []hit {
	h := hit{advisory: d.number()}
	affects := false
	for range d.count() {
		end := byte(min(d.number(), 255))
		low := d.bytes()
		var high, fixed []byte
		if end == before || end == upTo {
			high = d.bytes()
		}
		if end == before {
			fixed = d.bytes()
		}
		affects = affects || end <= exact && covers(end, low, high, key)
		if len(fixed) > 0 && (bytes.Compare(high, key) > 0 || len(key) > 0 && key[0] == rawMark) {
			h.fixed = append(h.fixed, fix{high, string(fixed)})
		}
	}
	if !affects || d.bad {
		return hits
	}
	for i := range hits {
		if hits[i].advisory == h.advisory {
			hits[i].fixed = append(hits[i].fixed, h.fixed...)
			return hits
		}
	}
	return append(hits, h)
}

// record reads the advisory at a place.
func (ix *Index) record(at uint64) (record, error) {
	if at&laterMark != 0 && ix.later != nil {
		return ix.later.record(at &^ laterMark)
	}
	b, err := ix.blob(advisories, at)
	if err != nil {
		return record{}, damaged("", err)
	}
	d := decoder{b: b}
	var r record
	r.ID, r.Aliases, r.Summary = d.text(), d.list(), d.text()
	r.Published, r.Modified, r.Withdrawn = d.time(), d.time(), d.time()
	r.Severity.Label = finding.Label(d.text())
	r.Severity.Score = float64(d.number()) / 10
	r.Severity.Vectors = d.list()
	r.number = int(min(d.number(), math.MaxInt32))
	if d.bad {
		return record{}, damaged("", errContent(advisories, at))
	}
	return r, nil
}

// records gives the advisories that bear an id, as their own or as an alias.
func (ix *Index) records(id string) (out []record, err error) {
	err = ix.find(ids, hashID(id), func(at uint64) (bool, error) {
		r, err := ix.record(at)
		if err != nil {
			return false, err
		}
		if (r.ID == id || slices.Contains(r.Aliases, id)) && !ix.overlay.replaced[at] {
			out = append(out, r)
		}
		return false, nil
	})
	if err == nil && ix.later != nil {
		var more []record
		more, err = ix.later.records(id)
		out = append(out, more...)
	}
	return out, err
}

// Advisories gives the advisories that bear an id, as their own or as an alias; none is no error.
func (ix *Index) Advisories(id string) ([]finding.Advisory, error) {
	records, err := ix.records(id)
	var out []finding.Advisory
	for _, r := range records {
		out = append(out, r.Advisory)
	}
	return out, err
}

// Text gives the whole JSON of an advisory by its own id. Only an index made by [BuildIndex] holds texts.
func (ix *Index) Text(id string) ([]byte, error) {
	if ix.overlay.ids[id] {
		return ix.later.Text(id)
	}
	records, err := ix.records(id)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if r.ID == id && ix.h.Sections[places].Len > 0 {
			text, err := ix.text(r.number)
			if err != nil {
				return nil, damaged("", fmt.Errorf("the text of %s: %w", id, err))
			}
			return text, nil
		}
	}
	return nil, &lang.Error{Kind: lang.NotFound, Err: os.ErrNotExist,
		What: lang.F("脆弱性情報「%s」の全文は手元にありません", "the text of the advisory %s is not at hand", id)}
}

// text reads the text of the advisory with a number.
func (ix *Index) text(number int) ([]byte, error) {
	b, err := ix.view(places, uint64(number)*textPlaceLen, textPlaceLen)
	if err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint64(b[16:])
	if size > osv.MaxRecord {
		return nil, errContent(places, uint64(number)*textPlaceLen)
	}
	raw, err := ix.view(texts, binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), int64(size)+1))
	if err == nil && uint64(len(text)) != size {
		err = errContent(texts, 0)
	}
	return text, err
}
