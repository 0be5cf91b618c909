package chart

import (
	"fmt"
	"strings"

	"example.org/tasuki/internal/lang"
)

// A Link is one party of a chain, or one bundle of a verified chain.
type Link struct {
	Name   string
	Parent int    // index of the link it hands on to, nearer to the customer; -1: the end of the chain. Parents come first
	Roles  string // in words
	Level  string // in words
	State  LinkState
	Said   string // the state in words
	Broken string // why the chain breaks here; empty: it holds
	Href   string
}

// LinkState is how far a link is known to hold.
type LinkState string

// The states: it was checked and holds, it holds as far as its signer says, nothing is known, it does not hold.
const (
	LinkHolds   LinkState = "holds"
	LinkStated  LinkState = "stated"
	LinkUnknown LinkState = "unknown"
	LinkBroken  LinkState = "broken"
)

// marks tell the states apart without colour.
var linkMarks = map[LinkState]string{LinkHolds: "✓", LinkStated: "◐", LinkUnknown: "？", LinkBroken: "✕"}

const (
	linkBox, linkGap, linkIndent = 58.0, 14.0, 34.0
	linkWidth                    = 700
	linkName                     = 46 // half-width characters of a name that fit
)

// Chain draws who hands on to whom, from the customer's end inwards, each with its level, its roles and how it stands. Where
// the chain breaks the line is dashed and crossed.
func Chain(l lang.Lang, id, title string, links []Link) Picture {
	p := Picture{ID: id, Title: title, Columns: []string{lang.T("段", "Step").In(l), lang.T("組織", "Party").In(l), lang.T("渡す先", "Hands on to").In(l), lang.T("役割", "Roles").In(l),
		lang.T("水準", "Level").In(l), lang.T("状態", "State").In(l), lang.T("途切れている点", "Where it breaks").In(l)}}
	broken := []string{}
	depth := make([]int, len(links))
	for i, k := range links {
		to := "—"
		if k.Parent >= 0 && k.Parent < i {
			depth[i], to = depth[k.Parent]+1, links[k.Parent].Name
		}
		if k.Broken != "" {
			broken = append(broken, k.Name)
		}
		p.Rows = append(p.Rows, []string{fmt.Sprint(depth[i] + 1), k.Name, to, k.Roles, k.Level, k.Said, k.Broken})
	}
	switch {
	case len(links) == 0:
		p.Sentence = lang.T("連鎖はまだ登録されていません。", "There is no chain yet.").In(l)
		return p
	case len(broken) == 0:
		p.Sentence = lang.F("%d者の連鎖に、途切れている点は見つかりません。", "No break was found in the chain of %d.", len(links)).In(l)
	default:
		p.Sentence = lang.F("%[1]d者の連鎖のうち、%[2]d箇所で途切れています：%[3]s", "Of %[1]d in the chain, it breaks at %[2]d: %[3]s", len(links), len(broken), strings.Join(broken, lang.T("、", ", ").In(l))).In(l)
	}
	p.SVG = drawChain(p, links, depth)
	return p
}

func drawChain(p Picture, links []Link, depth []int) string {
	top := func(i int) float64 { return 4 + float64(i)*(linkBox+linkGap) }
	left := func(i int) float64 { return 4 + float64(min(depth[i], 9))*linkIndent }
	c := newCanvas(p.ID, linkWidth, int(top(len(links))), p.Title, p.Sentence)
	for i, k := range links {
		if k.Parent < 0 || k.Parent >= i {
			continue
		}
		class, x, y := "arrow", left(k.Parent)+14, top(i)+linkBox/2
		if k.Broken != "" {
			class = "marker"
		}
		c.path(class, fmt.Sprintf("M%s %sV%sH%s", num(x), num(top(k.Parent)+linkBox), num(y), num(left(i))))
		if k.Broken != "" {
			c.text("mark", "middle", (x+left(i))/2, y+5, "✕")
		}
	}
	for i, k := range links {
		x, y := left(i), top(i)
		class := "step"
		if k.State == LinkUnknown || k.State == LinkBroken {
			class = "step assumed"
		}
		c.box(class, x, y, linkWidth-4-x, linkBox)
		if k.Href != "" {
			c.open(k.Href)
		}
		class = "strong"
		if k.Href != "" {
			class = "strong link"
		}
		c.text(class, "start", x+12, y+22, shorten(k.Name, linkName-3*min(depth[i], 9)))
		if k.Href != "" {
			c.shut()
		}
		said := k.Said
		if k.Broken != "" {
			said = k.Broken
		}
		c.text("label", "end", linkWidth-16, y+22, shorten(linkMarks[k.State]+" "+k.Said, 34))
		c.text("tick", "start", x+12, y+44, shorten(strings.Trim(k.Roles+"　"+k.Level, "　"), 44-3*min(depth[i], 9)))
		if said != k.Said {
			c.text("tick", "end", linkWidth-16, y+44, shorten(said, 52))
		}
	}
	return c.svg()
}
