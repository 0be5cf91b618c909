package relay_test

import (
	"strings"
	"testing"

	"example.org/tasuki/internal/desktest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// A draft goes from its author over a reviewer and an approver to a signer, each another person, and the declaration says who
// did what.
func TestReviewedByAnother(t *testing.T) {
	d := open(t)
	key, draft := d.drafted()
	reviewer, signer := store.Actor{Account: "reviewer", Via: store.Internal}, store.Actor{Account: "signer", Via: store.Internal}
	_, err := relay.ReviewDeclaration(t.Context(), d.DB, desktest.Author, draft.ID, "password")
	d.refuses("the author's own review", lang.Forbidden, err)
	reviewed, err := relay.ReviewDeclaration(t.Context(), d.DB, reviewer, draft.ID, "password")
	d.Must(err)
	if reviewed.State != store.DeclarationDraft {
		t.Errorf("a review alone makes it %s", reviewed.State)
	}
	_, _, err = relay.Issue(t.Context(), d.DB, signer, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役"})
	d.refuses("signing what is only reviewed", lang.Gate, err)
	_, err = relay.ReviewDeclaration(t.Context(), d.DB, reviewer, draft.ID, "password")
	d.refuses("a second review", lang.Forbidden, err)
	_, err = relay.ApproveDeclaration(t.Context(), d.DB, reviewer, draft.ID, "password")
	d.refuses("the reviewer's approval", lang.Forbidden, err)
	_, err = relay.ApproveDeclaration(t.Context(), d.DB, desktest.Approver, draft.ID, "password")
	d.Must(err)
	_, err = relay.ReviewDeclaration(t.Context(), d.DB, signer, draft.ID, "password")
	d.refuses("a review after the approval", lang.Conflict, err)
	bundle, _, err := relay.Issue(t.Context(), d.DB, signer, draft.ID, relay.Signing{Key: key.Private, Title: "代表取締役"})
	d.Must(err)
	o, err := verify.Open(bundle)
	d.Must(err)
	var steps []string
	for _, a := range o.Declaration.Approvals {
		steps = append(steps, string(a.Step)+" "+a.By.ID)
	}
	if got := strings.Join(steps, ", "); got != "drafted author, reviewed reviewer, approved approver" || o.Declaration.Signer.ID != "signer" {
		t.Errorf("approvals %q, signed by %+v", got, o.Declaration.Signer)
	}
}
