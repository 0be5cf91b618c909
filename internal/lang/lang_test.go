package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]Lang{"": JA, "ja": JA, "ja_JP.UTF-8": JA, "C": JA, "POSIX": JA, "fr": JA, "e": JA, "en": EN, "en_US.UTF-8": EN, "EN-GB": EN} {
		if got := Parse(in); got != want {
			t.Errorf("Parse(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestTextsGoIntoTheirOwnLanguage(t *testing.T) {
	got := F("%sは%d件です", "%[2]d of %[1]s", T("部品", "parts"), 3)
	if got.In(JA) != "部品は3件です" || got.In(EN) != "3 of parts" {
		t.Errorf("%+v", got)
	}
	if !(Text{}).IsZero() || got.IsZero() {
		t.Error("IsZero")
	}
}

func TestErrorsSayWhatWhyAndWhatNext(t *testing.T) {
	err := fmt.Errorf("while at it: %w", &Error{Kind: Unreadable, What: T("読めません", "it cannot be read"), Next: T("直してください", "mend it"), Where: "line 3", Err: fs.ErrNotExist})
	if got, want := Explain(err, EN), "line 3: it cannot be read: there is no such file or folder\n  → mend it"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Explain(err, JA), "line 3: 読めません: ファイル又はディレクトリがありません\n  → 直してください"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if KindOf(err) != Unreadable || KindOf(errors.New("x")) != Unexpected || !errors.Is(err, fs.ErrNotExist) {
		t.Error("kind or cause is lost")
	}
	why := &Error{What: T("a", "a"), Why: T("b", "b"), Err: fs.ErrNotExist}
	if why.Error() != "a: b" {
		t.Errorf("the reason for people stands before the cause: %q", why.Error())
	}
	if Explain(errors.New("plain"), JA) != "plain" {
		t.Error("a plain error is told as it is")
	}
}
