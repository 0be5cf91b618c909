package main

import (
	"cmp"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/intoto"
	"example.org/tasuki/internal/sigstore"
	"example.org/tasuki/internal/timestamp"
	"example.org/tasuki/verify"
)

type attestCheckCmd struct {
	Bundle   string `arg:"" help:"${help_attest_bundle}"`
	Root     string `help:"${help_attest_root}" required:"" placeholder:"FILE"`
	Identity string `help:"${help_attest_identity}" placeholder:"ID"`
	Issuer   string `help:"${help_attest_issuer}" placeholder:"URL"`
	Public   string `help:"${help_attest_public}" placeholder:"FILE"`
	Artifact string `help:"${help_attest_artifact}" placeholder:"FILE"`
}

// Run verifies a Sigstore bundle against a trusted root, offline. Whose signature it has to be is always said: there is no
// way to accept anybody's.
func (c *attestCheckCmd) Run(p *program) error {
	opt := sigstore.Options{Identity: c.Identity, Issuer: c.Issuer}
	if (c.Identity == "") == (c.Public == "") {
		return &lang.Error{Kind: lang.Usage, What: lang.T("誰の署名であるべきかが指定されていません", "it is not said whose signature it has to be"),
			Next: lang.T("--identity（証明書に発行者が載る場合は --issuer も）、又は --public を指定してください", "give --identity (with --issuer where the certificate names one), or --public")}
	}
	raw, err := readFile(c.Bundle)
	if err != nil {
		return err
	}
	text, err := readFile(c.Root)
	if err != nil {
		return err
	}
	root, err := sigstore.ParseRoot(text)
	if err != nil {
		return &lang.Error{Kind: lang.Unreadable, Where: c.Root, Err: err, What: lang.T("信頼の起点（trusted root）として読み取れません", "this cannot be read as a trusted root")}
	}
	if c.Public != "" {
		keys, err := parseWith(c.Public, verify.ParseTrust)
		if err != nil {
			return err
		}
		if opt.Key, err = verify.ParseKey(keys[0].Key); err != nil {
			return err
		}
	}
	if c.Artifact != "" {
		if opt.Artifact, err = readFile(c.Artifact); err != nil {
			return err
		}
	}
	got, err := anyBundle(raw, root, opt)
	if err != nil {
		return &lang.Error{Kind: lang.Unverified, Where: c.Bundle, Err: err, What: lang.T("署名を検証できませんでした", "the signature does not verify")}
	}
	out := map[string]any{"ok": true, "identity": got.Identity, "issuer": got.Issuer, "at": got.At, "payload_type": got.PayloadType}
	return p.print(out, func() {
		p.printf("検証できました: %s（確認者 %s、%s）", "verified: %s (vouched for by %s, %s)", orDash(got.Identity), orDash(got.Issuer), got.At.In(calendar.Japan).Format("2006-01-02 15:04"))
		if got.Payload != nil && c.Artifact == "" {
			p.printf("署名された内容が何についてのものかは確かめていません（--artifact で指定できます）。", "What the statement is about was not compared; give the file with --artifact.")
		}
	})
}

// anyBundle verifies the bundles of a file, which may hold several (JSON Lines, or what a package registry gives), until
// one holds and is about the artifact, where one was given. Its error is that of the first.
func anyBundle(raw []byte, root sigstore.Root, opt sigstore.Options) (sigstore.Result, error) {
	bundles, err := intoto.Pieces(raw)
	if err != nil {
		return sigstore.Result{}, err
	}
	var first error
	for _, b := range bundles {
		got, err := sigstore.Verify(b, root, opt)
		if err == nil && opt.Artifact != nil && got.Payload != nil {
			err = aboutArtifact(got.Payload, opt.Artifact)
		}
		if err == nil {
			return got, nil
		}
		first = cmp.Or(first, err)
	}
	if len(bundles) > 1 {
		first = fmt.Errorf("none of %d bundles holds; of the first: %w", len(bundles), first)
	}
	return sigstore.Result{}, first
}

// aboutArtifact checks that an in-toto statement has a file among its subjects: by one of the hashes of the SHA-2 family
// that statements use (npm's by SHA-512 alone).
func aboutArtifact(payload, artifact []byte) error {
	var st struct {
		Subject []struct {
			Digest map[string]string `json:"digest"`
		} `json:"subject"`
	}
	if err := json.Unmarshal(payload, &st); err != nil {
		return err
	}
	of256, of384, of512 := sha256.Sum256(artifact), sha512.Sum384(artifact), sha512.Sum512(artifact)
	for algorithm, sum := range map[string][]byte{"sha256": of256[:], "sha384": of384[:], "sha512": of512[:]} {
		for _, s := range st.Subject {
			if strings.EqualFold(s.Digest[algorithm], hex.EncodeToString(sum)) {
				return nil
			}
		}
	}
	return errors.New("the statement is not about this artifact")
}

type attestStampCmd struct {
	Token     string `arg:"" help:"${help_attest_token}"`
	File      string `arg:"" help:"${help_attest_stamped}"`
	Authority string `help:"${help_attest_authority}" required:"" placeholder:"FILE"`
}

// Run verifies an RFC 3161 time stamp over a file, such as a bundle or an exported checkpoint, against authorities in PEM
// that the reader trusts: each a chain, the root last.
func (c *attestStampCmd) Run(p *program) error {
	token, err := readFile(c.Token)
	if err != nil {
		return err
	}
	message, err := readFile(c.File)
	if err != nil {
		return err
	}
	text, err := readFile(c.Authority)
	if err != nil {
		return err
	}
	var a timestamp.Authority
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return &lang.Error{Kind: lang.Unreadable, Where: c.Authority, Err: err, What: lang.T("証明書として読み取れません", "this cannot be read as a certificate")}
		}
		a.Certificates = append(a.Certificates, cert)
	}
	if len(a.Certificates) == 0 {
		return &lang.Error{Kind: lang.Unreadable, Where: c.Authority, What: lang.T("PEM の証明書がありません", "there is no certificate in PEM")}
	}
	stamp, err := timestamp.Verify(token, message, []timestamp.Authority{a})
	if err != nil {
		return &lang.Error{Kind: lang.Unverified, Where: c.Token, Err: err, What: lang.T("タイムスタンプを検証できませんでした", "the time stamp does not verify")}
	}
	return p.print(map[string]any{"ok": true, "at": stamp.At, "authority": stamp.Authority, "serial": stamp.Serial.String()}, func() {
		p.printf("%s は %s に存在していました（%s）", "%s existed at %s (%s)", c.File, stamp.At.In(calendar.Japan).Format(time.DateTime), stamp.Authority)
	})
}
