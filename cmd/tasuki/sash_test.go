package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// Five parties in five workspaces share nothing but files: request, answer, declare, hand on, verify; and then everything
// that can be wrong with what the customer holds is found and named.
func TestSash(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/sash", RequireUniqueNames: true, Setup: setUpSash, Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"as": asCommand, "clock": clockCommand, "take": takeCommand, "settle": settleCommand, "forge": forgeCommand, "cut": cutCommand, "finds": findsCommand,
		"others": othersCommand, "obeys": obeysCommand}})
}

func setUpSash(env *testscript.Env) error {
	env.Values[dutyKey{}] = &dutyRun{clock: dutiesStart}
	for name, value := range map[string]string{"TASUKI_LANG": "en", "TASUKI_PASSWORD": "correct horse battery", "TASUKI_NEW_PASSWORD": "correct horse battery"} {
		env.Setenv(name, value)
	}
	return nil
}

// settleCommand closes every duty about a release with an exception and a claim that alice drafts and bob approves, so
// that it can be declared:
//
//	settle SOFTWARE VERSION UNTIL
func settleCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: settle SOFTWARE VERSION UNTIL")
	}
	r := ts.Value(dutyKey{}).(*dutyRun)
	r.clock = r.clock.Add(time.Minute)
	ctx, at := context.Background(), r.clock
	db, err := store.Open(ctx, store.Options{Dir: ts.Getenv("TASUKI_DATA"), Now: func() time.Time { return at }})
	ts.Check(err)
	defer db.Close()
	accounts, err := db.Accounts(ctx)
	ts.Check(err)
	person := func(name string) store.Actor {
		i := slices.IndexFunc(accounts, func(a store.Account) bool { return a.Name == name })
		return store.Actor{Account: accounts[i].ID, Via: store.CLI}
	}
	target := judging.Target{Software: args[0], Release: args[1]}
	about, err := judging.Subject(ctx, db, person("alice"), target)
	ts.Check(err)
	sheet, err := judging.SheetOf(ctx, db, "en", about, target, false)
	ts.Check(err)
	for _, d := range sheet.Duties {
		for _, kind := range []string{"exception", "claim"} {
			if verify.Status(d.Status).Closed() {
				continue
			}
			claim, err := office.ReadClaim(office.ClaimWords{Requirement: string(d.ID), Kind: kind, Role: string(d.Role), Text: "as agreed for this example", Until: args[2]}, at)
			ts.Check(err)
			claim.Party, claim.Subject, err = office.ClaimAbout(ctx, db, person("alice"), target)
			ts.Check(err)
			claim, err = office.DraftClaim(ctx, db, person("alice"), claim)
			ts.Check(err)
			_, err = office.Approve(ctx, db, person("bob"), claim.ID, "password")
			ts.Check(err)
		}
	}
	ts.Check(judging.Reassess(ctx, db, person("bob"), "approved"))
}

// findsCommand verifies a bundle and wants exactly this step to be the first that does not hold, and exit code 5:
//
//	finds STEP FILE [OPTION…]
func findsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: finds STEP FILE [OPTION…]")
	}
	r := ts.Value(dutyKey{}).(*dutyRun)
	var out bytes.Buffer
	code := r.tasuki(ts, "", append([]string{"verify", "--json"}, args[1:]...), &out)
	var report relay.Report
	ts.Check(json.Unmarshal(out.Bytes(), &report))
	bad := slices.DeleteFunc(report.Steps, func(s relay.Step) bool { return s.OK })
	if code != 5 || report.OK || len(bad) == 0 {
		ts.Fatalf("exit code %d, want 5 and the step %q\n%s", code, args[0], out.String())
	}
	if bad[0].Name != args[0] || bad[0].Where == "" || bad[0].Detail == "" {
		ts.Fatalf("the first step that does not hold is %+v, want %q with its place", bad[0], args[0])
	}
	ts.Logf("%s: %s [%s %s]", bad[0].Name, bad[0].Detail, bad[0].Bundle, bad[0].Where)
}

