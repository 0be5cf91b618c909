// Package schema holds JSON documents to the JSON Schema of their format (drafts 7 and 2020-12), and says in both languages
// where and why one does not obey.
//
// It works on documents as [input.Take] gives them, in one walk that makes nothing of a document that obeys. It knows the
// keywords that the schemas in third_party use; what it does not know it refuses, and never passes over. Its tests hold it
// to a library that knows them all, on thousands of documents.
//
// Start from [Compile] and [Schema.Check].
package schema

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// Schema is a schema ready for use, by many goroutines at once. A definition in it is prepared when a document first
// needs it: most documents need few.
type Schema struct{ root *rule }

// Compile takes the schema in the file called main; the others are what it may refer to, by file name. Nothing is ever
// fetched.
func Compile(in fs.FS, main string, others ...string) (*Schema, error) {
	f := &files{in: in, names: append([]string{main}, others...), docs: map[string]*input.Doc{}, ready: map[string]*rule{}}
	doc, err := f.open(main)
	if err != nil {
		return nil, err
	}
	return &Schema{f.compile(scope{main, doc}, doc.Root())}, nil
}

// files are the files of a schema, each read when it is first needed, and the rules in them that are ready.
type files struct {
	in    fs.FS
	names []string
	mu    sync.Mutex
	docs  map[string]*input.Doc
	ready map[string]*rule
}

func (f *files) open(name string) (*input.Doc, error) {
	if doc := f.docs[name]; doc != nil {
		return doc, nil
	}
	if !slices.Contains(f.names, name) {
		return nil, fmt.Errorf("schema %s is not among those given", name)
	}
	b, err := fs.ReadFile(f.in, name)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	doc, err := input.Take(b)
	if err != nil {
		return nil, fmt.Errorf("read schema %s: %w", name, err)
	}
	f.docs[name] = doc
	return doc, nil
}

// Violation is one place where a document does not obey.
type Violation struct {
	Where   string   // JSON pointer
	Path    []string // the same, as tokens
	Keyword string   // the schema's keyword: "required", "enum", "type" …
	Got     string   // for "type", the JSON type found; for "required" and "additionalProperties", the names
	What    lang.Text
}

// Check holds a document to the schema. Violations that forgive lets through are doubts, the others faults. Where the
// schema offers alternatives, one that has doubts only is good enough, and of several bad ones that with the fewest
// faults is told. Both lists are in the order of the document's pointers.
func (s *Schema) Check(doc *input.Doc, forgive func(Violation) bool) (doubts, faults []Violation) {
	quiet := walk{quiet: true}
	if quiet.obeys(s.root, doc.Root()) && !quiet.lost {
		return nil, nil
	}
	w := walk{forgive: forgive}
	w.obeys(s.root, doc.Root())
	order(w.doubts)
	order(w.faults)
	if w.lost || quiet.lost {
		w.faults = append(w.faults, Violation{Keyword: "schema", What: lang.T("形式の定めに、この版のプログラムが知らない規則があります",
			"the schema of the format has a rule that this version of the program does not know")})
	}
	return w.doubts, w.faults
}

func order(vs []Violation) {
	slices.SortStableFunc(vs, func(a, b Violation) int {
		if c := slices.CompareFunc(a.Path, b.Path, compareTokens); c != 0 {
			return c
		}
		return strings.Compare(a.What.EN, b.What.EN)
	})
}

func compareTokens(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX == nil && errY == nil {
		return x - y
	}
	return strings.Compare(a, b)
}
