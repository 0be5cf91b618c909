package web

import (
	"fmt"
	"html/template"
	"strings"

	"golang.org/x/text/width"

	"example.org/tasuki/guideline"
)

// Measures of the picture of a deal, in units of its drawing.
const (
	dealWidth, dealBox, dealGap = 320, 64, 18
	dealLine                    = 34 // half-width characters of a name that fit on one line
)

// Deal draws a use case of table 4: its parties from the one that makes to the one that uses, each with the marks of its
// four roles. A role held in support has a dashed ring. The list beside the picture says the same in words.
func (b Base) Deal(t templateView) template.HTML {
	var s strings.Builder
	height := len(t.Rows)*(dealBox+dealGap) - dealGap + 4
	fmt.Fprintf(&s, `<svg class="deal" viewBox="0 0 %d %d" role="img" aria-label="%s">`, dealWidth, height, template.HTMLEscapeString(b.dealSentence(t)))
	for i, row := range t.Rows {
		y := 2 + i*(dealBox+dealGap)
		fmt.Fprintf(&s, `<rect class="party" x="2" y="%d" width="%d" height="%d" rx="8"/>`, y, dealWidth-4, dealBox)
		if i > 0 {
			fmt.Fprintf(&s, `<path class="flow" d="M160 %dv%dm-5 -6l5 6l5 -6"/>`, y-dealGap+2, dealGap-4)
		}
		name := row.Name
		if row.OrgName != "" && !strings.HasPrefix(name, row.OrgName) {
			name = row.OrgName + " " + name
		}
		fmt.Fprintf(&s, `<text x="14" y="%d">%s</text>`, y+24, template.HTMLEscapeString(shorten(name, dealLine)))
		for k, role := range guideline.Roles {
			b.dealRole(&s, 14+k*74, y+36, role, row.Role(role))
		}
	}
	s.WriteString(`</svg>`)
	return template.HTML(s.String())
}

// dealRole draws one role of a party: its mark, and its word when the party holds it.
func (b Base) dealRole(s *strings.Builder, x, y int, role guideline.Role, held *guideline.RoleMark) {
	class := "off"
	if held != nil {
		class = "on"
		if held.Stance == guideline.Support {
			class = "support"
		}
	}
	fmt.Fprintf(s, `<rect class="role %s" x="%d" y="%d" width="68" height="20" rx="10"/>`, class, x, y)
	if held != nil {
		fmt.Fprintf(s, `<text class="role %s" x="%d" y="%d" text-anchor="middle">%s</text>`, class, x+34, y+14, template.HTMLEscapeString(b.Role(role)))
	}
}

// dealSentence says in one sentence what the picture shows.
func (b Base) dealSentence(t templateView) string {
	var names []string
	for _, row := range t.Rows {
		var roles []string
		for _, m := range row.Roles {
			roles = append(roles, b.Role(m.Role))
		}
		names = append(names, row.Name+b.Par(strings.Join(roles, b.T("・", ", "))))
	}
	return b.Text(t.Title) + b.T("：", ": ") + b.Join(names)
}

// shorten cuts a text to so many half-width characters, with an ellipsis where something is lost.
func shorten(text string, most int) string {
	at := 0
	for i, r := range text {
		at++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			at++
		}
		if at > most {
			return text[:i] + "…"
		}
	}
	return text
}
