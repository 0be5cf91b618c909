package spdx

import (
	"strconv"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/input"
)

// object is a JSON object; what is not there, or of another type, is empty.
type object struct{ input.Value }

// exactly gives a text as it is written.
func (o object) exactly(name string) string {
	if v := o.Member(name); v.Kind() == input.KindString {
		return v.Text()
	}
	return ""
}

func (o object) text(name string) string { return strings.TrimSpace(o.exactly(name)) }

func (o object) texts(name string) (out []string) {
	for _, v := range o.Member(name).Items {
		if v.Kind() == input.KindString {
			out = append(out, v.Text())
		}
	}
	return out
}

func (o object) each(name string, f func(i int, o object)) {
	for i, v := range o.Member(name).Items {
		if v.Kind() == input.KindObject {
			f(i, object{v})
		}
	}
}

func fromJSON(o object) *document {
	creation := object{o.Member("creationInfo")}
	d := &document{
		id: o.text("SPDXID"), name: o.text("name"), namespace: o.text("documentNamespace"),
		created: creation.text("created"), createdPlace: "/creationInfo/created",
		comment: creation.text("comment"), creators: creation.texts("creators"), describes: o.texts("documentDescribes"),
	}
	o.each("packages", func(i int, p object) {
		d.packages = append(d.packages, p.element(input.Pointer("/packages", strconv.Itoa(i)), p.text("name")))
	})
	o.each("files", func(i int, p object) {
		d.files = append(d.files, p.element(input.Pointer("/files", strconv.Itoa(i)), p.text("fileName")))
	})
	o.each("snippets", func(int, object) { d.snippets++ })
	o.each("relationships", func(i int, r object) {
		d.relations = append(d.relations, relation{r.text("spdxElementId"), r.text("relationshipType"), r.text("relatedSpdxElement"), input.Pointer("/relationships", strconv.Itoa(i))})
	})
	return d
}

func (o object) element(place, name string) element {
	e := element{
		id: o.text("SPDXID"), name: name, version: o.text("versionInfo"), place: place,
		supplier: o.text("supplier"), originator: o.text("originator"),
		declared: o.text("licenseDeclared"), concluded: o.text("licenseConcluded"), purpose: o.text("primaryPackagePurpose"),
	}
	o.each("checksums", func(_ int, c object) {
		e.checksums = append(e.checksums, fact.Hash{Alg: algorithm(c.text("algorithm")), Value: strings.ToLower(c.text("checksumValue"))})
	})
	o.each("externalRefs", func(_ int, r object) {
		e.refs = append(e.refs, externalRef{r.text("referenceType"), r.text("referenceLocator")})
	})
	e.download(o.text("downloadLocation"))
	e.sourceInfo(o.text("sourceInfo"))
	return e
}
