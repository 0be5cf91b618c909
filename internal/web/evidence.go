package web

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/chart"
	"example.org/tasuki/internal/store"
)

// evidencePage is what proves the duties of one software: the documents, and the form to bring more.
type evidencePage struct {
	Base
	Head      softwareHead
	Drop      dropForm
	Documents []documentLine
	Wanted    []wantedType
	Fresh     chart.Picture
}

type dropForm struct {
	Action   string
	Subjects []option
}

type documentLine struct {
	store.Document
	By    string // display name
	About []string
}

// wantedType is a type of document that checks of our duties read and that is not here yet.
type wantedType struct {
	Name   string
	Duties []guideline.ID
}

func (s *Server) evidence(w http.ResponseWriter, r *http.Request) error {
	p, err := s.evidencePage(r)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "evidence", p)
}

func (s *Server) evidencePage(r *http.Request) (*evidencePage, error) {
	ctx := r.Context()
	b := s.base(r, "software", lang.Text{})
	head, m, err := s.softwareHead(ctx, b, r, "evidence")
	if err != nil {
		return nil, err
	}
	p := &evidencePage{Base: b, Head: head, Drop: newDropForm(b, head, m)}
	p.Title = head.Software.Name + b.T("：証跡", ": evidence")
	documents, err := s.documentsOf(ctx, head, m)
	if err != nil {
		return nil, err
	}
	if p.Documents, err = s.documentLines(ctx, b, m, documents); err != nil {
		return nil, err
	}
	p.Wanted = wanted(b, documents, dutiesOf(m, head.Software.ID))
	rows, err := s.duties(ctx, b, head, m)
	if err != nil {
		return nil, err
	}
	p.Fresh = freshness(b, p.Documents, ofParty(rows, ""))
	return p, nil
}

func (s *Server) documentLines(ctx context.Context, b Base, m chain.Model, documents []store.Document) ([]documentLine, error) {
	people, err := s.displayNames(ctx)
	if err != nil {
		return nil, err
	}
	var out []documentLine
	for _, d := range documents {
		subjects, err := s.db.DocumentSubjects(ctx, d.Digest)
		if err != nil {
			return nil, err
		}
		line := documentLine{Document: d, By: people.name(d.ReceivedBy)}
		for _, subject := range subjects {
			line.About = append(line.About, subjectName(b, m, subject))
		}
		out = append(out, line)
	}
	return out, nil
}

// subjectName names what something is about for people.
func subjectName(b Base, m chain.Model, s fact.Subject) string {
	switch s.Kind {
	case fact.Software:
		for _, sw := range m.Software {
			if sw.ID == s.ID {
				return sw.Name
			}
		}
	case fact.Release:
		for _, rel := range m.Releases {
			if rel.ID == s.ID {
				return subjectName(b, m, fact.Subject{Kind: fact.Software, ID: rel.Software}) + " " + rel.Version
			}
		}
	case fact.Org:
		return partyNames(m)[s.ID]
	case fact.System:
		for _, sys := range m.Systems {
			if sys.ID == s.ID {
				return sys.Name
			}
		}
	}
	return s.ID
}

func newDropForm(b Base, head softwareHead, m chain.Model) dropForm {
	f := dropForm{Action: "/software/" + head.Software.ID + "/evidence"}
	for _, rel := range head.Releases {
		f.Subjects = append(f.Subjects, option{Value: "release:" + rel.ID, Name: b.F("リリース %s", "Release %s", rel.Version), Selected: rel.ID == head.Release})
	}
	f.Subjects = append(f.Subjects, option{Value: "software:" + head.Software.ID, Name: b.F("%s（全リリース）", "%s (all releases)", head.Software.Name)})
	for _, p := range m.Parties {
		if p.Self {
			f.Subjects = append(f.Subjects, option{Value: "org:" + p.ID, Name: b.F("組織全体（%s）", "The whole organisation (%s)", p.Name)})
		}
	}
	return f
}

// dutiesOf gives the requirements that are our duties over a software, in the guideline's order.
func dutiesOf(m chain.Model, software string) []guideline.ID {
	ours := ourParties(m)
	mine := map[guideline.ID]bool{}
	for _, d := range chain.Duties(guideline.Default(), m) {
		if d.Software == software && ours[d.Party] {
			mine[d.Requirement] = true
		}
	}
	var out []guideline.ID
	for _, in := range guideline.Default().Individuals() {
		if mine[in.ID] {
			out = append(out, in.ID)
		}
	}
	return out
}

