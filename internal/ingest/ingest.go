// Package ingest takes files in: bytes are kept by digest first, then read by the reader their content asks for, and
// document, facts, components and audit entry are written in one transaction.
//
// Start from [Receive]. What cannot be read is kept and named, never half-read; what is too large leaves only its name,
// size and the digest so far.
package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/purl"
	"example.org/tasuki/internal/read"
	"example.org/tasuki/internal/read/binary"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/store"
)

// MaxBytes is the size of a file that is still taken in.
const MaxBytes = 64 << 20

// An Arrival is one file on its way in, and what it is said to be about.
type Arrival struct {
	Name    string // file name it came with; never used as a path
	Origin  string // where it came from: upload, cli, a CI run
	Body    io.Reader
	Subject fact.Subject
	// Artifact marks a file of the release itself: it is kept and listed among the release's artifacts; only of a
	// program is read how it was hardened.
	Artifact bool
	// Configuration marks how the release is configured by default: it is kept with it, unread.
	Configuration bool
	// Trusted is whose signature under an attestation counts. Who that is is the workspace's decision.
	Trusted intoto.Trust
}

// SignedHere is the origin of an attestation that this workspace signed itself.
const SignedHere = "signed here"

// ArtifactType is the document type of a release's own file.
const ArtifactType = "artifact"

// ConfigurationType is the document type of a release's default configuration.
const ConfigurationType = "configuration"

// A Receipt says what became of a file. Summary holds the few numbers its reader gives.
type Receipt struct {
	File     string         `json:"file"`
	Digest   string         `json:"digest"` // sha256:<hex>; of the part that was read when the file was too large
	Size     int64          `json:"size"`
	Type     string         `json:"type"`     // format by content; empty when unknown
	Accepted bool           `json:"accepted"` // read whole; false: kept, and Problems says why it counts for nothing
	Known    bool           `json:"known"`    // the same bytes were here before, about the same thing
	Summary  map[string]any `json:"read"`
	Problems []fact.Problem `json:"problems"`
}

// maxEnclosed is how many documents inside another are taken in.
const maxEnclosed = 100

// Inside is the origin of a document that came inside an attestation: that one's digest, and the place of the statement.
func Inside(digest, place string) string { return strings.TrimSpace(digest + " " + place) }

// receiveEnclosed takes what an attestation carries, an SBOM or a VEX, in as a document of its own, so that it is read,
// matched and judged like any other. What we signed here is here already.
func receiveEnclosed(ctx context.Context, db *store.DB, actor store.Actor, a Arrival, r *Receipt) error {
	if r.Type != "intoto" || !r.Accepted || a.Origin == SignedHere {
		return nil
	}
	b, err := db.ReadDocument(r.Digest)
	if err != nil {
		return err
	}
	for i, doc := range intoto.Documents(b) {
		if i == maxEnclosed {
			r.Problems = append(r.Problems, fact.Problem{Where: doc.Place, What: lang.F("証明に入った文書は%d件までを読み取りました", "of the documents inside, the first %d were read", maxEnclosed)})
			break
		}
		inner, err := Receive(ctx, db, actor, Arrival{Name: fmt.Sprintf("%s (%d)", a.Name, i+1), Origin: Inside(r.Digest, doc.Place), Body: bytes.NewReader(doc.Text), Subject: a.Subject})
		if err != nil {
			return err
		}
		for _, p := range inner.Problems {
			r.Problems = append(r.Problems, fact.Problem{Where: strings.TrimSpace(doc.Place + "/predicate " + p.Where), What: p.What})
		}
		r.Known = r.Known && inner.Known
		for name, n := range inner.Summary {
			r.Summary[name] = n
		}
	}
	return nil
}

// readDocument reads what was kept. A file of the release itself is opaque, but for a program: how it was hardened it
// tells itself.
func readDocument(db *store.DB, a Arrival, digest string) (fact.Reading, error) {
	b, err := db.ReadDocument(digest)
	if err != nil {
		return fact.Reading{}, err
	}
	switch {
	case a.Artifact:
		return readArtifact(b), nil
	case a.Configuration:
		return fact.Reading{Type: ConfigurationType}, nil
	}
	reading, err := read.Read(b)
	if err == nil && slices.ContainsFunc(reading.Facts, isAttestation) { // to look for signatures is to read all again
		signed(&reading, intoto.Signers(b, a.Trusted))
	}
	return reading, err
}

func readArtifact(b []byte) fact.Reading {
	r := fact.Reading{Type: ArtifactType}
	if binary.Match(b) {
		if program, err := binary.Read(b); err == nil { // one that cannot be read is a file like any other
			r.Facts, r.Summary, r.Problems = program.Facts, program.Summary, program.Problems
		}
	}
	return r
}

func isAttestation(f fact.Fact) bool {
	_, ok := f.Data.(*fact.Attestation)
	return ok
}

