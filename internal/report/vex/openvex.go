package vex

import "time"

// OpenVEX writes OpenVEX 0.2.0. The product is the release, the component its subcomponent.
func OpenVEX(in Input) ([]byte, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	type identified struct {
		ID            string            `json:"@id"`
		Identifiers   map[string]string `json:"identifiers,omitempty"`
		Subcomponents []identified      `json:"subcomponents,omitempty"`
	}
	type vulnerability struct {
		Name        string   `json:"name"`
		Description string   `json:"description,omitempty"`
		Aliases     []string `json:"aliases,omitempty"`
	}
	type statement struct {
		Vulnerability vulnerability `json:"vulnerability"`
		Timestamp     time.Time     `json:"timestamp"`
		Products      []identified  `json:"products"`
		Status        string        `json:"status"`
		StatusNotes   string        `json:"status_notes,omitempty"`
		Justification string        `json:"justification,omitempty"`
		Impact        string        `json:"impact_statement,omitempty"`
		Action        string        `json:"action_statement,omitempty"`
	}
	doc := struct {
		Context     string      `json:"@context"`
		ID          string      `json:"@id"`
		Author      string      `json:"author"`
		Timestamp   time.Time   `json:"timestamp"`
		LastUpdated time.Time   `json:"last_updated"`
		Version     int         `json:"version"`
		Tooling     string      `json:"tooling,omitempty"`
		Statements  []statement `json:"statements"`
	}{Context: "https://openvex.dev/ns/v0.2.0", ID: "urn:uuid:" + in.series("openvex"), Author: in.Publisher.Name, Timestamp: in.first(),
		LastUpdated: in.at(), Version: in.Version, Tooling: in.Tool}
	named := func(purl string) identified {
		return identified{ID: purl, Identifiers: map[string]string{"purl": purl}}
	}
	for _, s := range in.sorted() {
		product := named(in.Product.purl())
		product.Subcomponents = []identified{named(s.Component.id())}
		st := statement{Vulnerability: vulnerability{s.name(), s.Summary, s.others()}, Timestamp: s.At.UTC().Truncate(time.Second),
			Products: []identified{product}, Status: s.Status}
		switch s.Status {
		case "not_affected":
			st.Justification, st.Impact = s.Justification, s.Note
		case "affected":
			st.Action = s.advice(in.Lang)
		default:
			st.StatusNotes = s.Note
		}
		doc.Statements = append(doc.Statements, st)
	}
	return encode(doc)
}
