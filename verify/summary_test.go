package verify_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/verify"
)

// TestSummary is what a person reads who reads one line only.
func TestSummary(t *testing.T) {
	renewed := func(in *declare.Input, _ *declare.HandOver) { in.Serial, in.Object.Version = 2, "1.3.0" }
	seen, err := verify.ParseSeen(declaretest.Bundle(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	opt := options()
	opt.Seen = seen
	for _, c := range []struct {
		name   string
		report verify.Report
		ja, en string
	}{
		{"it holds", verify.Bundle(chain(t, nil), options()),
			"検証できました。見本ソフトウェア株式会社 の自己適合宣言（第 1 号、最低限）。対象は 見本アプリ 1.2.0。見本 太郎 代表取締役 が 2026-04-01 に署名（信頼する鍵「vendor」）、2026-10-01 まで有効。責務 10 件：対応 10。取引先のバンドル 1 件も検証しました。書かれていることが事実かどうかは、検証の対象ではありません。ほかに確認していないこと：手元のファイルとの一致、台帳への記載、紹介された署名者。",
			`Verified: self-declaration of conformity no. 1 of 見本ソフトウェア株式会社 at the minimum level, about 見本アプリ 1.2.0. Signed by 見本 太郎 代表取締役 on 2026-04-01 with the trusted key "vendor", valid until 2026-10-01. 10 duties: 10 met. Suppliers' bundles looked at as well: 1. Whether what it says is so is not for this check to tell. Not checked either: files in hand; in the ledger; introduced signer.`},
		{"something changed", verify.Bundle(declaretest.Bundle(t, renewed), opt), "前回からの変更 2 件。", "Changed since the last time: 2."},
		{"a wrong key", verify.Bundle(chain(t, nil), verify.Options{}), "検証できませんでした（見本ソフトウェア株式会社 のものとされる宣言、署名者の信頼）: 署名者", "NOT verified (what is said to be of 見本ソフトウェア株式会社, signer trusted): the key"},
		{"no bundle", verify.Bundle(nil, verify.Options{}), "検証できませんでした（形式）: JSON", "NOT verified (form): cannot be read as JSON"},
		{"nothing at all", verify.Report{}, "検証できませんでした。", "NOT verified."},
	} {
		got := c.report.Summary()
		if !strings.Contains(got.JA, c.ja) || !strings.Contains(got.EN, c.en) {
			t.Errorf("%s:\n%s\n%s", c.name, got.JA, got.EN)
		}
	}
}

// TestEverythingHasATitle looks for what this package calls a step or names as not checked, and wants words for people.
func TestEverythingHasATitle(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:unchecked\(|Unchecked\{Name: |missing\([^"]*|\tStep\w+ += )"([^"]+)"`).FindAllStringSubmatch(string(b), -1) {
			names[m[1]] = true
		}
	}
	if len(names) < 40 {
		t.Fatalf("found only %v", names)
	}
	for n := range names {
		if verify.StepTitle(n).JA == n {
			t.Errorf("%q has no title", n)
		}
	}
}