// wanted lists the types of document that would feed our duties and are not here. Where one of several types is enough
// and one is here, the others are not wanted; what feeds bring is nobody's to upload.
func wanted(b Base, have []store.Document, duties []guideline.ID) []wantedType {
	here := func(kind string) bool {
		return slices.ContainsFunc(have, func(d store.Document) bool { return d.Type == kind && d.Accepted })
	}
	var out []wantedType
	for _, id := range duties {
		for _, c := range guideline.Default().ChecksOf(id) {
			if slices.ContainsFunc(c.Evidence, here) {
				continue
			}
			for _, kind := range c.Evidence {
				if !slices.Contains(fromFeeds, kind) {
					out = want(out, b.TypeName(kind), id)
				}
			}
		}
	}
	return out
}

// fromFeeds are the types that come by feeds.
var fromFeeds = []string{"osv", "kev", "jvn", "eol"}

func want(list []wantedType, name string, id guideline.ID) []wantedType {
	i := slices.IndexFunc(list, func(w wantedType) bool { return w.Name == name })
	if i < 0 {
		return append(list, wantedType{name, []guideline.ID{id}})
	}
	if !slices.Contains(list[i].Duties, id) {
		list[i].Duties = append(list[i].Duties, id)
	}
	return list
}

// arrivalPage says what became of the files just brought.
type arrivalPage struct {
	Base
	Head     softwareHead
	Files    []arrival
	Accepted int
	Preview  bool // nothing is kept yet
}

type arrival struct {
	ingest.Receipt
	Feeds []guideline.ID // requirements of ours whose checks read such a document
}

// bringEvidence takes files in. One that cannot be read is kept and named, and does not stop the others.
func (s *Server) bringEvidence(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return badUpload(err)
	}
	defer r.MultipartForm.RemoveAll()
	if len(r.MultipartForm.File["files"]) == 0 {
		return formError(lang.T("ファイルが選ばれていません", "no file was chosen"))
	}
	p := &arrivalPage{Base: s.base(r, "software", lang.T("取り込みの結果", "What became of the files"))}
	_, m, err := s.softwareHead(ctx, p.Base, r, "evidence")
	if err != nil {
		return err
	}
	subject, err := s.arrivalSubject(r, m)
	if err != nil {
		return err
	}
	files, receipts, err := s.receiveLetters(r, r.MultipartForm.File["files"])
	if err != nil {
		return err
	}
	others, err := s.receive(r, files, subject)
	if err != nil {
		return err
	}
	p.list(append(receipts, others...), dutiesOf(m, r.PathValue("id")))
	if p.Head, _, err = s.softwareHead(ctx, p.Base, r, "evidence"); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "arrival", p)
}

// list says of each file which of our duties it bears on.
func (p *arrivalPage) list(receipts []ingest.Receipt, duties []guideline.ID) {
	for _, receipt := range receipts {
		a := arrival{Receipt: receipt}
		if receipt.Accepted {
			p.Accepted++
			a.Feeds = feeds(receipt.Type, duties)
		}
		p.Files = append(p.Files, a)
	}
}

// maxUnderstood is how many bytes of a file are read before it is kept; larger ones are read when they are.
const maxUnderstood = 32 << 20

// understandEvidence says what files would be taken for, and keeps nothing. A script asks for the list alone.
func (s *Server) understandEvidence(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return badUpload(err)
	}
	defer r.MultipartForm.RemoveAll()
	p := &arrivalPage{Base: s.base(r, "software", lang.T("取り込む前の確認", "Before the files are kept")), Preview: true}
	var m chain.Model
	var err error
	if p.Head, m, err = s.softwareHead(r.Context(), p.Base, r, "evidence"); err != nil {
		return err
	}
	var receipts []ingest.Receipt
	for _, f := range r.MultipartForm.File["files"] {
		receipt, err := understand(f)
		if err != nil {
			return err
		}
		if _, err := s.db.Document(r.Context(), receipt.Digest); err == nil {
			receipt.Known = true
		}
		receipts = append(receipts, receipt)
	}
	p.list(receipts, dutiesOf(m, r.PathValue("id")))
	if r.FormValue("part") != "" {
		return s.renderPart(w, http.StatusOK, "arrival", "arrivals", p)
	}
	return s.render(w, http.StatusOK, "arrival", p)
}

