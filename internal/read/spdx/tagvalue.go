package spdx

import (
	"fmt"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// section is where a tag-value document stands: the tags SPDXID and LicenseConcluded mean the element begun last.
type section int

const (
	inDocument section = iota
	inPackage
	inFile
	inOther // snippet, licence, annotation, review
)

// tagValue reads tag-value line by line (SPDX 2.3, annex on tag-value; section 4.5 of 2.2 for <text>).
type tagValue struct {
	d       *document
	version string
	at      section
}

func readTagValue(b []byte) (fact.Reading, error) {
	t := &tagValue{d: &document{}}
	lines := strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		place := fmt.Sprintf("line %d", i+1)
		line := strings.TrimSpace(lines[i])
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		tag, value, ok := strings.Cut(line, ":")
		if tag = strings.TrimSpace(tag); !ok || !isTag(tag) {
			return fact.Reading{}, refused(t.version, input.Refuse(place, lang.F("「%s」は「タグ: 値」の形になっていません", "%q does not have the form \"Tag: value\"", input.Clip(line))))
		}
		if value = strings.TrimSpace(value); strings.HasPrefix(value, "<text>") {
			var taken int
			if value, taken, ok = text(value, lines[i:]); !ok {
				return fact.Reading{}, refused(t.version, input.Refuse(place, lang.T("<text>が閉じられていません", "<text> is never closed")))
			}
			i += taken
		}
		if err := t.tag(tag, value, place); err != nil {
			return fact.Reading{}, refused(t.version, err)
		}
	}
	return t.finish()
}

func isTag(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// text reads a value that spans lines, and tells how many lines beyond the first it took.
func text(first string, lines []string) (value string, taken int, ok bool) {
	first = strings.TrimPrefix(first, "<text>")
	if v, _, closed := strings.Cut(first, "</text>"); closed {
		return v, 0, true
	}
	var b strings.Builder
	b.WriteString(first)
	for n, line := range lines[1:] {
		v, _, closed := strings.Cut(line, "</text>")
		b.WriteString("\n" + v)
		if closed {
			return b.String(), n + 1, true
		}
	}
	return "", 0, false
}

func (t *tagValue) finish() (fact.Reading, error) {
	if t.version == "" {
		return fact.Reading{}, refused("", input.Refuse("", lang.T("SPDXVersionがありません", "there is no SPDXVersion")))
	}
	d := t.d
	for _, m := range []struct{ value, tag string }{{d.id, "SPDXID"}, {d.name, "DocumentName"}, {d.namespace, "DocumentNamespace"}, {d.created, "Created"}} {
		if m.value == "" {
			d.doubt("", lang.F("必須の項目「%s」がありません", "the required %s is missing", m.tag))
		}
	}
	return d.reading(t.version, "tag-value")
}

// tag takes one tag. Tags we do not use are known by their prefix; others are doubts.
func (t *tagValue) tag(tag, value, place string) error {
	d := t.d
	switch tag {
	case "SPDXVersion":
		t.version = strings.TrimPrefix(value, "SPDX-")
		if _, ok := schemas[t.version]; !ok {
			t.version = ""
			return unknownVersion(place, value)
		}
	case "DocumentName":
		d.name = value
	case "DocumentNamespace":
		d.namespace = value
	case "Creator":
		d.creators = append(d.creators, value)
	case "Created":
		d.created, d.createdPlace = value, place
	case "CreatorComment":
		d.comment = value
	case "PackageName", "FileName":
		return t.begin(tag, value, place)
	case "SnippetSPDXID", "SnippetSPDXIdentifier":
		t.at = inOther
		d.snippets++
	case "LicenseID":
		t.at = inOther
	case "SPDXID":
		if e := t.element(); e != nil {
			e.id = value
		} else if t.at == inDocument {
			d.id = value
		}
	case "Relationship":
		f := strings.Fields(value)
		if len(f) < 3 {
			return input.Refuse(place, lang.F("関係「%s」は「要素 種類 要素」の形になっていません", "the relationship %q does not have the form \"element type element\"", input.Clip(value)))
		}
		d.relations = append(d.relations, relation{f[0], strings.ToUpper(f[1]), f[2], place})
	default:
		return t.elementTag(tag, value, place)
	}
	return nil
}

// begin begins a package or a file.
func (t *tagValue) begin(tag, name, place string) error {
	if len(t.d.packages)+len(t.d.files) == maxComponents {
		return tooMany(place)
	}
	e := element{name: name, place: place}
	if tag == "PackageName" {
		t.at, t.d.packages = inPackage, append(t.d.packages, e)
	} else {
		t.at, t.d.files = inFile, append(t.d.files, e)
	}
	return nil
}

// element gives the package or file begun last, while the document stands in it.
func (t *tagValue) element() *element {
	switch t.at {
	case inPackage:
		return &t.d.packages[len(t.d.packages)-1]
	case inFile:
		return &t.d.files[len(t.d.files)-1]
	}
	return nil
}

func (t *tagValue) elementTag(tag, value, place string) error {
	e := t.element()
	if e == nil {
		e = &element{}
	}
	switch tag {
	case "PackageVersion":
		e.version = value
	case "PackageSupplier":
		e.supplier = value
	case "PackageOriginator":
		e.originator = value
	case "PackageLicenseDeclared":
		e.declared = value
	case "PackageLicenseConcluded", "LicenseConcluded":
		e.concluded = value
	case "PrimaryPackagePurpose":
		e.purpose = value
	case "PackageDownloadLocation":
		e.download(value)
	case "PackageSourceInfo":
		e.sourceInfo(value)
	case "PackageChecksum", "FileChecksum":
		alg, sum, ok := strings.Cut(value, ":")
		if !ok {
			return input.Refuse(place, lang.F("ハッシュ「%s」は「方式: 値」の形になっていません", "the checksum %q does not have the form \"algorithm: value\"", input.Clip(value)))
		}
		e.checksums = append(e.checksums, fact.Hash{Alg: algorithm(strings.TrimSpace(alg)), Value: strings.ToLower(strings.TrimSpace(sum))})
	case "ExternalRef":
		f := strings.Fields(value)
		if len(f) < 3 {
			return input.Refuse(place, lang.F("外部参照「%s」は「分類 種類 値」の形になっていません", "the external reference %q does not have the form \"category type locator\"", input.Clip(value)))
		}
		e.refs = append(e.refs, externalRef{f[1], strings.Join(f[2:], " ")})
	default:
		if !knownTag(tag) {
			t.d.doubt(place, lang.F("この形式にないタグ「%s」があります", "%q is not a tag this format knows", input.Clip(tag)))
		}
	}
	return nil
}

// knownTag knows the tags that are not used here by what they start with.
func knownTag(tag string) bool {
	for _, prefix := range []string{"Package", "File", "Snippet", "License", "Annotation", "Review", "Relationship", "ExternalDocumentRef",
		"ExternalRefComment", "DataLicense", "DocumentComment", "Extracted", "SPDXREF", "Annotator", "ArtifactOf", "ReleaseDate", "BuiltDate", "ValidUntilDate"} {
		if strings.HasPrefix(tag, prefix) {
			return true
		}
	}
	return false
}
