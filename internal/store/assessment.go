package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// DutyKey names one duty whose state is kept: who answers, in which arrangement, for what, in which role, and the
// individual requirement.
type DutyKey struct {
	Party       string         `json:"party"`
	Arrangement string         `json:"arrangement"`
	Subject     fact.Subject   `json:"subject"`
	Role        guideline.Role `json:"role"`
	Requirement guideline.ID   `json:"requirement"`
}

// DutyStatus is the assessed state of one duty (評価).
type DutyStatus struct {
	DutyKey
	Stance     guideline.Stance `json:"stance"`
	Level      guideline.Level  `json:"level"`
	Status     string           `json:"status"` // the words are those of package assess
	Basis      string           `json:"basis"`  // automatic, record, claim
	Reasons    []lang.Text      `json:"reasons"`
	Evidence   []string         `json:"evidence"` // digests of documents, ids of facts and records
	Remedy     lang.Text        `json:"remedy"`
	Detail     json.RawMessage  `json:"detail,omitempty"`     // check by check, as package assess writes it
	ValidUntil time.Time        `json:"valid_until,omitzero"` // past it the status may not be shown as met; see Leases
	Leases     []fact.Lease     `json:"-"`                    // it ends with the first of these too, whatever ValidUntil says
	JudgedAt   time.Time        `json:"judged_at"`            // when it was last found to have changed
	Cause      string           `json:"cause,omitempty"`      // what made it change: id of a document, record, feed …
}

// End gives until when a status may be shown as met, given when sources delivered last; zero: nothing ends it by itself.
func (s DutyStatus) End(renewed fact.Renewed) time.Time {
	return fact.Earlier(s.ValidUntil, renewed.End(s.Leases))
}

// Lapsed reports whether a status is past its time and must be judged again before it is shown as met.
func (s DutyStatus) Lapsed(now time.Time, renewed fact.Renewed) bool {
	end := s.End(renewed)
	return !end.IsZero() && !now.Before(end)
}

// StatusChange is one line of the history of a duty.
type StatusChange struct {
	DutyKey
	Before   string      `json:"before"` // empty: judged for the first time
	Status   string      `json:"status"` // empty: the duty is gone
	Basis    string      `json:"basis"`
	Reasons  []lang.Text `json:"reasons"`
	Evidence []string    `json:"evidence"`
	JudgedAt time.Time   `json:"judged_at"`
	Cause    string      `json:"cause"`
}

// SaveStatuses writes what was judged and gives the number of rows it wrote, and of duties whose status changed. A row
// whose content is as before is not written; the history grows only where the status itself differs. JudgedAt is the
// transaction's instant.
func (tx *Tx) SaveStatuses(ctx context.Context, statuses []DutyStatus) (written, changed int, err error) {
	before, err := tx.statusesBefore(ctx, statuses)
	if err != nil {
		return 0, 0, fmt.Errorf("save statuses: %w", err)
	}
	return tx.saveStatuses(ctx, before, statuses)
}

// ReplaceStatuses is [Tx.SaveStatuses] with all duties of one subject: those that are not among them are dropped, which
// counts as written.
func (tx *Tx) ReplaceStatuses(ctx context.Context, subject fact.Subject, statuses []DutyStatus, cause string) (written, changed int, err error) {
	old, err := tx.Statuses(ctx, StatusFilter{Subjects: []fact.Subject{subject}})
	if err != nil {
		return 0, 0, err
	}
	before, now := map[DutyKey]DutyStatus{}, map[DutyKey]bool{}
	for _, s := range statuses {
		now[s.DutyKey] = true
	}
	gone := 0
	for _, s := range old {
		before[s.DutyKey] = s
		if !now[s.DutyKey] {
			gone++
			if err := tx.DropStatus(ctx, s.DutyKey, cause); err != nil {
				return 0, 0, err
			}
		}
	}
	written, changed, err = tx.saveStatuses(ctx, before, statuses)
	return written + gone, changed, err
}

