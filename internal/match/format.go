package match

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"io"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// The file of an index is used as it lies, without reading it in. All numbers are little endian.
//
//	header      one block, see header
//	texts       the advisories' JSON, compressed (RFC 1951), one after the other
//	places      for every advisory, by id: place, length and plain length of its text, 8 bytes each; may be empty
//	advisories  blobs, by id
//	packages    blobs, by ecosystem and name; each holds all advisories about the package and their intervals
//	lookup      table, see there: hash of ecosystem and name → place of the package's blob
//	ids         table: hash of id or alias → place of the advisory's blob
//	ecosystems  one blob: names and counts
//	sums        CRC-32C of every block from the texts to the ecosystems
//
// A blob is its length (4 bytes) and its content: numbers as uvarints, texts led by their length.
const (
	magic     = "tasuki.advisory\x00"
	format    = 2
	blockSize = 1024 // small: what is used of a section lies apart, and whole blocks are summed
)

// The sections of the file, in order.
const (
	texts = iota
	places
	advisories
	packages
	lookup
	ids
	ecosystems
	sums
	sectionCount
)

var sectionNames = [sectionCount]string{"texts", "places", "advisories", "packages", "lookup", "ids", "ecosystems", "sums"}

type section struct{ At, Len uint64 }

// header is the first block of the file.
type header struct {
	Magic     [16]byte
	Format    uint32
	Sum       uint32 // CRC-32C of the header with this field zero
	SumsSum   uint32 // CRC-32C of the sums
	Count     uint32 // advisories, the withdrawn ones among them
	Withdrawn uint32
	Empty     uint32
	Newest    int64 // microseconds since 1970
	Sections  [sectionCount]section
	Digest    [sha256.Size]byte // SHA-256 of advisories to ecosystems: the same advisories give the same digest, with or without their texts
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sumOfSums(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// bytes gives the header's block with its sum.
func (h header) bytes() []byte {
	h.Sum = 0
	b, _ := binary.Append(make([]byte, 0, blockSize), binary.LittleEndian, h) // a struct of fixed size does not fail
	b = b[:blockSize]
	binary.LittleEndian.PutUint32(b[20:], crc32.Checksum(b, castagnoli))
	return b
}

// writer writes the sections after the header and sums them up.
type writer struct {
	w      io.Writer
	at     uint64
	block  []byte // of the block that is not full yet
	sums   []byte
	digest hash.Hash // nil while texts are written
	err    error
}

func newWriter(w io.Writer) *writer {
	return &writer{w: w, at: blockSize, block: make([]byte, 0, blockSize)}
}

func (w *writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if w.digest != nil {
		w.digest.Write(p)
	}
	w.at += uint64(len(p))
	for rest := p; len(rest) > 0; {
		n := min(blockSize-len(w.block), len(rest))
		w.block = append(w.block, rest[:n]...)
		if rest = rest[n:]; len(w.block) == blockSize {
			w.flush()
		}
	}
	return len(p), w.err
}

func (w *writer) flush() {
	if len(w.block) == 0 {
		return
	}
	w.sums = binary.LittleEndian.AppendUint32(w.sums, crc32.Checksum(w.block, castagnoli))
	if _, err := w.w.Write(w.block); err != nil && w.err == nil {
		w.err = err
	}
	w.block = w.block[:0]
}

// finish writes the rest of an index after its texts and gives the header.
func (b *builder) finish(w *writer) (header, Info, error) {
	h := header{Format: format}
	copy(h.Magic[:], magic)
	h.Sections[texts] = section{blockSize, w.at - blockSize}
	begin := func(s int) { h.Sections[s].At = w.at }
	end := func(s int) { h.Sections[s].Len = w.at - h.Sections[s].At }

	order := b.order()
	begin(places)
	if h.Sections[texts].Len > 0 {
		for _, i := range order {
			w.Write(b.records[i].text.bytes())
		}
	}
	end(places)

	w.digest = sha256.New()
	begin(advisories)
	place := make([]uint64, len(b.records)) // within its section
	var byID []slot
	for n, i := range order {
		place[i] = w.at - h.Sections[advisories].At
		r := b.records[i]
		r.number = n
		w.Write(blob(r.encode()))
		for _, id := range append([]string{r.ID}, r.Aliases...) {
			byID = append(byID, slot{hashID(id), place[i]})
		}
	}
	end(advisories)

	begin(packages)
	keys := make([]packageKey, 0, len(b.packages))
	for k := range b.packages {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b packageKey) int {
		if c := strings.Compare(a.ecosystem, b.ecosystem); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	var byPackage []slot
	for _, k := range keys {
		content := b.encodePackage(k, place)
		if content == nil {
			continue
		}
		byPackage = append(byPackage, slot{hashPackage(k.ecosystem, k.name), w.at - h.Sections[packages].At})
		w.Write(blob(content))
	}
	end(packages)

	begin(lookup)
	w.Write(table(byPackage))
	end(lookup)
	begin(ids)
	w.Write(table(byID))
	end(ids)

	info := b.info()
	begin(ecosystems)
	w.Write(blob(info.encode()))
	end(ecosystems)

	copy(h.Digest[:], w.digest.Sum(nil))
	w.digest = nil
	w.flush()
	h.Sections[sums] = section{w.at, uint64(len(w.sums))}
	h.SumsSum = sumOfSums(w.sums)
	h.Count, h.Withdrawn, h.Newest = uint32(info.Count), uint32(info.Withdrawn), micros(info.Newest)
	if w.err == nil {
		_, w.err = w.w.Write(w.sums)
	}
	return h, info, w.err
}

// textPlace says where the JSON of an advisory stands in the texts.
type textPlace struct{ at, length, size uint64 } // compressed: at, length; plain: size

func (t textPlace) bytes() []byte {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, textPlaceLen), t.at)
	b = binary.LittleEndian.AppendUint64(b, t.length)
	return binary.LittleEndian.AppendUint64(b, t.size)
}

const textPlaceLen = 24

// encode gives the content of an advisory's blob.
func (r record) encode() []byte {
	var e encoder
	e.text(r.ID)
	e.list(r.Aliases)
	e.text(r.Summary)
	e.time(r.Published)
	e.time(r.Modified)
	e.time(r.Withdrawn)
	e.text(string(r.Severity.Label))
	e.number(uint64(r.Severity.Score*10 + 0.5))
	e.list(r.Severity.Vectors)
	e.number(uint64(r.number))
	return e.b
}

// encodePackage gives the content of a package's blob, or nothing when no record that counts speaks of it.
func (b *builder) encodePackage(k packageKey, place []uint64) []byte {
	entries := slices.DeleteFunc(slices.Clone(b.packages[k]), func(e entry) bool { return b.records[e.record].stale })
	if len(entries) == 0 {
		return nil
	}
	var e encoder
	e.text(k.ecosystem)
	e.text(k.name)
	e.number(uint64(len(entries)))
	for _, en := range entries {
		e.number(place[en.record])
		e.number(uint64(len(en.intervals)))
		for _, iv := range en.intervals {
			e.number(uint64(iv.end))
			e.bytes(iv.low)
			if iv.end == before || iv.end == upTo {
				e.bytes(iv.high)
			}
			if iv.end == before {
				e.text(iv.fixed)
			}
		}
	}
	return e.b
}

func (i Info) encode() []byte {
	var e encoder
	e.number(uint64(len(i.Ecosystems)))
	for _, eco := range i.Ecosystems {
		e.text(eco.Name)
		e.number(uint64(eco.Count))
		e.time(eco.Newest)
	}
	return e.b
}

func blob(content []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(content)), uint32(len(content))), content...)
}

