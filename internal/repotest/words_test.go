package repotest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"example.org/tasuki/guideline"
)

// said is a text in both languages and where it stands.
type said struct{ where, ja, en string }

// speakers are the functions that take a text in Japanese and the same in English, as their first two arguments.
var speakers = []string{"T", "F", "say", "printf", "unverified", "Text"}

// texts collects what people read: every pair of Japanese and English in the program and in the templates of its pages.
func texts(t *testing.T) []said {
	t.Helper()
	var out []said
	base := root(t)
	for _, dir := range []string{"cmd", "internal", "verify"} {
		err := filepath.WalkDir(filepath.Join(base, dir), func(path string, d fs.DirEntry, err error) error {
			name := strings.TrimPrefix(path, base+string(filepath.Separator))
			switch {
			case err != nil || d.IsDir() && d.Name() == "testdata":
				if err == nil {
					err = fs.SkipDir
				}
				return err
			case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.Contains(path, "repotest"):
				out = append(out, inGo(t, path, name)...)
			case strings.HasSuffix(path, ".html"):
				out = append(out, inTemplate(t, path, name)...)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 2000 {
		t.Fatalf("only %d texts were found: does this test still look where they are?", len(out))
	}
	return out
}

func inGo(t *testing.T, path, name string) (out []said) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 || !slices.Contains(speakers, called(call)) {
			return true
		}
		first := 0
		if called(call) == "unverified" { // the place stands before the texts
			first = 1
		}
		if first+1 < len(call.Args) {
			ja, okJA := literal(call.Args[first])
			en, okEN := literal(call.Args[first+1])
			if okJA && okEN {
				out = append(out, said{name + ":" + strconv.Itoa(files.Position(call.Pos()).Line), ja, en})
			}
		}
		return true
	})
	return out
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// literal gives a text that is written out, also in several parts.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		return a + b, okA && okB
	}
	return "", false
}

var templated = regexp.MustCompile(`\.T "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"`)

func inTemplate(t *testing.T, path, name string) (out []said) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(b), "\n") {
		for _, m := range templated.FindAllStringSubmatch(line, -1) {
			out = append(out, said{name + ":" + strconv.Itoa(i+1), m[1], m[2]})
		}
	}
	return out
}

func japanese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) })
}

// No text is missing in one language, none is in the other's, and both take the same arguments.
func TestTextsAreInBothLanguages(t *testing.T) {
	verb := regexp.MustCompile(`%[-+#0]*\d*(?:\.\d+)?[a-zA-Z]`)
	verbs := func(s string) int { return len(verb.FindAllString(strings.ReplaceAll(s, "%%", ""), -1)) }
	for _, s := range texts(t) {
		switch {
		case strings.TrimSpace(s.ja) == "" && strings.ContainsFunc(s.en, unicode.IsLetter) || strings.TrimSpace(s.en) == "" && len([]rune(s.ja)) > 1: // a counter such as 件 has no English
			t.Errorf("%s: one language is missing: %q, %q", s.where, s.ja, s.en)
		case japanese(s.en) && !slices.Contains(inItsOwnScript, s.en):
			t.Errorf("%s: Japanese in the English text: %q", s.where, s.en)
		case !japanese(s.ja) && len(strings.Fields(s.en)) > 2 && s.ja == s.en && strings.ToLower(s.en) != s.en:
			t.Errorf("%s: English in the Japanese text: %q", s.where, s.ja)
		case !strings.Contains(s.ja+s.en, "%[") && !strings.Contains(s.where, ".html") && verbs(s.ja) != verbs(s.en): // with numbers, one may leave an argument out
			t.Errorf("%s: the languages take different arguments: %q, %q", s.where, s.ja, s.en)
		}
	}
}

// inItsOwnScript are English texts that name something in Japanese.
var inItsOwnScript = []string{"襷", "日本語", "Tasuki 襷"}

// A worded is a term: how it is said in English, and what then has to stand in Japanese.
type worded struct {
	en *regexp.Regexp
	ja []string
}

