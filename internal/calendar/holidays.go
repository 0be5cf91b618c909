package calendar

import (
	"math"
	"time"

	"example.org/tasuki/internal/lang"
)

// The years for which [Holiday] is complete. Equinoxes are computed and agree with the announced ones; a day that a
// special law moves is known only once that law is made.
const (
	FirstYear = 2020
	LastYear  = 2035
)

// Known reports whether all public holidays of a year are known.
func Known(year int) bool { return FirstYear <= year && year <= LastYear }

// A holiday is a rule of article 2 of the act: a fixed day, or the n-th Monday of a month.
type holiday struct {
	month  time.Month
	day    int // 0: a Monday
	monday int // 1: the first
	name   lang.Text
}

var holidays = []holiday{
	{1, 1, 0, lang.T("元日", "New Year's Day")},
	{1, 0, 2, lang.T("成人の日", "Coming of Age Day")},
	{2, 11, 0, lang.T("建国記念の日", "National Foundation Day")},
	{2, 23, 0, lang.T("天皇誕生日", "Emperor's Birthday")},
	{4, 29, 0, lang.T("昭和の日", "Showa Day")},
	{5, 3, 0, lang.T("憲法記念日", "Constitution Memorial Day")},
	{5, 4, 0, lang.T("みどりの日", "Greenery Day")},
	{5, 5, 0, lang.T("こどもの日", "Children's Day")},
	{7, 0, 3, marine},
	{8, 11, 0, mountain},
	{9, 0, 3, lang.T("敬老の日", "Respect for the Aged Day")},
	{10, 0, 2, sports},
	{11, 3, 0, lang.T("文化の日", "Culture Day")},
	{11, 23, 0, lang.T("勤労感謝の日", "Labour Thanksgiving Day")},
}

var (
	marine   = lang.T("海の日", "Marine Day")
	mountain = lang.T("山の日", "Mountain Day")
	sports   = lang.T("スポーツの日", "Sports Day")
	vernal   = lang.T("春分の日", "Vernal Equinox Day")
	autumnal = lang.T("秋分の日", "Autumnal Equinox Day")
	between  = lang.T("国民の休日", "Citizens' Holiday")   // article 3(3)
	instead  = lang.T("休日（振替）", "Substitute holiday") // article 3(2)
)

// moved are the holidays that the act on the Tokyo games put on other days in 2020 and 2021.
var moved = map[int]map[lang.Text]time.Time{
	2020: {marine: day(2020, 7, 23), sports: day(2020, 7, 24), mountain: day(2020, 8, 10)},
	2021: {marine: day(2021, 7, 22), sports: day(2021, 7, 23), mountain: day(2021, 8, 8)},
}

// Holiday gives the name of the public holiday on a day, if it is one: a national holiday, the day off for one that
// falls on a Sunday, or the day between two.
func Holiday(t time.Time) (lang.Text, bool) {
	d := dayOf(t)
	if name, ok := national(d); ok {
		return name, true
	}
	for back := d.AddDate(0, 0, -1); ; back = back.AddDate(0, 0, -1) { // the holidays right before this day
		if _, ok := national(back); !ok {
			break
		}
		if back.Weekday() == time.Sunday {
			return instead, true
		}
	}
	_, before := national(d.AddDate(0, 0, -1))
	_, after := national(d.AddDate(0, 0, 1))
	if before && after {
		return between, true
	}
	return lang.Text{}, false
}

// national gives the national holiday of article 2 on a day.
func national(d time.Time) (lang.Text, bool) {
	for _, h := range holidays {
		if when, ok := moved[d.Year()][h.name]; ok {
			if when.Equal(d) {
				return h.name, true
			}
			continue
		}
		if h.month == d.Month() && (h.day == d.Day() || h.day == 0 && d.Weekday() == time.Monday && (d.Day()-1)/7+1 == h.monday) {
			return h.name, true
		}
	}
	switch {
	case d.Month() == time.March && d.Day() == equinox(d.Year(), 20.8431):
		return vernal, true
	case d.Month() == time.September && d.Day() == equinox(d.Year(), 23.2488):
		return autumnal, true
	}
	return lang.Text{}, false
}

// equinox approximates the day of an equinox in Japan: the usual formula for 1980 to 2099, which agrees with every day
// announced so far. 0 for other years.
func equinox(year int, at1980 float64) int {
	if year < 1980 || year > 2099 {
		return 0
	}
	n := float64(year - 1980)
	return int(at1980 + 0.242194*n - math.Floor(n/4))
}
