package main

import (
	"errors"
	"io/fs"
	"strings"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// certified gives the keys to trust; with a root, after their certificate was found to lead to it.
func (c *trustAddCmd) certified(p *program) ([]verify.TrustedKey, error) {
	if c.Root == "" {
		if c.Chain != "" {
			return nil, &lang.Error{Kind: lang.Usage, What: lang.T("--chain には --root が要ります", "--chain needs --root")}
		}
		return c.keys()
	}
	roots, err := readFile(c.Root)
	if err != nil {
		return nil, err
	}
	file := c.Chain
	if file == "" {
		file = c.Key
	}
	chain, err := readFile(file)
	if err != nil {
		return nil, err
	}
	certificate, err := keys.Certified(chain, roots, p.now())
	if err != nil {
		return nil, err
	}
	k := verify.TrustedKey{Key: certificate.Key}
	if c.Chain != "" {
		given, err := c.keys()
		if err != nil {
			return nil, err
		}
		if len(given) != 1 {
			return nil, &lang.Error{Kind: lang.Usage, What: lang.F("鍵が1つではありません（%d 個）", "there is not one key but %d", len(given))}
		}
		k = given[0]
	}
	k, err = certificate.Bind(k)
	return []verify.TrustedKey{k}, err
}

type trustShowCmd struct {
	Key string `arg:"" help:"${help_trust_show_key}"`
}

// Run shows the fingerprint of a key in groups, for two people to read to each other.
func (c *trustShowCmd) Run(p *program) error {
	lines, err := c.lines(p)
	if err != nil {
		return err
	}
	return p.print(lines, func() {
		for _, t := range lines {
			p.printTrust([]trustJSON{t})
			for i, groups := range keys.Lines(t.Fingerprint) {
				p.printf("      %d  %s", "      %d  %s", i+1, strings.Join(groups, "  "))
			}
		}
		p.printf("鍵の持ち主に電話や対面で連絡し、4行すべてを読み合わせてください。", "Reach the key's holder by telephone or in person, and read all four lines to each other.")
	})
}

// lines gives the keys of a file that is not trusted yet, or the trusted key of a fingerprint.
func (c *trustShowCmd) lines(p *program) ([]trustJSON, error) {
	var out []trustJSON
	given, err := parseWith(c.Key, verify.ParseTrust)
	if err == nil {
		for _, k := range given {
			out = append(out, trustLine(exchange.TrustedParty{Key: k}))
		}
		return out, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	db, err := p.open()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	t, err := findTrusted(p, db, c.Key)
	return []trustJSON{trustLine(t)}, err
}

type trustFollowCmd struct {
	Letter string `arg:"" help:"${help_trust_letter}"`
}

// Run takes in the succession of a trusted key.
func (c *trustFollowCmd) Run(p *program) error {
	letter, err := readFile(c.Letter)
	if err != nil {
		return err
	}
	return p.administered(func(db *store.DB, actor store.Actor) error {
		t, err := relay.FollowSuccession(p.ctx, db, actor, letter)
		if err != nil {
			return err
		}
		out := []trustJSON{trustLine(t)}
		return p.print(out, func() {
			p.printTrust(out)
			p.printf("古い鍵の署名を確かめ、新しい鍵を信頼する鍵に加えました。", "the old key's signature holds; the new key is trusted from now on.")
		})
	})
}