func (tx *Tx) saveStatuses(ctx context.Context, before map[DutyKey]DutyStatus, statuses []DutyStatus) (written, changed int, err error) {
	var rows, history [][]any
	for _, s := range statuses {
		old, known := before[s.DutyKey]
		if same(old, s) {
			continue
		}
		if known {
			if _, err := tx.exec(ctx, `delete from duty_status`+whereDuty, s.args()...); err != nil {
				return 0, 0, fmt.Errorf("save status of %s: %w", s.Requirement, err)
			}
		}
		rows = append(rows, append(s.args(), string(s.Stance), string(s.Level), s.Status, s.Basis, jsonText(s.Reasons), jsonText(s.Evidence),
			jsonText(s.Remedy), string(s.Detail), ms(s.ValidUntil), ms(tx.Now()), s.Cause, jsonText(noneNil(s.Leases))))
		if old.Status != s.Status {
			history = append(history, tx.historyRow(old.Status, s))
		}
	}
	if len(rows) == 0 {
		return 0, 0, nil
	}
	if err := tx.bulk(ctx, "duty_status", statusCols, rows); err != nil {
		return 0, 0, fmt.Errorf("save statuses: %w", err)
	}
	if len(history) > 0 {
		err = tx.bulk(ctx, "duty_status_history", historyCols, history)
	}
	return len(rows), len(history), err
}

// jsonText gives texts and ids, which always encode, as JSON.
func jsonText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// statusesBefore gives what is stored about the subjects of statuses.
func (tx *Tx) statusesBefore(ctx context.Context, statuses []DutyStatus) (map[DutyKey]DutyStatus, error) {
	seen := map[fact.Subject]bool{}
	var subjects []fact.Subject
	for _, s := range statuses {
		if !seen[s.Subject] {
			seen[s.Subject] = true
			subjects = append(subjects, s.Subject)
		}
	}
	before := map[DutyKey]DutyStatus{}
	err := chunks(subjects, func(part []fact.Subject) error {
		old, err := tx.Statuses(ctx, StatusFilter{Subjects: part})
		for _, s := range old {
			before[s.DutyKey] = s
		}
		return err
	})
	return before, err
}

const whereDuty = ` where party = $1 and arrangement = $2 and subject_kind = $3 and subject_id = $4 and role = $5 and requirement = $6`

func (k DutyKey) args() []any {
	return []any{k.Party, k.Arrangement, string(k.Subject.Kind), k.Subject.ID, string(k.Role), string(k.Requirement)}
}

var (
	statusCols = []string{"party", "arrangement", "subject_kind", "subject_id", "role", "requirement", "stance", "level", "status", "basis",
		"reasons", "evidence", "remedy", "detail", "valid_until", "judged_at", "cause", "leases"}
	historyCols = []string{"id", "party", "arrangement", "subject_kind", "subject_id", "role", "requirement", "before", "status", "basis",
		"reasons", "evidence", "judged_at", "cause"}
)

// same reports whether two judgements say the same, whenever and whyever they were made.
func same(a, b DutyStatus) bool {
	a.JudgedAt, b.JudgedAt, a.Cause, b.Cause = time.Time{}, time.Time{}, "", ""
	if len(a.Reasons)+len(b.Reasons) == 0 {
		a.Reasons, b.Reasons = nil, nil
	}
	if len(a.Evidence)+len(b.Evidence) == 0 {
		a.Evidence, b.Evidence = nil, nil
	}
	if len(a.Detail)+len(b.Detail) == 0 {
		a.Detail, b.Detail = nil, nil
	}
	sameEnd := a.ValidUntil.Equal(b.ValidUntil) && slices.EqualFunc(a.Leases, b.Leases, sameLease)
	a.ValidUntil, b.ValidUntil, a.Leases, b.Leases = time.Time{}, time.Time{}, nil, nil
	return sameEnd && reflect.DeepEqual(a, b)
}

