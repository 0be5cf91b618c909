package verify_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/verify"
)

// TestTextsThatSpeak hides characters that do not show in texts that are no names: whoever prints a bundle that verified
// prints nothing that speaks to a terminal.
func TestTextsThatSpeak(t *testing.T) {
	for _, evil := range []string{"\x1b[2K\x1b[32mverified", "a\x00b", "rodnev\u202e", "\u2066x", "\u200bx", "\u2028x", "x\u00ad", "\U000e0041", "\u3164"} {
		for where, lie := range map[string]struct {
			step string
			do   func(*forgery)
		}{
			"a reason":         {verify.StepDisclosures, func(f *forgery) { f.Disclosures[0].Answer.Reasons[0].EN = evil }},
			"a limitation":     {verify.StepStatement, func(f *forgery) { f.Declaration.Limitations[0].JA = evil }},
			"an artifact":      {verify.StepStatement, func(f *forgery) { f.Declaration.Object.Artifacts[0].Name = evil }},
			"an approval":      {verify.StepStatement, func(f *forgery) { f.Declaration.Approvals[0].Note = evil }},
			"a party engaged":  {verify.StepStatement, func(f *forgery) { f.Declaration.Engaged = []verify.Engaged{{Name: evil, Roles: guideline.Roles}} }},
			"the sender":       {verify.StepStatement, func(f *forgery) { f.Manifest = func(m *verify.Manifest) { m.Sender.Name = evil } }},
			"the recipient":    {verify.StepStatement, func(f *forgery) { f.Manifest = func(m *verify.Manifest) { m.Recipient.Name = evil } }},
			"a member's name":  {verify.StepForm, func(f *forgery) { f.Documents[0].Name = "evidence/" + evil }},
			"the issuer's":     {verify.StepStatement, func(f *forgery) { f.Declaration.Issuer.Name = "A" + evil }},
			"the issuer's two": {verify.StepStatement, func(f *forgery) { f.Declaration.Issuer.Name = "A\nB" }},
		} {
			r := verify.Bundle(forge(t, nil, lie.do), options())
			if r.OK || failing(r)[0].Name != lie.step {
				t.Errorf("%q in %s is taken, or not by %q: %+v", evil, where, lie.step, failing(r))
			}
		}
	}
	for _, fine := range []string{"一行目\n二行目", "辻\U000e0100堂", "A　B"} {
		if r := verify.Bundle(forge(t, nil, func(f *forgery) { f.Disclosures[0].Answer.Reasons[0].JA = fine }), options()); !r.OK {
			t.Errorf("%q is refused: %+v", fine, failing(r))
		}
	}
}

// TestLookAlikes names an issuer whose name is written with letters of two scripts that look the same.
func TestLookAlikes(t *testing.T) {
	for name, named := range map[string]bool{"Tаsuki Software": true, "Αcme K.K.": true, "見本ソフトウェア Sample": false, "Яндекс Software": false} {
		r := verify.Bundle(forge(t, func(in *declare.Input) { in.Issuer.Name = name }, func(*forgery) {}), options())
		if !r.OK || slices.Contains(notChecked(r), "look_alike_name") != named {
			t.Errorf("%s: ok %v, not checked %v", name, r.OK, notChecked(r))
		}
	}
}

// TestOneNameForTwoFiles gives two artifacts one name: whoever looks one up would find either.
func TestOneNameForTwoFiles(t *testing.T) {
	r := verify.Bundle(forge(t, nil, func(f *forgery) {
		a := &f.Declaration.Object.Artifacts
		*a = append(*a, verify.Artifact{Name: (*a)[0].Name, Digest: verify.Digest([]byte("another"))})
	}), options())
	if r.OK || failing(r)[0].Name != verify.StepStatement {
		t.Errorf("taken: %+v", failing(r))
	}
}

