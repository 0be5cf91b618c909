package guideline

import (
	"strings"

	"example.org/tasuki/internal/lang"
)

// exports is everything `guideline export --what` can write, in the order it is listed to people. A new list is one
// line.
func exports() []exported {
	return []exported{
		{"individuals", func(c *Catalog) any { return c.Individuals() }},
		{"requirements", func(c *Catalog) any { return c.Requirements() }},
		{"responsibilities", func(c *Catalog) any { return c.Responsibilities() }},
		{"templates", func(c *Catalog) any { return c.Templates() }},
		{"categories", func(c *Catalog) any { return c.Categories() }},
		{"software-kinds", func(c *Catalog) any { return c.SoftwareKinds() }},
		{"roles", func(c *Catalog) any { return c.RoleDefinitions() }},
		{"use-cases", func(c *Catalog) any { return c.UseCases() }},
		{"contracts", func(c *Catalog) any { return c.ContractForms() }},
		{"rules", func(c *Catalog) any { return c.Rules() }},
		{"practices", func(c *Catalog) any { return c.AllPractices() }},
		{"glossary", func(c *Catalog) any { return c.Glossary() }},
		{"references", func(c *Catalog) any { return c.References() }},
		{"article42", func(c *Catalog) any { return c.Article42() }},
		{"threats", func(c *Catalog) any { return c.Threats() }},
		{"incidents", func(c *Catalog) any { return c.Incidents() }},
		{"crosswalks", func(c *Catalog) any { return c.Crosswalks() }},
	}
}

type exported struct {
	name string
	of   func(*Catalog) any
}

// Exports gives the names [Catalog.Export] knows.
func Exports() []string {
	var names []string
	for _, e := range exports() {
		names = append(names, e.name)
	}
	return names
}

// Export gives a list of the catalogue for writing as JSON; its keys are a contract (see docs/formats). An empty name
// is the 69 individual requirements. An unknown name is a usage error that lists the known ones.
func (c *Catalog) Export(what string) (any, error) {
	if what == "" {
		what = "individuals"
	}
	for _, e := range exports() {
		if e.name == what {
			return e.of(c), nil
		}
	}
	return nil, &lang.Error{Kind: lang.Usage,
		What: lang.F("「%s」という書き出しの対象はありません", "there is nothing called %q to export", what),
		Next: lang.F("次のいずれかを指定してください: %s", "give one of: %s", strings.Join(Exports(), ", "))}
}
