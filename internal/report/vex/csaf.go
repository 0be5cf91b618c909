package vex

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
)

type csafProduct struct {
	ID     string            `json:"product_id"`
	Name   string            `json:"name"`
	Helper map[string]string `json:"product_identification_helper,omitempty"`
}

type csafBranch struct {
	Category string       `json:"category"`
	Name     string       `json:"name"`
	Branches []csafBranch `json:"branches,omitempty"`
	Product  *csafProduct `json:"product,omitempty"`
}

type csafRelationship struct {
	Category  string      `json:"category"`
	Name      csafProduct `json:"full_product_name"`
	Reference string      `json:"product_reference"`
	RelatesTo string      `json:"relates_to_product_reference"`
}

type csafNote struct {
	Category string `json:"category"`
	Text     string `json:"text"`
	Title    string `json:"title,omitempty"`
}

type csafVulnerability struct {
	CVE          string              `json:"cve,omitempty"`
	IDs          []csafID            `json:"ids,omitempty"`
	Notes        []csafNote          `json:"notes"`
	Status       map[string][]string `json:"product_status"`
	Flags        []csafFlag          `json:"flags,omitempty"`
	Threats      []csafThreat        `json:"threats,omitempty"`
	Remediations []csafRemediation   `json:"remediations,omitempty"`
	Scores       []csafScore         `json:"scores,omitempty"`
}

type csafID struct {
	System string `json:"system_name"`
	Text   string `json:"text"`
}

type csafFlag struct {
	Label    string   `json:"label"`
	Products []string `json:"product_ids"`
}

type csafThreat struct {
	Category string   `json:"category"`
	Details  string   `json:"details"`
	Products []string `json:"product_ids"`
}

type csafRemediation struct {
	Category string   `json:"category"`
	Details  string   `json:"details"`
	Products []string `json:"product_ids"`
}

type csafScore struct {
	Products []string       `json:"products"`
	CVSS3    map[string]any `json:"cvss_v3"`
}

type csafRevision struct {
	Date    time.Time `json:"date"`
	Number  string    `json:"number"`
	Summary string    `json:"summary"`
}

// csafStatus are CSAF's words for the statuses.
var csafStatus = map[string]string{"affected": "known_affected", "not_affected": "known_not_affected", "fixed": "fixed", "under_investigation": "under_investigation"}

// CSAF writes CSAF 2.0 with the profile csaf_vex (section 4.5). Each component is a product that is a default component of
// the release; the status is that of the component within it. The publisher's URL is needed.
func CSAF(in Input) ([]byte, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if u, err := url.Parse(in.Publisher.Namespace); err != nil || u.Scheme == "" || u.Host == "" {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.T("CSAF には発行者の URL が必要です", "CSAF needs the publisher's URL"),
			Next: lang.T("--namespace で自組織の URL を指定してください", "give the URL of your organisation with --namespace")}
	}
	t := newTree(in)
	type object = map[string]any
	engine := strings.TrimSpace(in.Tool)
	if engine == "" {
		engine = "Tasuki"
	}
	publisher := object{"category": "vendor", "name": in.Publisher.Name, "namespace": in.Publisher.Namespace}
	if in.Publisher.Contact != "" {
		publisher["contact_details"] = in.Publisher.Contact
	}
	title := lang.F("%s %s の脆弱性への影響（VEX）", "Vulnerabilities in %s %s (VEX)", in.Product.Name, in.Product.Version).In(in.Lang)
	doc := object{
		"document": object{
			"category": "csaf_vex", "csaf_version": "2.0", "title": title, "lang": string(in.Lang), "publisher": publisher,
			"tracking": object{
				"id": "TASUKI-VEX-" + in.series("csaf"), "status": "final", "version": strconv.Itoa(in.Version), "initial_release_date": in.first(),
				"current_release_date": in.at(), "revision_history": revisions(in),
				"generator": object{"engine": object{"name": engine}, "date": in.at()},
			},
		},
		"product_tree":    object{"branches": t.branches(in), "full_product_names": t.components, "relationships": t.relationships},
		"vulnerabilities": t.vulnerabilities(in),
	}
	return encode(doc)
}

func revisions(in Input) []csafRevision {
	var out []csafRevision
	for _, e := range in.History {
		summary := lang.T("初版", "first edition")
		if e.Version > 1 {
			summary = lang.T("判断を更新", "decisions changed")
		}
		out = append(out, csafRevision{e.At.UTC().Truncate(time.Second), strconv.Itoa(e.Version), summary.In(in.Lang)})
	}
	return out
}

// tree gives products their ids: P0 the release, C1 … the components, P1 … the components as parts of the release.
type tree struct {
	components    []csafProduct
	relationships []csafRelationship
	parts         map[string]string // component -> id of it as a part of the release
}

