package csaf

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	cvss20 "github.com/pandatix/go-cvss/20"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// rating is one CVSS object, with the entry it is in and the products it rates.
type rating struct {
	input.Object
	entry    input.Object
	products []string
}

// ratings gives the CVSS objects of a vulnerability: of its scores in CSAF 2.0, of its metrics in CSAF 2.1.
func (d *document) ratings(v input.Object) (out []rating) {
	list, names := v.List("scores"), []string{"cvss_v2", "cvss_v3"}
	if d.edition == csaf21 {
		list, names = v.List("metrics"), []string{"cvss_v2", "cvss_v3", "cvss_v4"}
	}
	for _, entry := range list {
		content := entry
		if d.edition == csaf21 {
			content = entry.Child("content")
		}
		for _, name := range names {
			if content.Has(name) {
				out = append(out, rating{content.Child(name), entry, entry.Texts("products")})
			}
		}
	}
	return out
}

func (d *document) eachRating(yield func(r input.Object)) {
	for _, v := range d.vulnerabilities {
		for _, r := range d.ratings(v) {
			yield(r.Object)
		}
	}
}

// scoresTwice: a product rated twice in one version of CVSS; in CSAF 2.1, by the same source.
func scoresTwice(d *document, fail fail) {
	for _, v := range d.vulnerabilities {
		seen := map[string]bool{}
		for _, r := range d.ratings(v) {
			for _, id := range r.products {
				key := r.Text("version") + "\x00" + r.entry.Text("source") + "\x00" + id
				if seen[key] {
					fail(r.entry.Place, lang.F("製品「%[1]s」にCVSS %[2]sの評価が二つあります", "the product %[1]q has two ratings of CVSS %[2]s", input.Clip(id), input.Clip(r.Text("version"))))
				}
				seen[key] = true
			}
		}
	}
}

// vector is a CVSS vector of a version whose scores are held against it: 2.0, 3.0 and 3.1.
type vector interface {
	Get(metric string) (string, error)
	BaseScore() float64
	TemporalScore() float64
	EnvironmentalScore() float64
}

// parseVector reports whether the text is a vector of that version. The vector is nil for 4.0, which is not scored here.
func parseVector(version, s string) (vector, bool) {
	switch version {
	case "2.0":
		v, err := cvss20.ParseVector(s)
		return v, err == nil
	case "3.0":
		v, err := cvss30.ParseVector(s)
		return v, err == nil
	case "3.1":
		v, err := cvss31.ParseVector(s)
		return v, err == nil
	case "4.0":
		_, err := cvss40.ParseVector(s)
		return nil, err == nil
	}
	return nil, false
}

// brokenScores holds each rating to what its own schema requires: version, vector, base score, and from 3.0 on severity.
func brokenScores(d *document, fail fail) {
	d.eachRating(func(r input.Object) {
		need := []string{"version", "vectorString", "baseScore"}
		versions := []string{"2.0"}
		switch {
		case strings.HasSuffix(r.Place, "cvss_v3"):
			need, versions = append(need, "baseSeverity"), []string{"3.0", "3.1"}
		case strings.HasSuffix(r.Place, "cvss_v4"):
			need, versions = append(need, "baseSeverity"), []string{"4.0"}
		}
		for _, name := range need {
			if !r.Has(name) {
				fail(r.At(name), lang.F("CVSSの必須の項目「%s」がありません", "the required %s of CVSS is missing", name))
				return
			}
		}
		version := r.Text("version")
		if !slices.Contains(versions, version) {
			fail(r.At("version"), lang.F("CVSSの版「%s」はここでは使えません", "version %q of CVSS cannot be used here", input.Clip(version)))
			return
		}
		if _, ok := parseVector(version, r.Text("vectorString")); !ok {
			fail(r.At("vectorString"), lang.F("「%[1]s」はCVSS %[2]sのベクトルではありません", "%[1]q is no vector of CVSS %[2]s", input.Clip(r.Text("vectorString")), version))
		}
		for _, name := range []string{"baseScore", "temporalScore", "environmentalScore"} {
			if n, ok := r.Number(name); r.Has(name) && (!ok || n < 0 || n > 10) {
				fail(r.At(name), lang.T("CVSSの値が0から10までの数ではありません", "the CVSS score is no number from 0 to 10"))
			}
		}
		for _, m := range slices.Sorted(maps.Keys(metrics(version))) {
			if v := r.Text(m); r.Has(m) && (v == "" || v != strings.ToUpper(v)) {
				fail(r.At(m), lang.F("「%s」はCVSSの値ではありません", "%q is no value of CVSS", input.Clip(v)))
			}
		}
	})
}

