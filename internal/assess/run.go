package assess

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// situation is what one check is run in: the values its expressions name, and what backs each of them.
type situation struct {
	now     time.Time
	policy  guideline.Policy
	subject fact.Subject
	vars    map[string]any // facts, records, policy, and the functions of clock
	refs    refs
	clock   *clock
	machine *vm.VM

	measured []fact.Measured // values of the party's criteria, for keeping
	seen     *noted          // by everything that was run
}

// situate completes a situation: the facts of env, the records and the policy, and a clock of its own.
func (d *desk) situate(env *Env, records map[string]any, backed refs) situation {
	s := situation{now: d.in.Now, policy: d.in.Policy, vars: env.vars(), refs: backed, machine: &vm.VM{MemoryBudget: memoryBudget},
		clock: &clock{now: d.in.Now, fiscalStart: max(1, d.in.Policy.Value("fiscal_year_start_month")), renewals: d.leases}, seen: &d.seen}
	s.vars["records"], s.vars["policy"] = records, d.policyVars()
	for n, f := range s.clock.functions() {
		s.vars[n] = f
	}
	return s
}

// backing is what stands behind one name of Env: digests and ids, and when the first of them lapses by itself.
type backing struct {
	ids     []string
	until   time.Time
	leases  []fact.Lease
	entered []string // of these, what people entered: it is cited, and makes nothing automatic
}

// refs is the backing of every name, records as "record:<kind>".
type refs map[string]backing

func (r refs) add(name string, until time.Time, ids ...string) {
	b := r[name]
	b.ids = append(b.ids, ids...)
	if !until.IsZero() && (b.until.IsZero() || until.Before(b.until)) {
		b.until = until
	}
	r[name] = b
}

// enter is [refs.add] for records that stand behind a name as if machines had read them.
func (r refs) enter(name string, until time.Time, ids ...string) {
	r.add(name, until)
	b := r[name]
	b.entered = append(b.entered, ids...)
	r[name] = b
}

// lend notes that what is behind a name ends with some leases too.
func (r refs) lend(name string, leases []fact.Lease) {
	b := r[name]
	b.leases = append(b.leases, leases...)
	r[name] = b
}

// run runs a check. A runtime fault of an expression (a programmer's mistake, or data over the limits) is unknown, and
// says so: it is never a pass. The second result is false when the check has nothing to say here.
func (k *check) run(s situation) (Outcome, bool) {
	out := Outcome{Check: k.ID, Title: k.Title, Required: !k.Advice, Subject: s.subject, Basis: k.basis}
	s.clock.noted = noted{}
	defer func() { s.seen.add(s.clock.noted) }()
	eval := func(p *vm.Program) (any, error) { return s.machine.Run(p, s.vars) }

	if k.applies != nil {
		if applies, err := eval(k.applies); err == nil && applies == false {
			return out, false
		}
	}
	verdict, err := k.verdict(eval)
	out.Verdict = verdict
	if verdict == Pass {
		out.ValidUntil, out.Leases = s.clock.next, s.clock.leases
	}
	if k.names != nil && err == nil && verdict != Pass {
		var names any
		if names, err = eval(k.names); err == nil {
			out.Names = texts(names)
		}
	}
	var values map[string]any
	if err == nil {
		var v any
		v, err = eval(k.values)
		values, _ = v.(map[string]any)
	}
	if err != nil {
		out.Verdict, out.Names, out.ValidUntil, out.Leases = Unknown, nil, time.Time{}, nil
		out.Reason = lang.F("この確認は実行できませんでした（%s）", "this check could not be run (%s)", err)
		return out, true
	}
	k.say(&out, values, s.clock)
	k.cite(&out, s)
	out.Leases = sortedLeases(out.Leases)
	return out, true
}

func (k *check) verdict(eval func(*vm.Program) (any, error)) (Verdict, error) {
	known, err := eval(k.known)
	if err != nil || known != true {
		return Unknown, err
	}
	pass, err := eval(k.pass)
	switch {
	case err != nil:
		return Unknown, err
	case pass == true:
		return Pass, nil
	case k.Advice:
		return Warn, nil
	}
	return Fail, nil
}

