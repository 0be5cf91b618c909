// Package osquery reads how endpoints and hosts stand against the settings they should have, in the JSON of the programs
// that look at them:
//
//   - the result log of osquery, one object a line or in a list, with "columns" or "snapshot"
//     (https://osquery.readthedocs.io/en/stable/deployment/logging/);
//   - Fleet: a host, or hosts, with their "policies", and the message about hosts that fail a policy
//     (https://fleetdm.com/docs/rest-api/rest-api, hosts; using-fleet/automations);
//   - the plain form {"host": …, "checks": [{"name": …, "status": …}]}, and lists of rows with host, check and status.
//
// A row counts when one of its columns says whether the setting holds: status, result, response, pass, passed, compliant
// or outcome. Other rows are counted and passed over: what they mean only their query knows.
//
// Start from [Read].
package osquery

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// Limits on what is kept of one document.
const (
	maxHosts  = 10_000
	maxChecks = 1_000 // of one host
)

// The columns in which rows say what they are about, in the order in which they are looked for.
var (
	hostColumns    = []string{"hostIdentifier", "host_identifier", "hostname", "host_name", "computer_name", "display_name", "device", "host"}
	checkColumns   = []string{"check", "check_name", "policy", "policy_name", "control", "rule", "setting", "title", "name"}
	verdictColumns = []string{"status", "result", "response", "pass", "passed", "compliant", "outcome"}
	timeColumns    = []string{"unixTime", "unix_time", "calendarTime", "policy_updated_at", "checked_at", "measured_at", "timestamp", "time", "at", "date", "detail_updated_at"}
)

// Match reports whether the first object of the document is one of the shapes above.
func Match(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) > 0 && b[0] == '[' {
		b = bytes.TrimLeft(b[1:], " \t\r\n")
	}
	if len(b) == 0 || b[0] != '{' {
		return false
	}
	m := map[string][]byte{}
	for name, value := range input.Members(b) {
		m[string(name)] = value
	}
	has := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return m[n] != nil })
	}
	log := m["hostIdentifier"] != nil && (m["columns"] != nil || m["snapshot"] != nil)
	host := has(hostColumns) && (m["checks"] != nil || m["policies"] != nil)
	row := has(hostColumns) && has(checkColumns) && has(verdictColumns)
	return log || host || row || within(m["host"], "policies", "checks") || within(first(m["hosts"]), "policies", "checks") ||
		m["policy"] != nil && within(first(m["hosts"]), hostColumns...)
}

// first gives a list from its first element on.
func first(list []byte) []byte {
	list = bytes.TrimLeft(list, " \t\r\n")
	if len(list) == 0 || list[0] != '[' {
		return nil
	}
	return bytes.TrimLeft(list[1:], " \t\r\n")
}

func within(object []byte, names ...string) bool {
	if len(object) == 0 || object[0] != '{' {
		return false
	}
	for name := range input.Members(object) {
		if slices.Contains(names, string(name)) {
			return true
		}
	}
	return false
}

// Read reads one document. The fact is a *fact.Endpoints, observed when the newest result was.
func Read(b []byte) (fact.Reading, error) {
	r, err := read(b)
	return r, input.Renamed(err, "osquery", lang.T("示した箇所を直すか、ホスト名・検査項目・結果（pass、fail）を持つJSONを出力し直してください。",
		"Correct the place shown, or write the results again as JSON with host, check and result (pass, fail)."))
}

func read(b []byte) (fact.Reading, error) {
	text, err := input.Text(b)
	if err != nil {
		return fact.Reading{}, err
	}
	x := &extraction{hosts: map[string]*host{}, format: "checks"}
	if err := x.document(text); err != nil {
		return fact.Reading{}, err
	}
	if x.rows == 0 {
		return fact.Reading{}, input.Refuse("", lang.F("設定が満たされているかを示す列（%s）を持つ行がありません", "no row has a column that says whether a setting holds (%s)", strings.Join(verdictColumns, ", ")))
	}
	e := x.endpoints()
	r := fact.Reading{Type: "osquery", Version: x.format, Facts: []fact.Fact{{Kind: fact.KindEndpoints, ObservedAt: x.newest, Data: e}},
		Summary: map[string]any{"hosts": len(e.Hosts), "passed": e.Passed, "failed": e.Failed, "unknown": e.Unknown}}
	if x.mute > 0 {
		r.Problems = append(r.Problems, fact.Problem{What: lang.F("設定が満たされているかを示していない行が%d行あり、読み飛ばしました", "%d rows that do not say whether a setting holds were passed over", x.mute)})
	}
	if x.timeless {
		r.Problems = append(r.Problems, fact.Problem{What: lang.T("いつの結果かが書かれていないホストがあり、受け取った時を用います", "some hosts do not tell when they were looked at; the time of arrival is taken")})
	}
	return r, nil
}

