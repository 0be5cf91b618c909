package chart

import (
	"encoding/xml"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/golden"
	"example.org/tasuki/internal/lang"
)

var (
	japan = time.FixedZone("JST", 9*60*60)
	now   = time.Date(2026, 11, 20, 10, 30, 0, 0, japan)
)

// pictures are every kind of picture with example numbers.
func pictures(l lang.Lang) map[string]Picture {
	var days []Day
	for i := range 20 {
		days = append(days, Day{At: now.AddDate(0, 0, 7*(i-19)), N: map[string]int{"met": 10 + i, "met_with_exception": i / 8, "partly_met": 8 - i/3, "not_met": 20 - i, "not_assessed": max(0, 6-i), "not_applicable": 2}})
	}
	items := []Item{
		{Name: "S(1)-1.1 <見本> の期限", Who: "見本 編集者", Href: "/software/sw", From: now.AddDate(0, -2, 0), Due: now.AddDate(0, 0, -3), Late: true},
		{Name: "S(2)-2.3 SBOM の作成", Who: "—", From: now.AddDate(0, -1, 0), Due: now.AddDate(0, 0, 4)},
		{Name: "S(4)-1.2", Due: now.AddDate(0, 3, 0)},
	}
	return map[string]Picture{
		"status": StatusOverTime(l, "c", days, []Event{{now.AddDate(0, 0, -60), "自己適合宣言 第1号"}, {now, "第2号"}}),
		"exposure": Exposure(l, "c", []string{"見本会計 Example Ledger", "見本ゲートウェイ"}, []ExposureRow{
			{"CVE-2026-12345", "9.8", "/vulnerabilities/CVE-2026-12345", []Exposed{Affected, NotAffected}}, {"GHSA-xxxx-yyyy-zzzz", "", "", []Exposed{Investigating, ""}}, {"CVE-2025-1", "5.0", "", []Exposed{Fixed, Fixed}}}),
		"path":    Path(l, "c", "supplier", []PathStep{{"悪用の状況", "悪用が確認されている", "KEV", false}, {"自動化できるか", "できる", "", true}}, "直ちに"),
		"latency": Latency(l, "c", []int{0, 2, 2, 5, 9, 12, 40, 200}, 3),
		"pareto":  Pareto(l, "c", "原因", []Cause{{"CWE-79", 3}, {"CWE-787 境界外書き込み", 12}, {"CWE-20", 3}, {"=cmd", 1}}),
		"trend": Trend(l, "c", "重大な脆弱性", now, []TrendPoint{{now.AddDate(0, -2, 0), 3, "▲", "満たしていない", ""}, {now.AddDate(0, -1, 0), 0, "?", "値がない", "? findings"},
			{now.AddDate(0, 0, -9), 0, "●", "満たしている", ""}}, new(float64)),
		"month": Month(l, "c", now, now, items),
		"gantt": Gantt(l, "c", time.April, now, items),
		"freshness": Freshness(l, "c", now, []Fresh{{"規程.pdf", "/evidence/x", now.AddDate(0, -6, 0), now.AddDate(0, 6, 0), "S(1)-1.1"},
			{"sbom.cdx.json", "", now.AddDate(0, -2, 0), now.AddDate(0, 0, 12), ""}, {"scan.sarif", "", now.AddDate(-1, -1, 0), now.AddDate(0, 0, -8), ""}, {"来歴", "", now.AddDate(0, 0, -1), time.Time{}, ""}}),
	}
}

// Pictures are the same bytes every time; look at the difference before a golden file is written anew.
func TestPictures(t *testing.T) {
	for _, l := range []lang.Lang{lang.JA, lang.EN} {
		for name, p := range pictures(l) {
			t.Run(name+"."+string(l), func(t *testing.T) {
				golden.Compare(t, filepath.Join("testdata", name+"."+string(l)+".svg"), strings.ReplaceAll(p.SVG, "><", ">\n<")+"\n")
				checkPicture(t, p)
			})
		}
	}
}

var forbidden = regexp.MustCompile(`\sstyle=|<style|<script|\son[a-z]+=|NaN|Inf|width="-|height="-|%!`)

// checkPicture holds a picture to what every one of them owes its readers.
func checkPicture(t *testing.T, p Picture) {
	t.Helper()
	if m := forbidden.FindString(p.SVG); m != "" {
		t.Errorf("drawing has %q", m)
	}
	if p.Title == "" || p.Sentence == "" || !strings.Contains(p.SVG, "<title id=") || !strings.Contains(p.SVG, "<desc id=") {
		t.Error("title, description or sentence is missing")
	}
	d := xml.NewDecoder(strings.NewReader(p.SVG))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("no XML: %v", err)
		}
	}
	for _, row := range p.Rows {
		if len(row) != len(p.Columns) {
			t.Errorf("row %q has %d cells, want %d", row, len(row), len(p.Columns))
		}
	}
}

// Without numbers there is no drawing, and the sentence says why.
func TestNothingToDraw(t *testing.T) {
	for name, p := range map[string]Picture{"status": StatusOverTime(lang.JA, "c", nil, nil), "exposure": Exposure(lang.JA, "c", nil, nil), "latency": Latency(lang.JA, "c", nil, 2),
		"pareto": Pareto(lang.JA, "c", "原因", nil), "gantt": Gantt(lang.JA, "c", time.April, now, nil), "freshness": Freshness(lang.JA, "c", now, nil)} {
		if p.SVG != "" || p.Sentence == "" {
			t.Errorf("%s: %q, %q", name, p.SVG, p.Sentence)
		}
	}
}

func TestCSV(t *testing.T) {
	got := string(Picture{Columns: []string{"a", "b"}, Rows: [][]string{{"=1+1", "-3"}, {"＝cmd", "x,\"y\""}}}.CSV())
	want := "\ufeffa,b\r\n'=1+1,-3\r\n'＝cmd,\"x,\"\"y\"\"\"\r\n"
	if got != want {
		t.Errorf("CSV is %q, want %q", got, want)
	}
}

func TestSteps(t *testing.T) {
	for most, want := range map[int]int{0: 1, 1: 1, 4: 4, 5: 6, 69: 80, 100: 100, 101: 150, 1234: 1500} {
		got := steps(most)
		if got[len(got)-1] != want || len(got) > 5 {
			t.Errorf("steps(%d) = %v, want up to %d", most, got, want)
		}
	}
}

func TestQuantile(t *testing.T) {
	for _, tt := range []struct {
		in          []int
		tenths, out int
	}{{[]int{7}, 5, 7}, {[]int{7}, 9, 7}, {[]int{1, 2, 3, 4}, 5, 2}, {[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 9, 9}} {
		if got := quantile(tt.in, tt.tenths); got != tt.out {
			t.Errorf("quantile(%v, %d) = %d, want %d", tt.in, tt.tenths, got, tt.out)
		}
	}
}

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{{"short", []string{"short"}}, {"Example Ledger server", []string{"Example", "Ledger s…"}}, {"見本会計システム", []string{"見本会計", "システム"}}} {
		if got := lines(tt.in, 9, 2); strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("lines(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
