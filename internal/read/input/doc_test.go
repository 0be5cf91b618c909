package input_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.org/tasuki/internal/read/input"
)

// tree gives a value of a Doc in the shape in which JSON gives it.
func tree(v input.Value) any {
	switch v.Kind() {
	case input.KindObject:
		m := map[string]any{}
		for name, value := range v.Members {
			m[name.Text()] = tree(value)
		}
		return m
	case input.KindArray:
		list := []any{}
		for _, item := range v.Items {
			list = append(list, tree(item))
		}
		return list
	case input.KindString:
		return v.Text()
	case input.KindNumber:
		return json.Number(v.Text())
	case input.KindBool:
		return v.Text() == "true"
	}
	return nil
}

// sameAsJSON holds Take to JSON: the same content, or the same refusal.
func sameAsJSON(t *testing.T, text string) {
	t.Helper()
	want, wantErr := input.JSON([]byte(text))
	d, err := input.Take([]byte(text))
	switch {
	case (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error():
		t.Errorf("%.80q: %v, want %v", text, err, wantErr)
	case err == nil && !reflect.DeepEqual(tree(d.Root()), want):
		t.Errorf("%.80q: %v, want %v", text, tree(d.Root()), want)
	}
}

func TestTakeIsJSON(t *testing.T) {
	for _, text := range []string{
		"", " ", "1 2", "{", "}", "[", "[]", " [ ] ", "[1", "[1,", "[1,]", "[,]", "[1 2]", "{}", " { } ", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`,
		`{"a":1,}`, `{"a" 1}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":[1,2.50,"x\"}",null,true,false],"b":{"a":1}}`,
		"0", "-0", "-", "01", "1.", ".5", "1.5", "1e", "1e5", "1E+5", "1e-05", "-1.25e-3", "1.e5", "+1", "NaN", "tru", "truex", "nul", "falsE",
		`"`, `"a`, `"a"`, "\"\t\"", "\"\x7f\"", `"\`, `"\"`, `"\\"`, `"\x"`, `"\u12"`, `"\u00e9\/\b\f\n\r\t"`, `"\ud800"`, `"\ud83d\ude00"`, `"\ud800x\u0041"`,
		`"12345678\"90"`, `"123456789012345678901234567890\\"`, `"部品と部品と部品"`,
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":{"a":1},"b":{"a":2}}`,
		manyNames(40, `"n":1`), manyNames(40, `"n03":1`), manyNames(16, `"n15":1`), manyNames(15, `"n00":1`), manyNames(17, `"\u006e00":1`),
		strings.Repeat("[", input.MaxDepth) + strings.Repeat("]", input.MaxDepth), strings.Repeat("[", input.MaxDepth+1) + strings.Repeat("]", input.MaxDepth+1),
		strings.Repeat(`{"a":`, input.MaxDepth) + "1" + strings.Repeat("}", input.MaxDepth), strings.Repeat(`{"a":`, input.MaxDepth+1) + "1" + strings.Repeat("}", input.MaxDepth+1),
		`["` + strings.Repeat("x", input.MaxString-1) + `"]`, `["` + strings.Repeat("x", input.MaxString) + `"]`,
		"[" + strings.Repeat("0,", input.MaxNodes) + "0]",
	} {
		sameAsJSON(t, text)
	}
	if _, err := input.Take([]byte("[" + strings.Repeat("0,", input.MaxNodes-1) + "0]")); err != nil {
		t.Errorf("as many values as are allowed: %v", err)
	}
}

// manyNames gives an object with the members n00, n01 … and one more.
func manyNames(n int, more string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"n%02d":0,`, i)
	}
	return "{" + b.String() + more + "}"
}

func TestMemberOfValue(t *testing.T) {
	d, err := input.Take([]byte(`{"a":1,"\u0062":{"c":[true,null,"x"]},"e":"\n"}`))
	if err != nil {
		t.Fatal(err)
	}
	b := d.Root().Member("b")
	var got []string
	for _, item := range b.Member("c").Items {
		got = append(got, item.Text())
	}
	if strings.Join(got, ",") != "true,,x" || d.Root().Member("a").Text() != "1" || d.Root().Member("e").Text() != "\n" {
		t.Errorf("got %q", got)
	}
	for _, none := range []input.Value{{}, d.Root().Member("z"), d.Root().Member("a").Member("a"), b.Member("c").Member("c")} {
		if none.Kind() != input.KindNone || none.Text() != "" || none.Raw() != "" {
			t.Errorf("what is not there: %v", none)
		}
	}
}

// FuzzTake holds Take to JSON on anything.
func FuzzTake(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,true,null,"\u00e9\\"],"b":{}}`, `[[],{"a":1,"a":2}]`, `"\ud800"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if text, err := input.Text([]byte(s)); err == nil {
			sameAsJSON(t, string(text))
		}
	})
}
