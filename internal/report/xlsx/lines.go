package xlsx

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/read/table"
)

// lines reads the rows below the header.
func (r *reading) lines(g grid, base map[guideline.ID]map[Field]string) {
	for _, c := range g.added {
		r.ignore(g.sheet.Name, table.Place{Column: c, Row: g.head}.Ref(), g.sheet.Text(c, g.head),
			lang.T("追加された列は読み取りません", "an added column is not read"))
	}
	r.pinned(g)
	seen := map[guideline.ID]int{}
	for row := g.head + 1; row <= g.sheet.Last; row++ {
		id, place, found := r.id(g, row)
		if !found {
			r.stray(g, row)
			continue
		}
		if cell, _ := g.sheet.At(place.Column, row); cell.Fault == table.Struck {
			r.ignore(g.sheet.Name, place.Ref(), shorten(cell.Text), lang.T("取り消し線の引かれた行なので読み取りません", "the row is struck through and is not read"))
			id = ""
		}
		if id == "" {
			r.above = nil
			continue // it was named
		}
		line := Line{ID: id, Row: row, Cells: map[Field]Answer{}, Base: base[id]}
		for _, f := range Fields {
			if a, ok := r.answer(g, f, line); ok {
				line.Cells[f] = a
			}
		}
		r.above = line.Cells
		if first, twice := seen[id]; twice {
			if !line.empty() {
				r.problem(place.Ref(), string(id), lang.F("%[1]s の行が二つあります（%[2]d行目と%[3]d行目）。%[2]d行目だけを読み取りました", "%[1]s has two rows (%[2]d and %[3]d); only row %[2]d was read", id, first, row),
					lang.F("%d行目にまとめてください", "put all of it in row %d", first))
			}
			continue
		}
		seen[id] = row
		r.out.Lines = append(r.out.Lines, line)
	}
}

func (l Line) empty() bool {
	for _, a := range l.Cells {
		if a.Text != "" && a.Text != unchecked {
			return false
		}
	}
	return true
}

// id reads which requirement a row answers, and where it says so. found is false when the row names none at all; the id
// is empty when it names one that does not exist.
func (r *reading) id(g grid, row int) (id guideline.ID, at table.Place, found bool) {
	for _, c := range g.columns["id"] {
		text := g.sheet.Text(c, row)
		if text == "" {
			continue
		}
		at = table.Place{Column: c, Row: row}
		if id, ok := findID(text); ok {
			if _, known := guideline.Default().Individual(id); known {
				return id, at, true
			}
			r.problem(at.Ref(), text, lang.F("個別要求「%s」はありません", "there is no individual requirement %q", id),
				lang.T("要求IDを元のとおりに直してください", "put the id back as it was"))
			return "", at, true
		}
		if likeID().MatchString(fold(text)) {
			r.problem(at.Ref(), shorten(text), lang.T("要求IDとして読めません", "it is not an id that can be read"),
				lang.T("S(1)-1.1 の形で書いてください", "write it as S(1)-1.1"))
			return "", at, true
		}
	}
	return "", at, false
}

// likeID is what is meant for an id, when it is folded.
var likeID = pattern.Of(`^[\[(【※*]*s[(\[]?\d`)

// findID finds an id in what people wrote, with notes behind it or in brackets around it.
func findID(text string) (guideline.ID, bool) {
	if id, err := guideline.ParseID(text); err == nil {
		return id, true
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for _, word := range []string{line, strings.TrimLeft(line, "【[「※*・ 　"), firstWord(line)} {
		word = strings.TrimRight(word, "】]」※* 　")
		if id, err := guideline.ParseID(word); err == nil {
			return id, true
		}
	}
	return "", false
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// stray notes what stands in a row that answers no requirement.
func (r *reading) stray(g grid, row int) {
	for _, f := range Fields {
		for _, c := range g.columns[f] {
			cell, ok := g.sheet.At(c, row)
			if text := strings.TrimSpace(cell.Text); ok && text != "" && text != unchecked && !isFoot(text) {
				r.ignore(g.sheet.Name, table.Place{Column: c, Row: row}.Ref(), shorten(text), lang.T("要求IDのない行なので読み取りません", "the row has no id and is not read"))
				return
			}
		}
	}
}

// isFoot recognises the lines that we write below the table ourselves.
func isFoot(text string) bool {
	return strings.HasPrefix(text, "※ S(") || strings.HasPrefix(text, "灰色の行は") || strings.HasPrefix(text, "Grey rows are")
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// pinned names the comments on cells. They say things to people, and are not taken for answers.
func (r *reading) pinned(g grid) {
	places := slices.SortedFunc(maps.Keys(g.sheet.Comments), func(a, b table.Place) int {
		return cmp.Or(a.Row-b.Row, a.Column-b.Column)
	})
	for _, p := range places {
		r.ignore(g.sheet.Name, p.Ref(), shorten(g.sheet.Comments[p]),
			lang.T("セルのコメントは読み取りません。残すことは備考に書いてください", "comments on cells are not read; what should stay belongs in the note"))
	}
}
