package guideline

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/testshared"
)

// Printed numbers of section 5.4, counted once by hand and once by printedPractices.
const (
	printedBullets = 236
	printedFlagged = 19 // of them for systems and services only
	printedSources = 56 // of them with an outside source
	printedItems   = 25 // bullets below bullets
)

// knownSource is the closed set of sources printed behind the bullets.
var knownSource = regexp.MustCompile(`^(SSDF (PO|PS|PW|RV)\.[1-9]\.[1-9]` +
	`|CRA Annex I 2` +
	`|statement` +
	`|サイバーセキュリティ経営ガイドライン v3 指示3` +
	`|経済産業省・公正取引委員会 想定事例及びその解説文書 https://www\.meti\.go\.jp/press/2025/12/20251226001/20251226001-e\.pdf)$`)

func TestPracticesHaveIDsInOrderAndBothLanguages(t *testing.T) {
	c := Default()
	var bullets, flagged, sources, items int
	for _, in := range c.Individuals() {
		list := c.Practices(in.ID)
		if len(list) == 0 {
			t.Errorf("%s has no practice example", in.ID)
		}
		for i, p := range list {
			bullets++
			if want := PracticeID(fmt.Sprintf("%s/%d", in.ID, i+1)); p.ID != want || p.Individual != in.ID {
				t.Errorf("%s of %s stands where %s belongs", p.ID, p.Individual, want)
			}
			sentence(t, string(p.ID), p.Text)
			if n := len([]rune(p.Text.JA)); n > 65 {
				t.Errorf("%s: %d characters are too many for a brief re-telling", p.ID, n)
			}
			for _, item := range p.Items {
				items++
				inBoth(t, string(p.ID), item)
			}
			for _, n := range p.Notes {
				inBoth(t, string(p.ID)+" "+n.ID, n.Text)
			}
			for _, s := range p.Sources {
				sources++
				if !knownSource.MatchString(s) {
					t.Errorf("%s: unknown source %q", p.ID, s)
				}
			}
			switch p.Mark {
			case SystemService:
				flagged++
			case AnySoftware:
			default:
				t.Errorf("%s: unknown mark %q", p.ID, p.Mark)
			}
		}
	}
	got := [4]int{bullets, flagged, sources, items}
	if want := [4]int{printedBullets, printedFlagged, printedSources, printedItems}; got != want {
		t.Errorf("bullets, flagged, sources, items: %v, want %v", got, want)
	}
	if n := len(practices()); n != len(c.Individuals()) {
		t.Errorf("examples for %d individual requirements, want %d: an id does not exist", n, len(c.Individuals()))
	}
}

func TestAllPracticesAreInPrintedOrder(t *testing.T) {
	all := Default().AllPractices()
	if len(all) != printedBullets {
		t.Errorf("%d examples, want %d", len(all), printedBullets)
	}
	if !slices.IsSortedFunc(all, func(a, b Practice) int { return inOrder(a.Individual, b.Individual) }) {
		t.Error("not in printed order")
	}
}

func TestPracticesOfUnknownIDAreEmpty(t *testing.T) {
	if p := Default().Practices("S(9)-9.9"); p == nil || len(p) != 0 {
		t.Errorf("%v, want an empty list", p)
	}
}

// TestPracticesFollowTheText holds every example against the bullet of the guideline's text: how many there are, which
// are flagged, what source is printed, how many bullets stand below.
func TestPracticesFollowTheText(t *testing.T) {
	printed := printedPractices(guidelineText(t))
	for _, in := range Default().Individuals() {
		got, want := Default().Practices(in.ID), printed[in.ID]
		if len(got) != len(want) {
			t.Errorf("%s: %d examples, printed %d", in.ID, len(got), len(want))
			continue
		}
		for i, p := range got {
			g := bullet{mark: p.Mark, source: strings.Join(p.Sources, " "), items: len(p.Items)}
			if g != want[i] {
				t.Errorf("%s: %+v, printed %+v", p.ID, g, want[i])
			}
		}
	}
}

func TestTextsAreOurOwn(t *testing.T) {
	printed := squeeze(guidelineText(t))
	c := Default()
	own := func(where string, texts ...Text) {
		t.Helper()
		for _, text := range texts {
			if run := shared(printed, squeeze(text.JA), 25); run != "" {
				t.Errorf("%s repeats the guideline: %s", where, run)
			}
		}
	}
	for _, in := range c.Individuals() {
		for _, p := range c.Practices(in.ID) {
			own(string(p.ID), append(p.Items, p.Text)...)
		}
	}
	for _, term := range c.Glossary() {
		own(term.Term.JA, term.Definition)
		for _, r := range term.Related {
			own(r.Term.JA, r.Definition)
		}
	}
	for _, r := range c.References() {
		own(r.ID, r.Use)
	}
	for _, p := range c.Article42().Paragraphs {
		own(fmt.Sprintf("article 42(%d)", p.Number), p.Text, p.Supplier)
	}
	own("article 42 questions", c.Article42().Questions...)
}

