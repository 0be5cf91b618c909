package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// A judgement that is declared keeps what it looked at and what came of it, byte for byte, as a document of this type: so
// that anybody can judge again what was declared, long after evidence, policy and advisories have moved on.
const judgementType = "judgement"

// keptJudgement is that document.
type keptJudgement struct {
	Input  json.RawMessage `json:"input"`
	Result json.RawMessage `json:"result"`
}

// keptInput reads an input as it was kept: what the plain decoder cannot know the type of stands in its place here.
type keptInput struct {
	assess.Input
	Policy map[string]int `json:"policy"`
	Facts  []keptFact     `json:"facts"`
}

type keptFact struct {
	fact.Fact
	Data json.RawMessage `json:"data"`
}

func (k keptInput) input() (in assess.Input, err error) {
	in = k.Input
	if in.Policy, err = guideline.DefaultPolicy().With(k.Policy); err != nil {
		return in, err
	}
	in.Facts = make([]fact.Fact, len(k.Facts))
	for i, f := range k.Facts {
		in.Facts[i] = f.Fact
		if in.Facts[i].Data, err = fact.Decode(f.Kind, f.Data); err != nil {
			return in, err
		}
	}
	for _, r := range in.Records {
		register.Retype(r.Data)
	}
	return in, nil
}

// judgeKept judges what is kept, and gives the result with its bytes.
func judgeKept(raw json.RawMessage) (in assess.Input, res assess.Result, b []byte, err error) {
	var k keptInput
	if err = json.Unmarshal(raw, &k); err == nil {
		in, err = k.input()
	}
	if err != nil {
		return in, res, nil, fmt.Errorf("read what was judged: %w", err)
	}
	res = assess.Judge(in)
	b, err = json.Marshal(res)
	return in, res, b, err
}

// judgeForGood judges a subject as it stands now, from what is kept of it, and gives the rows with the document to keep.
func judgeForGood(ctx context.Context, c judging.Shared, db *store.DB, req DraftRequest, keep fact.Subject) ([]judging.Row, []byte, error) {
	in, err := c.InputFor(ctx, db, req.Software, req.Release, req.System)
	if err != nil {
		return nil, nil, err
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, nil, err
	}
	_, res, result, err := judgeKept(raw)
	if err != nil {
		return nil, nil, err
	}
	rows, err := judging.RowsOf(keep, res, in.Renewed)
	if err != nil {
		return nil, nil, err
	}
	content, err := json.Marshal(keptJudgement{raw, result})
	return rows, content, err
}

// Reproduction says whether a declared assessment comes out the same, byte for byte, when it is judged again from what
// was kept of that moment.
type Reproduction struct {
	ID          string          `json:"id"`
	At          string          `json:"at"`     // when it was judged
	Digest      string          `json:"digest"` // of the document that keeps what was judged and what came of it
	Same        bool            `json:"same"`
	Duties      int             `json:"duties"`      // declared
	Bytes       int             `json:"bytes"`       // of the result, compared
	Differences []ReproductionX `json:"differences"` // the first one first
}

// ReproductionX is a place that does not come out as it was kept.
type ReproductionX struct {
	Where  string    `json:"where"` // a document's digest, a duty, or a JSON pointer into the result
	What   lang.Text `json:"-"`
	Kept   string    `json:"kept,omitempty"`
	Judged string    `json:"judged,omitempty"`
}

func (r *Reproduction) differ(where string, what lang.Text, kept, judged string) {
	r.Differences = append(r.Differences, ReproductionX{where, what, kept, judged})
}

// Reproduce judges a declared assessment again, from what was kept when it was drafted, and compares every byte of the
// result, what was approved, and the documents it rests on. Nothing is written.
func Reproduce(ctx context.Context, db *store.DB, id string) (Reproduction, error) {
	d, err := db.Declaration(ctx, id)
	if err != nil {
		return Reproduction{}, err
	}
	r := Reproduction{ID: id, Differences: []ReproductionX{}}
	if got := verify.Digest(d.Content); got != d.ContentDigest {
		r.differ("declaration "+id, lang.T("起案の内容が、承認を受けたときのダイジェストと一致しません", "the draft is not what its digest says"), d.ContentDigest, got)
	}
	for _, a := range d.Approvals {
		if a.Digest != d.ContentDigest {
			r.differ("approval by "+a.Account, lang.T("承認されたのは別の内容です", "something else was approved"), a.Digest, d.ContentDigest)
		}
	}
	var f Frozen
	if err := json.Unmarshal(d.Content, &f); err != nil {
		r.differ("declaration "+id, lang.T("起案の内容を読めません", "the draft cannot be read"), "", err.Error())
		return r, nil
	}
	r.At, r.Digest, r.Duties = f.Assessment.At.UTC().Format("2006-01-02T15:04:05.000Z"), f.Judgement, len(f.Answers)
	if f.Judgement == "" {
		return r, &lang.Error{Kind: lang.Nothing, What: lang.T("この宣言には、判定に使った事実が保存されていません", "what this declaration was judged on was not kept"),
			Why:  lang.T("判定の内容を保存する前の版で起案された宣言です", "it was drafted by a version that did not keep it yet"),
			Next: lang.T("起案し直すと保存されます", "draft it again to have it kept")}
	}
	if own := guideline.Default().Digest(); own != f.Assessment.ChecksDigest {
		return r, &lang.Error{Kind: lang.Conflict, What: lang.F("この宣言は別の版の確認データ（%s）で判定されています", "it was judged with other checks (%s)", f.Assessment.ChecksDigest),
			Why:  lang.F("このプログラムの確認データは %s です", "this program has %s", own),
			Next: lang.T("宣言した当時の版の Tasuki で実行してください", "run this with the version of Tasuki that declared it")}
	}
	r.compare(db, f)
	r.documents(db, d, f)
	r.Same = len(r.Differences) == 0
	return r, nil
}

