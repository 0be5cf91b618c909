package verify_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/verify"
)

// TestMarshalIsWhatJSONHas holds the form that is written straight from the fields against the one that package json gives,
// read again and put in order: for what bundles are made of, and for every shape of field.
func TestMarshalIsWhatJSONHas(t *testing.T) {
	o, err := verify.Open(chain(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	type inner struct {
		B string `json:"b,omitempty"`
		A *int64 `json:"a"`
	}
	n := int64(7)
	type shapes struct {
		Zed     string            `json:"zed"`
		Plain   int               // under its own name
		Hidden  string            `json:"-"`
		private string            //nolint:unused // not written
		Empty   []string          `json:"empty,omitempty"`
		Null    []string          `json:"null"`
		None    []byte            `json:"none"`
		Bytes   []byte            `json:"bytes"`
		Map     map[string]any    `json:"map"`
		NoMap   map[string]string `json:"nomap"`
		At      time.Time         `json:"at,omitzero"`
		Since   time.Time         `json:"since"`
		Inner   inner             `json:"inner,omitzero"`
		Other   *inner            `json:"other,omitempty"`
		Raw     json.RawMessage   `json:"raw"`
		Any     any               `json:"any"`
		Number  json.Number       `json:"number"`
		Flags   [2]bool           `json:"flags"`
		Small   uint8             `json:"small,omitempty"`
		Level   guideline.Level   `json:"level"`
	}
	zone := time.FixedZone("", 9*3600)
	for _, v := range []any{o.Declaration, o.Manifest, o.Subjects, o.Answers, verify.Disclosure{Salt: "s", Answer: *o.Answers[0]}, verify.File{}, nil, []int{1, -2}, "a<b>\u2028&\n\x1f\\\"",
		shapes{Number: "0", Raw: json.RawMessage(`{"b":1,"a":[2,null]}`)},
		&shapes{Zed: "ß\U0001F600\uFFFD", Plain: -1, Empty: []string{""}, Null: []string{"a", "b"}, None: []byte{}, Bytes: []byte{0, 255}, Map: map[string]any{"\U0001F600": 1, "\uFFFD": nil, "": []any{true}},
			At: time.Date(2026, 1, 2, 3, 4, 5, 6000, zone), Since: time.Time{}.In(zone), Inner: inner{A: &n}, Other: &inner{}, Raw: json.RawMessage("1"), Any: inner{B: "x"}, Number: "12", Flags: [2]bool{true}, Small: 9, Level: guideline.Standard, private: "x"},
	} {
		got, err := verify.Marshal(v)
		if err != nil {
			t.Fatalf("%T: %v", v, err)
		}
		plain, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(plain))
		d.UseNumber()
		var tree any
		if err := d.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		want, err := verify.Marshal(tree)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%T:\n%s\nwant\n%s, %v", v, got, want, err)
		}
	}
}

func BenchmarkBundle(b *testing.B) {
	file, opt := chain(b, nil), options()
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if r := verify.Bundle(file, opt); !r.OK {
			b.Fatal("not ok")
		}
	}
}
