package relay

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// A Prefilled is what the answer page starts from: what was saved, else what the same party said before, with where each
// answer was taken from.
type Prefilled struct {
	exchange.Stated
	From map[verify.Duty]lang.Text // of answers that were taken over and not saved since
}

// Prefill gives the draft of an invitation, filled up from what the party that is asked told us before about the object:
// its last answer on this page, and the declarations of its that we received. Only what that party said itself is shown.
func Prefill(ctx context.Context, db *store.DB, r RequestLine, i Invitation) (Prefilled, error) {
	p := Prefilled{From: map[verify.Duty]lang.Text{}}
	p.Request, p.For, p.Party = r.Digest, r.From, r.To.Name
	if i.Draft != nil {
		p.By, p.Note, p.Answers = i.Draft.By, i.Draft.Note, slices.Clone(i.Draft.Answers)
		return p, nil
	}
	before, err := saidBefore(ctx, db, r)
	if err != nil {
		return p, err
	}
	for _, d := range r.Duties() {
		a := exchange.StatedAnswer{Role: d.Role, Requirement: d.Requirement}
		for _, b := range before {
			said := b.On(d)
			if !slices.Contains(exchange.StatedStatuses[:], said.Status) {
				continue
			}
			a.Status, a.Text, a.Evidence, p.From[d] = said.Status, said.Text, said.Evidence, b.from
			break
		}
		p.Answers = append(p.Answers, a)
	}
	return p, nil
}

// said is what a party told us at some time.
type said struct {
	exchange.Stated
	from lang.Text
	at   time.Time
}

// saidBefore gives what the asked party told us about the object, the latest first.
func saidBefore(ctx context.Context, db *store.DB, r RequestLine) ([]said, error) {
	all, err := Requests(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []said
	for _, l := range all {
		if l.Direction != fact.Sent || l.Party != r.Party || l.Object.Name != r.Object.Name {
			continue
		}
		for _, a := range l.Answers {
			if !a.Stated {
				continue
			}
			s, err := StatedAnswerOf(db, a.Digest)
			if err != nil {
				return nil, err
			}
			out = append(out, said{s, lang.F("%s の回答", "your answer of %s", a.At.Format(time.DateOnly)), a.At})
		}
	}
	declared, err := declaredBefore(ctx, db, r)
	if err != nil {
		return nil, err
	}
	out = append(out, declared...)
	slices.SortStableFunc(out, func(a, b said) int { return b.at.Compare(a.at) })
	return out, nil
}

// declaredBefore gives the declarations of a party about an object that are in force, as answers.
func declaredBefore(ctx context.Context, db *store.DB, r RequestLine) ([]said, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindReceived}})
	if err != nil {
		return nil, err
	}
	var out []said
	for _, f := range facts {
		got, ok := f.Data.(*fact.Received)
		if !ok || r.Party == "" || got.Party != r.Party || got.Object != r.Object.Name || !db.Now().Before(got.ValidUntil) {
			continue
		}
		s := said{from: lang.F("%s に受領した宣言", "your declaration received on %s", f.ObservedAt.Format(time.DateOnly)), at: f.ObservedAt}
		for _, a := range got.Answers {
			s.Answers = append(s.Answers, exchange.StatedAnswer{Role: guideline.Role(a.Role), Requirement: guideline.ID(a.Requirement), Status: verify.Status(a.Status)})
		}
		out = append(out, s)
	}
	return out, nil
}

// StatedAnswerOf reads a stated answer that was handed in.
func StatedAnswerOf(db *store.DB, digest string) (exchange.Stated, error) {
	b, err := db.ReadDocument(digest)
	if err != nil {
		return exchange.Stated{}, err
	}
	return exchange.ReadStated(b)
}

// SaveStated keeps what was filled in so far, for whoever holds the code to go on with. Nobody else is shown it.
func SaveStated(ctx context.Context, db *store.DB, actor store.Actor, r RequestLine, s exchange.Stated) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		i, err := openInvitation(ctx, tx, r.Digest)
		if err != nil {
			return err
		}
		i.Draft, i.SavedAt = &s, tx.Now()
		if err := i.save(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, "answer_draft_saved", invitationObject(r.Digest), nil)
	})
}

