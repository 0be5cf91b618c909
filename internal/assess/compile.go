package assess

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// Limits on one expression: how large it may be and how much it may build while it runs. An expression has no loops but
// those over lists it is given.
const (
	maxNodes     = 500
	memoryBudget = 2_000_000
)

// A check is a guideline.Check with its programs.
type check struct {
	guideline.Check
	applies, known, pass, names, values *vm.Program

	// Reads are the facts its verdict depends on, by the names of Env, records as "record:<kind>": sorted.
	reads      []string
	thresholds []string             // of the policy, sorted
	basis      Basis                // of its verdicts
	words      map[string]lang.Text // titles of the topics and choices its sentences may list
}

var placeholder = pattern.Of(`\{([a-z][a-z0-9_]*)\}`)

// compile makes the programs of a check and finds out what it reads. The error says which expression is off.
func compile(c guideline.Check, vars map[string]any) (*check, error) {
	k := &check{Check: c, basis: ByRecord}
	one := func(what, source string, lets []guideline.Binding, opts ...expr.Option) (*vm.Program, error) {
		p, err := expr.Compile(prefix(lets, source)+"("+source+")", append(opts, expr.Env(vars), expr.MaxNodes(maxNodes), expr.DisableBuiltin("now"))...)
		if err != nil {
			return nil, fmt.Errorf("check %s: %s: %w", c.ID, what, err)
		}
		return p, nil
	}
	var err error
	verdict := func(into **vm.Program, what, source string, opts ...expr.Option) {
		if err != nil || source == "" {
			return
		}
		if *into, err = one(what, source, c.Let, opts...); err == nil {
			err = k.note(what, (*into).Node())
		}
	}
	verdict(&k.applies, "applies", c.Applies, expr.AsBool())
	verdict(&k.known, "known", c.Known, expr.AsBool())
	verdict(&k.pass, "pass", c.Pass, expr.AsBool())
	verdict(&k.names, "names", c.Names)
	if err != nil {
		return nil, err
	}
	if k.values, err = one("texts", k.valuesExpr(), append(slices.Clone(c.Let), c.Show...)); err != nil {
		return nil, err
	}
	slices.Sort(k.reads)
	k.reads = slices.Compact(k.reads)
	if err := k.allUsed(); err != nil {
		return nil, err
	}
	k.words = wordsFor(k)
	if slices.Contains(k.reads, "component_risks") { // the scores are made of the policy's points
		k.thresholds = append(k.thresholds, slices.Collect(maps.Keys(riskWords))...)
	}
	slices.Sort(k.thresholds)
	k.thresholds = slices.Compact(k.thresholds)
	for _, name := range k.reads {
		ok, entered := readableBy(c.Scope, name)
		if !ok {
			return nil, fmt.Errorf("check %s: a check of scope %s cannot read %s", c.ID, c.Scope, name)
		}
		if !entered {
			k.basis = Automatic
		}
	}
	return k, nil
}

// allUsed refuses bindings that nothing names.
func (k *check) allUsed() error {
	all := append(slices.Clone(k.Let), k.Show...)
	source := strings.Join([]string{k.Applies, k.Known, k.Pass, k.Names, k.valuesExpr()}, " ")
	for _, b := range slices.Backward(all) {
		if !slices.Contains(word().FindAllString(source, -1), b.Name) {
			return fmt.Errorf("check %s: %s is never used", k.ID, b.Name)
		}
		source += " " + b.Expr
	}
	return nil
}

// prefix writes the bindings an expression needs, in their order; those it does not name, also by way of another, would
// be computed in vain.
func prefix(bindings []guideline.Binding, source string) string {
	needed := ""
	for _, l := range slices.Backward(bindings) {
		if slices.Contains(word().FindAllString(source, -1), l.Name) {
			needed = fmt.Sprintf("let %s = (%s);\n", l.Name, l.Expr) + needed
			source += " " + l.Expr
		}
	}
	return needed
}

var word = pattern.Of(`[A-Za-z_][A-Za-z0-9_]*`)

