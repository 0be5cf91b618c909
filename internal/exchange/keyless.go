package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/sigstore"
	"example.org/tasuki/internal/store"
)

// KeylessSetting is the key of the setting that holds whose keyless signatures we trust.
const KeylessSetting = "keyless"

// Keyless is whose signatures without a key of their own (Sigstore) count in this workspace.
type Keyless struct {
	Root    json.RawMessage   `json:"root"` // the trusted root they are held against (trusted_root.json), or an array of several
	Signers []sigstore.Signer `json:"signers"`
}

// KeylessTrust gives whose keyless signatures the workspace trusts.
func KeylessTrust(ctx context.Context, db *store.DB) (Keyless, error) {
	k := Keyless{Signers: []sigstore.Signer{}}
	_, err := db.Setting(ctx, KeylessSetting, &k)
	return k, err
}

// Who gives a function that says which trusted signer a Sigstore bundle is by, empty for nobody; nil when nobody is
// trusted. Each bundle is verified whole and offline, see [sigstore.Verify].
func (k Keyless) Who() (func(bundle []byte) string, error) {
	if len(k.Signers) == 0 {
		return nil, nil
	}
	root, err := sigstore.ParseRoot(k.Root)
	if err != nil {
		return nil, err
	}
	return func(bundle []byte) string {
		got, err := sigstore.Verify(bundle, root, sigstore.Options{Signers: k.Signers})
		if err != nil {
			return ""
		}
		if got.Issuer == "" {
			return got.Identity
		}
		return got.Identity + " (" + got.Issuer + ")"
	}, nil
}

// TrustKeyless adds a signer. A root, or several as JSON Lines, takes the place of what is kept; without one there has to be
// one already.
func TrustKeyless(ctx context.Context, db *store.DB, actor store.Actor, s sigstore.Signer, root []byte) error {
	if s.Identity == "" || s.Issuer == "" {
		return &lang.Error{Kind: lang.Usage, What: lang.T("署名者の識別子と、それを確認する発行者の両方が必要です", "a signer is trusted by its identity and by who vouches for it"),
			Next: lang.T("証明書にある識別子（メールアドレス又はワークフローのURI）と発行者のURLを指定してください", "give the identity of its certificate (an address or the URI of a workflow) and the URL of the issuer")}
	}
	if root != nil {
		if _, err := sigstore.ParseRoot(root); err != nil {
			return &lang.Error{Kind: lang.Unreadable, Err: err, What: lang.T("信頼の起点（trusted root）として読み取れません", "this cannot be read as a trusted root")}
		}
	}
	return changeKeyless(ctx, db, actor, "trusted", s, func(k *Keyless) error {
		if root != nil {
			k.Root = oneValue(root)
		}
		if len(k.Root) == 0 {
			return &lang.Error{Kind: lang.Usage, What: lang.T("署名を検証する信頼の起点（trusted root）がまだありません", "there is no trusted root yet to verify signatures against"),
				Next: lang.T("trusted_root.json を指定してください（コマンドでは --root）", "give trusted_root.json (on the command line with --root)")}
		}
		if !slices.Contains(k.Signers, s) {
			k.Signers = append(k.Signers, s)
		}
		return nil
	})
}

// oneValue gives JSON Lines that were read before as an array, and one value as it is.
func oneValue(lines []byte) json.RawMessage {
	if json.Valid(lines) {
		return lines
	}
	var all []json.RawMessage
	for d := json.NewDecoder(bytes.NewReader(lines)); ; {
		var one json.RawMessage
		if d.Decode(&one) != nil {
			break
		}
		all = append(all, one)
	}
	b, _ := json.Marshal(all) // what was decoded marshals
	return b
}

// DistrustKeyless takes a signer off the list; without an issuer every one of the identity.
func DistrustKeyless(ctx context.Context, db *store.DB, actor store.Actor, gone sigstore.Signer) error {
	return changeKeyless(ctx, db, actor, "no longer trusted", gone, func(k *Keyless) error {
		n := len(k.Signers)
		k.Signers = slices.DeleteFunc(k.Signers, func(s sigstore.Signer) bool {
			return s.Identity == gone.Identity && (gone.Issuer == "" || s.Issuer == gone.Issuer)
		})
		if len(k.Signers) == n {
			return &lang.Error{Kind: lang.NotFound, What: lang.F("「%s」は信頼する署名者として登録されていません", "the signer %q is not trusted", gone.Identity)}
		}
		return nil
	})
}

func changeKeyless(ctx context.Context, db *store.DB, actor store.Actor, action string, about sigstore.Signer, change func(*Keyless) error) error {
	return db.InTx(ctx, actor, func(tx *store.Tx) error {
		k := Keyless{Signers: []sigstore.Signer{}}
		revision, err := tx.Setting(ctx, KeylessSetting, &k)
		if err != nil {
			return err
		}
		if err := change(&k); err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, KeylessSetting, k, revision); err != nil {
			return err
		}
		return tx.Audit(ctx, action, store.Object{Kind: "key", ID: about.Identity}, about)
	})
}
