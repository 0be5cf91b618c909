package register

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// Limits on what a person may enter. A record is a page, not a book: long texts are documents.
const (
	MaxBytes = 1 << 20 // of one entry as JSON or YAML
	MaxText  = 20_000  // characters of a text
	MaxItems = 1_000   // of a list
	maxKey   = 200     // characters of a record's key
)

// Kinds gives every register there is.
func Kinds() []guideline.Register { return guideline.Default().Registers() }

// Kind gives a register by name, or an error that says which there are.
func Kind(name string) (guideline.Register, error) {
	if k, ok := guideline.Default().Register(name); ok {
		return k, nil
	}
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Kind)
	}
	return guideline.Register{}, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」という台帳はありません", "there is no register %q", name),
		Next: lang.F("次のいずれかを指定してください: %s", "name one of: %s", strings.Join(names, ", "))}
}

// An Entry is what a person or a script hands in for a record: `tasuki record put KIND FILE`.
type Entry struct {
	Key        string         `yaml:"key" json:"key"`
	Subject    string         `yaml:"subject,omitempty" json:"subject,omitempty"`         // id of the party, software, release or system; empty: own organisation
	ValidUntil string         `yaml:"valid_until,omitempty" json:"valid_until,omitempty"` // ISO day: last day it holds
	Data       map[string]any `yaml:"data" json:"data"`
}

// Read reads entries for a register from YAML or JSON: one entry or a list of them. Every problem is given with its
// place; entries come back only when there is none. Data is validated and normalised (see [Validate]).
func Read(kind guideline.Register, raw []byte) ([]Entry, []fact.Problem, error) {
	if len(raw) > MaxBytes {
		return nil, nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("入力が上限の %d バイトを超えています", "the input is larger than the limit of %d bytes", MaxBytes)}
	}
	entries, err := decodeEntries(raw)
	if err != nil {
		return nil, nil, &lang.Error{Kind: lang.Unreadable, What: lang.T("記録をYAMLまたはJSONとして読めません", "the record cannot be read as YAML or JSON"),
			Why: lang.T(err.Error(), err.Error()), Err: err}
	}
	var problems []fact.Problem
	for i := range entries {
		at := ""
		if len(entries) > 1 {
			at = "/" + itoa(i)
		}
		e := &entries[i]
		if strings.TrimSpace(e.Key) == "" || utf8.RuneCountInString(e.Key) > maxKey {
			problems = append(problems, fact.Problem{Where: at + "/key", What: lang.T("記録を見分ける名前（200字以内）が必要です", "a name that tells the record from others is needed (at most 200 characters)")})
		}
		if e.ValidUntil != "" && !isDay(e.ValidUntil) {
			problems = append(problems, fact.Problem{Where: at + "/valid_until", What: dayWanted})
		}
		data, ps := Validate(kind, e.Data)
		for _, p := range ps {
			p.Where = at + "/data" + p.Where
			problems = append(problems, p)
		}
		e.Data = data
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	return entries, nil, nil
}

// Until gives the moment an entry stops to hold: the end of its last day in Japan. Zero when it names none.
func (e Entry) Until() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, e.ValidUntil, calendar.Japan)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1).UTC()
}

// decodeEntries decodes one entry or a list. The YAML library panics on some malformed input (found by fuzzing: a tag
// before a scalar); what it cannot take is an error like any other.
func decodeEntries(raw []byte) (entries []Entry, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			entries, err = nil, fmt.Errorf("malformed YAML: %v", fault)
		}
	}()
	if deep(raw, 30) {
		return nil, errors.New("nested too deeply")
	}
	var one Entry
	d := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	errOne := d.Decode(&one)
	if errOne == nil {
		var more any
		if err := d.Decode(&more); !errors.Is(err, io.EOF) {
			return nil, errors.New("more than one document")
		}
		return []Entry{one}, nil
	}
	var many []Entry
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&many); err != nil || len(many) == 0 {
		return nil, errOne
	}
	return many, nil
}

// deep reports whether brackets nest, or lines are indented, deeper than a record can be. Aliases are refused too: they
// can blow a small text up.
func deep(raw []byte, most int) bool {
	depth := 0
	for _, b := range raw {
		switch b {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if depth > most {
			return true
		}
	}
	return indented(raw, 200) || aliases().Match(raw)
}

func indented(raw []byte, most int) bool {
	for line := range bytes.Lines(raw) {
		if rest := bytes.TrimLeft(line, " -"); len(line)-len(rest) > most && len(rest) > 1 {
			return true
		}
	}
	return false
}

var aliases = pattern.Of(`(?m)(^|[\s:\[,-])\*[A-Za-z0-9_-]+\s*($|[,\]}])`)

var dayWanted = lang.T("日付は 2027-03-31 の形で書いてください", "write the day as 2027-03-31")

// Validate holds what was entered against a register's fields. It gives the data with normalised values (text trimmed,
// numbers float64, lists []string) and every problem with its place (/field). Unknown fields are problems, not ignored.
func Validate(kind guideline.Register, in map[string]any) (map[string]any, []fact.Problem) {
	out := map[string]any{}
	var problems []fact.Problem
	for _, f := range kind.Fields {
		v, given := in[f.Name]
		if !given || v == nil {
			if f.Required {
				problems = append(problems, fact.Problem{Where: "/" + f.Name, What: lang.F("「%s」は必須です", "%q is required", f.Title)})
			}
			continue
		}
		got, bad := value(f, v)
		switch {
		case !bad.IsZero():
			problems = append(problems, fact.Problem{Where: "/" + f.Name, What: bad})
		case f.Required && empty(got):
			problems = append(problems, fact.Problem{Where: "/" + f.Name, What: lang.F("「%s」は必須です", "%q is required", f.Title)})
		case !empty(got):
			out[f.Name] = got
		}
	}
	var unknown []string
	for name := range in {
		if _, ok := kind.Field(name); !ok && !slices.Contains(kind.Gone, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		problems = append(problems, fact.Problem{Where: "/" + name, What: lang.F("「%[2]s」に「%[1]s」という項目はありません", "%[2]s has no field %[1]q", name, kind.Title)})
	}
	return out, problems
}

func empty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	}
	return false
}

