// Package read takes a document apart, whatever it is: it finds the format by content, never by name, and lets the
// reader of that format make facts of it. It uses no database, no network and no clock.
//
// Start from [Read]. A new format is one folder below and one line in [Formats].
package read

import (
	"bytes"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/binary"
	"example.org/tasuki/internal/read/bundle"
	"example.org/tasuki/internal/read/csaf"
	"example.org/tasuki/internal/read/cyclonedx"
	"example.org/tasuki/internal/read/gotest"
	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/read/junit"
	"example.org/tasuki/internal/read/openvex"
	"example.org/tasuki/internal/read/osquery"
	"example.org/tasuki/internal/read/otm"
	"example.org/tasuki/internal/read/sarif"
	"example.org/tasuki/internal/read/scorecard"
	"example.org/tasuki/internal/read/securityinsights"
	"example.org/tasuki/internal/read/securitytxt"
	"example.org/tasuki/internal/read/spdx"
	"example.org/tasuki/internal/read/threagile"
	"example.org/tasuki/internal/read/threatdragon"
)

// Format is one kind of document that can be read.
type Format struct {
	Type  string                             // name of the format, the Type of its readings
	Match func([]byte) bool                  // do the bytes say that they are of this format? Given as [input.Text] leaves them
	Read  func([]byte) (fact.Reading, error) // a refusal is a *lang.Error of kind Unreadable, with place and reason
}

// Formats lists what can be read, in the order in which it is looked for. Documents that carry no facts for a program,
// such as a PDF, are the last.
func Formats() []Format {
	return []Format{
		{"cyclonedx", cyclonedx.Match, cyclonedx.Read},
		{"spdx", spdx.Match, spdx.Read},
		{"openvex", openvex.Match, openvex.Read},
		{"csaf", csaf.Match, csaf.Read},
		{"intoto", intoto.Match, intoto.Read},
		{"sarif", sarif.Match, sarif.Read},
		{"junit", junit.Match, junit.Read},
		{"gotest", gotest.Match, gotest.Read},
		{"scorecard", scorecard.Match, scorecard.Read},
		{"security.txt", securitytxt.Match, securitytxt.Read},
		{"securityinsights", securityinsights.Match, securityinsights.Read},
		{"osquery", osquery.Match, osquery.Read},
		{"otm", otm.Match, otm.Read},
		{"threatdragon", threatdragon.Match, threatdragon.Read},
		{"threagile", threagile.Match, threagile.Read},
		{"tasuki-bundle", bundle.Match, bundle.Read},
		{"binary", binary.Match, binary.Read},
		{"document", isDocument, readDocument},
	}
}

// Detect finds the format of a document by its content. What is JSON or XML but none of the formats is refused with
// what it looks like; so is JSON or XML that is broken, with the place.
func Detect(b []byte) (Format, error) {
	if len(b) > input.MaxBytes {
		_, err := input.Text(b)
		return Format{}, err
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return Format{}, input.Refuse("", lang.T("中身が空です", "it is empty"))
	}
	head := b
	if text, err := input.Text(b); err == nil {
		head = text
	}
	for _, f := range Formats() {
		if f.Match(head) {
			return f, nil
		}
	}
	return Format{}, unrecognised(b)
}

// Read finds the format and reads the document.
func Read(b []byte) (fact.Reading, error) {
	f, err := Detect(b)
	if err != nil {
		return fact.Reading{}, err
	}
	return f.Read(b)
}

// unrecognised says what a document that no format knows looks like.
func unrecognised(b []byte) error {
	if isArchive(b) {
		e := unknown(lang.T("圧縮ファイル又はアーカイブです", "it is compressed, or an archive"))
		e.Next = lang.T("展開して、中のファイルを取り込んでください。リリースの成果物そのものなら、成果物として取り込んでください（tasuki push --artifact）。",
			"Unpack it and bring in the files in it. When it is an artifact of the release, bring it in as one (tasuki push --artifact).")
		return e
	}
	text, err := input.Text(b)
	if err != nil {
		return err
	}
	switch {
	case looksLikeJSON(text):
		if _, err := input.JSON(text); err != nil {
			return err
		}
		return unknown(jsonShape(text))
	case looksLikeXML(text):
		root, err := input.XML(text)
		if err != nil {
			return err
		}
		return unknown(lang.F("最上位の要素が「%s」のXMLです", "it is XML with the top-level element %q", input.Clip(root.Name.Local)))
	}
	return unknown(lang.T("文書でもデータでもないようです", "it seems to be neither a document nor data"))
}

// isArchive knows the usual archives and compressions by their first bytes: gzip, zip, bzip2, xz, Zstandard, 7-Zip, tar.
func isArchive(b []byte) bool {
	for _, start := range []string{"\x1f\x8b\x08", "PK\x03\x04", "BZh", "\xfd7zXZ\x00", "\x28\xb5\x2f\xfd", "7z\xbc\xaf\x27\x1c"} {
		if bytes.HasPrefix(b, []byte(start)) {
			return true
		}
	}
	const magic = 257 // place of "ustar" in the first header of a tar file
	return len(b) > magic+5 && string(b[magic:magic+5]) == "ustar"
}

func unknown(shape lang.Text) *lang.Error {
	e := input.Refuse("", shape)
	e.What = lang.T("読み取れる形式ではありません", "this is not a format that can be read")
	e.Next = lang.F("読み取れる形式は%sと、PDF・Office・画像・文章などの文書です。文書として残すときはPDFなどに変えてください。",
		"What can be read is %s, and documents such as PDF, Office files, images and text. To keep it as a document, turn it into a PDF.", known())
	return e
}

func known() string {
	var names []string
	for _, f := range Formats() {
		if f.Type != "document" {
			names = append(names, f.Type)
		}
	}
	return strings.Join(names, ", ")
}

func jsonShape(b []byte) lang.Text {
	var names []string
	for name := range input.Members(b) {
		if names = append(names, input.Clip(string(name))); len(names) == 8 {
			break
		}
	}
	if len(names) == 0 {
		return lang.T("どの形式とも見分けられないJSONです", "it is JSON of no known shape")
	}
	slices.Sort(names)
	return lang.F("項目%sを持つJSONです", "it is JSON with the members %s", strings.Join(names, ", "))
}
