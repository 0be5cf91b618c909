package office

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// A Comparison puts the candidates of a procurement side by side (S(6)-2.3): what each was asked, what it answered, what
// its bundle shows, and what was decided.
type Comparison struct {
	Subject    string         `json:"subject" doc:"The software or system that is procured"`
	Candidates []Candidate    `json:"candidates"`
	Duties     []ComparedDuty `json:"duties" doc:"Every duty that a candidate declared or was asked for"`
	Decision   *Decision      `json:"decision,omitempty"`
}

// A Candidate is one party that might be chosen.
type Candidate struct {
	Party      string             `json:"party"`
	Name       string             `json:"name"`
	SheetOn    string             `json:"sheet_on,omitempty" doc:"Day on which the requirement sheet was given to it"`
	LevelAsked string             `json:"level_asked,omitempty"`
	Request    string             `json:"request,omitempty" doc:"Digest of the last request sent to it"`
	State      relay.RequestState `json:"state,omitempty"`
	Lacks      []string           `json:"lacks" doc:"Steps of its answer that do not hold against the request"`
	Bundle     string             `json:"bundle,omitempty" doc:"Digest of its newest bundle that verified; empty: none"`
	Object     string             `json:"object,omitempty"`
	Version    string             `json:"version,omitempty"`
	Kind       verify.Kind        `json:"kind,omitempty"`
	Level      string             `json:"level,omitempty"`
	ValidUntil time.Time          `json:"valid_until,omitzero"`
	Counts     verify.Counts      `json:"counts"`
	Withheld   int                `json:"withheld"`
	Relaxed    int                `json:"relaxed" doc:"Thresholds that its policy relaxed"`
	SBOM       bool               `json:"sbom"`
	Upstream   int                `json:"upstream" doc:"Suppliers' bundles inside, whole or by digest"`
	Missing    []string           `json:"missing" doc:"Parties it relies on without a bundle"`

	answers map[verify.Duty]string
}

// A ComparedDuty is one duty, with the status of each candidate in their order: a status, "withheld", or empty where the
// candidate does not declare it.
type ComparedDuty struct {
	Role        guideline.Role `json:"role"`
	Requirement guideline.ID   `json:"requirement"`
	Statuses    []string       `json:"statuses"`
}

// A Decision is what the procurement register says.
type Decision struct {
	Record         string `json:"record"`
	Chosen         string `json:"chosen"`
	DecidedOn      string `json:"decided_on"`
	RiskEvaluation string `json:"risk_evaluation,omitempty"`
	AcceptedRisks  string `json:"accepted_risks,omitempty"`
	Executive      string `json:"executive,omitempty"`
	ReviewOn       string `json:"review_on,omitempty"`
	Approved       bool   `json:"approved" doc:"Somebody else approved the record and it is in force"`
}

// Compare gathers the comparison for a software or a system: the candidates that its requirement sheets and its decision
// name.
func Compare(ctx context.Context, db *store.DB, subject fact.Subject, name string) (Comparison, error) {
	out := Comparison{Subject: name, Candidates: []Candidate{}, Duties: []ComparedDuty{}}
	c, err := judging.LoadShared(ctx, db)
	if err != nil {
		return out, err
	}
	requests, err := relay.Requests(ctx, db)
	if err != nil {
		return out, err
	}
	for _, r := range c.In.Records {
		if r.Subject != subject {
			continue
		}
		switch r.Kind {
		case "requirement_sheet":
			i := out.candidate(c.In.Model, r.Text("candidate"))
			out.Candidates[i].SheetOn, out.Candidates[i].LevelAsked = r.Text("issued_on"), r.Text("level")
		case "procurement":
			for _, id := range listed(r, "candidates") {
				out.candidate(c.In.Model, id)
			}
			out.Decision = decision(r, db.Now())
		}
	}
	if len(out.Candidates) == 0 {
		return out, &lang.Error{Kind: lang.Nothing, What: lang.F("「%s」の調達の候補がありません", "there are no candidates for %q", name),
			Next: lang.T("要求書（requirement_sheet）か調達の決定（procurement）を記録してください", "keep a requirement_sheet or a procurement record first")}
	}
	for i := range out.Candidates {
		if err := out.Candidates[i].fill(db, c, requests); err != nil {
			return out, err
		}
	}
	out.matrix()
	return out, nil
}

