package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// A Request asks another party for its declaration (guideline 4.1, 4.2; requirements S(2)-3.1, S(6)-2.1, S(6)-2.2): at
// which level and why, for which roles, with which documents, by when. It travels as a [Letter] of [RequestFormat].
type Request struct {
	ID       string          `json:"id"`
	From     Issuer          `json:"from"`
	To       Recipient       `json:"to"`
	Object   AskedObject     `json:"object"`
	Level    guideline.Level `json:"level"`
	Reasons  []Reason        `json:"reasons"` // why this level; at least one (4.1)
	Roles    []AskedRole     `json:"roles"`   // in the guideline's order, each once
	Evidence []ResourceKind  `json:"evidence,omitempty"`
	Chain    bool            `json:"chain,omitempty"` // the answer's own suppliers are to be there too, whole or by digest
	DueOn    string          `json:"due_on"`          // ISO day
	IssuedAt time.Time       `json:"issued_at"`
	Note     string          `json:"note,omitempty"`
	Under    *Under          `json:"under,omitempty"`
}

// An AskedObject is what the answer is to be about, in the asker's words.
type AskedObject struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"` // empty: any
	PURL    string `json:"purl,omitempty"`
	UsedIn  string `json:"used_in,omitempty"` // what it becomes part of
}

// A Viewpoint is one of the three things that the guideline lets a customer weigh when setting the level (4.1).
type Viewpoint string

// The viewpoints: what the software handles, that its protection is kept up, how fast and surely vulnerabilities must
// be dealt with; and any other.
const (
	Information Viewpoint = "information"
	Protection  Viewpoint = "protection"
	Response    Viewpoint = "response"
	OtherView   Viewpoint = "other"
)

// Viewpoints in the order they are shown.
var Viewpoints = [...]Viewpoint{Information, Protection, Response, OtherView}

// Title gives the words for people.
func (v Viewpoint) Title() lang.Text {
	switch v {
	case Information:
		return lang.T("扱う情報", "information handled")
	case Protection:
		return lang.T("保護の仕組みの維持", "keeping its protection working")
	case Response:
		return lang.T("脆弱性への対応の速さと確かさ", "speed and certainty of vulnerability response")
	}
	return lang.T("その他", "other")
}

// A Reason says why the level was chosen, from one viewpoint.
type Reason struct {
	Viewpoint Viewpoint `json:"viewpoint"`
	Text      string    `json:"text"`
}

// An AskedRole is a role the answer has to cover. Without Requirements it is all of the role at the level.
type AskedRole struct {
	Role         guideline.Role   `json:"role"`
	Stance       guideline.Stance `json:"stance,omitempty"`
	Requirements []guideline.ID   `json:"requirements,omitempty"`
}

// Under says that a request follows from one that its sender was given: by digest only, so that who asks at the far end
// need not be told.
type Under struct {
	Request string          `json:"request"` // sha256 of the request's file
	Level   guideline.Level `json:"level"`   // asked there
	DueOn   string          `json:"due_on"`  // asked there
	// Lowered says why less is asked than was asked of the sender; without it a lower level is refused (4.2).
	Lowered string `json:"lowered,omitempty"`
}

// OpenRequest verifies the signature of a request, holds it against the rules of its form, and gives the key that
// signed it. Whether the key is trusted is for the caller to ask.
func OpenRequest(b []byte) (Request, PublicKey, error) {
	var r Request
	key, err := openLetter(b, RequestFormat, &r)
	if err != nil {
		return r, nil, err
	}
	return r, key, r.Check()
}

// Check holds a request against the rules of its form.
func (r Request) Check() error {
	for _, f := range []struct{ where, value string }{{"id", r.ID}, {"from/id", r.From.ID}, {"from/name", r.From.Name}, {"to/name", r.To.Name}, {"object/name", r.Object.Name}} {
		if strings.TrimSpace(f.value) == "" {
			return unverified("/"+f.where, "必要な記載がありません", "a required entry is empty")
		}
	}
	if r.IssuedAt.IsZero() || r.IssuedAt.Location() != time.UTC || r.IssuedAt.Nanosecond() != 0 {
		return unverified("/issued_at", "時刻が秒単位のUTCではありません", "the time is not in whole seconds UTC")
	}
	if _, err := time.Parse(time.DateOnly, r.DueOn); err != nil {
		return unverified("/due_on", "期日が日付ではありません（%q）", "the due date %q is no day", r.DueOn)
	}
	if err := r.levelReasoned(); err != nil {
		return err
	}
	for i, e := range r.Evidence {
		if !slices.Contains([]ResourceKind{SBOM, VEX, Evidence, Upstream}, e) {
			return unverified(fmt.Sprintf("/evidence/%d", i), "文書の種類 %q は定義されていません", "%q is no kind of document", e)
		}
	}
	return r.rolesHold()
}

