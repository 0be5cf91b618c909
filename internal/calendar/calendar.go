// Package calendar is the Japanese calendar as far as duties need it: days as people write them, eras (和暦), fiscal
// years, public holidays and business days.
//
// Start from [ParseDay] and [AddBusinessDays]. A day is a time.Time of which only year, month and day count; the caller
// picks the zone. Holidays follow the Act on National Holidays (国民の祝日に関する法律) as of 2026, see holidays.go.
package calendar

import (
	"fmt"
	"time"
)

// An era of the Japanese calendar, from its first day on.
type era struct {
	name, letter string
	from         time.Time
}

// eras, the newest first. Days before Showa are written in western years only.
var eras = []era{
	{"令和", "R", day(2019, 5, 1)},
	{"平成", "H", day(1989, 1, 8)},
	{"昭和", "S", day(1926, 12, 25)},
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

// dayOf drops the time of day and the zone, and keeps the day as it is in its own zone.
func dayOf(t time.Time) time.Time { return day(t.Year(), int(t.Month()), t.Day()) }

// Era writes a day in the Japanese era: 令和8年4月1日, and 元年 for the first year.
func Era(t time.Time) string {
	for _, e := range eras {
		if !dayOf(t).Before(e.from) {
			year := fmt.Sprint(t.Year() - e.from.Year() + 1)
			if year == "1" {
				year = "元"
			}
			return fmt.Sprintf("%s%s年%d月%d日", e.name, year, t.Month(), t.Day())
		}
	}
	return t.Format("2006年1月2日")
}

// FiscalYear gives the fiscal year (年度) that a day belongs to: the calendar year in which it began. start is the month
// it begins with, 4 in Japan.
func FiscalYear(t time.Time, start time.Month) int {
	if t.Month() < start {
		return t.Year() - 1
	}
	return t.Year()
}

// BusinessDay reports whether a day is none of Saturday, Sunday and the public holidays. Before and after the years of
// [Known] no day is taken for a holiday that moves by an almanac, so only weekends and fixed holidays count there.
func BusinessDay(t time.Time) bool {
	if w := t.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := Holiday(t)
	return !holiday
}

// AddBusinessDays gives the n-th business day after a moment, at the same time of day in the same zone. n is at least
// 0; 0 gives the moment itself.
func AddBusinessDays(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if BusinessDay(t) {
			n--
		}
	}
	return t
}

// Japan is the zone in which the days that people write begin and end.
var Japan = time.FixedZone("JST", 9*60*60)
