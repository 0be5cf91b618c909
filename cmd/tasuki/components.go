package main

import (
	"strconv"
	"strings"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
)

type componentsCmd struct {
	Software string `help:"${help_software}" required:"" placeholder:"NAME"`
	Release  string `help:"${help_release}" required:"" placeholder:"VERSION"`
}

// componentsTexts holds the help text of components.
var componentsTexts = map[string]lang.Text{
	"components": lang.T("リリースの部品: リスクの点数と内訳、検出、照合できたか、サポートの期限", "a release's components: risk score and what it is made of, findings, whether they could be looked up, end of support"),
}

// Run lists the components of a release.
func (c *componentsCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	_, release, err := p.softwareAndRelease(db, c.Software, c.Release)
	if err != nil {
		return err
	}
	parts, err := portfolio.Parts(p.ctx, db, release)
	if err != nil {
		return err
	}
	risks, err := judging.ComponentRisks(p.ctx, db, release)
	if err != nil {
		return err
	}
	of := map[string]*assess.RiskFact{}
	for i := range risks {
		of[risks[i].Label] = &risks[i]
	}
	list := make([]riskyPart, len(parts))
	for i, x := range parts {
		list[i] = riskyPart{x, of[chain.Component{PURL: x.PURL, Name: x.Name, Version: x.Version}.Label()]}
	}
	return p.print(list, func() {
		var rows [][]string
		for _, x := range list {
			name := x.PURL
			if name == "" {
				name = strings.TrimSpace(x.Name + " " + x.Version)
			}
			rows = append(rows, []string{name, p.riskCell(x.Risk), p.foundCell(x.Part), p.supportCell(x.Part)})
		}
		p.table(rows)
		p.printf("部品 %d 件", "%d components", len(parts))
	})
}

// riskyPart is a component with its risk; nil: the SBOM that is judged does not name it.
type riskyPart struct {
	portfolio.Part
	Risk *assess.RiskFact `json:"risk"`
}

// riskCell gives the score of a component and what it is made of.
func (p *program) riskCell(r *assess.RiskFact) string {
	if r == nil {
		return "—"
	}
	var from []string
	for i, id := range r.From {
		from = append(from, assess.RiskWord(id).In(p.lang)+" "+strconv.Itoa(r.Parts[i]))
	}
	if len(from) == 0 {
		return lang.T("リスク 0点", "risk 0").In(p.lang)
	}
	return lang.F("リスク %[1]d点（%[2]s）", "risk %[1]d (%[2]s)", r.Score, strings.Join(from, " + ")).In(p.lang)
}

// foundCell says what was found in a component, or why nobody can tell.
func (p *program) foundCell(x portfolio.Part) string {
	var words []string
	if x.Malicious {
		words = append(words, lang.T("悪意のあるパッケージ", "malicious package").In(p.lang))
	}
	if len(x.Vulns) > 0 {
		words = append(words, strings.Join(x.Vulns, ", "))
	}
	if x.Guessed {
		words = append(words, lang.T("（CPE名による推定）", "(guessed by its CPE name)").In(p.lang))
	}
	switch {
	case !x.Matched:
		words = append(words, lang.T("まだ照合していません", "not matched yet").In(p.lang))
	case x.Unmatched != "":
		words = append(words, lang.F("照合できません: %s", "could not be looked up: %s", x.Why()).In(p.lang))
	case len(words) == 0:
		words = append(words, lang.T("検出なし", "nothing found").In(p.lang))
	}
	return strings.Join(words, " ")
}

// supportCell says how long the maker supports a component.
func (p *program) supportCell(x portfolio.Part) string {
	switch {
	case x.Supported == nil:
		return lang.T("サポート期限は不明", "end of support unknown").In(p.lang)
	case !*x.Supported && x.EndOfSupport.IsZero():
		return lang.T("サポート終了", "out of support").In(p.lang)
	case !*x.Supported:
		return lang.F("サポート終了（%s）", "out of support since %s", x.EndOfSupport.Format("2006-01-02")).In(p.lang)
	case x.EndOfSupport.IsZero():
		return lang.T("サポート中", "supported").In(p.lang)
	}
	return lang.F("サポート期限 %s", "supported until %s", x.EndOfSupport.Format("2006-01-02")).In(p.lang)
}
