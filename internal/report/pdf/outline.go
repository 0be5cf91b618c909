package pdf

import "fmt"

// A mark in the outline: a title and the place it leads to. Level 1 stands at the left, level 2 below one of level 1.
type bookmark struct {
	title string
	level int
	page  int
	y     float64
}

// bookmark enters the place into the outline.
func (c *canvas) bookmark(level int, title string) {
	c.bookmarks = append(c.bookmarks, bookmark{title, level, c.pdf.GetNumberOfPages(), c.y})
}

// outline writes the bookmarks and gives what the catalogue says of them.
func (f *file) outline(marks []bookmark) string {
	if len(marks) == 0 {
		return ""
	}
	pages := f.pages()
	root := f.reserve()
	numbers := make([]int, len(marks))
	for i := range marks {
		numbers[i] = f.reserve()
	}
	// neighbour gives the next mark of the same level under the same parent, looking in a direction.
	neighbour := func(i, step int) int {
		for j := i + step; j >= 0 && j < len(marks); j += step {
			switch {
			case marks[j].level == marks[i].level:
				return numbers[j]
			case marks[j].level < marks[i].level:
				return 0
			}
		}
		return 0
	}
	var top []int
	for i, m := range marks {
		parent, kids := root, []int{}
		if m.level == 1 {
			top = append(top, numbers[i])
		}
		for j := i; j >= 0 && m.level > 1; j-- {
			if marks[j].level < m.level {
				parent = numbers[j]
				break
			}
		}
		for j := i + 1; j < len(marks) && marks[j].level > m.level; j++ {
			kids = append(kids, numbers[j])
		}
		links := ""
		if n := neighbour(i, -1); n > 0 {
			links += fmt.Sprintf(" /Prev %d 0 R", n)
		}
		if n := neighbour(i, 1); n > 0 {
			links += fmt.Sprintf(" /Next %d 0 R", n)
		}
		if len(kids) > 0 { // closed: a minus before the count
			links += fmt.Sprintf(" /First %d 0 R /Last %d 0 R /Count -%d", kids[0], kids[len(kids)-1], len(kids))
		}
		f.set(numbers[i], "<< /Title %s /Parent %d 0 R%s /Dest [ %d 0 R /XYZ null %.2f null ] >>", textString(m.title), parent, links, pages[m.page-1], pageHeight-m.y+14)
	}
	f.set(root, "<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>", top[0], top[len(top)-1], len(top))
	return fmt.Sprintf("/PageMode /UseOutlines /Outlines %d 0 R", root)
}