// cutCommand takes the content of the members that begin with a name out of a bundle's file:
//
//	cut PREFIX IN OUT
func cutCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: cut PREFIX IN OUT")
	}
	var f verify.File
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &f))
	for i, m := range f.Members {
		if strings.HasPrefix(m.Name, args[0]) {
			f.Members[i].Content = nil
		}
	}
	b, err := f.Bytes()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b, 0o600))
}

// forgeCommand has the holder of a workspace's key sign what is not so:
//
//	forge LIE IN OUT WORKSPACE
func forgeCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: forge LIE IN OUT WORKSPACE")
	}
	lie, known := lies[args[0]]
	if !known {
		ts.Fatalf("there is no lie %q", args[0])
	}
	l, err := openLie([]byte(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Check(lie(l))
	key, err := keys.Read(filepath.Join(ts.MkAbs(args[3]), "keys", "signing.json"), nil)
	ts.Check(err)
	b, err := l.sign(key)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b, 0o600))
}

// lies are what a signer may say against better knowledge.
var lies = map[string]func(*lie) error{
	// evidence that lapses is passed off as good for two years more
	"stale": func(l *lie) error {
		l.declaration.Validity.Until = l.declaration.Validity.Until.AddDate(2, 0, 0)
		return nil
	},
	// a role is declared, and its duties are left out
	"missing-role": func(l *lie) error {
		l.drop(func(c verify.Commitment) bool { return c.Role == guideline.Supplier })
		return nil
	},
	// the suppliers' bundles are left out
	"truncated": func(l *lie) error { return l.remove(verify.Upstream) },
	// the suppliers' bundles are left out, as if there had been none
	"truncated-silently": func(l *lie) error {
		for i := range l.declaration.Engaged {
			l.declaration.Engaged[i].Bundle = ""
		}
		return l.remove(verify.Upstream)
	},
	// another SBOM is put in, and the hand-over signed anew; the declaration stays as it was
	"swapped-sbom": func(l *lie) error {
		l.keepDeclaration = true
		for _, r := range l.declaration.Supporting {
			if r.Kind == verify.SBOM {
				l.members[r.Name] = append(bytes.Clone(l.members[r.Name]), '\n')
			}
		}
		return nil
	},
}

// lie is a bundle taken apart.
type lie struct {
	declaration     verify.Declaration
	manifest        verify.Manifest
	envelope        []byte
	disclosures     [][]byte
	members         map[string][]byte // supporting documents and the proof
	keepDeclaration bool
}

func openLie(b []byte) (*lie, error) {
	o, err := verify.Open(b)
	if err != nil {
		return nil, err
	}
	l := &lie{declaration: o.Declaration, manifest: o.Manifest, envelope: o.Envelope, members: map[string][]byte{}}
	for i := range o.Declaration.Commitments {
		l.disclosures = append(l.disclosures, o.Member(verify.DisclosureMember(i)))
	}
	for _, m := range o.Manifest.Members {
		if m.Kind != verify.DeclarationKind && m.Kind != verify.DisclosureKind && m.Kind != verify.ProofKind {
			l.members[m.Name] = o.Member(m.Name)
		}
	}
	return l, nil
}

// drop leaves commitments out, and counts again.
func (l *lie) drop(which func(verify.Commitment) bool) {
	d := &l.declaration
	var kept []verify.Commitment
	var shown [][]byte
	distinct := map[guideline.ID]bool{}
	for i, c := range d.Commitments {
		if which(c) {
			var answer verify.Disclosure
			_ = json.Unmarshal(l.disclosures[i], &answer) // it was read before
			switch answer.Answer.Status {
			case verify.Met:
				d.Counts.Met--
			case verify.MetWithException:
				d.Counts.MetWithException--
			}
			d.Counts.Duties--
			continue
		}
		kept, shown = append(kept, c), append(shown, l.disclosures[i])
		distinct[c.Requirement] = true
	}
	d.Commitments, l.disclosures, d.Counts.Requirements = kept, shown, len(distinct)
}

