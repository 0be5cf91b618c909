package guideline

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// Text is a text in Japanese and English.
type Text = lang.Text

// ID is an identifier as the guideline prints it: S(1)-1 for a requirement, S(1)-1.1 for an individual requirement.
type ID string

var looseID = pattern.Of(`^s\(?([1-6])\)?-?([0-9]{1,2})(?:\.([0-9]{1,2}))?$`)

// ParseID reads an id in any of the ways people type it (S(1)-1.1, s1-1.1, Ｓ（１）－１．１, S (1) - 1.1) and gives
// the printed form. It does not check that the id exists.
func ParseID(s string) (ID, error) {
	folded := strings.ToLower(norm.NFKC.String(s))
	folded = strings.NewReplacer(" ", "", "\t", "", "‐", "-", "‑", "-", "–", "-", "—", "-", "―", "-", "─", "-", "−", "-", "ー", "-", "。", ".").Replace(folded)
	m := looseID().FindStringSubmatch(folded)
	if m == nil {
		return "", &lang.Error{Kind: lang.Usage,
			What: lang.F("「%s」は要求IDとして読めません", "%q is not a requirement id", s),
			Next: lang.T("S(1)-1.1 または s1-1.1 の形で入力してください", "write it as S(1)-1.1 or s1-1.1")}
	}
	if m[3] == "" {
		return ID(fmt.Sprintf("S(%s)-%s", m[1], m[2])), nil
	}
	return ID(fmt.Sprintf("S(%s)-%s.%s", m[1], m[2], m[3])), nil
}

// Category is the number in brackets, 1 to 6.
func (id ID) Category() int {
	if len(id) < 3 {
		return 0
	}
	n, _ := strconv.Atoi(string(id[2]))
	return n
}

// Requirement is the id of the requirement an individual requirement belongs to: S(1)-1 for S(1)-1.1.
func (id ID) Requirement() ID {
	head, _, _ := strings.Cut(string(id), ".")
	return ID(head)
}

// numbers gives category, requirement and item (0 where there is none).
func (id ID) numbers() []int {
	n := make([]int, 3)
	fmt.Sscanf(string(id), "S(%d)-%d.%d", &n[0], &n[1], &n[2]) // what does not fit stays 0
	return n
}

// Role is one of the four roles of table 3.
type Role string

// The roles: 開発者, 供給者, 運用者, 顧客.
const (
	Developer Role = "developer"
	Supplier  Role = "supplier"
	Operator  Role = "operator"
	Customer  Role = "customer"
)

// Roles in the order of the guideline's tables.
var Roles = []Role{Developer, Supplier, Operator, Customer}

// Title gives the guideline's word for a role.
func (r Role) Title() lang.Text {
	switch r {
	case Developer:
		return lang.T("開発者", "developer")
	case Supplier:
		return lang.T("供給者", "supplier")
	case Operator:
		return lang.T("運用者", "operator")
	case Customer:
		return lang.T("顧客", "customer")
	}
	return lang.T(string(r), string(r))
}

// Level is a requirement package of section 4.1.
type Level string

// The levels: 最低限要求パッケージ and 標準要求パッケージ. Standard contains minimum.
const (
	Minimum  Level = "minimum"
	Standard Level = "standard"
)

// Covers reports whether a party at level l meets what a request at level asked wants.
func (l Level) Covers(asked Level) bool { return l == asked || l == Standard && asked == Minimum }

// Title gives the guideline's word for a level.
func (l Level) Title() lang.Text {
	switch l {
	case Minimum:
		return lang.T("最低限", "minimum")
	case Standard:
		return lang.T("標準", "standard")
	}
	return lang.T("未設定", "not set")
}

// Stance is how a party holds a role (table 4): 主体, 支援, or unmarked.
type Stance string

// The stances. Unmarked is judged as Principal (rule R-4.2-09).
const (
	Unmarked  Stance = ""
	Principal Stance = "principal"
	Support   Stance = "support"
)

// Class is the responsibility class of section 1.4: サイバーインフラ事業者 or 顧客.
type Class string

// The classes.
const (
	Provider      Class = "provider"
	CustomerClass Class = "customer"
)