// candidate gives the place of a party among the candidates, and adds it when it is new. What is no party's id is a name.
func (c *Comparison) candidate(m chain.Model, id string) int {
	if i := slices.IndexFunc(c.Candidates, func(x Candidate) bool { return x.Party == id }); i >= 0 {
		return i
	}
	name := id
	for _, p := range m.Parties {
		if p.ID == id {
			name = p.Name
		}
	}
	c.Candidates = append(c.Candidates, Candidate{Party: id, Name: name, Lacks: []string{}, Missing: []string{}, answers: map[verify.Duty]string{}})
	return len(c.Candidates) - 1
}

// fill says what was last asked of a candidate and what its newest bundle shows.
func (c *Candidate) fill(db *store.DB, all judging.Shared, requests []relay.RequestLine) error {
	for _, r := range requests {
		if r.Direction != fact.Sent || r.Party != c.Party {
			continue
		}
		c.Request, c.State, c.LevelAsked = r.Digest, r.State, cmp.Or(c.LevelAsked, string(r.Level))
		for _, d := range r.Duties() {
			c.answers[d] = cmp.Or(c.answers[d], "asked")
		}
		if n := len(r.Answers); n > 0 {
			c.Lacks = r.Answers[n-1].Failed
		}
	}
	for _, got := range all.In.Received {
		if got.Party == c.Party {
			c.Bundle = got.ID
		}
	}
	if c.Bundle == "" {
		return nil
	}
	b, err := db.ReadDocument(c.Bundle)
	if err != nil {
		return err
	}
	o, err := verify.Open(b)
	if err != nil {
		return fmt.Errorf("bundle of %s: %w", c.Name, err)
	}
	c.show(o)
	return nil
}

// show takes over what the bundle shows.
func (c *Candidate) show(o *verify.Opened) {
	d := o.Declaration
	c.Object, c.Version, c.Kind, c.Level = d.Object.Name, d.Object.Version, d.Kind, string(d.Requirements.Level)
	c.ValidUntil, c.Counts, c.Withheld, c.Relaxed = d.Validity.Until, d.Counts, len(o.Manifest.Withheld), len(d.Assessment.Relaxed)
	for _, r := range d.Supporting {
		c.SBOM = c.SBOM || r.Kind == verify.SBOM
		if r.Kind == verify.Upstream {
			c.Upstream++
		}
	}
	for _, e := range d.Engaged {
		if e.Bundle == "" {
			c.Missing = append(c.Missing, e.Name)
		}
	}
	for i, commitment := range d.Commitments {
		duty := verify.Duty{Role: commitment.Role, Requirement: commitment.Requirement}
		c.answers[duty] = "withheld"
		if a := o.Answers[i]; a != nil {
			c.answers[duty] = string(a.Status)
		}
	}
}

// matrix lists every duty that a candidate declared or was asked for, in the guideline's order.
func (c *Comparison) matrix() {
	for _, role := range guideline.Roles {
		for _, in := range guideline.Default().Individuals() {
			duty := verify.Duty{Role: role, Requirement: in.ID}
			line, any := ComparedDuty{Role: role, Requirement: in.ID}, false
			for _, x := range c.Candidates {
				status, known := x.answers[duty]
				line.Statuses = append(line.Statuses, status)
				any = any || known
			}
			if any {
				c.Duties = append(c.Duties, line)
			}
		}
	}
}

func decision(r register.Record, now time.Time) *Decision {
	return &Decision{Record: r.Kind + "/" + r.Key, Chosen: r.Text("chosen"), DecidedOn: r.Text("decided_on"), RiskEvaluation: r.Text("risk_evaluation"),
		AcceptedRisks: r.Text("accepted_risks"), Executive: r.Text("executive"), ReviewOn: r.Text("review_on"), Approved: r.InForce(now)}
}

// listed gives a field of a record that is a list.
func listed(r register.Record, field string) []string {
	switch v := r.Data[field].(type) {
	case []string:
		return v
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
		return out
	}
	return nil
}