type host struct {
	name   string
	at     time.Time
	checks map[string]fact.HostCheck
}

type extraction struct {
	format string
	hosts  map[string]*host
	rows   int // that count
	mute   int // that do not
	newest time.Time

	timeless bool
}

// document reads a value, or one object a line.
func (x *extraction) document(text []byte) error {
	if oneALine(text) {
		n := 0
		for line := range bytes.Lines(text) {
			n++
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			at := fmt.Sprintf("line %d", n)
			doc, err := input.JSON(bytes.TrimSpace(line))
			if err != nil {
				return input.Refuse(at, lang.T("JSONとして読めない行です", "the line is not JSON"))
			}
			if err := x.entry(doc, at); err != nil {
				return err
			}
		}
		return nil
	}
	doc, err := input.JSON(text)
	if err != nil {
		return err
	}
	list, many := doc.([]any)
	if !many {
		return x.entry(doc, "")
	}
	for i, d := range list {
		if err := x.entry(d, input.Pointer("", strconv.Itoa(i))); err != nil {
			return err
		}
	}
	return nil
}

// oneALine reports whether the first line is an object and another follows.
func oneALine(text []byte) bool {
	line, rest, found := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	if !found || len(line) == 0 || line[0] != '{' || len(bytes.TrimSpace(rest)) == 0 {
		return false
	}
	_, err := input.JSON(bytes.TrimSpace(line))
	return err == nil
}

// entry reads one object: a line of the log, a host, several hosts, or a row.
func (x *extraction) entry(doc any, place string) error {
	members, ok := doc.(map[string]any)
	if !ok {
		return input.Refuse(place, lang.T("オブジェクトではありません", "it is not an object"))
	}
	o := input.Object{Members: members, Place: place}
	switch {
	case o.Has("columns") || o.Has("snapshot"):
		return x.log(o)
	case o.Has("policy") && o.Has("hosts"):
		return x.failing(o)
	case o.Has("hosts"):
		hosts, err := o.Objects("hosts")
		if err != nil {
			return err
		}
		for _, h := range hosts {
			if err := x.host(h); err != nil {
				return err
			}
		}
		return nil
	case o.Has("checks") || o.Has("policies"):
		return x.host(o)
	}
	if inner := o.Child("host"); len(inner.Members) > 0 {
		return x.host(inner)
	}
	name, err := hostOf(o)
	if err != nil {
		return err
	}
	return x.row(name, at(o), "", o)
}

// log reads a line of osquery's result log: rows that were added, or all rows of a snapshot.
func (x *extraction) log(o input.Object) error {
	x.format = "osquery"
	name, err := hostOf(o)
	if err != nil || o.Text("action") == "removed" {
		return err
	}
	rows := o.List("snapshot")
	if o.Has("columns") {
		rows = append(rows, o.Child("columns"))
	}
	for _, r := range rows {
		if err := x.row(name, at(o), o.Text("name"), r); err != nil {
			return err
		}
	}
	return nil
}

// host reads one host with its checks (Fleet calls them policies).
func (x *extraction) host(o input.Object) error {
	name, err := hostOf(o)
	if err != nil {
		return err
	}
	list := "checks"
	if !o.Has(list) {
		list, x.format = "policies", "Fleet"
	}
	checks, err := o.Objects(list)
	if err != nil {
		return err
	}
	for _, c := range checks {
		when := at(c)
		if when.IsZero() {
			when = at(o)
		}
		if err := x.row(name, when, "", c); err != nil {
			return err
		}
	}
	return nil
}

// failing reads Fleet's message about the hosts that fail a policy.
func (x *extraction) failing(o input.Object) error {
	x.format = "Fleet"
	policy, err := o.Child("policy").Need("name")
	if err != nil {
		return err
	}
	hosts, err := o.Objects("hosts")
	if err != nil {
		return err
	}
	for _, h := range hosts {
		name, err := hostOf(h)
		if err != nil {
			return err
		}
		if err := x.add(name, fact.HostCheck{Name: policy, Holds: fact.AnswerNo, At: at(o), Pointer: h.Place}); err != nil {
			return err
		}
	}
	return nil
}

