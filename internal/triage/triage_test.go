package triage

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/testshared"
)

var at = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

func score(f float64) *float64 { return &f }

const (
	total31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
	local31 = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"
)

func TestEvaluate(t *testing.T) {
	kev := time.Date(2025, 12, 5, 0, 0, 0, 0, time.UTC)
	open := Context{Exposure: "open", Mission: "mission failure", Safety: "critical", ValueDensity: "concentrated", WellBeing: "high"}
	for _, c := range []struct {
		name    string
		tree    Tree
		facts   Facts
		about   Context
		action  Action
		vector  string
		assumed string // keys of the steps that were assumed
	}{
		{"exploited, all told", Deployer, Facts{Exploited: kev, CVSS: []string{total31}}, open, Immediate,
			"SSVCv2/E:A/EXP:O/A:Y/SI:R/MI:MF/HI:VH/DSOI:I/2026-09-01T00:00:00Z/", ""},
		{"supplier, all told", Supplier, Facts{Exploited: kev, CVSS: []string{total31}}, open, Immediate,
			"SSVCv2/E:A/A:Y/VD:C/U:S/TI:T/SI:R/PSI:S/DSOI:I/2026-09-01T00:00:00Z/", ""},
		{"coordinator", Coordinator, Facts{Exploited: kev, CVSS: []string{total31}}, open, Act,
			"SSVCv2/E:A/A:Y/TI:T/MWI:H/CISA:AC/2026-09-01T00:00:00Z/", ""},
		{"nothing known", Supplier, Facts{}, Context{}, OutOfCycle,
			"SSVCv2/E:N/A:N/VD:D/U:L/TI:T/SI:M/PSI:S/DSOI:O/2026-09-01T00:00:00Z/", "E A VD TI SI"},
		{"harmless", Deployer, Facts{EPSS: score(0), EPSSFrom: 0.1, CVSS: []string{local31}}, Context{Exposure: "small", Mission: "degraded", Safety: "negligible"}, Defer,
			"SSVCv2/E:N/EXP:S/A:N/SI:N/MI:D/HI:L/DSOI:D/2026-09-01T00:00:00Z/", ""},
		{"a high score makes an exploit likely", Deployer, Facts{EPSS: score(0.1), EPSSFrom: 0.1, CVSS: []string{local31}}, Context{}, Scheduled,
			"SSVCv2/E:P/EXP:O/A:N/SI:M/MI:MSC/HI:L/DSOI:S/2026-09-01T00:00:00Z/", "E EXP SI MI"},
		{"a person knows of an exploit", Deployer, Facts{Exploit: "active", EPSS: score(0), CVSS: []string{local31}}, Context{}, Scheduled,
			"SSVCv2/E:A/EXP:O/A:N/SI:M/MI:MSC/HI:L/DSOI:S/2026-09-01T00:00:00Z/", "EXP SI MI"},
		{"CVSS 4 says it", Deployer, Facts{EPSS: score(0), CVSS: []string{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A/AU:N"}}, Context{}, Scheduled,
			"SSVCv2/E:A/EXP:O/A:N/SI:M/MI:MSC/HI:L/DSOI:S/2026-09-01T00:00:00Z/", "EXP SI MI"},
	} {
		r := Evaluate(c.tree, c.facts, c.about, at)
		if r.Action != c.action || r.Vector != c.vector {
			t.Errorf("%s: %s %s, want %s %s", c.name, r.Action, r.Vector, c.action, c.vector)
		}
		var assumed []string
		for _, s := range r.Steps {
			if s.Assumed {
				assumed = append(assumed, short(s.Point))
			}
			if s.Source.JA == "" || s.Source.EN == "" || s.Name == "" {
				t.Errorf("%s: step without a source or a name: %+v", c.name, s)
			}
		}
		if got := strings.Join(assumed, " "); got != c.assumed || r.Assumed != (c.assumed != "") {
			t.Errorf("%s: assumed %q, want %q", c.name, got, c.assumed)
		}
	}
}

func TestContextRefused(t *testing.T) {
	var e *lang.Error
	if err := (Context{Exposure: "wide"}).Validate(); !errors.As(err, &e) || e.Kind != lang.Usage || !strings.Contains(e.Next.EN, "small, controlled, open") {
		t.Errorf("got %v", err)
	}
	if err := (Context{Mission: "mef failure", Safety: "Marginal"}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestUrgent(t *testing.T) {
	if a := Urgent(Result{Action: Scheduled}, Result{Action: OutOfCycle}); a.Action != OutOfCycle {
		t.Errorf("got %s", a.Action)
	}
	if a := Urgent(Result{Action: Immediate}, Result{Action: Defer}); a.Action != Immediate {
		t.Errorf("got %s", a.Action)
	}
}

// TestAgainstCISA holds what is read out of CVSS vectors against what CISA's analysts answered about the same records.
func TestAgainstCISA(t *testing.T) {
	checked, automatable, impact := 0, 0, 0
	for _, b := range testshared.Files(t, "ssvc", "vulnrichment.tar.gz") {
		said, vectors := enriched(t, b)
		a, ok := fromVectors("A", vectors)
		ti, ok2 := fromVectors("TI", vectors)
		if !ok || !ok2 || said["automatable"] == "" || said["technical impact"] == "" {
			continue
		}
		checked++
		if pointOf("A").name(a.key) == said["automatable"] {
			automatable++
		}
		if pointOf("TI").name(ti.key) == said["technical impact"] {
			impact++
		}
	}
	t.Logf("%d records: automatable agrees in %d, technical impact in %d", checked, automatable, impact)
	if checked < 400 || automatable*100 < checked*94 || impact*100 < checked*94 {
		t.Errorf("of %d, automatable agrees in %d, technical impact in %d", checked, automatable, impact)
	}
}

// enriched gives the SSVC answers and the CVSS vectors of a CVE record.
func enriched(t *testing.T, b []byte) (said map[string]string, vectors []string) {
	type container struct {
		Metrics []map[string]json.RawMessage `json:"metrics"`
	}
	var record struct {
		Containers struct {
			CNA container   `json:"cna"`
			ADP []container `json:"adp"`
		} `json:"containers"`
	}
	if err := json.Unmarshal(b, &record); err != nil {
		t.Fatal(err)
	}
	said = map[string]string{}
	for _, c := range append([]container{record.Containers.CNA}, record.Containers.ADP...) {
		for _, m := range c.Metrics {
			for _, kind := range []string{"cvssV4_0", "cvssV3_1", "cvssV3_0"} {
				var v struct{ VectorString string }
				if json.Unmarshal(m[kind], &v) == nil && v.VectorString != "" {
					vectors = append(vectors, v.VectorString)
				}
			}
			var other struct {
				Type    string
				Content struct{ Options []map[string]string }
			}
			if json.Unmarshal(m["other"], &other) == nil && other.Type == "ssvc" {
				for _, o := range other.Content.Options {
					for k, v := range o {
						said[strings.ToLower(k)] = strings.ToLower(v)
					}
				}
			}
		}
	}
	return said, vectors
}

func BenchmarkEvaluate(b *testing.B) {
	for b.Loop() {
		Evaluate(Supplier, Facts{EPSS: score(0.2), EPSSFrom: 0.1, CVSS: []string{total31}}, Context{}, at)
	}
}