// value reads one value as its field's type; the text says what is wrong, empty when nothing is.
func value(f guideline.RegisterField, v any) (any, lang.Text) {
	switch f.Type {
	case guideline.NumberField:
		return number(v)
	case guideline.BoolField:
		if b, ok := v.(bool); ok {
			return b, lang.Text{}
		}
		return nil, lang.T("true または false で書いてください", "write true or false")
	case guideline.ListField, guideline.TopicsField, guideline.RecordsField:
		return list(f, v)
	}
	s, ok := v.(string)
	if t, isTime := v.(time.Time); isTime && f.Type == guideline.DateField { // YAML reads a bare day as a time
		s, ok = t.Format(time.DateOnly), true
	}
	if !ok {
		return nil, lang.T("文字列で書いてください", "write a text")
	}
	return text(f, strings.TrimSpace(s))
}

func number(v any) (any, lang.Text) {
	var n float64
	switch v := v.(type) {
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	case uint64:
		n = float64(v)
	case float64:
		n = v
	default:
		return nil, lang.T("数値で書いてください", "write a number")
	}
	if math.IsNaN(n) || math.IsInf(n, 0) || math.Abs(n) > 1e15 {
		return nil, lang.T("数値が範囲外です", "the number is out of bounds")
	}
	return n, lang.Text{}
}

func list(f guideline.RegisterField, v any) (any, lang.Text) {
	var items []string
	if one, ok := v.(string); ok && f.Type == guideline.RecordsField { // one key need not stand in a list
		v = []string{strings.TrimSpace(one)}
	}
	switch v := v.(type) {
	case []string:
		items = slices.Clone(v)
	case []any:
		for _, x := range v {
			s, ok := x.(string)
			if !ok {
				return nil, lang.T("文字列の並びで書いてください", "write a list of texts")
			}
			items = append(items, strings.TrimSpace(s))
		}
	default:
		return nil, lang.T("文字列の並びで書いてください", "write a list of texts")
	}
	if len(items) > MaxItems {
		return nil, lang.F("%d 件までです", "at most %d entries", MaxItems)
	}
	items = slices.DeleteFunc(items, func(s string) bool { return s == "" })
	for _, s := range items {
		if utf8.RuneCountInString(s) > MaxText {
			return nil, lang.F("%d 字以内で書いてください", "at most %d characters", MaxText)
		}
		if f.Type == guideline.TopicsField && !hasChoice(f, s) {
			return nil, unknownChoice(f, s)
		}
	}
	if f.Type == guideline.RecordsField {
		return names(f, items)
	}
	return items, lang.Text{}
}

func hasChoice(f guideline.RegisterField, id string) bool {
	return slices.ContainsFunc(f.Choices, func(c guideline.Choice) bool { return c.ID == id })
}

func unknownChoice(f guideline.RegisterField, got string) lang.Text {
	var ids []string
	for _, c := range f.Choices {
		ids = append(ids, c.ID)
	}
	return lang.F("「%s」は選べません。次から選んでください: %s", "%q is not a choice; choose from: %s", got, strings.Join(ids, ", "))
}

var digestForm = pattern.Of(`^sha256:[0-9a-f]{64}$`)

func text(f guideline.RegisterField, s string) (any, lang.Text) {
	if s == "" {
		return "", lang.Text{}
	}
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxText {
		return nil, lang.F("%d 字以内で書いてください", "at most %d characters", MaxText)
	}
	bad := lang.Text{}
	switch f.Type {
	case guideline.RecordField:
		return name(f, s)
	case guideline.DateField:
		if !isDay(s) {
			bad = dayWanted
		}
	case guideline.TimeField:
		if s, ok := minute(s); ok {
			return s, lang.Text{}
		}
		bad = lang.T("日時は 2027-03-31T09:30 の形（日本時間）で書いてください", "write the time as 2027-03-31T09:30, as it is in Japan")
	case guideline.ChoiceField:
		if !hasChoice(f, s) {
			bad = unknownChoice(f, s)
		}
	case guideline.PURLField:
		if !strings.HasPrefix(s, "pkg:") || s == "pkg:*" || s == "pkg:" || strings.ContainsAny(s, " \t\n") {
			bad = lang.T("pkg:npm/lodash または pkg:golang/example.org/* の形で書いてください", "write it as pkg:npm/lodash or pkg:golang/example.org/*")
		}
	case guideline.DocumentField:
		if !digestForm().MatchString(s) {
			bad = lang.T("文書のダイジェスト（sha256: と64桁の16進数）を書いてください", "write the digest of a document: sha256: and 64 hex digits")
		}
	case guideline.LinkField:
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			bad = lang.T("https:// で始まるURLを書いてください", "write a URL that begins with https://")
		}
	}
	if !bad.IsZero() {
		return nil, bad
	}
	return s, lang.Text{}
}

// minute reads a time to the minute: as the clock shows it in Japan, or anywhere with its offset.
func minute(s string) (string, bool) {
	t, err := time.Parse(Minute, s)
	if err != nil {
		if t, err = time.Parse(time.RFC3339, s); err != nil {
			return "", false
		}
		t = t.In(calendar.Japan)
	}
	return t.Format(Minute), t.Year() >= 1990 && t.Year() < 2200
}

func isDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 1990 && t.Year() < 2200
}
