package main

import (
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

type declareCmd struct {
	passing
	Software    string   `help:"${help_software}" placeholder:"NAME"`
	Release     string   `help:"${help_release}" placeholder:"VERSION"`
	System      string   `help:"${help_system}" placeholder:"NAME"`
	Arrangement string   `help:"${help_declare_arrangement}" placeholder:"ID"`
	Output      string   `short:"o" help:"${help_output}" required:"" placeholder:"FILE"`
	Title       string   `help:"${help_declare_title}"`
	Place       string   `help:"${help_declare_place}"`
	Supersedes  string   `help:"${help_declare_supersede}" placeholder:"ID"`
	Redact      []string `name:"redact-upstream" help:"${help_declare_redact}" placeholder:"PARTY"`
	Conceal     []string `name:"conceal-upstream" help:"${help_declare_conceal}" placeholder:"PARTY"`
	Limitation  []string `help:"${help_declare_limitation}"`
	Again       bool     `help:"${help_declare_again}"`
}

// Run signs the approved draft about a release and writes its bundle. Without one it drafts, and says who has to do what
// before it can be signed.
func (c *declareCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	who, _, err := p.signIn(db)
	if err != nil {
		return err
	}
	actor := store.Actor{Account: who.ID, Via: store.CLI}
	req, err := c.request(p, db, actor)
	if err != nil {
		return err
	}
	d, found, err := approved(p, db, req)
	if err != nil {
		return err
	}
	if !found || c.Again {
		return c.draft(p, db, who, actor, req)
	}
	if err := auth.Require(who, auth.Approve); err != nil {
		return err
	}
	key, err := upkeep.SigningKey(db, []byte(p.secret("TASUKI_KEY_PASSPHRASE")))
	if err != nil {
		return err
	}
	signing, err := c.sealed(key.Private)
	if err != nil {
		return err
	}
	bundle, d, err := relay.Issue(p.ctx, db, actor, d.ID, signing)
	if err != nil {
		return err
	}
	if err := writeNew(c.Output, bundle); err != nil {
		return err
	}
	return p.print(map[string]any{"id": d.ID, "kind": d.Kind, "serial": d.Serial, "file": c.Output, "digest": verify.Digest(bundle), "key": key.Fingerprint()}, func() {
		p.printf("%sを発行しました: %s", "issued a %s: %s", verify.Kind(d.Kind).Title().In(p.lang), c.Output)
		p.printf("バンドルのダイジェスト %s、鍵の指紋 %s", "bundle %s, key fingerprint %s", verify.Digest(bundle), key.Fingerprint())
	})
}

func (c *declareCmd) request(p *program, db *store.DB, actor store.Actor) (relay.DraftRequest, error) {
	req := relay.DraftRequest{Arrangement: c.Arrangement, Supersedes: c.Supersedes, Redact: c.Redact, Conceal: c.Conceal}
	for _, l := range c.Limitation {
		req.Limitations = append(req.Limitations, lang.T(l, l))
	}
	s, err := judging.Subject(p.ctx, db, actor, judging.Target{Software: c.Software, Release: c.Release, System: c.System})
	if err != nil {
		return req, err
	}
	switch s.Kind {
	case fact.System:
		req.System = s.ID
	case fact.Release:
		r, err := db.ReleaseByID(p.ctx, s.ID)
		if err != nil {
			return req, err
		}
		req.Software, req.Release = r.Software, r.ID
	default:
		return req, &lang.Error{Kind: lang.Usage, What: lang.T("宣言するリリースがありません", "there is no release to declare"),
			Next: lang.T("--release で版を指定してください", "name it with --release")}
	}
	return req, nil
}

// approved finds the latest draft about the same thing that was approved and is not issued yet.
func approved(p *program, db *store.DB, req relay.DraftRequest) (store.Declaration, bool, error) {
	ds, err := db.Declarations(p.ctx, store.DeclarationFilter{State: store.DeclarationApproved})
	if err != nil {
		return store.Declaration{}, false, err
	}
	for i := len(ds) - 1; i >= 0; i-- {
		d := ds[i]
		if d.Release == req.Release && (d.Subject.ID == req.Software || d.Subject.ID == req.System) {
			return d, true, nil
		}
	}
	return store.Declaration{}, false, nil
}

func (c *declareCmd) draft(p *program, db *store.DB, who store.Account, actor store.Actor, req relay.DraftRequest) error {
	if err := auth.Require(who, auth.Edit); err != nil {
		return err
	}
	if len(req.Redact) > 0 {
		key, err := upkeep.SigningKey(db, []byte(p.secret("TASUKI_KEY_PASSPHRASE")))
		if err != nil {
			return err
		}
		req.Key = key.Private
	}
	d, err := relay.Draft(p.ctx, db, actor, req)
	if err != nil {
		return err
	}
	out := map[string]any{"id": d.ID, "kind": d.Kind, "state": d.State, "content_digest": d.ContentDigest}
	if err := p.print(out, func() {
		p.printf("%sを起案しました（%s）。まだ署名していません。", "drafted a %s (%s); it is not signed yet.", verify.Kind(d.Kind).Title().In(p.lang), d.ID)
		p.printf("次に、別の人が承認します: tasuki approve %s --as 承認者", "next, somebody else approves it: tasuki approve %s --as APPROVER", d.ID)
		p.printf("承認の後、同じコマンドで署名してバンドルを書き出します。", "then the same command signs it and writes the bundle.")
	}); err != nil {
		return err
	}
	return errSilent(lang.Gate)
}

func (c *declareCmd) sealed(key crypto.Signer) (relay.Signing, error) {
	s, err := c.passing.signing()
	if err != nil {
		return s, err
	}
	s.Key, s.Title, s.Place = key, c.Title, c.Place
	if strings.TrimSpace(c.Title) == "" {
		return s, &lang.Error{Kind: lang.Usage, What: lang.T("署名する人の役職がありません", "the signer's function is missing"),
			Next: lang.T("--title で指定してください（例: 代表取締役）", "give it with --title, for example \"Director\"")}
	}
	return s, nil
}

// writeNew writes a result file whole or not at all. An existing file is replaced.
func writeNew(file string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".tasuki-*")
	if err != nil {
		return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」に書き込めません", "cannot write %q", file), Err: err}
	}
	defer os.Remove(tmp.Name()) // nothing is left after the rename
	if _, err := tmp.Write(b); err != nil {
		tmp.Close()
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.Rename(tmp.Name(), file)
}