// openInvitation gives the invitation of a request while it takes an answer.
func openInvitation(ctx context.Context, tx *store.Tx, request string) (Invitation, error) {
	i, err := invitation(ctx, tx.DB, request)
	if err != nil || i.Open(tx.Now()) {
		return i, err
	}
	return i, &lang.Error{Kind: lang.Conflict, What: lang.T("この依頼への回答は、既に提出されたか、受付が終わっています", "this request was answered already, or takes no answers any more"),
		Next: lang.T("変更がある場合は、依頼元に連絡してください", "tell whoever sent the request if something has to change")}
}

// HandIn takes a stated answer in, once. It is kept as a document of its own and stands beside the request as what its
// author says: unsigned, unverified, and no evidence for any duty of its author. That it came counts where candidates are
// compared (S(6)-2.3).
func HandIn(ctx context.Context, db *store.DB, actor store.Actor, r RequestLine, s exchange.Stated) (digest string, err error) {
	if gaps := s.Check(r.Duties()); len(gaps) > 0 {
		return "", &lang.Error{Kind: lang.Usage, What: lang.F("まだ提出できません（%d件）：%s", "it cannot be handed in yet (%d): %s", len(gaps), gaps[0].What)}
	}
	s.Request, s.For, s.Party, s.At = r.Digest, r.From, r.To.Name, db.Now().UTC().Truncate(time.Second)
	b, err := s.Bytes()
	if err != nil {
		return "", err
	}
	digest, size, err := db.PutDocument(ctx, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", err
	}
	reply := &fact.Reply{Kind: fact.Answered, Direction: fact.Incoming, To: r.Digest, At: s.At, Stated: true}
	err = db.InTx(ctx, actor, func(tx *store.Tx) error {
		i, err := openInvitation(ctx, tx, r.Digest)
		if err != nil {
			return err
		}
		d := store.Document{Digest: digest, Size: size, Name: "answer.json", Type: exchange.StatedType, Origin: "partner", Accepted: true}
		if _, err := tx.AddDocument(ctx, d); err != nil {
			return err
		}
		if err := exchange.PutLetterFact(ctx, tx, digest, r.Party, fact.KindReply, reply); err != nil {
			return err
		}
		i.Draft, i.Answer, i.AnsweredAt = nil, digest, s.At
		if err := i.save(ctx, tx); err != nil {
			return err
		}
		if err := tx.Audit(ctx, "answered_without_account", invitationObject(r.Digest), map[string]any{"answer": digest, "party": r.Party}); err != nil {
			return err
		}
		return tx.Audit(ctx, "received", store.Object{Kind: "answer", ID: digest}, map[string]any{"request": r.Digest})
	})
	if err != nil {
		return digest, err
	}
	return digest, judging.Reassess(ctx, db, actor, "answer stated", fact.Subject{Kind: fact.Org, ID: r.Party})
}

// A StatedReceipt is what whoever handed an answer in takes along: the answer as it was kept, and the proof that the
// ledger of whoever asked has an entry about it. The proof leads to a checkpoint signed with the ledger's key.
type StatedReceipt struct {
	Format string           `json:"format"` // tasuki-answer-receipt/v1
	Digest string           `json:"digest"` // sha256 of the answer's file
	Answer exchange.Stated  `json:"answer"`
	Ledger verify.LedgerKey `json:"ledger"`
	Proof  *verify.Proof    `json:"proof"`
}

// ReceiptFor gives the receipt for an answer that was handed in, in canonical JSON.
func ReceiptFor(ctx context.Context, db *store.DB, answer string) ([]byte, error) {
	s, err := StatedAnswerOf(db, answer)
	if err != nil {
		return nil, err
	}
	proof, err := upkeep.Prove(ctx, db, store.Object{Kind: "answer", ID: answer})
	if err != nil {
		return nil, err
	}
	key, err := upkeep.LedgerKey(db)
	if err != nil {
		return nil, err
	}
	return verify.Marshal(StatedReceipt{"tasuki-answer-receipt/v1", answer, s, verify.LedgerKey{Origin: key.Origin, Key: key.Public()}, proof})
}

// maxInvitedFiles is how many files may be brought with one code.
const maxInvitedFiles = 10

