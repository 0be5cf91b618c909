package judging

import (
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
)

// A CISAStatement is one of the four statements of CISA's Secure Software Development Attestation Form v1.0 (OMB
// 1670-0052), with how the duties behind the SSDF practices it rests on stand. Nobody has to hand the form in any more
// (OMB M-26-05, 2026-01-23); this is a draft for whoever is asked for it all the same.
type CISAStatement struct {
	Number    int            `json:"number"`
	Title     string         `json:"title" doc:"In our words"`
	Practices []CISAPractice `json:"practices"`
	State     CoverageState  `json:"state"`
	Duties    []CoverageDuty `json:"-"`
	Open      []string       `json:"open" doc:"Duties that are not met, by id and role: they belong in a plan of action and milestones"`
}

// A CISAPractice is an SSDF practice that a statement rests on.
type CISAPractice struct {
	ID    string        `json:"id"`
	Title string        `json:"title"`
	State CoverageState `json:"state"`
}

// cisaStatements are the four, each with its SSDF practices as the form's own table names them.
var cisaStatements = [...]struct {
	title     lang.Text
	practices string
}{
	{lang.T("開発環境を分離し、保護し、監視している", "the environments in which the software is made are separated, protected and watched"), "PO.3.2 PO.3.3 PO.5.1 PO.5.2"},
	{lang.T("ソースコードの供給網を信頼できる状態に保つよう努めている", "a good-faith effort keeps the supply chain of source code trusted"), "PO.1.1 PO.3.1 PO.3.2 PO.5.1 PO.5.2 PS.1.1 PS.2.1 PS.3.1 PW.4.1 PW.4.4 PW.7.1 PW.8.1 RV.1.1"},
	{lang.T("自らのコードと第三者の部品の来歴を管理している", "the provenance of own code and of components of others is kept"), "PO.1.3 PO.3.2 PO.5.1 PO.5.2 PS.3.1 PS.3.2 PW.4.1 PW.4.4 RV.1.1 RV.1.2"},
	{lang.T("脆弱性を自動で確認し、リリース前に対処し、報告を受け付けて公表している", "vulnerabilities are looked for by tools, dealt with before release, taken reports of and disclosed"),
		"PO.4.1 PO.4.2 PS.1.1 PW.2.1 PW.4.4 PW.5.1 PW.6.1 PW.6.2 PW.7.1 PW.7.2 PW.8.2 PW.9.1 PW.9.2 RV.1.1 RV.1.2 RV.1.3 RV.2.1 RV.2.2 RV.3.3"},
}

// CISAForm derives the draft from a sheet of duties, through the guideline's own table of relations to SSDF (5.5). It says
// how far the duties behind a statement are met, never that the statement may be made.
func CISAForm(sheet StatusSheet, l lang.Lang) ([]CISAStatement, error) {
	ssdf, err := CoverageOf("ssdf", sheet, l)
	if err != nil {
		return nil, err
	}
	var out []CISAStatement
	for i, s := range cisaStatements {
		st := CISAStatement{Number: i + 1, Title: s.title.In(l), Practices: []CISAPractice{}, Open: []string{}}
		for _, id := range strings.Fields(s.practices) {
			p := CISAPractice{ID: id, State: Unrelated}
			at := slices.IndexFunc(ssdf.Items, func(c CoverageItem) bool { return strings.ReplaceAll(c.ID, " ", ".") == id })
			if at >= 0 {
				p.Title, p.State = ssdf.Items[at].Title, ssdf.Items[at].State
				st.Duties = append(st.Duties, ssdf.Items[at].Duties...)
			}
			st.Practices = append(st.Practices, p)
		}
		st.State = stateOf(st.Duties)
		for _, d := range st.Duties {
			if open := fmt.Sprintf("%s %s", d.ID, d.Role); !closed(d.Status) && !slices.Contains(st.Open, open) {
				st.Open = append(st.Open, open)
			}
		}
		slices.Sort(st.Open)
		out = append(out, st)
	}
	return out, nil
}

func closed(status string) bool {
	return status == "met" || status == "met_with_exception" || status == "not_applicable"
}

// CISAText writes the draft for people, as Markdown.
func CISAText(sheet StatusSheet, form []CISAStatement, producer string, l lang.Lang) string {
	say := func(ja, en string) string { return lang.T(ja, en).In(l) }
	words := map[CoverageState]string{Covered: say("関係する責務は全て対応", "every related duty is met"), PartlyCovered: say("一部対応", "partly"), NotCovered: say("未対応", "not met"),
		NotJudged: say("未評価", "not assessed"), Unrelated: say("ガイドラインの表に対応する責務なし", "the guideline's table relates no duty here")}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", say("セキュアソフトウェア開発の証明書（CISA 様式 v1.0）の下書き", "Draft for the Secure Software Development Attestation Form (CISA, v1.0)"))
	fmt.Fprintf(&b, "%s\n\n", say("この下書きは、ガイドラインの責務の評価から SSDF との対応表（5.5）を通して導いたものです。様式の各文を述べてよいことを示すものではありません。提出は義務ではなくなっています（OMB M-26-05、2026年1月23日）。記入と署名は、権限のある人が内容を確かめて行ってください。",
		"Derived from the duties of the guideline through its table of relations to SSDF (5.5). It does not say that a statement of the form may be made. Nobody has to hand the form in any more (OMB M-26-05 of 23 January 2026). Whoever is empowered to sign reads, completes and signs it."))
	fmt.Fprintf(&b, "- %s: %s\n- %s: %s %s\n\n", say("ソフトウェアの作り手", "Software producer"), producer, say("対象", "Product and version"), sheet.Software, sheet.Release)
	for _, s := range form {
		fmt.Fprintf(&b, "## %d. %s\n\n%s: %s\n\n", s.Number, s.Title, say("関係する責務の状況", "The duties behind it"), words[s.State])
		fmt.Fprintf(&b, "| SSDF | %s | %s |\n|---|---|---|\n", say("実践", "Practice"), say("状況", "State"))
		for _, p := range s.Practices {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", p.ID, p.Title, words[p.State])
		}
		if len(s.Open) > 0 {
			fmt.Fprintf(&b, "\n%s: %s\n", say("対応が済んでいない責務（計画 POA&M の候補）", "Duties that are open, for a plan of action and milestones"), strings.Join(s.Open, ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}
