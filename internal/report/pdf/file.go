package pdf

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"

	"example.org/tasuki/internal/pattern"
)

// file is a PDF taken apart: the bodies of its objects, object 1 first. The library writes pages and type; what it has no
// words for (structure, attachments, nested bookmarks, language) is put in here, and the file is written anew with one
// table of references.
type file struct {
	objects [][]byte
}

var (
	startOfTable = pattern.Of(`startxref\n(\d+)\n%%EOF\s*$`)
	sizeOfTable  = pattern.Of(`^xref\n0 (\d+)\n`)
)

// takeApart reads a file as the library writes it.
func takeApart(b []byte) (*file, error) {
	at := startOfTable().FindSubmatch(b)
	if at == nil {
		return nil, fmt.Errorf("no table of references")
	}
	table, err := strconv.Atoi(string(at[1]))
	if err != nil || table >= len(b) {
		return nil, fmt.Errorf("table of references at %s", at[1])
	}
	head := sizeOfTable().FindSubmatch(b[table:])
	if head == nil {
		return nil, fmt.Errorf("no table of references at %d", table)
	}
	n, err := strconv.Atoi(string(head[1]))
	if err != nil {
		return nil, err
	}
	const entry = 20
	rows := b[table+len(head[0]):]
	if len(rows) < n*entry {
		return nil, fmt.Errorf("table of references is cut short")
	}
	offsets := make([]int, 0, n)
	for i := 1; i < n; i++ {
		offset, err := strconv.Atoi(string(rows[i*entry : i*entry+10]))
		if err != nil {
			return nil, fmt.Errorf("reference %d: %w", i, err)
		}
		offsets = append(offsets, offset)
	}
	offsets = append(offsets, table)
	f := &file{}
	for i := range n - 1 {
		name := fmt.Appendf(nil, "%d 0 obj\n", i+1)
		part := b[offsets[i]:offsets[i+1]]
		if !bytes.HasPrefix(part, name) {
			return nil, fmt.Errorf("object %d is not where it should be", i+1)
		}
		part = bytes.TrimSuffix(bytes.TrimRight(part[len(name):], "\n"), []byte("endobj"))
		f.objects = append(f.objects, part)
	}
	return f, nil
}

// add puts an object into the file and gives its number.
func (f *file) add(format string, args ...any) int {
	f.objects = append(f.objects, fmt.Appendf(nil, format, args...))
	return len(f.objects)
}

// reserve gives the number of an object that is written later with set.
func (f *file) reserve() int { return f.add("null") }

func (f *file) set(n int, format string, args ...any) {
	f.objects[n-1] = fmt.Appendf(nil, format, args...)
}

// stream gives the body of a compressed stream; more stands in its dictionary.
func stream(content []byte, more string) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(content)
	w.Close()
	return slices.Concat(fmt.Appendf(nil, "<< %s /Filter /FlateDecode /Length %d >>\nstream\n", more, b.Len()), b.Bytes(), []byte("\nendstream"))
}

func (f *file) addStream(content []byte, more string) int {
	f.objects = append(f.objects, stream(content, more))
	return len(f.objects)
}

// writeTo writes the file, with a table of references and a name made of its content.
func (f *file) writeTo(w io.Writer, root, info int) error {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(f.objects))
	for i, body := range f.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, bytes.TrimRight(body, "\n"))
	}
	id := sha256.Sum256(b.Bytes())
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%[4]x>] >>\nstartxref\n%d\n%%%%EOF\n", len(f.objects)+1, root, info, id[:16], table)
	_, err := w.Write(b.Bytes())
	return err
}

// pages gives the numbers of the page objects in order.
func (f *file) pages() []int {
	var out []int
	for i, body := range f.objects {
		if bytes.Contains(body, []byte("/Type /Page\n")) {
			out = append(out, i+1)
		}
	}
	return out
}

// textString writes a text as PDF wants it: UTF-16 with a mark, in hexadecimal.
func textString(s string) string {
	out := []byte("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", unit)
	}
	return string(append(out, '>'))
}

func pdfTime(t time.Time) string {
	_, offset := t.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("(D:%s%c%02d'%02d')", t.Format("20060102150405"), sign, offset/3600, offset/60%60)
}

// An attachment is a file inside the file.
type attachment struct {
	name, what, media string
	content           []byte
}

// attach puts files in, and gives what the catalogue says of them.
func (f *file) attach(files []attachment, at time.Time) string {
	slices.SortFunc(files, func(a, b attachment) int { return cmp.Compare(a.name, b.name) }) // a name tree is sorted
	var names bytes.Buffer
	for _, a := range files {
		content := f.addStream(a.content, fmt.Sprintf("/Type /EmbeddedFile /Subtype /%s /Params << /Size %d /ModDate %s >>", nameOf(a.media), len(a.content), pdfTime(at)))
		spec := f.add("<< /Type /Filespec /F %s /UF %[1]s /Desc %s /EF << /F %d 0 R /UF %[3]d 0 R >> >>", textString(a.name), textString(a.what), content)
		fmt.Fprintf(&names, "%s %d 0 R ", textString(a.name), spec)
	}
	return fmt.Sprintf("/Names << /EmbeddedFiles << /Names [ %s] >> >>", names.Bytes())
}

// nameOf writes a media type as a PDF name: application/json becomes application#2Fjson.
func nameOf(media string) string {
	var b bytes.Buffer
	for _, r := range []byte(media) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			b.WriteByte(r)
		} else {
			fmt.Fprintf(&b, "#%02X", r)
		}
	}
	return b.String()
}
