package relay_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
)

// declared drafts, has approved and signs what is known of a release now.
func (d *desk) declared(software, release string) string {
	d.Helper()
	key, err := relay.NewSigningKey(d.Context(), d.DB, desktest.Author, "", nil)
	d.Must(err)
	draft, err := relay.Draft(d.Context(), d.DB, desktest.Author, relay.DraftRequest{Software: software, Release: release})
	d.Must(err)
	_, err = relay.ApproveDeclaration(d.Context(), d.DB, desktest.Approver, draft.ID, "password")
	d.Must(err)
	_, _, err = relay.Issue(d.Context(), d.DB, desktest.Author, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役"})
	d.Must(err)
	return draft.ID
}

// ready is a release with evidence of every way in: documents, advisories, records, statements.
func ready(t *testing.T) (d *desk, software, release string) {
	d = open(t)
	software, release = d.Product()
	d.Push(release, ingest.Arrival{Name: "app.bin", Body: strings.NewReader("the program"), Artifact: true}, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(desktest.SBOM)})
	d.Advisories()
	d.Record("review", "{key: RV-1, data: {topics: [roles], held_on: 2026-10-01, result: as before}}", fact.Subject{Kind: fact.Org, ID: "us"})
	d.State(software, release, desktest.Start.AddDate(0, 6, 0))
	d.Must(judging.Reassess(t.Context(), d.DB, desktest.Author, "ready"))
	return d, software, release
}

func TestDeclaredAssessmentIsReproduced(t *testing.T) {
	d, software, release := ready(t)
	id := d.declared(software, release)
	same := func(when string) {
		t.Helper()
		r, err := relay.Reproduce(t.Context(), d.DB, id)
		d.Must(err)
		if !r.Same || len(r.Differences) > 0 || r.Duties != 10 || r.Bytes == 0 {
			t.Errorf("%s: %+v", when, r)
		}
	}
	same("at once")
	before := d.Rows(release)

	// Everything it rested on moves on: time, evidence, policy, advisories, records, statements, the chain.
	d.Now = d.Now.AddDate(0, 2, 0)
	d.Push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(strings.Replace(desktest.SBOM, `"version":1,`, `"version":2,`, 1))})
	dir := filepath.Join(t.TempDir(), "Maven")
	d.Must(os.MkdirAll(dir, 0o755))
	d.Must(os.WriteFile(filepath.Join(dir, "GHSA-jfh8-c2jp-5v3q.json"), []byte(strings.Replace(desktest.Advisory, "2.13.0", "2.14.1", 1)), 0o644))
	_, err := intake.ImportAdvisories(t.Context(), d.DB, desktest.Author, filepath.Dir(dir), d.Now)
	d.Must(err)
	d.Must(d.DB.InTx(t.Context(), desktest.Author, func(tx *store.Tx) error {
		if err := tx.SetSetting(t.Context(), store.PolicySetting, map[string]int{"feed_max_days": 60}, 0); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "set", store.Object{Kind: "setting", ID: store.PolicySetting}, nil)
	}))
	claims, err := d.DB.Claims(t.Context(), store.ClaimFilter{State: evidence.ClaimApproved})
	d.Must(err)
	for _, c := range claims {
		_, err := office.RetireClaim(t.Context(), d.DB, desktest.Author, c.ID)
		d.Must(err)
	}
	d.Must(judging.Reassess(t.Context(), d.DB, desktest.Author, "moved on"))
	if differences := len(d.Rows(release)) == len(before) && d.Rows(release)[0].Status == before[0].Status; differences {
		t.Error("nothing moved: the test shows nothing")
	}
	same("after everything moved on")
}

func TestTamperingWithWhatWasDeclaredIsNamed(t *testing.T) {
	d, software, release := ready(t)
	id := d.declared(software, release)
	declaration, err := d.DB.Declaration(t.Context(), id)
	d.Must(err)
	var f relay.Frozen
	d.Must(json.Unmarshal(declaration.Content, &f))
	names := func(what string) {
		t.Helper()
		r, err := relay.Reproduce(t.Context(), d.DB, id)
		d.Must(err)
		if r.Same || len(r.Differences) == 0 || !strings.Contains(r.Differences[0].Where, what) {
			t.Errorf("want %s to be named first: %+v", what, r)
		}
	}
	for _, digest := range []string{f.Judgement, declaration.Signed, f.Supporting[0].Digest} {
		file := d.fileOf(digest)
		b, err := os.ReadFile(file)
		d.Must(err)
		d.Must(os.Chmod(file, 0o600))
		other := bytes.Clone(b)
		other[len(other)/2] ^= 1
		d.Must(os.WriteFile(file, other, 0o600))
		names(digest)
		d.Must(os.WriteFile(file, b, 0o600))
	}
	// Somebody rewrites a declared status in the database, digest and all.
	f.Answers[3].Status = "met"
	content, err := json.Marshal(f)
	d.Must(err)
	d.Must(d.DB.InTx(t.Context(), desktest.Author, func(tx *store.Tx) error {
		declaration.Content, declaration.Revision = content, declaration.Revision+1
		if err := tx.SaveDeclaration(t.Context(), declaration); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "tampered", store.Object{Kind: "declaration", ID: id}, nil)
	}))
	r, err := relay.Reproduce(t.Context(), d.DB, id)
	d.Must(err)
	if len(r.Differences) < 2 || r.Differences[0].Where != "declaration "+id {
		t.Fatalf("%+v", r)
	}
	if x := r.Differences[len(r.Differences)-1]; !strings.HasPrefix(x.Where, string(f.Answers[3].Requirement)) || !strings.HasSuffix(x.Where, "/status") || x.Kept != `"met"` {
		t.Errorf("the rewritten status is not named: %+v", x)
	}
}

// fileOf finds the file of a document in the workspace.
func (d *desk) fileOf(digest string) (found string) {
	d.Helper()
	name := strings.TrimPrefix(digest, "sha256:")
	d.Must(filepath.WalkDir(d.DB.Dir(), func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(strings.ReplaceAll(path, string(filepath.Separator), ""), name) {
			found = path
		}
		return err
	}))
	if found == "" {
		d.Fatalf("no file of %s", digest)
	}
	return found
}
