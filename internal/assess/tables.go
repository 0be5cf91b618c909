package assess

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// TableRows is a table of the guideline's data filled in for one subject.
type TableRows struct {
	guideline.Table
	Subject fact.Subject  `json:"subject"`
	At      time.Time     `json:"at"`
	Rows    [][]lang.Text `json:"rows"` // never nil; a cell for every column
	// Evidence is what the rows come from: digests and ids, sorted. Values that people entered are among them.
	Evidence []string `json:"evidence"`
}

// table is a guideline.Table with its program.
type table struct {
	guideline.Table
	program *vm.Program
	reads   []string
	words   map[string]lang.Text
}

func compileTable(t guideline.Table, vars map[string]any) (*table, error) {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = "(" + c.Expr + ")"
	}
	source := "map(" + t.Rows + ", let row = #; [" + strings.Join(columns, ", ") + "])"
	p, err := expr.Compile(prefix(t.Let, source)+source, expr.Env(vars), expr.MaxNodes(maxNodes), expr.DisableBuiltin("now"))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.ID, err)
	}
	k := &check{Check: guideline.Check{ID: t.ID, Scope: t.Scope}}
	if err := k.note("rows", p.Node()); err != nil {
		return nil, err
	}
	slices.Sort(k.reads)
	k.reads = slices.Compact(k.reads)
	for _, name := range k.reads {
		if ok, _ := readableBy(t.Scope, name); !ok {
			return nil, fmt.Errorf("table %s: of scope %s, it cannot read %s", t.ID, t.Scope, name)
		}
	}
	return &table{Table: t, program: p, reads: k.reads, words: wordsFor(k)}, nil
}

var compiledTables = sync.OnceValue(func() map[string]*table {
	out, vars := map[string]*table{}, varTypes()
	var errs []error
	for _, t := range guideline.Default().Tables() {
		k, err := compileTable(t, vars)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out[t.ID] = k
	}
	if err := errors.Join(errs...); err != nil {
		panic("assess: embedded tables: " + err.Error()) // a test fills them all
	}
	return out
})

// FillTable fills a table in from the same facts as the verdicts, as the first of our duties about the input's software or
// system sees them: one of the table's requirement, else of any. The error is of kind NotFound for a table there is not,
// and Nothing where we have no duty.
func FillTable(in Input, id string) (TableRows, error) {
	t, ok := compiledTables()[id]
	if !ok {
		var names []string
		for _, t := range guideline.Default().Tables() {
			names = append(names, t.ID)
		}
		return TableRows{}, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」という一覧はありません", "there is no table %q", id),
			Next: lang.F("次のいずれかを指定してください: %s", "name one of: %s", strings.Join(names, ", "))}
	}
	d := layOut(in, NewRound())
	at := slices.IndexFunc(in.Duties, func(duty chain.Duty) bool {
		return duty.Requirement == t.Requirement && d.ours(duty.Party, duty.Software)
	})
	if at < 0 {
		at = slices.IndexFunc(in.Duties, func(duty chain.Duty) bool { return d.ours(duty.Party, duty.Software) })
	}
	if at < 0 {
		return TableRows{}, &lang.Error{Kind: lang.Nothing, What: lang.T("自組織の責務がないため、一覧を作れません", "we have no duty here, so there is no table"),
			Next: lang.T("体制に自組織の役割を登録してください", "enter our role in the chain")}
	}
	return d.fillTable(t, in.Duties[at])
}

func (d *desk) fillTable(t *table, duty chain.Duty) (TableRows, error) {
	s := d.dutySituation(duty)
	s.subject = d.subjectOf(t.Scope, duty)
	out := TableRows{Table: t.Table, Subject: s.subject, At: d.in.Now, Rows: [][]lang.Text{}, Evidence: []string{}}
	v, err := s.machine.Run(t.program, s.vars)
	if err != nil {
		return out, fmt.Errorf("table %s: %w", t.ID, err)
	}
	words := d.called(t.words)
	rows, _ := v.([]any)
	for _, row := range rows {
		cells, _ := row.([]any)
		line := make([]lang.Text, len(t.Columns))
		for i := range line {
			line[i] = words.cell(cells[i])
		}
		out.Rows = append(out.Rows, line)
	}
	for _, name := range t.reads {
		out.Evidence = append(out.Evidence, s.refs[name].ids...)
	}
	slices.Sort(out.Evidence)
	out.Evidence = slices.Compact(out.Evidence)
	return out, nil
}

// vocable gives the words for what facts hold as an id.
type vocable map[string]lang.Text

