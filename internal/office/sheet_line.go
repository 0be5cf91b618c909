package office

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// A sheetDesk compares the lines of a returned checklist with what is known.
type sheetDesk struct {
	db       *store.DB
	lang     lang.Lang
	filled   xlsx.Filled
	now      map[guideline.ID]xlsx.Row // what an export would say at this moment
	digests  map[string]string         // of the evidence that such an export lists, by id
	have     []evidence.Claim          // statements about the subject that are not retired
	party    string
	subject  fact.Subject
	expires  time.Time // of the statements that are made
	work     Worklist
	revision int
	touched  bool
	claims   []evidence.Claim
	out      SheetPreview
}

func openSheetDesk(ctx context.Context, db *store.DB, l lang.Lang, file SheetFile, subject fact.Subject, software string) (*sheetDesk, error) {
	d := &sheetDesk{db: db, lang: l, subject: subject, now: map[guideline.ID]xlsx.Row{}, digests: map[string]string{}}
	release := ""
	if subject.Kind == fact.Release {
		release = subject.ID
	}
	current, err := ChecklistOf(ctx, db, l, software, release)
	if err != nil {
		return nil, err
	}
	for _, r := range current.Rows {
		d.now[r.ID] = r
	}
	for _, e := range current.Evidence {
		d.digests[e.ID] = e.Digest
	}
	self, err := db.Self(ctx)
	if err != nil {
		return nil, err
	}
	d.party = self.ID
	if d.have, err = db.Claims(ctx, store.ClaimFilter{Party: self.ID, Subjects: []fact.Subject{subject}}); err != nil {
		return nil, err
	}
	if d.work, d.revision, err = LoadWorklist(ctx, db, software); err != nil {
		return nil, err
	}
	d.expires, err = sheetExpiry(ctx, db, file.Until)
	return d, err
}

// sheetExpiry is when statements made from a sheet stop to hold: after the day that is named, else after as many months as
// regular reviews are apart.
func sheetExpiry(ctx context.Context, db *store.DB, until string) (time.Time, error) {
	now := db.Now().In(calendar.Japan)
	if until == "" {
		policy, err := db.Policy(ctx)
		y, m, day := now.Date()
		return time.Date(y, m, day, 0, 0, 0, 0, calendar.Japan).AddDate(0, policy.Value("review_months"), 1).UTC(), err
	}
	day, err := calendar.ParseDay(until, calendar.Japan)
	if err == nil && !day.After(now) {
		err = &lang.Error{Kind: lang.Usage, What: lang.F("「%s」は有効期限にできません", "%q cannot be the last day", until),
			Next: lang.T("明日以降の日付を指定してください", "give a day after today")}
	}
	return day.AddDate(0, 0, 1).UTC(), err
}

func (d *sheetDesk) spot(s xlsx.Spot) SheetSpot {
	return SheetSpot{Sheet: s.Sheet, Cell: s.Cell, Value: s.Value, What: s.What.In(d.lang), Next: s.Next.In(d.lang)}
}

func (d *sheetDesk) unreadable(s xlsx.Spot) { d.out.Unreadable = append(d.out.Unreadable, d.spot(s)) }

func (d *sheetDesk) problem(a xlsx.Answer, what, next lang.Text) {
	d.unreadable(xlsx.Spot{Sheet: d.filled.Sheet, Cell: a.Ref, Value: a.Text, What: what, Next: next})
}

func (d *sheetDesk) ignore(a xlsx.Answer, what lang.Text) {
	d.out.Ignored = append(d.out.Ignored, d.spot(xlsx.Spot{Sheet: d.filled.Sheet, Cell: a.Ref, Value: a.Text, What: what}))
}

// A sheetLine is one line while it is compared.
type sheetLine struct {
	*sheetDesk
	xlsx.Line
	now     xlsx.Row
	changes []SheetChange
}

// line compares one line and adds what it changes.
func (d *sheetDesk) line(ctx context.Context, in xlsx.Line) error {
	now, asked := d.now[in.ID]
	l := &sheetLine{sheetDesk: d, Line: in, now: now}
	if !asked {
		l.notAsked()
		d.out.Unchanged++
		return nil
	}
	status, cell, changed := l.status()
	digests, err := l.evidence(ctx)
	if err != nil {
		return err
	}
	l.statement(status, cell, changed, digests)
	l.working()
	if len(l.changes) == 0 {
		d.out.Unchanged++
	}
	d.out.Changes = append(d.out.Changes, l.changes...)
	return nil
}

