package nvd

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/tasuki/internal/lang"
)

const page = `{"resultsPerPage":2,"startIndex":0,"totalResults":2,"format":"NVD_CVE","version":"2.0","vulnerabilities":[
{"cve":{"id":"CVE-2021-44228","vulnStatus":"Analyzed","published":"2021-12-10T10:15:09.143","lastModified":"2025-04-03T01:03:51.193",
 "descriptions":[{"lang":"es","value":"otro"},{"lang":"en","value":"JNDI features do not protect"}],
 "metrics":{"cvssMetricV31":[{"source":"a","type":"Secondary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:N"}},
  {"source":"nvd","type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}}],
  "cvssMetricV2":[{"type":"Primary","cvssData":{"vectorString":"AV:N/AC:M/Au:N/C:C/I:C/A:C"}}],"ssvcV203":[1]},
 "weaknesses":[{"type":"Primary","description":[{"lang":"en","value":"CWE-917"},{"lang":"en","value":"NVD-CWE-noinfo"}]},{"description":[{"value":"CWE-502"},{"value":"CWE-917"}]}],
 "configurations":[{"operator":"AND","nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:o:siemens:fw:*:*:*:*:*:*:*:*","versionEndExcluding":"2.7.0"}]},
   {"operator":"OR","cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:h:siemens:hw:-:*:*:*:*:*:*:*"}]}]},
  {"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*","versionStartIncluding":"2.0.1","versionEndExcluding":"2.3.1"}]}]}]}},
{"cve":{"id":"CVE-2020-0001","vulnStatus":"Rejected","published":"2020-01-01T00:00:00.000","lastModified":"2020-01-02T00:00:00.000","descriptions":[]}}],"timestamp":"x"}`

func all(t *testing.T, b []byte) (out []Record) {
	t.Helper()
	problems, err := Read(bytes.NewReader(b), func(r Record) error { out = append(out, r); return nil })
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	return out
}

func TestRead(t *testing.T) {
	got := all(t, []byte(page))
	if len(got) != 2 || !got[1].Rejected() || got[0].Rejected() {
		t.Fatalf("got %+v", got)
	}
	r := got[0]
	if r.Description != "JNDI features do not protect" || r.Published.Format("2006-01-02T15:04:05.000Z07:00") != "2021-12-10T10:15:09.143Z" {
		t.Errorf("got %+v", r)
	}
	if d := cmp.Diff(r.CVSS, []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:N", "AV:N/AC:M/Au:N/C:C/I:C/A:C"}); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(r.CWEs, []string{"CWE-502", "CWE-917"}); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(r.Matches, []Match{{CPE: "cpe:2.3:o:siemens:fw:*:*:*:*:*:*:*:*", EndExcluding: "2.7.0", Together: true},
		{CPE: "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", StartIncluding: "2.0.1", EndExcluding: "2.3.1"}}); d != "" {
		t.Error(d)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(page))
	z.Close()
	if d := cmp.Diff(got, all(t, b.Bytes())); d != "" {
		t.Errorf("packed it reads otherwise: %s", d)
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{"", "[]", "{}", `{"vulnerabilities":1}`, `{"vulnerabilities":[{"cve":`, page[:len(page)/2], strings.Replace(page, `],"timestamp":"x"}`, ``, 1), "\x1f\x8bxx"} {
		if _, err := Read(strings.NewReader(text), func(Record) error { return nil }); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	n := 0
	problems, err := Read(strings.NewReader(`{"vulnerabilities":[{"cve":{"id":7}},{"cve":{}},{"cve":{"id":"CVE-1","published":"soon"}},{"cve":{"id":"CVE-2"}}]}`), func(Record) error { n++; return nil })
	if err != nil || n != 1 || len(problems) != 3 {
		t.Errorf("%d read, %v, %v", n, problems, err)
	}
	stop := errors.New("stop")
	if _, err := Read(strings.NewReader(page), func(Record) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(page))
	f.Add([]byte(`{"vulnerabilities":[{"cve":{"id":"CVE-1","metrics":{"cvssMetricV31":{}}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		Read(bytes.NewReader(b), func(r Record) error {
			if r.ID == "" {
				t.Error("a record without an id")
			}
			return nil
		})
	})
}
