package main

import (
	"fmt"
	"strings"
	"unicode"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// mostRows is how many duties a summary names; CI systems cut long ones.
const mostRows = 100

// commentMark lets the next run find the comment and change it, so that a pull request has one.
const commentMark = "<!-- tasuki -->"

// summary writes a result as CI systems show it beside a run.
func (p *program) summary(c checked) string {
	var b strings.Builder
	gate := lang.F("ゲート `%s` に届いています", "The gate `%s` is met", code(c.Gate))
	if !c.Met {
		gate = lang.F("ゲート `%s` に届いていません", "The gate `%s` is not met", code(c.Gate))
	}
	fmt.Fprintf(&b, "## Tasuki: %s\n\n%s\n\n%s\n\n", plain(about(c.sheet)), gate.In(p.lang), totalsLine(c.Totals, p.lang))
	p.changed(&b, c.Changes)
	if len(c.Open) > 0 {
		fmt.Fprintf(&b, "### %s\n\n| %s | %s | %s | %s |\n| --- | --- | --- | --- |\n", lang.T("残っていること", "What is left").In(p.lang), "ID",
			lang.T("個別要求", "Individual requirement").In(p.lang), lang.T("状態", "Status").In(p.lang), lang.T("次にすること", "What to do next").In(p.lang))
	}
	for i, d := range c.Open {
		if i == mostRows {
			fmt.Fprintf(&b, "\n%s\n", lang.F("ほか %d 件", "and %d more", len(c.Open)-i).In(p.lang))
			break
		}
		fmt.Fprintf(&b, "| %s | %s（%s） | %s | %s |\n", d.ID, tableCell(d.Title), d.Role.Title().In(p.lang), mark(d.Status, p.lang), tableCell(d.Remedy))
	}
	b.WriteString("\n")
	return b.String()
}

// comment writes only what changed; nothing when nothing did.
func (p *program) comment(c checked) string {
	if len(c.Changes) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n**Tasuki: %s**\n\n", commentMark, plain(about(c.sheet)))
	p.changed(&b, c.Changes)
	fmt.Fprintf(&b, "%s\n", totalsLine(c.Totals, p.lang))
	return b.String()
}

// changed writes what changed: what needs more than before first.
func (p *program) changed(b *strings.Builder, changes []delta) {
	for _, group := range []struct {
		title lang.Text
		worse bool
	}{{lang.T("新たに対応が必要", "Needs work now"), true}, {lang.T("そのほかの変化", "Other changes"), false}} {
		n := 0
		for _, d := range changes {
			if d.worse() != group.worse {
				continue
			}
			if n++; n == 1 {
				fmt.Fprintf(b, "### %s\n\n", group.title.In(p.lang))
			}
			if n > mostRows {
				continue
			}
			if !d.worse() { // what is better needs no reasons
				d.Reasons, d.Remedy = nil, ""
			}
			fmt.Fprintf(b, "- %s\n", plain(d.line(p.lang)))
			if d.Remedy != "" {
				fmt.Fprintf(b, "  - → %s\n", plain(d.Remedy))
			}
		}
		if n > mostRows {
			fmt.Fprintf(b, "- %s\n", lang.F("ほか %d 件", "and %d more", n-mostRows).In(p.lang))
		}
		if n > 0 {
			b.WriteString("\n")
		}
	}
}

// about names what a sheet is about.
func about(s judging.StatusSheet) string {
	return strings.TrimSpace(strings.Join([]string{s.Software, s.Release, s.System}, " "))
}

func mark(status string, l lang.Lang) string {
	s := assess.Status(status)
	return statusMarks[s] + " " + s.Name().In(l)
}

// plain writes a text so that Markdown shows it as it is: names and reasons come from files that others wrote.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_{}[]<>#|!~@&", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(" ")
		case unicode.IsControl(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// tableCell is plain for a table.
func tableCell(s string) string { return plain(strings.Join(strings.Fields(s), " ")) }

// code is what may stand between backticks.
func code(s string) string { return strings.NewReplacer("`", "'", "\n", " ").Replace(s) }