// signed marks the attestations of a reading whose signature holds under a trusted key.
func signed(reading *fact.Reading, signers []string) {
	for i := range reading.Facts {
		if a, ok := reading.Facts[i].Data.(*fact.Attestation); ok && i < len(signers) && signers[i] != "" {
			a.Verified, a.Signer = true, signers[i]
		}
	}
}

func receipt(name, digest string, size int64, reading fact.Reading, err error) Receipt {
	r := Receipt{File: name, Digest: digest, Size: size, Type: reading.Type, Accepted: err == nil, Summary: reading.Summary, Problems: reading.Problems}
	if err != nil {
		r.Problems = append(r.Problems, problem(err))
	}
	if r.Problems == nil {
		r.Problems = []fact.Problem{}
	}
	return r
}

// Understand says what a document would be taken for, and keeps nothing.
func Understand(name string, b []byte) Receipt {
	reading, err := read.Read(b)
	return receipt(name, store.DigestOf(b), int64(len(b)), reading, err)
}

// problem turns a reader's refusal into a problem with its place.
func problem(err error) fact.Problem {
	var e *lang.Error
	if !errors.As(err, &e) {
		return fact.Problem{What: lang.T(err.Error(), err.Error())}
	}
	p := fact.Problem{Where: e.Where, What: e.What}
	if !e.Why.IsZero() {
		p.What = lang.T(e.What.JA+"（"+e.Why.JA+"）", e.What.EN+" ("+e.Why.EN+")")
	}
	return p
}

// write puts a reading into the store. The same bytes about the same thing change nothing but the audit log.
func write(ctx context.Context, tx *store.Tx, a Arrival, r *Receipt, reading fact.Reading) error {
	added, err := tx.AddDocument(ctx, store.Document{Digest: r.Digest, Size: r.Size, Name: r.File, Type: r.Type, Origin: a.Origin,
		Accepted: r.Accepted, Problems: r.Problems, Summary: r.Summary, SignatureState: signatureState(reading)})
	if err != nil {
		return err
	}
	about, err := tx.DocumentSubjects(ctx, r.Digest)
	if err != nil {
		return err
	}
	r.Known = !added && slices.Contains(about, a.Subject)
	if !r.Known {
		if err := tx.LinkDocument(ctx, r.Digest, a.Subject); err != nil {
			return err
		}
	}
	if a.Configuration && a.Subject.Kind != fact.Release {
		return ofRelease()
	}
	if a.Artifact {
		if err := listArtifact(ctx, tx, a.Subject, r); err != nil {
			return err
		}
	}
	if r.Accepted && !r.Known {
		if err := keep(ctx, tx, a.Subject, r.Digest, r.File, reading); err != nil {
			return err
		}
	}
	return tx.Audit(ctx, "received", store.Object{Kind: "document", ID: r.Digest},
		map[string]any{"name": r.File, "type": r.Type, "accepted": r.Accepted, "subject": a.Subject, "known": r.Known})
}

// signatureState says of a document with attestations whether all of them hold under trusted keys.
func signatureState(reading fact.Reading) string {
	state := ""
	for _, f := range reading.Facts {
		if a, ok := f.Data.(*fact.Attestation); ok {
			if !a.Verified {
				return "not verified"
			}
			state = "verified"
		}
	}
	return state
}

// ofRelease refuses a file of a release that is said to be about something else.
func ofRelease() error {
	return &lang.Error{Kind: lang.Usage, What: lang.T("成果物と設定はリリースに対してだけ登録できます", "artifacts and configuration belong to a release"),
		Next: lang.T("--release で版を指定してください", "name it with --release")}
}