// CountFile notes that a file is brought with the code of a request, and refuses it when there were too many.
func CountFile(ctx context.Context, db *store.DB, actor store.Actor, request string) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		i, err := openInvitation(ctx, tx, request)
		if err != nil {
			return err
		}
		if i.Files >= maxInvitedFiles {
			return &lang.Error{Kind: lang.Forbidden, What: lang.F("1つのコードで送れるファイルは %d 件までです", "at most %d files can be sent with one code", maxInvitedFiles)}
		}
		i.Files++
		if err := i.save(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, "answer_file_brought", invitationObject(request), map[string]any{"number": i.Files})
	})
}

// FromSheet puts what a filled checklist says into an answer: status, reason and evidence of every duty that is asked.
// It gives what could not be taken from it.
func FromSheet(r RequestLine, s exchange.Stated, raw []byte) (exchange.Stated, []xlsx.Spot, error) {
	filled, err := xlsx.ReadChecklist(raw)
	if err != nil {
		return s, nil, err
	}
	lines := map[guideline.ID]xlsx.Line{}
	for _, l := range filled.Lines {
		lines[l.ID] = l
	}
	out := s
	out.Answers = nil
	for _, d := range r.Duties() {
		a := s.On(d)
		l, ok := lines[d.Requirement]
		if status := l.Cells[xlsx.StatusField].Status; ok && slices.Contains(exchange.StatedStatuses[:], status) {
			a.Status = status
		}
		for field, into := range map[xlsx.Field]*string{xlsx.ReasonField: &a.Text, xlsx.EvidenceField: &a.Evidence} {
			if text := strings.TrimSpace(l.Cells[field].Text); ok && text != "" {
				*into = text
			}
		}
		out.Answers = append(out.Answers, a)
	}
	return out, filled.Problems, nil
}

// SheetOfRequest gives the checklist that a request can be answered in, with what is filled in so far.
func SheetOfRequest(db *store.DB, l lang.Lang, r RequestLine, s exchange.Stated) xlsx.ChecklistInput {
	in := xlsx.ChecklistInput{Lang: l, Software: r.Object.Name, Release: r.Object.Version, Organisation: r.To.Name, Level: r.Level, Issued: db.Now(), Request: r.ID,
		Cover: xlsx.Cover{Addressee: r.From.Name}}
	done := map[guideline.ID]bool{}
	for _, a := range r.Roles {
		in.Roles = append(in.Roles, a.Role)
	}
	for _, d := range r.Duties() {
		a := s.On(d)
		if done[d.Requirement] {
			continue
		}
		done[d.Requirement] = true
		row := xlsx.Row{ID: d.Requirement, Status: a.Status, Reason: a.Text}
		if row.Status == "" {
			row.Status = verify.NotAssessed
		}
		in.Rows = append(in.Rows, row)
	}
	return in
}

// AnswerChanges says what differs between an answer and the last bundle that the same party sent before about the same
// object. Nothing when there was none.
func AnswerChanges(ctx context.Context, db *store.DB, answer string) ([]verify.Change, error) {
	facts, err := db.Facts(ctx, store.FactFilter{Kinds: []fact.Kind{fact.KindReceived}})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(facts, func(f fact.Fact) bool { return f.Document == answer })
	if at < 0 {
		return nil, nil
	}
	this := facts[at].Data.(*fact.Received)
	var earlier *fact.Fact
	for i, f := range facts {
		got, ok := f.Data.(*fact.Received)
		if !ok || f.Document == answer || got.Party != this.Party || got.Object != this.Object || f.ObservedAt.After(facts[at].ObservedAt) {
			continue
		}
		if earlier == nil || f.ObservedAt.After(earlier.ObservedAt) {
			earlier = &facts[i]
		}
	}
	if earlier == nil {
		return nil, nil
	}
	before, err := db.ReadDocument(earlier.Document)
	if err != nil {
		return nil, err
	}
	b, err := db.ReadDocument(answer)
	if err != nil {
		return nil, err
	}
	seen, err := verify.ParseSeen(before)
	if err != nil {
		return nil, err
	}
	return verify.Bundle(b, verify.Options{Seen: seen}).Changes, nil
}
