package oscal

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

type plan struct {
	UUID     string           `json:"uuid"`
	Metadata metadata         `json:"metadata"`
	SSP      href             `json:"import-ssp"`
	Reviewed reviewedControls `json:"reviewed-controls"`
	Back     backMatter       `json:"back-matter"`
}

type results struct {
	UUID     string     `json:"uuid"`
	Metadata metadata   `json:"metadata"`
	Plan     href       `json:"import-ap"`
	Results  []result   `json:"results"`
	Back     backMatter `json:"back-matter"`
}

type href struct {
	Href    string `json:"href"`
	Remarks string `json:"remarks,omitempty"`
}

type reviewedControls struct {
	Selections []selection `json:"control-selections"`
	Remarks    string      `json:"remarks,omitempty"`
}

type selection struct {
	Include []controlID `json:"include-controls"`
}

type controlID struct {
	ID string `json:"control-id"`
}

type result struct {
	UUID         string           `json:"uuid"`
	Title        string           `json:"title"`
	Description  string           `json:"description"`
	Start        string           `json:"start"`
	End          string           `json:"end,omitempty"`
	Props        []prop           `json:"props,omitempty"`
	Reviewed     reviewedControls `json:"reviewed-controls"`
	Attestations []attestation    `json:"attestations,omitempty"`
	Observations []observation    `json:"observations,omitempty"`
	Findings     []finding        `json:"findings,omitempty"`
}

type attestation struct {
	Responsible []responsibleParty `json:"responsible-parties"`
	Parts       []assessmentPart   `json:"parts"`
}

type assessmentPart struct {
	UUID  string `json:"uuid"`
	Name  string `json:"name"`
	NS    string `json:"ns"`
	Prose string `json:"prose"`
}

type observation struct {
	UUID        string     `json:"uuid"`
	Description string     `json:"description"`
	Props       []prop     `json:"props,omitempty"`
	Methods     []string   `json:"methods"`
	Evidence    []relevant `json:"relevant-evidence,omitempty"`
	Collected   string     `json:"collected"`
	Expires     string     `json:"expires,omitempty"`
}

type relevant struct {
	Href        string `json:"href,omitempty"`
	Description string `json:"description"`
}

type finding struct {
	UUID         string    `json:"uuid"`
	Title        string    `json:"title"`
	Description  string    `json:"description"`
	Props        []prop    `json:"props,omitempty"`
	Target       target    `json:"target"`
	Observations []related `json:"related-observations"`
}

type target struct {
	Type   string `json:"type"`
	ID     string `json:"target-id"`
	Status state  `json:"status"`
}

type state struct {
	State   string `json:"state"`
	Reason  string `json:"reason"`
	Remarks string `json:"remarks,omitempty"`
}

type related struct {
	Observation string `json:"observation-uuid"`
}

// writer turns one declaration into assessment results.
type writer struct {
	d     declared.Document
	lang  lang.Lang
	lines []declared.Line
}

// Results writes a declaration or status report as assessment results. The assessment plan that OSCAL requires is made
// with it and carried inside: it names the same controls, and says that there is no system security plan. One result
// holds an observation for each answer, and a finding for each that is met, partly met or not met.
func Results(d declared.Document, l lang.Lang) ([]byte, error) {
	lines, err := d.Lines()
	if err != nil {
		return nil, err
	}
	w := writer{d, l, lines}
	planned, err := w.plan()
	if err != nil {
		return nil, err
	}
	planID := id("plan resource", d.Digest(), string(l))
	back := backMatter{[]resource{{UUID: planID, Title: w.say("評価計画", "assessment plan"),
		Base64: &base64{Filename: "assessment-plan.json", MediaType: "application/oscal+json", Value: planned}}}}
	for i, r := range d.Supporting {
		back.Resources = append(back.Resources, resource{UUID: w.source(i + 1), Title: r.Name, Description: declared.ResourceName(r.Kind).In(l),
			RLinks: []rlink{{Href: (&url.URL{Path: r.Name}).String(), MediaType: r.MediaType, Hashes: sha256(r.Digest)}}})
	}
	return encode("assessment-results", results{UUID: w.id("results"), Metadata: w.metadata(w.title()), Plan: href{Href: "#" + planID},
		Results: []result{w.result()}, Back: back})
}