// TestHandedOverTomorrow dates a hand-over after the reader's time: so nobody could step round the end of a key.
func TestHandedOverTomorrow(t *testing.T) {
	opt := options()
	b := forge(t, nil, func(f *forgery) { f.Manifest = created(opt.At.Add(time.Hour)) })
	if r := verify.Bundle(b, opt); r.OK || failing(r)[0].Name != verify.StepValidity {
		t.Errorf("taken: %+v", failing(r))
	}
	opt.At = opt.At.Add(time.Hour - time.Minute) // clocks may be a little apart
	if r := verify.Bundle(b, opt); !r.OK {
		t.Errorf("refused within a minute: %+v", failing(r))
	}
}

// TestKeyThatIsTrustedNoLonger names what only the signer says: that it signed while its key was trusted.
func TestKeyThatIsTrustedNoLonger(t *testing.T) {
	b := declaretest.Bundle(t, nil)
	for _, c := range []struct {
		name       string
		until      time.Time
		ok, named  bool
		judgedWhen time.Time
	}{
		{"trusted still", declaretest.Now.AddDate(0, 2, 0), true, false, declaretest.Now.AddDate(0, 1, 0)},
		{"the last moment", declaretest.Now.AddDate(0, 1, 0), true, false, declaretest.Now.AddDate(0, 1, 0)},
		{"ended since", declaretest.Now.AddDate(0, 0, 1), true, true, declaretest.Now.AddDate(0, 1, 0)},
		{"ended at the issue", declaretest.Now, true, true, declaretest.Now.AddDate(0, 1, 0)},
		{"ended before", declaretest.Now.Add(-time.Second), false, false, declaretest.Now.AddDate(0, 1, 0)},
	} {
		opt := options()
		opt.At, opt.Trust[0].Until = c.judgedWhen, c.until
		r := verify.Bundle(b, opt)
		if r.OK != c.ok || slices.Contains(notChecked(r), "issued_before_trust_ended") != c.named {
			t.Errorf("%s: ok %v, not checked %v", c.name, r.OK, notChecked(r))
		}
	}
}

// relying lets the vendor say for which roles it relies on whom, and which bundle is theirs.
func relying(up []byte, engaged ...verify.Engaged) func(*declare.Input) {
	return func(in *declare.Input) { bringing(up)(in); in.Engaged = engaged }
}

// TestSupplierWithoutTheRole finds a supplier that does not declare the role it is relied on for, and one bundle shown as
// that of two parties. The sample's supplier declares the role of supplier alone.
func TestSupplierWithoutTheRole(t *testing.T) {
	const name = "見本部品株式会社"
	up := supplier(t, nil)
	roles := func(r ...guideline.Role) []guideline.Role { return r }
	for _, c := range []struct {
		name    string
		engaged []verify.Engaged
		chain   bool
		fails   string // step; empty: ok
		named   string // in not_checked; empty: nothing
	}{
		{"as declared", []verify.Engaged{{Name: name, Roles: roles(guideline.Supplier), Bundle: upstreamName}}, true, "", ""},
		{"a role more", []verify.Engaged{{Name: name, Roles: roles(guideline.Developer, guideline.Supplier), Bundle: upstreamName}}, true, verify.StepReliedOn, ""},
		{"a role more, the chain not asked for", []verify.Engaged{{Name: name, Roles: roles(guideline.Operator), Bundle: upstreamName}}, false, "", "upstream_roles"},
		{"under another name", []verify.Engaged{{Name: "別名", Roles: roles(guideline.Supplier), Bundle: upstreamName}}, true, "", "upstream_name"},
		{"of two parties", []verify.Engaged{{Name: "A", Roles: roles(guideline.Supplier), Bundle: upstreamName}, {Name: "B", Roles: roles(guideline.Supplier), Bundle: upstreamName}}, false, verify.StepChain, ""},
	} {
		opt := options()
		opt.RequireChain = c.chain
		r := verify.Bundle(forge(t, relying(up, c.engaged...), func(*forgery) {}), opt)
		bad := failing(r)
		if r.OK != (c.fails == "") || c.fails != "" && bad[0].Name != c.fails {
			t.Errorf("%s: got %+v, want %q", c.name, bad, c.fails)
		}
		if !r.OK {
			continue
		}
		if got := slices.ContainsFunc(notChecked(r), func(n string) bool { return strings.HasPrefix(n, "upstream_") }); got != (c.named != "") || got && !slices.Contains(notChecked(r), c.named) {
			t.Errorf("%s: not checked %v, want %q", c.name, notChecked(r), c.named)
		}
	}
	byDigest := declaretest.Bundle(t, func(in *declare.Input, to *declare.HandOver) {
		relying(up, verify.Engaged{Name: name, Roles: roles(guideline.Operator), Bundle: upstreamName})(in)
		to.ByDigest = []string{upstreamName}
	})
	opt := options()
	opt.RequireChain = true
	if r := verify.Bundle(byDigest, opt); !r.OK {
		t.Errorf("what cannot be read is held against the issuer: %+v", failing(r))
	}
}

