package input_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

func TestYAML(t *testing.T) {
	got, err := input.YAML([]byte("# c\na: &x {b: 1, c: 2.50}\nd:\n  <<: *x\n  b: 2026-04-01\ne: [*x, true, ~, 0x10]\nf: |\n  one\n  two\n"))
	want := "map[a:map[b:1 c:2.50] d:map[b:2026-04-01 c:2.50] e:[map[b:1 c:2.50] true <nil> 16] f:one\ntwo\n]"
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v, %v", got, err)
	}
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 9; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	for _, c := range []struct{ name, in, where, why string }{
		{"key twice", "a: 1\na: 2\n", "line 2, column 1", "already defined"},
		{"malformed", "a: [1,\nb: }", "line 1, column 4", "malformed"},
		{"two documents", "a: 1\n---\nb: 2\n", "line 3, column 2", "more than one"},
		{"no anchor", "a: *b\n", "line 1, column 4", "nothing that *b"},
		{"deep, flow", strings.Repeat("[", 1<<20), "line 1", "nested"},
		{"deep, entries", strings.Repeat("- ", 1<<20), "line 1", "nested"},
		{"deep, block", deepBlock(150), "line 102, column 103", "nested"},
		{"aliases of aliases", laughs, "line 1, column 37", "more than 500000"},
		{"too large", strings.Repeat(" ", input.MaxYAML+1), "", "4 MiB"},
	} {
		_, err := input.YAML([]byte(c.in))
		refused(t, c.name, err, c.where, c.why)
	}
}

func deepBlock(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func FuzzYAML(f *testing.F) {
	for _, s := range []string{"a: 1", "- a\n- b: [1, {c: d}]", "a: &x 1\nb: *x", "a: &x\n  <<: *x", "? a\n: b", "!!str a", "a: |\n b", "%YAML 1.2\n---\na"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := input.YAML(b); err != nil && lang.KindOf(err) != lang.Unreadable {
			t.Errorf("not a refusal: %v", err)
		}
	})
}
