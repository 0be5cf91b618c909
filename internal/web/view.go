package web

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/finding"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
)

// marks are the shapes of the statuses: told apart without colour, in print and by people who see none.
var marks = map[assess.Status]string{
	assess.Met: "●", assess.MetWithException: "◆", assess.PartlyMet: "◐",
	assess.NotMet: "▲", assess.NotApplicable: "–", assess.NotAssessed: "○",
}

// shown is the order statuses are listed in for people: what is done first, what is missing last.
var shown = []assess.Status{assess.Met, assess.MetWithException, assess.PartlyMet, assess.NotMet, assess.NotAssessed, assess.NotApplicable}

// Status draws a status: shape, then word.
func (b Base) Status(s assess.Status) template.HTML {
	return template.HTML(fmt.Sprintf(`<span class="status s-%s"><span class="mark" aria-hidden="true">%s</span>%s</span>`,
		template.HTMLEscapeString(string(s)), marks[s], template.HTMLEscapeString(b.StatusName(s))))
}

// StatusName gives a status's word.
func (b Base) StatusName(s assess.Status) string { return s.Name().In(b.Lang) }

// Mark gives a status's shape.
func (Base) Mark(s assess.Status) string { return marks[s] }

// Role, Stance and Level give the guideline's words.
func (b Base) Role(r guideline.Role) string { return r.Title().In(b.Lang) }

// Stance gives the guideline's word for a stance; empty for an unmarked one.
func (b Base) Stance(s guideline.Stance) string { return chain.StanceName(s).In(b.Lang) }

// Level gives the guideline's word for a level.
func (b Base) Level(l guideline.Level) string { return l.Title().In(b.Lang) }

// SoftwareKind gives the guideline's word for a class of table 2.
func (b Base) SoftwareKind(k chain.SoftwareKind) string {
	for _, sk := range guideline.Default().SoftwareKinds() {
		if sk.ID == string(k) {
			return sk.Title.In(b.Lang)
		}
	}
	return string(k)
}

// Slug is an id of the guideline as it stands in addresses: s1-1.1.
func (Base) Slug(id guideline.ID) string { return slug(id) }

func slug(id guideline.ID) string {
	return strings.ToLower(strings.NewReplacer("(", "", ")", "").Replace(string(id)))
}

// TitleOf gives a requirement's title.
func (b Base) TitleOf(id guideline.ID) string {
	in, _ := guideline.Default().Individual(id)
	return in.Title.In(b.Lang)
}

// Join writes a list with the language's comma.
func (b Base) Join(list []string) string { return strings.Join(list, b.T("、", ", ")) }

