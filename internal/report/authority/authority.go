// Package authority writes drafts of reports to authorities (S(3)-2.3): what a scheme asks for at a stage, by when, and what
// the workspace knows of it. Whoever is entitled to completes the draft and hands it in; nothing here submits anything.
package authority

import (
	"fmt"
	"io"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
)

// Draft is what a draft is written from.
type Draft struct {
	Clock guideline.Clock
	Stage guideline.Stage

	Event, Vulnerability string
	From                 string // name of the organisation
	Started, Due, Now    time.Time
	Reason               string // why the time began then
	Submitted            time.Time
	Reference            string

	Known []Known // what the workspace knows, in the order to be shown
}

// Known is one thing the workspace knows, with where it comes from.
type Known struct {
	What, Value lang.Text
}

// Write writes the draft as Markdown in one language.
func Write(w io.Writer, d Draft, l lang.Lang) error {
	var b strings.Builder
	say := func(t lang.Text) string { return t.In(l) }
	line := func(what, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- **%s**: %s\n", what, oneLine(value))
		}
	}
	fmt.Fprintf(&b, "# %s\n\n", say(lang.F("%[1]s: %[2]sの下書き", "%[1]s: draft of the %[2]s", d.Clock.Title, d.Stage.Title)))
	fmt.Fprintf(&b, "%s\n\n", say(lang.T("権限のある人が内容を確かめ、書き足して、制度の窓口に提出してください。本製品は提出しません。この制度の対象かどうかも判断しません。",
		"Whoever is entitled to checks and completes this and hands it in at the scheme's own portal. This product submits nothing, and does not decide whether the scheme addresses you.")))
	line(say(lang.T("提出先", "To")), say(d.Clock.Recipient))
	line(say(lang.T("報告者", "From")), d.From)
	line(say(lang.T("事象", "Event")), d.Event)
	line(say(lang.T("脆弱性", "Vulnerability")), d.Vulnerability)
	line(say(lang.T("期限が始まった日時", "Time began at")), moment(d.Started))
	line(say(lang.T("その日時とした理由", "Why then")), d.Reason)
	line(say(lang.T("期限", "Due")), say(d.due()))
	line(say(lang.T("提出済み", "Handed in")), strings.TrimSpace(moment(d.Submitted)+" "+d.Reference))
	line(say(lang.T("根拠", "Source")), d.Clock.Source)
	line(say(lang.T("注意", "Note")), say(d.Clock.Note))
	fmt.Fprintf(&b, "\n## %s\n\n", say(lang.T("書くこと", "What it has to say")))
	for i, ask := range d.Stage.Asks {
		fmt.Fprintf(&b, "%d. %s\n\n   %s\n\n", i+1, say(ask), say(lang.T("（記入）", "(to be filled in)")))
	}
	fmt.Fprintf(&b, "## %s\n\n", say(lang.T("ワークスペースに記録されていること", "What the workspace knows")))
	if len(d.Known) == 0 {
		fmt.Fprintf(&b, "%s\n", say(lang.T("この脆弱性についての記録はありません。", "Nothing is on record about this vulnerability.")))
	}
	for _, k := range d.Known {
		line(say(k.What), say(k.Value))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// due says by when, and how much is left.
func (d Draft) due() lang.Text {
	switch left := d.Due.Sub(d.Now); {
	case d.Due.IsZero():
		return lang.T("制度に日数の定めがなく、受け手の期限も記録されていません", "the scheme sets no length, and no deadline of the receiver is on record")
	case !d.Submitted.IsZero():
		return lang.T(moment(d.Due), moment(d.Due))
	case left <= 0:
		return lang.F("%[1]s（%[2]d時間過ぎています）", "%[1]s (%[2]d hours ago)", moment(d.Due), int(-left.Hours()))
	default:
		return lang.F("%[1]s（あと%[2]d時間）", "%[1]s (%[2]d hours left)", moment(d.Due), int(left.Hours()))
	}
}

// oneLine keeps what people entered from becoming marks of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Japan).Format("2006-01-02 15:04 JST")
}
