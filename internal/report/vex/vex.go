// Package vex writes what was decided about the vulnerabilities of a release as VEX (Vulnerability Exploitability
// eXchange) in three formats: OpenVEX 0.2.0, CycloneDX 1.6, and CSAF 2.0 with the profile csaf_vex. All three say the
// same; what a format has no place for is left out of it and not bent.
//
// Start from [Input] and the three functions. The same input gives the same bytes.
package vex

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
)

// Input is one VEX document about one release.
type Input struct {
	Publisher Publisher
	Product   Product
	// Version counts the editions of the document, from 1. History has one entry for each, the first first.
	Version    int
	History    []Edition
	Statements []Statement // at least one
	Tool       string      // name and version of the program, for the document's own account of itself
	Lang       lang.Lang   // of the sentences that this package adds
}

// Publisher is who says it.
type Publisher struct {
	Name      string
	Namespace string // URL of the publisher; only CSAF needs it
	Contact   string
}

// Product is the release spoken of.
type Product struct {
	Name    string
	Version string
	PURL    string // empty: one is made of name and version
}

// Edition is one state of the document.
type Edition struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
}

// Statement says one thing of one vulnerability in one component of the product.
type Statement struct {
	Vuln          string
	Aliases       []string
	Component     Component
	Status        string // affected, not_affected, fixed, under_investigation
	Justification string // one of OpenVEX's five, or empty
	Note          string // why, in words
	Treatment     string // fix, workaround, accept, or empty
	TreatBy       time.Time
	Done          bool     // the treatment is in place
	Fixed         []string // versions of the component that are fixed
	At            time.Time
	CVSS          []string
	Score         float64
	Severity      string
	SSVC          string // vector
	Summary       string
}

// Component is a part of the product.
type Component struct {
	PURL    string
	Name    string
	Version string
}

// purl gives a package URL for the product.
func (p Product) purl() string {
	if p.PURL != "" {
		return p.PURL
	}
	return "pkg:generic/" + escape(p.Name) + "@" + escape(p.Version)
}

// id names a component in the document.
func (c Component) id() string {
	if c.PURL != "" {
		return c.PURL
	}
	return "pkg:generic/" + escape(c.Name) + "@" + escape(c.Version)
}

// escape writes a text as a part of a package URL.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// at is when the document took its present form, and first when it was made.
func (in Input) at() time.Time { return in.History[len(in.History)-1].At.UTC().Truncate(time.Second) }

func (in Input) first() time.Time { return in.History[0].At.UTC().Truncate(time.Second) }

// check refuses what no format can say.
func (in Input) check() error {
	switch {
	case len(in.Statements) == 0:
		return &lang.Error{Kind: lang.Nothing, What: lang.T("書き出す判断がありません", "there is nothing to state"),
			Next: lang.T("tasuki triage list --all で検出を確認してください", "see the findings with tasuki triage list --all")}
	case len(in.History) == 0 || in.Version != in.History[len(in.History)-1].Version:
		return fmt.Errorf("vex: version %d has no history", in.Version)
	}
	return nil
}

// sorted gives the statements in the order of vulnerability and component, one for each such pair: of several, the one
// that says the worst.
func (in Input) sorted() []Statement {
	out := slices.Clone(in.Statements)
	key := func(s Statement) string { return s.name() + "\x00" + s.Component.id() }
	slices.SortStableFunc(out, func(a, b Statement) int {
		return cmp.Or(strings.Compare(key(a), key(b)), slices.Index(worst, a.Status)-slices.Index(worst, b.Status))
	})
	return slices.CompactFunc(out, func(a, b Statement) bool { return key(a) == key(b) })
}

// worst orders the statuses by how much there is to fear.
var worst = []string{"affected", "under_investigation", "fixed", "not_affected"}

// name is the id by which most readers know the vulnerability: its CVE, else its own.
func (s Statement) name() string {
	for _, id := range append([]string{s.Vuln}, s.Aliases...) {
		if strings.HasPrefix(id, "CVE-") {
			return id
		}
	}
	return s.Vuln
}

// others gives the remaining ids.
func (s Statement) others() []string {
	out := []string{}
	for _, id := range append([]string{s.Vuln}, s.Aliases...) {
		if id != s.name() && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// advice says in words what is done about a vulnerability that affects the product.
func (s Statement) advice(l lang.Lang) string {
	text := s.treatment().In(l)
	if s.Note == "" {
		return text
	}
	return text + " " + s.Note
}

func (s Statement) treatment() lang.Text {
	day := s.TreatBy.Add(-time.Millisecond).In(calendar.Japan).Format(time.DateOnly)
	switch {
	case s.Treatment == "fix" && s.Done:
		return lang.T("修正を提供しています。", "A fix is available.")
	case s.Treatment == "fix" && len(s.Fixed) > 0:
		return lang.F("%[1]sまでに、部品を修正版（%[2]s）に更新します。", "The component will be updated (fixed in %[2]s) by %[1]s.", day, strings.Join(s.Fixed, ", "))
	case s.Treatment == "fix":
		return lang.F("%sまでに修正を提供します。", "A fix is due by %s.", day)
	case s.Treatment == "workaround" && s.Done:
		return lang.T("回避策を適用しています。", "A work-around is in place.")
	case s.Treatment == "workaround":
		return lang.F("%sまでに回避策を適用します。", "A work-around is due by %s.", day)
	case s.Treatment == "accept":
		return lang.T("残るリスクを受容しています。修正の予定はありません。", "The remaining risk is accepted; no fix is planned.")
	}
	return lang.T("対応を検討しています。", "The treatment is being decided.")
}

// uuid derives a UUID (version 8) from a text, so that the same document has the same one.
func uuid(text string) string {
	h := sha256.Sum256([]byte(text))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// series names the document over all its editions.
func (in Input) series(format string) string {
	return uuid(format + "\x00" + in.Publisher.Name + "\x00" + in.Product.purl())
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write VEX: %w", err)
	}
	return b.Bytes(), nil
}