// Bytes writes a size for reading.
func (Base) Bytes(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// Num writes a number with thousands separated.
func (Base) Num(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// counts are duties by status.
type counts struct {
	Total   int
	By      map[assess.Status]int
	Stated  int // 申告のみ
	Lapsed  int // 期限切れ: were met, and what they rest on has lapsed
	Overall []count
}

type count struct {
	Status assess.Status
	N      int
}

func countRows(rows []dutyRow) counts {
	c := counts{Total: len(rows), By: map[assess.Status]int{}}
	for _, r := range rows {
		c.By[r.Status]++
		if r.StatedOnly {
			c.Stated++
		}
		if r.Lapsed {
			c.Lapsed++
		}
	}
	c.order()
	return c
}

// order lists what was counted in the order people are shown it.
func (c *counts) order() {
	c.Overall = nil
	for _, s := range shown {
		if c.By[s] > 0 {
			c.Overall = append(c.Overall, count{s, c.By[s]})
		}
	}
}

// Sentence says it in words: 56件中 対応 41・一部対応 9・未対応 4・未評価 2.
func (b Base) Sentence(c counts) string {
	if c.Total == 0 {
		return b.T("果たす責務はまだありません", "no duties yet")
	}
	parts := make([]string, len(c.Overall))
	for i, n := range c.Overall {
		parts[i] = fmt.Sprintf("%s %d", b.StatusName(n.Status), n.N)
	}
	return b.F("%d件中 ", "Of %d: ", c.Total) + strings.Join(parts, b.T("・", ", "))
}

// tally is counts with the words of a page's language.
type tally struct {
	Base
	Counts counts
}

// Tally gives counts to the part that lists them.
func (b Base) Tally(c counts) tally { return tally{b, c} }

// segment is a stretch of a status bar, in hundredths of its length.
type segment struct {
	Status assess.Status
	X, W   string
	N      int
}

// Segments cuts a bar of length 100 by status.
func (c counts) Segments() []segment {
	var out []segment
	x := 0.0
	for _, n := range c.Overall {
		w := 100 * float64(n.N) / float64(max(c.Total, 1))
		out = append(out, segment{n.Status, fmt.Sprintf("%.3f", x), fmt.Sprintf("%.3f", w), n.N})
		x += w
	}
	return out
}

// mapRow is one category of the requirement map.
type mapRow struct {
	Category guideline.Category
	Cells    []mapCell
}

// mapCell is one individual requirement: its gravest status among the party's duties, or none when it is no duty here.
type mapCell struct {
	ID     guideline.ID
	Title  string
	Status assess.Status // empty: not a duty here
	Href   string        // empty: nothing to go to
	First  bool          // the first of its requirement, but for the first of its row
}

// requirementMap lays the duties onto the 69 cells.
func requirementMap(b Base, rows []dutyRow, href func(guideline.ID) string) []mapRow {
	worst := map[guideline.ID]assess.Status{}
	for _, r := range rows {
		if old, ok := worst[r.ID]; !ok || concern(r.Status) < concern(old) {
			worst[r.ID] = r.Status
		}
	}
	c := guideline.Default()
	var out []mapRow
	for _, cat := range c.Categories() {
		row := mapRow{Category: cat}
		for _, in := range c.Individuals() {
			if in.Category != cat.Number {
				continue
			}
			cell := mapCell{ID: in.ID, Title: in.Title.In(b.Lang), Status: worst[in.ID]}
			cell.First = len(row.Cells) > 0 && strings.HasSuffix(string(in.ID), ".1")
			if cell.Status != "" && href != nil {
				cell.Href = href(in.ID)
			}
			row.Cells = append(row.Cells, cell)
		}
		out = append(out, row)
	}
	return out
}

func concern(s assess.Status) int { return slices.Index(assess.Statuses, s) }

// reading turns the numbers a reader gave about a document into words, in a fixed order.
func (b Base) Reading(summary map[string]any) []string {
	keys := make([]string, 0, len(summary))
	for k := range summary {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y string) int {
		return cmp.Or(cmp.Compare(readingOrder(x), readingOrder(y)), cmp.Compare(x, y))
	})
	var out []string
	for _, k := range keys {
		out = append(out, b.readingOf(k, summary[k]))
	}
	return out
}

// readingWords are the words for the numbers readers give; a number without a word is shown under its own name.
var readingWords = []struct {
	key  string
	text lang.Text
}{
	{"format", lang.T("形式 %v", "format %v")},
	{"media_type", lang.T("%v", "%v")},
	{"version", lang.T("版 %v", "version %v")},
	{"name", lang.T("名称 %v", "name %v")},
	{"components", lang.T("部品 %v件", "%v components")},
	{"dependencies", lang.T("依存関係 %v件", "%v dependencies")},
	{"services", lang.T("サービス %v件", "%v services")},
	{"files", lang.T("ファイル %v件", "%v files")},
	{"vulnerabilities", lang.T("脆弱性 %v件", "%v vulnerabilities")},
	{"runs", lang.T("実行 %v回", "%v runs")},
	{"results", lang.T("結果 %v件", "%v results")},
	{"tests", lang.T("試験 %v件", "%v tests")},
	{"failed", lang.T("失敗 %v件", "%v failed")},
	{"errored", lang.T("エラー %v件", "%v errors")},
	{"skipped", lang.T("未実施 %v件", "%v skipped")},
	{"statements", lang.T("記述 %v件", "%v statements")},
	{"products", lang.T("製品 %v件", "%v products")},
	{"threats", lang.T("脅威 %v件", "%v threats")},
	{"open", lang.T("未対処 %v件", "%v open")},
	{"score", lang.T("点数 %v", "score %v")},
	{"checks", lang.T("検査項目 %v件", "%v checks")},
	{"inconclusive", lang.T("判定できず %v件", "%v inconclusive")},
	{"contacts", lang.T("連絡先 %v件", "%v contacts")},
	{"expires", lang.T("有効期限 %v", "valid until %v")},
	{"tools", lang.T("ツール %v件", "%v tools")},
	{"architectures", lang.T("アーキテクチャ %v件", "%v architectures")},
	{"modules", lang.T("モジュール %v件", "%v modules")},
	{"bytes", lang.T("%vバイト", "%v bytes")},
}

func readingOrder(key string) int {
	for i, w := range readingWords {
		if w.key == key {
			return i
		}
	}
	return len(readingWords)
}

func (b Base) readingOf(key string, v any) string {
	for _, w := range readingWords {
		if w.key == key {
			return fmt.Sprintf(w.text.In(b.Lang), v)
		}
	}
	return fmt.Sprintf("%s: %v", strings.ReplaceAll(key, "_", " "), v)
}

// TypeName gives a document type's word.
func (b Base) TypeName(kind string) string {
	if kind == "" {
		return b.T("形式を判別できません", "type not recognised")
	}
	return b.Text(office.DocumentKind(kind))
}

// Cell is an id short enough for a cell of the map: 1-1.1.
func (Base) Cell(id guideline.ID) string { return strings.TrimPrefix(slug(id), "s") }

// basis is what a status rests on, in words.
type basis struct {
	Word, StatedWord, Count string
	StatedOnly              bool
	N                       int
}

// Basis says what a duty's status rests on and how many pieces of evidence back it.
func (b Base) Basis(d dutyRow) basis {
	return basis{Word: b.BasisName(d.Row.Basis), StatedWord: b.T("申告のみ", "stated only"), StatedOnly: d.StatedOnly,
		N: evidenceCount(d), Count: b.F("証跡%d件", "%d pieces of evidence", evidenceCount(d))}
}

// BasisName gives the word for what a status rests on.
func (b Base) BasisName(x assess.Basis) string {
	switch x {
	case assess.Automatic:
		return b.T("自動確認", "automatic")
	case assess.ByRecord:
		return b.T("記録", "record")
	case assess.ByClaim:
		return b.T("申告", "claim")
	case assess.ByStatement:
		return b.T("相手先の宣言", "their declaration")
	}
	return "—"
}

// SoftwareKindOf is SoftwareKind for the word a template of table 4 has.
func (b Base) SoftwareKindOf(k string) string { return b.SoftwareKind(chain.SoftwareKind(k)) }

// AllRoles gives the four roles in the order of the guideline's tables.
func (Base) AllRoles() []guideline.Role { return guideline.Roles }

// Signature says in words how a document's signature stands.
func (b Base) Signature(state string) string {
	switch state {
	case "":
		return b.T("署名なし", "not signed")
	case "verified", "valid":
		return b.T("署名を検証済み", "signature verified")
	case "present", "unverified":
		return b.T("署名あり（未検証）", "signed, not verified")
	case "invalid":
		return b.T("署名が一致しません", "the signature does not hold")
	}
	return state
}

// IsAudit reports whether the page is the audit log, whatever its filter.
func (b Base) IsAudit() bool { return strings.HasPrefix(b.Path, "/admin/audit") }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Count is Num for a large number.
func (b Base) Count(n int64) string { return b.Num(int(n)) }

// Months are the twelve.
func (Base) Months() []int { return []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12} }

