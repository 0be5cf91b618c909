// Package sarif reads SARIF 2.1.0, the results of analysis tools
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; section numbers below are its).
//
// Start from [Read]. Each run of a tool becomes a fact. Rule overrides of an invocation (3.20.5) and results kept in
// external files (3.15) are not followed; the latter is said. What forms of code a run looked at is told from the files it
// names (forms.go): never from what the tool could have looked at.
package sarif

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// maxResults bounds the results that are listed one by one; they are counted all.
const maxResults = 10_000

// Match reports whether the bytes are a SARIF log: an object with a version and runs, or with SARIF's schema.
func Match(b []byte) bool {
	version, runs := false, false
	for name, value := range input.Members(b) {
		switch string(name) {
		case "$schema":
			if strings.Contains(strings.ToLower(string(value)), "sarif") {
				return true
			}
		case "version":
			version = true
		case "runs":
			runs = true
		}
	}
	return version && runs
}

type log struct {
	Version string `json:"version"`
	Runs    *[]run `json:"runs"`
}

type run struct {
	Tool struct {
		Driver     component   `json:"driver"`
		Extensions []component `json:"extensions"`
	} `json:"tool"`
	Invocations []struct {
		Successful    *bool          `json:"executionSuccessful"`
		End           string         `json:"endTimeUtc"`
		Arguments     []string       `json:"arguments"`
		Notifications []notification `json:"toolExecutionNotifications"`
	} `json:"invocations"`
	Artifacts []artifact `json:"artifacts"`
	Results   *[]result  `json:"results"`
	External  struct {
		Results []json.RawMessage `json:"results"`
	} `json:"externalPropertyFileReferences"`
}

type component struct {
	Name            string `json:"name"`
	Version         string `json:"version"`
	SemanticVersion string `json:"semanticVersion"`
	GUID            string `json:"guid"`
	Rules           []rule `json:"rules"`
}

type rule struct {
	ID            string `json:"id"`
	Configuration struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		SecuritySeverity any `json:"security-severity"`
	} `json:"properties"`
}

type result struct {
	RuleID    string `json:"ruleId"`
	RuleIndex *int   `json:"ruleIndex"`
	Rule      struct {
		ID            string `json:"id"`
		Index         *int   `json:"index"`
		ToolComponent struct {
			Index *int   `json:"index"`
			GUID  string `json:"guid"`
		} `json:"toolComponent"`
	} `json:"rule"`
	Kind    string `json:"kind"`
	Level   string `json:"level"`
	Message struct {
		Text string `json:"text"`
		ID   string `json:"id"`
	} `json:"message"`
	Locations    []location `json:"locations"`
	Suppressions []struct {
		Status string `json:"status"`
	} `json:"suppressions"`
	Baseline string `json:"baselineState"`
}

