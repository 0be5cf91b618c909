package table

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// comments reads what is pinned to the cells of a sheet: notes (18.7.3), and threads (MS-XLSX 2.6.205), which write a note
// of their own beside them that says only that the program is too old to show them.
func (w *workbook) comments(sheet string, s *Sheet) error {
	if w.parts[strings.ToLower(relationsOf(sheet))] == nil {
		return nil
	}
	rels, err := w.relations(sheet)
	if err != nil {
		return err
	}
	for _, kind := range []string{commentsPart, threadPart} { // a thread takes the place of its note
		for _, r := range rels {
			if path.Base(r.Type) == kind && w.parts[r.Target] != nil {
				if err := w.pinned(r.Target, s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *workbook) pinned(part string, s *Sheet) error {
	r, err := w.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	found := map[Place]string{}
	d := newDecoder(r)
	at, ok := Place{}, false
	for {
		start, err := nextStart(d)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch start.Name.Local {
		case "comment", "threadedComment":
			at, ok = parseRef(attr(start, "ref"))
		case "text":
			text, err := commentText(d, start)
			if err != nil {
				return err
			}
			if !ok || text == "" {
				continue
			}
			if w.cells++; w.cells > MaxCells {
				return tooMany()
			}
			if before := found[at]; before != "" {
				text = before + "\n" + text
			}
			found[at] = text
		}
	}
	if s.Comments == nil {
		s.Comments = map[Place]string{}
	}
	for at, text := range found {
		s.Comments[at] = text
	}
	return nil
}

// commentText reads the text of a note, which is rich, or of a thread, which is bare.
func commentText(d *xml.Decoder, start xml.StartElement) (string, error) {
	if start.Name.Space == threadSpace {
		var text string
		err := d.DecodeElement(&text, &start)
		return uniform(text), err
	}
	c, err := richText(d)
	return c.Text, err
}

const threadSpace = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
