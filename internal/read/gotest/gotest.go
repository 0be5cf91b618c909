// Package gotest reads the stream that `go test -json` writes: one JSON object a line (`go doc test2json`).
//
// Start from [Read].
package gotest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// Match reports whether the first JSON line is an event of test2json.
func Match(b []byte) bool {
	n := 0
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] == '{' {
			return isEvent(line)
		}
		if n++; n > 20 { // tools print before the stream begins
			break
		}
	}
	return false
}

func isEvent(line []byte) bool {
	_, action := input.Member(line, "Action")
	_, pkg := input.Member(line, "Package")
	_, path := input.Member(line, "ImportPath")
	return action && (pkg || path)
}

type event struct {
	Time    time.Time
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

type key struct{ pkg, test string }

// Read reads one stream. The fact is a *fact.Tests. A test that began and never ended counts as errored, and so does a
// package that failed without a failing test: it was not built, or its process died.
func Read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, refused(err)
	}
	s := &stream{open: map[key]int{}, bad: map[string]bool{}, tests: &fact.Tests{Format: "go test"}}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if line[0] != '{' {
			s.stray++
			continue
		}
		var e event
		if err := input.Decode(line, &e); err != nil {
			if x, ok := err.(*lang.Error); ok {
				x.Where = fmt.Sprintf("line %d", n)
			}
			return fact.Reading{}, refused(err)
		}
		s.event(e, n)
	}
	s.finish()
	r := fact.Reading{
		Type:    "gotest",
		Facts:   []fact.Fact{{Kind: fact.KindTests, ObservedAt: s.tests.StartedAt, Data: s.tests}},
		Summary: map[string]any{"tests": s.tests.Total, "failed": s.tests.Failed, "errored": s.tests.Errored, "skipped": s.tests.Skipped},
	}
	r.Problems = s.problems
	if s.stray > 0 {
		r.Problems = append(r.Problems, fact.Problem{What: lang.F("JSONでない行が%d行あり、読み飛ばしました", "%d lines that are not JSON were passed over", s.stray)})
	}
	if s.tests.Total == 0 {
		r.Problems = append(r.Problems, fact.Problem{What: lang.T("テストが一件も含まれていません", "it holds no test at all")})
	}
	return r, nil
}

func refused(err error) error {
	if e, ok := err.(*lang.Error); ok {
		e.What = lang.T("go test -jsonの結果として受け取れませんでした", "the document is not accepted as the output of go test -json")
		e.Next = lang.T("テストをやり直して結果を出力し直してください。", "Run the tests again and write the results anew.")
	}
	return err
}

type stream struct {
	tests *fact.Tests
	open  map[key]int     // tests that began, with the line
	order []key           // of open, as they began
	bad   map[string]bool // packages with a test that failed
	stray int

	problems []fact.Problem
}

func (s *stream) doubt(line int, what lang.Text) {
	const most = 100
	if len(s.problems) < most {
		s.problems = append(s.problems, fact.Problem{Where: fmt.Sprintf("line %d", line), What: what})
	}
}

func (s *stream) event(e event, line int) {
	t := s.tests
	if !e.Time.IsZero() && (t.StartedAt.IsZero() || e.Time.Before(t.StartedAt)) {
		t.StartedAt = e.Time.UTC()
	}
	k := key{e.Package, e.Test}
	if e.Test == "" {
		s.packageEvent(e, line)
		return
	}
	switch e.Action {
	case "run":
		s.open[k] = line
		s.order = append(s.order, k)
		return
	case "pass":
		t.Total++
		t.Passed++
	case "skip":
		t.Total++
		t.Skipped++
	case "fail":
		s.bad[e.Package] = true
		t.Add(fact.Test{Suite: e.Package, Name: e.Test, Pointer: fmt.Sprintf("line %d", line)})
	default:
		return
	}
	delete(s.open, k)
}

func (s *stream) packageEvent(e event, line int) {
	switch e.Action {
	case "pass", "skip":
		s.tests.Seconds += e.Elapsed
	case "fail":
		s.tests.Seconds += e.Elapsed
		s.unfinished(e.Package)
		if !s.bad[e.Package] {
			s.tests.Add(fact.Test{Suite: e.Package, Name: lastElement(e.Package), Errored: true, Pointer: fmt.Sprintf("line %d", line)})
			s.doubt(line, lang.F("パッケージ「%s」は、失敗したテストがないのに失敗しています(ビルドできなかったか、途中で止まりました)", "the package %q failed without a failing test: it was not built, or its process died", input.Clip(e.Package)))
		}
	}
}

// unfinished counts the tests that began and never ended, of one package or, with "", of all.
func (s *stream) unfinished(pkg string) {
	for _, k := range s.order {
		line, open := s.open[k]
		if !open || pkg != "" && k.pkg != pkg {
			continue
		}
		delete(s.open, k)
		s.bad[k.pkg] = true
		s.tests.Add(fact.Test{Suite: k.pkg, Name: k.test, Errored: true, Pointer: fmt.Sprintf("line %d", line)})
		s.doubt(line, lang.F("テスト「%s」は始まったまま終わっていません", "the test %q began and never ended", input.Clip(k.test)))
	}
}

func (s *stream) finish() { s.unfinished("") }

func lastElement(pkg string) string { return pkg[strings.LastIndexByte(pkg, '/')+1:] }
