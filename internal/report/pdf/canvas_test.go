package pdf

import (
	"slices"
	"strings"
	"testing"
)

// Every character is either set or named as missing; none makes the library fail.
func TestEveryCharacter(t *testing.T) {
	c, err := newCanvas()
	if err != nil {
		t.Fatal(err)
	}
	c.newPage = func() {}
	c.addPage()
	for r := rune(0); r < 0x30000; r++ {
		c.runeWidth(regular, r)
	}
	if c.err != nil {
		t.Fatal(c.err)
	}
	for _, r := range "漢字かなカナABCabc019、。「」（）…—・→①㈱髙﨑" {
		if slices.Contains(c.missing, r) {
			t.Errorf("%c is missing", r)
		}
	}
	if !slices.Contains(c.missing, '𠮷') || !slices.Contains(c.missing, '\u200d') {
		t.Error("what the type has not is not named")
	}
}

// Lines keep to the rules of Japanese typesetting, and nothing of a text is lost.
func TestWrap(t *testing.T) {
	c, err := newCanvas()
	if err != nil {
		t.Fatal(err)
	}
	const text = "これは、長い文章です。「括弧」も、ッで始まる行もありません。A long English sentence (with brackets) follows, and sha256:0123456789abcdef0123456789abcdef0123456789abcdef."
	for _, max := range []float64{40, 61, 83, 120, 300} {
		lines := c.wrap(text, regular, 9, max)
		for i, line := range lines {
			if w := c.measure(line, regular, 9); w > max {
				t.Errorf("at %v line %d is %v wide: %s", max, i, w, line)
			}
			if max > 60 && i > 0 && strings.ContainsRune("、。」）ッ", []rune(line)[0]) {
				t.Errorf("at %v line %d begins %s", max, i, line)
			}
		}
		if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(text, " ", ""); got != want {
			t.Errorf("at %v: %s", max, got)
		}
	}
}
