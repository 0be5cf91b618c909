package register

import (
	"slices"
	"strconv"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
)

func itoa(i int) string { return strconv.Itoa(i) }

// Missing gives the topics a register wants and a record does not cover, in the register's order.
func Missing(kind guideline.Register, r Record) []guideline.Choice {
	var out []guideline.Choice
	for _, f := range kind.Fields {
		if f.Type != guideline.TopicsField {
			continue
		}
		have := Strings(r, f.Name)
		for _, c := range f.Choices {
			if c.Required && !slices.Contains(have, c.ID) {
				out = append(out, c)
			}
		}
	}
	return out
}

// Day gives a date field as a moment: the start of that day in Japan. Zero when it is empty.
func Day(r Record, field string) time.Time {
	s, _ := r.Data[field].(string)
	t, err := time.ParseInLocation(time.DateOnly, s, calendar.Japan)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Minute is how a time field is written: without seconds, as the clock shows it in Japan.
const Minute = "2006-01-02T15:04"

// Moment gives a time field. Zero when it is empty.
func Moment(r Record, field string) time.Time {
	s, _ := r.Data[field].(string)
	t, err := time.ParseInLocation(Minute, s, calendar.Japan)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Strings gives a field that holds a list. Data that came back from JSON holds its items as any; both forms are read, and
// one text, as a field held before it took several, is a list of one.
func Strings(r Record, field string) []string {
	out := []string{}
	switch v := r.Data[field].(type) {
	case string:
		out = append(out, v)
	case []string:
		out = append(out, v...)
	case []any:
		for _, a := range v {
			if s, ok := a.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}
