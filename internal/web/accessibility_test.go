package web

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
)

// keyboardJobs are the jobs that TestKeyboard does without a mouse.
var keyboardJobs = []lang.Text{
	lang.T("サインインする", "sign in"),
	lang.T("取引の形と行を選び、ソフトウェアを登録する", "register a software by the form of its deal"),
	lang.T("証跡のファイルを取り込む", "bring a file of evidence"),
	lang.T("責務を開き、申告を起案する", "open a duty and draft a claim"),
	lang.T("複数の責務を選び、担当と期限を決めて、元に戻す", "give several duties an owner and a day, and undo it"),
}

func axeVersion(t *testing.T, axe []byte) string {
	t.Helper()
	m := regexp.MustCompile(`axe v(\d+\.\d+\.\d+)`).FindSubmatch(axe[:min(len(axe), 400)])
	if m == nil {
		t.Fatal("axe-core does not say its version")
	}
	return string(m[1])
}

// keepResult holds the result to the file that the page /accessibility reads, and to docs/accessibility.md. The day stays
// as long as nothing else changes.
func keepResult(t *testing.T, r checkedPages) {
	t.Helper()
	old, err := checked()
	if err != nil {
		t.Fatal(err)
	}
	r.On = old.On
	if indented(t, r) != indented(t, old) {
		r.On = time.Now().Format(time.DateOnly)
	}
	golden.Compare(t, "accessibility.json", indented(t, r))
	golden.Compare(t, filepath.Join("..", "..", "docs", "accessibility.md"), accessibilityDoc(r))
}

func indented(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// accessibilityDoc writes the result for those who have no server at hand.
func accessibilityDoc(r checkedPages) string {
	var b bytes.Buffer
	line := func(ja, en string, args ...any) {
		t := lang.F(ja, en, args...)
		b.WriteString("- " + t.JA + "\n  " + t.EN + "\n")
	}
	b.WriteString("# アクセシビリティ試験結果 / Accessibility test results\n\n")
	b.WriteString("<!-- kept by TestPagesAreAccessible in internal/web; go test ./internal/web -run Accessible -update writes it anew -->\n\n")
	line("目標: WCAG 2.2 レベル AA（JIS X 8341-3:2016 の AA を含む）", "Goal: WCAG 2.2 level AA, which takes in AA of JIS X 8341-3:2016")
	line("対応度: レベル AA に一部準拠。機械で確認できる項目とキーボード操作は全て満たし、人による支援技術での試験は済んでいない",
		"Conformance: partial, level AA. All that a machine can check and all keyboard runs hold; people with assistive technology have not tested it yet")
	line("試験日: %s", "Tested on: %s", r.On)
	line("axe-core %[1]s（%[2]s）", "axe-core %[1]s (%[2]s)", r.Axe, strings.Join(r.Rules, ", "))
	line("製品の画面見本（/storybook）にある全ての画面と状態を、日本語と英語、ライトとダークのそれぞれで検査し、重大度を問わず指摘 %d件", "Every page and state of the storybook (/storybook), in Japanese and English, light and dark: %d violations of any impact", r.Found)
	line("幅 1280、390、320 CSS ピクセル（320 は 400%% 拡大に相当）で横スクロール不要（表と図は枠の中でスクロールする）", "No sideways scrolling at 1280, 390 and 320 CSS pixels (320 is 400 %% zoom); tables and pictures scroll within their frame")
	b.WriteString("\n## キーボードだけで行えた作業 / Jobs done with the keyboard alone\n\n")
	for _, k := range r.Keyboard {
		line(k.JA, k.EN)
	}
	b.WriteString("\n## 繰り返すには / To repeat\n\n```sh\ngo test ./internal/web -run 'Accessible|Keyboard|FirstRun|Rows'     # needs Chromium\n```\n")
	return b.String()
}
