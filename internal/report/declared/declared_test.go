package declared_test

import (
	"slices"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/declared/declaredtest"
	"example.org/tasuki/verify"
)

func TestAddressee(t *testing.T) {
	for _, tt := range []struct {
		organisation, person string
		ja, en               []string
	}{
		{"例示商事株式会社", "", []string{"例示商事株式会社 御中"}, []string{"例示商事株式会社"}},
		{"例示商事株式会社", "調達部長 例示 花子", []string{"例示商事株式会社", "調達部長 例示 花子 様"}, []string{"例示商事株式会社", "Attn: 調達部長 例示 花子"}},
		{"", "例示 花子", []string{"例示 花子 様"}, []string{"Attn: 例示 花子"}},
		{"例示市 御中", "", []string{"例示市 御中"}, []string{"例示市 御中"}},
		{"お取引先各位", "", []string{"お取引先各位"}, []string{"お取引先各位"}},
		{" ", "", nil, nil},
	} {
		if ja, en := declared.Addressee(tt.organisation, tt.person, lang.JA), declared.Addressee(tt.organisation, tt.person, lang.EN); !slices.Equal(ja, tt.ja) || !slices.Equal(en, tt.en) {
			t.Errorf("%q, %q: %q, %q", tt.organisation, tt.person, ja, en)
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

func TestRecordTitle(t *testing.T) {
	for member, want := range map[string]string{
		`{"kind":"design_review","key":"DR-1","data":{}}`: "設計レビュー DR-1", `{"kind":"no_such","key":"X"}`: "", `{"kind":"design_review"}`: "", `[1]`: "", "": "", `{"kind`: "",
	} {
		if got := declared.RecordTitle([]byte(member)).JA; got != want {
			t.Errorf("%s is called %q, want %q", member, got, want)
		}
	}
}