// TestProofOfSomethingElse puts in a proof that holds, of an entry about the same declaration that is not its issue, or
// that says the same in other bytes; and one from another log, and one of the tree before the entry.
func TestProofOfSomethingElse(t *testing.T) {
	key, other := declaretest.Key("ledger"), declaretest.Key("other ledger")
	const origin = "ledger.vendor.example"
	entries := func(declaration string) [][]byte {
		issued := entered(t, verify.Issued, declaration)
		return [][]byte{issued, entered(t, "revoked", declaration), bytes.Replace(issued, []byte(`{"action"`), []byte(`{"object":{"id":"","kind":""},"action"`), 1), []byte("x")}
	}
	for _, c := range []struct {
		name  string
		ok    bool
		prove func(declaration string) verify.Proof
	}{
		{"that it was issued", true, func(d string) verify.Proof { return logged(t, origin, key, entries(d), 0) }},
		{"that it was revoked", false, func(d string) verify.Proof { return logged(t, origin, key, entries(d), 1) }},
		{"a name twice", false, func(d string) verify.Proof { return logged(t, origin, key, entries(d), 2) }},
		{"of another", false, func(string) verify.Proof { return logged(t, origin, key, entries(verify.Digest(nil)), 0) }},
		{"another log under this name", false, func(d string) verify.Proof { return logged(t, origin, other, entries(d), 0) }},
		{"another name with this key", false, func(d string) verify.Proof { return logged(t, "ledger.other.example", key, entries(d), 0) }},
		{"the checkpoint before the entry", false, func(d string) verify.Proof {
			p := logged(t, origin, key, append([][]byte{[]byte("before")}, entries(d)...), 1)
			p.Checkpoint = logged(t, origin, key, [][]byte{[]byte("before")}, 0).Checkpoint
			return p
		}},
	} {
		b := forge(t, func(in *declare.Input) { in.Ledger = &verify.LedgerKey{Origin: origin, Key: verify.Public(key)} },
			func(f *forgery) { f.Prove = func(d string) []byte { return marshal(t, c.prove(d)) } })
		r := verify.Bundle(b, options())
		if bad := failing(r); r.OK != c.ok || !c.ok && (len(bad) != 1 || bad[0].Name != verify.StepLedger) {
			t.Errorf("%s: %+v", c.name, bad)
		}
	}
}

// TestBundlesThatGrow feeds small files that would take a reader much memory or time. What is refused is refused before it
// has taken more than a few times the file's size.
func TestBundlesThatGrow(t *testing.T) {
	many := func(of string) []byte { return []byte(strings.TrimSuffix(strings.Repeat(of+",", 3<<20), ",")) }
	text := string(declaretest.Bundle(t, nil))
	for name, b := range map[string][]byte{
		"members":    []byte(strings.Replace(text, `"members":[`, `"members":[`+string(many("{}"))+",", 1)),
		"keys":       []byte(strings.Replace(text, `"keys":[`, `"keys":[`+string(many(`""`))+",", 1)),
		"signatures": []byte(strings.Replace(text, `"signatures":[`, `"signatures":[`+string(many("{}"))+",", 1)),
	} {
		if used := allocated(func() {
			if r := verify.Bundle(b, options()); r.OK || verify.ExitCode(r) != 6 {
				t.Errorf("%s: exit code %d, %+v", name, verify.ExitCode(r), failing(r))
			}
		}); used > uint64(4*len(b)) {
			t.Errorf("%s: a file of %d bytes took %d bytes", name, len(b), used)
		}
	}
	keys := forge(t, nil, func(f *forgery) {
		f.File = func(b *verify.File) {
			for i := range 3 {
				b.Keys = append(b.Keys, verify.Public(declaretest.Key(fmt.Sprint("more ", i))))
			}
			slices.SortFunc(b.Keys, bytes.Compare)
		}
	})
	if r := verify.Bundle(keys, options()); r.OK || failing(r)[0].Name != verify.StepForm {
		t.Errorf("keys by the dozen are tried: %+v", failing(r))
	}
	duties := forge(t, nil, func(f *forgery) {
		c := f.Declaration.Commitments[0]
		for i := range 10_000 {
			c.Party = fmt.Sprintf("unit %05d", i)
			f.Declaration.Commitments = append(f.Declaration.Commitments, c)
		}
	})
	if r := verify.Bundle(duties, options()); r.OK || failing(r)[0].Name != verify.StepDeclaration {
		t.Errorf("ten thousand duties too many are taken: %+v", failing(r))
	}
}

