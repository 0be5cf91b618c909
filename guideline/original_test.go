package guideline

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

// These tests hold the data against the guideline's own text, which lies beside the repository on some machines and is
// no part of it.

func original(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile(testshared.Dir(t, "..", "guideline", "guideline-ja.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// printedRow is a row of table 5, table 6 or the annex.
type printedRow struct {
	ID     ID
	Title  string
	Roles  []Role
	Levels []Level
}

var idCell = regexp.MustCompile(`^S\([1-6]\)-[0-9]\.[0-9]$`)

// ticked gives the values whose cell is not empty.
func ticked[T any](cells []string, values ...T) []T {
	var out []T
	for i, v := range values {
		if i < len(cells) && strings.TrimSpace(cells[i]) != "" {
			out = append(out, v)
		}
	}
	return out
}

// unwrapped takes out the blank that a line wrap left inside a Japanese title.
func unwrapped(s string) string {
	return strings.TrimSpace(regexp.MustCompile(`([^\x00-\x7F]) ([^\x00-\x7F])`).ReplaceAllString(s, "$1$2"))
}

// tables5and6 reads "id title, developer, supplier, operator, minimum, standard" and "id title, minimum, standard".
func tables5and6(text string) []printedRow {
	_, text, _ = strings.Cut(text, "\n4.1. 要求事項の要求パッケージ化\n\n")
	text, _, _ = strings.Cut(text, "\n4.2. 役割分担に応じた要求事項の適用に関する注意点\n")
	var rows []printedRow
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		id, title, _ := strings.Cut(cells[0], " ")
		if !idCell.MatchString(id) {
			continue
		}
		row := printedRow{ID: ID(id), Title: unwrapped(title)}
		levels := cells[1:]
		if row.ID.Category() == 6 {
			row.Roles = []Role{Customer}
		} else {
			row.Roles = ticked(cells[1:4], Developer, Supplier, Operator)
			levels = cells[4:]
		}
		row.Levels = ticked(levels, Minimum, Standard)
		rows = append(rows, row)
	}
	return rows
}

// annex reads "check, minimum, standard, id, title, sentence, developer, supplier, operator, customer".
func annex(text string) []printedRow {
	var rows []printedRow
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(cells) >= 7 && idCell.MatchString(cells[3]) && strings.HasPrefix(cells[0], "<input") {
			rows = append(rows, printedRow{ID(cells[3]), cells[4], ticked(cells[6:], Roles...), ticked(cells[1:3], Minimum, Standard)})
		}
	}
	return rows
}

// TestTables holds all 69 rows against table 5/6 and against the annex. Where the two differ, a note has to say so.
func TestTables(t *testing.T) {
	text := original(t)
	c := Default()
	body, sheet := tables5and6(text), annex(text)
	if len(body) != 69 || len(sheet) != 69 {
		t.Fatalf("read %d rows of tables 5 and 6 and %d of the annex, want 69 each", len(body), len(sheet))
	}
	for i, in := range c.Individuals() {
		ours := printedRow{in.ID, in.Title.JA, in.Roles, in.Levels}
		printed := body[i]
		if slices.Contains(in.Aliases, printed.Title) {
			printed.Title = ours.Title
		}
		if d := cmp.Diff(printed, ours); d != "" {
			t.Errorf("%s against table 5 or 6 (-printed +ours):\n%s", in.ID, d)
		}
		printed = sheet[i]
		if n := slices.IndexFunc(in.Notes, func(n Note) bool { return n.ID == "D-01" }); n >= 0 {
			if d := cmp.Diff(printed.Roles, in.Notes[n].RolesElsewhere); d != "" {
				t.Errorf("%s: D-01 has other roles than the annex (-printed +ours):\n%s", in.ID, d)
			}
			printed.Roles = ours.Roles
		}
		if d := cmp.Diff(printed, ours); d != "" {
			t.Errorf("%s against the annex (-printed +ours):\n%s", in.ID, d)
		}
	}
	if in, _ := c.Individual("S(2)-2.3"); cmp.Equal(sheet[23].Roles, in.Roles) || sheet[23].ID != in.ID {
		t.Error("the annex and table 5 should differ in the roles of S(2)-2.3")
	}
}

// TestTable4 holds every row of the six use cases against table 4: name, class, ケース mark and ticks.
func TestTable4(t *testing.T) {
	text := original(t)
	_, text, _ = strings.Cut(text, "\n表 4 関連事業者の想定と責務区分・役割の例示\n")
	text, _, _ = strings.Cut(text, "\n(1) ソフトウェアの特性による役割分担の考え方\n")
	var printed, ours []string
	letter := ""
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if m := regexp.MustCompile(`^([a-f])\. `).FindStringSubmatch(cells[0]); m != nil {
			letter = m[1]
		}
		at := slices.IndexFunc(cells, func(s string) bool { return s == "サイバーインフラ事業者" || s == "顧客" })
		if letter == "" || at < 1 {
			continue
		}
		// The ticks end the row; in the rows of f the conversion put an extra cell before the class.
		raw := strings.Split(strings.TrimRight(line, "\n"), "\t")
		class := slices.Index(raw, cells[at])
		ticks := raw[class+1:]
		if letter != "f" {
			ticks = raw[class+2:] // an empty cell stands before the ticks
		}
		printed = append(printed, fmt.Sprint(letter, cells[0], cells[at], slices.Contains(cells, "ケース"), pad(ticks)))
	}
	for _, u := range Default().Templates() {
		for _, p := range u.Parties {
			class := "サイバーインフラ事業者"
			if p.Class == CustomerClass {
				class = "顧客"
			}
			ticks := make([]string, 4)
			for _, m := range p.Roles {
				mark := map[Stance]string{Unmarked: "✓", Principal: "✓(主体)", Support: "✓(支援)"}[m.Stance]
				if m.Platform {
					mark = "✓(インフラ)"
				}
				ticks[slices.Index(Roles, m.Role)] = mark
			}
			ours = append(ours, fmt.Sprint(u.ID, p.Name.JA, class, p.Case, ticks))
		}
	}
	if len(printed) != 32 {
		t.Fatalf("read %d rows of table 4, want 32", len(printed))
	}
	if d := cmp.Diff(printed, ours); d != "" {
		t.Errorf("(-printed +ours):\n%s", d)
	}
}

