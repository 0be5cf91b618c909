package portfolio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/vex"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// EditionsSetting is the key of the setting that counts the editions of the VEX documents we wrote.
const EditionsSetting = "vex_editions"

// editions are those of one document: the digest of what the last one says, and when each came out.
type editions struct {
	Digest  string        `json:"digest"`
	History []vex.Edition `json:"history"`
}

// A VEXForm writes a VEX document: [vex.OpenVEX], [vex.CycloneDX] or [vex.CSAF].
type VEXForm func(vex.Input) ([]byte, error)

// VEXRequest says what VEX document to write.
type VEXRequest struct {
	Release   string // id
	Format    string // names the document's line of editions: openvex, cyclonedx, csaf
	Form      VEXForm
	Namespace string // URL of our organisation
	Tool      string // name and version of the program
	Lang      lang.Lang
}

// VEX writes what holds for the findings of a release: our decisions, the word of suppliers that counts (with whose it
// is), and under_investigation for what nobody decided. A document that says the same as the last one is the same, byte
// for byte; one that says something else is the next edition.
func VEX(ctx context.Context, db *store.DB, actor store.Actor, req VEXRequest) ([]byte, error) {
	in, err := vexInput(ctx, db, req)
	if err != nil {
		return nil, err
	}
	said, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(said)
	digest := hex.EncodeToString(sum[:])
	var out []byte
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		all := map[string]editions{}
		revision, err := tx.Setting(ctx, EditionsSetting, &all)
		if err != nil {
			return err
		}
		key := req.Format + " " + req.Release
		e := all[key]
		if e.Digest != digest {
			e = editions{digest, append(slices.Clone(e.History), vex.Edition{Version: len(e.History) + 1, At: tx.Now()})}
			all[key] = e
		}
		in.Version, in.History = len(e.History), e.History
		if out, err = req.Form(in); err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, EditionsSetting, all, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "exported", store.Object{Kind: "vex", ID: req.Release}, map[string]any{"format": req.Format, "version": in.Version, "statements": len(in.Statements)})
	})
	return out, err
}

func vexInput(ctx context.Context, db *store.DB, req VEXRequest) (vex.Input, error) {
	in := vex.Input{Tool: req.Tool, Lang: req.Lang, Statements: []vex.Statement{}}
	self, err := db.Self(ctx)
	if err != nil {
		return in, err
	}
	in.Publisher = vex.Publisher{Name: self.Name, Namespace: req.Namespace, Contact: self.Contact}
	if req.Lang == lang.EN && self.NameEN != "" {
		in.Publisher.Name = self.NameEN
	}
	release, err := db.ReleaseByID(ctx, req.Release)
	if err != nil {
		return in, err
	}
	software, err := db.SoftwareByID(ctx, release.Software)
	if err != nil {
		return in, err
	}
	in.Product = vex.Product{Name: software.Name, Version: release.Version}
	sboms, err := db.Facts(ctx, store.FactFilter{Subjects: []fact.Subject{{Kind: fact.Release, ID: release.ID}}, Kinds: []fact.Kind{fact.KindSBOM}})
	if err != nil {
		return in, err
	}
	for _, f := range sboms {
		if s, ok := f.Data.(*fact.SBOM); ok && s.Root != nil && s.Root.PURL != "" {
			in.Product.PURL = s.Root.PURL
		}
	}
	found, err := Triage(ctx, db, TriageFilter{Release: release.ID})
	for _, t := range found {
		in.Statements = append(in.Statements, t.statement(req.Lang))
	}
	slices.SortStableFunc(in.Statements, func(a, b vex.Statement) int {
		return strings.Compare(a.Vuln+" "+a.Component.PURL, b.Vuln+" "+b.Component.PURL)
	})
	return in, err
}

// statement says of a finding what holds. How urgent it is goes in as it was when somebody decided.
func (t Triaged) statement(l lang.Lang) vex.Statement {
	f := t.Finding
	s := vex.Statement{Vuln: f.Vuln, Aliases: f.Aliases, Component: vex.Component{PURL: f.PURL, Name: f.Name, Version: f.Version}, Fixed: f.Fixed,
		CVSS: f.CVSS, Score: f.Score, Severity: string(f.Severity), Summary: f.Summary, Status: string(triage.UnderInvestigation), At: f.FirstSeen}
	switch {
	case t.Opinion.Decision != nil:
		d := t.Opinion.Decision
		s.Status, s.Justification, s.Note, s.At = d.Status, d.Justification, d.Note, d.At
		s.Treatment, s.TreatBy, s.Done = d.Treatment, d.TreatBy, !d.TreatedAt.IsZero()
		var p triage.Result
		if json.Unmarshal(d.Priority, &p) == nil {
			s.SSVC = p.Vector
		}
	case t.Opinion.Word != nil:
		w := t.Opinion.Word
		s.Status, s.Justification, s.At = string(w.Status), w.Justification, w.At
		s.Note = lang.F("%sの情報による。%s", "According to %s. %s", w.Author, w.Text).In(l)
		if s.At.IsZero() {
			s.At = f.FirstSeen
		}
	}
	return s
}