type location struct {
	Physical struct {
		Artifact artifactLocation `json:"artifactLocation"`
		Region   struct {
			Line int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
}

// Read reads one log. The facts are *fact.Scan, one for each run.
func Read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	var l log
	if err := input.Decode(text, &l); err != nil {
		return fact.Reading{}, refused(err)
	}
	if l.Version != "2.1.0" {
		return fact.Reading{}, refused(input.Refuse("/version", lang.F("版「%s」は読めません(読める版: 2.1.0)", "version %q cannot be read (known: 2.1.0)", input.Clip(l.Version))))
	}
	if l.Runs == nil {
		return fact.Reading{}, refused(input.Refuse("/runs", lang.T("実行結果(runs)がありません", "there are no runs")))
	}
	r := fact.Reading{Type: "sarif", Version: l.Version}
	total := 0
	for i, run := range *l.Runs {
		s, problems, err := scan(run, input.Pointer("/runs", strconv.Itoa(i)))
		if err != nil {
			return fact.Reading{}, refused(err)
		}
		r.Problems = append(r.Problems, problems...)
		r.Facts = append(r.Facts, fact.Fact{Kind: fact.KindScan, ObservedAt: s.FinishedAt, Pointer: input.Pointer("/runs", strconv.Itoa(i)), Data: s})
		total += s.Errors + s.Warnings + s.Notes
	}
	r.Summary = map[string]any{"runs": len(r.Facts), "results": total}
	return r, nil
}

func refused(err error) error {
	if e, ok := err.(*lang.Error); ok {
		e.What = lang.T("SARIFとして受け取れませんでした", "the document is not accepted as SARIF")
		e.Next = lang.T("示した箇所を直すか、解析ツールの出力をSARIF 2.1.0にしてください。", "Correct the place shown, or have the tool write SARIF 2.1.0.")
	}
	return err
}

func scan(r run, place string) (*fact.Scan, []fact.Problem, error) {
	d := r.Tool.Driver
	if d.Name == "" {
		return nil, nil, input.Refuse(place+"/tool/driver", lang.T("解析ツールの名称がありません", "the tool has no name"))
	}
	s := &fact.Scan{Tool: d.Name, ToolVersion: d.SemanticVersion, Looked: r.Results != nil, Rules: len(d.Rules)}
	if s.ToolVersion == "" {
		s.ToolVersion = d.Version
	}
	for _, e := range r.Tool.Extensions {
		s.Rules += len(e.Rules)
	}
	var problems []fact.Problem
	for _, i := range r.Invocations {
		s.Failed = s.Failed || i.Successful != nil && !*i.Successful
		if t, err := time.Parse(time.RFC3339, i.End); err == nil && t.After(s.FinishedAt) {
			s.FinishedAt = t.UTC()
		}
	}
	if s.Failed {
		problems = append(problems, fact.Problem{Where: place + "/invocations", What: lang.T("解析ツールが最後まで実行できなかったと記録されています", "the tool says that it did not run through")})
	}
	switch {
	case len(r.External.Results) > 0:
		problems = append(problems, fact.Problem{Where: place + "/externalPropertyFileReferences", What: lang.T("結果の一部が別のファイルにあり、ここには含まれていません", "some results are in other files and are not counted here")})
	case !s.Looked:
		problems = append(problems, fact.Problem{Where: place, What: lang.T("結果の一覧がなく、調べて何もなかったのか、調べていないのかがわかりません", "there is no list of results, so that it cannot be told whether nothing was found or nothing was looked for")})
	}
	if r.Results != nil {
		rules := ruleBook(r)
		for i, x := range *r.Results {
			count(s, x, rules, input.Pointer(place, "results", strconv.Itoa(i)))
		}
	}
	s.Forms = forms(r)
	if n := s.Errors + s.Warnings + s.Notes + s.Suppressed; n > len(s.Results) {
		problems = append(problems, fact.Problem{Where: place, What: lang.F("結果が%[1]d件あり、一覧には%[2]d件だけを載せています", "there are %[1]d results, of which %[2]d are listed", n, len(s.Results))})
	}
	return s, problems, nil
}

// book finds the rule of a result.
type book struct {
	components []component // the driver, then the extensions
	byID       map[string]*rule
}

func ruleBook(r run) book {
	b := book{components: append([]component{r.Tool.Driver}, r.Tool.Extensions...), byID: map[string]*rule{}}
	for _, c := range b.components {
		for i := range c.Rules {
			if _, ok := b.byID[c.Rules[i].ID]; !ok {
				b.byID[c.Rules[i].ID] = &c.Rules[i]
			}
		}
	}
	return b
}

// of gives the result's rule and its id (3.27.5 to 3.27.7, 3.52): by index within its component, else by id; the id of
// a result may add parts to that of its rule: CA1000/1.
func (b book) of(x result) (*rule, string) {
	id, index, at := x.RuleID, x.RuleIndex, 0
	if id == "" {
		id = x.Rule.ID
	}
	if index == nil {
		index = x.Rule.Index
	}
	if i := x.Rule.ToolComponent.Index; i != nil {
		at = *i + 1
	} else if g := x.Rule.ToolComponent.GUID; g != "" {
		for i, c := range b.components {
			if c.GUID == g {
				at = i
			}
		}
	}
	if index != nil && at >= 0 && at < len(b.components) && *index >= 0 && *index < len(b.components[at].Rules) {
		r := &b.components[at].Rules[*index]
		if id == "" {
			id = r.ID
		}
		return r, id
	}
	for s := id; s != ""; s = s[:max(0, strings.LastIndexByte(s, '/'))] {
		if r := b.byID[s]; r != nil {
			return r, id
		}
	}
	return nil, id
}

func count(s *fact.Scan, x result, rules book, place string) {
	if x.Baseline == "absent" { // was there in an earlier run
		return
	}
	if x.Kind != "" && x.Kind != "fail" {
		s.Other++
		return
	}
	r, id := rules.of(x)
	res := fact.ScanResult{Rule: id, Level: level(x, r), Message: input.Clip(x.Message.Text), Suppressed: suppressed(x), Pointer: place}
	if r != nil {
		res.Severity = severity(r.Properties.SecuritySeverity)
	}
	if len(x.Locations) > 0 {
		p := x.Locations[0].Physical
		res.Location = p.Artifact.URI
		if p.Region.Line > 0 {
			res.Location += fmt.Sprintf(":%d", p.Region.Line)
		}
	}
	switch {
	case res.Suppressed:
		s.Suppressed++
	case res.Level == "error":
		s.Errors++
	case res.Level == "warning":
		s.Warnings++
	case res.Level == "note":
		s.Notes++
	default:
		s.Other++
		return
	}
	if !res.Suppressed {
		s.HighestSeverity = max(s.HighestSeverity, res.Severity)
	}
	if len(s.Results) < maxResults {
		s.Results = append(s.Results, res)
	}
}

// level gives the level of a failure: its own, else its rule's, else warning (3.27.10). A word that is no level counts
// as warning too, so that nothing drops out.
func level(x result, r *rule) string {
	l := x.Level
	if l == "" && r != nil {
		l = r.Configuration.Level
	}
	switch l {
	case "error", "note", "none":
		return l
	}
	return "warning"
}

// suppressed: there are suppressions, and none is under review or rejected (3.27.23).
func suppressed(x result) bool {
	for _, s := range x.Suppressions {
		if s.Status == "underReview" || s.Status == "rejected" {
			return false
		}
	}
	return len(x.Suppressions) > 0
}

// severity reads the property security-severity: a number from 0 to 10, as text or number.
func severity(v any) float64 {
	f, ok := v.(float64)
	if s, is := v.(string); is {
		x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		f, ok = x, err == nil
	}
	if !ok || f < 0 || f > 10 {
		return 0
	}
	return f
}