// called are the words of a table, with the names of what the chain knows by an id.
func (d *desk) called(words map[string]lang.Text) vocable {
	v := vocable{
		"acquirer": lang.T("納入先側", "acquirer"), "upstream": lang.T("供給元側", "upstream"),
		"allow": lang.T("採用可", "allowed"), "deny": lang.T("採用しない", "denied"), "ask": lang.T("承認が必要", "ask first"),
		"artifact": lang.T("成果物", "artifact"), "documentation": lang.T("文書", "documentation"),
		"rule": lang.T("提供元の対応づけ", "component rule"), "software": lang.T("自組織のソフトウェア", "software of ours"), "adoption": lang.T("採用の記録", "adoption"),
		"mitigated": lang.T("低減済み", "mitigated"), "accepted": lang.T("受容", "accepted"), "open": lang.T("未対応", "open"),
		"not applicable": lang.T("該当なし", "not applicable"), "yes": lang.T("はい", "yes"), "no": lang.T("いいえ", "no"), "unknown": lang.T("不明", "unknown"),
		"gate": lang.T("判定の関門", "gate"), "kpi": lang.T("KPI", "KPI"), "kri": lang.T("KRI", "KRI"),
		"shown": lang.T("結果が示す", "shown by results"), "recorded": lang.T("記録による", "by record"), "uncovered": lang.T("示されていない", "not shown"),
		"not_entered": lang.T("種別の登録がない", "form not entered"),
		"received":    lang.T("受付", "received"), "acknowledged": lang.T("受領を連絡", "acknowledged"), "confirmed": lang.T("脆弱性と確認", "confirmed"),
		"refuted": lang.T("脆弱性ではない", "refuted"), "fixed": lang.T("修正済み", "fixed"), "published": lang.T("公表済み", "published"),
		"report": lang.T("外部からの報告", "a report from outside"), "finding": lang.T("部品の照合での検出", "a finding"), "test": lang.T("テスト・分析", "a test or an analysis"), "own": lang.T("自ら発見", "own discovery"),
		"fix": lang.T("修正", "fix"), "workaround": lang.T("回避策", "work-around"), "accept": lang.T("受容", "accept"),
		"clear": lang.T("TLP:CLEAR", "TLP:CLEAR"), "green": lang.T("TLP:GREEN", "TLP:GREEN"), "amber": lang.T("TLP:AMBER", "TLP:AMBER"), "amber_strict": lang.T("TLP:AMBER+STRICT", "TLP:AMBER+STRICT"), "red": lang.T("TLP:RED", "TLP:RED"),
		"low": lang.T("低", "low"), "medium": lang.T("中", "medium"), "high": lang.T("高", "high"), "critical": lang.T("緊急", "critical"),
	}
	for id, p := range d.parties {
		v[id] = lang.T(d.name(id), cmp.Or(p.NameEN, d.name(id)))
	}
	for id, s := range d.systems {
		v[id] = lang.T(s.Name, s.Name)
	}
	for id, r := range d.releases {
		label := strings.TrimSpace(d.software[r.Software].Name + " " + r.Version)
		v[id] = lang.T(label, label)
	}
	maps.Copy(v, words)
	return v
}

// cell writes a value for people: choices and requirements by their titles, lists one item a line, nothing as nothing.
func (t vocable) cell(v any) lang.Text {
	same := func(s string) lang.Text { return lang.T(s, s) }
	switch v := v.(type) {
	case nil:
		return lang.Text{}
	case bool:
		if v {
			return lang.T("はい", "yes")
		}
		return lang.T("いいえ", "no")
	case time.Time:
		switch local := v.In(calendar.Japan); {
		case v.IsZero():
			return lang.Text{}
		case local.Hour()+local.Minute()+local.Second() == 0 || local.Hour() == 23 && local.Minute() == 59:
			return same(local.Format(time.DateOnly))
		default:
			return same(local.Format("2006-01-02 15:04"))
		}
	case float64:
		return same(strconv.FormatFloat(v, 'f', -1, 64))
	case string:
		if w, ok := t[v]; ok {
			return w
		}
		if in, ok := guideline.Default().Individual(guideline.ID(v)); ok {
			return lang.T(v+" "+in.Title.JA, v+" "+in.Title.EN)
		}
		return same(v)
	case []string:
		items := make([]any, len(v))
		for i, s := range v {
			items[i] = s
		}
		return t.cell(items)
	case []any:
		var ja, en []string
		for _, x := range v {
			if c := t.cell(x); !c.IsZero() {
				ja, en = append(ja, c.JA), append(en, c.EN)
			}
		}
		return lang.T(strings.Join(ja, "\n"), strings.Join(en, "\n"))
	}
	return same(fmt.Sprint(v))
}
