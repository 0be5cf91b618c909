package main

import (
	"crypto"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
)

// seal signs the person of --as in, who needs a permission, and opens the organisation's signing key for what follows.
func (p *program) seal(db *store.DB, may auth.Permission) (store.Actor, crypto.Signer, error) {
	_, actor, err := p.signInFor(db, may)
	if err != nil {
		return actor, nil, err
	}
	key, err := upkeep.SigningKey(db, []byte(p.secret("TASUKI_KEY_PASSPHRASE")))
	if err != nil {
		return actor, nil, err
	}
	return actor, key.Private, nil
}
