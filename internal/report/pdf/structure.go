package pdf

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"example.org/tasuki/internal/pattern"
)

// An element is a part of the paper as a reader by ear meets it: a heading, a paragraph, a table and its cells (ISO
// 32000-1 14.8). What is drawn while no element is open is decoration.
type element struct {
	kind string
	alt  string // words for what is a picture
	kids []any  // *element, or content
}

// content is a piece of a page that belongs to an element.
type content struct{ page, id int }

// grouping elements hold no words themselves.
var grouping = []string{"Document", "Sect", "Table", "TR"}

// The library lets nothing be said about what is drawn, so a place is marked by a width of line that no line has: start
// + id begins the id-th piece of the page, end ends it. mend turns them into what they stand for.
const (
	markStart = 7_000_000
	markEnd   = 8_000_000
)

var marker = pattern.Of(`(?m)^([78]\d{6})\.00 w\n`)

// in opens an element, sets what says and closes it.
func (c *canvas) in(kind string, says func()) {
	if c.quiet > 0 || len(c.open) == 0 {
		says()
		return
	}
	e := &element{kind: kind}
	parent := c.open[len(c.open)-1]
	parent.kids = append(parent.kids, e)
	c.open = append(c.open, e)
	says()
	c.open = c.open[:len(c.open)-1]
}

// picture sets something that is seen and not read, with words for it.
func (c *canvas) picture(alt string, draws func()) {
	c.in("Figure", func() {
		if len(c.open) > 0 {
			c.open[len(c.open)-1].alt = alt
		}
		c.piece(draws)
	})
}

// decoration sets what a reader by ear need not meet: what stands on every page, and heads of tables that are repeated.
func (c *canvas) decoration(draws func()) {
	c.quiet++
	draws()
	c.quiet--
}

// piece draws something as one piece of the element that is open.
func (c *canvas) piece(draws func()) {
	if c.quiet > 0 || len(c.open) == 0 {
		draws()
		return
	}
	e := c.open[len(c.open)-1]
	if isGrouping(e.kind) {
		c.in("P", func() { c.piece(draws) })
		return
	}
	page := c.pdf.GetNumberOfPages()
	for len(c.pieces) < page {
		c.pieces = append(c.pieces, nil)
	}
	id := len(c.pieces[page-1])
	c.pieces[page-1] = append(c.pieces[page-1], e)
	e.kids = append(e.kids, content{page, id})
	c.pdf.SetLineWidth(markStart + float64(id))
	c.decoration(draws)
	c.pdf.SetLineWidth(markEnd)
}

func isGrouping(kind string) bool {
	for _, g := range grouping {
		if g == kind {
			return true
		}
	}
	return false
}

// structure writes the tree of elements into the file, marks the pieces on the pages, and gives what the catalogue says
// of it.
func (f *file) structure(root *element, pieces [][]*element) (string, error) {
	pages := f.pages()
	for i, page := range pages {
		f.objects[page-1] = bytes.Replace(f.objects[page-1], []byte("/Type /Page\n"), fmt.Appendf(nil, "/Type /Page\n  /Tabs /S\n  /StructParents %d\n", i), 1)
		var of []*element
		if i < len(pieces) {
			of = pieces[i]
		}
		if err := f.mend(page, of); err != nil {
			return "", err
		}
	}
	numbers := map[*element]int{}
	top := f.reserve()
	f.element(root, top, pages, numbers)
	var nums strings.Builder
	for i := range pages {
		fmt.Fprintf(&nums, "%d [ ", i)
		if i < len(pieces) {
			for _, e := range pieces[i] {
				fmt.Fprintf(&nums, "%d 0 R ", numbers[e])
			}
		}
		nums.WriteString("] ")
	}
	parents := f.add("<< /Nums [ %s] >>", nums.String())
	f.set(top, "<< /Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d >>", numbers[root], parents, len(pages))
	return fmt.Sprintf("/MarkInfo << /Marked true >> /StructTreeRoot %d 0 R", top), nil
}

// element writes an element and everything below it.
func (f *file) element(e *element, parent int, pages []int, numbers map[*element]int) int {
	n := f.reserve()
	numbers[e] = n
	var kids strings.Builder
	for _, kid := range e.kids {
		switch k := kid.(type) {
		case *element:
			fmt.Fprintf(&kids, "%d 0 R ", f.element(k, n, pages, numbers))
		case content:
			fmt.Fprintf(&kids, "<< /Type /MCR /Pg %d 0 R /MCID %d >> ", pages[k.page-1], k.id)
		}
	}
	more := ""
	if e.alt != "" {
		more += " /Alt " + textString(e.alt)
	}
	if e.kind == "TH" {
		more += " /A << /O /Table /Scope /Column >>"
	}
	f.set(n, "<< /Type /StructElem /S /%s /P %d 0 R%s /K [ %s] >>", e.kind, parent, more, kids.String())
	return n
}

var contentsOf = pattern.Of(`/Contents +(\d+) 0 R`)

// mend turns the marks of a page into the start and end of its pieces, calls everything else decoration, and compresses
// the page.
func (f *file) mend(page int, pieces []*element) error {
	at := contentsOf().FindSubmatch(f.objects[page-1])
	if at == nil {
		return fmt.Errorf("page %d has no content", page)
	}
	n, _ := strconv.Atoi(string(at[1]))
	body := f.objects[n-1]
	start, end := bytes.Index(body, []byte("stream\n")), bytes.LastIndex(body, []byte("\nendstream"))
	if start < 0 || end < start {
		return fmt.Errorf("the content of page %d is not there", page)
	}
	drawn := body[start+len("stream\n") : end+1]
	var out bytes.Buffer
	rest := func(b []byte) {
		if len(bytes.TrimSpace(b)) > 0 {
			fmt.Fprintf(&out, "/Artifact BMC\n%sEMC\n", b)
		}
	}
	last, inside := 0, false
	for _, m := range marker().FindAllSubmatchIndex(drawn, -1) {
		mark, _ := strconv.Atoi(string(drawn[m[2]:m[3]]))
		switch id := mark - markStart; {
		case mark == markEnd && inside:
			out.Write(drawn[last:m[0]])
			out.WriteString("EMC\n")
			inside = false
		case mark < markEnd && !inside && id < len(pieces):
			rest(drawn[last:m[0]])
			fmt.Fprintf(&out, "/%s << /MCID %d >> BDC\n", pieces[id].kind, id)
			inside = true
		default:
			return fmt.Errorf("page %d: mark %d is out of place", page, mark)
		}
		last = m[1]
	}
	if inside {
		return fmt.Errorf("page %d: a piece does not end", page)
	}
	rest(drawn[last:])
	f.objects[n-1] = stream(out.Bytes(), "")
	return nil
}
