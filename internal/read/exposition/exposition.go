// Package exposition reads the text in which programs hand out metrics: Prometheus' text format 0.0.4, and as much of
// OpenMetrics 1.0 as is the same (https://prometheus.io/docs/instrumenting/exposition_formats/). It is for looking up one
// metric, as a monitor does that wants to know whether something works; it keeps no series.
//
// Start from [Select] and [Selector.Find].
package exposition

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// MaxBytes is the size of a text that is still read.
const MaxBytes = 8 << 20

// maxLabels bounds the labels of one sample.
const maxLabels = 200

// A Selector names metrics: up, or up{job="ids"}. Labels it does not name may have any value.
type Selector struct {
	Name   string
	Labels map[string]string
}

// A Sample is one value of a metric.
type Sample struct {
	Value float64
	At    time.Time // zero: the text does not tell
}

// Select reads a selector: a name and, in braces, labels that have to be equal.
func Select(s string) (Selector, error) {
	l := &line{rest: strings.TrimSpace(s)}
	name, labels, err := l.series()
	if err == nil && strings.TrimSpace(l.rest) != "" {
		err = fmt.Errorf("%q is left over", input.Clip(l.rest))
	}
	if err != nil {
		return Selector{}, &lang.Error{Kind: lang.Usage, What: lang.F("メトリクスの指定「%s」を解釈できません", "the metric %q cannot be understood", input.Clip(s)),
			Why: lang.T(err.Error(), err.Error()), Next: lang.T(`up または up{job="ids"} の形で書いてください`, `write it as up or up{job="ids"}`)}
	}
	return Selector{name, labels}, nil
}

// Find gives the samples a selector names, in the order of the text. A line that is not of the format is an error with
// its number: a page that is something else must not look like a metric that is not there.
func (s Selector) Find(b []byte) ([]Sample, error) {
	if len(b) > MaxBytes {
		return nil, refuse("", lang.F("大きさが上限の%d MiBを超えています", "it is above the limit of %d MiB", MaxBytes>>20))
	}
	var found []Sample
	n := 0
	for raw := range bytes.Lines(b) {
		n++
		text := strings.TrimSpace(string(raw))
		if text == "" || text[0] == '#' {
			continue
		}
		l := &line{rest: text}
		name, labels, err := l.series()
		var sample Sample
		if err == nil {
			sample, err = l.sample()
		}
		if err != nil {
			return nil, refuse(fmt.Sprintf("line %d", n), lang.T("メトリクスの行ではありません: "+err.Error(), "it is no line of a metric: "+err.Error()))
		}
		if s.matches(name, labels) {
			found = append(found, sample)
		}
	}
	return found, nil
}

func refuse(where string, why lang.Text) error {
	return input.Renamed(input.Refuse(where, why), "Prometheus", lang.T("Prometheus形式の値を出すURLか確かめてください。", "See that the URL hands out Prometheus' text format."))
}

func (s Selector) matches(name string, labels map[string]string) bool {
	if name != s.Name {
		return false
	}
	for label, want := range s.Labels {
		if labels[label] != want { // a label that is not there is empty
			return false
		}
	}
	return true
}

// line is what is left to read of a line.
type line struct{ rest string }

func (l *line) space() { l.rest = strings.TrimLeft(l.rest, " \t") }

// series reads a name with its labels.
func (l *line) series() (string, map[string]string, error) {
	name, err := l.name(true)
	if err != nil {
		return "", nil, err
	}
	labels := map[string]string{}
	l.space()
	if !strings.HasPrefix(l.rest, "{") {
		return name, labels, nil
	}
	l.rest = l.rest[1:]
	for {
		l.space()
		if strings.HasPrefix(l.rest, "}") {
			l.rest = l.rest[1:]
			return name, labels, nil
		}
		label, err := l.name(false)
		if err != nil {
			return "", nil, err
		}
		l.space()
		if !strings.HasPrefix(l.rest, "=") {
			return "", nil, fmt.Errorf("label %q has no value", input.Clip(label))
		}
		l.rest = l.rest[1:]
		if labels[label], err = l.quoted(); err != nil {
			return "", nil, err
		}
		if len(labels) > maxLabels {
			return "", nil, fmt.Errorf("more than %d labels", maxLabels)
		}
		l.space()
		if !strings.HasPrefix(l.rest, ",") && !strings.HasPrefix(l.rest, "}") {
			return "", nil, fmt.Errorf("label %q does not end", input.Clip(label))
		}
		l.rest = strings.TrimPrefix(l.rest, ",")
	}
}

// name reads the name of a metric, or of a label, which has no colon.
func (l *line) name(colon bool) (string, error) {
	end := strings.IndexFunc(l.rest, func(r rune) bool {
		return r != '_' && (r != ':' || !colon) && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	if end < 0 {
		end = len(l.rest)
	}
	if end == 0 || l.rest[0] >= '0' && l.rest[0] <= '9' {
		return "", fmt.Errorf("%q begins with no name", input.Clip(l.rest))
	}
	name := l.rest[:end]
	l.rest = l.rest[end:]
	return name, nil
}

// quoted reads a label's value, in which \\, \" and \n are escapes.
func (l *line) quoted() (string, error) {
	l.space()
	if !strings.HasPrefix(l.rest, `"`) {
		return "", fmt.Errorf("a value without quotes")
	}
	var out strings.Builder
	for i := 1; i < len(l.rest); i++ {
		switch c := l.rest[i]; {
		case c == '"':
			l.rest = l.rest[i+1:]
			return out.String(), nil
		case c == '\\' && i+1 < len(l.rest):
			i++
			if l.rest[i] == 'n' {
				out.WriteByte('\n')
			} else {
				out.WriteByte(l.rest[i])
			}
		default:
			out.WriteByte(c)
		}
	}
	return "", fmt.Errorf("a value that does not end")
}

// sample reads the value and, if there is one, the time: milliseconds since 1970, or seconds where they have a point. An
// exemplar behind them is left alone.
func (l *line) sample() (Sample, error) {
	text, _, _ := strings.Cut(l.rest, " # ")
	fields := strings.Fields(text)
	if len(fields) == 0 || len(fields) > 2 {
		return Sample{}, fmt.Errorf("no value")
	}
	v, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return Sample{}, fmt.Errorf("the value %q is no number", input.Clip(fields[0]))
	}
	s := Sample{Value: v}
	if len(fields) == 2 {
		at, err := strconv.ParseFloat(fields[1], 64)
		if err != nil || at < 0 || at > 1e15 {
			return Sample{}, fmt.Errorf("the time %q is none", input.Clip(fields[1]))
		}
		if strings.Contains(fields[1], ".") || at < 1e11 {
			at *= 1000
		}
		s.At = time.UnixMilli(int64(at)).UTC()
	}
	return s, nil
}
