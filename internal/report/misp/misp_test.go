package misp

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/golden"
)

func TestEvent(t *testing.T) {
	s := Shared{ID: "rec-1", Title: "重大な脆弱性の予告", Text: "修正は来週公表する", TLP: "amber_strict", Day: "2026-11-01", Changed: time.Unix(1_790_000_000, 0),
		Vulnerabilities: []string{"CVE-2026-1"}, Done: true, From: "アクメソフト"}
	b, err := Event(s)
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/event.golden.json", string(b)+"\n")
	again, _ := Event(s)
	if string(again) != string(b) {
		t.Error("a second time it is another event")
	}
	var back struct {
		Event struct {
			UUID, Info string
			Tag        []struct{ Name string }
		}
	}
	s.Title = strings.Repeat("長", 300)
	if b, err = Event(s); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &back); err != nil || len([]rune(back.Event.Info)) != 256 || back.Event.Tag[0].Name != "tlp:amber+strict" {
		t.Errorf("%v: %+v", err, back)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(back.Event.UUID) {
		t.Errorf("uuid %s", back.Event.UUID)
	}
	s.TLP = "white"
	if _, err := Event(s); err == nil {
		t.Error("a label there is not was taken")
	}
}
