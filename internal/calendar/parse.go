package calendar

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

var (
	western  = pattern.Of(`^((?:19|20|21)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2}|末)日?$`)
	japanese = pattern.Of(`^(令和|平成|昭和|r|h|s)(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2}|末)日?$`)
	compact  = pattern.Of(`^((?:19|20|21)\d\d)(\d\d)(\d\d)$`)
	noYear   = pattern.Of(`^(\d{1,2})[-/.月](\d{1,2}|末)日?$`)
	noDay    = pattern.Of(`^(?:\d{4}|(?:令和|平成|昭和|r|h|s)(?:\d{1,2}|元))[-/.年](\d{1,2})月?$`)
	foreign  = pattern.Of(`^\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}$`)
	timeTail = pattern.Of(`[t ]?\d{1,2}:\d\d(:\d\d(\.\d+)?)?(z|[+-]\d\d:?\d\d)?$`)
	tails    = pattern.Of(`\((月|火|水|木|金|土|日|祝|予定|mon|tue|wed|thu|fri|sat|sun)\)|(まで|迄|頃|予定|付け|付)$`)
	iso      = pattern.Of(`^\d{4}-\d\d-\d\dt`)
)

// ParseDay reads a day as people in Japan write it: 2026-04-01, 2026/4/1, 2026年4月1日, 令和8年4月1日, R8.4.1, 20260401,
// 2026年4月末, in full width too, with a weekday, a time of day or まで behind it. The day comes in the zone given. An
// error of kind Unreadable says what is missing; it never guesses a year.
func ParseDay(text string, zone *time.Location) (time.Time, error) {
	s := strings.ToLower(norm.NFKC.String(text))
	s = strings.TrimSpace(s)
	if iso().MatchString(s) {
		s = s[:10]
	}
	s = timeTail().ReplaceAllString(s, "")
	s = strings.NewReplacer(" ", "", "　", "", "‐", "-", "−", "-", "–", "-", "ー", "-").Replace(s)
	for before := ""; before != s; {
		before = s
		s = tails().ReplaceAllString(s, "")
	}
	var y, m, d int
	switch {
	case western().MatchString(s):
		p := western().FindStringSubmatch(s)
		y, m, d = number(p[1]), number(p[2]), monthDay(p[3])
	case compact().MatchString(s):
		p := compact().FindStringSubmatch(s)
		y, m, d = number(p[1]), number(p[2]), monthDay(p[3])
	case japanese().MatchString(s):
		p := japanese().FindStringSubmatch(s)
		y, m, d = eraYear(p[1], p[2]), number(p[3]), monthDay(p[4])
	case noYear().MatchString(s):
		return time.Time{}, notDay(text, lang.T("年が書かれていません", "the year is missing"))
	case noDay().MatchString(s):
		return time.Time{}, notDay(text, lang.T("日が書かれていません", "the day of the month is missing"))
	case foreign().MatchString(s):
		return time.Time{}, notDay(text, lang.T("年・月・日の順が分かりません", "the order of year, month and day is not clear"))
	default:
		return time.Time{}, notDay(text, lang.T("日付ではありません", "it is not a date"))
	}
	if d == lastOfMonth {
		d = day(y, m+1, 0).Day()
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, zone)
	if m < 1 || m > 12 || t.Day() != d || t.Month() != time.Month(m) {
		return time.Time{}, notDay(text, lang.T("暦にない日付です", "there is no such day"))
	}
	return t, nil
}

func notDay(text string, why lang.Text) error {
	return &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を日付として読めません", "%q cannot be read as a date", text), Why: why,
		Next: lang.T("2026-04-01、2026/4/1、令和8年4月1日 のように年月日で書いてください", "write year, month and day, such as 2026-04-01")}
}

// lastOfMonth stands for 末 until the month is known.
const lastOfMonth = -1

func monthDay(s string) int {
	if s == "末" {
		return lastOfMonth
	}
	return number(s)
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // the patterns let digits through only
	return n
}

func eraYear(name, year string) int {
	n := 1
	if year != "元" {
		n = number(year)
	}
	for _, e := range eras {
		if name == e.name || strings.EqualFold(name, e.letter) {
			return e.from.Year() + n - 1
		}
	}
	return 0
}