func pad(cells []string) []string {
	return append(slices.Clone(cells), make([]string, max(0, 4-len(cells)))...)[:4]
}

// copiedRun is the length of the longest run of Japanese characters that a statement of ours may share with the
// guideline's own text. Titles, names and notes are exempt: they are facts or quote.
const copiedRun = 24

func TestOwnWords(t *testing.T) {
	printed := map[string]bool{}
	runs(original(t), func(run string) { printed[run] = true })
	l := &linter{Catalog: Default()}
	checked := 0
	for _, p := range l.texts() {
		if p.printed || p.note {
			continue
		}
		checked++
		runs(p.text.JA, func(run string) {
			if printed[run] {
				t.Errorf("data/%s: %s: shares %q with the guideline", p.file, p.path, run)
			}
		})
	}
	if checked < 300 {
		t.Errorf("only %d statements were looked at", checked)
	}
	// The test itself has to catch a copied sentence.
	overlay, err := ReadOverlay(strings.NewReader(original(t)))
	if err != nil {
		t.Fatal(err)
	}
	caught := 0
	runs(overlay["S(2)-2.1"].Text, func(run string) {
		if printed[run] {
			caught++
		}
	})
	if caught == 0 {
		t.Error("a copied sentence is not caught")
	}
}

// runs calls f with every run of copiedRun+1 characters, blanks and form of characters aside.
func runs(s string, f func(string)) {
	var chars []rune
	for _, r := range norm.NFKC.String(s) {
		if !strings.ContainsRune(" \t\n\r", r) {
			chars = append(chars, r)
		}
	}
	for i := 0; i+copiedRun+1 <= len(chars); i++ {
		f(string(chars[i : i+copiedRun+1]))
	}
}

