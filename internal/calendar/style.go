package calendar

import (
	"fmt"
	"time"

	"example.org/tasuki/internal/lang"
)

// A Style is how the year of a day is written on Japanese papers. Papers in English and data always have western years.
type Style string

// The styles.
const (
	WesternYears Style = "western" // 2026年4月1日
	BothYears    Style = "both"    // 2026年4月1日（令和8年4月1日）
	EraYears     Style = "era"     // 令和8年4月1日
)

// Styles lists them, the usual one first.
var Styles = []Style{BothYears, WesternYears, EraYears}

// ParseStyle reads a style; empty is the usual one.
func ParseStyle(s string) (Style, error) {
	if s == "" {
		return Styles[0], nil
	}
	for _, style := range Styles {
		if s == string(style) {
			return style, nil
		}
	}
	return "", &lang.Error{Kind: lang.Usage, What: lang.F("「%s」という年の書き方はありません", "there is no way of writing years called %q", s),
		Next: lang.T("western（2026年）、era（令和8年）、both（両方）のいずれかを指定してください", "use western, era or both")}
}

// Short writes a day with one kind of year: the era with [EraYears], else the western year. The zero time is a dash.
func (s Style) Short(t time.Time, l lang.Lang) string {
	switch {
	case t.IsZero():
		return "—"
	case l == lang.EN:
		return t.Format("2 January 2006")
	case s == EraYears:
		return Era(t)
	}
	return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
}

// Formal writes a day as the head of a paper has it: with both years unless the style names one.
func (s Style) Formal(t time.Time, l lang.Lang) string {
	short := s.Short(t, l)
	era := ""
	if l != lang.EN && !t.IsZero() && s != WesternYears && s != EraYears {
		era = Era(t)
	}
	if era == "" || era == short {
		return short
	}
	return short + "（" + era + "）"
}
