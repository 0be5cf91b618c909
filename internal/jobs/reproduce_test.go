package jobs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/store"
)

// declared drafts, has approved and signs what is known of a release now.
func (d *desk) declared(software, release string) string {
	d.Helper()
	key, err := jobs.NewSigningKey(d.Context(), d.db, author, "", nil)
	d.must(err)
	draft, err := jobs.Draft(d.Context(), d.db, author, jobs.DraftRequest{Software: software, Release: release})
	d.must(err)
	_, err = jobs.ApproveDeclaration(d.Context(), d.db, approver, draft.ID, "password")
	d.must(err)
	_, _, err = jobs.Issue(d.Context(), d.db, author, draft.ID, jobs.Signing{Key: key.Private, Title: "代表取締役"})
	d.must(err)
	return draft.ID
}

// ready is a release with evidence of every way in: documents, advisories, records, statements.
func ready(t *testing.T) (d *desk, software, release string) {
	d = open(t)
	software, release = d.product()
	d.push(release, ingest.Arrival{Name: "app.bin", Body: strings.NewReader("the program"), Artifact: true}, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(sbom)})
	d.advisories()
	d.record("training", "{key: T-1, data: {title: a training, roles: [PSIRT], held_on: 2026-10-01, planned: 3, completed: 3, outcome: a test}}", fact.Subject{Kind: fact.Org, ID: "us"})
	d.state(software, release, start.AddDate(0, 6, 0))
	d.must(jobs.Reassess(t.Context(), d.db, author, "ready"))
	return d, software, release
}

func TestDeclaredAssessmentIsReproduced(t *testing.T) {
	d, software, release := ready(t)
	id := d.declared(software, release)
	same := func(when string) {
		t.Helper()
		r, err := jobs.Reproduce(t.Context(), d.db, id)
		d.must(err)
		if !r.Same || len(r.Differences) > 0 || r.Duties != 10 || r.Bytes == 0 {
			t.Errorf("%s: %+v", when, r)
		}
	}
	same("at once")
	before := d.rows(release)

	// Everything it rested on moves on: time, evidence, policy, advisories, records, statements, the chain.
	d.now = d.now.AddDate(0, 2, 0)
	d.push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(strings.Replace(sbom, `"version":1,`, `"version":2,`, 1))})
	dir := filepath.Join(t.TempDir(), "Maven")
	d.must(os.MkdirAll(dir, 0o755))
	d.must(os.WriteFile(filepath.Join(dir, "GHSA-jfh8-c2jp-5v3q.json"), []byte(strings.Replace(advisory, "2.13.0", "2.14.1", 1)), 0o644))
	_, err := jobs.ImportAdvisories(t.Context(), d.db, author, filepath.Dir(dir), d.now)
	d.must(err)
	d.must(d.db.InTx(t.Context(), author, func(tx *store.Tx) error {
		if err := tx.SetSetting(t.Context(), store.PolicySetting, map[string]int{"feed_max_days": 60}, 0); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "set", store.Object{Kind: "setting", ID: store.PolicySetting}, nil)
	}))
	claims, err := d.db.Claims(t.Context(), store.ClaimFilter{State: evidence.ClaimApproved})
	d.must(err)
	for _, c := range claims {
		_, err := jobs.RetireClaim(t.Context(), d.db, author, c.ID)
		d.must(err)
	}
	d.must(jobs.Reassess(t.Context(), d.db, author, "moved on"))
	if differences := len(d.rows(release)) == len(before) && d.rows(release)[0].Status == before[0].Status; differences {
		t.Error("nothing moved: the test shows nothing")
	}
	same("after everything moved on")
}

func TestTamperingWithWhatWasDeclaredIsNamed(t *testing.T) {
	d, software, release := ready(t)
	id := d.declared(software, release)
	declaration, err := d.db.Declaration(t.Context(), id)
	d.must(err)
	var f jobs.Frozen
	d.must(json.Unmarshal(declaration.Content, &f))
	names := func(what string) {
		t.Helper()
		r, err := jobs.Reproduce(t.Context(), d.db, id)
		d.must(err)
		if r.Same || len(r.Differences) == 0 || !strings.Contains(r.Differences[0].Where, what) {
			t.Errorf("want %s to be named first: %+v", what, r)
		}
	}
	for _, digest := range []string{f.Judgement, declaration.Signed, f.Supporting[0].Digest} {
		file := d.fileOf(digest)
		b, err := os.ReadFile(file)
		d.must(err)
		d.must(os.Chmod(file, 0o600))
		other := bytes.Clone(b)
		other[len(other)/2] ^= 1
		d.must(os.WriteFile(file, other, 0o600))
		names(digest)
		d.must(os.WriteFile(file, b, 0o600))
	}
	// Somebody rewrites a declared status in the database, digest and all.
	f.Answers[3].Status = "met"
	content, err := json.Marshal(f)
	d.must(err)
	d.must(d.db.InTx(t.Context(), author, func(tx *store.Tx) error {
		declaration.Content, declaration.Revision = content, declaration.Revision+1
		if err := tx.SaveDeclaration(t.Context(), declaration); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "tampered", store.Object{Kind: "declaration", ID: id}, nil)
	}))
	r, err := jobs.Reproduce(t.Context(), d.db, id)
	d.must(err)
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
	d.must(filepath.WalkDir(d.db.Dir(), func(path string, e os.DirEntry, err error) error {
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
