package verify_test

import (
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/ledger"
	"example.org/tasuki/verify"
)

// A forgery is a bundle whose signer lies: everything is signed and bound as it should be, but the content is whatever
// a test makes of it. Package declare would refuse to make it.
type forgery struct {
	Subjects    []verify.Subject // nil: as they should be
	Declaration verify.Declaration
	Disclosures []verify.Disclosure
	Documents   []declare.Document
	Withhold    []int                           // answers that are not shown
	ByDigest    []string                        // documents whose content is not there
	Prove       func(declaration string) []byte // makes the proof for the declaration's digest; nil: none
	Manifest    func(*verify.Manifest)
	File        func(*verify.File)
	Key, Sender crypto.Signer
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
		if slices.Contains(f.Withhold, i) {
			m.Withheld = append(m.Withheld, verify.Withheld{Index: i})
			continue
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
	envelope := marshal(t, sign(t, f.Key, verify.Statement[verify.Declaration]{
		Type: verify.StatementType, PredicateType: verify.DeclarationType, Subject: f.Subjects, Predicate: f.Declaration}))
	add(verify.DeclarationMember, verify.DeclarationKind, verify.EnvelopeMediaType, envelope)
	if f.Prove != nil {
		add(verify.ProofMember, verify.ProofKind, verify.ProofMediaType, f.Prove(verify.Digest(envelope)))
	}
	slices.SortFunc(file.Members, func(a, b verify.Member) int { return strings.Compare(a.Name, b.Name) })
	for i, p := range file.Members {
		if slices.Contains(f.ByDigest, p.Name) {
			file.Members[i].Content, p.Content = nil, nil
		}
		m.Members = append(m.Members, verify.ManifestMember{Name: p.Name, Kind: kinds[p.Name], MediaType: p.MediaType, Digest: p.Digest, Size: p.Size, Embedded: len(p.Content) > 0})
	}
	if f.Manifest != nil {
		f.Manifest(&m)
	}
	file.Manifest = sign(t, f.Sender, verify.Statement[verify.Manifest]{Type: verify.StatementType, PredicateType: verify.ManifestType, Subject: m.Subjects(), Predicate: m})
	file.Keys = [][]byte{verify.Public(f.Key), verify.Public(f.Sender)}
	slices.SortFunc(file.Keys, slices.Compare)
	file.Keys = slices.CompactFunc(file.Keys, slices.Equal)
	if f.File != nil {
		f.File(&file)
	}
	return marshal(t, file)
}

func sign(t testing.TB, key crypto.Signer, statement any) verify.Envelope {
	t.Helper()
	e, err := verify.SignEnvelope(verify.PayloadType, marshal(t, statement), key)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// logged gives the proof of one entry of a log of these entries.
func logged(t testing.TB, origin string, key ed25519.PrivateKey, entries [][]byte, i int) verify.Proof {
	t.Helper()
	var hashes []tlog.Hash
	read := func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, at := range indexes {
			out = append(out, hashes[at])
		}
		return out, nil
	}
	stored, err := ledger.Append(0, entries, read)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range stored {
		hashes = append(hashes, h.Hash)
	}
	size := int64(len(entries))
	tree, err := ledger.Root(size, read)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := ledger.Checkpoint(origin, tree, key)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ledger.Prove(entries[i], int64(i), size, checkpoint, read)
	if err != nil {
		t.Fatal(err)
	}
	return *p
}

// entered is the entry that a ledger has of what happened to a declaration.
func entered(t testing.TB, action, declaration string) []byte {
	return marshal(t, verify.Entry{ID: "e1", At: declaretest.Now.UnixMilli(), Actor: verify.Digest([]byte("salted")), Via: "cli", Action: action,
		Object: verify.EntryObject{Kind: "declaration", ID: declaration}})
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
