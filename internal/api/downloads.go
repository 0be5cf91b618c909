package api

import (
	"bytes"
	"context"
	"mime"
	"slices"
	"strings"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/cdx"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/internal/report/oscal"
	"example.org/tasuki/internal/report/vex"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

const (
	asPDF  = "application/pdf"
	asXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	asCSV  = "text/csv"

	asCalendar = "text/calendar; charset=utf-8"
)

// gives says what the bytes of an answer are and what a browser saves them as.
func (c *call) gives(media, name string) {
	c.w.Header().Set("Content-Type", media)
	c.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// Version is a release in a query.
type Version struct {
	Release string `query:"release" doc:"Version; the latest supported release when empty"`
}

// checklist gives what the checklist of a software says, of the state as it was judged last.
func (s *server) checklist(ctx context.Context, c *call, in *struct {
	NameInput
	Version
	Format    string `path:"format" enum:"xlsx,csv" doc:"xlsx, or csv in UTF-8 with a byte order mark"`
	Addressee string `query:"addressee" doc:"The organisation the cover is addressed to"`
	Attention string `query:"attention" doc:"The person there"`
}) ([]byte, error) {
	software, release, err := s.releaseOf(ctx, c, in.Name, in.Release)
	if err != nil {
		return nil, err
	}
	sheet, err := office.ChecklistOf(ctx, s.db, c.lang, software, release)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if in.Format == "csv" {
		c.gives(asCSV+"; charset=utf-8", "checklist.csv")
		err = xlsx.ChecklistCSV(&b, sheet)
		return b.Bytes(), err
	}
	sheet.Cover.Addressee = strings.Join(declared.Addressee(in.Addressee, in.Attention, c.lang), "\n")
	c.gives(asXLSX, "checklist.xlsx")
	err = xlsx.Checklist(&b, sheet)
	return b.Bytes(), err
}

// releaseOf gives the ids of a software and of the release that is named, or of its latest.
func (s *server) releaseOf(ctx context.Context, c *call, name, version string) (software, release string, err error) {
	subject, err := judging.Subject(ctx, s.db, c.actor, judging.Target{Software: name, Release: version})
	if err != nil {
		return "", "", forReading(err)
	}
	v, err := s.db.SoftwareByName(ctx, name)
	if subject.Kind == fact.Release {
		release = subject.ID
	}
	return v.ID, release, err
}

// Paper is how a paper is made out.
type Paper struct {
	Format    string         `path:"format" enum:"pdf,oscal,cyclonedx" doc:"pdf, oscal (assessment results) or cyclonedx (attestations)"`
	Addressee string         `query:"addressee" doc:"PDF: the organisation it is addressed to"`
	Attention string         `query:"attention" doc:"PDF: the person there"`
	Dates     calendar.Style `query:"dates" enum:"western,both,era" doc:"PDF: years on Japanese papers; as the workspace says when empty"`
}

// write makes a document out.
func (s *server) write(ctx context.Context, c *call, d declared.Document, p Paper) ([]byte, error) {
	switch p.Format {
	case "oscal":
		c.gives(asJSON, "assessment-results.oscal.json")
		return oscal.Results(d, c.lang)
	case "cyclonedx":
		c.gives(asJSON, "attestations.cdx.json")
		return cdx.Attestations(d, c.lang)
	}
	var b bytes.Buffer
	c.gives(asPDF, "declaration.pdf")
	err := office.Paper(ctx, s.db, &b, d, c.lang, p.Addressee, p.Attention, p.Dates)
	return b.Bytes(), err
}

// softwarePaper gives the declaration about a release that was issued last and still stands.
func (s *server) softwarePaper(ctx context.Context, c *call, in *struct {
	NameInput
	Version
	Paper
}) ([]byte, error) {
	software, release, err := s.releaseOf(ctx, c, in.Name, in.Release)
	if err != nil {
		return nil, err
	}
	issued, err := s.db.Declarations(ctx, store.DeclarationFilter{Subject: fact.Subject{Kind: fact.Software, ID: software}, Release: release, State: store.DeclarationIssued})
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(issued) {
		if d.Bundle == "" {
			continue
		}
		b, err := s.db.ReadDocument(d.Bundle)
		if err != nil {
			return nil, err
		}
		return s.opened(ctx, c, b, in.Paper)
	}
	return nil, &lang.Error{Kind: lang.NotFound, What: lang.T("発行済みの宣言がありません", "no declaration was issued"),
		Next: lang.T("同じアドレスへの POST で、現在の状態の未署名の写しを作れます", "POST to the same address draws up an unsigned copy of the present state")}
}

// present judges again and gives the state of affairs, which nobody signed.
func (s *server) present(ctx context.Context, c *call, in *struct {
	NameInput
	Version
	Paper
}) ([]byte, error) {
	software, release, err := s.releaseOf(ctx, c, in.Name, in.Release)
	if err != nil {
		return nil, err
	}
	d, err := relay.DocumentOf(ctx, s.db, c.actor, relay.DraftRequest{Software: software, Release: release}, true)
	if err != nil {
		return nil, err
	}
	return s.write(ctx, c, d, in.Paper)
}

// opened makes out what a bundle says.
func (s *server) opened(ctx context.Context, c *call, bundle []byte, p Paper) ([]byte, error) {
	o, err := verify.Open(bundle)
	if err != nil {
		return nil, err
	}
	return s.write(ctx, c, declared.Of(o), p)
}

// declarationPaper gives one issued declaration.
func (s *server) declarationPaper(ctx context.Context, c *call, in *struct {
	IDInput
	Paper
}) ([]byte, error) {
	b, err := s.bundle(ctx, c, &in.IDInput)
	if err != nil {
		return nil, err
	}
	c.w.Header().Del("ETag") // it is the bundle's
	return s.opened(ctx, c, b, in.Paper)
}

// vexForms are the formats that decisions about a release are handed on in.
var vexForms = map[string]struct {
	form portfolio.VEXForm
	name string
}{
	"openvex":   {vex.OpenVEX, "openvex.json"},
	"cyclonedx": {vex.CycloneDX, "vex.cdx.json"},
	"csaf":      {vex.CSAF, "csaf.json"},
}

// vex hands the decisions about a release on; new content makes a new edition.
func (s *server) vex(ctx context.Context, c *call, in *struct {
	NameInput
	Version
	Format    string `path:"format" enum:"openvex,cyclonedx,csaf"`
	Namespace string `query:"namespace" doc:"CSAF: the publisher's address"`
}) ([]byte, error) {
	_, release, err := s.releaseOf(ctx, c, in.Name, in.Release)
	if err != nil {
		return nil, err
	}
	if release == "" {
		return nil, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」にリリースがありません", "%q has no release", in.Name),
			Next: lang.T("release を指定するか、先に SBOM を取り込んでください", "name a release, or bring an SBOM in first")}
	}
	f := vexForms[in.Format]
	c.gives(asJSON, f.name)
	return portfolio.VEX(ctx, s.db, c.actor, portfolio.VEXRequest{Release: release, Format: in.Format, Form: f.form, Namespace: in.Namespace, Tool: "Tasuki", Lang: c.lang})
}