func (w writer) say(ja, en string, args ...any) string { return lang.F(ja, en, args...).In(w.lang) }

// id derives an identifier within this document.
func (w writer) id(parts ...string) string {
	return id(append([]string{w.d.Digest(), string(w.lang)}, parts...)...)
}

// source is the identifier of a supporting document by its number.
func (w writer) source(n int) string { return w.id("supporting", fmt.Sprint(n)) }

func (w writer) title() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", w.d.Kind.Title().In(w.lang), w.d.Object.Name, w.d.Object.Version))
}

func (w writer) metadata(title string) metadata {
	m := metadata{Title: title, LastModified: stamp(w.d.IssuedAt), Version: fmt.Sprint(max(w.d.Serial, 1)), OSCALVersion: version,
		Roles:   []role{{"issuer", w.say("発行者", "issuer")}},
		Parties: []party{{UUID: w.id("issuer"), Type: "organization", Name: w.d.Issuer.Name}}}
	m.ResponsibleParties = []responsibleParty{{"issuer", []string{w.id("issuer")}}}
	m.Props = own(m.Props, "catalogue-digest", w.d.Requirements.CatalogueDigest)
	m.Props = own(m.Props, "edition", w.d.Requirements.Edition)
	m.Props = own(m.Props, "level", string(w.d.Requirements.Level))
	m.Props = own(m.Props, "content-digest", w.d.Digest())
	if s := w.d.Signed; s != nil {
		m.Roles = append(m.Roles, role{"signer", w.say("署名者", "signer")})
		m.Parties = append(m.Parties, party{UUID: w.id("signer"), Type: "person", Name: w.d.Signer.Name, Remarks: w.d.Signer.Title})
		m.ResponsibleParties = append(m.ResponsibleParties, responsibleParty{"signer", []string{w.id("signer")}})
		m.Props = own(own(own(m.Props, "declaration-id", w.d.ID), "bundle-digest", s.Bundle), "signing-key", s.Key)
		return m
	}
	m.Remarks = w.say("未署名の写しです。", "An unsigned copy.")
	return m
}

// plan is the least that OSCAL asks of an assessment plan.
func (w writer) plan() ([]byte, error) {
	none := w.id("no ssp")
	return encode("assessment-plan", plan{UUID: w.id("plan"), Metadata: w.metadata(w.say("評価計画: %s", "Assessment plan: %s", w.title())),
		SSP: href{Href: "#" + none, Remarks: w.say("システムセキュリティ計画はありません。", "There is no system security plan.")}, Reviewed: w.reviewed(),
		Back: backMatter{[]resource{{UUID: none, Title: w.say("システムセキュリティ計画はありません", "no system security plan"),
			Description: w.say("組織の責務の評価であり、システムセキュリティ計画に基づくものではありません。", "Duties of an organisation are assessed, not the controls of a system security plan.")}}}})
}

// reviewed lists the controls with an answer, leaves out what does not apply, and says why.
func (w writer) reviewed() reviewedControls {
	var ids []controlID
	for _, l := range w.lines {
		c := controlID{token(string(l.Requirement))}
		if (l.Answer == nil || l.Answer.Status != verify.NotApplicable) && !slices.Contains(ids, c) {
			ids = append(ids, c)
		}
	}
	out := reviewedControls{Selections: []selection{{ids}}}
	var why []string
	for _, x := range w.d.Requirements.Exclusions {
		why = append(why, fmt.Sprintf("%s (%s): %s", x.Requirement, x.Role, x.Reason))
	}
	if len(why) > 0 {
		out.Remarks = w.say("対象外: ", "Not applicable: ") + strings.Join(why, "; ")
	}
	return out
}

