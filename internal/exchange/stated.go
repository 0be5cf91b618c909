package exchange

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// StatedType is the document type of an answer that was typed on our answer page, StatedFormat the format its file says.
const (
	StatedType   = "tasuki-stated-answer"
	StatedFormat = "tasuki-stated-answer/v1"
)

// A Stated is the answer of a party that has no account here and no key: what somebody who had the code of a request typed
// on the answer page (申告による回答). It is a claim by whoever answered. Nothing in it was verified and it is no evidence.
type Stated struct {
	Format  string         `json:"format"`
	Request string         `json:"request"` // sha256 of the request's file
	For     verify.Issuer  `json:"for"`     // who asked
	Party   string         `json:"party"`   // name of the party that was asked
	By      StatedBy       `json:"by"`
	At      time.Time      `json:"at"` // whole seconds UTC, by the clock of whoever asked
	Answers []StatedAnswer `json:"answers"`
	Note    string         `json:"note,omitempty"`
}

// StatedBy is who says to have answered. Nobody checked it.
type StatedBy struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
}

// A StatedAnswer is what is said of one duty that the request asks about.
type StatedAnswer struct {
	Role        guideline.Role `json:"role"`
	Requirement guideline.ID   `json:"requirement"`
	Status      verify.Status  `json:"status,omitempty"` // empty: not said yet
	Text        string         `json:"text,omitempty"`
	Evidence    string         `json:"evidence,omitempty"` // what backs it, in words; the asker has not seen it
}

// StatedStatuses are those that can be stated. An exception takes an approval, which nobody can state.
var StatedStatuses = [...]verify.Status{verify.Met, verify.PartlyMet, verify.NotMet, verify.NotApplicable}

// MaxStatedText is the longest text of a stated answer, in bytes.
const MaxStatedText = 8000

// Check says what is missing or wrong, by duty and in the order of the request; empty: it can be handed in. Everything
// but a plain 対応 needs words.
func (s Stated) Check(asked []verify.Duty) []StatedGap {
	var out []StatedGap
	gap := func(d verify.Duty, what lang.Text) { out = append(out, StatedGap{d, what}) }
	if strings.TrimSpace(s.By.Name) == "" {
		gap(verify.Duty{}, lang.T("回答者の氏名がありません", "the name of who answers is missing"))
	}
	for _, d := range asked {
		a := s.On(d)
		switch {
		case a.Status == "":
			gap(d, lang.T("状態が選ばれていません", "no status is chosen"))
		case !slices.Contains(StatedStatuses[:], a.Status):
			gap(d, lang.F("「%s」は申告できる状態ではありません", "%q is no status that can be stated", a.Status))
		case a.Status != verify.Met && strings.TrimSpace(a.Text) == "":
			gap(d, lang.T("理由又は予定がありません", "the reason or the plan is missing"))
		case len(a.Text) > MaxStatedText || len(a.Evidence) > MaxStatedText:
			gap(d, lang.F("文が長すぎます（上限 %d バイト）", "the text is longer than %d bytes", MaxStatedText))
		}
	}
	return out
}

// A StatedGap is something that keeps an answer from being handed in. The duty is empty when it is about none.
type StatedGap struct {
	Duty verify.Duty
	What lang.Text
}

// On gives what is said of a duty; without a status when nothing is.
func (s Stated) On(d verify.Duty) StatedAnswer {
	for _, a := range s.Answers {
		if a.Role == d.Role && a.Requirement == d.Requirement {
			return a
		}
	}
	return StatedAnswer{Role: d.Role, Requirement: d.Requirement}
}

// Bytes gives the file of an answer, in the canonical JSON of a bundle.
func (s Stated) Bytes() ([]byte, error) {
	s.Format, s.Answers = StatedFormat, append([]StatedAnswer{}, s.Answers...)
	return verify.Marshal(s)
}

// ReadStated reads the file of a stated answer. It carries no signature.
func ReadStated(b []byte) (Stated, error) {
	var s Stated
	if err := verify.Unmarshal(b, &s); err != nil {
		return s, err
	}
	if s.Format != StatedFormat {
		return s, &lang.Error{Kind: lang.Unreadable, What: lang.F("形式が %s ではありません", "the format is not %s", StatedFormat), Err: fmt.Errorf("format %q", s.Format)}
	}
	return s, nil
}
