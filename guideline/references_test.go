package guideline

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var publishedForm = regexp.MustCompile(`^(20[0-9]{2}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?)?$`)

func TestReferencesAreComplete(t *testing.T) {
	list := Default().References()
	if len(list) != 24 {
		t.Errorf("%d references, want 24", len(list))
	}
	seen := map[string]bool{}
	for _, r := range list {
		if r.ID == "" || seen[r.ID] {
			t.Errorf("short name %q is empty or stands twice", r.ID)
		}
		seen[r.ID] = true
		inBoth(t, r.ID, r.Publisher)
		if r.Use != (Text{}) {
			sentence(t, r.ID, r.Use)
		}
		for _, n := range r.Notes {
			inBoth(t, r.ID+" "+n.ID, n.Text)
		}
		if len(r.Documents) == 0 {
			t.Errorf("%s names no document", r.ID)
		}
		for _, d := range append(r.Documents, r.Elsewhere...) {
			if d.Title == "" || len(d.URLs) == 0 || !publishedForm.MatchString(d.Published) {
				t.Errorf("%s: title, address or date is off: %+v", r.ID, d)
			}
			for _, u := range d.URLs {
				if parsed, err := url.Parse(u); err != nil || parsed.Scheme != "https" || parsed.Host == "" {
					t.Errorf("%s: %q is not a web address", r.ID, u)
				}
			}
		}
	}
}

// TestReferencesFollowTheText wants every short name, title and address as printed in 5.8(1), in printed order, and no
// printed address left out.
func TestReferencesFollowTheText(t *testing.T) {
	text := guidelineText(t)
	_, list, _ := strings.Cut(text, "\n(1) 参照情報のリスト\n")
	list, _, _ = strings.Cut(list, "\n(2) ")
	rest, addresses := list, 0
	for _, r := range Default().References() {
		wanted := []string{"\n" + r.ID + "\t"}
		for _, d := range r.Documents {
			wanted = append(append(wanted, d.Title), d.URLs...)
			addresses += len(d.URLs)
		}
		for _, w := range wanted {
			_, after, ok := strings.Cut(rest, w)
			if !ok {
				t.Errorf("%s: %q is not printed, or not in this order", r.ID, w)
				continue
			}
			rest = after
		}
		for _, d := range r.Elsewhere {
			if !strings.Contains(text, d.Title) || !strings.Contains(text, d.URLs[0]) || strings.Contains(list, d.URLs[0]) {
				t.Errorf("%s: %+v is not an edition that only another section names", r.ID, d)
			}
		}
	}
	if n := strings.Count(list, "https://"); addresses != n {
		t.Errorf("%d addresses, printed %d", addresses, n)
	}
}
