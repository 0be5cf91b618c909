package read

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/input"
)

// isDocument reports a document for people: PDF, Office, image, or text. Nothing is read out of it; it is kept as
// evidence by its digest.
func isDocument(b []byte) bool { return mediaType(b) != "" }

func readDocument(b []byte) (fact.Reading, error) {
	sum := sha256.Sum256(b)
	return fact.Reading{
		Type: "document",
		Summary: map[string]any{
			"media_type": mediaType(b),
			"bytes":      len(b),
			"sha256":     hex.EncodeToString(sum[:]),
		},
	}, nil
}

// signatures are the first bytes of the kinds of file that count as documents.
var signatures = []struct{ start, mediaType string }{
	{"%PDF-", "application/pdf"},
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"GIF87a", "image/gif"},
	{"GIF89a", "image/gif"},
	{"II*\x00", "image/tiff"},
	{"MM\x00*", "image/tiff"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"}, // Office to 2003, and encrypted Office files
	{"{\\rtf", "application/rtf"},
}

// mediaType tells the kind of a document for people by its content; empty when it is none.
func mediaType(b []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(b, []byte(s.start)) {
			return s.mediaType
		}
	}
	if len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" {
		return "image/webp"
	}
	if t := officeType(b); t != "" {
		return t
	}
	text, err := input.Text(b)
	if err != nil || looksLikeJSON(text) || !printable(text) {
		return ""
	}
	if looksLikeXML(text) {
		if name, _, ok := input.Root(text); ok && strings.EqualFold(name.Local, "html") || hasPrefixFold(text, "<!doctype html") {
			return "text/html"
		}
		return ""
	}
	return "text/plain"
}

// officeType knows the zip-based Office formats by the names in the archive's first entries; nothing is unpacked.
func officeType(b []byte) string {
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return ""
	}
	head := b[:min(len(b), 64<<10)]
	if i := bytes.Index(head, []byte("mimetypeapplication/vnd.oasis.opendocument.")); i == 30 {
		return "application/vnd.oasis.opendocument"
	}
	tail := b[max(0, len(b)-256<<10):] // the archive's directory
	if !bytes.Contains(tail, []byte("[Content_Types].xml")) {
		return ""
	}
	for _, o := range []struct{ part, mediaType string }{
		{"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	} {
		if bytes.Contains(tail, []byte(o.part)) {
			return o.mediaType
		}
	}
	return ""
}

// printable reports whether the text is free of the control characters that only binary files have.
func printable(b []byte) bool {
	for _, r := range string(b[:min(len(b), 64<<10)]) {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != '\x1b' {
			return false
		}
	}
	return utf8.Valid(b)
}

// looksLikeJSON reports whether the text begins like a JSON object, or an array of objects, arrays or strings.
func looksLikeJSON(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || b[0] != '{' && b[0] != '[' {
		return false
	}
	object := b[0] == '{'
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	if len(b) == 0 {
		return true
	}
	if object {
		return b[0] == '"' || b[0] == '}'
	}
	return b[0] == '{' || b[0] == '"'
}

func looksLikeXML(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 1 && b[0] == '<' && (b[1] == '?' || b[1] == '!' || b[1] == '_' || 'a' <= b[1]|0x20 && b[1]|0x20 <= 'z')
}

func hasPrefixFold(b []byte, prefix string) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}
