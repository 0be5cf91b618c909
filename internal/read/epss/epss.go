// Package epss reads the daily file of EPSS scores: how likely it is that a vulnerability is exploited within 30 days
// (Exploit Prediction Scoring System of FIRST), plain or gzip.
//
// Start from [Read].
package epss

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// The limits of a file. A real one has about 300,000 scores in 10 MB.
const (
	maxScores   = 5_000_000
	maxBytes    = 512 << 20
	maxProblems = 100 // further ones are only counted
)

// Day is the scores of one day.
type Day struct {
	Model  string
	Date   time.Time
	Scores []Score // in the file's order
}

// Score is one vulnerability's.
type Score struct {
	CVE        string
	EPSS       float64 // probability, 0 to 1
	Percentile float64 // share of all vulnerabilities with the same score or a lower one, 0 to 1
}

// Read reads a file, plain or gzip. A line that cannot be read is left out and told as a problem.
func Read(r io.Reader) (Day, []fact.Problem, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return Day{}, nil, refuse(err)
		}
		buffered = bufio.NewReaderSize(z, 1<<16)
	}
	limited := &io.LimitedReader{R: buffered, N: maxBytes}
	lines := bufio.NewScanner(limited)
	day, problems := Day{}, []fact.Problem(nil)
	headed := false
	bad := 0
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "#"):
			if err := day.head(line[1:]); err != nil {
				return Day{}, nil, refuse(fmt.Errorf("line %d: %w", n, err))
			}
		case !headed:
			if headed = line == "cve,epss,percentile"; !headed {
				return Day{}, nil, refuse(fmt.Errorf("line %d: it is not the heading cve,epss,percentile", n))
			}
		case line == "":
		default:
			s, err := score(line)
			if err != nil {
				if bad++; bad <= maxProblems {
					problems = append(problems, fact.Problem{Where: fmt.Sprintf("line %d", n),
						What: lang.F("この行は読み取れないため除外しました(%v)", "this line cannot be read and was left out (%v)", err)})
				}
				continue
			}
			if day.Scores = append(day.Scores, s); len(day.Scores) > maxScores {
				return Day{}, nil, refuse(fmt.Errorf("it has more than %d scores", maxScores))
			}
		}
	}
	switch {
	case lines.Err() != nil:
		return Day{}, nil, refuse(lines.Err())
	case limited.N == 0:
		return Day{}, nil, refuse(fmt.Errorf("it is larger than %d MiB", maxBytes>>20))
	case !headed || day.Date.IsZero():
		return Day{}, nil, refuse(errors.New("the heading or the score_date is missing"))
	}
	if bad > maxProblems {
		problems = append(problems, fact.Problem{What: lang.F("ほかに%d行を除外しました", "%d more lines were left out", bad-maxProblems)})
	}
	return day, problems, nil
}

// head reads "model_version:v2025.03.14,score_date:2026-07-23T00:00:00+0000".
func (d *Day) head(line string) error {
	for part := range strings.SplitSeq(line, ",") {
		name, value, _ := strings.Cut(part, ":")
		switch name {
		case "model_version":
			d.Model = value
		case "score_date":
			for _, layout := range []string{"2006-01-02T15:04:05Z0700", time.RFC3339, time.DateOnly} {
				if t, err := time.Parse(layout, value); err == nil {
					d.Date = t.UTC()
				}
			}
			if d.Date.IsZero() {
				return fmt.Errorf("score_date %q is not a date", value)
			}
		}
	}
	return nil
}

func score(line string) (Score, error) {
	cells := strings.Split(line, ",")
	if len(cells) != 3 || !strings.HasPrefix(cells[0], "CVE-") {
		return Score{}, errors.New("it is not a CVE and two numbers")
	}
	epss, err := share(cells[1])
	if err != nil {
		return Score{}, err
	}
	percentile, err := share(cells[2])
	return Score{cells[0], epss, percentile}, err
}

func share(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f <= 1) {
		return 0, fmt.Errorf("%q is not a number from 0 to 1", s)
	}
	return f, nil
}

func refuse(err error) error {
	return &lang.Error{Kind: lang.Unreadable, Err: err,
		What: lang.T("EPSSスコア(CSV)として読めません", "it cannot be read as EPSS scores in CSV"),
		Why:  lang.F("%v", "%v", err),
		Next: lang.T("FIRSTが毎日公開する epss_scores-日付.csv.gz を指定してください", "give the epss_scores-DATE.csv.gz that FIRST publishes daily")}
}
