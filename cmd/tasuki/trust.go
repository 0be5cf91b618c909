package main

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

type trustCmd struct {
	Add     trustAddCmd     `cmd:"" help:"${help_trust_add}"`
	List    trustListCmd    `cmd:"" help:"${help_trust_list}"`
	Show    trustShowCmd    `cmd:"" help:"${help_trust_show}"`
	Follow  trustFollowCmd  `cmd:"" help:"${help_trust_follow}"`
	Keyless trustKeylessCmd `cmd:"" help:"${help_trust_keyless}"`
	Remove  trustRemoveCmd  `cmd:"" help:"${help_trust_remove}"`
	Export  trustExportCmd  `cmd:"" help:"${help_trust_export}"`
}

// trustJSON is a trusted key as scripts read it, or a keyless signer: its identity and who vouches for it.
type trustJSON struct {
	Fingerprint string    `json:"fingerprint,omitempty"`
	Name        string    `json:"name"`
	Party       string    `json:"party,omitempty"`
	Issuer      string    `json:"issuer,omitempty"`
	From        time.Time `json:"from,omitzero"`
	Until       time.Time `json:"until,omitzero"`
	Key         []byte    `json:"key,omitempty"`
	Keyless     bool      `json:"keyless,omitempty"`
}

func trustLine(t exchange.TrustedParty) trustJSON {
	return trustJSON{verify.Fingerprint(t.Key.Key), t.Key.Name, t.Party, t.Key.Issuer, t.Key.From, t.Key.Until, t.Key.Key, false}
}

func (p *program) printTrust(lines []trustJSON) {
	for _, t := range lines {
		if t.Keyless {
			p.printf("%s（鍵を使わない署名、確認者 %s）", "%s (signs without a key, vouched for by %s)", t.Name, t.Issuer)
			continue
		}
		p.printf("%s（関連事業者 %s、署名者 %s）", "%s (party %s, speaks for %s)", t.Name, orDash(t.Party), orDash(t.Issuer))
		p.printf("    指紋 %s", "    fingerprint %s", t.Fingerprint)
		if !t.Until.IsZero() {
			p.printf("    %s まで有効", "    good until %s", t.Until.In(calendar.Japan).Format(time.DateOnly))
		}
	}
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

type trustAddCmd struct {
	Key   string `arg:"" help:"${help_trust_key}"`
	Name  string `help:"${help_trust_name}" placeholder:"NAME"`
	Party string `help:"${help_trust_party}" placeholder:"ID"`
	Root  string `help:"${help_trust_root}" placeholder:"FILE"`
	Chain string `help:"${help_trust_chain}" placeholder:"FILE"`
}

// Run takes the keys of a trust file, a PEM public key or a key in base64 into the list of those this workspace trusts.
func (c *trustAddCmd) Run(p *program) error {
	given, err := c.certified(p)
	if err != nil {
		return err
	}
	return p.administered(func(db *store.DB, actor store.Actor) error {
		if c.Party != "" {
			if _, err := db.PartyByID(p.ctx, c.Party); err != nil {
				return err
			}
		}
		out := []trustJSON{}
		for _, k := range given {
			if c.Name != "" {
				k.Name = c.Name
			}
			t := exchange.TrustedParty{Party: c.Party, Key: k}
			if err := exchange.SetTrust(p.ctx, db, actor, t); err != nil {
				return err
			}
			out = append(out, trustLine(t))
		}
		return p.print(out, func() {
			p.printTrust(out)
			p.printf("信頼する鍵に加えました。指紋を、電話や対面など別の手段で相手と見比べてください。",
				"trusted from now on. Compare the fingerprint with its holder by another way, such as by telephone or in person.")
		})
	})
}

// keys reads what was given: a file, or 32 bytes in base64.
func (c *trustAddCmd) keys() ([]verify.TrustedKey, error) {
	raw, err := base64.StdEncoding.DecodeString(c.Key)
	if _, bad := verify.ParseKey(raw); err == nil && bad == nil {
		if c.Name == "" {
			return nil, &lang.Error{Kind: lang.Usage, What: lang.T("鍵の持ち主の名前がありません", "the name of the key's holder is missing"),
				Next: lang.T("--name で指定してください", "give it with --name")}
		}
		return []verify.TrustedKey{{Name: c.Name, Key: raw}}, nil
	}
	if _, err := os.Stat(c.Key); errors.Is(err, fs.ErrNotExist) {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」はファイルでも公開鍵でもありません", "%q is neither a file nor a public key", c.Key),
			Next: lang.T("信頼ファイル、PEM の公開鍵、又は base64 の公開鍵を指定してください", "give a trust file, a PEM public key, or a public key in base64")}
	}
	given, err := parseWith(c.Key, verify.ParseTrust)
	if err != nil {
		return nil, err
	}
	if len(given) == 0 {
		return nil, &lang.Error{Kind: lang.Nothing, What: lang.T("ファイルに鍵がありません", "there is no key in the file")}
	}
	if c.Name != "" && len(given) > 1 {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.F("鍵が%d個あるため、1つの名前を付けられません", "one name cannot be given to %d keys", len(given)),
			Next: lang.T("--name を外してください", "leave --name out")}
	}
	return given, nil
}