func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestWhatAMailGatewayMakesOfIt packs a bundle with tricks of the zip format: a symbolic link, a comment, a data descriptor,
// bytes after the end, and before. A bundle is never unpacked, so all of it is no bundle.
func TestWhatAMailGatewayMakesOfIt(t *testing.T) {
	good := declaretest.Bundle(t, nil)
	pack := func(set func(*zip.Writer, *zip.FileHeader)) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "b.tasuki.json", Method: zip.Store}
		set(w, h)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(good); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, b := range map[string][]byte{
		"stored, with a data descriptor": pack(func(_ *zip.Writer, h *zip.FileHeader) { h.Flags |= 8 }),
		"a symbolic link":                pack(func(_ *zip.Writer, h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }),
		"a comment that is the bundle":   pack(func(w *zip.Writer, _ *zip.FileHeader) { _ = w.SetComment(string(good[:20_000])) }),
		"the bundle before a zip":        append(bytes.Clone(good), pack(func(*zip.Writer, *zip.FileHeader) {})...),
		"a zip before the bundle":        append(pack(func(*zip.Writer, *zip.FileHeader) {}), good...),
	} {
		if r := verify.Bundle(b, options()); verify.ExitCode(r) != 6 {
			t.Errorf("%s: exit code %d, %+v", name, verify.ExitCode(r), failing(r))
		}
	}
}

// TestAnotherVersion says of a bundle of a version yet to come that it is one, not that somebody spoiled it.
func TestAnotherVersion(t *testing.T) {
	b := bytes.Replace(declaretest.Bundle(t, nil), []byte(`"format":"tasuki-bundle/v1"`), []byte(`"format":"tasuki-bundle/v2","fresh":true`), 1)
	r := verify.Bundle(b, options())
	if verify.ExitCode(r) != 6 || failing(r)[0].Where != "format" || !strings.Contains(failing(r)[0].Detail.EN, "another version, v2") {
		t.Errorf("exit code %d, %+v", verify.ExitCode(r), failing(r))
	}
}

// TestListsWithTwins refuses a reader's list in which one name stands twice: a person sees the one, the program takes the other.
func TestListsWithTwins(t *testing.T) {
	for _, list := range []string{
		`{"format":"tasuki-trust/v1","keys":[],"keys":[]}`, `{"format":"tasuki-trust/v1","Keys":[],"keys":[]}`,
		`{"format":"tasuki-trust/v1","keys":[{"name":"a","name":"b","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]}`,
	} {
		if _, err := verify.ParseTrust([]byte(list)); err == nil {
			t.Errorf("taken: %s", list)
		}
	}
	if _, err := verify.ParseRevocations([]byte(`{"format":"tasuki-revocations/v1","revoked":[{"key":"a"}],"revoked":[]}`)); err == nil {
		t.Error("revocations that take themselves back are taken")
	}
	if _, err := verify.ParseSeen([]byte(`{"format":"tasuki-seen/v1","seen":[{"issuer":"a","series":"b","serial":9,"digest":"","Serial":1}]}`)); err == nil {
		t.Error("a serial that stands twice is taken")
	}
}
