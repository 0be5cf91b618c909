package jobs_test

import (
	"strings"
	"testing"

	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// A draft goes from its author over a reviewer and an approver to a signer, each another person, and the declaration
// says who did what.
func TestReviewedByAnother(t *testing.T) {
	d := open(t)
	software, release := d.product()
	d.push(release, ingest.Arrival{Name: "bom.json", Body: strings.NewReader(sbom)})
	d.state(software, release, start.AddDate(0, 6, 0))
	key, err := jobs.NewSigningKey(t.Context(), d.db, author, "", nil)
	d.must(err)
	draft, err := jobs.Draft(t.Context(), d.db, author, jobs.DraftRequest{Software: software, Release: release})
	d.must(err)
	reviewer, signer := store.Actor{Account: "reviewer", Via: store.Internal}, store.Actor{Account: "signer", Via: store.Internal}
	_, err = jobs.ReviewDeclaration(t.Context(), d.db, author, draft.ID, "password")
	d.refuses("the author's own review", lang.Forbidden, err)
	reviewed, err := jobs.ReviewDeclaration(t.Context(), d.db, reviewer, draft.ID, "password")
	d.must(err)
	if reviewed.State != store.DeclarationDraft {
		t.Errorf("a review alone makes it %s", reviewed.State)
	}
	_, _, err = jobs.Issue(t.Context(), d.db, signer, draft.ID, jobs.Signing{Key: key.Private, Title: "代表取締役"})
	d.refuses("signing what is only reviewed", lang.Gate, err)
	_, err = jobs.ReviewDeclaration(t.Context(), d.db, reviewer, draft.ID, "password")
	d.refuses("a second review", lang.Forbidden, err)
	_, err = jobs.ApproveDeclaration(t.Context(), d.db, reviewer, draft.ID, "password")
	d.refuses("the reviewer's approval", lang.Forbidden, err)
	_, err = jobs.ApproveDeclaration(t.Context(), d.db, approver, draft.ID, "password")
	d.must(err)
	_, err = jobs.ReviewDeclaration(t.Context(), d.db, signer, draft.ID, "password")
	d.refuses("a review after the approval", lang.Conflict, err)
	bundle, _, err := jobs.Issue(t.Context(), d.db, signer, draft.ID, jobs.Signing{Key: key.Private, Title: "代表取締役"})
	d.must(err)
	o, err := verify.Open(bundle)
	d.must(err)
	var steps []string
	for _, a := range o.Declaration.Approvals {
		steps = append(steps, string(a.Step)+" "+a.By.ID)
	}
	if got := strings.Join(steps, ", "); got != "drafted author, reviewed reviewer, approved approver" || o.Declaration.Signer.ID != "signer" {
		t.Errorf("approvals %q, signed by %+v", got, o.Declaration.Signer)
	}
}
