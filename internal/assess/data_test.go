package assess

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read"
)

// The data of checks holds together: ids exist, roles are the requirement's, texts are in both languages and name
// values that exist.
func TestChecksHold(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range compiled().all {
		say := func(format string, args ...any) { t.Helper(); t.Errorf("%s: "+format, append([]any{k.ID}, args...)...) }
		if !regexp.MustCompile(`^[a-z][a-z0-9-]+$`).MatchString(k.ID) || seen[k.ID] {
			say("the id is odd or used twice")
		}
		seen[k.ID] = true
		in, ok := guideline.Default().Individual(k.Requirement)
		if !ok {
			say("there is no requirement %s", k.Requirement)
			continue
		}
		for _, r := range k.Roles {
			if !slices.Contains(in.Roles, r) {
				say("%s does not bear %s", r, k.Requirement)
			}
		}
		if !slices.Contains(guideline.Scopes, k.Scope) {
			say("no scope %q", k.Scope)
		}
		for name, text := range map[string]lang.Text{"title": k.Title, "pass": k.Reason.Pass, "fail": k.Reason.Fail, "unknown": k.Reason.Unknown, "remedy": k.Remedy} {
			bilingual(t, k.ID+"."+name, text)
		}
		if !k.Begin.IsZero() {
			bilingual(t, k.ID+".begin", k.Begin)
		}
		for _, typ := range k.Evidence {
			if !slices.Contains(readable, typ) {
				say("nothing reads documents of type %s", typ)
			}
		}
		for _, n := range placeholders(k.Reason.Pass) {
			if n == "names" || n == "count" {
				say("a pass names nothing")
			}
		}
		if k.names == nil && slices.ContainsFunc([]lang.Text{k.Reason.Fail, k.Reason.Unknown, k.Remedy}, func(x lang.Text) bool {
			return strings.Contains(x.JA, "{names}") || strings.Contains(x.JA, "{count}")
		}) {
			say("the texts want names, and there is no expression for them")
		}
		for _, n := range k.thresholds {
			if _, ok := guideline.DefaultPolicy().Setting(n); !ok {
				say("no threshold %s", n)
			}
		}
	}
}

// readable are the types of document a check may be fed by: the formats of package read, and advisory data.
var readable = func() []string {
	types := []string{"osv", "kev", "eol"}
	for _, f := range read.Formats() {
		types = append(types, f.Type)
	}
	return types
}()

// Every duty of tables 5 and 6 has a required check.
func TestEveryDutyHasACheck(t *testing.T) {
	for _, in := range guideline.Default().Individuals() {
		for _, role := range in.Roles {
			if !slices.ContainsFunc(compiled().of[in.ID], func(k *check) bool { return !k.Advice && slices.Contains(k.Roles, role) }) {
				t.Errorf("%s: nothing asks the %s", in.ID, role)
			}
		}
	}
}

// Every register feeds a requirement, every threshold is used, and their texts are in both languages.
func TestRegistersAndPolicyHold(t *testing.T) {
	roles := []string{"editor", "approver", "admin", "auditor"}
	for _, r := range guideline.Default().Registers() {
		if len(FedByRecord(r.Kind)) == 0 {
			t.Errorf("register %s feeds nothing", r.Kind)
		}
		if !slices.Contains(guideline.Scopes, r.Scope) {
			t.Errorf("register %s: no scope %q", r.Kind, r.Scope)
		}
		bilingual(t, r.Kind+".title", r.Title)
		bilingual(t, r.Kind+".summary", r.Summary)
		for _, who := range append(slices.Clone(r.Drafts), r.Approves...) {
			if !slices.Contains(roles, who) {
				t.Errorf("register %s: no account role %q", r.Kind, who)
			}
		}
		names := map[string]bool{"id": true, "key": true, "author": true, "approver": true, "about": true, "entered_at": true, "approved_at": true, "review_due": true, "missing": true}
		for _, f := range r.Fields {
			if names[f.Name] {
				t.Errorf("register %s: field %s is taken", r.Kind, f.Name)
			}
			names[f.Name] = true
			bilingual(t, r.Kind+"."+f.Name, f.Title)
			if wants := f.Type == guideline.ChoiceField || f.Type == guideline.TopicsField; wants != (len(f.Choices) > 0) {
				t.Errorf("register %s: choices of %s", r.Kind, f.Name)
			}
			if wants := f.Type == guideline.RecordField || f.Type == guideline.RecordsField; wants != (len(f.Of) > 0) || f.Threats && !wants {
				t.Errorf("register %s: %s is of what?", r.Kind, f.Name)
			}
			for _, of := range f.Of {
				if _, ok := guideline.Default().Register(of); !ok {
					t.Errorf("register %s: %s names records of %s, which is no register", r.Kind, f.Name, of)
				}
			}
			for _, c := range f.Choices {
				bilingual(t, r.Kind+"."+f.Name+"."+c.ID, c.Title)
			}
		}
	}
	used := map[string]bool{"fiscal_year_start_month": true, // of the clock
		"treat_days_immediate": true, "treat_days_out_of_cycle": true, "treat_days_scheduled": true, "treat_days_defer": true, "epss_exploit_percent": true, "treat_business_days": true} // of triage
	for _, k := range compiled().all {
		for _, n := range k.thresholds {
			used[n] = true
		}
	}
	for _, s := range guideline.DefaultPolicy().Settings() {
		bilingual(t, s.Name, s.Title)
		bilingual(t, s.Name+".source", s.Source)
		if s.Default < s.Min || s.Default > s.Max {
			t.Errorf("threshold %s: default out of bounds", s.Name)
		}
		if !used[s.Name] && !strings.HasPrefix(s.Name, "analysis_days_") {
			t.Errorf("threshold %s is used by no check", s.Name)
		}
	}
}

