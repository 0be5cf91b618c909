package office

import (
	"context"
	"errors"

	"example.org/tasuki/internal/judging"

	"github.com/goccy/go-yaml"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// MaxModel is the size in bytes of a picture of the deal that is still read.
const MaxModel = 16 << 20

// ReadModel reads a picture of the deal from YAML or JSON, strictly: a key that is not known is an error of kind
// Unreadable. name is what people call the input.
func ReadModel(name string, b []byte) (chain.Model, error) {
	var m chain.Model
	if len(b) > MaxModel {
		return m, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」が大きすぎます（上限 %d バイト）", "%q is too large (limit %d bytes)", name, MaxModel)}
	}
	if err := yaml.UnmarshalWithOptions(b, &m, yaml.Strict()); err != nil {
		return m, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を体制の記述として読めません", "%q cannot be read as a picture of the deal", name),
			Err: errors.New(yaml.FormatError(err, false, false)), Next: lang.T("tasuki chain template a --software 名前 で書き方の例を出力できます", "tasuki chain template a --software NAME prints an example")}
	}
	return m, nil
}

// ModelCheck is what holding a picture of the deal against itself and the responsibility rules gives.
type ModelCheck struct {
	Problems []judging.Problem `json:"problems"`
	Findings []chain.Finding   `json:"findings"`
	Applied  bool              `json:"applied"`
}

// CheckModel holds a model against itself and, when it does not contradict itself, against the responsibility rules.
func CheckModel(m chain.Model, l lang.Lang) ModelCheck {
	check := ModelCheck{Problems: judging.ProblemsIn(chain.Validate(guideline.Default(), m), l), Findings: []chain.Finding{}}
	if len(check.Problems) == 0 {
		check.Findings = chain.Check(guideline.Default(), m)
	}
	return check
}

// ApplyModel lays a picture of the deal over what is stored, and judges again, unless the two together contradict
// themselves or a rule that blocks; then nothing is stored and Applied is false.
func ApplyModel(ctx context.Context, db *store.DB, actor store.Actor, given chain.Model, l lang.Lang) (ModelCheck, error) {
	have, err := db.LoadModel(ctx)
	if err != nil {
		return ModelCheck{}, err
	}
	check := CheckModel(chain.Merge(have, given), l)
	if len(check.Problems) > 0 || len(chain.Blocking(check.Findings)) > 0 {
		return check, nil
	}
	if err := judging.SaveModel(ctx, db, actor, given); err != nil {
		return check, err
	}
	check.Applied = true
	return check, judging.Reassess(ctx, db, actor, "chain applied")
}
