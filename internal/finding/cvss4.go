package finding

import (
	"strings"

	cvss40 "github.com/pandatix/go-cvss/40"
)

// CVSS v4.0 is scored here, in whole numbers, as section 8 of the specification lays down. Library and reference
// calculator work with binary fractions, so that a score whose exact value ends in 5 (5.65) comes out one step too low
// in the one and has to be mended in the other.

// macroScores are the scores, in tenths, of the 270 macro vectors (FIRST, CVSS v4.0 lookup table): by EQ1 (3), EQ2 (2),
// EQ3 and EQ6 together (00 01 10 11 21), EQ4 (3), EQ5 (3).
var macroScores = [3 * 2 * 5 * 3 * 3]int{
	100, 98, 95, 100, 93, 91, 93, 89, 81, 99, 95, 92, 96, 87, 81, 90, 80, 68, 98, 95, 90, 93, 89, 81, 88, 78, 69,
	95, 92, 84, 92, 81, 65, 80, 70, 48, 92, 82, 72, 79, 69, 50, 69, 55, 27,
	99, 95, 92, 95, 90, 84, 92, 82, 72, 97, 92, 85, 91, 83, 71, 81, 71, 53, 95, 92, 85, 92, 80, 70, 84, 71, 50,
	93, 85, 73, 82, 72, 59, 70, 52, 30, 86, 75, 52, 71, 52, 29, 63, 29, 17,
	98, 94, 91, 94, 86, 77, 87, 74, 63, 95, 87, 81, 89, 74, 64, 75, 63, 49, 94, 88, 76, 86, 74, 59, 72, 57, 52,
	89, 77, 67, 76, 58, 50, 57, 52, 25, 83, 70, 54, 65, 58, 26, 53, 21, 13,
	95, 88, 76, 90, 75, 61, 77, 68, 52, 90, 76, 70, 77, 62, 53, 66, 59, 30, 89, 76, 62, 74, 57, 47, 61, 57, 24,
	78, 67, 58, 59, 57, 23, 52, 29, 16, 71, 59, 30, 58, 26, 15, 23, 13, 6,
	93, 86, 75, 86, 74, 56, 70, 52, 40, 87, 72, 58, 74, 61, 34, 54, 40, 22, 85, 74, 62, 72, 55, 46, 53, 34, 19,
	75, 55, 51, 57, 41, 19, 36, 19, 8, 64, 51, 20, 47, 21, 11, 24, 9, 4,
	88, 73, 60, 73, 59, 41, 54, 45, 20, 75, 53, 50, 55, 40, 20, 43, 22, 11, 75, 58, 40, 61, 48, 20, 46, 17, 8,
	55, 45, 21, 51, 18, 9, 18, 7, 2, 53, 24, 14, 24, 12, 5, 10, 3, 1,
}

// levels give each metric's values from the most severe on; their places are the severity distances, in tenths.
var levels = map[string]string{"AV": "NALP", "PR": "NLH", "UI": "NPA", "AC": "LH", "AT": "NP", "VC": "HLN", "VI": "HLN", "VA": "HLN",
	"SC": "SHLN", "SI": "SHLN", "SA": "SHLN", "CR": "HML", "IR": "HML", "AR": "HML"}

// highest are the most severe vectors of each level of EQ1, EQ2, EQ3 with EQ6, and EQ4.
var highest = [4][][]string{
	{{"AV:N/PR:N/UI:N"}, {"AV:A/PR:N/UI:N", "AV:N/PR:L/UI:N", "AV:N/PR:N/UI:P"}, {"AV:P/PR:N/UI:N", "AV:A/PR:L/UI:P"}},
	{{"AC:L/AT:N"}, {"AC:H/AT:N", "AC:L/AT:P"}},
	{{"VC:H/VI:H/VA:H/CR:H/IR:H/AR:H"}, {"VC:H/VI:H/VA:L/CR:M/IR:M/AR:H", "VC:H/VI:H/VA:H/CR:M/IR:M/AR:M"},
		{"VC:L/VI:H/VA:H/CR:H/IR:H/AR:H", "VC:H/VI:L/VA:H/CR:H/IR:H/AR:H"},
		{"VC:L/VI:H/VA:L/CR:H/IR:M/AR:H", "VC:L/VI:H/VA:H/CR:H/IR:M/AR:M", "VC:H/VI:L/VA:H/CR:M/IR:H/AR:M", "VC:H/VI:L/VA:L/CR:M/IR:H/AR:H", "VC:L/VI:L/VA:H/CR:H/IR:H/AR:M"},
		{"VC:L/VI:L/VA:L/CR:H/IR:H/AR:H"}},
	{{"SC:H/SI:S/SA:S"}, {"SC:H/SI:H/SA:H"}, {"SC:L/SI:L/SA:L"}},
}