// notAsked notes an answer to what is not asked of us. People strike such rows through; that says nothing new.
func (l *sheetLine) notAsked() {
	a, ok := l.Cells[xlsx.StatusField]
	if ok && a.Status != "" && a.Status != verify.NotApplicable && a.Status != verify.NotAssessed {
		l.ignore(a, lang.F("%s は、この要求パッケージと役割では求められていません", "%s is not asked of this package and these roles", l.ID))
	}
}

// was gives what a field said before: in the workbook when it was made, else now.
func (l *sheetLine) was(f xlsx.Field, now string) string {
	if v, ok := l.Base[f]; ok {
		return v
	}
	return now
}

// typed gives a text cell that a person changed, and what it said before.
func (l *sheetLine) typed(f xlsx.Field, now string) (a xlsx.Answer, old string, changed bool) {
	a, ok := l.Cells[f]
	old = l.was(f, now)
	_, known := l.Base[f]
	cleared := known && (f == xlsx.OwnerField || f == xlsx.DueField || f == xlsx.NoteField)
	switch {
	case !ok, a.Missing, same(a.Text, old), same(a.Text, now):
		return a, old, false
	case a.Text == "" && !cleared: // what was left out takes nothing back
		return a, old, false
	}
	return a, old, true
}

// same compares texts as people see them: line ends and blanks at the ends of lines do not count.
func same(a, b string) bool { return trimLines(a) == trimLines(b) }

func trimLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func (l *sheetLine) add(a xlsx.Answer, f xlsx.Field, old, new string, becomes Outcome, what lang.Text) {
	l.changes = append(l.changes, SheetChange{Sheet: l.filled.Sheet, Cell: a.Ref, Requirement: l.ID, Field: f, Old: old, New: new, Becomes: becomes,
		What: what.In(l.lang), Differs: f == xlsx.StatusField && verify.Status(new) != l.now.Status})
}

// status gives the status that a person chose, by its word or by ticking, and the cell that says so. changed is false
// when nobody chose one.
func (l *sheetLine) status() (chosen verify.Status, cell xlsx.Answer, changed bool) {
	word, tick := l.Cells[xlsx.StatusField], l.Cells[xlsx.CheckField]
	if word.Missing {
		return "", word, false // the word was meant to say something; the tick beside it does not replace it
	}
	judged := l.now.Status
	if word.Status == judged && word.Code != "" {
		word.Status = word.Code // in CSV either of two columns may have been changed
	}
	before := verify.Status(l.was(xlsx.StatusField, string(judged)))
	worded := word.Status != "" && word.Status != before && word.Status != judged
	tickBefore := l.was(xlsx.CheckField, fmt.Sprint(met(judged))) == "true"
	_, hasTick := l.Cells[xlsx.CheckField]
	ticked := hasTick && !tick.Missing && tick.Checked != tickBefore
	switch {
	case worded && ticked && tick.Checked != met(word.Status) && word.Status != verify.NotApplicable:
		l.problem(tick, lang.F("Check! と状態「%s」が食い違っています", "Check! and the status %q disagree", statusName(word.Status)),
			lang.F("%s と %s のどちらかを直してください", "correct %s or %s", tick.Ref, word.Ref))
		return "", word, false
	case worded:
		return word.Status, word, true
	case ticked && tick.Checked && !met(judged):
		return verify.Met, tick, true
	case ticked && !tick.Checked && met(judged):
		return verify.NotMet, tick, true
	}
	return judged, word, false
}

func met(s verify.Status) bool { return s == verify.Met || s == verify.MetWithException }

func statusName(s verify.Status) lang.Text { return xlsx.StatusName(s) }

// evidence gives the digests of the evidence that a person added to the line.
func (l *sheetLine) evidence(ctx context.Context) ([]string, error) {
	a, old, changed := l.typed(xlsx.EvidenceField, xlsx.EvidenceCell(l.now.Evidence, "\n"))
	if !changed {
		return nil, nil
	}
	before := evidenceWords(old)
	var out []string
	for _, word := range evidenceWords(a.Text) {
		if slices.Contains(before, word) {
			continue
		}
		digest := l.digestOf(word)
		if digest != "" {
			if _, err := l.db.Document(ctx, digest); err != nil && lang.KindOf(err) != lang.NotFound {
				return nil, err
			} else if err == nil {
				out = append(out, digest)
				continue
			}
		}
		l.problem(xlsx.Answer{Ref: a.Ref, Text: word}, lang.F("証跡「%s」は見つかりません", "there is no evidence %q", word),
			lang.T("証跡一覧のIDを書くか、文書を tasuki push で取り込んでから申告に付けてください", "write an id of the sheet of evidence, or take the document in with tasuki push and put it under a claim"))
	}
	return out, nil
}

