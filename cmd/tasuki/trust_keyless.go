package main

import (
	"slices"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/sigstore"
	"example.org/tasuki/internal/store"
)

type trustKeylessCmd struct {
	Identity string `arg:"" help:"${help_attest_identity}"`
	Issuer   string `help:"${help_attest_issuer}" placeholder:"URL"`
	Root     string `help:"${help_trust_sigstore}" placeholder:"FILE"`
}

// Run lets the keyless signatures of an identity under attestations count.
func (c *trustKeylessCmd) Run(p *program) error {
	var root []byte
	if c.Root != "" {
		var err error
		if root, err = readFile(c.Root); err != nil {
			return err
		}
	}
	return p.administered(func(db *store.DB, actor store.Actor) error {
		s := sigstore.Signer{Identity: c.Identity, Issuer: c.Issuer}
		if err := exchange.TrustKeyless(p.ctx, db, actor, s, root); err != nil {
			return err
		}
		return p.print(keylessLine(s), func() {
			p.printf("信頼する署名者に加えました: %s（確認者 %s）", "trusted from now on: %s (vouched for by %s)", s.Identity, orDash(s.Issuer))
			p.printf("すでに取り込んだ証明は tasuki reindex で検証し直します。", "Attestations that came in before are verified again by tasuki reindex.")
		})
	})
}

func keylessLine(s sigstore.Signer) trustJSON {
	return trustJSON{Name: s.Identity, Issuer: s.Issuer, Keyless: true}
}

// keyless stops trusting the signer whose identity was given in place of a fingerprint.
func (c *trustRemoveCmd) keyless(p *program, db *store.DB, actor store.Actor) (gone bool, err error) {
	trusted, err := exchange.KeylessTrust(p.ctx, db)
	if err != nil || !slices.ContainsFunc(trusted.Signers, func(s sigstore.Signer) bool { return s.Identity == c.Fingerprint }) {
		return false, err
	}
	if err := exchange.DistrustKeyless(p.ctx, db, actor, sigstore.Signer{Identity: c.Fingerprint}); err != nil {
		return false, err
	}
	return true, p.print(map[string]any{"removed": c.Fingerprint}, func() {
		p.printf("信頼する署名者から外しました: %s", "no longer trusted: %s", c.Fingerprint)
	})
}
