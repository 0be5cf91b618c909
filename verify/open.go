package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// An Opened bundle is what stands in it once its signatures and digests hold. Nothing is said about trust.
type Opened struct {
	Digest         string // of the bundle file
	Manifest       Manifest
	ManifestKey    PublicKey // signed the hand-over
	Envelope       []byte    // the declaration's envelope, canonical bytes
	Declaration    Declaration
	DeclarationKey PublicKey // signed the declaration
	Subjects       []Subject
	Answers        []*Answer // by index of commitment; nil: withheld

	file File
}

// Open reads a bundle and checks that it is whole: form, both signatures, every member's digest, every disclosure's
// commitment. It does not ask whether the signers are trusted or whether the content is consistent; [Bundle] does.
func Open(b []byte) (*Opened, error) {
	o := &Opened{}
	for _, stage := range []func() error{
		func() error { return o.readFile(b) }, o.readManifest, o.checkMembers, o.readDeclaration, o.readDisclosures,
	} {
		if err := stage(); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// Member gives the content of a member; nil when the bundle has none, or only its digest.
func (o *Opened) Member(name string) []byte {
	m, _ := o.member(name)
	return m.Content
}

func (o *Opened) member(name string) (Member, bool) {
	i, ok := slices.BinarySearchFunc(o.file.Members, name, func(m Member, n string) int { return strings.Compare(m.Name, n) })
	if !ok {
		return Member{}, false
	}
	return o.file.Members[i], true
}

// readFile reads the outermost form. Whatever is wrong here means that the file cannot be read as a bundle.
func (o *Opened) readFile(b []byte) error {
	err := o.file.unmarshal(b)
	if version, ours := strings.CutPrefix(o.file.Format, bundleFamily); ours && o.file.Format != BundleFormat {
		return &lang.Error{Kind: lang.Unreadable, Where: "format", What: lang.F("別の版（%[1]s）の形式のバンドルです。読めるのは %[2]s です", "this is a bundle of another version, %[1]s; this reader knows %[2]s", version, BundleFormat),
			Next: lang.T("新しい版の Tasuki で検証してください", "verify it with a newer version of Tasuki")}
	}
	if err != nil {
		return err
	}
	o.Digest = Digest(b)
	if o.file.Format != BundleFormat {
		return &lang.Error{Kind: lang.Unreadable, Where: "format",
			What: lang.F("形式が %[2]s ではありません（%[1]q）", "the format is %[1]q, not %[2]s", o.file.Format, BundleFormat)}
	}
	if len(o.file.Keys) > envelopes || !ascending(o.file.Keys, bytes.Compare) {
		return &lang.Error{Kind: lang.Unreadable, Where: "keys", What: lang.T("鍵が順に並んでいないか、封筒の数より多くあります", "the keys are not in order, or there are more than envelopes")}
	}
	if !ascending(o.file.Members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) }) {
		return &lang.Error{Kind: lang.Unreadable, Where: "members",
			What: lang.T("構成物が名前の順に並んでいないか、重複しています", "the members are not in order of name, or one is there twice")}
	}
	for _, m := range o.file.Members {
		if !safeName(m.Name) {
			return &lang.Error{Kind: lang.Unreadable, Where: "members",
				What: lang.F("構成物の名前 %q は使えません", "%q cannot be the name of a member", m.Name)}
		}
	}
	return nil
}

// bundleFamily begins the format of every version.
const bundleFamily = "tasuki-bundle/"

// envelopes is how many a bundle has of its own: the hand-over's and the declaration's. Each is signed with one key.
const envelopes = 2

// safeName reports whether a name can be taken as a relative path on any system: slash-separated, without "..",
// back-slashes, colons and characters that do not show.
func safeName(name string) bool {
	return len(name) <= 255 && name != "." && fs.ValidPath(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return unseen(r) || strings.ContainsRune(`\:*?"<>|`, r) })
}

// ascending reports whether every element is greater than the one before.
func ascending[T any](s []T, cmp func(a, b T) int) bool {
	for i := 1; i < len(s); i++ {
		if cmp(s[i-1], s[i]) >= 0 {
			return false
		}
	}
	return true
}