func bilingual(t *testing.T, where string, x lang.Text) {
	t.Helper()
	if x.JA == "" || x.EN == "" {
		t.Errorf("%s: a language is missing", where)
		return
	}
	if !regexp.MustCompile(`[ぁ-んァ-ヶ一-龠]|SBOM|URL|PSIRT|CSIRT|CLEAR|GREEN|AMBER|RED`).MatchString(x.JA) {
		t.Errorf("%s: %q is not Japanese", where, x.JA)
	}
	if regexp.MustCompile(`[ぁ-んァ-ヶ一-龠]`).MatchString(x.EN) {
		t.Errorf("%s: %q is not English", where, x.EN)
	}
	if a, b := placeholders(lang.T(x.JA, "")), placeholders(lang.T(x.EN, "")); !slices.Equal(a, b) {
		t.Errorf("%s: the languages name different values: %v and %v", where, a, b)
	}
	for _, word := range []string{"違反", "不合格", "認証を取得", "compliance score", "violation"} {
		if strings.Contains(x.JA+x.EN, word) {
			t.Errorf("%s says %s", where, word)
		}
	}
}

func placeholders(x lang.Text) []string {
	var out []string
	for _, m := range placeholder().FindAllStringSubmatch(x.JA+x.EN, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestFedBy(t *testing.T) {
	if got := FedBy("cyclonedx"); !slices.Contains(got, "S(2)-1.3") || !slices.Contains(got, "S(2)-2.3") || slices.Contains(got, "S(4)-1.2") {
		t.Errorf("an SBOM feeds %v", got)
	}
	if got := FedByRecord("adoption"); !slices.Contains(got, "S(2)-1.1") || !slices.Contains(got, "S(2)-1.3") {
		t.Errorf("an adoption feeds %v", got)
	}
	if got := FedBy("nothing"); got == nil || len(got) != 0 {
		t.Errorf("an unknown type feeds %v", got)
	}
}

func TestExplain(t *testing.T) {
	for _, in := range guideline.Default().Individuals() {
		e, ok := Explain(in.ID, guideline.DefaultPolicy())
		if !ok || len(e.Checks) == 0 {
			t.Errorf("%s is not explained", in.ID)
		}
		if len(e.Documents)+len(e.Registers) == 0 && in.ID != "S(2)-3.1" && in.ID != "S(2)-3.2" && in.ID != "S(5)-1.3" {
			t.Errorf("%s: nothing feeds it", in.ID)
		}
	}
	if _, ok := Explain("S(9)-9.9", guideline.DefaultPolicy()); ok {
		t.Error("explained what does not exist")
	}
}

// neverEmpty are the checks that are not unknown for want of a beginning, and why.
var neverEmpty = map[string]string{
	"updates-verified":       "asked only of releases with an earlier one to compare with",
	"source-verified":        "asked only where the policy wants verified levels, and its remedy tells the whole way",
	"end-dates-set":          "the software is there, and its dates are set or not",
	"reporting-channel":      "asked only once security-insights.yml is there",
	"reports-in-time":        "asked only once a clock runs",
	"cases-treated":          "asked only once a case is confirmed",
	"confirmed-causes-found": "asked only once a vulnerability is confirmed",
	"criteria-measured":      "asked only of criteria that are approved; what they lack, the remedy says",
}

var (
	registerPut = regexp.MustCompile(`tasuki record put ([a-z_]+)`)
	quotedNames = regexp.MustCompile(`台帳「([^」]+)」|register “([^”]+)”`)
)

// Every check says what to do first where there is nothing yet, naming a command or a page, and registers by their kind
// and their name; one that cannot be unknown for want of a beginning says why.
func TestChecksSayHowToBegin(t *testing.T) {
	for _, k := range compiled().all {
		why, never := neverEmpty[k.ID]
		switch {
		case never && !k.Begin.IsZero():
			t.Errorf("%s says how to begin, and that it need not: %s", k.ID, why)
		case never:
		case k.Begin.IsZero():
			t.Errorf("%s does not say what to do first", k.ID)
		}
		for _, text := range []string{k.Begin.JA, k.Begin.EN} {
			if text == "" {
				continue
			}
			if !strings.Contains(text, "tasuki ") {
				t.Errorf("%s names no command: %s", k.ID, text)
			}
			for _, m := range registerPut.FindAllStringSubmatch(text, -1) {
				r, ok := guideline.Default().Register(m[1])
				if !ok || !strings.Contains(text, "「"+r.Title.JA+"」") && !strings.Contains(text, "“"+r.Title.EN+"”") {
					t.Errorf("%s: no register %s, or not by its name: %s", k.ID, m[1], text)
				}
			}
			for _, m := range quotedNames.FindAllStringSubmatch(text, -1) {
				if !slices.ContainsFunc(guideline.Default().Registers(), func(r guideline.Register) bool { return r.Title.JA == m[1] || r.Title.EN == m[2] }) {
					t.Errorf("%s: no register is called %s", k.ID, m[0])
				}
			}
		}
	}
	for id := range neverEmpty {
		if !slices.ContainsFunc(compiled().all, func(k *check) bool { return k.ID == id }) {
			t.Errorf("there is no check %s any more", id)
		}
	}
}
