package guideline

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/tasuki/internal/lang"
)

// OverlayLimit is the size of the largest guideline text [ReadOverlay] takes, in bytes.
const OverlayLimit = 4 << 20

// Official is what the guideline itself prints for an individual requirement in its annex checklist.
type Official struct {
	Title string // 個別要求タイトル
	Text  string // 個別要求
	Line  int    // in the file it was read from, from 1
}

// ReadOverlay reads the official sentences out of the guideline's own text, which a user has and we do not ship: the
// plain text of the published document, in which the annex checklist (要求事項チェックリスト) is a tab-separated table.
// All 69 have to be there, each once. Errors name the line.
func ReadOverlay(r io.Reader) (map[ID]Official, error) {
	raw, err := io.ReadAll(io.LimitReader(r, OverlayLimit+1))
	if err != nil {
		return nil, fmt.Errorf("read guideline text: %w", err)
	}
	if len(raw) > OverlayLimit {
		return nil, overlayError("", lang.F("ファイルが上限の %d バイトを超えています", "the file is larger than the limit of %d bytes", OverlayLimit))
	}
	found := map[ID]Official{}
	var columns *overlayColumns
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, OverlayLimit+1)
	for n := 1; lines.Scan(); n++ {
		cells := strings.Split(lines.Text(), "\t")
		switch {
		case len(cells) == 1: // between the pages of the table, or outside it
			columns = nil
		case slices.Contains(cells, "個別要求タイトル"):
			columns = findColumns(cells)
		case columns != nil:
			if err := columns.read(cells, n, found); err != nil {
				return nil, err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read guideline text: %w", err)
	}
	return found, complete(found)
}

// overlayColumns is where the table's header puts what we read.
type overlayColumns struct{ id, title, text int }

// findColumns gives nil when the row is not the header of the checklist.
func findColumns(cells []string) *overlayColumns {
	c := overlayColumns{slices.Index(cells, "要求ID"), slices.Index(cells, "個別要求タイトル"), slices.Index(cells, "個別要求")}
	if c.id < 0 || c.text < 0 {
		return nil
	}
	return &c
}

func (c overlayColumns) read(cells []string, line int, found map[ID]Official) error {
	where := fmt.Sprintf("line %d", line)
	if len(cells) <= max(c.id, c.title, c.text) {
		return overlayError(where, lang.F("チェックリストの行の列が足りません（%d列）", "the row of the checklist has too few columns (%d)", len(cells)))
	}
	id, err := ParseID(cells[c.id])
	if err != nil {
		return overlayError(where, lang.F("要求ID欄の「%s」が要求IDとして読めません", "%q in the id column is not a requirement id", shorten(cells[c.id])))
	}
	if _, known := Default().Individual(id); !known {
		return overlayError(where, lang.F("%s という個別要求はありません", "there is no individual requirement %s", string(id)))
	}
	if before, twice := found[id]; twice {
		return overlayError(where, lang.F("%s が %d 行目にもあります", "%s is on line %d as well", string(id), before.Line))
	}
	o := Official{Title: strings.TrimSpace(cells[c.title]), Text: strings.TrimSpace(cells[c.text]), Line: line}
	if o.Title == "" || o.Text == "" || !utf8.ValidString(o.Title+o.Text) {
		return overlayError(where, lang.F("%s の題名または文が空か、UTF-8として読めません", "title or sentence of %s is empty or not UTF-8", string(id)))
	}
	found[id] = o
	return nil
}

func complete(found map[ID]Official) error {
	var missing []string
	for _, in := range Default().individuals {
		if _, ok := found[in.ID]; !ok {
			missing = append(missing, string(in.ID))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return overlayError("", lang.F("個別要求 %d 件が見つかりません（%s）", "%d individual requirements are missing (%s)", len(missing), strings.Join(missing, ", ")))
}

func overlayError(where string, why Text) error {
	return &lang.Error{Kind: lang.Unreadable, Where: where, Why: why,
		What: lang.T("ガイドラインの本文を読み取れません", "the text of the guideline cannot be read"),
		Next: lang.T("公表されたガイドラインをテキストに変換し、別紙「要求事項チェックリスト」の表をタブ区切りで含めてください", "convert the published guideline to text with the annex checklist as a tab-separated table")}
}

// shorten keeps what is quoted from an unknown file short.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
