package finding

import (
	"slices"
	"strings"

	cvss20 "github.com/pandatix/go-cvss/20"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"
)

// Label is a severity in words: CVSS's qualitative scale, or Unknown when nobody rated it.
type Label string

// The labels (CVSS v3.1 section 5, v4.0 section 6).
const (
	Unknown  Label = "UNKNOWN"
	None     Label = "NONE"
	Low      Label = "LOW"
	Medium   Label = "MEDIUM"
	High     Label = "HIGH"
	Critical Label = "CRITICAL"
)

// Severity is how severe one advisory calls the vulnerability.
type Severity struct {
	Label   Label    `json:"label"`
	Score   float64  `json:"score"`   // highest CVSS base score of the vectors, 0 when there is none
	Vectors []string `json:"vectors"` // CVSS vectors as given
}

// Rate makes a severity from vectors and from words ("MODERATE", "medium") as databases give them. A score decides
// over a word; a vector that cannot be read is kept and does not count.
func Rate(vectors []string, words ...string) Severity {
	s := Severity{Label: Unknown, Vectors: vectors}
	scored := false
	for _, v := range vectors {
		if score, ok := Score(v); ok {
			scored = true
			s.Score = max(s.Score, score)
		}
	}
	if scored {
		s.Label = label(s.Score)
		return s
	}
	for _, w := range words {
		if l := word(w); l != Unknown {
			s.Label = l
			break
		}
	}
	return s
}

// Score gives the base score of a CVSS vector of any version, and whether it is one.
func Score(vector string) (float64, bool) {
	vector = strings.TrimSuffix(vector, "/") // as some publishers end it
	switch {
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		if v, err := cvss40.ParseVector(vector); err == nil {
			return score4(v), true
		}
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		if v, err := cvss31.ParseVector(vector); err == nil {
			return v.BaseScore(), true
		}
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		if v, err := cvss30.ParseVector(vector); err == nil {
			return v.BaseScore(), true
		}
	default:
		if v, err := cvss20.ParseVector(base2(vector)); err == nil {
			return v.BaseScore(), true
		}
	}
	return 0, false
}

// base2 gives the base metrics of a CVSS v2 vector alone: vectors with a part of the temporal or environmental metrics are
// common, and the base score does not depend on them.
func base2(vector string) string {
	vector = strings.TrimPrefix(strings.Trim(vector, "()"), "CVSS2#")
	parts := strings.Split(vector, "/")
	if len(parts) > 6 {
		parts = parts[:6]
	}
	return strings.Join(parts, "/")
}

func label(score float64) Label {
	switch {
	case score >= 9:
		return Critical
	case score >= 7:
		return High
	case score >= 4:
		return Medium
	case score > 0:
		return Low
	}
	return None
}

func word(w string) Label {
	switch strings.ToUpper(strings.TrimSpace(w)) {
	case "CRITICAL":
		return Critical
	case "HIGH", "IMPORTANT":
		return High
	case "MEDIUM", "MODERATE":
		return Medium
	case "LOW", "NEGLIGIBLE":
		return Low
	case "NONE":
		return None
	}
	return Unknown
}

// Worse gives the more severe of two, with the vectors of both.
func Worse(a, b Severity) Severity {
	if rank(b.Label) > rank(a.Label) || b.Label == a.Label && b.Score > a.Score {
		a, b = b, a
	}
	for _, v := range b.Vectors {
		if !slices.Contains(a.Vectors, v) {
			a.Vectors = append(a.Vectors[:len(a.Vectors):len(a.Vectors)], v)
		}
	}
	return a
}

// rank orders labels; Unknown is below None.
func rank(l Label) int {
	for i, o := range []Label{None, Low, Medium, High, Critical} {
		if l == o {
			return i + 1
		}
	}
	return 0
}
