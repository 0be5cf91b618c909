package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
)

// An Event is something that falls on a day.
type Event struct {
	ID      string    // tells it from others, the same each time the file is made
	Day     time.Time // the day in Japan counts
	Summary string
	Detail  string
}

// ICalendar writes events of a whole day each as an iCalendar file (RFC 5545), for calendar programs. Who takes the file in
// again after a day was moved sees the event moved: its UID follows from its ID.
func ICalendar(l lang.Lang, now time.Time, events []Event) []byte {
	var out strings.Builder
	line := func(format string, args ...any) { out.WriteString(fold(fmt.Sprintf(format, args...))) }
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Tasuki//Dates//%s", strings.ToUpper(string(l)))
	for _, e := range events {
		sum := sha256.Sum256([]byte(e.ID))
		at := e.Day.In(Japan)
		line("BEGIN:VEVENT")
		line("UID:%s@tasuki", hex.EncodeToString(sum[:16]))
		line("DTSTAMP:%s", now.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE:%s", at.Format("20060102"))
		line("DTEND;VALUE=DATE:%s", at.AddDate(0, 0, 1).Format("20060102"))
		line("SUMMARY:%s", escapeText(e.Summary))
		line("DESCRIPTION:%s", escapeText(e.Detail))
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return []byte(out.String())
}

// escapeText writes a text as RFC 5545 section 3.3.11 asks.
func escapeText(s string) string {
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "").Replace(s)
}

// fold breaks a line after 75 bytes, between characters (RFC 5545 section 3.1).
func fold(s string) string {
	var out strings.Builder
	n := 0
	for _, r := range s {
		if size := len(string(r)); n+size > 74 {
			out.WriteString("\r\n ")
			n = 1
		}
		out.WriteRune(r)
		n += len(string(r))
	}
	return out.String() + "\r\n"
}
