package relay_test

import (
	"strings"
	"testing"

	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
)

// desk is a workspace to test with, and what only these tests do with it.
type desk struct{ *desktest.Desk }

func open(t *testing.T) *desk { return &desk{desktest.Open(t)} }

// drafted makes a product whose duties are all closed for half a year, a key to sign with, and the draft of its declaration.
func (d *desk) drafted() (keys.Key, store.Declaration) {
	d.Helper()
	software, release := d.Product()
	d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(desktest.SBOM)})
	d.State(software, release, desktest.Start.AddDate(0, 6, 0))
	key, err := relay.NewSigningKey(d.Context(), d.DB, desktest.Author, "", nil)
	d.Must(err)
	draft, err := relay.Draft(d.Context(), d.DB, desktest.Author, relay.DraftRequest{Software: software, Release: release})
	d.Must(err)
	return key, draft
}
