// Package chain knows who is in the supply chain and who answers for what: parties, software, releases, systems,
// arrangements, engagements and agreements (guideline sections 1.3 to 1.5), the duties that follow from them (4.1,
// 4.2), and the responsibility rules that find what falls between two parties.
//
// Start from [Model], a picture of one or more deals, [Duties], which derives every party's duties from it, and
// [Check], which holds the picture against the rules. Everything here is a pure function of the model: nothing is
// stored, nothing is read from a clock.
package chain

import "example.org/tasuki/guideline"

// A Party is an organisation (関連事業者), or a unit of one. One installation has one root party marked Self.
type Party struct {
	ID              string     `yaml:"id" json:"id"`
	Name            string     `yaml:"name" json:"name"`
	NameEN          string     `yaml:"name_en,omitempty" json:"name_en,omitempty"`
	Parent          string     `yaml:"parent,omitempty" json:"parent,omitempty"`                     // the organisation this party is a unit of
	Unit            Unit       `yaml:"unit,omitempty" json:"unit,omitempty"`                         // what the unit does
	Self            bool       `yaml:"self,omitempty" json:"self,omitempty"`                         // 自組織
	CorporateNumber string     `yaml:"corporate_number,omitempty" json:"corporate_number,omitempty"` // 法人番号, 13 digits
	Address         string     `yaml:"address,omitempty" json:"address,omitempty"`
	Contact         string     `yaml:"contact,omitempty" json:"contact,omitempty"`
	Activities      []Activity `yaml:"activities,omitempty" json:"activities,omitempty"` // what it does beyond its roles, where a rule looks at it
}

// Activity is work that brings duties with it whatever the contract calls it.
type Activity string

// The activities the guideline names: a sales company (footnote 10) bears supplier duties, web design with script
// programming (footnote 9) bears developer duties, a cloud base (1.5) bears supplier, developer and operator duties.
const (
	Sales        Activity = "sales"
	WebScripting Activity = "web_scripting"
	CloudBase    Activity = "cloud_base"
)

// Unit says what a unit of an organisation does.
type Unit string

// The units of section 1.4 and 1.5: 開発部門, 運用部門, 利用部門.
const (
	DevelopmentUnit Unit = "development"
	OperationUnit   Unit = "operation"
	UserUnit        Unit = "user"
)

// SoftwareKind is a class of table 2.
type SoftwareKind string

// The four kinds: ソフトウェア製品, ソフトウェアサービス, 組み込みソフトウェア, システム・サービスを構成するソフトウェア.
const (
	Product  SoftwareKind = "product"
	Service  SoftwareKind = "service"
	Embedded SoftwareKind = "embedded"
	InSystem SoftwareKind = "system"
)

// Kinds in the order of table 2.
var Kinds = []SoftwareKind{Product, Service, Embedded, InSystem}

// Software is one target software (対象ソフトウェア). Dates are ISO days (2027-03-31) or empty when not set.
type Software struct {
	ID                 string       `yaml:"id" json:"id"`
	Name               string       `yaml:"name" json:"name"`
	Kind               SoftwareKind `yaml:"kind" json:"kind"`
	Owner              string       `yaml:"owner,omitempty" json:"owner,omitempty"` // party that makes it
	Summary            string       `yaml:"summary,omitempty" json:"summary,omitempty"`
	EndOfSale          string       `yaml:"end_of_sale,omitempty" json:"end_of_sale,omitempty"`
	EndOfSupport       string       `yaml:"end_of_support,omitempty" json:"end_of_support,omitempty"`
	EndOfLife          string       `yaml:"end_of_life,omitempty" json:"end_of_life,omitempty"`
	CoreInfrastructure bool         `yaml:"core_infrastructure,omitempty" json:"core_infrastructure,omitempty"` // 基幹インフラ
	Delivered          bool         `yaml:"delivered,omitempty" json:"delivered,omitempty"`
	Running            bool         `yaml:"running,omitempty" json:"running,omitempty"`
	GeneratedWith      string       `yaml:"generated_with,omitempty" json:"generated_with,omitempty"` // software id of the code generator (4.2)
}

