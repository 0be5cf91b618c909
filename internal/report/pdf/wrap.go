package pdf

import "strings"

// Characters that may not begin or end a line (JIS X 4051; W3C JLREQ).
const (
	notFirst = "、。，．・：；？！）］｝」』】〉》〕’”ー々ゝゞヽヾっゃゅょゎぁぃぅぇぉッャュョヮァィゥェォヵヶ％℃,.:;?!)]}%"
	notLast  = "（［｛「『【〈《〔‘“([{"
)

// leading is the distance of base lines in sizes of the type.
const leading = 1.5

// wrap breaks a text into lines no wider than max: between Japanese characters, after spaces, and within a word only
// when it is too long for a line.
func (c *canvas) wrap(s string, f face, size, max float64) []string {
	var lines []string
	for _, paragraph := range strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\t", " "), "\n") {
		lines = append(lines, c.wrapParagraph(paragraph, f, size, max)...)
	}
	return lines
}

func (c *canvas) wrapParagraph(s string, f face, size, max float64) []string {
	var lines []string
	line := ""
	for _, part := range c.split(pieces(s), f, size, max) {
		if line != "" && c.measure(line+strings.TrimRight(part, " "), f, size) > max {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += part
	}
	return append(lines, strings.TrimRight(line, " "))
}

// split cuts pieces that are too wide for a line.
func (c *canvas) split(parts []string, f face, size, max float64) []string {
	var out []string
	for _, part := range parts {
		var cut strings.Builder
		var w float64
		for _, r := range part {
			rw := c.runeWidth(f, r) * size
			if w+rw > max && w > 0 && r != ' ' {
				out = append(out, cut.String())
				cut.Reset()
				w = 0
			}
			cut.WriteRune(r)
			w += rw
		}
		out = append(out, cut.String())
	}
	return out
}

// pieces cuts a paragraph where a line may break.
func pieces(s string) []string {
	var out []string
	start := 0
	var before rune
	for i, r := range s {
		if i > 0 && breaks(before, r) {
			out = append(out, s[start:i])
			start = i
		}
		before = r
	}
	return append(out, s[start:])
}

// breaks reports whether a line may end between two characters.
func breaks(a, b rune) bool {
	if b == ' ' || strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a) {
		return false
	}
	return a == ' ' || a == '/' || japanese(a) || japanese(b)
}

// japanese reports whether lines may break around a character: kana, kanji, full-width forms.
func japanese(r rune) bool { return r >= 0x2e80 && r < 0xff66 || r > 0xffff }

// block sets a text from y on within a width, and gives where it ends. It does not break pages.
func (c *canvas) block(x, y, max float64, s string, f face, size float64, col colour) float64 {
	c.in("P", func() {
		for _, line := range c.wrap(s, f, size, max) {
			c.text(x, y+size, line, f, size, col)
			y += size * leading
		}
	})
	return y
}

// clip gives the first line of a text, with an ellipsis when there is more. It is for what stands in full elsewhere.
func (c *canvas) clip(s string, f face, size, max float64) string {
	lines := c.wrap(s, f, size, max-size)
	if len(lines) > 1 {
		return lines[0] + "…"
	}
	return lines[0]
}
