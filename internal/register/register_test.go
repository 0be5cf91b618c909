package register

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

var (
	now = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	org = fact.Subject{Kind: fact.Org, ID: "acme"}
)

func kind(t testing.TB, name string) guideline.Register {
	t.Helper()
	k, err := Kind(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKindSaysWhatThereIs(t *testing.T) {
	_, err := Kind("nothing")
	if lang.KindOf(err) != lang.NotFound || !strings.Contains(lang.Explain(err, lang.EN), "adoption") {
		t.Errorf("%v", err)
	}
}

func TestReadJSONAndYAML(t *testing.T) {
	k := kind(t, "adoption")
	for what, raw := range map[string]string{
		"yaml":         "key: A-1\nvalid_until: \"2027-03-31\"\ndata: {pattern: pkg:npm/lodash, decision: adopt, reason: ' 広く使われている '}\n",
		"json":         `{"key":"A-1","valid_until":"2027-03-31","data":{"pattern":"pkg:npm/lodash","decision":"adopt","reason":"広く使われている"}}`,
		"list of yaml": "- key: A-1\n  valid_until: \"2027-03-31\"\n  data: {pattern: pkg:npm/lodash, decision: adopt, reason: 広く使われている}\n",
	} {
		es, problems, err := Read(k, []byte(raw))
		if err != nil || len(problems) > 0 || len(es) != 1 {
			t.Errorf("%s: %v %v %v", what, es, problems, err)
			continue
		}
		if es[0].Data["reason"] != "広く使われている" {
			t.Errorf("%s: not trimmed: %q", what, es[0].Data["reason"])
		}
		if want := time.Date(2027, 3, 31, 15, 0, 0, 0, time.UTC); !es[0].Until().Equal(want) {
			t.Errorf("%s: until %v, want the end of the day in Japan", what, es[0].Until())
		}
	}
}

func TestProblemsHaveTheirPlace(t *testing.T) {
	_, problems, err := Read(kind(t, "adoption"), []byte("- {key: a, data: {pattern: lodash, decision: maybe, extra: 1}}\n- {key: '', data: {pattern: pkg:npm/x, decision: adopt, reason: y}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Where)
		if p.What.JA == "" || p.What.EN == "" {
			t.Errorf("%s: a language is missing", p.Where)
		}
	}
	want := []string{"/0/data/pattern", "/0/data/decision", "/0/data/reason", "/0/data/extra", "/1/key"}
	if !slices.Equal(got, want) {
		t.Errorf("problems at %v, want %v", got, want)
	}
}

func TestEveryTypeIsChecked(t *testing.T) {
	fields := func(f guideline.RegisterField) guideline.Register {
		f.Name, f.Title = "x", lang.T("項目", "field")
		return guideline.Register{Kind: "t", Fields: []guideline.RegisterField{f}}
	}
	choices := []guideline.Choice{{ID: "a"}, {ID: "b"}}
	for _, c := range []struct {
		field guideline.RegisterField
		good  []any
		bad   []any
	}{
		{guideline.RegisterField{Type: guideline.TextField}, []any{"x"}, []any{1, true, []any{"x"}, strings.Repeat("あ", MaxText+1), "\xff"}},
		{guideline.RegisterField{Type: guideline.DateField}, []any{"2026-02-28"}, []any{"2026-02-30", "28/2/2026", "0001-01-01", 20260228}},
		{guideline.RegisterField{Type: guideline.TimeField}, []any{"2026-02-28T09:30", "2026-02-28T00:30:00Z"}, []any{"2026-02-28", "2026-02-28T25:00", "yesterday", 1}},
		{guideline.RegisterField{Type: guideline.NumberField}, []any{1, 2.5, int64(3), uint64(4)}, []any{"1", 1e18, true}},
		{guideline.RegisterField{Type: guideline.BoolField}, []any{true, false}, []any{"true", 1}},
		{guideline.RegisterField{Type: guideline.ChoiceField, Choices: choices}, []any{"a"}, []any{"c", 1}},
		{guideline.RegisterField{Type: guideline.TopicsField, Choices: choices}, []any{[]any{"a", "b"}}, []any{[]any{"c"}, "a", []any{1}}},
		{guideline.RegisterField{Type: guideline.ListField}, []any{[]any{"anything"}}, []any{"x", []any{1}, make([]any, MaxItems+1)}},
		{guideline.RegisterField{Type: guideline.PURLField}, []any{"pkg:npm/x", "pkg:npm/*"}, []any{"npm/x", "pkg:*", "pkg:npm/a b"}},
		{guideline.RegisterField{Type: guideline.DocumentField}, []any{"sha256:" + strings.Repeat("a", 64)}, []any{"sha256:aa", "md5:" + strings.Repeat("a", 64)}},
		{guideline.RegisterField{Type: guideline.LinkField}, []any{"https://a.example/x"}, []any{"javascript:alert(1)", "a.example", "file:///etc/passwd"}},
	} {
		for _, v := range c.good {
			if _, ps := Validate(fields(c.field), map[string]any{"x": v}); len(ps) > 0 {
				t.Errorf("%s: %v is refused: %s", c.field.Type, v, ps[0].What.EN)
			}
		}
		for _, v := range c.bad {
			if _, ps := Validate(fields(c.field), map[string]any{"x": v}); len(ps) == 0 {
				t.Errorf("%s: %.40v is taken", c.field.Type, v)
			}
		}
	}
}

func TestLifeOfARecord(t *testing.T) {
	k := kind(t, "adoption")
	data, _ := Validate(k, map[string]any{"pattern": "pkg:npm/x", "decision": "adopt", "reason": "y"})
	r := New(k, "id", "A-1", org, data, "ann", now)
	if r.InForce(now) {
		t.Error("a draft is in force")
	}
	if _, err := Approve(r, "ann", now); lang.KindOf(err) != lang.Forbidden {
		t.Errorf("the author approved: %v", err)
	}
	ok, err := Approve(r, "bob", now)
	if err != nil || !ok.InForce(now) || ok.Revision != 2 {
		t.Fatalf("approved: %+v %v", ok, err)
	}
	if ok.InForce(now.Add(-time.Second)) {
		t.Error("in force before it was approved")
	}
	if _, err := Approve(ok, "cid", now); lang.KindOf(err) != lang.Conflict {
		t.Errorf("approved twice: %v", err)
	}
	changed, err := Change(ok, data, "bob", now)
	if err != nil || changed.State != Draft || changed.InForce(now) || changed.Revision != 3 {
		t.Errorf("an edit keeps the approval: %+v %v", changed, err)
	}
	if _, err := Approve(changed, "bob", now); lang.KindOf(err) != lang.Forbidden {
		t.Errorf("who edited approved: %v", err)
	}
	gone := Retire(ok, now)
	if gone.InForce(now) {
		t.Error("retired and in force")
	}
	if _, err := Change(gone, data, "ann", now); lang.KindOf(err) != lang.Conflict {
		t.Errorf("a retired record changed: %v", err)
	}
	for what, spoil := range map[string]func(*Record){
		"data":    func(r *Record) { r.Data = map[string]any{"pattern": "pkg:npm/*"} },
		"subject": func(r *Record) { r.Subject.ID = "other" },
		"end":     func(r *Record) { r.ValidUntil = now.AddDate(5, 0, 0) },
		"key":     func(r *Record) { r.Key = "A-2" },
	} {
		x := ok
		spoil(&x)
		if x.InForce(now) {
			t.Errorf("in force although its %s was changed after approval", what)
		}
	}
}

// A record that went through a store, where data is JSON, has the same digest.
func TestDigestSurvivesJSON(t *testing.T) {
	k := kind(t, "secure_development_policy")
	data, _ := Validate(k, map[string]any{"title": "<方針> & more", "topics": []any{"coding"}})
	r := New(k, "id", "P", org, data, "ann", now)
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Record
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if Digest(back) != Digest(r) {
		t.Error("the digest changed")
	}
	if got := Strings(back, "topics"); !slices.Equal(got, []string{"coding"}) {
		t.Errorf("topics %v", got)
	}
	if got := Missing(k, back); len(got) != 5 || got[0].ID != "build_timing" {
		t.Errorf("missing %v", got)
	}
}

func TestReviewAndFacts(t *testing.T) {
	k := kind(t, "adoption")
	data, _ := Validate(k, map[string]any{"pattern": "pkg:npm/x", "decision": "adopt", "reason": "y"})
	old, _ := Approve(New(k, "old", "A-1", org, data, "ann", now), "bob", now.AddDate(-2, 0, 0))
	young, _ := Approve(New(k, "young", "A-2", org, data, "ann", now), "bob", now)
	draft := New(k, "draft", "A-3", org, data, "ann", now)
	all := []Record{old, young, draft}
	if got := Due(all, now); len(got) != 1 || got[0].ID != "old" {
		t.Errorf("due: %v", got)
	}
	facts := Facts(all, now)
	if len(facts) != 2 || facts[0].Kind != "record:adoption" || facts[0].Record != "old" {
		t.Errorf("facts: %v", facts)
	}
}

func TestHostileInput(t *testing.T) {
	k := kind(t, "adoption")
	for what, raw := range map[string]string{
		"too large":     strings.Repeat(" ", MaxBytes+1),
		"deep":          strings.Repeat("[", 10_000),
		"deep by lines": strings.Repeat("- ", 5000) + "x",
		"alias bomb":    "a: &a [x, x]\nb: &b [*a, *a]\nkey: k\ndata: {reason: *b}\n",
		"unknown key":   "key: a\nother: 1\ndata: {}\n",
		"two documents": "key: a\ndata: {pattern: pkg:npm/x, decision: adopt, reason: y}\n---\nkey: b\n",
		"not yaml":      "\x00\x01",
		"empty":         "",
		"empty list":    "[]",
	} {
		es, problems, err := Read(k, []byte(raw))
		if err == nil && len(problems) == 0 {
			t.Errorf("%s is taken: %v", what, es)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("key: A-1\ndata: {pattern: pkg:npm/lodash, decision: adopt, reason: x}\n"))
	f.Add([]byte(`[{"key":"A","data":{"pattern":"pkg:npm/*"}}]`))
	f.Add([]byte("key: &a x\ndata: *a"))
	k := kind(f, "adoption")
	f.Fuzz(func(t *testing.T, raw []byte) {
		es, problems, err := Read(k, raw)
		if err != nil || len(problems) > 0 {
			return
		}
		for _, e := range es {
			again, ps := Validate(k, e.Data)
			if len(ps) > 0 || len(again) != len(e.Data) {
				t.Errorf("what was taken is refused: %v", ps)
			}
		}
	})
}