// listArtifact adds a file to the artifacts of its release.
func listArtifact(ctx context.Context, tx *store.Tx, subject fact.Subject, r *Receipt) error {
	if subject.Kind != fact.Release {
		return ofRelease()
	}
	release, err := tx.ReleaseByID(ctx, subject.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(release.Artifacts, func(a chain.Artifact) bool { return a.Digest == r.Digest }) {
		return nil
	}
	release.Artifacts = append(release.Artifacts, chain.Artifact{Name: r.File, Digest: r.Digest, Size: r.Size})
	return tx.SaveModel(ctx, chain.Model{Releases: []chain.Release{release}})
}

// keep writes the facts of a reading, and the components an SBOM states for a release.
func keep(ctx context.Context, tx *store.Tx, subject fact.Subject, digest, name string, reading fact.Reading) error {
	facts := slices.Clone(reading.Facts)
	for i := range facts {
		f := &facts[i]
		f.Subject, f.Document = subject, digest
		if f.ObservedAt.IsZero() || f.ObservedAt.After(tx.Now()) {
			f.ObservedAt = tx.Now() // a document from the future is as fresh as its arrival, not fresher
		}
		if h, ok := f.Data.(*fact.Hardening); ok {
			h.Name = name
		}
		if sbom, ok := f.Data.(*fact.SBOM); ok && subject.Kind == fact.Release {
			if err := keepComponents(ctx, tx, subject.ID, digest, sbom); err != nil {
				return err
			}
		}
	}
	return tx.PutFacts(ctx, facts)
}

// keepComponents makes the newest SBOM the current view of what a release holds. Lists of earlier SBOMs are dropped; the
// documents themselves stay.
func keepComponents(ctx context.Context, tx *store.Tx, release, digest string, sbom *fact.SBOM) error {
	earlier, err := tx.ListedBy(ctx, release)
	if err != nil {
		return err
	}
	for _, document := range earlier {
		if document == digest {
			continue
		}
		if err := tx.DropComponentList(ctx, release, document); err != nil {
			return err
		}
	}
	return tx.ReplaceReleaseComponents(ctx, release, digest, Components(sbom))
}

// fields are the pieces of information whose absence is kept with a component.
var fields = []fact.Field{fact.FieldVersion, fact.FieldSupplier, fact.FieldProducer, fact.FieldIdentifier, fact.FieldHash, fact.FieldLicense}

// Components gives what an SBOM states as the components of a release, in its order. The root is the release itself and
// is not among them.
func Components(sbom *fact.SBOM) []store.ReleaseComponent {
	direct := map[string]bool{}
	if sbom.Root != nil {
		for _, d := range sbom.Dependencies {
			if d.From == sbom.Root.Ref {
				for _, to := range d.To {
					direct[to] = true
				}
			}
		}
	}
	out := make([]store.ReleaseComponent, 0, len(sbom.Components))
	for i := range sbom.Components {
		c := &sbom.Components[i]
		of := ecosystem(c.PURL)
		rc := store.ReleaseComponent{Component: store.Component{PURL: c.PURL, Name: fullName(c), Version: c.Version, Ecosystem: of, Identifiers: identifiers(c, of)},
			Ref: c.Ref, Direct: direct[c.Ref], Presence: map[fact.Field]fact.Presence{}}
		if c.Supplier != nil {
			rc.Supplier = c.Supplier.Name
		}
		for _, f := range fields {
			if p := c.Presence(f); p != fact.Present {
				rc.Presence[f] = p
			}
		}
		out = append(out, rc)
	}
	return out
}

// identifiers gives what a component can be looked up by beside its package URL: where in which repository it comes from,
// from which package's sources it was built, and its CPE names when no ecosystem answers for its package URL, for a CPE name is a guess of whoever wrote it.
func identifiers(c *fact.Component, ecosystem string) string {
	var out []string
	if c.CPE != "" && ecosystem == "" {
		out = append(out, c.CPE)
	}
	for _, id := range c.OtherIDs {
		switch {
		case id.Type == "vcs", id.Type == "cpe" && ecosystem == "":
			out = append(out, id.Value)
		case id.Type == "upstream" && purl.OfDistribution(c.PURL):
			out = append(out, store.BuiltFrom+id.Value)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "\n")
}

func fullName(c *fact.Component) string {
	if c.Group != "" {
		return fmt.Sprintf("%s/%s", c.Group, c.Name)
	}
	return c.Name
}

func ecosystem(s string) string {
	p, err := purl.Parse(s)
	if err != nil {
		return ""
	}
	return p.Ecosystem().String()
}

// Reread reads every accepted document again and replaces what was made of it: after a reader has learned something. It
// gives how many documents were read.
func Reread(ctx context.Context, db *store.DB, actor store.Actor, trusted intoto.Trust) (int, error) {
	docs, err := db.Documents(ctx, store.DocumentFilter{})
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(docs, func(a, b store.Document) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	for _, d := range docs {
		if err := reread(ctx, db, actor, d, trusted); err != nil {
			return 0, fmt.Errorf("read %s again: %w", d.Digest, err)
		}
	}
	return len(docs), nil
}

func reread(ctx context.Context, db *store.DB, actor store.Actor, d store.Document, trusted intoto.Trust) error {
	if d.Type == "signed-declaration" || d.Type == "tasuki-bundle" || d.Type == "judgement" {
		return nil // nothing was read out of it
	}
	reading, readErr := readDocument(db, Arrival{Artifact: d.Type == ArtifactType, Configuration: d.Type == ConfigurationType, Trusted: trusted}, d.Digest)
	r := receipt(d.Name, d.Digest, d.Size, reading, readErr)
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		d.SignatureState = signatureState(reading)
		d.Type, d.Accepted, d.Problems, d.Summary = r.Type, r.Accepted, r.Problems, r.Summary
		if err := tx.SetReading(ctx, d); err != nil {
			return err
		}
		if err := tx.DropFactsOf(ctx, d.Digest); err != nil {
			return err
		}
		subjects, err := tx.DocumentSubjects(ctx, d.Digest)
		if err != nil {
			return err
		}
		for _, s := range subjects {
			if !r.Accepted {
				break
			}
			if err := keep(ctx, tx, s, d.Digest, d.Name, reading); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, "read again", store.Object{Kind: "document", ID: d.Digest}, map[string]any{"type": r.Type, "accepted": r.Accepted})
	})
}
