package declare

import (
	"cmp"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Make signs a declaration and packs it for one recipient with the same key. The bundle is deterministic for the same
// input and salts, and has passed [verify.Bundle].
func Make(in Input, to HandOver, key crypto.Signer) ([]byte, *Signed, error) {
	s, err := Sign(in, key)
	if err != nil {
		return nil, nil, err
	}
	b, err := Pack(s, to, key)
	return b, s, err
}

// Sign freezes the answers, commits to each, and signs. It is a declaration when every duty is met, met with exception
// or not applicable, and a status report otherwise (guideline 4.1; ISO/IEC 17050-1, 6.1).
func Sign(in Input, key crypto.Signer) (*Signed, error) {
	s := &Signed{PublicKey: verify.Public(key)}
	answers, err := s.draw(in)
	if err != nil {
		return nil, err
	}
	if err := s.commit(answers, in.Salts); err != nil {
		return nil, err
	}
	d := s.Declaration
	s.Envelope, err = seal(verify.Statement[verify.Declaration]{Type: verify.StatementType, PredicateType: verify.DeclarationType,
		Subject: d.Subjects(), Predicate: d}, key)
	s.Digest = verify.Digest(s.Envelope)
	return s, err
}

// Preview gives what would be signed, with the answer to each duty; the commitments have no digest, because nothing was
// committed to.
func Preview(in Input) (verify.Declaration, []verify.Answer, error) {
	var s Signed
	answers, err := s.draw(in)
	for _, a := range answers {
		s.Declaration.Commitments = append(s.Declaration.Commitments, verify.Commitment{Party: a.Party, Role: a.Role, Requirement: a.Requirement})
	}
	return s.Declaration, answers, err
}

// draw fills in everything but the commitments, and gives the answers in the order of the duties.
func (s *Signed) draw(in Input) ([]verify.Answer, error) {
	d := &s.Declaration
	*d = frame(in)
	answers, err := inOrder(in, d.Requirements)
	if err != nil {
		return nil, err
	}
	d.Counts = count(answers)
	d.Kind = d.Counts.Kind()
	d.Conformity = verify.Conformity(d.Kind, in.Level)
	if d.Validity, err = validity(in, answers); err != nil {
		return nil, err
	}
	s.Documents, d.Supporting, err = supporting(in.Supporting)
	return answers, err
}

// frame copies what needs no calculation, in the order and form the format asks for.
func frame(in Input) verify.Declaration {
	in.Object.Artifacts = sorted(in.Object.Artifacts, func(a, b verify.Artifact) int { return strings.Compare(a.Name, b.Name) })
	in.Assessment.At = whole(in.Assessment.At)
	approvals := append([]verify.Approval{}, in.Approvals...)
	for i := range approvals {
		approvals[i].At = whole(approvals[i].At)
	}
	r := verify.Requirements{Title: verify.Title, Edition: verify.Edition, CatalogueDigest: guideline.Default().Digest(),
		Level: in.Level, Scope: sorted(in.Scope, verify.Scope.Compare)}
	duties := r.Duties(guideline.Default())
	r.Exclusions = sorted(in.Exclusions, func(a, b verify.Exclusion) int {
		return slices.Index(duties, a.Duty()) - slices.Index(duties, b.Duty())
	})
	return verify.Declaration{ID: in.ID, Series: in.Series, Serial: in.Serial, Supersedes: in.Supersedes, Issuer: in.Issuer,
		Object: in.Object, Requirements: r, IssuedAt: whole(in.Now), Place: in.Place, Signer: in.Signer,
		Limitations: append([]lang.Text{}, in.Limitations...), Approvals: approvals, Assessment: in.Assessment, Ledger: in.Ledger,
		Engaged: sorted(in.Engaged, verify.Engaged.Compare)}
}

// sorted gives a sorted copy, never nil.
func sorted[T any](s []T, by func(a, b T) int) []T {
	out := append([]T{}, s...)
	slices.SortStableFunc(out, by)
	return out
}

// whole gives a time in whole seconds UTC; the zero time stays zero.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// inOrder gives one answer per duty, in the order of the duties.
func inOrder(in Input, r verify.Requirements) ([]verify.Answer, error) {
	byDuty := make(map[verify.Duty]verify.Answer, len(in.Answers))
	for _, a := range in.Answers {
		if _, twice := byDuty[a.Duty()]; twice {
			return nil, contradiction(lang.F("%s の回答が2つあります", "there are two answers to %s", a.Duty()))
		}
		byDuty[a.Duty()] = a
	}
	var out []verify.Answer
	for _, duty := range r.Duties(guideline.Default()) {
		a, ok := byDuty[duty]
		if !ok {
			return nil, contradiction(lang.F("%s の回答がありません", "there is no answer to %s", duty))
		}
		delete(byDuty, duty)
		out = append(out, freeze(a, r))
	}
	for _, a := range in.Answers {
		if _, left := byDuty[a.Duty()]; left {
			return nil, contradiction(lang.F("%s は宣言の役割と水準に該当しません", "%s does not follow from the roles and level declared", a.Duty()))
		}
	}
	return out, nil
}

// freeze puts an answer into the form of the format: level and stance as declared, evidence sorted, times whole.
func freeze(a verify.Answer, r verify.Requirements) verify.Answer {
	a.Level = r.Level
	for _, s := range r.Scope {
		if s.Party == a.Party && s.Role == a.Role {
			a.Stance = s.Stance
		}
	}
	a.Reasons = append([]lang.Text{}, a.Reasons...)
	a.Evidence = slices.Compact(sorted(a.Evidence, strings.Compare))
	a.ValidUntil = whole(a.ValidUntil)
	a.StatedOnly = a.Status == verify.Met && a.Basis == verify.Claim && len(a.Evidence) == 0
	if a.Exception != nil {
		e := *a.Exception
		e.Until = whole(e.Until)
		a.Exception = &e
	}
	return a
}

// commit makes the disclosures and puts their digests into the declaration.
func (s *Signed) commit(answers []verify.Answer, salts io.Reader) error {
	if salts == nil {
		return errors.New("declare: no source of salts")
	}
	s.Declaration.Commitments = []verify.Commitment{}
	for _, a := range answers {
		salt := make([]byte, 16)
		if _, err := io.ReadFull(salts, salt); err != nil {
			return fmt.Errorf("read salt: %w", err)
		}
		b, err := verify.Marshal(verify.Disclosure{Salt: base64.RawURLEncoding.EncodeToString(salt), Answer: a})
		if err != nil {
			return fmt.Errorf("answer to %s: %w", a.Duty(), err)
		}
		s.Disclosures = append(s.Disclosures, b)
		s.Declaration.Commitments = append(s.Declaration.Commitments,
			verify.Commitment{Party: a.Party, Role: a.Role, Requirement: a.Requirement, Digest: verify.Digest(b)})
	}
	return nil
}

func count(answers []verify.Answer) verify.Counts {
	var c verify.Counts
	distinct := map[guideline.ID]bool{}
	for _, a := range answers {
		c.Add(a)
		distinct[a.Requirement] = true
	}
	c.Requirements = len(distinct)
	return c
}

// validity gives the time the declaration stands for. Nothing may read as met past its end, so it ends with the first
// answer that lapses.
func validity(in Input, answers []verify.Answer) (verify.Validity, error) {
	from := whole(in.From)
	if from.IsZero() {
		from = whole(in.Now)
	}
	first, of := from.AddDate(1, 0, 0), verify.Duty{}
	for _, a := range answers {
		if end := a.Lapses(); a.Status.Closed() && !end.IsZero() && end.Before(first) {
			first, of = end, a.Duty()
		}
	}
	until := whole(in.Until)
	if until.IsZero() {
		until = first
	}
	if until.After(first) && of != (verify.Duty{}) {
		return verify.Validity{}, &lang.Error{Kind: lang.Inconsistent,
			What: lang.F("有効期間を %s までにはできません", "the declaration cannot be valid until %s", until.Format(time.DateOnly)),
			Why:  lang.F("%[1]s の回答が %[2]s に切れます", "the answer to %[1]s lapses on %[2]s", of, first.Format(time.DateOnly)),
			Next: lang.T("終わりの日を早めるか、証跡や例外を更新してください", "choose an earlier end, or renew the evidence or the exception")}
	}
	if !from.Before(until) {
		return verify.Validity{}, &lang.Error{Kind: lang.Inconsistent,
			What: lang.T("有効期間がありません", "there is no time for which the declaration would be valid"),
			Why:  lang.F("開始 %[1]s、終了 %[2]s %[3]s", "it would start on %[1]s and end on %[2]s %[3]s", from.Format(time.DateOnly), until.Format(time.DateOnly), of),
			Next: lang.T("期限の切れた証跡や例外を更新してから評価し直してください", "renew the evidence or exceptions that ran out, then assess again")}
	}
	return verify.Validity{From: from, Until: until}, nil
}

// supporting completes and sorts the documents, and describes each as the declaration names it.
func supporting(in []Document) ([]Document, []verify.Resource, error) {
	docs := sorted(in, Document.Compare)
	resources := []verify.Resource{}
	for i := range docs {
		d := &docs[i]
		if d.Content != nil {
			if sum := verify.Digest(d.Content); cmp.Or(d.Digest, sum) != sum {
				return nil, nil, contradiction(lang.F("文書 %s の内容がダイジェストと一致しません", "the content of %s does not match its digest", d.Name))
			} else {
				d.Digest, d.Size = sum, int64(len(d.Content))
			}
		}
		if d.Kind == verify.Upstream && d.Content != nil {
			up, err := verify.Open(d.Content)
			if err != nil {
				return nil, nil, fmt.Errorf("upstream bundle %s: %w", d.Name, err)
			}
			d.Signer = verify.Fingerprint(up.DeclarationKey)
		}
		resources = append(resources, verify.Resource{Name: d.Name, Kind: d.Kind, MediaType: d.MediaType, Digest: d.Digest, Size: d.Size, Signer: d.Signer})
	}
	return docs, resources, nil
}

// seal signs a statement: the canonical bytes of its DSSE envelope.
func seal(statement any, key crypto.Signer) ([]byte, error) {
	e, err := envelope(statement, key)
	if err != nil {
		return nil, err
	}
	return verify.Marshal(e)
}

func envelope(statement any, key crypto.Signer) (verify.Envelope, error) {
	payload, err := verify.Marshal(statement)
	if err != nil {
		return verify.Envelope{}, err
	}
	return verify.SignEnvelope(verify.PayloadType, payload, key)
}

func contradiction(what lang.Text) error {
	return &lang.Error{Kind: lang.Inconsistent, What: what,
		Next: lang.T("体制（役割・水準）と評価を確かめてから、もう一度宣言してください", "check roles, level and assessment, then declare again")}
}