// levelReasoned checks that the level is one, has reasons, and is not silently lower than what was asked of the sender.
func (r Request) levelReasoned() error {
	if r.Level != guideline.Minimum && r.Level != guideline.Standard {
		return unverified("/level", "水準 %q は定義されていません", "%q is no level", r.Level)
	}
	if len(r.Reasons) == 0 {
		return unverified("/reasons", "この水準を求める理由がありません", "it is not said why this level is asked for")
	}
	for i, reason := range r.Reasons {
		if !slices.Contains(Viewpoints[:], reason.Viewpoint) || strings.TrimSpace(reason.Text) == "" {
			return unverified(fmt.Sprintf("/reasons/%d", i), "理由の観点が定義されていないか、内容がありません", "the reason has no viewpoint of the guideline, or no words")
		}
	}
	if u := r.Under; u != nil {
		if !isDigest(u.Request) {
			return unverified("/under/request", "ダイジェストの形式が正しくありません", "the digest is not in the right form")
		}
		if !r.Level.Covers(u.Level) && strings.TrimSpace(u.Lowered) == "" {
			return unverified("/level", "元の依頼の水準「%[1]s」より低い「%[2]s」を、理由なく求めています", "it asks for %[2]s, lower than the %[1]s that was asked of its sender, without saying why", u.Level, r.Level)
		}
	}
	return nil
}

// rolesHold checks that roles stand once and in order, and that only requirements of the role at the level are named.
func (r Request) rolesHold() error {
	if len(r.Roles) == 0 || !ascending(r.Roles, func(a, b AskedRole) int {
		return slices.Index(guideline.Roles, a.Role) - slices.Index(guideline.Roles, b.Role)
	}) {
		return unverified("/roles", "役割がないか、順に並んでいないか、重複しています", "there is no role, or the roles are not in order, or one is there twice")
	}
	for i, a := range r.Roles {
		where := fmt.Sprintf("/roles/%d", i)
		if !slices.Contains(guideline.Roles, a.Role) || !slices.Contains([]guideline.Stance{guideline.Unmarked, guideline.Principal, guideline.Support}, a.Stance) {
			return unverified(where, "役割 %[1]q（%[2]q）は定義されていません", "there is no role %[1]q (%[2]q)", a.Role, a.Stance)
		}
		if outside := without(a.Requirements, guideline.Default().Duties([]guideline.Role{a.Role}, r.Level)); len(outside) > 0 {
			return unverified(where, "%[1]s の、この水準にない個別要求を求めています: %[2]s", "%[1]s does not bear these at this level: %[2]s", a.Role, list(outside))
		}
	}
	return nil
}

// Duties gives what is asked, role by role in the guideline's order.
func (r Request) Duties() []Duty {
	var out []Duty
	for _, a := range r.Roles {
		ids := a.Requirements
		if len(ids) == 0 {
			ids = guideline.Default().Duties([]guideline.Role{a.Role}, r.Level)
		}
		for _, id := range ids {
			out = append(out, Duty{Role: a.Role, Requirement: id})
		}
	}
	return out
}

// A Receipt says that a file arrived: who has it, when, and what its reader made of it. It travels as a [Letter] of
// [ReceiptFormat], and takes no position on the content.
type Receipt struct {
	ID       string    `json:"id"`
	By       Issuer    `json:"by"`
	For      Issuer    `json:"for"`  // who sent the file
	Of       string    `json:"of"`   // sha256 of the file
	Kind     string    `json:"kind"` // request, bundle, revocation_list
	Name     string    `json:"name,omitempty"`
	At       time.Time `json:"at"`
	Accepted bool      `json:"accepted"` // it verified
	Failed   []string  `json:"failed"`   // names of the steps that did not hold
}

// OpenReceipt verifies the signature of a receipt and gives the key that signed it.
func OpenReceipt(b []byte) (Receipt, PublicKey, error) {
	var r Receipt
	key, err := openLetter(b, ReceiptFormat, &r)
	if err == nil && (r.ID == "" || r.By.ID == "" || !isDigest(r.Of) || r.At.IsZero()) {
		err = unverified("/of", "必要な記載がありません", "a required entry is empty")
	}
	return r, key, err
}
