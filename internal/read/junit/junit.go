// Package junit reads test results in JUnit XML, the form that test tools of many languages write. There is no
// specification; this follows what Ant, Maven Surefire and pytest write: testsuites or testsuite at the top, suites that
// may nest, and test cases with failure, error or skipped inside.
//
// Start from [Read].
package junit

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// Match reports whether the top-level element is one of JUnit's.
func Match(b []byte) bool {
	name, _, ok := input.Root(b)
	return ok && (name.Local == "testsuites" || name.Local == "testsuite")
}

// Read reads one document. The fact is a *fact.Tests.
func Read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	root, err := input.XML(text)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	if root.Name.Local != "testsuites" && root.Name.Local != "testsuite" {
		return fact.Reading{}, refused(input.Refuse(root.Path(), lang.F("最上位の要素が「%s」です", "the top-level element is %q", input.Clip(root.Name.Local))))
	}
	name, _ := root.Attr("name")
	x := &extraction{tests: &fact.Tests{Format: "JUnit", Name: name}}
	x.suite(root)
	if x.tests.Total == 0 {
		x.doubt(root, lang.T("テストが一件も含まれていません", "it holds no test at all"))
	}
	return fact.Reading{
		Type:    "junit",
		Facts:   []fact.Fact{{Kind: fact.KindTests, ObservedAt: x.tests.StartedAt, Data: x.tests}},
		Summary: map[string]any{"tests": x.tests.Total, "failed": x.tests.Failed, "errored": x.tests.Errored, "skipped": x.tests.Skipped},

		Problems: x.problems,
	}, nil
}

func refused(err error) error {
	if e, ok := err.(*lang.Error); ok {
		e.What = lang.T("JUnit形式のテスト結果として受け取れませんでした", "the document is not accepted as test results in JUnit XML")
		e.Next = lang.T("示した箇所を直すか、テストをやり直して結果を出力し直してください。", "Correct the place shown, or run the tests again and write the results anew.")
	}
	return err
}

type extraction struct {
	tests    *fact.Tests
	problems []fact.Problem
}

func (x *extraction) doubt(at *input.Element, what lang.Text) {
	const most = 100
	if len(x.problems) < most {
		x.problems = append(x.problems, fact.Problem{Where: at.Path(), What: what})
	}
}

// suite takes the cases of a suite and the suites in it. What a suite states of itself is held to what is in it.
func (x *extraction) suite(e *input.Element) {
	t := x.tests
	before := *t
	if s, ok := e.Attr("timestamp"); ok {
		if at, err := parseTime(s); err == nil && (t.StartedAt.IsZero() || at.Before(t.StartedAt)) {
			t.StartedAt = at
		}
	}
	seconds := t.Seconds
	for _, c := range e.Children {
		switch c.Name.Local {
		case "testsuite":
			x.suite(c)
		case "testcase":
			x.testcase(c)
		}
	}
	if s, ok := e.Attr("time"); ok { // what the suite states, rather than the sum of its cases
		if v, ok := number(s); ok {
			t.Seconds = seconds + v
		}
	}
	if stated, ok := e.Attr("failures"); ok && atoi(stated) > t.Failed+t.Errored-before.Failed-before.Errored {
		x.doubt(e, lang.F("失敗が%[1]s件と書かれていますが、%[2]d件しか含まれていません", "it states %[1]s failures but holds %[2]d", input.Clip(stated), t.Failed+t.Errored-before.Failed-before.Errored))
	}
	if stated, ok := e.Attr("tests"); ok && atoi(stated) > t.Total-before.Total {
		x.doubt(e, lang.F("テストが%[1]s件と書かれていますが、%[2]d件しか含まれていません", "it states %[1]s tests but holds %[2]d", input.Clip(stated), t.Total-before.Total))
	}
}

func (x *extraction) testcase(e *input.Element) {
	t := x.tests
	if s, ok := e.Attr("time"); ok {
		if v, ok := number(s); ok {
			t.Seconds += v
		}
	}
	var failure, broken, skipped *input.Element
	for _, c := range e.Children {
		switch c.Name.Local {
		case "failure":
			failure = first(failure, c)
		case "error":
			broken = first(broken, c)
		case "skipped":
			skipped = c
		}
	}
	name, _ := e.Attr("name")
	class, _ := e.Attr("classname")
	switch {
	case broken != nil:
		t.Add(fact.Test{Suite: class, Name: name, Errored: true, Message: message(broken), Pointer: e.Path()})
	case failure != nil:
		t.Add(fact.Test{Suite: class, Name: name, Message: message(failure), Pointer: e.Path()})
	case says(e, "failed", "failure", "fail", "error", "errored"):
		t.Add(fact.Test{Suite: class, Name: name, Pointer: e.Path()})
	case skipped != nil, says(e, "notrun", "disabled", "suppressed", "skipped", "ignored", "untested"):
		t.Total++
		t.Skipped++
	default:
		t.Total++
		t.Passed++
	}
}

// says reports whether the case says how it went in an attribute rather than in an element inside: GoogleTest, CTest and
// behave write status, GoogleTest result too.
func says(e *input.Element, words ...string) bool {
	status, _ := e.Attr("status")
	result, _ := e.Attr("result")
	return slices.Contains(words, strings.ToLower(status)) || slices.Contains(words, strings.ToLower(result))
}

func first(a, b *input.Element) *input.Element {
	if a != nil {
		return a
	}
	return b
}

// message gives the message of a failure: the attribute, else the first line of the text.
func message(e *input.Element) string {
	if m, ok := e.Attr("message"); ok && m != "" {
		return input.Clip(m)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(e.Text), "\n")
	return input.Clip(line)
}

func atoi(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0
	}
	return n
}

// number reads seconds; some tools write thousands with commas.
func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(s), ",", ""), 64)
	return v, err == nil && v >= 0 && v < 1e9
}

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", s)
	}
	return t.UTC(), err
}