// encoder appends numbers and texts.
type encoder struct{ b []byte }

func (e *encoder) number(n uint64)  { e.b = binary.AppendUvarint(e.b, n) }
func (e *encoder) bytes(p []byte)   { e.number(uint64(len(p))); e.b = append(e.b, p...) }
func (e *encoder) text(s string)    { e.number(uint64(len(s))); e.b = append(e.b, s...) }
func (e *encoder) time(t time.Time) { e.b = binary.AppendVarint(e.b, micros(t)) }
func (e *encoder) list(l []string) {
	e.number(uint64(len(l)))
	for _, s := range l {
		e.text(s)
	}
}

// micros gives a time as microseconds since 1970, zero for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// decoder reads what encoder wrote. After anything that does not fit it gives zeros, and bad is set.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) number() uint64 {
	n, k := binary.Uvarint(d.b)
	if k <= 0 {
		d.b, d.bad = nil, true
		return 0
	}
	d.b = d.b[k:]
	return n
}

func (d *decoder) time() time.Time {
	n, k := binary.Varint(d.b)
	if k <= 0 {
		d.b, d.bad = nil, true
		return time.Time{}
	}
	d.b = d.b[k:]
	return fromMicros(n)
}

// bytes gives a part of the index itself: it must not be changed.
func (d *decoder) bytes() []byte {
	n := d.number()
	if n > uint64(len(d.b)) {
		d.b, d.bad = nil, true
		return nil
	}
	p := d.b[:n:n]
	d.b = d.b[n:]
	return p
}