func TestReadOverlay(t *testing.T) {
	text := original(t)
	all, err := ReadOverlay(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	for _, in := range Default().Individuals() {
		o := all[in.ID]
		if o.Title != in.Title.JA || !strings.HasSuffix(strings.TrimRight(o.Text, "）"), "。") && !strings.Contains(o.Text, "。") {
			t.Errorf("%s: %+v", in.ID, o)
		}
		if !strings.Contains(lines[o.Line-1], o.Text) || !strings.Contains(lines[o.Line-1], string(in.ID)) {
			t.Errorf("%s is not on line %d", in.ID, o.Line)
		}
	}
	if len(all) != 69 {
		t.Errorf("%d, want 69", len(all))
	}
}

// made is a checklist with made-up sentences, in the form of the annex.
func made() string {
	var b strings.Builder
	b.WriteString("まえがき\n\nCheck!\t要求パッケージ\t\t責務\n\t最低限\t標準\t要求ID\t個別要求タイトル\t個別要求\t開発者\t供給者\t運用者\t顧客\n")
	for _, in := range Default().Individuals() {
		fmt.Fprintf(&b, "□\t○\t○\t%s\t題\t%s の文。\t✓\t\t\t\n", in.ID, in.ID)
	}
	return b.String()
}

func TestReadOverlayNames(t *testing.T) {
	good := made()
	if all, err := ReadOverlay(strings.NewReader(good)); err != nil || all["S(1)-1.1"] != (Official{"題", "S(1)-1.1 の文。", 5}) {
		t.Fatalf("%v %v", all["S(1)-1.1"], err)
	}
	for name, c := range map[string]struct{ text, where, why string }{
		"empty":        {"", "", "69 individual requirements are missing"},
		"one missing":  {strings.Replace(good, "□\t○\t○\tS(6)-2.4\t題\tS(6)-2.4 の文。\t✓\t\t\t\n", "", 1), "", "1 individual requirements are missing (S(6)-2.4)"},
		"not an id":    {strings.Replace(good, "\tS(1)-1.2\t", "\tX\t", 1), "line 6", `"X" in the id column`},
		"unknown id":   {strings.Replace(good, "\tS(1)-1.2\t", "\tS(1)-9.2\t", 1), "line 6", "no individual requirement S(1)-9.2"},
		"twice":        {strings.Replace(good, "\tS(1)-1.2\t", "\tS(1)-1.1\t", 1), "line 6", "on line 5 as well"},
		"no sentence":  {strings.Replace(good, "S(1)-1.2 の文。", "", 1), "line 6", "is empty"},
		"not UTF-8":    {strings.Replace(good, "S(1)-1.2 の文。", "\xff\xfe", 1), "line 6", "not UTF-8"},
		"row cut":      {strings.Replace(good, "S(1)-1.2\t題\tS(1)-1.2 の文。\t✓\t\t\t", "S(1)-1.2", 1), "line 6", "too few columns (4)"},
		"far too long": {good + strings.Repeat("x", OverlayLimit), "", "larger than the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadOverlay(strings.NewReader(c.text))
			if lang.KindOf(err) != lang.Unreadable || !strings.HasPrefix(err.Error(), c.where) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("want %s … %s, got %v", c.where, c.why, err)
			}
		})
	}
}

func FuzzReadOverlay(f *testing.F) {
	f.Add(made())
	f.Add("\t個別要求タイトル\n\t\t\n")
	f.Add("要求ID\t個別要求タイトル\t個別要求\nS(1)-1.1\t題\t文\n\nS(1)-1.2\t\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ReadOverlay(strings.NewReader(text))
		if (err == nil) != (len(all) == 69) {
			t.Errorf("%d found, error %v", len(all), err)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add("S(1)-1.1")
	f.Add("Ｓ（１）－１．１")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			return
		}
		if again, err := ParseID(string(id)); err != nil || again != id || !reflect.DeepEqual(id.numbers(), again.numbers()) {
			t.Errorf("%q gives %q, which gives %q (%v)", s, id, again, err)
		}
	})
}

func BenchmarkReadOverlay(b *testing.B) {
	text := made()
	for b.Loop() {
		if _, err := ReadOverlay(strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