// valuesExpr is a map of all values the texts name: let and show names and thresholds.
func (k *check) valuesExpr() string {
	var pairs []string
	for _, name := range k.placeholders() {
		switch {
		case name == "names" || name == "count":
		case slices.ContainsFunc(append(slices.Clone(k.Let), k.Show...), func(b guideline.Binding) bool { return b.Name == name }):
			pairs = append(pairs, fmt.Sprintf("%q: %s", name, name))
		default:
			pairs = append(pairs, fmt.Sprintf("%q: policy.%s", name, name))
			k.thresholds = append(k.thresholds, name)
		}
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

func (k *check) placeholders() []string {
	var out []string
	for _, t := range []lang.Text{k.Reason.Pass, k.Reason.Fail, k.Reason.Unknown, k.Remedy, k.Begin} {
		for _, m := range placeholder().FindAllStringSubmatch(t.JA+t.EN, -1) {
			if !slices.Contains(out, m[1]) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// note adds what an expression reads, and refuses what a verdict must not look at.
func (k *check) note(what string, n ast.Node) error {
	v := &reader{}
	ast.Walk(&n, v)
	k.thresholds = append(k.thresholds, v.thresholds...)
	for _, name := range v.names {
		if slices.Contains(forTexts, name) {
			return fmt.Errorf("check %s: %s: %s is for texts only", k.ID, what, name)
		}
		k.reads = append(k.reads, name)
	}
	k.reads = append(k.reads, v.reads...)
	return nil
}

// wordsFor gives the titles of what a check may list by id: the topics and choices of the registers it reads, and the few
// words its expressions use themselves.
func wordsFor(k *check) map[string]lang.Text {
	words := map[string]lang.Text{
		"sbom":                  lang.T("SBOM", "SBOM"),
		"provenance":            lang.T("来歴", "provenance"),
		"signed_commits":        lang.T("コミットの署名", "signed commits"),
		"review":                lang.T("見直しの遅れ", "overdue for review"),
		"artifact":              lang.T("成果物", "artifact"),
		"configuration":         lang.T("設定", "configuration"),
		"documentation":         lang.T("文書", "documentation"),
		"build":                 lang.T("ビルド", "build"),
		"test":                  lang.T("テスト", "test"),
		"analysis":              lang.T("コード分析", "code analysis"),
		"vulnerability":         lang.T("脆弱性", "vulnerability"),
		"verify_method":         lang.T("検証の方法", "how to verify"),
		"end_of_sale":           lang.T("販売終了日", "end of sale"),
		"end_of_support":        lang.T("サポート終了日", "end of support"),
		"end_of_life":           lang.T("提供終了日", "end of life"),
		"default_configuration": lang.T("既定の設定", "the default configuration"),
		"ledger":                lang.T("台帳（追記ログ）の検証", "verification of the ledger"),
		"old_advisories":        lang.T("古い脆弱性情報", "old advisory data"),
		"old_kev":               lang.T("取り込まれていないか古いKEV", "KEV missing or old"),
		"risk_register":         lang.T("リスク台帳（このシステムのリスクの登録）", "the register of risks (none of this system)"),
		"after_major":           lang.T("最後のメジャーリリースの版についてのモデル", "a model of the last major version"),
		"owner":                 lang.T("システムの責任者", "the owner of the system"),
		"review: process":       lang.T("プロセスの見直し", "review of the process"),
	}
	maps.Copy(words, riskWords)
	for _, r := range guideline.Default().Registers() {
		if !k.readsRecords(r.Kind) {
			continue
		}
		for _, f := range r.Fields {
			for _, c := range f.Choices {
				words[c.ID] = c.Title
			}
		}
	}
	return words
}

// reader collects from a syntax tree the facts, records, functions for texts and thresholds it names.
type reader struct{ names, reads, thresholds []string }

// Visit is called for every node, children first.
func (r *reader) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IdentifierNode:
		if _, entered := vocabulary()[n.Value]; entered || slices.Contains(forTexts, n.Value) {
			r.names = append(r.names, n.Value)
		}
	case *ast.MemberNode:
		of, ok := n.Node.(*ast.IdentifierNode)
		name, isText := n.Property.(*ast.StringNode)
		if !ok || !isText {
			return
		}
		switch of.Value {
		case "records":
			r.reads = append(r.reads, "record:"+name.Value)
		case "policy":
			r.thresholds = append(r.thresholds, name.Value)
		}
	}
}

// vocabulary is the set of fact names: the fields of Env.
var vocabulary = sync.OnceValue(func() map[string]any { return (&Env{}).vars() })

// set is every check of the guideline's data, compiled.
type set struct {
	all []*check
	of  map[guideline.ID][]*check
}

// compileAll compiles the checks of the program's data.
func compileAll() (*set, error) {
	vars := varTypes()
	s := &set{of: map[guideline.ID][]*check{}}
	var errs []error
	for _, c := range guideline.Default().Checks() {
		k, err := compile(c, vars)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.all = append(s.all, k)
		s.of[c.Requirement] = append(s.of[c.Requirement], k)
	}
	return s, errors.Join(errs...)
}

// compiled is the program's own checks, compiled once; a test compiles them all, so a failure here is a build that was
// never tested.
var compiled = sync.OnceValue(func() *set {
	s, err := compileAll()
	if err != nil {
		panic("assess: embedded checks: " + err.Error())
	}
	return s
})

// Compile checks that every embedded check compiles and reads only what its scope has. Programs call it at start.
func Compile() error {
	_, err := compileAll()
	return err
}
