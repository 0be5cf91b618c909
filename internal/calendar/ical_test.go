package calendar

import (
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
)

// Lines are folded between characters, what has a meaning of its own is escaped, and the day is Japan's.
func TestICalendar(t *testing.T) {
	now := time.Date(2026, 11, 20, 16, 30, 0, 0, time.UTC) // the 21st in Japan
	got := string(ICalendar(lang.JA, now, []Event{{ID: "a", Day: now, Summary: "S(1)-1.1; " + strings.Repeat("長い名称", 12), Detail: "a,b\nc"}}))
	if strings.Count(got, "BEGIN:VEVENT") != 1 || !strings.Contains(got, "SUMMARY:S(1)-1.1\\; 長い") || !strings.Contains(got, "a\\,b\\nc") ||
		!strings.Contains(got, "DTSTART;VALUE=DATE:20261121\r\nDTEND;VALUE=DATE:20261122\r\n") {
		t.Errorf("calendar:\n%s", got)
	}
	for line := range strings.SplitSeq(got, "\r\n") {
		if len(line) > 75 {
			t.Errorf("line of %d bytes", len(line))
		}
	}
	moved := string(ICalendar(lang.JA, now, []Event{{ID: "a", Day: now.AddDate(0, 0, 5)}}))
	uid := func(s string) string { _, s, _ = strings.Cut(s, "UID:"); return s[:32] }
	if uid(got) != uid(moved) {
		t.Error("an event that moves is another one")
	}
}
