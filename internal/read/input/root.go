package input

import (
	"bytes"
	"encoding/xml"
)

// Root gives the name of the top-level XML element and its attributes, from a beginning of the document; ok is false
// when the bytes do not look like XML.
func Root(b []byte) (name xml.Name, attrs []xml.Attr, ok bool) {
	i := skipSpace(b, 0)
	if i == len(b) || b[i] != '<' {
		return xml.Name{}, nil, false
	}
	dec := xml.NewDecoder(bytes.NewReader(blankDeclaration(b[i:])))
	for range 100 { // comments and processing instructions before it
		tok, err := dec.Token()
		if err != nil {
			return xml.Name{}, nil, false
		}
		if t, is := tok.(xml.StartElement); is {
			return t.Name, t.Attr, true
		}
	}
	return xml.Name{}, nil, false
}
