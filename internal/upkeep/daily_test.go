package upkeep_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/upkeep"
)

func TestDailyFindsDamage(t *testing.T) {
	d := desktest.Open(t)
	_, release := d.Product()
	r := d.Push(release, ingest.Arrival{Name: "app.bin", Body: strings.NewReader("the program"), Artifact: true})
	d.Must(upkeep.Daily(t.Context(), d.DB, desktest.Author))
	d.Must(upkeep.Daily(t.Context(), d.DB, desktest.Author)) // a second time on one day does nothing
	hexa := strings.TrimPrefix(r[0].Digest, "sha256:")
	file := filepath.Join(d.DB.Dir(), "documents", hexa[:2], hexa)
	d.Must(os.Chmod(file, 0o600))
	d.Must(os.WriteFile(file, bytes.Repeat([]byte("x"), 11), 0o600))
	d.Now = desktest.Start.AddDate(0, 0, 2)
	if err := upkeep.Daily(t.Context(), d.DB, desktest.Author); err == nil || !strings.Contains(err.Error(), hexa) {
		t.Errorf("a damaged document was not named: %v", err)
	}
}