func (d *decoder) text() string { return string(d.bytes()) }

// count reads how many things follow, each at least one byte long.
func (d *decoder) count() int {
	n := d.number()
	if n > uint64(len(d.b)) {
		d.b, d.bad = nil, true
		return 0
	}
	return int(n)
}

func (d *decoder) list() []string {
	n := d.count()
	out := make([]string, 0, min(n, 16))
	for range n {
		out = append(out, d.text())
	}
	return out
}

// slot is a row of a table: where what has this hash is.
type slot struct{ hash, at uint64 }

// A row of a table is 8 bytes: the upper 24 bits of the hash, then the place plus one in 40 bits.
const placeBits = 40

// bucketRows is how many rows share a bucket of a table, about.
const bucketRows = 16

// table lays rows out by the upper bits of their hash, its bucket: how many bits these are (8 bytes), the number of the
// first row of each bucket and of the end of the last (4 bytes each), the rows.
func table(slots []slot) []byte {
	slices.SortFunc(slots, func(a, b slot) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.at, b.at)) })
	n := bits.Len(uint(len(slots) / bucketRows))
	b := binary.LittleEndian.AppendUint64(nil, uint64(n))
	row := 0
	for bucket := range uint64(1) << n {
		b = binary.LittleEndian.AppendUint32(b, uint32(row))
		for row < len(slots) && slots[row].hash>>(64-n) == bucket {
			row++
		}
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(row))
	for _, s := range slots {
		b = binary.LittleEndian.AppendUint64(b, s.hash>>placeBits<<placeBits|(s.at+1))
	}
	return b
}

func hashPackage(ecosystem, name string) uint64 { return sumOf(ecosystem + "\x00" + name) }
func hashID(id string) uint64                   { return sumOf(id) }

// sumOf is the start of a SHA-256: names come from outside, and nobody may choose them to fall into one bucket.
func sumOf(s string) uint64 {
	sum := sha256.Sum256([]byte(s))
	return binary.LittleEndian.Uint64(sum[:8])
}

// memory writes an index without texts into memory.
func (b *builder) memory() ([]byte, Info, error) {
	var buf bytes.Buffer
	buf.Write(make([]byte, blockSize))
	h, info, err := b.finish(newWriter(&buf))
	if err != nil {
		return nil, info, err
	}
	out := buf.Bytes()
	copy(out, h.bytes())
	return out, info, nil
}
