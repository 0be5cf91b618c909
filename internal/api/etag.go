package api

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"example.org/tasuki/internal/lang"
)

// Matching is the state of a thing that a change starts from.
type Matching struct {
	IfMatch string `header:"If-Match" doc:"The ETag that the GET gave: the change is refused with 412 when somebody changed it since. * takes whatever there is."`
}

// The codes of a change that does not start from what there is, and of one that does not say from what it starts.
const (
	preconditionFailed   = "precondition_failed"
	preconditionRequired = "precondition_required"
)

// tagOf names the state of a thing: the same state has the same tag.
func tagOf(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("tag: %w", err)
	}
	return fmt.Sprintf(`"%x"`, sha256.Sum256(b))[:34] + `"`, nil
}

// tagged gives a thing, with the tag of its state in the header.
func tagged[T any](c *call, v T, err error) (T, error) {
	if err != nil {
		return v, err
	}
	tag, err := tagOf(v)
	c.w.Header().Set("ETag", tag)
	return v, err
}

// holds holds If-Match against the thing as it is. Without the header anything goes, unless it is needed.
func (m Matching) holds(c *call, current any, needed bool) error {
	tag, err := tagOf(current)
	if err != nil {
		return err
	}
	if m.IfMatch == "" && needed {
		p := problemOf(c.visit, &lang.Error{Kind: lang.Usage, What: lang.T("変更には If-Match が必要です", "a change needs If-Match"),
			Next: lang.T("GET で取得した ETag を If-Match に指定してください", "give the ETag of the GET in If-Match")})
		p.Status, p.Code = http.StatusPreconditionRequired, preconditionRequired
		return p
	}
	if m.IfMatch == "" || m.IfMatch == "*" {
		return nil
	}
	for want := range strings.SplitSeq(m.IfMatch, ",") {
		if strings.TrimSpace(want) == tag {
			return nil
		}
	}
	return stale(c)
}

// stale is the answer to a change that starts from what is no more.
func stale(c *call) error {
	p := problemOf(c.visit, &lang.Error{Kind: lang.Conflict, What: lang.T("取得した後に、ほかの人が変更しました", "somebody changed it since it was read"),
		Next: lang.T("もう一度 GET で取得し、その内容に対して変更してください", "read it again and change what there is now")})
	p.Status, p.Code = http.StatusPreconditionFailed, preconditionFailed
	return p
}
