package main

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/verify"
)

type keysCmd struct {
	Init    keysInitCmd    `cmd:"" help:"${help_keys_init}"`
	List    keysListCmd    `cmd:"" help:"${help_keys_list}"`
	Rotate  keysRotateCmd  `cmd:"" help:"${help_keys_rotate}"`
	Revoke  keysRevokeCmd  `cmd:"" help:"${help_keys_revoke}"`
	Request keysRequestCmd `cmd:"" help:"${help_keys_request}"`
}

// keyJSON is a key as scripts read it; nothing secret.
type keyJSON struct {
	File        string    `json:"file"`
	Name        string    `json:"name"`
	Party       string    `json:"party,omitempty"`
	Fingerprint string    `json:"fingerprint"`
	Key         []byte    `json:"key"` // public; see verify.PublicKey
	CreatedAt   time.Time `json:"created_at"`
	Until       time.Time `json:"until,omitzero"`
	Algorithm   string    `json:"algorithm"`
	Encrypted   bool      `json:"encrypted"`
	Command     []string  `json:"command,omitempty"`
}

func keyLine(file string, a keys.About) keyJSON {
	return keyJSON{file, a.Name, a.Issuer, verify.Fingerprint(a.Key), a.Key, a.From, a.Until, string(a.Algorithm), a.Encrypted, a.Command}
}

type keysInitCmd struct{ newKeyFlags }

// Run makes the key that signs the workspace's declarations.
func (c *keysInitCmd) Run(p *program) error {
	db, err := p.openOrMake()
	if err != nil {
		return err
	}
	defer db.Close()
	actor, err := p.author(db, auth.Administer)
	if err != nil {
		return err
	}
	n, err := c.newKey(p)
	if err != nil {
		return err
	}
	if _, err := relay.MakeSigningKey(p.ctx, db, actor, n); err != nil {
		return err
	}
	about, err := keys.Describe(db.SigningKeyFile())
	if err != nil {
		return err
	}
	k := keyLine(db.SigningKeyFile(), about)
	return p.print(k, func() {
		p.printf("署名鍵を作りました: %s", "made the signing key: %s", k.File)
		p.printf("指紋 %s", "fingerprint %s", k.Fingerprint)
		if !k.Encrypted && len(k.Command) == 0 {
			p.printf("この鍵は暗号化されていません（所有者だけが読めます）。暗号化するには TASUKI_KEY_PASSPHRASE 又は TASUKI_KEY_PASSPHRASE_FILE を指定して作ります。",
				"The key is NOT encrypted; only its owner can read the file. To have it encrypted, make it with TASUKI_KEY_PASSPHRASE or TASUKI_KEY_PASSPHRASE_FILE set.")
		}
		p.printf("相手に渡す公開鍵は tasuki trust export -o FILE で書き出せます。", "tasuki trust export -o FILE writes the public key for your counterparties.")
	})
}

type keysListCmd struct{}

// Run lists the workspace's keys. No passphrase is needed.
func (keysListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	files, err := os.ReadDir(db.KeysDir())
	if err != nil {
		return err
	}
	out := []keyJSON{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		about, err := keys.Describe(filepath.Join(db.KeysDir(), f.Name()))
		if err != nil {
			return err
		}
		out = append(out, keyLine(f.Name(), about))
	}
	return p.print(out, func() {
		for _, k := range out {
			p.printf("%s %s（%s、%s）", "%s %s (%s, %s)", k.File, k.Name, k.CreatedAt.In(calendar.Japan).Format(time.DateOnly), keptHow(k).In(p.lang))
			p.printf("    指紋 %s", "    fingerprint %s", k.Fingerprint)
		}
		if len(out) == 0 {
			p.printf("鍵はまだありません（tasuki keys init）", "there is no key yet (tasuki keys init)")
		}
	})
}
