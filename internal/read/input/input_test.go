package input_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

func refused(t *testing.T, name string, err error, where, why string) {
	t.Helper()
	e, ok := err.(*lang.Error)
	if !ok || e.Kind != lang.Unreadable {
		t.Errorf("%s: not a refusal: %v", name, err)
		return
	}
	if e.Where != where || !strings.Contains(e.Why.EN, why) {
		t.Errorf("%s: where %q, why %q; want %q and %q", name, e.Where, e.Why.EN, where, why)
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "ab", "ab"},
		{"byte order mark", "\xef\xbb\xbfab", "ab"},
		{"UTF-16 little", "\xff\xfea\x00\xe8\x90", "a部"},
		{"UTF-16 big", "\xfe\xff\x00a\x90\xe8", "a部"},
	} {
		got, err := input.Text([]byte(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	_, err := input.Text([]byte("部\n部a\x82\xa0"))
	refused(t, "Shift_JIS", err, "line 2, column 3", "not UTF-8")
	_, err = input.Text([]byte("\xff\xfea"))
	refused(t, "half a character", err, "", "middle of a character")
}

func TestJSON(t *testing.T) {
	got, err := input.JSON([]byte(`{"a":[1,2.50,"x\"}",null,true],"b":{"a":1}}`))
	if err != nil || fmt.Sprint(got) != `map[a:[1 2.50 x"} <nil> true] b:map[a:1]]` {
		t.Errorf("%v, %v", got, err)
	}
	many := make([]string, 40)
	for i := range many {
		many[i] = fmt.Sprintf("%q:0", fmt.Sprint("n", i))
	}
	for _, c := range []struct{ name, in, where, why string }{
		{"empty", "", "line 1, column 1", "before it is complete"},
		{"cut off in a string", `{"a`, "line 1, column 4", "before it is complete"},
		{"two values", "1 2", "line 1, column 3", "more after the end"},
		{"a name twice among few", `{"a":{"a":1},"a":2}`, "line 1, column 14", "twice"},
		{"a name twice among many", "{" + strings.Join(many, ",") + ",\n\"n3\":1}", "line 2, column 1", "twice"},
		{"deep", strings.Repeat("[", input.MaxDepth+1), fmt.Sprintf("line 1, column %d", input.MaxDepth+1), "nested"},
		{"long string", `["` + strings.Repeat("x", input.MaxString+1) + `"]`, "line 1, column 2", "longer than"},
		{"many values", "[" + strings.Repeat("0,", input.MaxNodes+1) + "0]", fmt.Sprintf("line 1, column %d", 2*input.MaxNodes+1), "more than"},
	} {
		_, err := input.JSON([]byte(c.in))
		refused(t, c.name, err, c.where, c.why)
	}
	if _, err := input.JSON([]byte(strings.Repeat("[", input.MaxDepth) + strings.Repeat("]", input.MaxDepth))); err != nil {
		t.Errorf("just deep enough: %v", err)
	}
}

func TestMember(t *testing.T) {
	const doc = ` {"a":{"b":1},"c":[1,{"b":2}],"d\u0065":"x, y","e":12,"b":true`
	for name, want := range map[string]string{"a": `{"b":1}`, "c": `[1,{"b":2}]`, "de": `"x, y"`, "e": "12", "b": "true"} {
		if got, ok := input.Member([]byte(doc), name); !ok || string(got) != want {
			t.Errorf("%s: %s %v", name, got, ok)
		}
	}
	for _, in := range []string{"", "[", `{"x":1}`, `{"b`, `{"`, `{"b"`, `{"x":{"b":1}}`, `{,"b":1}`} {
		if got, ok := input.Member([]byte(in), "b"); ok && in != `{"b"` {
			t.Errorf("%s: found %s", in, got)
		}
	}
}

func TestXML(t *testing.T) {
	root, err := input.XML([]byte("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<a xmlns=\"urn:x\" k=\"v\"><b>one &amp; <![CDATA[<two>]]></b><b/>\n<c/></a>"))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := root.Attr("k"); !ok || v != "v" || root.Name.Space != "urn:x" || len(root.Attrs) != 1 {
		t.Errorf("root %+v", root)
	}
	if b := root.Child("b"); b.Text != "one & <two>" || b.Path() != "/a/b[1] (line 2)" {
		t.Errorf("%q at %s", b.Text, b.Path())
	}
	if p := root.Child("c").Path(); p != "/a/c (line 3)" {
		t.Errorf("path %s", p)
	}
	if _, err := input.XML([]byte("<!-- " + strings.Repeat("=", 2*input.MaxAttrs) + " --><a b='" + strings.Repeat("=", 2*input.MaxAttrs) + "'><![CDATA[<" + strings.Repeat("=", 2*input.MaxAttrs) + "]]>" + strings.Repeat("=", 2*input.MaxAttrs) + "</a>")); err != nil {
		t.Errorf("equal signs that are no attributes: %v", err)
	}
	for _, c := range []struct{ name, in, where, why string }{
		{"nothing", " ", "", "no XML element"},
		{"document type", "<!DOCTYPE a><a/>", "line 1, column 1", "DTD"},
		{"entity", "<a>&x;</a>", "line 1, column 7", "malformed"},
		{"two roots", "<a/><b/>", "line 1, column 5", "more than one"},
		{"text behind", "<a/>x", "line 1, column 5", "outside"},
		{"cut off", "<a><b>", "line 1, column 7", "before it is complete"},
		{"crowded", "<!-- '<b --><?p \"?><a x='>'" + strings.Repeat(" a=\"\"", input.MaxAttrs) + "/>", "line 1, column 20", "attributes"},
		{"deep", strings.Repeat("<a>", input.MaxDepth+1), fmt.Sprintf("line 1, column %d", 3*input.MaxDepth+1), "nested"},
	} {
		_, err := input.XML([]byte(c.in))
		refused(t, c.name, err, c.where, c.why)
	}
}

func TestPointer(t *testing.T) {
	if got := input.Pointer("/a", "b/c", "d~e", "0"); got != "/a/b~1c/d~0e/0" {
		t.Error(got)
	}
}

// FuzzJSON holds the scan to encoding/json: what the one takes, the other does not find more of.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `[1,"\\"]`, `{"`, `{"\u0061":1,"a":2}`, "nul"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for range input.Members(b) {
		}
		if _, err := input.JSON(b); err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("not a refusal: %v", err)
		}
	})
}