// evidenceWords cuts a cell into the ids it names.
func evidenceWords(s string) []string {
	return strings.FieldsFunc(strings.ToUpper(foldWidth(s)), func(r rune) bool { return strings.ContainsRune(" \t\n,、;・/", r) })
}

func (l *sheetLine) digestOf(word string) string {
	if d := l.filled.Evidence[word]; d != "" {
		return d
	}
	if d, ok := strings.CutPrefix(word, "SHA256:"); ok {
		return "sha256:" + strings.ToLower(d)
	}
	return l.digests[word]
}

// statement makes a draft of what a person stated: a status that needs one, or a new reason or new evidence for a status
// that holds.
func (l *sheetLine) statement(status verify.Status, cell xlsx.Answer, chosen bool, digests []string) {
	reason, oldReason, reasoned := l.typed(xlsx.ReasonField, l.now.Reason)
	exception, oldException, excepted := l.typed(xlsx.ExceptionField, l.now.Exception)
	if !chosen && !reasoned && !excepted && len(digests) == 0 {
		return
	}
	body := []string{cell.Remark, added(oldReason, reason.Text, reasoned)}
	if status == verify.MetWithException {
		body = append(body, added(oldException, exception.Text, excepted))
	}
	text := strings.Join(slices.DeleteFunc(body, func(s string) bool { return s == "" }), "\n")
	c := evidence.Claim{Kind: evidence.Stated, Party: l.party, Subject: l.subject, Requirement: l.ID, Body: text, Evidence: digests,
		State: evidence.ClaimDraft, ExpiresAt: l.expires, Revision: 1}
	var becomes Outcome
	var what lang.Text
	switch status {
	case verify.Met:
		becomes, what = BecomesClaim, lang.T("申告として起案します", "becomes a draft claim")
		if text == "" {
			c.Body = lang.T("チェックリストで「対応」と回答（理由の記載なし）", "answered “met” in the checklist, without a reason").In(l.lang)
		}
	case verify.NotApplicable:
		becomes, what, c.Kind = BecomesNotApplicable, lang.T("対象外として起案します", "becomes a draft that it does not apply"), evidence.NotApplicable
		if text == "" && chosen {
			l.problem(cell, lang.T("対象外とする理由がありません", "there is no reason why it does not apply"),
				lang.F("理由を %s に書いてください", "write the reason in %s", l.refOf(xlsx.ReasonField)))
			return
		}
	case verify.MetWithException:
		becomes, what, c.Kind = BecomesException, lang.T("例外措置として起案します", "becomes a draft exception"), evidence.Exception
		end, ok := l.exceptionEnd(exception.Text)
		if !ok || text == "" {
			l.problem(cell, lang.T("例外の理由又は有効期限がありません", "the exception has no reason or no end date"),
				lang.F("理由を %s に、期限を %s に書いてください（例: 2027-03-31まで）", "write the reason in %s and the end in %s, such as 2027-03-31", l.refOf(xlsx.ReasonField), l.refOf(xlsx.ExceptionField)))
			return
		}
		c.ExpiresAt = end
	default:
		l.unstated(status, cell, chosen, reason, oldReason, reasoned)
		return
	}
	if text == "" && len(digests) == 0 && !chosen {
		return
	}
	if slices.ContainsFunc(l.have, func(h evidence.Claim) bool {
		return h.State != evidence.ClaimRetired && h.Kind == c.Kind && h.Requirement == c.Requirement && same(h.Body, c.Body) && slices.Equal(h.Evidence, c.Evidence)
	}) {
		becomes, what = BecomesNothing, lang.T("同じ内容がすでに起案されています", "the same is drafted already")
	} else {
		l.claims = append(l.claims, c)
		l.out.Drafts = append(l.out.Drafts, SheetDraft{Kind: c.Kind, Requirement: c.Requirement, Body: c.Body, Evidence: c.Evidence, Until: lastDayOf(c.ExpiresAt)})
	}
	l.show(status, cell, chosen, becomes, what)
	if reasoned {
		l.add(reason, xlsx.ReasonField, oldReason, reason.Text, becomes, what)
	}
	if excepted && status == verify.MetWithException {
		l.add(exception, xlsx.ExceptionField, oldException, exception.Text, becomes, what)
	}
	if len(digests) > 0 {
		a, old, _ := l.typed(xlsx.EvidenceField, xlsx.EvidenceCell(l.now.Evidence, "\n"))
		l.add(a, xlsx.EvidenceField, old, a.Text, becomes, what)
	}
}