func TestSharedFindsARunOfTheGivenLength(t *testing.T) {
	if got := shared("いろはにほへと", "ああろはにほああ", 4); got != "ろはにほ" {
		t.Errorf("got %q", got)
	}
	if got := shared("いろはにほへと", "ああろはにあああ", 4); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

// bullet is what can be read off a printed example without its words.
type bullet struct {
	mark   Mark
	source string
	items  int
}

var (
	heading     = regexp.MustCompile(`^(?:<p>)?(?:□ |<input type="checkbox"/> )?\**(S\([1-6]\)-[1-6]\.[1-9]) `)
	htmlTag     = regexp.MustCompile(`<[^>]*>`)
	flag        = regexp.MustCompile(`[(（]システム・サービスのソフトウェアの場合[)）]`)
	sentenceEnd = regexp.MustCompile(`(。(?:[(（](?:[^()（）]|[(（][^()（）]*[)）])*[)）])?)\s+`)
	ssdfSource  = regexp.MustCompile(`sp800-218 (PO|PS|PW|RV)\.?([1-9]\.[1-9])`)
)

// printedPractices reads the bullets out of section 5.4 of the converted text.
func printedPractices(text string) map[ID][]bullet {
	_, text, _ = strings.Cut(text, "\n5.4. 要求事項に対する取組例\n")
	text, _, _ = strings.Cut(text, "\n5.5. ")
	found := map[ID][]bullet{}
	var id ID
	var mark Mark
	var inList, below bool // below: the hyphens that follow stand below the last bullet
	for _, line := range strings.Split(text, "\n") {
		if m := heading.FindStringSubmatch(line); m != nil {
			id, mark, inList, below = ID(m[1]), AnySoftware, false, false
			continue
		}
		line, isHead := strings.CutPrefix(strings.TrimSpace(htmlTag.ReplaceAllString(line, " ")), "取組例")
		inList = inList || isHead
		if !inList || line == "" {
			continue
		}
		lines := splitBullets(strings.TrimSpace(line), isHead)
		inList = len(lines) > 0 || isHead
		for _, l := range lines {
			list := found[id]
			switch {
			case flag.MatchString(l):
				mark = SystemService
			case strings.HasPrefix(l, "➢"), below:
				list[len(list)-1].items++
			default:
				found[id] = append(list, bullet{mark: mark, source: printedSource(l)})
				below = strings.HasPrefix(l, "- ") && strings.Contains(l, "以下のような")
			}
		}
	}
	return found
}

// splitBullets cuts a line of the text into bullets and flags; nothing if the line belongs to no list. A list that
// stands on the line of its head is one line; where it lost its bullet marks, a bullet ends with a full stop (and a
// source) before a blank.
func splitBullets(line string, isHead bool) []string {
	if !isHead {
		if strings.HasPrefix(line, "- ") || flag.MatchString(line) {
			return []string{line}
		}
		return nil
	}
	if !strings.Contains(line, "•") {
		line = sentenceEnd.ReplaceAllString(line, "$1\n")
	}
	line = flag.ReplaceAllString(line, "\n$0\n")
	line = strings.NewReplacer("•", "\n", "➢", "\n➢").Replace(line)
	var lines []string
	for l := range strings.SplitSeq(line, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// printedSource gives the outside source of a printed bullet in the form of [Practice.Sources].
func printedSource(line string) string {
	switch m := ssdfSource.FindStringSubmatch(line); {
	case m != nil:
		return "SSDF " + m[1] + "." + m[2]
	case strings.Contains(line, "CRA Annex I 2"):
		return "CRA Annex I 2"
	case strings.Contains(line, "statement から派生"):
		return "statement"
	case strings.Contains(line, "サイバーセキュリティ経営ガイドライン v3 指示 3"):
		return "サイバーセキュリティ経営ガイドライン v3 指示3"
	case strings.Contains(line, "¹⁵"):
		return "経済産業省・公正取引委員会 想定事例及びその解説文書 https://www.meti.go.jp/press/2025/12/20251226001/20251226001-e.pdf"
	}
	return ""
}

// guidelineText is the converted text of the guideline, which is not part of the repository.
func guidelineText(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(testshared.Dir(t, "..", "guideline", "guideline-ja.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// squeeze folds width and drops blanks, so that a wrapped line still compares.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// shared gives the first run of n characters of own that printed holds as well.
func shared(printed, own string, n int) string {
	runes := []rune(own)
	for i := 0; i+n <= len(runes); i++ {
		if run := string(runes[i : i+n]); strings.Contains(printed, run) {
			return run
		}
	}
	return ""
}

// inBoth wants a text in both languages, the Japanese in Japanese.
func inBoth(t *testing.T, where string, text Text) {
	t.Helper()
	if strings.TrimSpace(text.JA) == "" || strings.TrimSpace(text.EN) == "" {
		t.Errorf("%s: a language is missing: %+v", where, text)
	}
	if strings.ContainsFunc(text.EN, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }) {
		t.Errorf("%s: Japanese in the English text: %s", where, text.EN)
	}
}

// sentence wants a whole sentence in both languages.
func sentence(t *testing.T, where string, text Text) {
	t.Helper()
	inBoth(t, where, text)
	if !strings.HasSuffix(text.JA, "。") || !strings.HasSuffix(text.EN, ".") {
		t.Errorf("%s: not a sentence: %+v", where, text)
	}
}
