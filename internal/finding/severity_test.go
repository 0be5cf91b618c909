package finding

import (
	"bufio"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	cvss40 "github.com/pandatix/go-cvss/40"
	"pgregory.net/rapid"

	"example.org/tasuki/internal/testshared"
)

func same(a, b float64) bool { return math.Abs(a-b) < 0.001 }

// TestEveryVector holds the base score of every vector of the shared lists (v2, v3.0, v3.1, v4.0) against the listed one.
func TestEveryVector(t *testing.T) {
	for file, lines := range map[string]int{"vectors_simple2": 729, "vectors_calculator2": 5, "vectors_cvsslib2": 24, "vectors_simple3": 2592,
		"vectors_calculator3": 2, "vectors_cvsslib3": 29, "vectors_simple31": 2592, "vectors_simple4": 1058} {
		f, err := os.Open(testshared.Dir(t, "cvss", "redhat", file))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for sc := bufio.NewScanner(f); sc.Scan(); {
			vector, scores, ok := strings.Cut(sc.Text(), " - ")
			if !ok {
				continue
			}
			n++
			want := strings.Split(strings.Trim(scores, "()"), ",")
			base, err := strconv.ParseFloat(strings.TrimSpace(want[0]), 64)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := Score(vector); !ok || !same(got, base) {
				t.Errorf("%s: %s: %v (%v), listed %v", file, vector, got, ok, base)
			}
		}
		f.Close()
		if n != lines {
			t.Errorf("%s: %d vectors, want %d", file, n, lines)
		}
	}
}

// mistaken are pairs whose publisher gives another score than the vector has.
var mistaken = map[string]string{
	"CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N": "published 2.5, which is the score with UI:N",
	"CVSS:3.1/AV:P/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H": "published 7.4; impact 6.05 and exploitability 0.67 make 7.3",
}

// TestPublishedPairs holds the score of every vector that vendors and authorities published against the published one.
func TestPublishedPairs(t *testing.T) {
	f, err := os.Open(testshared.Dir(t, "cvss", "published-pairs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	checked, wrong := 0, 0
	for _, row := range rows[1:] {
		want, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		got, ok := Score(row[1])
		known := mistaken[row[1]]
		switch agrees := ok && same(got, want); {
		case !agrees && known != "":
			wrong++
		case !agrees:
			t.Errorf("%v: got %v", row, got)
		}
	}
	if checked != 949 || wrong != 2 {
		t.Errorf("%d pairs, %d mistaken", checked, wrong)
	}
}

// TestScore4 holds random vectors with threat and environment to the library's score, which is at most one step off.
func TestScore4(t *testing.T) {
	names := []string{"AV:NALP", "AC:LH", "AT:NP", "PR:NLH", "UI:NPA", "VC:HLN", "VI:HLN", "VA:HLN", "SC:HLN", "SI:HLN", "SA:HLN", "E:XAPU", "CR:XHML", "IR:XHML", "AR:XHML",
		"MAV:XNALP", "MAC:XLH", "MAT:XNP", "MPR:XNLH", "MUI:XNPA", "MVC:XHLN", "MVI:XHLN", "MVA:XHLN", "MSC:XHLN", "MSI:XHLNS", "MSA:XHLNS"}
	rapid.Check(t, func(t *rapid.T) {
		vector := "CVSS:4.0"
		for _, n := range names {
			name, values, _ := strings.Cut(n, ":")
			vector += "/" + name + ":" + string(rapid.SampledFrom([]byte(values)).Draw(t, name))
		}
		v, err := cvss40.ParseVector(vector)
		if err != nil {
			t.Fatal(vector, err)
		}
		if got, want := score4(v), v.Score(); math.Abs(got-want) > 0.1001 {
			t.Fatalf("%s: %v, library %v", vector, got, want)
		}
	})
}