// show adds the status that a person chose.
func (l *sheetLine) show(status verify.Status, cell xlsx.Answer, chosen bool, becomes Outcome, what lang.Text) {
	if chosen {
		l.add(cell, xlsx.StatusField, string(l.now.Status), string(status), becomes, what)
	}
}

// unstated handles a status that nobody has to approve, because it claims nothing: it is shown beside the judged one, and
// its reason is kept as a note.
func (l *sheetLine) unstated(status verify.Status, cell xlsx.Answer, chosen bool, reason xlsx.Answer, old string, reasoned bool) {
	l.show(status, cell, chosen, BecomesNothing, lang.F("判定（%s）は変えません。異なる回答として示します", "the judged status (%s) stays; it is shown as a different answer", statusName(l.now.Status)))
	if text := added(old, reason.Text, reasoned); text != "" {
		w := l.work[l.ID]
		if !strings.Contains(w.Note, text) {
			w.Note = joinNonEmpty(w.Note, text)
			l.setWork(w)
			l.add(reason, xlsx.ReasonField, old, reason.Text, BecomesWork, lang.T("備考として残します（「対応」の申告ではないため）", "kept as a note: it does not state that the requirement is met"))
		}
	}
}

// working compares owner, due date and note.
func (l *sheetLine) working() {
	w, due := l.work[l.ID], ""
	if !l.now.Due.IsZero() {
		due = l.now.Due.In(calendar.Japan).Format(time.DateOnly)
	}
	what := lang.T("作業の一覧に残します", "kept in the working list")
	for _, f := range []struct {
		field xlsx.Field
		now   string
		into  *string
	}{
		{xlsx.OwnerField, l.now.Owner, &w.Owner}, {xlsx.DueField, due, &w.Due}, {xlsx.NoteField, l.now.Note, &w.Note},
	} {
		a, old, changed := l.typed(f.field, f.now)
		if !changed || *f.into == a.Text || a.Text == "" && *f.into == "" {
			continue
		}
		*f.into = a.Text
		l.setWork(w)
		l.add(a, f.field, old, a.Text, BecomesWork, what)
	}
}

func (l *sheetLine) setWork(w Work) {
	l.touched = true
	if l.work[l.ID] = w; w == (Work{}) {
		delete(l.work, l.ID)
	}
}

// foldWidth gives full-width letters and digits their usual width.
func foldWidth(s string) string { return norm.NFKC.String(s) }

// refOf names the cell of a field in the line, or the field where the sheet has no such column.
func (l *sheetLine) refOf(f xlsx.Field) string {
	if a, ok := l.Cells[f]; ok {
		return a.Ref
	}
	return xlsx.FieldName(f).In(l.lang)
}

// added gives what a person wrote: what stands behind the old text when that was kept, else all of it.
func added(old, text string, changed bool) string {
	if !changed {
		return ""
	}
	if rest, ok := strings.CutPrefix(trimLines(text), trimLines(old)); ok && trimLines(old) != "" {
		return strings.TrimSpace(rest)
	}
	return trimLines(text)
}

func joinNonEmpty(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

var dayInText = pattern.Of(`((?:19|20)\d\d|令和\s*\d{1,2}|令和元|[RrＲ]\d{1,2})\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*(\d{1,2}|末)日?`)

// exceptionEnd finds when an exception ends: a day in its own text, else the due date. It has to be ahead.
func (l *sheetLine) exceptionEnd(text string) (time.Time, bool) {
	day, err := calendar.ParseDay(dayInText().FindString(foldWidth(text)), calendar.Japan)
	if err != nil {
		if day = l.Cells[xlsx.DueField].Day; day.IsZero() {
			return day, false
		}
	}
	end := day.AddDate(0, 0, 1).UTC()
	return end, l.db.Now().Before(end)
}
