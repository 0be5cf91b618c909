package replay

import (
	"slices"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

func TestScenariosAreSound(t *testing.T) {
	g := guideline.Default()
	known := map[guideline.ID]bool{}
	for _, in := range g.Individuals() {
		known[in.ID] = true
	}
	told := map[string][]int{}
	for _, in := range g.Incidents() {
		told[in.ID] = in.Categories
	}
	for _, s := range Scenarios() {
		for _, text := range []lang.Text{s.Title, s.Question, s.Told()} {
			if text.JA == "" || text.EN == "" {
				t.Errorf("%s lacks words: %+v", s.ID, text)
			}
		}
		categories, ok := told[s.Incident]
		if s.Incident != "" && !ok {
			t.Errorf("%s: the guideline knows no incident %q", s.ID, s.Incident)
		}
		delete(told, s.Incident)
		met := map[int]bool{}
		for _, d := range s.Duties {
			if !known[d.ID] || d.Why.JA == "" || d.Why.EN == "" || !slices.Contains(Stages(), d.Stage) {
				t.Errorf("%s: %+v is no duty with words and a stage", s.ID, d)
			}
			met[d.ID.Category()] = true
		}
		for _, c := range categories { // section 5.2 relates the incident to these categories
			if !met[c] {
				t.Errorf("%s: no duty of S(%d), which section 5.2 names", s.ID, c)
			}
		}
		if (s.How == ByComponent) != (len(s.Components) > 0) {
			t.Errorf("%s: %s with %d components", s.ID, s.How, len(s.Components))
		}
	}
	if len(told) > 0 {
		t.Errorf("incidents of the guideline without a scenario: %v", told)
	}
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		scenario, purl string
		want           bool
	}{
		{"log4j", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", true},
		{"log4shell", "pkg:maven/org.apache.logging.log4j/log4j-core@2.0-beta9", true},
		{"log4shell", "pkg:maven/org.apache.logging.log4j/log4j-core@2.0-beta8", false},
		{"log4shell", "pkg:maven/org.apache.logging.log4j/log4j-core@2.12.2", false},
		{"log4shell", "pkg:maven/org.apache.logging.log4j/log4j-core@2.12.1?type=jar", true},
		{"log4shell", "pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1", false},
		{"log4shell", "pkg:maven/org.apache.logging.log4j/log4j-api@2.14.1", false},
		{"log4shell", "pkg:maven/log4j/log4j@1.2.17", false},
		{"xz", "pkg:deb/debian/xz-utils@5.6.1-1?distro=debian-13", true},
		{"xz", "pkg:deb/debian/liblzma5@5.6.0-0.2", true},
		{"xz", "pkg:deb/debian/xz-utils@5.6.1%2Breally5.4.5-1", false},
		{"CVE-2024-3094", "pkg:rpm/fedora/xz-libs@5.6.0-1.fc40?epoch=1", true},
		{"xz", "pkg:apk/alpine/xz@5.6.1-r0", true},
		{"xz", "pkg:apk/alpine/xz@5.4.6-r0", false},
		{"xz", "pkg:rpm/redhat/xz@1:5.6.1-2", true},
		{"xz", "pkg:github/tukaani-project/xz@v5.6.1", true},
		{"xz", "not a package URL", false},
	} {
		s, err := Find(c.scenario)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Holds(c.purl, ""); got != c.want {
			t.Errorf("%s holds %s: %v", c.scenario, c.purl, got)
		}
	}
	if _, err := Find("nothing"); lang.KindOf(err) != lang.NotFound {
		t.Errorf("an unknown incident: %v", err)
	}
}
