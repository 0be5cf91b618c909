package calendar

import (
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
)

func TestStyles(t *testing.T) {
	april := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	taisho := time.Date(1920, 4, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		style                 Style
		at                    time.Time
		l                     lang.Lang
		wantShort, wantFormal string
	}{
		{BothYears, april, lang.JA, "2026年4月1日", "2026年4月1日（令和8年4月1日）"},
		{"", april, lang.JA, "2026年4月1日", "2026年4月1日（令和8年4月1日）"},
		{WesternYears, april, lang.JA, "2026年4月1日", "2026年4月1日"},
		{EraYears, april, lang.JA, "令和8年4月1日", "令和8年4月1日"},
		{EraYears, april, lang.EN, "1 April 2026", "1 April 2026"},
		{BothYears, time.Date(2019, 5, 1, 0, 0, 0, 0, time.UTC), lang.JA, "2019年5月1日", "2019年5月1日（令和元年5月1日）"},
		{BothYears, taisho, lang.JA, "1920年4月1日", "1920年4月1日"},
		{BothYears, time.Time{}, lang.JA, "—", "—"},
	} {
		if short, formal := tt.style.Short(tt.at, tt.l), tt.style.Formal(tt.at, tt.l); short != tt.wantShort || formal != tt.wantFormal {
			t.Errorf("%q: %s, %s", tt.style, short, formal)
		}
	}
	if _, err := ParseStyle("lunar"); lang.KindOf(err) != lang.Usage {
		t.Error("an unknown style was taken")
	}
}