// wrongScores computes scores and severities again from the vector.
func wrongScores(d *document, fail fail) {
	d.eachRating(func(r input.Object) {
		v, ok := parseVector(r.Text("version"), r.Text("vectorString"))
		if !ok || v == nil {
			return
		}
		for _, s := range []struct {
			name, severity string
			score          float64
		}{
			{"baseScore", "baseSeverity", v.BaseScore()},
			{"temporalScore", "temporalSeverity", v.TemporalScore()},
			{"environmentalScore", "environmentalSeverity", v.EnvironmentalScore()},
		} {
			said, ok := r.Number(s.name)
			if ok && math.Abs(said-s.score) > 0.05 {
				fail(r.At(s.name), lang.F("値は%[1]sですが、ベクトルから計算すると%[2]sです", "it says %[1]s, and the vector gives %[2]s", r.Text(s.name), strconv.FormatFloat(s.score, 'f', 1, 64)))
			}
			if word := r.Text(s.severity); ok && word != "" && r.Text("version") != "2.0" && !strings.EqualFold(word, severity(said)) {
				fail(r.At(s.severity), lang.F("深刻度は%[1]sですが、値からは%[2]sです", "it says %[1]s, and the score is %[2]s", input.Clip(word), severity(said)))
			}
		}
	})
}

// severity gives the word for a score (CVSS 3.1, section 5).
func severity(score float64) string {
	switch {
	case score >= 9:
		return "CRITICAL"
	case score >= 7:
		return "HIGH"
	case score >= 4:
		return "MEDIUM"
	case score > 0:
		return "LOW"
	}
	return "NONE"
}

// metrics names the members that repeat the vector, with their short names.
func metrics(version string) map[string]string {
	if version == "2.0" {
		return map[string]string{
			"accessVector": "AV", "accessComplexity": "AC", "authentication": "Au",
			"confidentialityImpact": "C", "integrityImpact": "I", "availabilityImpact": "A",
		}
	}
	return map[string]string{
		"attackVector": "AV", "attackComplexity": "AC", "privilegesRequired": "PR", "userInteraction": "UI", "scope": "S",
		"confidentialityImpact": "C", "integrityImpact": "I", "availabilityImpact": "A",
		"exploitCodeMaturity": "E", "remediationLevel": "RL", "reportConfidence": "RC",
		"confidentialityRequirement": "CR", "integrityRequirement": "IR", "availabilityRequirement": "AR",
		"modifiedAttackVector": "MAV", "modifiedAttackComplexity": "MAC", "modifiedPrivilegesRequired": "MPR", "modifiedUserInteraction": "MUI",
		"modifiedScope": "MS", "modifiedConfidentialityImpact": "MC", "modifiedIntegrityImpact": "MI", "modifiedAvailabilityImpact": "MA",
	}
}

// scoresAgainstVector holds the members that repeat the vector to it. A value's short form is its first letter, X for
// NOT_DEFINED.
func scoresAgainstVector(d *document, fail fail) {
	d.eachRating(func(r input.Object) {
		v, ok := parseVector(r.Text("version"), r.Text("vectorString"))
		if !ok || v == nil {
			return
		}
		names := metrics(r.Text("version"))
		for _, name := range slices.Sorted(maps.Keys(names)) {
			value := r.Text(name)
			if value == "" {
				continue
			}
			short := strings.ToUpper(value[:1])
			if value == "NOT_DEFINED" {
				short = "X"
			}
			if got, err := v.Get(names[name]); err == nil && got != short {
				fail(r.At(name), lang.F("「%[1]s」がベクトルの%[2]s:%[3]sと合いません", "%[1]q is not what the vector says, %[2]s:%[3]s", input.Clip(value), names[name], got))
			}
		}
	})
}
