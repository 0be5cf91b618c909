package cdx

import (
	"fmt"
	"strings"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared"
	"example.org/tasuki/verify"
)

// standard gives the guideline as CycloneDX defines a standard: three depths by parent, in our own words, the other
// language as a description, roles and phases as properties, and the two packages as levels.
func standard(c *guideline.Catalog, l lang.Lang) cyclonedx.StandardDefinition {
	var all []cyclonedx.StandardRequirement
	for _, cat := range c.Categories() {
		all = append(all, requirement(fmt.Sprintf("S(%d)", cat.Number), "", cat.Title, cat.Text, l))
	}
	for _, r := range c.Requirements() {
		all = append(all, requirement(string(r.ID), fmt.Sprintf("S(%d)", r.Category), r.Title, r.Text, l))
	}
	levels := map[guideline.Level][]string{}
	for _, in := range c.Individuals() {
		r := requirement(string(in.ID), string(in.Requirement), in.Title, in.Text, l)
		r.Properties = requirementProperties(in)
		all = append(all, r)
		for _, level := range in.Levels {
			levels[level] = append(levels[level], r.BOMRef)
		}
	}
	out := cyclonedx.StandardDefinition{BOMRef: standardRef, Name: verify.Title.In(l), Version: verify.Edition,
		Owner:        lang.T("経済産業省・国家サイバー統括室", "METI and National Cybersecurity Office, Japan").In(l),
		Description:  lang.T("ガイドラインの要求事項。文は要約であり、原文ではありません。", "The requirements of the guideline, told in our own words.").In(l),
		Requirements: &all, Levels: &[]cyclonedx.StandardLevel{}}
	for _, level := range []guideline.Level{guideline.Minimum, guideline.Standard} {
		refs := levels[level]
		*out.Levels = append(*out.Levels, cyclonedx.StandardLevel{BOMRef: "level:" + string(level), Identifier: string(level),
			Title: declared.PackageName(level).In(l), Requirements: &refs})
	}
	return out
}

func requirement(id, parent string, title, text lang.Text, l lang.Lang) cyclonedx.StandardRequirement {
	other := lang.EN
	if l == lang.EN {
		other = lang.JA
	}
	r := cyclonedx.StandardRequirement{BOMRef: requirementRef(id), Identifier: id, Title: title.In(l), Text: text.In(l),
		Descriptions: &[]string{title.In(other) + ": " + text.In(other)}}
	if parent != "" {
		r.Parent = requirementRef(parent)
	}
	return r
}

func requirementProperties(in guideline.Individual) *[]cyclonedx.Property {
	var roles, phases []string
	for _, r := range in.Roles {
		roles = append(roles, string(r))
	}
	for _, p := range in.Phases {
		phases = append(phases, p.Name)
	}
	return &[]cyclonedx.Property{{Name: "tasuki:roles", Value: strings.Join(roles, ",")}, {Name: "tasuki:phases:inferred", Value: strings.Join(phases, ",")}}
}