type trustListCmd struct{}

// Run lists the keys this workspace trusts.
func (trustListCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := exchange.Trust(p.ctx, db)
	if err != nil {
		return err
	}
	out := []trustJSON{}
	for _, t := range list {
		out = append(out, trustLine(t))
	}
	keyless, err := exchange.KeylessTrust(p.ctx, db)
	if err != nil {
		return err
	}
	for _, s := range keyless.Signers {
		out = append(out, keylessLine(s))
	}
	return p.print(out, func() {
		p.printTrust(out)
		if len(out) == 0 {
			p.printf("信頼する鍵はまだありません（tasuki trust add）", "no key is trusted yet (tasuki trust add)")
		}
	})
}

type trustRemoveCmd struct {
	Fingerprint string `arg:"" help:"${help_trust_gone}"`
}

// Run stops trusting a key. What was accepted under it stays, and is no longer verified by it.
func (c *trustRemoveCmd) Run(p *program) error {
	return p.administered(func(db *store.DB, actor store.Actor) error {
		if gone, err := c.keyless(p, db, actor); gone || err != nil {
			return err
		}
		t, err := findTrusted(p, db, c.Fingerprint)
		if err != nil {
			return err
		}
		fingerprint := verify.Fingerprint(t.Key.Key)
		if err := exchange.RemoveTrust(p.ctx, db, actor, fingerprint); err != nil {
			return err
		}
		return p.print(map[string]any{"removed": fingerprint}, func() { p.printf("信頼する鍵から外しました: %s", "no longer trusted: %s", fingerprint) })
	})
}

// findTrusted completes the beginning of a fingerprint when it names just one key.
func findTrusted(p *program, db *store.DB, beginning string) (exchange.TrustedParty, error) {
	list, err := exchange.Trust(p.ctx, db)
	if err != nil {
		return exchange.TrustedParty{}, err
	}
	start, found := strings.TrimPrefix(beginning, "sha256:"), []exchange.TrustedParty{}
	for _, t := range list {
		if f := verify.Fingerprint(t.Key.Key); len(start) >= 6 && strings.HasPrefix(strings.TrimPrefix(f, "sha256:"), start) {
			found = append(found, t)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return exchange.TrustedParty{}, &lang.Error{Kind: lang.NotFound, What: lang.F("指紋「%s」に当たる鍵が1つに決まりません（%d 件）", "the fingerprint %q names %d keys, not one", beginning, len(found)),
		Next: lang.T("tasuki trust list で指紋を確かめ、6文字以上で指定してください", "see tasuki trust list, and give at least 6 characters of it")}
}

type trustExportCmd struct {
	Output string `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
}

// Run writes the public part of the workspace's signing key as a trust file, for those who shall verify.
func (c *trustExportCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	about, err := keys.Describe(db.SigningKeyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return &lang.Error{Kind: lang.NotFound, What: lang.T("署名鍵がまだありません", "there is no signing key yet"),
			Next: lang.T("tasuki keys init で作ってください", "make one with tasuki keys init")}
	}
	if err != nil {
		return err
	}
	b, err := verify.FormatTrust([]verify.TrustedKey{about.TrustedKey})
	if err != nil {
		return err
	}
	if err := p.output(c.Output, b); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "name": about.Name, "fingerprint": verify.Fingerprint(about.Key)}, func() {
		p.printf("公開鍵を %s に書き出しました（%s）", "wrote the public key to %s (%s)", c.Output, about.Name)
		p.printf("    指紋 %s", "    fingerprint %s", verify.Fingerprint(about.Key))
		p.printf("受け取る相手には、指紋を別の手段で伝えてください。", "tell the fingerprint to whoever receives it by another way.")
	})
}

func encryptedWord(encrypted bool) lang.Text {
	if encrypted {
		return lang.T("暗号化済み", "encrypted")
	}
	return lang.T("暗号化なし", "not encrypted")
}