// Release is a version of software.
type Release struct {
	ID           string     `yaml:"id" json:"id"`
	Software     string     `yaml:"software" json:"software"`
	Version      string     `yaml:"version" json:"version"`
	ReleasedOn   string     `yaml:"released_on,omitempty" json:"released_on,omitempty"`
	SupportedTo  string     `yaml:"supported_to,omitempty" json:"supported_to,omitempty"` // last day of support, if other than the software's
	Artifacts    []Artifact `yaml:"artifacts,omitempty" json:"artifacts,omitempty"`
	VerifyMethod string     `yaml:"verify_method,omitempty" json:"verify_method,omitempty"` // how a customer verifies it, in words
}

// SupportedOn reports whether the release is still supported on a day (2026-04-01). One without an end is.
func (r Release) SupportedOn(day string) bool { return r.SupportedTo == "" || r.SupportedTo >= day }

// Artifact is one file of a release, known by digest.
type Artifact struct {
	Name   string `yaml:"name" json:"name"`
	Digest string `yaml:"digest" json:"digest"` // sha256:<hex>
	Size   int64  `yaml:"size,omitempty" json:"size,omitempty"`
}

// System is what a customer owns and an operator runs (システム).
type System struct {
	ID           string   `yaml:"id" json:"id"`
	Name         string   `yaml:"name" json:"name"`
	Owner        string   `yaml:"owner,omitempty" json:"owner,omitempty"` // party
	Releases     []string `yaml:"releases,omitempty" json:"releases,omitempty"`
	PlannedUntil string   `yaml:"planned_until,omitempty" json:"planned_until,omitempty"` // ISO day
}

// Arrangement is one deal over a software or a system (体制).
type Arrangement struct {
	ID          string          `yaml:"id" json:"id"`
	Name        string          `yaml:"name" json:"name"`
	Software    string          `yaml:"software,omitempty" json:"software,omitempty"`
	System      string          `yaml:"system,omitempty" json:"system,omitempty"`
	Template    string          `yaml:"template,omitempty" json:"template,omitempty"` // a–f when it came from table 4
	Level       guideline.Level `yaml:"level" json:"level"`                           // set by the customer
	LevelReason string          `yaml:"level_reason,omitempty" json:"level_reason,omitempty"`
	// CustomerCSIRT: the customer leads vulnerability handling after going live (4.2).
	CustomerCSIRT bool         `yaml:"customer_csirt,omitempty" json:"customer_csirt,omitempty"`
	Engagements   []Engagement `yaml:"engagements" json:"engagements"`
}

// Relation says how a party is tied to the one that engaged it (1.3(3)).
type Relation string

// The relations.
const (
	Group   Relation = "group"
	Outside Relation = "outside"
)

// Engagement is one role one party holds in an arrangement (役割分担): a tick of table 4.
type Engagement struct {
	ID            string           `yaml:"id" json:"id"`
	Party         string           `yaml:"party" json:"party"`
	Role          guideline.Role   `yaml:"role" json:"role"`
	Stance        guideline.Stance `yaml:"stance,omitempty" json:"stance,omitempty"`
	Platform      bool             `yaml:"platform,omitempty" json:"platform,omitempty"` // インフラ
	Case          bool             `yaml:"case,omitempty" json:"case,omitempty"`         // ケース of table 4 f
	Tier          string           `yaml:"tier,omitempty" json:"tier,omitempty"`         // customer, prime, sub-1, sub-2 …
	Relation      Relation         `yaml:"relation,omitempty" json:"relation,omitempty"`
	EngagedBy     string           `yaml:"engaged_by,omitempty" json:"engaged_by,omitempty"` // party one step nearer the customer
	LevelAsked    guideline.Level  `yaml:"level_asked,omitempty" json:"level_asked,omitempty"`
	LevelDeclared guideline.Level  `yaml:"level_declared,omitempty" json:"level_declared,omitempty"`
	// Passed lists the individual requirements given to a support engagement; empty means all of the role.
	Passed       []guideline.ID `yaml:"passed,omitempty" json:"passed,omitempty"`
	SupportRange string         `yaml:"support_range,omitempty" json:"support_range,omitempty"` // what justifies the limit (R-4.2-08)
	Scope        string         `yaml:"scope,omitempty" json:"scope,omitempty"`                 // layer or part answered for
}

// AgreementKind is a form of contract (1.4(3)).
type AgreementKind string

