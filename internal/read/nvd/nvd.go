// Package nvd reads records of NVD, the National Vulnerability Database, in the JSON of its API 2.0: pages of the API and
// the yearly files, plain or gzip.
//
// Start from [Read].
package nvd

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// The limits of a file. A real year has about 300 MB.
const (
	maxBytes    = 4 << 30
	maxProblems = 100 // further ones are only counted
)

// Record is what NVD says of a CVE.
type Record struct {
	ID          string
	Status      string // Analyzed, Awaiting Analysis, Rejected …
	Published   time.Time
	Modified    time.Time
	Description string   // in English
	CVSS        []string // vectors: NVD's own first, then those of others
	CWEs        []string // sorted
	Matches     []Match
}

// Rejected reports whether the CVE was taken back.
func (r Record) Rejected() bool { return strings.EqualFold(r.Status, "Rejected") }

// Match is one vulnerable product of a record's configurations: a CPE name with its version, or a range of versions.
type Match struct {
	CPE            string `json:"cpe"`
	StartIncluding string `json:"from,omitempty"`
	StartExcluding string `json:"after,omitempty"`
	EndIncluding   string `json:"to,omitempty"`
	EndExcluding   string `json:"before,omitempty"`
	Together       bool   `json:"together,omitempty"` // vulnerable only together with another product of the configuration
}

// record is a record as the API writes it.
type record struct {
	CVE struct {
		ID           string `json:"id"`
		Status       string `json:"vulnStatus"`
		Published    moment `json:"published"`
		Modified     moment `json:"lastModified"`
		Descriptions []struct {
			Lang  string `json:"lang"`
			Value string `json:"value"`
		} `json:"descriptions"`
		Metrics    map[string]json.RawMessage `json:"metrics"`
		Weaknesses []struct {
			Description []struct {
				Value string `json:"value"`
			} `json:"description"`
		} `json:"weaknesses"`
		Configurations []struct {
			Operator string `json:"operator"`
			Nodes    []struct {
				Negate  bool `json:"negate"`
				Matches []struct {
					Vulnerable     bool   `json:"vulnerable"`
					Criteria       string `json:"criteria"`
					StartIncluding string `json:"versionStartIncluding"`
					StartExcluding string `json:"versionStartExcluding"`
					EndIncluding   string `json:"versionEndIncluding"`
					EndExcluding   string `json:"versionEndExcluding"`
				} `json:"cpeMatch"`
			} `json:"nodes"`
		} `json:"configurations"`
	} `json:"cve"`
}

// metrics are the kinds of rating that carry a CVSS vector, the newest version first.
var metrics = []string{"cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"}

// moment is a time as NVD writes it: without a zone, in UTC.
type moment time.Time

func (m *moment) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	for _, form := range []string{"2006-01-02T15:04:05.999", time.RFC3339Nano} {
		if t, err := time.Parse(form, s); err == nil {
			*m = moment(t.UTC())
			return nil
		}
	}
	return fmt.Errorf("%q is no time", s)
}

// Read hands every record of a file to each. A record that cannot be read is left out and told as a problem.
func Read(r io.Reader, each func(Record) error) ([]fact.Problem, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, refuse(err)
		}
		buffered = bufio.NewReaderSize(z, 1<<16)
	}
	limited := &io.LimitedReader{R: buffered, N: maxBytes}
	d := json.NewDecoder(limited)
	if err := toRecords(d); err != nil {
		return nil, refuse(err)
	}
	var problems []fact.Problem
	bad := 0
	for i := 0; d.More(); i++ {
		var raw record
		err := d.Decode(&raw)
		var ours *json.UnmarshalTypeError
		if err != nil && !errors.As(err, &ours) && !isMoment(err) {
			return problems, refuse(err) // the JSON itself: nothing after it can be found
		}
		if err == nil && raw.CVE.ID == "" {
			err = errors.New("cve.id is missing")
		}
		if err != nil {
			if bad++; bad <= maxProblems {
				problems = append(problems, fact.Problem{Where: fmt.Sprintf("/vulnerabilities/%d", i),
					What: lang.F("この記録は読み取れないため除外しました(%v)", "this record cannot be read and was left out (%v)", err)})
			}
			continue
		}
		if err := each(raw.plain()); err != nil {
			return problems, err
		}
	}
	if _, err := d.Token(); err != nil {
		return problems, refuse(err) // the list does not end: it is cut off
	}
	if bad > maxProblems {
		problems = append(problems, fact.Problem{What: lang.F("ほかに %d 件を除外しました", "%d more were left out", bad-maxProblems)})
	}
	return problems, nil
}

// isMoment reports whether an error is about a time and not about the JSON.
func isMoment(err error) bool { return strings.Contains(err.Error(), "is no time") }

// toRecords goes to the first element of the list of records.
func toRecords(d *json.Decoder) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("it is no JSON object"), err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == "vulnerabilities" {
			t, err := d.Token()
			if err != nil || t != json.Delim('[') {
				return errors.New("vulnerabilities is no list")
			}
			return nil
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return errors.New("vulnerabilities is missing")
}

func (r record) plain() Record {
	out := Record{ID: r.CVE.ID, Status: r.CVE.Status, Published: time.Time(r.CVE.Published), Modified: time.Time(r.CVE.Modified)}
	for _, d := range r.CVE.Descriptions {
		if d.Lang == "en" && out.Description == "" {
			out.Description = d.Value
		}
	}
	for _, kind := range metrics {
		for _, primary := range []bool{true, false} {
			out.CVSS = vectors(out.CVSS, r.CVE.Metrics[kind], primary)
		}
	}
	for _, w := range r.CVE.Weaknesses {
		for _, d := range w.Description {
			if strings.HasPrefix(d.Value, "CWE-") {
				out.CWEs = append(out.CWEs, d.Value)
			}
		}
	}
	slices.Sort(out.CWEs)
	out.CWEs = slices.Compact(out.CWEs)
	for _, c := range r.CVE.Configurations {
		for _, n := range c.Nodes {
			for _, m := range n.Matches {
				if m.Vulnerable && !n.Negate && m.Criteria != "" {
					out.Matches = append(out.Matches, Match{m.Criteria, m.StartIncluding, m.StartExcluding, m.EndIncluding, m.EndExcluding,
						strings.EqualFold(c.Operator, "AND") && len(c.Nodes) > 1})
				}
			}
		}
	}
	return out
}

// vectors appends the vectors of one kind of rating, NVD's own (primary) or the others.
func vectors(out []string, raw json.RawMessage, primary bool) []string {
	var list []struct {
		Type string `json:"type"`
		Data struct {
			Vector string `json:"vectorString"`
		} `json:"cvssData"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return out
	}
	for _, m := range list {
		if v := m.Data.Vector; (m.Type == "Primary") == primary && v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func refuse(err error) error {
	return &lang.Error{Kind: lang.Unreadable, Err: err,
		What: lang.T("NVD のデータ（API 2.0 の JSON）として読めません", "it cannot be read as NVD data in the JSON of API 2.0"),
		Why:  lang.F("%v", "%v", err),
		Next: lang.T("NVD の年別ファイル（nvdcve-2.0-年.json.gz）か、API の応答を指定してください", "give a yearly file of NVD (nvdcve-2.0-YEAR.json.gz) or an answer of its API")}
}
