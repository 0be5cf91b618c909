package verify_test

import (
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/verify"
)

// A forgery is a bundle whose signer lies: everything is signed and bound as it should be, but the content is whatever
// a test makes of it. Package declare would refuse to make it.
type forgery struct {
	Subjects    []verify.Subject // nil: as they should be
	Declaration verify.Declaration
	Disclosures []verify.Disclosure
	Documents   []declare.Document
	Manifest    func(*verify.Manifest)
	File        func(*verify.File)
	Key, Sender ed25519.PrivateKey
}

// forge makes the sample (changed by input, which may be nil), lets change lie about it, and signs.
func forge(t testing.TB, input func(*declare.Input), change func(*forgery)) []byte {
	t.Helper()
	in := declaretest.Input()
	if input != nil {
		input(&in)
	}
	key := declaretest.Key("vendor")
	s, err := declare.Sign(in, key)
	if err != nil {
		t.Fatal(err)
	}
	f := &forgery{Declaration: s.Declaration, Documents: s.Documents, Key: key, Sender: key}
	for _, b := range s.Disclosures {
		var d verify.Disclosure
		if err := verify.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		f.Disclosures = append(f.Disclosures, d)
	}
	change(f)
	return f.bytes(t)
}

func (f *forgery) bytes(t testing.TB) []byte {
	t.Helper()
	m := verify.Manifest{ID: "1", Sender: f.Declaration.Issuer, CreatedAt: declaretest.Now, Members: []verify.ManifestMember{}, Shown: []int{}, Withheld: []verify.Withheld{}}
	file := verify.File{Format: verify.BundleFormat, Members: []verify.Member{}}
	kinds := map[string]verify.ResourceKind{}
	add := func(name string, kind verify.ResourceKind, mediaType string, content []byte) {
		file.Members = append(file.Members, verify.Member{Name: name, MediaType: mediaType, Digest: verify.Digest(content), Size: int64(len(content)), Content: content})
		kinds[name] = kind
	}
	for i, d := range f.Disclosures {
		b := marshal(t, d)
		if i < len(f.Declaration.Commitments) {
			f.Declaration.Commitments[i].Digest = verify.Digest(b)
		}
		m.Shown = append(m.Shown, i)
		add(verify.DisclosureMember(i), verify.DisclosureKind, verify.DisclosureMediaType, b)
	}
	for _, d := range f.Documents {
		add(d.Name, d.Kind, d.MediaType, d.Content)
	}
	if f.Subjects == nil {
		f.Subjects = f.Declaration.Subjects()
	}
	add(verify.DeclarationMember, verify.DeclarationKind, verify.EnvelopeMediaType, marshal(t, sign(t, f.Key, verify.Statement[verify.Declaration]{
		Type: verify.StatementType, PredicateType: verify.DeclarationType, Subject: f.Subjects, Predicate: f.Declaration})))
	slices.SortFunc(file.Members, func(a, b verify.Member) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range file.Members {
		m.Members = append(m.Members, verify.ManifestMember{Name: p.Name, Kind: kinds[p.Name], MediaType: p.MediaType, Digest: p.Digest, Size: p.Size, Embedded: len(p.Content) > 0})
	}
	if f.Manifest != nil {
		f.Manifest(&m)
	}
	file.Manifest = sign(t, f.Sender, verify.Statement[verify.Manifest]{Type: verify.StatementType, PredicateType: verify.ManifestType, Subject: m.Subjects(), Predicate: m})
	file.Keys = [][]byte{f.Key.Public().(ed25519.PublicKey)}
	if !f.Key.Equal(f.Sender) {
		file.Keys = append(file.Keys, f.Sender.Public().(ed25519.PublicKey))
		slices.SortFunc(file.Keys, slices.Compare)
	}
	if f.File != nil {
		f.File(&file)
	}
	return marshal(t, file)
}

func sign(t testing.TB, key ed25519.PrivateKey, statement any) verify.Envelope {
	t.Helper()
	payload := marshal(t, statement)
	return verify.Envelope{PayloadType: verify.PayloadType, Payload: payload, Signatures: []verify.Signature{{
		KeyID: verify.Fingerprint(key.Public().(ed25519.PublicKey)), Sig: ed25519.Sign(key, verify.PAE(verify.PayloadType, payload))}}}
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := verify.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// clone copies a declaration deeply enough to change it.
func clone[T any](t testing.TB, v T) T {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out T
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
