package main

import (
	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

type attestCmd struct {
	SBOM  attestSBOMCmd  `cmd:"" name:"sbom" help:"${help_attest_sbom}"`
	Check attestCheckCmd `cmd:"" help:"${help_attest_check}"`
	Stamp attestStampCmd `cmd:"" help:"${help_attest_stamp}"`
}

type attestSBOMCmd struct {
	Software string `help:"${help_software}" required:"" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	Output   string `short:"o" help:"${help_output}" placeholder:"FILE"`
}

// Run ties the release's SBOM to its artifacts by the workspace's signature.
func (c *attestSBOMCmd) Run(p *program) error {
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	who, _, err := p.signIn(db)
	if err != nil {
		return err
	}
	if err := auth.Require(who, auth.Approve); err != nil {
		return err
	}
	actor := store.Actor{Account: who.ID, Via: store.CLI}
	s, err := judging.Subject(p.ctx, db, actor, judging.Target{Software: c.Software, Release: c.Release})
	if err != nil {
		return err
	}
	if s.Kind != fact.Release {
		return &lang.Error{Kind: lang.Usage, What: lang.T("リリースがありません", "there is no release"), Next: lang.T("--release で版を指定してください", "name it with --release")}
	}
	key, err := upkeep.SigningKey(db, []byte(p.secret("TASUKI_KEY_PASSPHRASE")))
	if err != nil {
		return err
	}
	b, err := intake.AttestSBOM(p.ctx, db, actor, s.ID, key.Private)
	if err != nil {
		return err
	}
	if c.Output != "" {
		if err := writeNew(c.Output, b); err != nil {
			return err
		}
	}
	return p.print(map[string]any{"digest": verify.Digest(b), "key": key.Fingerprint(), "file": c.Output}, func() {
		p.printf("SBOM と成果物を署名で結び付けました（%s、鍵 %s）", "tied the SBOM to the artifacts by signature (%s, key %s)", verify.Digest(b), key.Fingerprint())
	})
}