// terms keep the words of the product the same everywhere.
var terms = []worded{
	{regexp.MustCompile(`(?i)\bself-declarations?\b`), []string{"自己適合宣言", "宣言"}},
	{regexp.MustCompile(`(?i)\bindividual requirements?\b`), []string{"個別要求", "要求"}},
	{regexp.MustCompile(`(?i)\bmet with exceptions?\b`), []string{"例外承認つき"}},
	{regexp.MustCompile(`(?i)\bpartly met\b`), []string{"一部対応"}},
	{regexp.MustCompile(`(?i)\bnot assessed\b`), []string{"未評価"}},
	{regexp.MustCompile(`(?i)\bminimum (requirement )?package\b`), []string{"最低限要求パッケージ", "最低限"}},
	{regexp.MustCompile(`(?i)\bstandard (requirement )?package\b`), []string{"標準要求パッケージ", "標準"}},
	{regexp.MustCompile(`(?i)\bvulnerabilit(y|ies)\b`), []string{"脆弱性", "検出"}},
	{regexp.MustCompile(`(?i)\bcorporate number\b`), []string{"法人番号"}},
	{regexp.MustCompile(`(?i)\bfiscal year\b`), []string{"年度"}},
}

// never are words that the product does not use: judgements that the guideline does not make, and renderings that say
// something else than what is meant, each with what is said instead.
var never = []struct{ word, instead string }{
	{"違反", "未対応"}, {"不合格", "未対応"}, {"コンプライアンススコア", "件数"},
	{"正当化", "理由"}, {"調査結果", "検出"}, {"帰属先", "判明した日"}, {"初登場", "最初に検出した日"},
	{"エビデンス", "証跡"}, {"サプライヤ", "供給者、供給元"}, {"デベロッパ", "開発者"}, {"オペレータ", "運用者"}, {"カスタマ", "顧客"},
	{"ユーザー", "利用者"}, {"サーバー", "サーバ"}, {"データーベース", "データベース"}, {"下さい", "ください"}, {"出来ま", "できま"}, {"御座い", "ござい"},
}

var neverEnglish = regexp.MustCompile(`(?i)compliance score|non-?complian|\bviolat(e|es|ed|ion|ions)\b|\bcertified\b|\bfailed audit\b`)

// Words mean the same everywhere, and none is used that judges or that was put over word by word. Headers that are only
// understood, because people write them, are not ours.
func TestWords(t *testing.T) {
	for _, s := range texts(t) {
		if strings.Contains(s.where, "report/xlsx/filled") {
			continue
		}
		for _, n := range never {
			if strings.Contains(s.ja, n.word) {
				t.Errorf("%s: %q; say %s: %q", s.where, n.word, n.instead, s.ja)
			}
		}
		if w := neverEnglish.FindString(s.en); w != "" {
			t.Errorf("%s: %q: %q", s.where, w, s.en)
		}
		for _, term := range terms {
			if term.en.MatchString(s.en) && japanese(s.ja) && !slices.ContainsFunc(term.ja, func(ja string) bool { return strings.Contains(s.ja, ja) }) {
				t.Errorf("%s: %q is not %q: %q", s.where, term.en.FindString(s.en), term.ja[0], s.ja)
			}
		}
	}
}

// The terms of the guideline's glossary (5.9) are called what it calls them.
func TestGlossary(t *testing.T) {
	for _, term := range guideline.Default().Glossary() {
		if !strings.Contains(term.Term.EN, " ") {
			continue // a single word has other meanings
		}
		en := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(term.Term.EN) + `s?\b`)
		for _, s := range texts(t) {
			if en.MatchString(s.en) && !strings.Contains(s.ja, term.Term.JA) && (term.Abbreviation == "" || !strings.Contains(s.ja, term.Abbreviation)) {
				t.Errorf("%s: %q is not %q: %q", s.where, term.Term.EN, term.Term.JA, s.ja)
			}
		}
	}
}