// compare judges again and compares.
func (r *Reproduction) compare(db *store.DB, f Frozen) {
	b, err := db.ReadDocument(f.Judgement)
	if err != nil {
		r.damaged(f.Judgement, err)
		return
	}
	var kept keptJudgement
	if err := json.Unmarshal(b, &kept); err != nil {
		r.damaged(f.Judgement, err)
		return
	}
	in, res, result, err := judgeKept(kept.Input)
	if err != nil {
		r.damaged(f.Judgement, err)
		return
	}
	r.Bytes = len(result)
	if !bytes.Equal(result, kept.Result) {
		where, was, now := firstDifference(kept.Result, result)
		r.differ(f.Judgement+"#/result"+where, lang.T("判定し直した結果が、保存された結果と一致しません", "judged again, the result is another"), was, now)
	}
	r.answers(f, judging.Shared{In: in}, res)
}

// answers compares what was approved with the rows that come out.
func (r *Reproduction) answers(f Frozen, c judging.Shared, res assess.Result) {
	rows, err := judging.RowsOf(fact.Subject{}, res, c.In.Renewed)
	if err != nil {
		r.damaged(f.Judgement, err)
		return
	}
	rows = slices.DeleteFunc(rows, func(row judging.Row) bool { return row.Arrangement != f.Arrangement })
	for _, a := range f.Answers {
		where := fmt.Sprintf("%s (%s)", a.Requirement, a.Role)
		i := slices.IndexFunc(rows, func(row judging.Row) bool {
			return row.Requirement == a.Requirement && row.Role == a.Role && unitName(c, row.Party, f.Issuer.ID) == a.Party
		})
		if i < 0 {
			r.differ(where, lang.T("判定し直した結果にない責務です", "judged again, there is no such duty"), string(a.Status), "")
			continue
		}
		declared, judged := a, plainAnswer(rows[i], a.Party, f.Level)
		declared.Evidence, declared.Exception = nil, nil // these name documents and people; the result has them by id
		was, err1 := json.Marshal(declared)
		now, err2 := json.Marshal(judged)
		if err1 != nil || err2 != nil || !bytes.Equal(was, now) {
			at, was, now := firstDifference(was, now)
			r.differ(where+at, lang.T("宣言した内容が、判定し直した結果と一致しません", "what was declared is not what comes out"), was, now)
		}
	}
}

// documents reads again what the declaration rests on and what was signed.
func (r *Reproduction) documents(db *store.DB, d store.Declaration, f Frozen) {
	digests := []string{}
	for _, s := range f.Supporting {
		switch {
		case s.ByDigest:
		case s.Content != nil:
			if got := verify.Digest(s.Content); got != s.Digest {
				r.differ(s.Name, lang.T("記録の内容がダイジェストと一致しません", "the record is not what its digest says"), s.Digest, got)
			}
		default:
			digests = append(digests, s.Digest)
		}
	}
	for _, digest := range append(digests, d.Signed, d.Bundle) {
		if digest == "" {
			continue
		}
		if _, err := db.ReadDocument(digest); err != nil {
			r.damaged(digest, err)
		}
	}
}

func (r *Reproduction) damaged(digest string, err error) {
	r.differ(digest, lang.T("保存された文書が壊れています", "a document that was kept is damaged"), digest, lang.Explain(err, lang.EN))
}

// firstDifference gives where two JSON texts differ first, as a pointer, and what stands there in each.
func firstDifference(a, b []byte) (pointer, was, now string) {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return "", "", ""
	}
	path, was, now, _ := differAt(x, y)
	return path, was, now
}

func differAt(a, b any) (path, was, now string, differ bool) {
	switch x := a.(type) {
	case map[string]any:
		y, same := b.(map[string]any)
		if !same {
			break
		}
		names := map[string]bool{}
		for k := range x {
			names[k] = true
		}
		for k := range y {
			names[k] = true
		}
		sorted := make([]string, 0, len(names))
		for k := range names {
			sorted = append(sorted, k)
		}
		slices.Sort(sorted)
		for _, k := range sorted {
			if p, was, now, differ := differAt(x[k], y[k]); differ {
				return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(k) + p, was, now, true
			}
		}
		return "", "", "", false
	case []any:
		y, same := b.([]any)
		if !same {
			break
		}
		for i := range max(len(x), len(y)) {
			var left, right any
			if i < len(x) {
				left = x[i]
			}
			if i < len(y) {
				right = y[i]
			}
			if p, was, now, differ := differAt(left, right); differ {
				return fmt.Sprint("/", i) + p, was, now, true
			}
		}
		return "", "", "", false
	}
	if l, err := json.Marshal(a); err == nil {
		if r, err := json.Marshal(b); err == nil && !bytes.Equal(l, r) {
			return "", short(l), short(r), true
		}
	}
	return "", "", "", false
}

func short(b []byte) string {
	const most = 300
	if r := []rune(string(b)); len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(b)
}
