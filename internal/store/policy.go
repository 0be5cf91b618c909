package store

import (
	"context"

	"example.org/tasuki/guideline"
)

// PolicySetting is the key of the setting that holds an organisation's own thresholds: name to value.
const PolicySetting = "policy"

// Policy gives the thresholds that hold in a workspace: the guideline's defaults with the organisation's own over them.
func (db *DB) Policy(ctx context.Context) (guideline.Policy, error) {
	overrides := map[string]int{}
	if _, err := db.Setting(ctx, PolicySetting, &overrides); err != nil {
		return guideline.Policy{}, err
	}
	return guideline.DefaultPolicy().With(overrides)
}