// readManifest verifies the hand-over's signature, then parses exactly the verified bytes.
func (o *Opened) readManifest() error {
	key, err := o.file.Manifest.signer(o.file.Keys)
	if err != nil {
		return within("manifest", err)
	}
	o.ManifestKey = key
	var s Statement[Manifest]
	if err := o.file.Manifest.open(ManifestType, &s, &s.Type, &s.PredicateType); err != nil {
		return within("manifest/payload", err)
	}
	o.Manifest = s.Predicate
	if !slices.Equal(s.Subject, o.Manifest.Subjects()) {
		return unverified("manifest/payload /subject", "ステートメントの対象が構成物の一覧と一致しません", "the statement's subjects are not the members it lists")
	}
	return nil
}

// open parses the payload strictly into s, whose type fields the caller points at.
func (e Envelope) open(predicateType string, s any, typ, predicate *string) error {
	if err := Unmarshal(e.Payload, s); err != nil {
		return err
	}
	if *typ != StatementType || *predicate != predicateType {
		return unverified("/predicateType", "種別が %[1]s ではありません", "the type is not %[1]s", predicateType)
	}
	return nil
}

// Subjects gives what the statement around a manifest must be about: every member.
func (m Manifest) Subjects() []Subject {
	out := make([]Subject, len(m.Members))
	for i, mm := range m.Members {
		out[i] = subject(mm.Name, mm.Digest)
	}
	return out
}

func subject(name, digest string) Subject {
	return Subject{Name: name, Digest: DigestSet{SHA256: strings.TrimPrefix(digest, "sha256:")}}
}

// checkMembers holds every member against the manifest, and every content against its digest and size.
func (o *Opened) checkMembers() error {
	listed := o.Manifest.Members
	for i, m := range o.file.Members {
		where := "members/" + m.Name
		switch {
		case i >= len(listed) || listed[i].Name > m.Name:
			return unverified(where, "送付票にない構成物があります", "a member that the manifest does not list")
		case listed[i].Name < m.Name:
			return unverified("members/"+listed[i].Name, "送付票にある構成物がありません", "a member that the manifest lists is missing")
		}
		l := listed[i]
		switch {
		case l.MediaType != m.MediaType || l.Digest != m.Digest || l.Size != m.Size || l.Embedded != (len(m.Content) > 0):
			return unverified(where, "構成物の記載が送付票と一致しません", "the member is not as the manifest describes it")
		case !isDigest(m.Digest):
			return unverified(where, "ダイジェストの形式が正しくありません", "the digest is not in the right form")
		case l.Embedded && Digest(m.Content) != m.Digest:
			return unverified(where, "内容がダイジェストと一致しません", "the content does not match its digest")
		case l.Embedded && int64(len(m.Content)) != m.Size:
			return unverified(where, "内容の大きさが記載と一致しません", "the content is not of the size stated")
		}
	}
	if n := len(o.file.Members); n < len(listed) {
		return unverified("members/"+listed[n].Name, "送付票にある構成物がありません", "a member that the manifest lists is missing")
	}
	return nil
}

// readDeclaration verifies the declaration's signature, then parses exactly the verified bytes.
func (o *Opened) readDeclaration() error {
	const where = "members/" + DeclarationMember
	o.Envelope = o.Member(DeclarationMember)
	if len(o.Envelope) == 0 {
		return unverified(where, "宣言が含まれていません", "there is no declaration")
	}
	var e Envelope
	if err := Unmarshal(o.Envelope, &e); err != nil {
		return within(where, err)
	}
	key, err := e.signer(o.file.Keys)
	if err != nil {
		return within(where, err)
	}
	o.DeclarationKey = key
	if n := o.keysUsed(); n != len(o.file.Keys) {
		return unverified("keys", "どの署名にも使われていない鍵があります", "a key is there that signed nothing")
	}
	var s Statement[Declaration]
	if err := e.open(DeclarationType, &s, &s.Type, &s.PredicateType); err != nil {
		return within(where+" payload", err)
	}
	o.Declaration, o.Subjects = s.Predicate, s.Subject
	if n := len(o.Declaration.Commitments); n > maxCommitments {
		return unverified(where+" /predicate/commitments", "個別要求が %[1]d 件あり、上限の %[2]d 件を超えています", "there are %[1]d duties, more than the limit of %[2]d", n, maxCommitments)
	}
	return nil
}

