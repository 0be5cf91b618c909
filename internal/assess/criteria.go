package assess

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
)

// CriterionKind is the register whose records are security criteria (S(4)-4.1).
const CriterionKind = "criterion"

// Limits on the expression of a criterion, which people of an organisation write: how large it may be, and how deep
// loops over lists may be nested.
const (
	maxCriterionNodes = 150
	maxCriterionLoops = 2
)

// criterion is a security criterion in force, its expression compiled.
type criterion struct {
	record  register.Record
	fact    CriterionFact
	program *vm.Program // nil: it has no expression, or one that no longer compiles
	reads   []string
	bound   string
	limit   float64
	problem string // why it does not compile
}

// criterionVars are the names that expressions of criteria may use: those of a release's checks, without the criteria
// themselves.
var criterionVars = sync.OnceValue(func() map[string]any {
	vars := varTypes()
	delete(vars, "criteria")
	delete(vars, "measured")
	return vars
})

// CheckCriterion says what is wrong with what a record of [CriterionKind] holds, with the place below its data: an
// expression that does not compile or reads what a release does not have, a number without a bound where one is needed,
// a bound without a number. Nothing is wrong with a criterion that has no expression.
func CheckCriterion(data map[string]any) []fact.Problem {
	var problems []fact.Problem
	say := func(field string, what lang.Text) {
		problems = append(problems, fact.Problem{Where: "/" + field, What: what})
	}
	source, bound := text(data["expression"]), text(data["bound"])
	_, limited := data["threshold"].(float64)
	if source == "" {
		if bound != "" || limited {
			say("expression", lang.T("しきい値を比べる値の式がありません", "there is no expression whose value the threshold could bound"))
		}
		return problems
	}
	program, _, err := compileCriterion(source)
	if err != nil {
		say("expression", lang.F("式を解釈できません: %s", "the expression cannot be understood: %s", err))
		return problems
	}
	answers := isBool(program)
	switch {
	case limited && bound == "":
		say("bound", lang.T("しきい値の向き（at_most か at_least）を選んでください", "say which way the threshold bounds: at_most or at_least"))
	case bound != "" && !limited:
		say("threshold", lang.T("しきい値を書いてください", "give the threshold"))
	case answers && bound != "":
		say("bound", lang.T("成り立つかどうかを返す式に、しきい値は要りません", "an expression that gives yes or no has no threshold"))
	case !answers && bound == "" && text(data["criterion_kind"]) == "gate":
		say("threshold", lang.T("判定の関門には、しきい値か、成り立つかどうかを返す式が要ります", "a gate needs a threshold, or an expression that gives yes or no"))
	}
	return problems
}

func isBool(p *vm.Program) bool {
	t := p.Node().Type()
	return t != nil && t.Kind() == reflect.Bool
}

// compileCriterion compiles the expression of a criterion, and tells what it reads.
func compileCriterion(source string) (*vm.Program, []string, error) {
	p, err := expr.Compile(source, expr.Env(criterionVars()), expr.MaxNodes(maxCriterionNodes), expr.DisableBuiltin("now"))
	if err != nil {
		return nil, nil, errors.New(firstLine(err))
	}
	tree, err := parser.Parse(source) // as it was written: the compiler changes its own
	if err != nil {
		return nil, nil, errors.New(firstLine(err))
	}
	if loops(tree.Node) > maxCriterionLoops {
		return nil, nil, fmt.Errorf("loops over lists are nested deeper than %d", maxCriterionLoops)
	}
	if t := p.Node().Type(); t != nil {
		switch t.Kind() {
		case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64, reflect.Interface:
		default:
			return nil, nil, fmt.Errorf("it gives a %s, and neither a number nor yes or no", t.Kind())
		}
	}
	v := &reader{}
	ast.Walk(&tree.Node, v)
	reads := slices.DeleteFunc(append(v.reads, v.names...), func(name string) bool { return slices.Contains(forTexts, name) })
	slices.Sort(reads)
	reads = slices.Compact(reads)
	for _, name := range reads {
		if ok, _ := readableBy(guideline.ReleaseScope, name); !ok {
			return nil, nil, fmt.Errorf("%s says nothing of a release", name)
		}
	}
	return p, reads, nil
}

// firstLine leaves out the picture of the place that the compiler draws below its message.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// writtenCriteria compiles the criteria that records in force define.
func (d *desk) writtenCriteria() []*criterion {
	var out []*criterion
	for _, r := range d.records {
		if r.Kind != CriterionKind {
			continue
		}
		c := &criterion{record: r, bound: text(r.Data["bound"])}
		c.limit, _ = r.Data["threshold"].(float64)
		kind := d.kinds[CriterionKind]
		machine, _ := r.Data["machine"].(bool)
		limited, _ := r.Data["access_limited"].(bool)
		source := text(r.Data["expression"])
		c.fact = CriterionFact{Key: r.Key, Title: text(r.Data["title"]), Kind: text(r.Data["criterion_kind"]), Expression: source != "",
			Stated: machine && text(r.Data["source"]) != "", Limited: limited, ReviewDue: register.ReviewDue(kind, r)}
		if source != "" {
			var err error
			if c.program, c.reads, err = compileCriterion(source); err != nil {
				c.problem = err.Error()
			}
			c.fact.Sourced = c.program != nil && machineMade(c.reads)
		}
		out = append(out, c)
	}
	return out
}

