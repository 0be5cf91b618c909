package calendar

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
)

func TestParseDay(t *testing.T) {
	jst := time.FixedZone("JST", 9*60*60)
	for text, want := range map[string]string{
		"2026-04-01": "2026-04-01", "2026/4/1": "2026-04-01", "2026.4.1": "2026-04-01", "2026年4月1日": "2026-04-01",
		"２０２６／４／１": "2026-04-01", "令和8年4月1日": "2026-04-01", "令和８年４月１日": "2026-04-01", "R8.4.1": "2026-04-01",
		"r8/4/1": "2026-04-01", "令和元年5月1日": "2019-05-01", "平成31年4月30日": "2019-04-30", "H31.4.30": "2019-04-30",
		"20260401": "2026-04-01", "2026年4月末": "2026-04-30", "2028/2/末": "2028-02-29", "2026/4/1（水）": "2026-04-01",
		"2026/4/1(水)まで": "2026-04-01", " 2026-04-01 00:00:00": "2026-04-01", "2026-04-01T09:00:00+09:00": "2026-04-01",
		"令和 8 年 4 月 1 日": "2026-04-01", "㋿8年4月1日": "2026-04-01", "2026−4−1": "2026-04-01",
	} {
		got, err := ParseDay(text, jst)
		if err != nil || got.Format(time.DateOnly) != want || got.Location() != jst {
			t.Errorf("ParseDay(%q) = %v, %v, want %s", text, got, err, want)
		}
	}
	for text, why := range map[string]string{
		"4/1": "year is missing", "6月末": "year is missing", "2026年4月": "day of the month", "未定": "not a date", "": "not a date",
		"2026/2/30": "no such day", "2026/13/1": "no such day", "4/1/2026": "order", "26/4/1": "order", "2026/0/1": "no such day",
	} {
		_, err := ParseDay(text, jst)
		var e *lang.Error
		if !errors.As(err, &e) || e.Kind != lang.Unreadable || !strings.Contains(e.Why.EN, why) {
			t.Errorf("ParseDay(%q): %v, want %q", text, err, why)
		}
	}
}

func TestEra(t *testing.T) {
	for day, want := range map[string]string{"2026-04-01": "令和8年4月1日", "2019-05-01": "令和元年5月1日", "2019-04-30": "平成31年4月30日",
		"1989-01-07": "昭和64年1月7日", "1900-01-01": "1900年1月1日"} {
		d, _ := time.Parse(time.DateOnly, day)
		if got := Era(d); got != want {
			t.Errorf("Era(%s) = %s, want %s", day, got, want)
		}
	}
}

func TestFiscalYear(t *testing.T) {
	for day, want := range map[string]int{"2026-03-31": 2025, "2026-04-01": 2026, "2027-01-01": 2026} {
		d, _ := time.Parse(time.DateOnly, day)
		if got := FiscalYear(d, time.April); got != want {
			t.Errorf("FiscalYear(%s) = %d, want %d", day, got, want)
		}
	}
}

// The file lists the public holidays of the years Cabinet Office and observatory have announced, day by day.
func TestHolidays(t *testing.T) {
	raw, err := os.ReadFile("testdata/holidays.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if date, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			want[date] = name
		}
	}
	if len(want) < 7*16 {
		t.Fatalf("only %d days in the file", len(want))
	}
	for d := day(2020, 1, 1); d.Year() < 2028; d = d.AddDate(0, 0, 1) {
		name, _ := Holiday(d)
		if date := d.Format(time.DateOnly); name.JA != want[date] {
			t.Errorf("%s: %q, want %q", date, name.JA, want[date])
		}
	}
}

// What the act says of any year: between 16 and 21 holidays, a day off after every Sunday holiday, equinoxes in place.
func TestEveryKnownYear(t *testing.T) {
	for year := FirstYear; year <= LastYear; year++ {
		n := 0
		for d := day(year, 1, 1); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if _, ok := Holiday(d); ok {
				n++
			}
		}
		if n < 16 || n > 21 || !Known(year) {
			t.Errorf("%d has %d holidays", year, n)
		}
	}
	for date, want := range map[string]string{"2032-09-21": "国民の休日", "2026-09-22": "国民の休日", "2033-03-20": "春分の日", "2033-03-21": "休日（振替）",
		"2035-09-23": "秋分の日", "2035-09-24": "休日（振替）"} {
		d, _ := time.Parse(time.DateOnly, date)
		if got, _ := Holiday(d); got.JA != want {
			t.Errorf("%s: %q, want %q", date, got.JA, want)
		}
	}
}

func TestAddBusinessDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-04-28", 1, "2026-04-30"}, // over Showa Day
		{"2026-05-01", 1, "2026-05-07"}, // over the weekend, three holidays and the day off for the Sunday
		{"2026-04-03", 3, "2026-04-08"}, // over a weekend
		{"2026-04-04", 1, "2026-04-06"}, // from a Saturday
		{"2026-04-04", 0, "2026-04-04"},
		{"2025-12-30", 3, "2026-01-05"}, // only 1 January is a holiday by law
	} {
		d, _ := time.Parse(time.DateOnly, c.from)
		if got := AddBusinessDays(d, c.n).Format(time.DateOnly); got != c.want {
			t.Errorf("%s + %d: %s, want %s", c.from, c.n, got, c.want)
		}
	}
	at := time.Date(2026, 4, 30, 13, 45, 0, 0, time.FixedZone("JST", 9*60*60))
	if got := AddBusinessDays(at, 1); got.Hour() != 13 || got.Minute() != 45 || got.Day() != 1 {
		t.Error(got)
	}
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"令和8年4月1日", "R8.4.1", "2026/2/末", "(水)(水)まで", "4/1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDay(s, time.UTC); err == nil && (d.Year() < 1900 || d.Year() > 2199) {
			t.Errorf("%q: %v", s, d)
		}
	})
}
