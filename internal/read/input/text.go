// Package input takes bytes that came from outside and makes them safe to read: text in UTF-8, JSON and XML within
// limits of size, depth and length, with the place of whatever is wrong.
//
// Start from [Text]; then [JSON] or [XML]. Every refusal is a *lang.Error of kind Unreadable that names the place.
// Readers of one format build on this package; it knows no format itself.
package input

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"example.org/tasuki/internal/lang"
)

// The limits every document is held to. They are wide for honest documents and stop the ones made to exhaust memory.
const (
	MaxBytes  = 64 << 20  // bytes of one document
	MaxDepth  = 200       // nested objects, arrays or elements
	MaxString = 16 << 20  // bytes of one string or text; licence texts and attachments are the long ones
	MaxNodes  = 4_000_000 // values or elements in one document
	MaxAttrs  = 1_000     // attributes of one element
)

// Refuse makes the error for a document that cannot be read: where in it and why.
func Refuse(where string, why lang.Text) *lang.Error {
	return &lang.Error{
		Kind:  lang.Unreadable,
		What:  lang.T("文書を読み込めませんでした", "the document could not be read"),
		Why:   why,
		Next:  lang.T("示した箇所を直すか、作成元から文書を受け取り直してください。", "Correct the place shown, or ask whoever made the document for a sound copy."),
		Where: where,
	}
}

// Text gives the document as UTF-8 without a byte order mark. UTF-16 with a byte order mark is converted; anything
// that is neither is refused with the place of the first byte that does not fit.
func Text(b []byte) ([]byte, error) {
	if len(b) > MaxBytes {
		return nil, Refuse("", lang.F("大きさが%d MiBあり、上限の%d MiBを超えています", "it is %d MiB, above the limit of %d MiB", len(b)>>20, MaxBytes>>20))
	}
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return fromUTF16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return fromUTF16(b[2:], binary.BigEndian)
	}
	if at := badUTF8(b); at >= 0 {
		return nil, Refuse(Place(b, at), lang.T("文字コードがUTF-8ではありません", "the text is not UTF-8"))
	}
	return b, nil
}

func badUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

func fromUTF16(b []byte, order binary.ByteOrder) ([]byte, error) {
	if len(b)%2 != 0 {
		return nil, Refuse("", lang.T("UTF-16の文書が途中で切れています", "the UTF-16 text ends in the middle of a character"))
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	out := []byte(string(utf16.Decode(units)))
	if len(out) > MaxBytes {
		return nil, Refuse("", lang.F("UTF-8にすると上限の%d MiBを超えます", "as UTF-8 it is above the limit of %d MiB", MaxBytes>>20))
	}
	return out, nil
}

// Place names the byte at an offset for people: "line 12, column 5", counted from 1, columns in characters.
func Place(b []byte, offset int) string {
	offset = max(0, min(offset, len(b)))
	line := 1 + bytes.Count(b[:offset], []byte("\n"))
	start := bytes.LastIndexByte(b[:offset], '\n') + 1
	return fmt.Sprintf("line %d, column %d", line, 1+utf8.RuneCount(b[start:offset]))
}
