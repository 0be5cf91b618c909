package chain

import (
	"fmt"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Start says how to turn a use case of table 4 into a deal.
type Start struct {
	Prefix      string          // put before every id that is made, so that two deals never share one
	Software    string          // name of the target software
	SoftwareID  string          // id to use for it; Prefix + "software" when empty
	Level       guideline.Level // set by the customer
	LevelReason string
	// Parties maps a row's key (or "org-" and the key of a row's organisation) to the id of a party that exists already.
	// Such a party is referred to and not made again.
	Parties map[string]string
	Self    string            // key of the row that is us: it, or the organisation it is a unit of, is marked as our own
	Names   map[string]string // names for rows and organisations by key; the printed name otherwise
	Lang    lang.Lang
}

// FromTemplate makes the parties, the software, the arrangement with its engagements, and the agreements that such a
// deal usually has. Everything can be changed afterwards. Tiers, relations and agreements are inferred from the
// guideline's prose; the ticks with their stance and platform mark are those of table 4.
func FromTemplate(t guideline.Template, s Start) Model {
	b := builder{Start: s, template: t, made: map[string]bool{}}
	if s.SoftwareID == "" {
		b.SoftwareID = s.Prefix + "software"
	}
	for _, p := range t.Parties {
		b.party(p)
	}
	b.model.Software = []Software{b.software()}
	b.model.Arrangements = []Arrangement{b.arrangement()}
	for i, g := range t.Agreements {
		b.model.Agreements = append(b.model.Agreements, b.agreement(i, g))
	}
	return b.model
}

type builder struct {
	Start
	template guideline.Template
	model    Model
	made     map[string]bool
}

// id gives the id of a row or organisation by key.
func (b *builder) id(key string) string {
	if id, ok := b.Parties[key]; ok {
		return id
	}
	return b.Prefix + key
}

func (b *builder) name(key string, printed lang.Text) string {
	if n, ok := b.Names[key]; ok {
		return n
	}
	return printed.In(b.Lang)
}

func (b *builder) party(p guideline.TemplateParty) {
	parent := ""
	if p.Org != "" {
		org := "org-" + p.Org // a row may have the same key as its organisation
		parent = b.id(org)
		b.add(org, Party{ID: parent, Name: b.name(org, b.orgName(p.Org)), Self: b.ours(p.Org)})
	}
	made := Party{ID: b.id(p.Key), Name: b.name(p.Key, p.Name), Parent: parent, Self: p.Org == "" && p.Key == b.Self}
	if p.Org != "" {
		made.Unit = unitOf(p)
	}
	if b.sells(p) {
		made.Activities = []Activity{Sales}
	}
	b.add(p.Key, made)
}

// ours reports whether the row that is us is a unit of an organisation.
func (b *builder) ours(org string) bool {
	for _, p := range b.template.Parties {
		if p.Org == org && p.Key == b.Self {
			return true
		}
	}
	return false
}

// add puts a party into the model unless it exists already.
func (b *builder) add(key string, p Party) {
	if _, exists := b.Parties[key]; exists || b.made[key] {
		return
	}
	b.made[key] = true
	b.model.Parties = append(b.model.Parties, p)
}

func (b *builder) orgName(key string) lang.Text {
	for _, o := range b.template.Orgs {
		if o.Key == key {
			return o.Name
		}
	}
	return lang.T(key, key)
}

// sells: a row that only supplies, in a use case of a product or device, is a sales company.
func (b *builder) sells(p guideline.TemplateParty) bool {
	return (b.template.Kind == string(Product) || b.template.Kind == string(Embedded)) &&
		len(p.Roles) == 1 && p.Roles[0].Role == guideline.Supplier
}

func unitOf(p guideline.TemplateParty) Unit {
	for _, m := range p.Roles {
		switch m.Role {
		case guideline.Customer:
			return UserUnit
		case guideline.Operator:
			return OperationUnit
		case guideline.Developer:
			return DevelopmentUnit
		}
	}
	return ""
}

func (b *builder) software() Software {
	s := Software{ID: b.SoftwareID, Name: b.Software, Kind: SoftwareKind(b.template.Kind)}
	for _, p := range b.template.Parties {
		for _, m := range p.Roles {
			if s.Owner == "" && m.Role == guideline.Developer && m.Stance != guideline.Support {
				s.Owner = b.id(p.Key)
			}
		}
	}
	return s
}

func (b *builder) arrangement() Arrangement {
	a := Arrangement{ID: b.Prefix + "arrangement", Name: b.Software, Software: b.SoftwareID, Template: b.template.ID,
		Level: b.Level, LevelReason: b.LevelReason}
	for _, p := range b.template.Parties {
		for _, m := range p.Roles {
			a.Engagements = append(a.Engagements, Engagement{
				ID: b.Prefix + p.Key + "-" + string(m.Role), Party: b.id(p.Key), Role: m.Role, Stance: m.Stance,
				Platform: m.Platform, Case: p.Case, Tier: p.Tier, Relation: Relation(p.Relation), EngagedBy: b.engagedBy(p),
			})
		}
	}
	return a
}

// engagedBy: a sub tier is engaged by the prime, everybody else outside the customer by the customer.
func (b *builder) engagedBy(p guideline.TemplateParty) string {
	var prime, customer string
	for _, o := range b.template.Parties {
		if o.Tier == "prime" && prime == "" {
			prime = b.id(o.Key)
		}
		for _, m := range o.Roles {
			if m.Role == guideline.Customer && m.Stance != guideline.Support && customer == "" {
				customer = b.id(o.Key)
			}
		}
	}
	switch {
	case p.Tier == "customer":
		return ""
	case p.Tier == "prime" || prime == "":
		return customer
	}
	return prime
}

func (b *builder) agreement(i int, g guideline.TemplateAgreement) Agreement {
	a := Agreement{ID: fmt.Sprintf("%sagreement-%d", b.Prefix, i+1), Kind: AgreementKind(g.Kind), Receiver: b.id(g.Receiver), Giver: b.id(g.Giver),
		Maintenance: MaintenanceForm(g.Maintenance), Level: b.Level}
	if g.VulnerabilityHandling != "" {
		a.VulnerabilityHandling = b.id(g.VulnerabilityHandling)
	}
	if g.RoleScope != nil {
		a.RoleScope = g.RoleScope.In(b.Lang)
	}
	for _, p := range b.template.Parties {
		if p.Key == g.Giver {
			for _, m := range p.Roles {
				a.Engagements = append(a.Engagements, b.Prefix+p.Key+"-"+string(m.Role))
			}
		}
	}
	return a
}
