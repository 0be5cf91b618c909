package web

import (
	"net/http"
	"strings"
	"testing"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
)

// The release page shows the hashes that were kept and how to check them; a drill is recorded and shown.
func TestReleaseAndArchivePages(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	ctx, by := t.Context(), store.Actor{Account: "test", Via: store.Internal}
	about, err := judging.Find(ctx, s.db, by, judging.Target{Software: "見本会計", Release: "2.1.0", Create: true, Roles: []guideline.Role{guideline.Supplier}, Level: guideline.Minimum})
	if err != nil {
		t.Fatal(err)
	}
	got, err := intake.Receive(ctx, s.db, by, []ingest.Arrival{{Name: "app.bin", Body: strings.NewReader("the program"), Artifact: true, Subject: fact.Subject{Kind: fact.Release, ID: about.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	hexa := strings.TrimPrefix(got[0].Digest, "sha256:")
	page := v.get("/releases/"+about.ID, 200)
	says(t, page, hexa, "sha256sum -c SHA256SUMS", "まだ行っていません", "保管されていないもの")
	if sums := v.get("/releases/"+about.ID+"/SHA256SUMS", 200); sums != hexa+"  app.bin\n" {
		t.Errorf("SHA256SUMS is %q", sums)
	}
	says(t, v.post("/releases/"+about.ID+"/drill", 200), "1 個のファイルを復元しましたが、足りないものがあります")
	says(t, v.get("/archive", 200), "見本会計 2.1.0", "来歴証明")
	v.get("/releases/none", http.StatusNotFound)
}

// Procurement and systems show what the registers and the model say.
func TestProcurementAndSystemsPages(t *testing.T) {
	s := newSite(t)
	v := s.begin()
	ctx, by := t.Context(), store.Actor{Account: "test", Via: store.Internal}
	says(t, v.get("/procurement", 200), "調達の記録はまだありません")
	says(t, v.get("/systems", 200), "システムはまだ登録されていません")
	if err := judging.SaveModel(ctx, s.db, by, chain.Model{Parties: []chain.Party{{ID: "maker", Name: "見本部品株式会社"}},
		Software: []chain.Software{{ID: "os", Name: "見本OS", Kind: chain.Product, Owner: "maker"}}, Releases: []chain.Release{{ID: "os9", Software: "os", Version: "9", SupportedTo: "2028-03-31"}},
		Systems: []chain.System{{ID: "core", Name: "見本基幹", Owner: "maker", PlannedUntil: "2031-03-31", Releases: []string{"os9"}}}}); err != nil {
		t.Fatal(err)
	}
	system := fact.Subject{Kind: fact.System, ID: "core"}
	for kind, data := range map[string]map[string]any{
		"requirement_sheet": {"candidate": "maker", "issued_on": "2026-08-01", "level": "standard"},
		"procurement":       {"candidates": []any{"maker"}, "chosen": "maker", "decided_on": "2026-10-01", "review_on": "2020-01-01", "executive": "見本 役員", "risk_evaluation": "許容できる", "accepted_risks": 2},
	} {
		if err := s.db.InTx(ctx, by, func(tx *store.Tx) error {
			r := register.Record{ID: tx.NewID(), Kind: kind, Key: kind + "-1", Subject: system, State: register.Draft, Author: "test", Revision: 1, Data: data}
			if err := tx.SaveRecord(ctx, r); err != nil {
				return err
			}
			return tx.Audit(ctx, "drafted", store.Object{Kind: "record", ID: r.ID}, nil)
		}); err != nil {
			t.Fatal(err)
		}
	}
	says(t, v.get("/procurement", 200), "見本基幹", "見本部品株式会社", "見直しの時期")
	says(t, v.get("/procurement/system/core", 200), "候補の比較", "見本 役員", "許容できる", "まだ承認されていないか")
	says(t, v.get("/procurement/system/core/comparison.xlsx", 200), "PK")
	v.get("/procurement/system/none", http.StatusNotFound)
	v.get("/procurement/org/maker", http.StatusNotFound)
	says(t, v.get("/systems", 200), "見本OS 9", "計画のないままサポートが先に終わるもの：1件", "<svg")
	says(t, v.get("/systems/lifecycle.xlsx", 200), "PK")
}
