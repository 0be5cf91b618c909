package intake_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/portfolio"
)

// When records are replaced whole, what is looked up under packages of which they say the same is not compared again; what
// they say anew is found. Without the note that findings agree with the index at hand, everything is compared.
func TestReplacedRecordsCompareWhatChanged(t *testing.T) {
	d := open(t)
	_, release := d.Product()
	d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(strings.Replace(desktest.SBOM, `"components":[`,
		`"components":[{"type":"library","bom-ref":"o","name":"other","version":"1.0","purl":"pkg:maven/org.example/other@1.0"},`, 1))})
	dir := t.TempDir()
	put := func(file, text string) {
		t.Helper()
		d.Must(os.MkdirAll(filepath.Join(dir, "Maven"), 0o700))
		d.Must(os.WriteFile(filepath.Join(dir, "Maven", file), []byte(text), 0o600))
	}
	take := func(what string, compared int) {
		t.Helper()
		done, err := intake.ImportAdvisories(t.Context(), d.DB, desktest.Author, dir, d.Now)
		d.Must(err)
		if done.Matched != compared {
			t.Errorf("%s: %d components were compared, want %d", what, done.Matched, compared)
		}
	}
	found := func(id string) int {
		t.Helper()
		e, err := portfolio.AffectedBy(t.Context(), d.DB, id)
		d.Must(err)
		return len(e.Releases)
	}
	put("1.json", desktest.Advisory)
	take("at first", 3)
	take("the same again", 0)
	other := `{"id":"GHSA-2","modified":"2026-10-02T00:00:00Z","affected":[{"package":{"ecosystem":"Maven","name":"org.example:other"},"versions":["VERSION"]}]}`
	put("2.json", strings.Replace(other, "VERSION", "0.9", 1))
	take("one more, about another version", 1)
	if found("GHSA-2") != 0 || found("CVE-2021-44228") != 1 {
		t.Errorf("%d and %d releases are affected", found("GHSA-2"), found("CVE-2021-44228"))
	}
	put("2.json", strings.Replace(other, "VERSION", "1.0", 1))
	take("another version", 1)
	if found("GHSA-2") != 1 || found("CVE-2021-44228") != 1 {
		t.Errorf("%d and %d releases are affected", found("GHSA-2"), found("CVE-2021-44228"))
	}
	d.Must(os.Remove(filepath.Join(dir, "Maven", "2.json")))
	take("it is gone", 1)
	if found("GHSA-2") != 0 || found("CVE-2021-44228") != 1 {
		t.Errorf("%d and %d releases are affected", found("GHSA-2"), found("CVE-2021-44228"))
	}
	d.Must(os.Remove(portfolio.AdvisoryPath(d.DB, "agreed")))
	take("nobody knows whether the findings agree", 3)
	d.Must(os.MkdirAll(filepath.Join(dir, "npm"), 0o700))
	d.Must(os.WriteFile(filepath.Join(dir, "npm", "3.json"), []byte(`{"id":"GHSA-3","modified":"2026-10-02T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"x"},"versions":["1.0.0"]}]}`), 0o600))
	take("another ecosystem", 3)
}
