package ingest_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/store"
)

var (
	actor = store.Actor{Account: "somebody", Via: store.Internal}
	now   = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	about = fact.Subject{Kind: fact.Release, ID: "r1"}
)

func open(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.InTx(t.Context(), actor, func(tx *store.Tx) error {
		m := chain.Model{Software: []chain.Software{{ID: "s", Name: "見本", Kind: chain.Product}}, Releases: []chain.Release{{ID: "r1", Software: "s", Version: "1"}, {ID: "r2", Software: "s", Version: "2"}}}
		if err := tx.SaveModel(t.Context(), m); err != nil {
			return err
		}
		return tx.Audit(t.Context(), "saved", store.Object{Kind: "software", ID: "s"}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func receive(t *testing.T, db *store.DB, a ingest.Arrival) ingest.Receipt {
	t.Helper()
	r, err := ingest.Receive(t.Context(), db, actor, a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sbom(version int, names ...string) io.Reader {
	var parts []string
	for _, n := range names {
		parts = append(parts, `{"type":"library","name":"`+n+`","version":"1","purl":"pkg:npm/`+n+`@1"}`)
	}
	return strings.NewReader(`{"bomFormat":"CycloneDX","specVersion":"1.6","version":` + string(rune('0'+version)) + `,"components":[` + strings.Join(parts, ",") + `]}`)
}

func names(t *testing.T, db *store.DB, release string) string {
	t.Helper()
	components, err := db.ReleaseComponents(t.Context(), release)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range components {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func TestTheNewestSBOMIsTheCurrentView(t *testing.T) {
	db := open(t)
	first := receive(t, db, ingest.Arrival{Name: "a.json", Body: sbom(1, "left", "right"), Subject: about})
	if !first.Accepted || first.Known || first.Type != "cyclonedx" || names(t, db, "r1") != "left right" {
		t.Fatalf("%+v, components %q", first, names(t, db, "r1"))
	}
	receive(t, db, ingest.Arrival{Name: "b.json", Body: sbom(2, "left", "new"), Subject: about})
	if got := names(t, db, "r1"); got != "left new" {
		t.Errorf("components are %q", got)
	}
	if _, err := db.ReadDocument(first.Digest); err != nil {
		t.Errorf("the earlier document is gone: %v", err)
	}
	again := receive(t, db, ingest.Arrival{Name: "a.json", Body: sbom(1, "left", "right"), Subject: about})
	if !again.Known {
		t.Error("the same bytes about the same release are not known")
	}
	other := receive(t, db, ingest.Arrival{Name: "a.json", Body: sbom(1, "left", "right"), Subject: fact.Subject{Kind: fact.Release, ID: "r2"}})
	if other.Known || names(t, db, "r2") != "left right" {
		t.Errorf("the same bytes about another release: known %v, components %q", other.Known, names(t, db, "r2"))
	}
}

func TestWhatCannotBeReadIsKeptAndNamed(t *testing.T) {
	db := open(t)
	r := receive(t, db, ingest.Arrival{Name: "broken.json", Body: strings.NewReader("{\"bomFormat\": \"CycloneDX\",\n oops"), Subject: about})
	if r.Accepted || len(r.Problems) == 0 || r.Problems[0].Where == "" || r.Problems[0].What.JA == "" {
		t.Fatalf("%+v", r)
	}
	if b, err := db.ReadDocument(r.Digest); err != nil || !bytes.Contains(b, []byte("oops")) {
		t.Errorf("its bytes are gone: %v", err)
	}
	facts, err := db.Facts(t.Context(), store.FactFilter{Document: r.Digest})
	if err != nil || len(facts) != 0 {
		t.Errorf("it was half-read: %v %v", facts, err)
	}
}

func TestWhatIsTooLargeLeavesItsName(t *testing.T) {
	db := open(t)
	r := receive(t, db, ingest.Arrival{Name: "huge.json", Body: io.LimitReader(zeros{}, ingest.MaxBytes+10), Subject: about})
	if r.Accepted || r.Digest == "" || len(r.Problems) != 1 {
		t.Fatalf("%+v", r)
	}
	refused, err := db.RefusedDocuments(t.Context())
	if err != nil || len(refused) != 1 || refused[0].Name != "huge.json" {
		t.Errorf("%+v %v", refused, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestArtifactsAreListedAndNotRead(t *testing.T) {
	db := open(t)
	r := receive(t, db, ingest.Arrival{Name: "app.bin", Body: sbom(1, "inside"), Subject: about, Artifact: true})
	receive(t, db, ingest.Arrival{Name: "app.bin", Body: sbom(1, "inside"), Subject: about, Artifact: true})
	release, err := db.ReleaseByID(t.Context(), "r1")
	if err != nil || len(release.Artifacts) != 1 || release.Artifacts[0].Digest != r.Digest || names(t, db, "r1") != "" {
		t.Errorf("%+v %v, components %q", release.Artifacts, err, names(t, db, "r1"))
	}
	_, err = ingest.Receive(t.Context(), db, actor, ingest.Arrival{Name: "app.bin", Body: sbom(1, "x"), Subject: fact.Subject{Kind: fact.Software, ID: "s"}, Artifact: true})
	if err == nil {
		t.Error("an artifact of no release was taken")
	}
}

func TestReadingAgainGivesTheSame(t *testing.T) {
	db := open(t)
	receive(t, db, ingest.Arrival{Name: "a.json", Body: sbom(1, "left", "right"), Subject: about})
	receive(t, db, ingest.Arrival{Name: "b.json", Body: sbom(2, "left", "new"), Subject: about})
	if n, err := ingest.Reread(t.Context(), db, actor, intoto.Trust{}); err != nil || n != 2 {
		t.Fatalf("%d %v", n, err)
	}
	facts, err := db.Facts(t.Context(), store.FactFilter{Subjects: []fact.Subject{about}, Kinds: []fact.Kind{fact.KindSBOM}})
	if err != nil || len(facts) != 2 {
		t.Errorf("%d SBOM facts (%v), want one for each document", len(facts), err)
	}
	if components, err := db.ComponentsOf(t.Context(), "r1"); err != nil || len(components) != 2 {
		t.Errorf("%d components after reading again (%v)", len(components), err)
	}
}

// A program among the files of a release is a file of it, and tells how it was hardened.
func TestProgramsTellOfThemselves(t *testing.T) {
	db := open(t)
	program, err := os.ReadFile("../read/binary/testdata/tiny.elf")
	if err != nil {
		t.Fatal(err)
	}
	r := receive(t, db, ingest.Arrival{Name: "app", Body: bytes.NewReader(program), Subject: about, Artifact: true})
	broken := receive(t, db, ingest.Arrival{Name: "firmware", Body: bytes.NewReader(program[:100]), Subject: about, Artifact: true})
	if r.Type != ingest.ArtifactType || !r.Accepted || !broken.Accepted {
		t.Fatalf("%+v %+v", r, broken)
	}
	if _, err := ingest.Reread(t.Context(), db, actor, intoto.Trust{}); err != nil {
		t.Fatal(err)
	}
	facts, err := db.Facts(t.Context(), store.FactFilter{Kinds: []fact.Kind{fact.KindHardening}})
	if err != nil || len(facts) != 1 {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	if h := facts[0].Data.(*fact.Hardening); h.Name != "app" || h.RELRO != "full" || facts[0].Document != r.Digest {
		t.Errorf("%+v", h)
	}
}

// TestSBOMsInAttestations takes an SBOM out of the statement that carries it; one that cannot be read is told of with its
// place, and the attestation counts all the same.
func TestSBOMsInAttestations(t *testing.T) {
	statement := func(predicateType, predicate string) string {
		return `{"_type":"https://in-toto.io/Statement/v1","predicateType":"` + predicateType + `","subject":[{"name":"app","digest":{"sha256":"ab"}}],"predicate":` + predicate + `}`
	}
	envelope := func(payload string) io.Reader {
		return strings.NewReader(`{"payloadType":"application/vnd.in-toto+json","payload":"` + base64.StdEncoding.EncodeToString([]byte(payload)) + `","signatures":[{"sig":""}]}`)
	}
	bom, err := io.ReadAll(sbom(1, "left", "right"))
	if err != nil {
		t.Fatal(err)
	}
	for kind, predicate := range map[string]string{
		"https://cyclonedx.org/bom/v1.6": string(bom),
		"https://spdx.dev/Document/v2.3": `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","dataLicense":"CC0-1.0","documentNamespace":"https://example.com/1","creationInfo":{"created":"2026-04-01T09:00:00Z","creators":["Tool: x"]},"packages":[{"SPDXID":"SPDXRef-a","name":"left","versionInfo":"1","downloadLocation":"NONE"},{"SPDXID":"SPDXRef-b","name":"right","versionInfo":"1","downloadLocation":"NONE"}]}`,
	} {
		db := open(t)
		r := receive(t, db, ingest.Arrival{Name: "bom.intoto.json", Body: envelope(statement(kind, predicate)), Subject: about})
		if !r.Accepted || r.Type != "intoto" || names(t, db, "r1") != "left right" || r.Summary["components"] != 2 {
			t.Errorf("%s: %+v, components %q", kind, r, names(t, db, "r1"))
		}
		if again := receive(t, db, ingest.Arrival{Name: "bom.intoto.json", Body: envelope(statement(kind, predicate)), Subject: about}); !again.Known {
			t.Errorf("%s: received again, it is not known", kind)
		}
	}
	db := open(t)
	r := receive(t, db, ingest.Arrival{Name: "bom.intoto.json", Body: envelope(statement("https://cyclonedx.org/bom", `{"bomFormat":"CycloneDX","specVersion":"1.6","components":{}}`)), Subject: about})
	if !r.Accepted || len(r.Problems) != 1 || r.Problems[0].Where != "/payload/predicate /components" {
		t.Errorf("%+v", r)
	}
}

// brokenPipe is a file whose sender goes away.
type brokenPipe struct{}

var errGone = errors.New("the sender is gone")

func (brokenPipe) Read([]byte) (int, error) { return 0, errGone }

// Files come in group by group, the next read while one is written. Where one cannot be had, those of the groups before it
// are acknowledged, in their order, and nothing of its own group is.
func TestGroups(t *testing.T) {
	db := open(t)
	var arrivals []ingest.Arrival
	for i := range 260 {
		arrivals = append(arrivals, ingest.Arrival{Name: fmt.Sprint(i), Body: sbom(1, fmt.Sprint("p", i)), Subject: about})
	}
	var told []string
	tell := func(r ingest.Receipt) { told = append(told, r.File) }
	receipts, err := ingest.ReceiveAll(t.Context(), db, actor, arrivals, tell)
	if err != nil || len(receipts) != 260 || len(told) != 260 || names(t, db, "r1") != "p259" {
		t.Fatalf("%d receipts, %d told of, error %v, components %q", len(receipts), len(told), err, names(t, db, "r1"))
	}
	for i, r := range receipts {
		if r.File != fmt.Sprint(i) || told[i] != r.File || !r.Accepted {
			t.Fatalf("receipt %d is %+v, told of %s", i, r, told[i])
		}
	}
	arrivals = nil
	for i := range 260 {
		arrivals = append(arrivals, ingest.Arrival{Name: fmt.Sprint(i), Body: sbom(2, fmt.Sprint("q", i)), Subject: about})
	}
	arrivals[130].Body = brokenPipe{}
	receipts, err = ingest.ReceiveAll(t.Context(), db, actor, arrivals, nil)
	if !errors.Is(err, errGone) || len(receipts) != 100 || names(t, db, "r1") != "q99" {
		t.Errorf("%d receipts, error %v, components %q", len(receipts), err, names(t, db, "r1"))
	}
}