func (w writer) result() result {
	d := w.d
	r := result{UUID: w.id("result"), Title: w.title(), Description: d.Conformity.In(w.lang), Start: stamp(d.Assessment.At), Reviewed: w.reviewed()}
	if d.Signed == nil {
		r.Description = w.say("現在の状態の写しです。誰も署名していません。", "A copy of the present state of affairs. Nobody signed it.")
	} else {
		r.Attestations = []attestation{{Responsible: []responsibleParty{{"signer", []string{w.id("signer")}}},
			Parts: []assessmentPart{{UUID: w.id("statement"), Name: "statement", NS: namespace, Prose: d.Conformity.In(w.lang)}}}}
	}
	r.Props = own(own(r.Props, "valid-from", stamp(d.Validity.From)), "valid-until", stamp(d.Validity.Until))
	for _, l := range d.Limitations {
		r.Props = own(r.Props, "limitation", l.In(w.lang))
	}
	for _, line := range w.lines {
		if line.Answer == nil {
			continue
		}
		r.Observations = append(r.Observations, w.observation(line))
		if f, ok := w.finding(line); ok {
			r.Findings = append(r.Findings, f)
		}
	}
	return r
}

// props say whose duty a line is and how it stands, in our own words.
func (w writer) props(line declared.Line) []prop {
	a := line.Answer
	p := own(own(own(nil, "requirement", string(line.Requirement)), "role", string(line.Role)), "party", line.Party)
	p = own(own(own(p, "stance", string(a.Stance)), "status", string(a.Status)), "basis", string(a.Basis))
	if a.StatedOnly {
		p = own(p, "stated-only", "true")
	}
	return p
}

func (w writer) observation(line declared.Line) observation {
	a := line.Answer
	why := declared.Words(a.Reasons, w.lang)
	if why == "" {
		why = declared.StatusName(a.Status).In(w.lang)
	}
	o := observation{UUID: w.id("observation", fmt.Sprint(line.Index)), Description: why, Props: w.props(line), Methods: []string{method(a.Basis)}, Collected: stamp(w.d.Assessment.At)}
	if until := a.Lapses(); !until.IsZero() {
		o.Expires = stamp(until)
	}
	for _, digest := range a.Evidence {
		if n := w.d.Source(digest); n > 0 {
			o.Evidence = append(o.Evidence, relevant{Href: "#" + w.source(n), Description: w.d.Supporting[n-1].Name})
		}
	}
	if e := a.Exception; e != nil {
		o.Evidence = append(o.Evidence, relevant{Description: w.say("承認された例外措置: %s（承認 %s）", "approved exception: %s (by %s)", e.Reason, declared.Person(e.Approver, w.lang))})
	}
	return o
}

// method gives OSCAL's word for how an answer was reached.
func method(b verify.Basis) string {
	switch b {
	case verify.Automatic:
		return "TEST"
	case verify.Record:
		return "EXAMINE"
	}
	return "INTERVIEW"
}

// finding gives the state of the control's statement; false for what has none.
func (w writer) finding(line declared.Line) (finding, bool) {
	a := line.Answer
	s := state{State: "not-satisfied", Reason: "other", Remarks: declared.StatusName(a.Status).In(w.lang)}
	switch a.Status {
	case verify.Met:
		s.State, s.Reason = "satisfied", "pass"
	case verify.NotMet:
		s.Reason = "fail"
	case verify.PartlyMet, verify.MetWithException:
	default:
		return finding{}, false
	}
	who := line.Role.Title().In(w.lang)
	if line.Party != "" {
		who = line.Party + " " + who
	}
	return finding{UUID: w.id("finding", fmt.Sprint(line.Index)), Title: fmt.Sprintf("%s %s (%s)", line.Requirement, line.Asked.Title.In(w.lang), who),
		Description: declared.StatusName(a.Status).In(w.lang), Props: w.props(line),
		Target:       target{Type: "statement-id", ID: statement(line.Requirement), Status: s},
		Observations: []related{{w.id("observation", fmt.Sprint(line.Index))}}}, true
}
