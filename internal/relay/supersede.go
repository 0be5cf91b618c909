package relay

import (
	"context"
	"encoding/json"
	"slices"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// signedOf reads what was kept of an issued declaration.
func signedOf(db *store.DB, d store.Declaration) (kept, error) {
	var k kept
	b, err := db.ReadDocument(d.Signed)
	if err != nil {
		return k, err
	}
	return k, json.Unmarshal(b, &k)
}

// supersedes gives the digest of the declaration that a new one takes the place of: the one that was named, else the
// latest in force about the same release. Empty: none.
func supersedes(ctx context.Context, db *store.DB, req DraftRequest, subject fact.Subject) (string, error) {
	if req.Supersedes != "" {
		d, err := FindDeclaration(ctx, db, req.Supersedes)
		if err != nil {
			return "", err
		}
		if d.State != store.DeclarationIssued || d.Subject != subject {
			return "", &lang.Error{Kind: lang.Conflict, What: lang.T("置き換えられるのは、同じ対象について発行済みで効力のある宣言だけです", "only a declaration in force about the same object can be superseded")}
		}
		k, err := signedOf(db, d)
		return verify.Digest(k.Envelope), err
	}
	issued, err := db.Declarations(ctx, store.DeclarationFilter{Subject: subject, Release: req.Release, State: store.DeclarationIssued})
	if err != nil || len(issued) == 0 {
		return "", err
	}
	k, err := signedOf(db, issued[len(issued)-1])
	return verify.Digest(k.Envelope), err
}

// replaced gives the declarations that end when one is issued: those in force about the same release, and the one it
// names.
func replaced(ctx context.Context, db *store.DB, d store.Declaration, named string) ([]store.Declaration, error) {
	issued, err := db.Declarations(ctx, store.DeclarationFilter{Subject: d.Subject, State: store.DeclarationIssued})
	if err != nil {
		return nil, err
	}
	var out []store.Declaration
	for _, e := range issued {
		k, err := signedOf(db, e)
		if err != nil {
			return nil, err
		}
		if e.ID != d.ID && (e.Release == d.Release || verify.Digest(k.Envelope) == named) {
			out = append(out, e)
		}
	}
	return out, nil
}

// waiting gives the drafts about the same thing that nobody has signed yet: a new draft takes their place.
func waiting(ctx context.Context, db *store.DB, d store.Declaration) ([]store.Declaration, error) {
	all, err := db.Declarations(ctx, store.DeclarationFilter{Subject: d.Subject, Release: d.Release})
	return slices.DeleteFunc(all, func(e store.Declaration) bool {
		return e.ID == d.ID || e.Release != d.Release || e.State != store.DeclarationDraft && e.State != store.DeclarationApproved
	}), err
}

// supersede notes that others took their place.
func supersede(ctx context.Context, tx *store.Tx, earlier []store.Declaration, by string) error {
	for _, e := range earlier {
		e.State, e.EndedAt, e.SupersededBy, e.Revision = store.DeclarationSuperseded, tx.Now(), by, e.Revision+1
		if err := tx.SaveDeclaration(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// FindDeclaration finds a signed declaration of ours by what people have at hand: its id, the id in its text, the digest
// of its envelope, or that of a bundle it was handed over in.
func FindDeclaration(ctx context.Context, db *store.DB, name string) (store.Declaration, error) {
	all, err := db.Declarations(ctx, store.DeclarationFilter{})
	if err != nil {
		return store.Declaration{}, err
	}
	for _, d := range slices.Backward(all) {
		if d.ID == name || declarationURN(d) == name || d.Bundle == name {
			return d, nil
		}
		if d.Signed == "" {
			continue
		}
		k, err := signedOf(db, d)
		if err != nil {
			return d, err
		}
		if verify.Digest(k.Envelope) == name {
			return d, nil
		}
	}
	return store.Declaration{}, &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」という宣言はありません", "there is no declaration %q", name),
		Next: lang.T("tasuki declarations list で id を確かめてください", "find its id with tasuki declarations list")}
}

// declarationURN is the id that a declaration bears in its text.
func declarationURN(d store.Declaration) string { return "urn:tasuki:declaration:" + d.ID }
