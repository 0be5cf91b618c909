package verify_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// TestWhatIsNoBundle feeds what somebody may send instead of a bundle. It is refused as unreadable, in little time and
// memory, and nothing of it is believed.
func TestWhatIsNoBundle(t *testing.T) {
	good := declaretest.Bundle(t, nil)
	zipped := func(names ...string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, n := range names {
			f, err := w.Create(n)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(good); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var bomb bytes.Buffer
	g := gzip.NewWriter(&bomb)
	for range 64 {
		if _, err := g.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for name, b := range map[string][]byte{
		"nothing": nil, "blank": []byte(" "), "null": []byte("null"), "a list": []byte("[]"), "a number": []byte("1"), "a byte order mark": append([]byte("\xef\xbb\xbf"), good...),
		"a zip with the bundle in it":        zipped("b.tasuki.json"),
		"a zip with the same name twice":     zipped("b.tasuki.json", "b.tasuki.json"),
		"a zip that climbs out":              zipped("../../b.tasuki.json"),
		"a gzip of 64 MiB of nothing":        bomb.Bytes(),
		"nested 100,000 deep":                []byte(strings.Repeat("[", 100_000)),
		"nested 100,000 deep inside":         []byte(strings.Replace(text, `"keys":[`, `"keys":[`+strings.Repeat("[", 100_000), 1)),
		"nested objects inside":              []byte(strings.Replace(text, `{"format"`, `{"a":`+strings.Repeat(`{"a":`, 50_000), 1)),
		"two bundles in one file":            append(bytes.Clone(good), good...),
		"a bundle and a line feed":           append(bytes.Clone(good), '\n'),
		"cut in the middle":                  good[:len(good)/2],
		"cut by one byte":                    good[:len(good)-1],
		"a name twice":                       []byte(strings.Replace(text, `{"format":`, `{"format":"tasuki-bundle/v1","format":`, 1)),
		"a name in another case":             []byte(strings.Replace(text, `"members":`, `"Members":`, 1)),
		"an unknown name":                    []byte(strings.Replace(text, `{"format":`, `{"admin":true,"format":`, 1)),
		"a size as a float":                  []byte(strings.Replace(text, `"size":`, `"size":1e`, 1)),
		"a size beyond integers":             []byte(strings.Replace(text, `"size":`, `"size":99999999999999999999`, 1)),
		"a negative size":                    []byte(strings.Replace(text, `"size":`, `"size":-`, 1)),
		"an escape where none is needed":     []byte(strings.Replace(text, `"format"`, `"f\u006frmat"`, 1)),
		"half a surrogate":                   []byte(strings.Replace(text, `"name":"declaration.json"`, `"name":"\ud800"`, 1)),
		"bytes that are no UTF-8":            []byte(strings.Replace(text, `"name":"declaration.json"`, "\"name\":\"\xff\xfe\"", 1)),
		"base64 without padding":             []byte(strings.Replace(text, `="`, `"`, 1)),
		"base64 with a line feed":            []byte(strings.Replace(text, `{"content":"`, `{"content":"\n`, 1)),
		"members that are no list":           []byte(strings.Replace(text, `"members":[`, `"members":{"0":`, 1)),
		"no members":                         []byte(text[:strings.Index(text, `"members":[`)] + `"members":[]}`),
		"a letter":                           aReceipt(t),
		"a page":                             []byte("<!DOCTYPE html><html><body>404</body></html>"),
		"a bundle of a version yet to come":  []byte(strings.Replace(text, "tasuki-bundle/v1", "tasuki-bundle/v9", 1)),
		"the declaration without its bundle": envelopeOf(t, good),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r := verify.Bundle(b, options())
			want := 6
			if name == "no members" || name == "a negative size" {
				want = 5 // it reads, and is not as the manifest lists it
			}
			if got := verify.ExitCode(r); got != want || r.OK {
				t.Errorf("exit code %d, want %d: %+v", got, want, failing(r))
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if _, err := verify.Open(b); err == nil {
				t.Error("it opens")
			}
		})
	}
}

func aReceipt(t *testing.T) []byte {
	t.Helper()
	b, err := verify.SignLetter(verify.ReceiptFormat, verify.Receipt{ID: "r", By: verify.Issuer{ID: "x"}, Of: verify.Digest(nil), At: declaretest.Now, Failed: []string{}}, declaretest.Key("vendor"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func envelopeOf(t *testing.T, bundle []byte) []byte {
	t.Helper()
	o, err := verify.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return o.Envelope
}

// TestNamesThatLeadOut gives members names that would be written somewhere else if a reader unpacked them.
func TestNamesThatLeadOut(t *testing.T) {
	for _, name := range []string{"../x", "a/../../x", "/etc/passwd", "a//b", "./a", "a/.", "..", ".", "", "a\\b", "C:x", "c:/x", "a\x00b", "a\nb", "aux?", "a*b", "a|b", "a\"b", "\u007f", strings.Repeat("a", 256), "a/", "\\\\host\\share"} {
		r := verify.Bundle(forge(t, nil, func(f *forgery) { f.Documents[0].Name = name }), options())
		if r.OK || len(failing(r)) == 0 || failing(r)[0].Name != verify.StepForm {
			t.Errorf("the name %q is taken: %+v", name, failing(r))
		}
	}
}

// TestTimesThatCannotBe lets a trusted signer lie about times.
func TestTimesThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name, step string
		lie        func(*forgery)
	}{
		{"issued tomorrow", verify.StepValidity, func(f *forgery) {
			f.Declaration.IssuedAt = declaretest.Now.AddDate(0, 0, 1)
			f.Manifest = created(declaretest.Now.AddDate(0, 0, 1))
		}},
		{"valid from tomorrow", verify.StepValidity, func(f *forgery) { f.Declaration.Validity.From = declaretest.Now.AddDate(0, 0, 1) }},
		{"ended yesterday", verify.StepValidity, func(f *forgery) {
			f.Declaration.Validity.From, f.Declaration.Validity.Until = declaretest.Now.AddDate(0, 0, -9), declaretest.Now.AddDate(0, 0, -1)
			f.Declaration.IssuedAt, f.Declaration.Assessment.At = declaretest.Now.AddDate(0, 0, -9), declaretest.Now.AddDate(0, 0, -9)
			f.Declaration.Approvals[0].At = declaretest.Now.AddDate(0, 0, -9)
		}},
		{"assessed after the issue", verify.StepStatement, func(f *forgery) { f.Declaration.Assessment.At = declaretest.Now.AddDate(0, 0, 1) }},
		{"issued after its end", verify.StepStatement, func(f *forgery) { f.Declaration.IssuedAt = f.Declaration.Validity.Until.AddDate(0, 0, 1) }},
		{"handed over before the issue", verify.StepValidity, func(f *forgery) { f.Manifest = created(declaretest.Now.AddDate(0, 0, -2)) }},
		{"in the year 10000", verify.StepForm, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b []byte
			if c.lie == nil {
				b = bytes.Replace(declaretest.Bundle(t, nil), []byte(`"format":`), []byte(`"at":"10000-01-01T00:00:00Z","format":`), 1)
			} else {
				b = forge(t, nil, c.lie)
			}
			opt := options()
			opt.At = declaretest.Now
			r := verify.Bundle(b, opt)
			if r.OK || !slices.ContainsFunc(failing(r), func(s verify.Step) bool { return s.Name == c.step }) {
				t.Errorf("not found by %q: %+v", c.step, failing(r))
			}
		})
	}
}

func created(at time.Time) func(*verify.Manifest) {
	return func(m *verify.Manifest) { m.CreatedAt = at }
}

// TestNamesAreWhatTheyLookLike refuses names that speak to a terminal or turn the direction of writing.
func TestNamesAreWhatTheyLookLike(t *testing.T) {
	for _, name := range []string{"Vendor\x1b[2J\x1b[32mOK", "Vendor\r✓", "rodneV\u202e", "V\u2066endor", "Ven\u200edor", "\ufeffVendor", "a\nb"} {
		for where, set := range map[string]func(*verify.Declaration){
			"issuer": func(d *verify.Declaration) { d.Issuer.Name = name }, "object": func(d *verify.Declaration) { d.Object.Name = name },
			"signer": func(d *verify.Declaration) { d.Signer.Name = name }, "version": func(d *verify.Declaration) { d.Object.Version = name },
		} {
			r := verify.Bundle(forge(t, nil, func(f *forgery) { set(&f.Declaration) }), options())
			if r.OK || failing(r)[0].Name != verify.StepStatement {
				t.Errorf("%s %q is taken: %+v", where, name, failing(r))
			}
		}
	}
}

// TestSuppliersCannotBeExchanged puts something else in the place of a supplier's bundle.
func TestSuppliersCannotBeExchanged(t *testing.T) {
	part := supplierOf(t, "parts", "part-1", 1, guideline.Minimum)
	for _, c := range []struct {
		name   string
		inside func() []byte
	}{
		{"cut in the middle", func() []byte { return part[:len(part)/2] }},
		{"another of the same supplier", func() []byte { return supplierOf(t, "parts", "part-1", 2, guideline.Minimum) }},
		{"the same of another supplier", func() []byte { return supplierOf(t, "stranger", "part-1", 1, guideline.Minimum) }},
		{"one byte changed", func() []byte { b := bytes.Clone(part); b[len(b)/3] ^= 1; return b }},
		{"nothing", func() []byte { return []byte("{}") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			outer := forge(t, bringing(part), func(f *forgery) {
				for i := range f.Documents {
					if f.Documents[i].Kind == verify.Upstream {
						f.Documents[i].Content = c.inside()
					}
				}
			})
			if r := verify.Bundle(outer, options()); r.OK {
				t.Error("nobody notices")
			}
		})
	}
}

func supplierOf(t *testing.T, key, series string, serial int64, level guideline.Level) []byte {
	t.Helper()
	return forge(t, func(in *declare.Input) {
		in.ID, in.Series, in.Serial, in.Level = "urn:example:"+series+":"+strconv.FormatInt(serial, 10), series, serial, level
		in.Issuer = verify.Issuer{ID: "party-" + key, Name: "Example " + key, Address: "1-2-3", Contact: "psirt@example.org"}
	}, func(f *forgery) { f.Key, f.Sender = declaretest.Key(key), declaretest.Key(key) })
}

// TestReplayInsideTheChain finds an older bundle of a supplier inside a new one.
func TestReplayInsideTheChain(t *testing.T) {
	older, newer := supplierOf(t, "parts", "part-1", 1, guideline.Minimum), supplierOf(t, "parts", "part-1", 2, guideline.Minimum)
	seen, err := verify.ParseSeen(newer)
	if err != nil {
		t.Fatal(err)
	}
	opt := options()
	opt.Seen = seen
	r := verify.Bundle(forge(t, bringing(older), func(*forgery) {}), opt)
	if !slices.ContainsFunc(failing(r), func(s verify.Step) bool { return s.Name == verify.StepReplay && s.Bundle != "" }) {
		t.Errorf("the replay is not found: %+v", failing(r))
	}
	if r := verify.Bundle(forge(t, bringing(newer), func(*forgery) {}), opt); !r.OK {
		t.Errorf("the newest is refused: %+v", failing(r))
	}
}

// TestBackdating names what only the signer says: that a key that was revoked later had signed before.
func TestBackdating(t *testing.T) {
	opt := options()
	key := verify.Fingerprint(declaretest.Trust("vendor")[0].Key)
	opt.Revocations = []verify.Revocation{{Key: key, From: declaretest.Now.AddDate(0, 0, 1), Reason: "stolen"}}
	opt.At = declaretest.Now.AddDate(0, 0, 2)
	r := verify.Bundle(declaretest.Bundle(t, nil), opt)
	if !r.OK || !slices.ContainsFunc(r.NotChecked, func(u verify.Unchecked) bool { return u.Name == "issued_before_revocation" }) {
		t.Errorf("ok %v, not checked %+v", r.OK, r.NotChecked)
	}
	opt.Revocations[0].From = declaretest.Now.AddDate(0, 0, -1)
	if r := verify.Bundle(declaretest.Bundle(t, nil), opt); r.OK {
		t.Error("a revoked key still counts")
	}
}

// TestErrorsAreOfOneKind: what a caller gets from Open is always an error with a kind and both languages.
func TestErrorsAreOfOneKind(t *testing.T) {
	good := declaretest.Bundle(t, nil)
	for _, b := range [][]byte{nil, []byte("x"), good[:100], bytes.Replace(good, []byte(`"size":`), []byte(`"size":1`), 1)} {
		_, err := verify.Open(b)
		if k := lang.KindOf(err); k != lang.Unreadable && k != lang.Unverified {
			t.Errorf("error %v of kind %v", err, k)
		}
		if lang.Explain(err, lang.JA) == lang.Explain(err, lang.EN) {
			t.Errorf("one language only: %v", err)
		}
	}
}