// The forms.
const (
	Sale         AgreementKind = "sale"          // 販売契約
	Licence      AgreementKind = "licence"       // 使用許諾契約
	ServiceUse   AgreementKind = "service_use"   // 利用契約
	Operation    AgreementKind = "operation"     // 運用契約
	Contract     AgreementKind = "contract"      // 請負型
	QuasiMandate AgreementKind = "quasi_mandate" // 準委任型
	Maintenance  AgreementKind = "maintenance"   // 保守契約
	SharedPolicy AgreementKind = "shared_policy" // 共通の方針
)

// MaintenanceForm is what a maintenance agreement promises (1.4(3)オ).
type MaintenanceForm string

// The forms: 情報提供型, 準委任型 (inquiries and fixes in a range), 請負型 (repair guaranteed).
const (
	MaintainInformation MaintenanceForm = "information"
	MaintainService     MaintenanceForm = "service"
	MaintainCompletion  MaintenanceForm = "completion"
)

// Agreement is a contract or shared policy between two parties (契約等).
type Agreement struct {
	ID          string          `yaml:"id" json:"id"`
	Name        string          `yaml:"name,omitempty" json:"name,omitempty"`
	Kind        AgreementKind   `yaml:"kind" json:"kind"`
	Receiver    string          `yaml:"receiver" json:"receiver"` // party that receives the software or work
	Giver       string          `yaml:"giver" json:"giver"`       // party that gives it
	Engagements []string        `yaml:"engagements,omitempty" json:"engagements,omitempty"`
	Maintenance MaintenanceForm `yaml:"maintenance,omitempty" json:"maintenance,omitempty"`
	// VulnerabilityHandling names the party that fixes vulnerabilities after delivery (1.4(3)オ).
	VulnerabilityHandling string `yaml:"vulnerability_handling,omitempty" json:"vulnerability_handling,omitempty"`
	// RoleScope says which range of roles a quasi-mandate serves (1.4(3)エ).
	RoleScope string     `yaml:"role_scope,omitempty" json:"role_scope,omitempty"`
	Boundary  []Boundary `yaml:"boundary,omitempty" json:"boundary,omitempty"`
	// Level and Requirements are the security requirements the agreement names (S(2)-3.1).
	Level        guideline.Level `yaml:"level,omitempty" json:"level,omitempty"`
	Requirements []guideline.ID  `yaml:"requirements,omitempty" json:"requirements,omitempty"`
	From         string          `yaml:"from,omitempty" json:"from,omitempty"`   // ISO day
	Until        string          `yaml:"until,omitempty" json:"until,omitempty"` // ISO day, empty: open-ended
}

// Boundary is one line of a shared-responsibility split: who operates which layer (1.4(1)イ, (3)イ).
type Boundary struct {
	Layer string `yaml:"layer" json:"layer"`
	Party string `yaml:"party" json:"party"`
}

// ComponentRule says which party answers as developer for the components a purl pattern names (1.4(2)イ). Pattern is a
// purl, or a purl prefix ending in "*". Exactly one of Party (a counterparty), Software (one of our own) and
// Adoption (the id of an approved adoption record, for open source we built in) is set.
type ComponentRule struct {
	ID       string `yaml:"id" json:"id"`
	Pattern  string `yaml:"pattern" json:"pattern"`
	Release  string `yaml:"release,omitempty" json:"release,omitempty"` // limits the rule to one release
	Party    string `yaml:"party,omitempty" json:"party,omitempty"`
	Software string `yaml:"software,omitempty" json:"software,omitempty"`
	Adoption string `yaml:"adoption,omitempty" json:"adoption,omitempty"`
}

// Model is a picture of deals: what `tasuki chain apply FILE` reads and what the store gives back. Slices keep the
// order they were given in; ids are unique within their slice, and engagement ids over the whole model.
type Model struct {
	Parties      []Party         `yaml:"parties,omitempty" json:"parties,omitempty"`
	Software     []Software      `yaml:"software,omitempty" json:"software,omitempty"`
	Releases     []Release       `yaml:"releases,omitempty" json:"releases,omitempty"`
	Systems      []System        `yaml:"systems,omitempty" json:"systems,omitempty"`
	Arrangements []Arrangement   `yaml:"arrangements,omitempty" json:"arrangements,omitempty"`
	Agreements   []Agreement     `yaml:"agreements,omitempty" json:"agreements,omitempty"`
	Components   []ComponentRule `yaml:"components,omitempty" json:"components,omitempty"`
}
