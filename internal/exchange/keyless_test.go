package exchange_test

import (
	"testing"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/sigstore"
	"example.org/tasuki/internal/store/storetest"
	"example.org/tasuki/internal/testshared"
)

// TestKeyless knows a real bundle by its signer, and by nobody else; only with a trusted root, and until it is taken back.
func TestKeyless(t *testing.T) {
	var bundle, root []byte
	for name, b := range testshared.Files(t, "attestations/attestations.tar.gz") {
		switch name {
		case "sigstore-conformance/bundle-verify/happy-path-intoto-in-dsse-v3/bundle.sigstore.json":
			bundle = b
		case "sigstore-go/examples/trusted-root-public-good.json":
			root = b
		}
	}
	db, ctx := storetest.New(t), t.Context()
	signer := sigstore.Signer{
		Identity: "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main",
		Issuer:   "https://token.actions.githubusercontent.com",
	}
	who := func() string {
		t.Helper()
		k, err := exchange.KeylessTrust(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		of, err := k.Who()
		if err != nil {
			t.Fatal(err)
		}
		if of == nil {
			return "nobody is trusted"
		}
		return of(bundle)
	}
	if err := exchange.TrustKeyless(ctx, db, by, signer, nil); lang.KindOf(err) != lang.Usage {
		t.Errorf("without a trusted root: %v", err)
	}
	if err := exchange.TrustKeyless(ctx, db, by, signer, []byte("{")); lang.KindOf(err) != lang.Unreadable {
		t.Errorf("a broken root: %v", err)
	}
	if err := exchange.TrustKeyless(ctx, db, by, sigstore.Signer{Identity: signer.Identity}, root); lang.KindOf(err) != lang.Usage {
		t.Errorf("without an issuer: %v", err)
	}
	if err := exchange.DistrustKeyless(ctx, db, by, signer); lang.KindOf(err) != lang.NotFound {
		t.Errorf("one that was never trusted: %v", err)
	}
	other := sigstore.Signer{Identity: "somebody@example.com", Issuer: signer.Issuer}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, "nobody is trusted"},
		{func() error { return exchange.TrustKeyless(ctx, db, by, other, root) }, ""},
		{func() error { return exchange.TrustKeyless(ctx, db, by, signer, nil) }, signer.Identity + " (" + signer.Issuer + ")"},
		{func() error { return exchange.DistrustKeyless(ctx, db, by, sigstore.Signer{Identity: signer.Identity}) }, ""},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got := who(); got != step.want {
			t.Errorf("signed by %q, want %q", got, step.want)
		}
	}
}
