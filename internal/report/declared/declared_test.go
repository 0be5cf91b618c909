package declared_test

import (
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/declared/declaredtest"
	"example.org/tasuki/verify"
)

func TestEraDay(t *testing.T) {
	for _, tt := range []struct {
		at     time.Time
		ja, en string
	}{
		{time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC), "2026年4月1日（令和8年4月1日）", "1 April 2026"},
		{time.Date(2019, 4, 30, 15, 0, 0, 0, time.UTC), "2019年5月1日（令和元年5月1日）", "1 May 2019"},
		{time.Date(2019, 4, 30, 14, 59, 59, 0, time.UTC), "2019年4月30日", "30 April 2019"},
		{time.Time{}, "—", "—"},
	} {
		if ja, en := declared.EraDay(tt.at, lang.JA), declared.EraDay(tt.at, lang.EN); ja != tt.ja || en != tt.en {
			t.Errorf("%v: %s, %s", tt.at, ja, en)
		}
	}
}

// What nobody signed is no declaration, and every duty has its own answer.
func TestUnsigned(t *testing.T) {
	d := declaredtest.Unsigned(t)
	if d.Kind != verify.StatusReport || d.Conformity != verify.Conformity(verify.StatusReport, d.Requirements.Level) || d.Signed != nil {
		t.Errorf("%s, %v", d.Kind, d.Conformity)
	}
	if d.Digest() == declaredtest.Declaration(t).Digest() {
		t.Error("it has the digest of what was signed")
	}
	var answers []verify.Answer
	for _, a := range d.Answers {
		answers = append(answers, *a)
	}
	answers[0], answers[1] = answers[1], answers[0]
	if _, err := declared.Unsigned(d.Declaration, answers); err == nil {
		t.Error("answers to other duties were taken")
	}
	if _, err := declared.Unsigned(d.Declaration, answers[1:]); err == nil {
		t.Error("a missing answer was taken")
	}
}

// The counts of the lines shown and withheld are those that were signed.
func TestCount(t *testing.T) {
	d := declaredtest.Report(t)
	lines, err := d.Lines()
	if err != nil {
		t.Fatal(err)
	}
	got := declared.Count(lines, func(declared.Line) bool { return true })
	if got.Duties != d.Counts.Duties || got.Withheld != 1 || got.Met != d.Counts.Met-1 || got.Of(verify.NotMet) != 1 {
		t.Errorf("%+v, signed %+v", got, d.Counts)
	}
}
