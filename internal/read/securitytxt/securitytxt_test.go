package securitytxt_test

import (
	"os"
	"testing"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/read/readtest"
	"example.org/tasuki/internal/read/securitytxt"
	"example.org/tasuki/internal/testshared"
)

// TestGolden reads a plain file, a signed one, and one with everything that is doubtful.
func TestGolden(t *testing.T) {
	readtest.Golden(t, securitytxt.Read, "plain.txt", "signed.txt", "doubtful.txt")
}

func TestRefused(t *testing.T) {
	const contact, expires = "Contact: mailto:psirt@example.com\n", "Expires: 2027-01-01T00:00:00z\n"
	const begin, end = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n", "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
	readtest.Refused(t, securitytxt.Read, [][4]string{
		{"no Expires", contact, "", "required Expires"},
		{"no Contact", expires, "", "required Contact"},
		{"two Expires", contact + expires + expires, "line 3", "twice, first in line 2"},
		{"two languages", contact + expires + "Preferred-Languages: ja\nPreferred-Languages: en\n", "line 4", "twice"},
		{"Expires no time", contact + "Expires: next year\n", "line 2", "next year"},
		{"no field", contact + expires + "hello\n", "line 3", "name: value"},
		{"no value", "Contact:\n" + expires, "line 1", "no value"},
		{"signature cut off", begin + contact + expires + "-----BEGIN PGP SIGNATURE-----\n", "line 1", "not complete"},
		{"lines behind the signature", begin + contact + expires + end + "Contact: https://example.net/\n", "line 10", "does not cover"},
		{"not UTF-8", contact + "# \xff\n", "line 2, column 3", "UTF-8"},
	})
}

// TestMatch tells the file from other texts with colons.
func TestMatch(t *testing.T) {
	for in, want := range map[string]bool{
		"Contact: mailto:a@example.com\n":         true,
		"# ours\n\nExpires: 2027-01-01T00:00:00Z": true,
		"Contact: Ms Example\nPhone: 1\n":         false,
		"Contact: mailto:a@example.com\nand then": false,
		"Expires: soon":                           false,
		"":                                        false,
	} {
		if got := securitytxt.Match([]byte(in)); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// TestValidUntil hands the expiry to the fact, so that freshness needs no rule of its own.
func TestValidUntil(t *testing.T) {
	b, err := os.ReadFile("testdata/plain.txt")
	if err != nil {
		t.Fatal(err)
	}
	r, err := securitytxt.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Facts[0]; !f.ValidUntil.Equal(f.Data.(*fact.SecurityTxt).Expires) || f.ValidUntil.IsZero() {
		t.Errorf("valid until %v", f.ValidUntil)
	}
}

// TestReal knows the one real file for what it is, and refuses it: it has no contact.
func TestReal(t *testing.T) {
	b, err := os.ReadFile(testshared.Dir(t, "csaf/providers/simple-directory-provider/security.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if !securitytxt.Match(b) {
		t.Error("not recognised")
	}
	_, err = securitytxt.Read(b)
	readtest.IsRefusal(t, "real", err)
}

func FuzzRead(f *testing.F) {
	readtest.Fuzz(f, securitytxt.Match, securitytxt.Read, "plain.txt", "signed.txt", "doubtful.txt")
}
