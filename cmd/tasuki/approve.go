package main

import (
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/store"
)

type approveCmd struct {
	IDs []string `arg:"" name:"id" help:"${help_approve_ids}"`
}

// approvedJSON is one approval as scripts read it; Problem says why there is none.
type approvedJSON struct {
	office.Approval
	Approved bool   `json:"approved"`
	By       string `json:"by"`
	Method   string `json:"method"`
	Problem  string `json:"problem,omitempty"`
}

// Run puts the approval of the person who signs in under drafts of other people. What cannot be approved does not stop
// the others; the exit code is that of the first refusal.
func (c *approveCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	who, method, err := p.signIn(db)
	if err != nil {
		return err
	}
	if err := auth.Require(who, auth.Approve); err != nil {
		return err
	}
	actor := store.Actor{Account: who.ID, Via: store.CLI}
	result, refused := []approvedJSON{}, error(nil)
	var judge []fact.Subject
	for _, given := range c.IDs {
		id, err := recordID(p, db, given)
		var a office.Approval
		if err == nil {
			a, err = office.Approve(p.ctx, db, actor, id, method)
		}
		line := approvedJSON{Approval: a, Approved: err == nil, By: who.Name, Method: method}
		if err != nil {
			if lang.KindOf(err) == lang.Unexpected {
				return err
			}
			line.ID, line.Problem = given, lang.Explain(err, p.lang)
			if refused == nil {
				refused = err
			}
		}
		if err == nil && a.Object != "declaration" {
			judge = append(judge, a.Subject)
		}
		result = append(result, line)
	}
	if len(judge) > 0 {
		if err := judging.Reassess(p.ctx, db, actor, "approved", judge...); err != nil {
			return err
		}
	}
	if err := p.print(result, func() {
		for _, l := range result {
			if l.Approved {
				p.printf("承認しました: %s（%s）", "approved: %s (%s)", l.Label, l.ID)
			} else {
				p.printf("承認できません: %s: %s", "not approved: %s: %s", l.ID, l.Problem)
			}
		}
	}); err != nil || refused == nil {
		return err
	}
	return errSilent(lang.KindOf(refused))
}

// recordID gives the id of a record named as KIND/KEY; anything else is an id already.
func recordID(p *program, db *store.DB, given string) (string, error) {
	kind, key, ok := strings.Cut(given, "/")
	if !ok {
		return given, nil
	}
	r, err := db.RecordByKey(p.ctx, kind, key)
	return r.ID, err
}