// understand reads one file of a form. Bundles and letters are verified when they are taken in, not before.
func understand(f *multipart.FileHeader) (ingest.Receipt, error) {
	later := func(kind string, what lang.Text) ingest.Receipt {
		return ingest.Receipt{File: f.Filename, Size: f.Size, Type: kind, Accepted: true, Problems: []fact.Problem{{What: what}}}
	}
	b, bundle, err := letterIn(f)
	switch {
	case err != nil:
		return ingest.Receipt{}, err
	case bundle:
		return later(relay.BundleType, lang.T("取り込むときに検証します", "it is verified when it is taken in")), nil
	case b != nil:
		return later("", lang.T("依頼・受領書・失効一覧のいずれかです。取り込むときに検証します", "a request, a receipt or a list of revocations; it is verified when it is taken in")), nil
	case f.Size > maxUnderstood:
		return later("", lang.T("大きいため、取り込むときに読み取ります", "it is large, and read when it is taken in")), nil
	}
	body, err := f.Open()
	if err != nil {
		return ingest.Receipt{}, err
	}
	defer body.Close()
	if b, err = io.ReadAll(body); err != nil {
		return ingest.Receipt{}, err
	}
	return ingest.Understand(f.Filename, b), nil
}

// receive opens the files of a form and takes them in.
func (s *Server) receive(r *http.Request, files []*multipart.FileHeader, subject fact.Subject) ([]ingest.Receipt, error) {
	var arrivals []ingest.Arrival
	for _, f := range files {
		body, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer body.Close()
		arrivals = append(arrivals, ingest.Arrival{Name: f.Filename, Origin: "upload", Body: body, Subject: subject})
	}
	return intake.Receive(r.Context(), s.db, s.actor(r), arrivals)
}

// feeds gives those of some requirements whose checks read a type of document.
func feeds(kind string, among []guideline.ID) []guideline.ID {
	return slices.DeleteFunc(assess.FedBy(kind), func(id guideline.ID) bool { return !slices.Contains(among, id) })
}

func badUpload(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return &lang.Error{Kind: lang.Unreadable, What: lang.T("送信された内容を読み取れませんでした", "what was sent could not be read"),
		Next: lang.T("もう一度ファイルを選んで送ってください", "choose the files again and send them"), Err: err}
}

// arrivalSubject reads what the files are about; a version that is not known yet becomes a release.
func (s *Server) arrivalSubject(r *http.Request, m chain.Model) (fact.Subject, error) {
	ctx, software := r.Context(), r.PathValue("id")
	version := strings.TrimSpace(r.FormValue("version"))
	if version == "" {
		kind, id, _ := strings.Cut(r.FormValue("about"), ":")
		subject := fact.Subject{Kind: fact.SubjectKind(kind), ID: id}
		known := slices.ContainsFunc(m.Releases, func(rel chain.Release) bool { return kind == "release" && rel.ID == id && rel.Software == software })
		self := slices.ContainsFunc(m.Parties, func(p chain.Party) bool { return kind == "org" && p.ID == id && p.Self })
		if !known && !self && subject != (fact.Subject{Kind: fact.Software, ID: software}) {
			return subject, formError(lang.T("何についての証跡かを選んでください", "choose what the files are evidence of"))
		}
		return subject, nil
	}
	for _, rel := range m.Releases {
		if rel.Software == software && rel.Version == version {
			return fact.Subject{Kind: fact.Release, ID: rel.ID}, nil
		}
	}
	rel := chain.Release{ID: s.db.NewID(), Software: software, Version: version}
	err := s.db.InTx(ctx, s.actor(r), func(tx *store.Tx) error {
		if err := tx.SaveModel(ctx, chain.Model{Releases: []chain.Release{rel}}); err != nil {
			return err
		}
		return tx.Audit(ctx, "added", store.Object{Kind: "release", ID: rel.ID}, store.Change{After: rel})
	})
	return fact.Subject{Kind: fact.Release, ID: rel.ID}, err
}