// depths are the greatest severity distances within each level, in tenths.
var depths = [4][]int{{1, 4, 5}, {1, 2}, {7, 6, 8, 8, 10}, {6, 5, 4}}

// macro is a macro vector: EQ1, EQ2, EQ3 with EQ6, EQ4, EQ5.
type macro [5]int

func (m macro) score() int { return macroScores[(((m[0]*2+m[1])*5+m[2])*3+m[3])*3+m[4]] }

// score4 gives the score of a CVSS v4.0 vector, with what it says of threat and environment.
func score4(v *cvss40.CVSS40) float64 {
	m := metrics4(v)
	if m["VC"]+m["VI"]+m["VA"]+m["SC"]+m["SI"]+m["SA"] == "NNNNNN" {
		return 0
	}
	at := macroOf(m)
	const unit = 2520 // divisible by every depth
	lower, sum := 0, 0
	for eq := range at {
		next, ok := at.lower(eq)
		if !ok {
			continue
		}
		lower++
		if eq < 4 {
			sum += (at.score() - next) * distance(m, highest[eq][at[eq]]) * (unit / depths[eq][at[eq]])
		}
	}
	if lower == 0 {
		return float64(at.score()) / 10
	}
	exact := at.score()*unit*lower - sum
	return float64((2*exact+unit*lower)/(2*unit*lower)) / 10
}

// lower gives the score of the next lower macro vector in one dimension.
func (m macro) lower(eq int) (score int, ok bool) {
	switch {
	case eq == 2 && m[2] == 0: // 00 to 01 or 10, whichever is higher
		a, b := m, m
		a[2], b[2] = 1, 2
		return max(a.score(), b.score()), true
	case eq == 2 && m[2] == 1: // 01 to 11
		m[2] = 3
	case m[eq]+1 >= [5]int{3, 2, 5, 3, 3}[eq]:
		return 0, false
	default:
		m[eq]++
	}
	return m.score(), true
}

// metrics4 gives the values that count: a modified metric in the place of its base metric, the worst where nothing is said.
func metrics4(v *cvss40.CVSS40) map[string]string {
	m := map[string]string{}
	for name := range levels {
		m[name], _ = v.Get(name) // every name is a metric
		if modified, err := v.Get("M" + name); err == nil && modified != "X" {
			m[name] = modified
		}
		if m[name] == "X" {
			m[name] = "H"
		}
	}
	if m["E"], _ = v.Get("E"); m["E"] == "X" {
		m["E"] = "A"
	}
	return m
}

func macroOf(m map[string]string) macro {
	var at macro
	switch network, privileges, interaction := m["AV"] == "N", m["PR"] == "N", m["UI"] == "N"; {
	case network && privileges && interaction:
	case m["AV"] != "P" && (network || privileges || interaction):
		at[0] = 1
	default:
		at[0] = 2
	}
	if m["AC"] != "L" || m["AT"] != "N" {
		at[1] = 1
	}
	eq3 := 2
	if m["VC"] == "H" && m["VI"] == "H" {
		eq3 = 0
	} else if m["VC"] == "H" || m["VI"] == "H" || m["VA"] == "H" {
		eq3 = 1
	}
	eq6 := 1
	if m["CR"]+m["VC"] == "HH" || m["IR"]+m["VI"] == "HH" || m["AR"]+m["VA"] == "HH" {
		eq6 = 0
	}
	at[2] = min(eq3*2+eq6, 4)
	switch {
	case m["SI"] == "S" || m["SA"] == "S":
	case m["SC"] == "H" || m["SI"] == "H" || m["SA"] == "H":
		at[3] = 1
	default:
		at[3] = 2
	}
	at[4] = strings.Index("APU", m["E"])
	return at
}

// distance gives how far a vector is, in tenths, from the first of the highest vectors that it does not exceed anywhere.
func distance(m map[string]string, from []string) int {
next:
	for _, top := range from {
		sum := 0
		for part := range strings.SplitSeq(top, "/") {
			name, value, _ := strings.Cut(part, ":")
			d := strings.Index(levels[name], m[name]) - strings.Index(levels[name], value)
			if d < 0 {
				continue next
			}
			sum += d
		}
		return sum
	}
	return 0
}