// machineMade reports whether all that is read was read out of evidence by the machine.
func machineMade(reads []string) bool {
	for _, name := range reads {
		if _, entered := readableBy(guideline.ReleaseScope, name); entered {
			return false
		}
	}
	return len(reads) > 0
}

// of reports whether a criterion is one of the party's.
func (c *criterion) of(d *desk, party string) bool {
	lineage := d.lineage(party)
	return slices.Contains(lineage, c.record.Subject.ID) || c.record.Subject.ID == "" && slices.Contains(lineage, d.self)
}

func (d *desk) fillCriteria(env *Env, party string, refs refs) {
	env.Criteria = []CriterionFact{}
	for _, c := range d.criteria {
		if c.of(d, party) {
			env.Criteria = append(env.Criteria, c.fact)
			refs.add("criteria", c.record.ValidUntil, c.record.ID)
		}
	}
}

// measure computes the criteria of a party for the release, and lets checks read the values.
func (d *desk) measure(s *situation, party string) {
	s.measured = []fact.Measured{}
	values := []MeasuredFact{}
	if d.in.Release != "" {
		s.clock.noted = noted{}
		for _, c := range d.criteria {
			if !c.fact.Expression || !c.of(d, party) {
				continue
			}
			m := c.measure(*s)
			s.measured = append(s.measured, m)
			values = append(values, MeasuredFact{Key: m.Criterion, Title: m.Title, Kind: m.Kind, Value: m.Value, Judged: m.Judged, Holds: m.Holds,
				Label: label(m), Problem: m.Problem})
			s.refs.add("measured", c.record.ValidUntil, c.record.ID)
			for _, name := range c.reads {
				s.refs.add("measured", s.refs[name].until, s.refs[name].ids...)
			}
			if moving().MatchString(text(c.record.Data["expression"])) {
				s.clock.waits = append(s.clock.waits, AnySource)
			}
		}
		if len(values) > 0 {
			s.refs.add("measured", s.clock.next)
			s.refs.lend("measured", s.clock.leases)
		}
		s.seen.add(s.clock.noted)
	}
	s.vars["measured"] = values
}

// measure computes one criterion. What cannot be computed has no value, and never holds.
func (c *criterion) measure(s situation) fact.Measured {
	m := fact.Measured{Criterion: c.record.Key, Title: c.fact.Title, Kind: c.fact.Kind, Bound: c.bound, Threshold: c.limit, Problem: c.problem}
	if c.program == nil {
		return m
	}
	if without := s.unbacked(c.reads); len(without) > 0 {
		m.Problem = "? " + strings.Join(without, ", ") // a count of what nobody looked at is no 0
		return m
	}
	v, err := s.machine.Run(c.program, s.vars)
	if err != nil {
		m.Problem = firstLine(err)
		return m
	}
	switch v := v.(type) {
	case bool:
		m.Judged, m.Holds, m.Bound = true, v, ""
		if v {
			m.Value = 1
		}
		return m
	case int:
		m.Value = float64(v)
	case int64:
		m.Value = float64(v)
	case float64:
		m.Value = v
	default:
		m.Problem = fmt.Sprintf("it gives a %T, and neither a number nor yes or no", v)
		return m
	}
	if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
		m.Value, m.Problem = 0, "it gives no number" // a share of nothing
		return m
	}
	m.Judged = c.bound != ""
	m.Holds = c.bound == "" || c.bound == "at_most" && m.Value <= c.limit || c.bound == "at_least" && m.Value >= c.limit
	return m
}

// unbacked gives the names, of those that are read out of evidence, behind which there is none.
func (s situation) unbacked(reads []string) []string {
	var out []string
	for _, name := range reads {
		if _, entered := readableBy(guideline.ReleaseScope, name); entered {
			continue
		}
		evidence := name
		if name == "findings" || name == "fixed" { // none of them is known once the components were compared
			evidence = "match"
		}
		if len(s.refs[evidence].ids) == 0 && !slices.Contains(out, evidence) {
			out = append(out, evidence)
		}
	}
	return out
}

// label writes a value with its bound, the same in every language.
func label(m fact.Measured) string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	switch {
	case m.Problem != "":
		return m.Title + ": " + m.Problem
	case m.Bound == "at_most":
		return m.Title + ": " + number(m.Value) + " (≤ " + number(m.Threshold) + ")"
	case m.Bound == "at_least":
		return m.Title + ": " + number(m.Value) + " (≥ " + number(m.Threshold) + ")"
	case m.Judged && m.Holds:
		return m.Title + ": ✓"
	case m.Judged:
		return m.Title + ": ✗"
	}
	return m.Title + ": " + number(m.Value)
}

// loops is how deep loops over lists are nested in an expression.
func loops(n ast.Node) int {
	v := nesting{}
	ast.Walk(&n, v)
	return v.deepest(n)
}

// nesting is how deep the loops are that begin at a predicate.
type nesting map[ast.Node]int

// Visit is called for every node, children first, so that what is within a predicate is known.
func (v nesting) Visit(n *ast.Node) {
	if body, is := (*n).(*ast.PredicateNode); is {
		v[body] = 1 + v.deepest(body.Node)
	}
}

// deepest looks a part of the expression over for predicates that are known.
func (v nesting) deepest(n ast.Node) int {
	seen := &known{of: v}
	ast.Walk(&n, seen)
	return seen.most
}

type known struct {
	of   nesting
	most int
}

// Visit is called for every node.
func (v *known) Visit(n *ast.Node) { v.most = max(v.most, v.of[*n]) }
