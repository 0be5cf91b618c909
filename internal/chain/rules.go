package chain

import (
	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Severity says what a finding asks for.
type Severity string

// Block marks an entry that contradicts the guideline or itself: `chain apply` refuses it. Gap marks a duty or a
// component that nobody answers for: it is kept and shown until somebody does. Warn is shown and asked about.
const (
	Block Severity = "block"
	Gap   Severity = "gap"
	Warn  Severity = "warn"
)

// A Finding is one place where the picture of a deal does not hold against a responsibility rule.
type Finding struct {
	Rule        string    `json:"rule"`    // R-1.4-06
	Section     string    `json:"section"` // section of the guideline
	Severity    Severity  `json:"severity"`
	Arrangement string    `json:"arrangement,omitempty"`
	Parties     []string  `json:"parties,omitempty"`
	Subject     string    `json:"subject,omitempty"` // engagement, agreement, component or requirement the finding is about
	What        lang.Text `json:"what"`
	Next        lang.Text `json:"next"`
}

// A rule looks at the whole model. The list below is every rule of chapters 1.3 to 1.5, 4.1 and 4.2 that a picture of
// the deal can be held against; rules that only ask for a place to write something down are fields of the model.
type rule struct {
	id, section string
	severity    Severity
	find        func(view, report)
}

// report records a finding of the rule at work.
type report func(f Finding)

func rules() []rule {
	return []rule{
		{"R-1.3-01", "1.3(1)", Block, softwareKindIsOfTable2},
		{"R-1.3-03", "1.3(1) fn 9", Warn, webScriptingIsDevelopment},
		{"R-1.3-04", "1.3(2) fn 10", Warn, salesCompanySupplies},
		{"R-1.3-06", "1.3(2) fn 11", Warn, outsideOperatorHasContract},
		{"R-1.3-07", "1.3(3)", Warn, tiersLeadToTheCustomer},
		{"R-1.4-03", "1.4", Block, roleExists},
		{"R-1.4-04", "1.4", Block, oneClassPerParty},
		{"R-1.4-05", "1.4", Block, customerAndOperatorApart},
		{"R-1.4-06", "1.4", Block, operatingUnitIsOperator},
		{"R-1.4-07", "1.4", Block, inHouseDevelopmentIsPrincipal},
		{"R-1.4-08", "1.4", Block, qualifierExists},
		{"R-1.4-09", "1.4", Warn, supportHasPrincipal},
		{"R-1.4-10", "1.4", Warn, onePrincipalPerRole},
		{"R-1.4-11", "1.4", Gap, everyRoleIsHeld},
		{"R-1.4-13", "1.4(1)ア", Warn, productMakerIsNotCustomer},
		{"R-1.4-14", "1.4(1)ア", Warn, productSupplierSells},
		{"R-1.4-15", "1.4(1)ア", Warn, productIsOperatedByCustomer},
		{"R-1.4-16", "1.4(1)イ", Warn, serviceProviderHoldsThreeRoles},
		{"R-1.4-18", "1.4(1)ウ", Warn, deviceMakerDevelops},
		{"R-1.4-19", "1.4(1)ウ", Warn, deviceIsOperatedByCustomer},
		{"R-1.4-20", "1.4(1)エ", Warn, systemOwnerIsCustomer},
		{"R-1.4-22", "1.4(1)エ", Warn, ownerCoordinatesOperation},
		{"R-1.4-23", "1.4(2)ア", Block, componentMakerAlsoSupplies},
		{"R-1.4-24", "1.4(2)イ", Gap, componentSoftwareHasDeveloper},
		{"R-1.4-29", "1.4(2)ウ", Warn, developerTakesDefectReports},
		{"R-1.4-30", "1.4(3)ア", Warn, productHasSaleAndMaintenance},
		{"R-1.4-31", "1.4(3)イ", Warn, serviceBoundaryIsNamed},
		{"R-1.4-32", "1.4(3)ウ", Block, operationContractMakesOperator},
		{"R-1.4-33", "1.4(3)エ", Block, completionContractMakesDeveloperAndSupplier},
		{"R-1.4-34", "1.4(3)エ", Warn, quasiMandateNamesRoles},
		{"R-1.4-36", "1.4(3)オ", Warn, systemHasMaintenance},
		{"R-1.4-38", "1.4(3)オ", Warn, informationMaintenanceNeedsOperator},
		{"R-1.4-39", "1.4(3)オ", Warn, productMaintenanceFixesVulnerabilities},
		{"R-1.4-40", "1.4(3)オ", Warn, commissionedMaintenanceFixesVulnerabilities},
		{"R-1.5-01", "1.5①", Warn, cloudBaseHoldsThreeRoles},
		{"R-1.5-02", "1.5②③", Warn, platformHoldsThreeRoles},
		{"R-1.5-03", "1.5", Warn, externalResourceIsManaged},
		{"R-1.5-04", "1.5③", Warn, primeContractorHoldsThreeRoles},
		{"R-1.5-05", "1.5④", Warn, inHouseUnitsHoldTheirRoles},
		{"R-4.1-02", "4.1", Warn, levelIsAtLeastMinimum},
		{"R-4.1-03", "4.1", Warn, levelHasReason},
		{"R-4.1-08", "4.1", Block, passedItemsFitTheClass},
		{"R-4.2-01", "4.2", Block, everyPartyHasARole},
		{"R-4.2-03", "4.2", Warn, levelHoldsAlongTheChain},
		{"R-4.2-04", "4.2", Warn, levelMeetsTheCustomers},
		{"R-4.2-05", "4.2", Gap, principalKeepsTheRest},
		{"R-4.2-06", "4.2", Warn, supportWorksAtPrincipalsLevel},
		{"R-4.2-07", "4.2", Block, supportStaysInsidePrincipalsSet},
		{"R-4.2-08", "4.2", Warn, limitedSupportSaysWhy},
		{"R-4.2-10", "4.2", Warn, customerCSIRTOperates},
		{"R-4.2-11", "4.2", Warn, csirtSupportIsListed},
		{"R-4.2-13", "4.2", Warn, generatorHasMaker},
		{"R-4.2-14", "4.2", Warn, generatedSoftwareHasDeveloper},
		{"R-4.2-15", "4.2", Warn, customerTestsGenerated},
		{"R-4.2-17", "4.2", Block, generatorAndResultAreTwo},
	}
}

// Check holds a model against every responsibility rule and gives the findings in the order of the rules, then of the
// model. An empty result means that no rule is broken, not that every duty is met.
func Check(c *guideline.Catalog, m Model) []Finding {
	v := look(c, m)
	out := []Finding{}
	for _, r := range rules() {
		r.find(v, func(f Finding) {
			f.Rule, f.Section = r.id, r.section
			if f.Severity == "" {
				f.Severity = r.severity
			}
			out = append(out, f)
		})
	}
	return out
}

// Blocking gives the findings that make a model inconsistent.
func Blocking(fs []Finding) []Finding {
	var out []Finding
	for _, f := range fs {
		if f.Severity == Block {
			out = append(out, f)
		}
	}
	return out
}
