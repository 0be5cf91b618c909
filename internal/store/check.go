package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// Check holds the workspace against itself and gives what is wrong: every document row has its bytes, and they have
// their digest; every audit entry has one leaf in the ledger that says the same, and the other way round; the places
// in the ledger have no gap. That the tree and its checkpoints hold is for package ledger to say.
func (db *DB) Check(ctx context.Context) (problems []fact.Problem, err error) {
	err = db.View(ctx, func(db *DB) error {
		for _, check := range []func(context.Context) ([]fact.Problem, error){db.checkDocuments, db.checkAudit, db.checkPlaces} {
			found, err := check(ctx)
			if err != nil {
				return err
			}
			problems = append(problems, found...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("check workspace: %w", err)
	}
	return problems, nil
}

func (db *DB) checkDocuments(ctx context.Context) (problems []fact.Problem, err error) {
	digests, err := list(ctx, db, scanString, `select digest from document order by digest`)
	if err != nil {
		return nil, err
	}
	for _, d := range digests {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if p, bad := db.checkDocument(d); bad {
			problems = append(problems, p)
		}
	}
	return problems, nil
}

func (db *DB) checkDocument(digest string) (fact.Problem, bool) {
	f, err := db.OpenDocument(digest)
	if err == nil {
		_, err = io.Copy(io.Discard, f)
		f.Close()
	}
	var known *lang.Error
	switch {
	case err == nil:
		return fact.Problem{}, false
	case lang.KindOf(err) == lang.NotFound || errors.Is(err, fs.ErrNotExist):
		return fact.Problem{Where: digest, What: lang.T("文書の内容がありません", "the bytes of the document are missing")}, true
	case errors.As(err, &known):
		return fact.Problem{Where: digest, What: known.What}, true
	}
	return fact.Problem{Where: digest, What: lang.F("文書を読めません: %v", "the document cannot be read: %v", err)}, true
}

// auditAndLeaf is an audit entry with its leaf, nil when it has none.
type auditAndLeaf struct {
	auditRow
	leaf []byte
}

func (db *DB) checkAudit(ctx context.Context) (problems []fact.Problem, err error) {
	rows, err := list(ctx, db, func(r row) (v auditAndLeaf, err error) {
		v.auditRow, err = scanAudit(extra{r, &v.leaf})
		return v, err
	}, `select a.id, at, actor, via, request, action, object_kind, object_id, detail, salt, leaf
		from audit a left join ledger_event e on e.id = a.id order by at, a.id`)
	if err != nil {
		return nil, err
	}
	for _, v := range rows {
		want, err := leafBytes(v.auditRow)
		if err != nil {
			return nil, err
		}
		switch {
		case v.leaf == nil:
			problems = append(problems, fact.Problem{Where: v.ID, What: lang.T("監査記録に対応する台帳の項目がありません", "the audit entry has no leaf in the ledger")})
		case v.salt != "" && string(want) != string(v.leaf):
			problems = append(problems, fact.Problem{Where: v.ID, What: lang.T("監査記録と台帳の項目が一致しません", "the audit entry and its leaf in the ledger differ")})
		}
	}
	return problems, nil
}

// extra scans one more column than the function it is given to knows of.
type extra struct {
	row
	dest any
}

func (e extra) Scan(dest ...any) error { return e.row.Scan(append(dest, e.dest)...) }

func (db *DB) checkPlaces(ctx context.Context) ([]fact.Problem, error) {
	size, err := db.LedgerSize(ctx)
	if err != nil {
		return nil, err
	}
	placed, err := one(ctx, db, scanInt, `select count(*) from ledger_event where seq is not null`)
	if err != nil {
		return nil, err
	}
	if placed == size {
		return nil, nil
	}
	return []fact.Problem{{Where: fmt.Sprintf("leaf %d", size), What: lang.F("台帳の並びに %d 件の欠けがあります", "%d places of the ledger are empty", size-placed)}}, nil
}