func (tx *Tx) historyRow(before string, s DutyStatus) []any {
	return append(append([]any{tx.NewID()}, s.args()...), before, s.Status, s.Basis, jsonText(s.Reasons), jsonText(s.Evidence), ms(tx.Now()), s.Cause)
}

// DropStatus forgets the state of a duty that no longer exists; its history stays and ends with that.
func (tx *Tx) DropStatus(ctx context.Context, k DutyKey, cause string) error {
	old, err := list(ctx, tx.DB, scanStatus, selectStatus+whereDuty, k.args()...)
	if err != nil || len(old) == 0 {
		return err
	}
	if _, err := tx.exec(ctx, `delete from duty_status`+whereDuty, k.args()...); err != nil {
		return fmt.Errorf("drop status of %s: %w", k.Requirement, err)
	}
	return tx.bulk(ctx, "duty_status_history", historyCols, [][]any{tx.historyRow(old[0].Status, DutyStatus{DutyKey: k, Cause: cause})})
}

// StatusFilter narrows [DB.Statuses] and [DB.StatusHistory]. Zero fields do not narrow.
type StatusFilter struct {
	Party       string
	Arrangement string
	Subjects    []fact.Subject
	Role        guideline.Role
	Requirement guideline.ID
	Evidence    string // digest or id that the status rests on
}

func (f StatusFilter) where() *where {
	w := new(where)
	if f.Party != "" {
		w.add("party = ?", f.Party)
	}
	if f.Arrangement != "" {
		w.add("arrangement = ?", f.Arrangement)
	}
	if len(f.Subjects) > 0 {
		w.subjects("subject_kind", "subject_id", f.Subjects)
	}
	if f.Role != "" {
		w.add("role = ?", string(f.Role))
	}
	if f.Requirement != "" {
		w.add("requirement = ?", string(f.Requirement))
	}
	if f.Evidence != "" {
		quoted, _ := json.Marshal(f.Evidence) // a string always encodes
		w.add(`evidence like ? escape '!'`, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(string(quoted))+"%")
	}
	return w
}

const selectStatus = `select party, arrangement, subject_kind, subject_id, role, requirement, stance, level, status, basis,
	reasons, evidence, remedy, detail, valid_until, judged_at, cause, leases from duty_status`

func scanStatus(r row) (s DutyStatus, err error) {
	var detail string
	err = r.Scan(&s.Party, &s.Arrangement, &s.Subject.Kind, &s.Subject.ID, &s.Role, &s.Requirement, &s.Stance, &s.Level,
		&s.Status, &s.Basis, asJSON(&s.Reasons), asJSON(&s.Evidence), asJSON(&s.Remedy), &detail, asTime(&s.ValidUntil),
		asTime(&s.JudgedAt), &s.Cause, asJSON(&s.Leases))
	if len(s.Leases) == 0 {
		s.Leases = nil
	}
	if detail != "" {
		s.Detail = json.RawMessage(detail)
	}
	return s, err
}

// Statuses gives the state of duties, ordered by their key.
func (db *DB) Statuses(ctx context.Context, f StatusFilter) ([]DutyStatus, error) {
	w := f.where()
	return list(ctx, db, scanStatus, selectStatus+w.text()+` order by party, arrangement, subject_kind, subject_id, role, requirement`, w.args...)
}

// StatusHistory gives the changes of status, the first one first.
func (db *DB) StatusHistory(ctx context.Context, f StatusFilter) ([]StatusChange, error) {
	w := f.where()
	return list(ctx, db, func(r row) (c StatusChange, err error) {
		err = r.Scan(&c.Party, &c.Arrangement, &c.Subject.Kind, &c.Subject.ID, &c.Role, &c.Requirement, &c.Before, &c.Status,
			&c.Basis, asJSON(&c.Reasons), asJSON(&c.Evidence), asTime(&c.JudgedAt), &c.Cause)
		return c, err
	}, `select party, arrangement, subject_kind, subject_id, role, requirement, before, status, basis, reasons, evidence,
		judged_at, cause from duty_status_history`+w.text()+` order by judged_at, id`, w.args...)
}
