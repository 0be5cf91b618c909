package verify_test

import (
	"strings"
	"testing"

	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

func TestReadersFiles(t *testing.T) {
	trust, err := verify.FormatTrust(declaretest.Trust("vendor", "parts"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := verify.ParseTrust(trust); err != nil || len(got) != 2 || got[1].Name != "parts" {
		t.Errorf("trust: %+v, %v", got, err)
	}
	seen, err := verify.FormatSeen([]verify.Seen{{Issuer: "a", Series: "b", Serial: 3, Digest: verify.Digest(nil)}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := verify.ParseSeen(seen); err != nil || len(got) != 1 || got[0].Serial != 3 {
		t.Errorf("seen: %+v, %v", got, err)
	}
	if got, err := verify.ParseSeen(declaretest.Bundle(t, nil)); err != nil || len(got) != 1 || got[0].Series != "software-1" || got[0].Serial != 1 {
		t.Errorf("seen from a bundle: %+v, %v", got, err)
	}
	revoked := []byte(`{"format": "tasuki-revocations/v1", "revoked": [{"declaration": "urn:x", "reason": "誤記"}]}`)
	if got, err := verify.ParseRevocations(revoked); err != nil || len(got) != 1 || got[0].Reason != "誤記" {
		t.Errorf("revocations: %+v, %v", got, err)
	}
	if got, err := verify.ParseRevocations([]byte(`{"format":"tasuki-revocations/v1","revoked":[]}`)); err != nil || got == nil {
		t.Errorf("an empty list must say that nothing is revoked: %v, %v", got, err)
	}
}

func TestReadersFilesRefused(t *testing.T) {
	parse := map[string]func([]byte) error{
		"trust":       func(b []byte) error { _, err := verify.ParseTrust(b); return err },
		"seen":        func(b []byte) error { _, err := verify.ParseSeen(b); return err },
		"revocations": func(b []byte) error { _, err := verify.ParseRevocations(b); return err },
	}
	for _, c := range []struct{ kind, in string }{
		{"trust", ``}, {"trust", `[]`}, {"trust", `{"format":"tasuki-trust/v2","keys":[]}`},
		{"trust", `{"format":"tasuki-trust/v1","keys":[{"name":"x","key":"AAAA"}]}`},
		{"trust", `{"format":"tasuki-trust/v1","keys":[],"kyes":[]}`},
		{"trust", `{"format":"tasuki-trust/v1","keys":[]} {}`},
		{"trust", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"},
		{"trust", rsaPEM},
		{"seen", `{"format":"tasuki-trust/v1","keys":[]}`},
		{"revocations", `{"format":"tasuki-revocations/v1","revoked":[{"reason":"neither"}]}`},
		{"revocations", `{"format":"tasuki-revocations/v1","revoked":[{"key":"a","declaration":"b"}]}`},
	} {
		if err := parse[c.kind]([]byte(c.in)); lang.KindOf(err) != lang.Unreadable {
			t.Errorf("%s %.60q: got %v, want it refused", c.kind, strings.TrimSpace(c.in), err)
		}
	}
}

func FuzzReadersFiles(f *testing.F) {
	trust, _ := verify.FormatTrust(declaretest.Trust("vendor"))
	f.Add(trust)
	f.Add([]byte(`{"format":"tasuki-revocations/v1","revoked":[{"key":"a","from":"2026-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"format":"tasuki-seen/v1","seen":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := verify.ParseTrust(b)
		for _, k := range keys {
			if err == nil && len(k.Key) != 32 {
				t.Errorf("a key of %d bytes", len(k.Key))
			}
		}
		_, _ = verify.ParseRevocations(b)
		_, _ = verify.ParseSeen(b)
	})
}

// rsaPEM is a public key that is no Ed25519 key.
const rsaPEM = `-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCU+yjVpPE8HuVBAL5yFAoq/mPM
s//RqWy3MJPfZl0w5Cbr9YJGHcqts8fv3s0aQvnfhzaXitqylEyV8tRziuDYyLEh
WDqvUNZGO8KhrHfYe3HbMDKmn4X15AfaE5f7I2QJRRkSX6aNUAPYS8A2WhgpN9OC
RHzWDU+dDlMyA3etgQIDAQAB
-----END PUBLIC KEY-----
`