func hostOf(o input.Object) (string, error) {
	for _, c := range hostColumns {
		if name := word(o, c); name != "" {
			return name, nil
		}
	}
	return "", input.Refuse(o.At("host"), lang.T("どのホストの結果かが書かれていません", "it does not tell of which host it is"))
}

// row reads one result. Its check goes by the row's own column, else by the name of the query.
func (x *extraction) row(name string, when time.Time, query string, o input.Object) error {
	verdict := slices.IndexFunc(verdictColumns, func(c string) bool { return o.Members[c] != nil })
	if verdict < 0 {
		x.mute++
		return nil
	}
	check := query
	for _, c := range checkColumns {
		if w := word(o, c); w != "" {
			check = w
			break
		}
	}
	if check == "" {
		return input.Refuse(o.At("name"), lang.T("何を確かめた結果かが書かれていません", "it does not tell what was checked"))
	}
	return x.add(name, fact.HostCheck{Name: check, Holds: holds(word(o, verdictColumns[verdict])), At: when, Pointer: o.Place})
}

// add keeps a result: of two of one check on one host the later, of two at one time the latter.
func (x *extraction) add(name string, c fact.HostCheck) error {
	x.rows++
	h := x.hosts[name]
	if h == nil {
		if len(x.hosts) == maxHosts {
			return input.Refuse(c.Pointer, lang.F("ホストが%d台を超えています", "there are more than %d hosts", maxHosts))
		}
		h = &host{name: name, checks: map[string]fact.HostCheck{}}
		x.hosts[name] = h
	}
	if have, known := h.checks[c.Name]; known && have.At.After(c.At) {
		return nil
	} else if !known && len(h.checks) == maxChecks {
		return input.Refuse(c.Pointer, lang.F("1台のホストの検査項目が%d件を超えています", "one host has more than %d checks", maxChecks))
	}
	h.checks[c.Name] = c
	if c.At.IsZero() {
		x.timeless = true
	}
	h.at, x.newest = latest(h.at, c.At), latest(x.newest, c.At)
	return nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (x *extraction) endpoints() *fact.Endpoints {
	e := &fact.Endpoints{Format: x.format, Hosts: []fact.Host{}}
	for _, name := range slices.Sorted(maps.Keys(x.hosts)) {
		h := fact.Host{Name: name, At: x.hosts[name].at, Checks: []fact.HostCheck{}}
		for _, check := range slices.Sorted(maps.Keys(x.hosts[name].checks)) {
			c := x.hosts[name].checks[check]
			switch c.Holds {
			case fact.AnswerYes:
				e.Passed++
			case fact.AnswerNo:
				e.Failed++
			default:
				e.Unknown++
			}
			h.Checks = append(h.Checks, c)
		}
		e.Hosts = append(e.Hosts, h)
	}
	return e
}

// holds understands the words in which a result is told. An error of the query, and no answer, tell nothing.
func holds(word string) fact.Answer {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "pass", "passed", "passing", "ok", "true", "yes", "1", "compliant", "success", "on", "enabled":
		return fact.AnswerYes
	case "fail", "failed", "failing", "false", "no", "0", "noncompliant", "non-compliant", "non_compliant", "off", "disabled":
		return fact.AnswerNo
	}
	return fact.AnswerUnknown
}

// word gives a column as text, whether it is written as text, number or truth.
func word(o input.Object, name string) string {
	switch v := o.Members[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case bool:
		return strconv.FormatBool(v)
	}
	if n, ok := o.Number(name); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return ""
}

// at gives the time a result is of: seconds since 1970, the C form of osquery, or ISO 8601.
func at(o input.Object) time.Time {
	for _, c := range timeColumns {
		w := word(o, c)
		if w == "" {
			continue
		}
		if n, err := strconv.ParseInt(w, 10, 64); err == nil && n > 0 && n < 1<<33 {
			return time.Unix(n, 0).UTC()
		}
		if t, err := time.Parse("Mon Jan _2 15:04:05 2006 MST", w); err == nil {
			return t.UTC()
		}
		if t := input.Time(w); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