// MonthName gives the word for a month.
func (b Base) MonthName(m int) string { return b.F("%[1]d月", "%[2]s", m, time.Month(m)) }

// Par puts words into brackets.
func (b Base) Par(s string) string { return b.F("（%s）", " (%s)", s) }

// SeverityWord gives the word for a severity of CVSS, as IPA names them.
func (b Base) SeverityWord(l finding.Label) string {
	switch strings.ToUpper(string(l)) {
	case "CRITICAL":
		return b.T("緊急", "critical")
	case "HIGH":
		return b.T("重要", "high")
	case "MEDIUM", "MODERATE":
		return b.T("警告", "medium")
	case "LOW":
		return b.T("注意", "low")
	case "NONE":
		return b.T("なし", "none")
	}
	return b.T("不明", "unknown")
}

// AdoptHref leads to the form of an adoption record for one component.
func (Base) AdoptHref(purl string) string { return "/registers/adoption/new?" + query("pattern", purl) }

// evidenceCount counts what a status rests on; what was merely looked at without a basis is not counted.
func evidenceCount(d dutyRow) int {
	if d.Row.Basis == assess.WithoutBasis {
		return 0
	}
	return len(d.Evidence)
}

// cited is a list of evidence: shown in a line when it is short, folded when it is long.
type cited struct {
	Base
	Few, Many []evidenceView
}

// Cited prepares a list of evidence for its template.
func (b Base) Cited(list []evidenceView) cited {
	if len(list) > 5 {
		return cited{Base: b, Many: list}
	}
	return cited{Base: b, Few: list}
}