// Tables gives the comparison as the sheets of a workbook.
func (c Comparison) Tables(l lang.Lang) []xlsx.Table {
	say := func(ja, en string) string { return lang.T(ja, en).In(l) }
	head, rows := []string{""}, [][]string{}
	for _, x := range c.Candidates {
		head = append(head, x.Name)
	}
	line := func(ja, en string, value func(Candidate) string) {
		row := []string{say(ja, en)}
		for _, x := range c.Candidates {
			row = append(row, value(x))
		}
		rows = append(rows, row)
	}
	line("要求書を示した日", "Requirement sheet given on", func(x Candidate) string { return x.SheetOn })
	line("求めた水準", "Level asked for", func(x Candidate) string { return levelWord(x.LevelAsked, l) })
	line("回答の状況", "Answer", func(x Candidate) string { return string(x.State) })
	line("依頼を満たさない点", "What does not hold", func(x Candidate) string { return strings.Join(x.Lacks, ", ") })
	line("宣言", "Statement", func(x Candidate) string {
		if x.Bundle == "" {
			return say("なし", "none")
		}
		return x.Kind.Title().In(l)
	})
	line("対象", "About", func(x Candidate) string { return strings.TrimSpace(x.Object + " " + x.Version) })
	line("宣言の水準", "Level declared", func(x Candidate) string { return levelWord(x.Level, l) })
	line("有効期限", "Valid until", func(x Candidate) string { return day(x.ValidUntil) })
	for _, n := range []struct {
		ja, en string
		of     func(Candidate) int
	}{
		{"責務", "Duties", func(x Candidate) int { return x.Counts.Duties }}, {"対応", "Met", func(x Candidate) int { return x.Counts.Met }},
		{"例外承認つき対応", "Met with exception", func(x Candidate) int { return x.Counts.MetWithException }},
		{"一部対応", "Partly met", func(x Candidate) int { return x.Counts.PartlyMet }}, {"未対応", "Not met", func(x Candidate) int { return x.Counts.NotMet }},
		{"未評価", "Not assessed", func(x Candidate) int { return x.Counts.NotAssessed }}, {"対象外", "Not applicable", func(x Candidate) int { return x.Counts.NotApplicable }},
		{"申告のみ", "Stated only", func(x Candidate) int { return x.Counts.StatedOnly }}, {"非開示の回答", "Answers withheld", func(x Candidate) int { return x.Withheld }},
		{"緩めたしきい値", "Thresholds relaxed", func(x Candidate) int { return x.Relaxed }}, {"取引先の襷", "Suppliers' bundles", func(x Candidate) int { return x.Upstream }},
	} {
		line(n.ja, n.en, func(x Candidate) string { return fmt.Sprint(n.of(x)) })
	}
	line("SBOM", "SBOM", func(x Candidate) string {
		if x.SBOM {
			return say("あり", "yes")
		}
		return say("なし", "no")
	})
	line("宣言のない取引先", "Suppliers without a bundle", func(x Candidate) string { return strings.Join(x.Missing, ", ") })
	sheets := []xlsx.Table{{Name: say("比較", "Comparison"), Head: head, Rows: rows}, c.dutyTable(l)}
	if d := c.Decision; d != nil {
		sheets = append(sheets, xlsx.Table{Name: say("決定", "Decision"), Head: []string{"", ""}, Rows: [][]string{
			{say("選んだ候補", "Chosen"), d.Chosen}, {say("決定日", "Decided on"), d.DecidedOn}, {say("リスク評価", "Risk evaluation"), d.RiskEvaluation},
			{say("受容したリスクの数", "Risks accepted"), d.AcceptedRisks}, {say("受容を承認した経営者", "Executive"), d.Executive}, {say("見直す日", "Review on"), d.ReviewOn},
			{say("承認済み", "Approved"), fmt.Sprint(d.Approved)}}})
	}
	return sheets
}

func (c Comparison) dutyTable(l lang.Lang) xlsx.Table {
	t := xlsx.Table{Name: lang.T("個別要求", "Duties").In(l), Head: []string{lang.T("役割", "Role").In(l), lang.T("個別要求", "Requirement").In(l), lang.T("標題", "Title").In(l)}, Rows: [][]string{}}
	for _, x := range c.Candidates {
		t.Head = append(t.Head, x.Name)
	}
	for _, d := range c.Duties {
		in, _ := guideline.Default().Individual(d.Requirement)
		row := []string{d.Role.Title().In(l), string(d.Requirement), in.Title.In(l)}
		for _, s := range d.Statuses {
			row = append(row, ComparedWord(s).In(l))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// ComparedWord gives the word for a status in a comparison.
func ComparedWord(s string) lang.Text {
	words := map[string]lang.Text{"": lang.T("—", "—"), "asked": lang.T("回答なし", "no answer"), "withheld": lang.T("非開示", "withheld"),
		string(verify.Met): lang.T("対応", "met"), string(verify.MetWithException): lang.T("例外承認つき対応", "met with exception"), string(verify.PartlyMet): lang.T("一部対応", "partly met"),
		string(verify.NotMet): lang.T("未対応", "not met"), string(verify.NotApplicable): lang.T("対象外", "not applicable"), string(verify.NotAssessed): lang.T("未評価", "not assessed")}
	return words[s]
}

func levelWord(level string, l lang.Lang) string {
	if level == "" {
		return ""
	}
	return guideline.Level(level).Title().In(l)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