// say fills reason and remedy from the check's sentences.
func (k *check) say(out *Outcome, values map[string]any, c *clock) {
	sentence := k.Reason.Fail
	switch out.Verdict {
	case Pass:
		sentence = k.Reason.Pass
	case Unknown:
		sentence = k.Reason.Unknown
	}
	for name, v := range values {
		t, is := v.(time.Time)
		if l, renewed := c.leaseOf(t); is && renewed && strings.Contains(sentence.JA+sentence.EN, "{"+name+"}") {
			c.waits = append(c.waits, l.Source) // people are shown a moment that moves on
		}
	}
	out.Reason = k.fill(sentence, values, out.Names)
	if out.Verdict != Pass {
		remedy := k.Remedy
		if out.Verdict == Unknown && !k.Begin.IsZero() {
			remedy = k.Begin
		}
		out.Remedy = k.fill(remedy, values, out.Names)
	}
}

// cite names the thresholds and the evidence the verdict rests on.
func (k *check) cite(out *Outcome, s situation) {
	for _, name := range k.thresholds {
		if t, ok := s.policy.Setting(name); ok {
			out.Thresholds = append(out.Thresholds, Compared{Name: t.Name, Value: t.Value, Unit: t.Unit, Default: t.Default, Change: t.Change})
			out.Relaxed = out.Relaxed || t.Change == "relaxed"
		}
	}
	out.Basis = ByRecord
	for _, name := range k.reads {
		if _, entered := readableBy(k.Scope, name); !entered && len(s.refs[name].ids) > 0 {
			out.Basis = Automatic
		}
		out.Evidence = append(append(out.Evidence, s.refs[name].ids...), s.refs[name].entered...)
		if out.Verdict == Pass {
			out.ValidUntil = fact.Earlier(out.ValidUntil, s.refs[name].until)
			out.Leases = append(out.Leases, s.refs[name].leases...)
		}
	}
	slices.Sort(out.Evidence)
	out.Evidence = slices.Compact(out.Evidence)
}

// shownNames is how many names stand in a sentence; Outcome.Names has all of them.
const shownNames = 5

func (k *check) fill(t lang.Text, values map[string]any, names []string) lang.Text {
	one := func(l lang.Lang) string {
		if !strings.Contains(t.In(l), "{") {
			return t.In(l)
		}
		return placeholder().ReplaceAllStringFunc(t.In(l), func(m string) string {
			switch name := m[1 : len(m)-1]; name {
			case "names":
				return k.list(l, names)
			case "count":
				return strconv.Itoa(len(names))
			default:
				return k.show(l, values[name])
			}
		})
	}
	return lang.T(one(lang.JA), one(lang.EN))
}

// show writes one value for people.
func (k *check) show(l lang.Lang, v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case time.Time:
		if v.IsZero() {
			return lang.T("未設定", "not set").In(l)
		}
		return day(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string, []any:
		return k.list(l, texts(v))
	}
	return fmt.Sprint(v)
}

// list writes names for people: topics and choices by their titles, no more than shownNames of them.
func (k *check) list(l lang.Lang, names []string) string {
	if len(names) == 0 {
		return lang.T("なし", "none").In(l)
	}
	var shown []string
	for _, n := range names[:min(shownNames, len(names))] {
		if w, ok := k.words[n]; ok {
			n = w.In(l)
		} else if at := strings.LastIndex(n, ": "); at >= 0 { // a word may stand behind what it is said of
			if w, ok := k.words[n[at+2:]]; ok {
				n = n[:at+2] + w.In(l)
			}
		}
		shown = append(shown, n)
	}
	if rest := len(names) - len(shown); rest > 0 {
		return lang.F("%[1]s ほか%[2]d件", "%[1]s and %[2]d more", joined(shown), rest).In(l)
	}
	return joined(shown).In(l)
}

func joined(names []string) lang.Text {
	return lang.T(strings.Join(names, "、"), strings.Join(names, ", "))
}

func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case []string:
		out = slices.Clone(v)
	case []any:
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
	}
	return out
}
