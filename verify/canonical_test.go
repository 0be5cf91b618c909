package verify

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.org/tasuki/internal/lang"
)

func TestMarshal(t *testing.T) {
	for _, c := range []struct {
		name string
		v    any
		want string
	}{
		{"members by code unit (RFC 8785, 3.2.3)", map[string]any{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
			"1": "One", "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"},
			"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\",\"\U0001f600\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"},
		{"only the escapes that JSON demands (3.2.2.2)", "\u20ac$\u000f\nA'B\"\\\\\"/<>&\u2028\u007f", "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/<>&\u2028\u007f\""},
		{"text is not normalised", []string{"が", "か\u3099"}, `["が","` + "か\u3099" + `"]`},
		{"integers, null, bool, nothing", []any{0, -1, maxInteger, nil, true, false, []int{}, map[string]int{}, ""}, `[0,-1,9007199254740991,null,true,false,[],{},""]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Marshal(c.v)
			if err != nil || string(got) != c.want {
				t.Errorf("got %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
	for _, v := range []any{1.5, 1e21, maxInteger + 1, -maxInteger - 1, json.Number("-0.0"), func() {}, "\xff", []any{map[string]any{"\xff": 1}}, &struct{ A *Text }{&Text{"\xc3"}}} {
		if b, err := Marshal(v); err == nil {
			t.Errorf("%v was written as %s", v, b)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	type thing struct {
		A int64             `json:"a"`
		B []byte            `json:"b,omitempty"`
		C string            `json:"c"`
		D map[string]string `json:"d,omitempty"`
	}
	const good = `{"a":1,"b":"Zg==","c":"x"}`
	if err := Unmarshal([]byte(good), new(thing)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, in, where string }{
		{"white space", `{"a":1, "b":"Zg==","c":"x"}`, "byte 7"},
		{"white space after it", good + "\n", "byte 26"},
		{"something after it", good + "{}", "byte 26"},
		{"another order", `{"b":"Zg==","a":1,"c":"x"}`, "byte 2"},
		{"a member twice", `{"a":1,"a":1,"b":"Zg==","c":"x"}`, "byte 8"},
		{"a member in capitals", `{"A":1,"b":"Zg==","c":"x"}`, "byte 2"},
		{"an unknown member", `{"a":1,"b":"Zg==","c":"x","e":1}`, "byte 25"},
		{"slack bits of base64", `{"a":1,"b":"Zh==","c":"x"}`, "byte 13"},
		{"a line break in base64", `{"a":1,"b":"Zg==\n","c":"x"}`, "byte 16"},
		{"base64 without padding", `{"a":1,"b":"Zg","c":"x"}`, ""},
		{"a needless escape", `{"a":1,"b":"Zg==","c":"\u0078"}`, "byte 23"},
		{"an escape in capitals", `{"a":1,"b":"Zg==","c":"\u000F"}`, "byte 28"},
		{"half a surrogate pair", `{"a":1,"b":"Zg==","c":"\ud800"}`, "byte 23"},
		{"not UTF-8", "{\"a\":1,\"b\":\"Zg==\",\"c\":\"\xff\"}", "byte 23"},
		{"a fraction", `{"a":1.0,"b":"Zg==","c":"x"}`, ""},
		{"an exponent", `{"a":1e0,"b":"Zg==","c":"x"}`, ""},
		{"a leading zero", `{"a":01,"b":"Zg==","c":"x"}`, "byte 6"},
		{"minus zero", `{"a":-0,"b":"Zg==","c":"x"}`, "byte 5"},
		{"an integer of 54 bits", `{"a":9007199254740992,"b":"Zg==","c":"x"}`, ""},
		{"an empty member that should be left out", `{"a":1,"b":"","c":"x"}`, "byte 8"},
		{"null for nothing", `{"a":1,"b":null,"c":"x"}`, "byte 8"},
		{"a member left out", `{"a":1,"b":"Zg=="}`, "byte 17"},
		{"cut off", good[:20], ""},
		{"nothing", ``, ""},
		{"a map in another order", `{"a":1,"c":"x","d":{"b":"","a":""}}`, "byte 21"},
		{"nested without end", strings.Repeat("[", 20000), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Unmarshal([]byte(c.in), new(thing))
			e, ok := err.(*lang.Error)
			if !ok || e.Kind != lang.Unreadable {
				t.Fatalf("got %v, want it refused", err)
			}
			if !strings.HasPrefix(e.Where, "byte ") || c.where != "" && e.Where != c.where {
				t.Errorf("at %q, want %q", e.Where, c.where)
			}
		})
	}
}

// TestCanonicalFormIsTheOnlyOne: what Marshal writes reads back as the same, and no single byte of it can be another.
func TestCanonicalFormIsTheOnlyOne(t *testing.T) {
	type thing struct {
		N int64             `json:"n"`
		S string            `json:"s"`
		L []string          `json:"l"`
		M map[string]string `json:"m"`
		B []byte            `json:"b"`
	}
	rapid.Check(t, func(t *rapid.T) {
		v := thing{N: rapid.Int64Range(-maxInteger, maxInteger).Draw(t, "n"), S: rapid.String().Draw(t, "s"), L: rapid.SliceOf(rapid.String()).Draw(t, "l"),
			M: rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "m"), B: rapid.SliceOf(rapid.Byte()).Draw(t, "b")}
		b, err := Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back thing
		if err := Unmarshal(b, &back); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		i := rapid.IntRange(0, len(b)-1).Draw(t, "place")
		c := bytes.Clone(b)
		c[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		var other thing
		if Unmarshal(c, &other) == nil {
			if again, _ := Marshal(other); !bytes.Equal(again, c) || bytes.Equal(again, b) {
				t.Fatalf("%s was read as %s", c, again)
			}
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`["c2FsdA",{"basis":"claim","evidence":[],"level":"minimum","reasons":[],"requirement":"S(1)-1.1","role":"developer","status":"met"}]`))
	f.Add([]byte(`["\ud800",{}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Disclosure
		if Unmarshal(b, &d) != nil {
			return
		}
		if again, err := Marshal(d); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%q was accepted, but is written %q (%v)", b, again, err)
		}
	})
}

// Text holds a text, deep inside something.
type Text struct{ T string }

// TestFileIsWrittenCanonically holds the economical way of writing a file against the plain one.
func TestFileIsWrittenCanonically(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := File{Format: rapid.String().Draw(t, "format"), Keys: [][]byte{}, Manifest: Envelope{Payload: []byte{}, Signatures: []Signature{}}, Members: []Member{}}
		for range rapid.IntRange(0, 3).Draw(t, "members") {
			f.Members = append(f.Members, Member{Name: rapid.String().Draw(t, "name"), Size: rapid.Int64Range(0, 9).Draw(t, "size"),
				Content: rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(t, "content")})
		}
		want, err := Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.Bytes(); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("got %s, %v\nwant %s", got, err, want)
		}
		if err := new(File).unmarshal(want); err != nil {
			t.Fatal(err)
		}
		i := rapid.IntRange(0, len(want)-1).Draw(t, "place")
		harmed := bytes.Clone(want)
		harmed[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		if a, b := new(File).unmarshal(harmed), Unmarshal(harmed, new(File)); (a == nil) != (b == nil) || a != nil && a.(*lang.Error).Where != b.(*lang.Error).Where {
			t.Fatalf("%s: %v, but %v", harmed, a, b)
		}
	})
}
