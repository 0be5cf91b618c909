package assess

import (
	"slices"

	"example.org/tasuki/guideline"
)

// FedBy gives the individual requirements that a document of a type can speak for: those with a check that names the
// type among its evidence, in the guideline's order.
func FedBy(docType string) []guideline.ID {
	var out []guideline.ID
	for _, k := range guideline.Default().Checks() {
		if slices.Contains(k.Evidence, docType) && !slices.Contains(out, k.Requirement) {
			out = append(out, k.Requirement)
		}
	}
	return out
}
