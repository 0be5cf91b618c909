package guideline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestThreatsAreComplete(t *testing.T) {
	c := Default()
	list := c.Threats()
	if len(list) != 21 {
		t.Errorf("%d threats, want 21", len(list))
	}
	requirements, customers := 0, 0
	for i, th := range list {
		if want := fmt.Sprintf("T-%02d", i+1); th.ID != want {
			t.Errorf("%s stands where %s belongs", th.ID, want)
		}
		inBoth(t, th.ID, th.Phase)
		inBoth(t, th.ID, th.Title)
		sentence(t, th.ID, th.Text)
		sentence(t, th.ID, th.Reason)
		if !th.Example.IsZero() {
			inBoth(t, th.ID, th.Example)
		}
		if th.CloudOnly != (th.ID == "T-11") {
			t.Errorf("%s: only T-11 is printed for the cloud only", th.ID)
		}
		requirements += len(th.Requirements)
		for _, counter := range th.Counters {
			if counter.By == CustomerClass {
				customers++
			}
			for _, id := range counter.Requirements {
				if _, ok := c.Requirement(id); !ok || (id.Category() == 6) != (counter.By == CustomerClass) {
					t.Errorf("%s: %s is no requirement, or not one of the %s", th.ID, id, counter.By)
				}
			}
		}
	}
	if requirements != 55 || customers != 4 {
		t.Errorf("%d requirements and %d rows for customers, printed 55 and 4", requirements, customers)
	}
	if row := list[16]; !slices.Equal(row.Requirements, []ID{"S(4)-2", "S(4)-3"}) || len(row.Notes) != 1 || row.Notes[0].ID != "D-42" {
		t.Errorf("row 17 has to keep both ids with note D-42: %+v", row)
	}
}

func TestThreatsAgainst(t *testing.T) {
	var ids []string
	for _, th := range Default().ThreatsAgainst("S(2)-4.1") {
		ids = append(ids, th.ID)
	}
	if !slices.Equal(ids, []string{"T-12", "T-15", "T-16"}) {
		t.Errorf("S(2)-4.1 counters %v", ids)
	}
	if list := Default().ThreatsAgainst("S(9)-1"); list == nil || len(list) != 0 {
		t.Errorf("an unknown id counters %v", list)
	}
}

var (
	requirementID = regexp.MustCompile(`S\([1-6]\)-[1-9]`)
)

// TestThreatsFollowTheText compares phase, title, ids and their order, side and examples with table 7.
func TestThreatsFollowTheText(t *testing.T) {
	_, text, _ := strings.Cut(guidelineText(t), "\n表 7 ")
	text, _, _ = strings.Cut(text, "\n5.4. ")
	list, n, phase := Default().Threats(), 0, ""
	for _, line := range strings.Split(text, "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) != 3 || !strings.HasPrefix(cells[1], "<ul") {
			continue
		}
		if cells[0] != "" {
			phase = cells[0]
		}
		if n++; n > len(list) {
			continue
		}
		th := list[n-1]
		bullet := strings.TrimSpace(cells[1][strings.Index(cells[1], ">")+1:])
		title, _, _ := strings.Cut(bullet, " ")
		title, _, cloud := strings.Cut(title, "（※クラウドのみ）")
		if th.Title.JA != title || th.CloudOnly != cloud || th.Phase.JA != phase {
			t.Errorf("%s: %q of %q, printed %q of %q", th.ID, th.Title.JA, th.Phase.JA, title, phase)
		}
		if th.Example.IsZero() == strings.Contains(squeeze(bullet), "(例:") {
			t.Errorf("%s: example %q, printed %s", th.ID, th.Example.JA, bullet)
		}
		if own, printed := th.Requirements, requirementID.FindAllString(cells[2], -1); fmt.Sprint(own) != fmt.Sprint(printed) {
			t.Errorf("%s: %v, printed %v", th.ID, own, printed)
		}
		if len(th.Counters) == 2 != strings.Contains(cells[2], "顧客は、") {
			t.Errorf("%s: has %d sides, printed %s", th.ID, len(th.Counters), cells[2])
		}
	}
	if n != len(list) {
		t.Errorf("%d threats, printed %d", len(list), n)
	}
}

func TestIncidentsAreComplete(t *testing.T) {
	categories := map[string]string{"log4j": "[[3 5] [2]]", "vendor-a": "[[1 4]]", "hospital-b": "[[3 5] [6]]"}
	list := Default().Incidents()
	if len(list) != len(categories) {
		t.Errorf("%d incidents, want 3", len(list))
	}
	for _, in := range list {
		inBoth(t, in.ID, in.Title)
		for _, text := range []Text{in.What, in.How, in.Consequences, in.Lesson} {
			sentence(t, in.ID, text)
		}
		var got [][]int
		for _, counter := range in.Counters {
			sentence(t, in.ID, counter.Text)
			got = append(got, counter.Categories)
		}
		if fmt.Sprint(got) != categories[in.ID] || !slices.Equal(in.Categories, slices.Concat(got...)) {
			t.Errorf("%s: categories %v, want %s", in.ID, got, categories[in.ID])
		}
		if len(in.Aliases) > 0 != slices.ContainsFunc(in.Notes, func(n Note) bool { return n.ID == "D-12" }) {
			t.Errorf("%s: names that differ need note D-12: %v", in.ID, in.Aliases)
		}
	}
}

// TestIncidentsFollowTheText wants titles of table 1, names and categories of section 5.2, as printed.
func TestIncidentsFollowTheText(t *testing.T) {
	text := guidelineText(t)
	_, section, _ := strings.Cut(text, "\n5.2. セキュリティインシデントと要求事項との対応関係例\n")
	section, _, _ = strings.Cut(section, "\n5.3. ")
	cases := strings.Split(section, "\n■ ")[1:]
	list := Default().Incidents()
	if len(cases) != len(list) {
		t.Fatalf("%d incidents, printed %d", len(list), len(cases))
	}
	category := regexp.MustCompile(`S\(([1-6])\)`)
	for i, in := range list {
		if !strings.Contains(text, "\n"+in.Title.JA+"\t") {
			t.Errorf("%s: table 1 has no %q", in.ID, in.Title.JA)
		}
		name, body, _ := strings.Cut(cases[i], "\n")
		if names := append([]string{in.Title.JA}, in.Aliases...); names[len(names)-1] != name {
			t.Errorf("%s: names %q, section 5.2 prints %q", in.ID, names, name)
		}
		var own, printed []string
		for _, counter := range in.Counters {
			for _, n := range counter.Categories {
				own = append(own, fmt.Sprint(n))
			}
		}
		for _, m := range category.FindAllStringSubmatch(body, -1) {
			printed = append(printed, m[1])
		}
		if !slices.Equal(own, printed) {
			t.Errorf("%s: categories %v, printed %v", in.ID, own, printed)
		}
	}
}

func TestThreatsAndIncidentsAreInOurOwnWords(t *testing.T) {
	printed := squeeze(guidelineText(t))
	own := func(where string, texts ...Text) {
		for _, text := range texts {
			if run := shared(printed, squeeze(text.JA), 20); run != "" {
				t.Errorf("%s repeats the guideline: %s", where, run)
			}
		}
	}
	for _, th := range Default().Threats() {
		own(th.ID, th.Text, th.Reason, th.Example)
	}
	for _, in := range Default().Incidents() {
		own(in.ID, in.What, in.How, in.Consequences, in.Lesson)
		for _, counter := range in.Counters {
			own(in.ID, counter.Text)
		}
	}
}