const releaseID = "P0"

func newTree(in Input) tree {
	t := tree{parts: map[string]string{}}
	for _, s := range in.sorted() {
		id := s.Component.id()
		if t.parts[id] != "" {
			continue
		}
		n := strconv.Itoa(len(t.components) + 1)
		t.parts[id] = "P" + n
		name := strings.TrimSpace(s.Component.Name + " " + s.Component.Version)
		if name == "" {
			name = id
		}
		t.components = append(t.components, csafProduct{"C" + n, name, map[string]string{"purl": id}})
		t.relationships = append(t.relationships, csafRelationship{"default_component_of",
			csafProduct{ID: "P" + n, Name: fmt.Sprintf("%s (%s %s)", name, in.Product.Name, in.Product.Version)}, "C" + n, releaseID})
	}
	return t
}

func (t tree) branches(in Input) []csafBranch {
	release := csafProduct{releaseID, in.Product.Name + " " + in.Product.Version, map[string]string{"purl": in.Product.purl()}}
	return []csafBranch{{Category: "vendor", Name: in.Publisher.Name, Branches: []csafBranch{{Category: "product_name", Name: in.Product.Name,
		Branches: []csafBranch{{Category: "product_version", Name: in.Product.Version, Product: &release}}}}}}
}

// vulnerabilities gives one entry for each vulnerability, because CSAF allows a CVE only once.
func (t tree) vulnerabilities(in Input) []csafVulnerability {
	var out []csafVulnerability
	at := map[string]int{}
	for _, s := range in.sorted() {
		name := s.name()
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, heading(s, in.Lang))
		}
		t.add(&out[i], s, in.Lang)
	}
	return out
}

func heading(s Statement, l lang.Lang) csafVulnerability {
	v := csafVulnerability{Status: map[string][]string{}}
	if strings.HasPrefix(s.name(), "CVE-") {
		v.CVE = s.name()
	} else {
		v.IDs = append(v.IDs, csafID{source(s.name()), s.name()})
	}
	for _, id := range s.others() {
		v.IDs = append(v.IDs, csafID{source(id), id})
	}
	text := s.Summary
	if text == "" {
		text = lang.F("%s の影響", "effect of %s", s.name()).In(l)
	}
	v.Notes = []csafNote{{Category: "description", Text: text}}
	for _, vector := range s.CVSS {
		if strings.HasPrefix(vector, "CVSS:4.0/") { // CSAF 2.0 has no other place for it
			v.Notes = append(v.Notes, csafNote{Category: "details", Title: "CVSS v4.0", Text: vector})
		}
	}
	if s.SSVC != "" {
		v.Notes = append(v.Notes, csafNote{Category: "details", Title: "SSVC", Text: s.SSVC})
	}
	return v
}

// add puts what is said of one component into the entry of its vulnerability.
func (t tree) add(v *csafVulnerability, s Statement, l lang.Lang) {
	part := t.parts[s.Component.id()]
	v.Status[csafStatus[s.Status]] = append(v.Status[csafStatus[s.Status]], part)
	one := []string{part}
	switch s.Status {
	case "not_affected":
		if s.Justification != "" {
			v.Flags = append(v.Flags, csafFlag{s.Justification, one})
		}
		if s.Note != "" || s.Justification == "" {
			v.Threats = append(v.Threats, csafThreat{"impact", orName(s), one})
		}
	case "affected":
		v.Remediations = append(v.Remediations, csafRemediation{s.remediation(), s.advice(l), one})
		v.score(s, part)
	default:
		if s.Note != "" {
			v.Notes = append(v.Notes, csafNote{Category: "other", Title: part, Text: s.Note})
		}
	}
}

// remediation is CSAF's word for the treatment; one that is only planned is not available (section 3.2.3.12.1).
func (s Statement) remediation() string {
	switch {
	case s.Treatment == "accept":
		return "no_fix_planned"
	case s.Treatment == "fix" && s.Done:
		return "vendor_fix"
	case s.Treatment == "workaround" && s.Done:
		return "workaround"
	}
	return "none_available"
}

func orName(s Statement) string {
	if s.Note != "" {
		return s.Note
	}
	return s.name()
}

// score adds the CVSS v3 rating of an affected component.
func (v *csafVulnerability) score(s Statement, part string) {
	for _, vector := range s.CVSS {
		base, ok := finding.Score(vector)
		version := strings.TrimPrefix(strings.SplitN(vector, "/", 2)[0], "CVSS:")
		if !ok || version != "3.0" && version != "3.1" {
			continue
		}
		rated := finding.Rate([]string{vector})
		v.Scores = append(v.Scores, csafScore{[]string{part}, map[string]any{"version": version, "vectorString": vector, "baseScore": base, "baseSeverity": string(rated.Label)}})
		return
	}
}