// remove leaves documents of a kind out, and every mention of them in the answers.
func (l *lie) remove(kind verify.ResourceKind) error {
	d := &l.declaration
	gone := map[string]bool{}
	d.Supporting = slices.DeleteFunc(slices.Clone(d.Supporting), func(r verify.Resource) bool {
		gone[r.Digest] = gone[r.Digest] || r.Kind == kind
		return r.Kind == kind
	})
	for i, b := range l.disclosures {
		var answer verify.Disclosure
		if err := verify.Unmarshal(b, &answer); err != nil {
			return err
		}
		answer.Answer.Evidence = slices.DeleteFunc(answer.Answer.Evidence, func(digest string) bool { return gone[digest] })
		if a := &answer.Answer; a.Basis == verify.Claim && len(a.Evidence) == 0 && a.Status == verify.Met && !a.StatedOnly {
			a.StatedOnly = true
			d.Counts.StatedOnly++
		}
		b, err := verify.Marshal(answer)
		if err != nil {
			return err
		}
		l.disclosures[i], d.Commitments[i].Digest = b, verify.Digest(b)
	}
	return nil
}

func (l *lie) sign(key keys.Key) ([]byte, error) {
	type member struct {
		verify.Member
		kind verify.ResourceKind
	}
	if !l.keepDeclaration {
		payload, err := verify.Marshal(verify.Statement[verify.Declaration]{Type: verify.StatementType, PredicateType: verify.DeclarationType,
			Subject: l.declaration.Subjects(), Predicate: l.declaration})
		if err != nil {
			return nil, err
		}
		e, err := verify.SignEnvelope(verify.PayloadType, payload, key.Private)
		if err != nil {
			return nil, err
		}
		if l.envelope, err = verify.Marshal(e); err != nil {
			return nil, err
		}
	}
	var all []member
	add := func(name string, kind verify.ResourceKind, mediaType string, content []byte) {
		all = append(all, member{verify.Member{Name: name, MediaType: mediaType, Digest: verify.Digest(content), Size: int64(len(content)), Content: content}, kind})
	}
	add(verify.DeclarationMember, verify.DeclarationKind, verify.EnvelopeMediaType, l.envelope)
	l.manifest.Shown, l.manifest.Withheld = []int{}, []verify.Withheld{}
	for i, d := range l.disclosures {
		add(verify.DisclosureMember(i), verify.DisclosureKind, verify.DisclosureMediaType, d)
		l.manifest.Shown = append(l.manifest.Shown, i)
	}
	for _, r := range l.declaration.Supporting {
		if content := l.members[r.Name]; content != nil {
			add(r.Name, r.Kind, r.MediaType, content)
		} else {
			all = append(all, member{verify.Member{Name: r.Name, MediaType: r.MediaType, Digest: r.Digest, Size: r.Size}, r.Kind})
		}
	}
	slices.SortFunc(all, func(a, b member) int { return strings.Compare(a.Name, b.Name) })
	f := verify.File{Format: verify.BundleFormat, Keys: [][]byte{verify.Public(key.Private)}, Members: []verify.Member{}}
	l.manifest.Members = nil
	for _, m := range all {
		f.Members = append(f.Members, m.Member)
		l.manifest.Members = append(l.manifest.Members, verify.ManifestMember{Name: m.Name, Kind: m.kind, MediaType: m.MediaType, Digest: m.Digest, Size: m.Size, Embedded: len(m.Content) > 0})
	}
	payload, err := verify.Marshal(verify.Statement[verify.Manifest]{Type: verify.StatementType, PredicateType: verify.ManifestType, Subject: l.manifest.Subjects(), Predicate: l.manifest})
	if err != nil {
		return nil, err
	}
	if f.Manifest, err = verify.SignEnvelope(verify.PayloadType, payload, key.Private); err != nil {
		return nil, err
	}
	return f.Bytes()
}
