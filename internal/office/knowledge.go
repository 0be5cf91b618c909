package office

import (
	"context"
	"slices"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
)

// SetContext records what people say of a software for its findings: how exposed it is, what depends on it,
// and judges it again.
func SetContext(ctx context.Context, db *store.DB, actor store.Actor, software string, c triage.Context) error {
	if err := c.Validate(); err != nil {
		return err
	}
	err := store.ChangeEntry(ctx, db, actor, portfolio.ContextSetting, software, func(tx *store.Tx) triage.Context {
		c.By, c.At = actor.Account, tx.Now()
		return c
	})
	if err != nil {
		return err
	}
	return judging.Reassess(ctx, db, actor, "surroundings of a software changed", fact.Subject{Kind: fact.Software, ID: software})
}

// SetExploit records what a person knows of the exploitation of a vulnerability, and where it is written, and judges
// again what holds it.
func SetExploit(ctx context.Context, db *store.DB, actor store.Actor, vuln string, e portfolio.Exploit) error {
	if !slices.Contains([]string{"none", "public poc", "active"}, e.State) || e.Source == "" {
		return &lang.Error{Kind: lang.Usage, What: lang.T("悪用の状況には値と出典が必要です", "the state of exploitation needs a value and a source"),
			Next: lang.T("none, public poc, active のいずれかと、出典を指定してください", "give none, public poc or active, and where it is written")}
	}
	err := store.ChangeEntry(ctx, db, actor, portfolio.ExploitsSetting, vuln, func(tx *store.Tx) portfolio.Exploit {
		e.By, e.At = actor.Account, tx.Now()
		return e
	})
	if err != nil {
		return err
	}
	subjects, err := judging.Concerned(ctx, db, []string{vuln})
	if err != nil {
		return err
	}
	_, err = judging.Rejudge(ctx, db, actor, "exploitation of a vulnerability noted", judging.Touch{Subjects: subjects})
	return err
}

// TrustVEXAuthor lets the VEX documents of an author count without a signature, or no longer.
func TrustVEXAuthor(ctx context.Context, db *store.DB, actor store.Actor, author string, trusted bool) error {
	if author == "" {
		return &lang.Error{Kind: lang.Usage, What: lang.T("作成者の名前がありません", "the author has no name")}
	}
	err := db.InTx(ctx, actor, func(tx *store.Tx) error {
		var list []string
		revision, err := tx.Setting(ctx, portfolio.VEXAuthorsSetting, &list)
		if err != nil {
			return err
		}
		before := slices.Clone(list)
		list = slices.DeleteFunc(list, func(a string) bool { return a == author })
		if trusted {
			list = append(list, author)
			slices.Sort(list)
		}
		if err := tx.SetSetting(ctx, portfolio.VEXAuthorsSetting, list, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, "changed", store.Object{Kind: "setting", ID: portfolio.VEXAuthorsSetting}, store.Change{Before: before, After: list})
	})
	if err != nil {
		return err
	}
	return judging.Reassess(ctx, db, actor, "trust in VEX changed")
}
