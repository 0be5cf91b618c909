package authority

import (
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
)

func TestWrite(t *testing.T) {
	clock, _ := guideline.Default().Clock("cra_vulnerability")
	stage, _ := clock.Stage("notification")
	aware := time.Date(2026, 11, 17, 1, 0, 0, 0, time.UTC)
	d := Draft{Clock: clock, Stage: stage, Event: "悪用の連絡\n# 見出し", Vulnerability: "CVE-2026-1", From: "アクメソフト", Started: aware, Due: stage.Due(aware), Now: aware.Add(50 * time.Hour),
		Reason: "顧客からの連絡", Known: []Known{{lang.T("影響のあるリリース", "affected releases"), lang.T("病棟記録 1.0", "Ward 1.0")}}}
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		var b strings.Builder
		if err := Write(&b, d, l); err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, "testdata/notification."+string(l)+".golden.md", b.String())
	}
	var b strings.Builder
	d.Due, d.Known = time.Time{}, nil
	if err := Write(&b, d, lang.EN); err != nil || !strings.Contains(b.String(), "sets no length") || !strings.Contains(b.String(), "Nothing is on record") {
		t.Errorf("%v: %s", err, b.String())
	}
}
