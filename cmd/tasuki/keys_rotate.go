package main

import (
	"strings"

	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// newKeyFlags say what kind of key to make.
type newKeyFlags struct {
	Name      string `help:"${help_keys_name}" placeholder:"NAME"`
	Algorithm string `help:"${help_keys_algorithm}" enum:"ed25519,ecdsa-p256" default:"ed25519"`
	Until     string `help:"${help_keys_until}" placeholder:"DAY"`
	Signer    string `help:"${help_keys_signer}" placeholder:"CMD"`
	Public    string `help:"${help_keys_public}" placeholder:"FILE"`
}

func (f newKeyFlags) newKey(p *program) (relay.NewKey, error) {
	n := relay.NewKey{Name: f.Name, Algorithm: keys.Algorithm(f.Algorithm), Passphrase: []byte(p.secret("TASUKI_KEY_PASSPHRASE"))}
	if f.Until != "" {
		until, err := parseTime(f.Until)
		if err != nil {
			return n, err
		}
		n.Until = until
	}
	if (f.Signer == "") != (f.Public == "") {
		return n, &lang.Error{Kind: lang.Usage, What: lang.T("--signer と --public は一緒に指定してください", "--signer and --public go together")}
	}
	if f.Signer == "" {
		return n, nil
	}
	public, err := parseWith(f.Public, verify.ParseTrust)
	if err != nil {
		return n, err
	}
	if len(public) != 1 {
		return n, &lang.Error{Kind: lang.Usage, What: lang.F("公開鍵が1つではありません（%d 個）", "there is not one public key but %d", len(public))}
	}
	n.Command, n.Public, n.Passphrase = strings.Fields(f.Signer), public[0].Key, nil
	return n, nil
}

// keptHow says where the secret of a key is.
func keptHow(k keyJSON) lang.Text {
	if len(k.Command) > 0 {
		return lang.F("%s で署名", "signed with by %s", k.Command[0])
	}
	return encryptedWord(k.Encrypted)
}

type keysRotateCmd struct {
	newKeyFlags
	Output string `short:"o" help:"${help_keys_letter}" required:"" placeholder:"FILE"`
}

// Run puts a new signing key in the place of the old one.
func (c *keysRotateCmd) Run(p *program) error {
	return p.administered(func(db *store.DB, actor store.Actor) error {
		n, err := c.newKey(p)
		if err != nil {
			return err
		}
		old := p.secret("TASUKI_OLD_KEY_PASSPHRASE")
		if old == "" {
			old = p.secret("TASUKI_KEY_PASSPHRASE")
		}
		k, letter, err := relay.RotateSigningKey(p.ctx, db, actor, []byte(old), n)
		if err != nil {
			return err
		}
		if err := p.output(c.Output, letter); err != nil || c.Output == "-" {
			return err
		}
		return p.print(map[string]any{"fingerprint": k.Fingerprint(), "file": c.Output}, func() {
			p.printf("新しい署名鍵に替えました。指紋 %s", "the new signing key is in place; fingerprint %s", k.Fingerprint())
			p.printf("%s を取引先に渡してください（tasuki trust follow で取り込めます）。", "hand %s to your counterparties, who take it in with tasuki trust follow.", c.Output)
		})
	})
}

type keysRevokeCmd struct {
	Fingerprint string `arg:"" help:"${help_trust_fingerprint}"`
	Reason      string `help:"${help_keys_reason}" required:"" placeholder:"TEXT"`
	From        string `help:"${help_keys_from}" placeholder:"TIME"`
	Output      string `short:"o" help:"${help_keys_list_output}" required:"" placeholder:"FILE"`
}

// Run takes a key of ours back, and writes the list that tells the others, signed with the key that is in place.
func (c *keysRevokeCmd) Run(p *program) error {
	return p.administered(func(db *store.DB, actor store.Actor) error {
		fingerprint, err := relay.OwnKey(db, c.Fingerprint)
		if err != nil {
			return err
		}
		r := verify.Revocation{Key: fingerprint, Reason: c.Reason}
		if c.From != "" {
			if r.From, err = parseTime(c.From); err != nil {
				return err
			}
		}
		key, err := upkeep.SigningKey(db, []byte(p.secret("TASUKI_KEY_PASSPHRASE")))
		if err != nil {
			return err
		}
		if key.Fingerprint() == fingerprint {
			return &lang.Error{Kind: lang.Conflict, What: lang.T("現在の署名鍵は取り消せません", "the signing key that is in place cannot be taken back"),
				Next: lang.T("先に tasuki keys rotate で新しい鍵に替えてください", "put a new one in its place first, with tasuki keys rotate")}
		}
		if err := relay.RevokeKey(p.ctx, db, actor, r); err != nil {
			return err
		}
		list, err := relay.RevocationList(p.ctx, db, key.Private)
		if err != nil {
			return err
		}
		if err := p.output(c.Output, list); err != nil || c.Output == "-" {
			return err
		}
		return p.print(map[string]any{"revoked": fingerprint, "file": c.Output}, func() {
			p.printf("鍵 %s を取り消しました。%s を、鍵を渡した相手に渡してください。", "the key %s is revoked; hand %s to whoever has it.", fingerprint, c.Output)
		})
	})
}

type keysRequestCmd struct {
	Organisation string `help:"${help_keys_organisation}" placeholder:"NAME"`
	Country      string `help:"${help_keys_country}" placeholder:"CC"`
	Output       string `short:"o" help:"${help_output}" default:"-" placeholder:"FILE"`
}

// Run writes a request with which an authority can issue a certificate for the signing key.
func (c *keysRequestCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := upkeep.SigningKey(db, []byte(p.secret("TASUKI_KEY_PASSPHRASE")))
	if err != nil {
		return err
	}
	if c.Organisation == "" {
		c.Organisation = key.Name
	}
	b, err := keys.Request(key, c.Organisation, c.Country)
	if err != nil {
		return err
	}
	return p.output(c.Output, b)
}
