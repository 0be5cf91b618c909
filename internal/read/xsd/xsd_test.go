package xsd_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/read/input"
	"example.org/tasuki/internal/read/xsd"
)

const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t">
  <xs:simpleType name="size"><xs:restriction base="xs:integer"><xs:minInclusive value="1"/><xs:maxInclusive value="9"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="colour"><xs:restriction base="xs:string"><xs:enumeration value="red"/><xs:enumeration value="blue"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="code"><xs:restriction base="xs:token"><xs:pattern value="[a-z]+"/><xs:pattern value="[0-9]+"/><xs:maxLength value="4"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="either"><xs:union memberTypes="t:size t:colour"/></xs:simpleType>
  <xs:attributeGroup name="common"><xs:attribute name="ref" type="xs:string"/></xs:attributeGroup>
  <xs:complexType name="sum"><xs:simpleContent><xs:extension base="t:code"><xs:attribute name="alg" type="t:colour" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="part">
    <xs:sequence>
      <xs:element name="name" type="xs:string"/>
      <xs:choice minOccurs="0"><xs:element name="id" type="t:code"/><xs:element name="alias" type="t:either"/></xs:choice>
      <xs:element name="made" type="xs:dateTime" minOccurs="0"/>
      <xs:element name="sum" type="t:sum" minOccurs="0" maxOccurs="2"/>
      <xs:element name="part" type="t:part" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="prose" minOccurs="0"><xs:complexType mixed="true"><xs:sequence><xs:element name="b" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attributeGroup ref="t:common"/>
    <xs:anyAttribute namespace="##other"/>
  </xs:complexType>
  <xs:element name="part" type="t:part"><xs:unique name="u"><xs:selector xpath=".//*"/><xs:field xpath="@ref"/></xs:unique></xs:element>
</xs:schema>`

func TestValidate(t *testing.T) {
	s, err := xsd.Compile([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"least", `<name>a</name>`, nil},
		{"all", `<name>a</name><id> abc </id><made>2026-04-01T00:00:00</made><sum alg="red">12</sum><sum alg="blue">a</sum><part><name>b</name></part><x:any xmlns:x="urn:x"><deep/></x:any>`, nil},
		{"union, second member", `<name>a</name><alias>blue</alias>`, nil},
		{"missing", ``, []string{`/part: the element "name" is required`}},
		{"out of order", `<made>2026-04-01T00:00:00Z</made><name>a</name>`, []string{`/part: the element "name" is required where "made" stands`}},
		{"both of a choice", `<name>a</name><id>a</id><alias>red</alias>`, []string{`/part/alias: the element "alias" is not allowed here`}},
		{"one too many", `<name>a</name><sum alg="red">1</sum><sum alg="red">1</sum><sum alg="red">1</sum>`, []string{`/part/sum[3]: the element "sum" is not allowed here`}},
		{"unknown element", `<name>a</name><other/>`, []string{`/part/other: the element "other" is not allowed here`}},
		{"pattern", `<name>a</name><id>aB</id>`, []string{`/part/id: "aB" does not have the form laid down for it`}},
		{"too long", `<name>a</name><id>abcde</id>`, []string{`/part/id: the value is too long (at most 4 characters)`}},
		{"union", `<name>a</name><alias>10</alias>`, []string{`/part/alias: "10" is out of range`}},
		{"date", `<name>a</name><made>2026-04-01</made>`, []string{`/part/made: "2026-04-01" is not a value of type dateTime`}},
		{"attribute", `<name>a</name><sum>1</sum><sum alg="green">1</sum>`, []string{`/part/sum[1]: the attribute "alg" is required`, `/part/sum[2]: attribute "alg": "green" is not one of: red, blue`}},
		{"attribute not allowed", `<name>a</name><part odd="1"><name>b</name></part>`, []string{`/part/part: the attribute "odd" is not allowed here`}},
		{"attribute of another namespace", `<name>a</name><part x:odd="1" xmlns:x="urn:x"><name>b</name></part>`, nil},
		{"text among elements", `<name>a</name>hello`, []string{`/part: text is not allowed directly in this element`}},
		{"text among elements where it may stand", `<name>a</name><prose>hello <b>x</b> you</prose>`, nil},
		{"text alone where elements may stand", `<name>a</name><prose>hello</prose>`, nil},
		{"another element where text may stand", `<name>a</name><prose>hello <c/></prose>`, []string{`/part/prose/c: the element "c" is not allowed here`}},
		{"element in text", `<name>a<b/></name>`, []string{`/part/name/b: the element "b" is not allowed here`}},
		{"not unique", `<name>a</name><part ref="1"><name>b</name></part><part ref="1"><name>b</name></part>`, []string{`/part/part[2]: the value "1" of attribute "ref" is used twice`}},
	} {
		root, err := input.XML([]byte(`<part xmlns="urn:t">` + c.in + `</part>`))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var got []string
		for _, v := range s.Validate(root) {
			got = append(got, strings.Replace(v.Where, " (line 1)", "", 1)+": "+v.What.EN)
			if v.What.JA == "" {
				t.Errorf("%s: no Japanese", c.name)
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	other, err := input.XML([]byte(`<part/>`))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Validate(other); len(got) != 1 {
		t.Errorf("a part of no namespace: %v", got)
	}
}

// TestCompileRefuses what it does not understand, rather than obeying half of it.
func TestCompileRefuses(t *testing.T) {
	for _, body := range []string{
		`<xs:notation name="n"/>`,
		`<xs:element name="a" type="t:gone"/>`,
		`<xs:element name="a"><xs:complexType><xs:all/></xs:complexType></xs:element>`,
		`<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string"><xs:fractionDigits value="1"/></xs:restriction></xs:simpleType></xs:element>`,
		`<xs:element name="a" type="xs:hexBinary"/>`,
	} {
		in := `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t">` + body + `</xs:schema>`
		if _, err := xsd.Compile([]byte(in)); err == nil {
			t.Errorf("%s is compiled", body)
		}
	}
}