// maxCommitments is how many duties a declaration can have: a disclosure's name has four digits.
const maxCommitments = 10_000

func (o *Opened) keysUsed() int {
	if bytes.Equal(o.ManifestKey, o.DeclarationKey) {
		return 1
	}
	return 2
}

// DisclosureMember gives the name of the member that shows the answer to the commitment at index.
func DisclosureMember(index int) string { return fmt.Sprintf("disclosures/%04d.json", index) }

// readDisclosures holds every disclosure against its commitment, and the manifest's lists of shown and withheld
// answers against what is there.
func (o *Opened) readDisclosures() error {
	o.Answers = make([]*Answer, len(o.Declaration.Commitments))
	for i, c := range o.Declaration.Commitments {
		m, there := o.member(DisclosureMember(i))
		_, shown := slices.BinarySearch(o.Manifest.Shown, i)
		_, withheld := slices.BinarySearchFunc(o.Manifest.Withheld, i, func(w Withheld, i int) int { return w.Index - i })
		where := "members/" + DisclosureMember(i)
		if shown != there || withheld == there {
			return unverified(where, "%[1]s %[2]s の回答の開示・非開示が送付票と一致しません",
				"whether the answer to %[1]s %[2]s is shown is not as the manifest says", c.Role, c.Requirement)
		}
		if !there {
			continue
		}
		a, err := c.open(m)
		if err != nil {
			return within(where, err)
		}
		o.Answers[i] = a
	}
	if len(o.Manifest.Shown)+len(o.Manifest.Withheld) != len(o.Answers) {
		return unverified("manifest/payload /predicate/shown", "開示・非開示の一覧に、宣言にない回答があります", "the lists of shown and withheld answers name one that the declaration has not")
	}
	return nil
}

// open reads a disclosure and holds it against the commitment.
func (c Commitment) open(m Member) (*Answer, error) {
	if m.Digest != c.Digest {
		return nil, unverified("", "開示された回答が、署名された約束（コミットメント）と一致しません", "the answer shown does not match the commitment that was signed")
	}
	var d Disclosure
	if err := Unmarshal(m.Content, &d); err != nil {
		return nil, err
	}
	if len(d.Salt) < minSalt {
		return nil, unverified("/0", "ソルトが短すぎます", "the salt is too short")
	}
	if got, want := d.Answer.Duty(), c.Duty(); got != want {
		return nil, unverified("/1", "回答の対象が %[1]s ではなく %[2]s です", "the answer is not about %[1]s but about %[2]s", want, got)
	}
	return &d.Answer, readable(d.Answer, "/1")
}

// minSalt is 16 bytes in base64url without padding.
const minSalt = 22

// A Duty names one duty of a declaration: a party (empty: the issuer), a role, an individual requirement.
type Duty struct {
	Party       string
	Role        guideline.Role
	Requirement guideline.ID
}

// String gives the duty for a person: "developer S(1)-1.1", with the unit before it where there is one.
func (d Duty) String() string {
	return strings.TrimSpace(d.Party + " " + string(d.Role) + " " + string(d.Requirement))
}

// Title gives the duty in the words of each language.
func (d Duty) Title() lang.Text {
	return lang.F("%[1]s%[2]sの%[3]s", "%[1]s%[2]s %[3]s", strings.TrimPrefix(d.Party+" ", " "), d.Role, d.Requirement)
}

// Duty the answer is about.
func (a Answer) Duty() Duty { return Duty{a.Party, a.Role, a.Requirement} }

// Duty the commitment is about.
func (c Commitment) Duty() Duty { return Duty{c.Party, c.Role, c.Requirement} }

// Duty the exclusion is about.
func (x Exclusion) Duty() Duty { return Duty{x.Party, x.Role, x.Requirement} }

// within puts the place of an outer thing before the place an error names; nil stays nil.
func within(where string, err error) error {
	if err == nil {
		return nil
	}
	var e *lang.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s: %w", where, err)
	}
	inner := *e
	inner.Where = strings.TrimRight(where+" "+e.Where, " ")
	return &inner
}
