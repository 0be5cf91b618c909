package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/lang"
)

// Edition of the guideline that a declaration of this version refers to.
const Edition = "2026-03"

// editionName is how people say it.
var editionName = lang.T("2026年3月", "March 2026")

// Title of the guideline, as printed, and our English for it.
var Title = lang.T("サイバーインフラ事業者に求められる役割等に関するガイドライン", "Guidelines on the Roles Expected of Cyber Infrastructure Providers")

// Title gives the name a statement goes by.
func (k Kind) Title() lang.Text {
	if k == SelfDeclaration {
		return lang.T("自己適合宣言", "self-declaration of conformity")
	}
	return lang.T("対応状況報告", "status report")
}

// Conformity gives the fixed sentence of a declaration (ISO/IEC 17050-1, 6.1 d).
func Conformity(k Kind, level guideline.Level) lang.Text {
	pack := lang.T("最低限要求パッケージ", "minimum package")
	if level == guideline.Standard {
		pack = lang.T("標準要求パッケージ", "standard package")
	}
	if k == SelfDeclaration {
		return lang.F("発行者は、上記の対象について、「%[1]s」（%[2]s）の%[3]sのうち自らの役割に該当する個別要求のすべてに、列挙した例外および対象外を除いて対応していることを、自らの責任において宣言します。",
			"The issuer declares under its own responsibility that the object meets every individual requirement of the %[3]s of the “%[1]s” (%[2]s) that applies to its roles, save the exceptions and exclusions listed.", Title, editionName, pack)
	}
	return lang.F("発行者は、上記の対象について、「%[1]s」（%[2]s）の%[3]sのうち自らの役割に該当する個別要求への対応状況を、自らの責任において報告します。",
		"The issuer reports under its own responsibility how far the object meets the individual requirements of the %[3]s of the “%[1]s” (%[2]s) that apply to its roles.", Title, editionName, pack)
}

// day gives a day for people, who are in Japan; files and digests have times in UTC.
func day(t time.Time) string { return t.In(calendar.Japan).Format(time.DateOnly) }

// statementForm checks that the declaration has the content ISO/IEC 17050-1 asks for, and that it may be called what
// it is called.
func (v *visit) statementForm() error {
	d := v.Declaration
	for _, check := range []func(Declaration) error{filled, fixedWords, timesInOrder, kindEarned, approved} {
		if err := check(d); err != nil {
			return within("members/"+DeclarationMember, err)
		}
	}
	return readable(v.Manifest, "manifest/payload /predicate")
}

// filled checks that nothing required is empty, and that names are what they look like.
func filled(d Declaration) error {
	for _, f := range []struct{ where, value string }{
		{"id", d.ID}, {"series", d.Series}, {"issuer/id", d.Issuer.ID}, {"issuer/name", d.Issuer.Name},
		{"issuer/address", d.Issuer.Address}, {"object/name", d.Object.Name}, {"place", d.Place},
		{"signer/id", d.Signer.ID}, {"signer/name", d.Signer.Name}, {"signer/title", d.Signer.Title}, {"object/version", d.Object.Version + "-"},
	} {
		if strings.TrimSpace(f.value) == "" {
			return unverified("/predicate/"+f.where, "必要な記載がありません", "a required entry is empty")
		}
		if strings.ContainsFunc(f.value, unseen) {
			return unverified("/predicate/"+f.where, "表示されない文字（制御文字や書字方向の指定）が含まれています", "it has characters that do not show: controls, or marks that turn the direction of writing")
		}
	}
	if d.Serial < 1 {
		return unverified("/predicate/serial", "番号が1以上ではありません", "the serial is not 1 or more")
	}
	if !slices.Contains([]string{"product", "service", "embedded", "system"}, d.Object.Kind) {
		return unverified("/predicate/object/kind", "対象の種類 %q は定義されていません", "%q is no kind of software", d.Object.Kind)
	}
	if !ascending(d.Object.Artifacts, func(a, b Artifact) int { return strings.Compare(a.Name, b.Name) }) {
		return unverified("/predicate/object/artifacts", "成果物が名前の順に並んでいないか、同じ名前のものがあります", "the artifacts are not in order of name, or two have one name")
	}
	return readable(d, "/predicate")
}

// fixedWords checks level, edition, title and the sentence of conformity.
func fixedWords(d Declaration) error {
	r := d.Requirements
	switch {
	case r.Level != guideline.Minimum && r.Level != guideline.Standard:
		return unverified("/predicate/requirements/level", "水準 %q は定義されていません", "%q is no level", r.Level)
	case r.Edition != Edition || r.Title != Title:
		return unverified("/predicate/requirements/edition", "対象のガイドラインは「%[1]s」（%[2]s）ではありません", "the guideline is not “%[1]s” (%[2]s)", Title, editionName)
	case !isDigest(r.CatalogueDigest):
		return unverified("/predicate/requirements/catalogue_digest", "ダイジェストの形式が正しくありません", "the digest is not in the right form")
	case d.Kind != SelfDeclaration && d.Kind != StatusReport:
		return unverified("/predicate/kind", "種別 %q は定義されていません", "%q is no kind of statement", d.Kind)
	case d.Conformity != Conformity(d.Kind, r.Level):
		return unverified("/predicate/conformity", "適合の文が、種別と水準に定められた文ではありません", "the sentence of conformity is not the fixed one for kind and level")
	}
	return nil
}

// timesInOrder checks that times are whole seconds in UTC, and that none comes before what it must follow.
func timesInOrder(d Declaration) error {
	times := []time.Time{d.IssuedAt, d.Validity.From, d.Validity.Until, d.Assessment.At}
	for _, a := range d.Approvals {
		times = append(times, a.At)
	}
	for _, t := range times {
		if t.IsZero() || t.Location() != time.UTC || t.Nanosecond() != 0 {
			return unverified("/predicate/issued_at", "時刻が秒単位のUTCではありません（%s）", "a time is not in whole seconds UTC (%s)", t.Format(time.RFC3339Nano))
		}
	}
	if !d.Validity.From.Before(d.Validity.Until) || d.IssuedAt.After(d.Validity.Until) || d.Assessment.At.After(d.IssuedAt) {
		return unverified("/predicate/validity", "評価・発行・有効期間の時刻の前後が合いません", "assessment, issue and validity are not in order of time")
	}
	return nil
}

// kindEarned checks that the counts add up, and that only a statement without open duties is called a declaration.
func kindEarned(d Declaration) error {
	c := d.Counts
	statuses := []int{c.Met, c.MetWithException, c.PartlyMet, c.NotMet, c.NotApplicable, c.NotAssessed}
	sum := 0
	for _, n := range statuses {
		sum += n
	}
	distinct := map[guideline.ID]bool{}
	for _, commitment := range d.Commitments {
		distinct[commitment.Requirement] = true
	}
	switch {
	case slices.Min(statuses) < 0 || c.StatedOnly < 0 || c.StatedOnly > c.Met:
		return unverified("/predicate/counts", "件数が正しい範囲にありません", "a count is out of range")
	case sum != c.Duties || c.Duties != len(d.Commitments) || c.Requirements != len(distinct) || c.NotApplicable != len(d.Requirements.Exclusions):
		return unverified("/predicate/counts", "件数の合計が個別要求の数と一致しません", "the counts do not add up to the duties")
	case d.Kind == SelfDeclaration && c.Kind() != SelfDeclaration:
		return unverified("/predicate/kind", "一部対応・未対応・未評価の個別要求が %d 件あるため、自己適合宣言とは呼べません", "with %d duties partly met, not met or not assessed it may not be called a declaration", c.PartlyMet+c.NotMet+c.NotAssessed)
	}
	return nil
}

// approved checks the approvals: each complete and before the issue, and a declaration was reviewed or approved by
// somebody other than its signer.
func approved(d Declaration) error {
	other := false
	for i, a := range d.Approvals {
		where := fmt.Sprintf("/predicate/approvals/%d", i)
		if a.By.ID == "" || a.By.Name == "" || a.Authenticated == "" || !slices.Contains([]ApprovalStep{Drafted, Reviewed, Approved}, a.Step) {
			return unverified(where, "承認の記載が足りません", "the approval is not complete")
		}
		if a.At.After(d.IssuedAt) {
			return unverified(where, "承認の日時が発行より後です", "the approval is later than the issue")
		}
		other = other || a.Step != Drafted && a.By.ID != d.Signer.ID
	}
	if d.Kind == SelfDeclaration && !other {
		return unverified("/predicate/approvals", "署名者以外による確認または承認がありません", "nobody but the signer reviewed or approved it")
	}
	return nil
}

// subjectsHold checks that the statement is about exactly what the declaration names.
func (v *visit) subjectsHold() error {
	if want := v.Declaration.Subjects(); !slices.Equal(v.Subjects, want) {
		return unverified("members/"+DeclarationMember+" /subject", "対象が、成果物・要求事項データ・SBOMのダイジェストと一致しません",
			"the subjects are not the digests of artifacts, catalogue and SBOMs")
	}
	for _, s := range v.Subjects {
		if !isDigest("sha256:" + s.Digest.SHA256) {
			return unverified("members/"+DeclarationMember+" /subject", "%s のダイジェストの形式が正しくありません", "the digest of %s is not in the right form", s.Name)
		}
	}
	return nil
}

// Subjects gives what the statement around a declaration must be about: its artifacts, the catalogue, its SBOMs.
func (d Declaration) Subjects() []Subject {
	var out []Subject
	for _, a := range d.Object.Artifacts {
		out = append(out, subject("artifact/"+a.Name, a.Digest))
	}
	out = append(out, subject("catalogue", d.Requirements.CatalogueDigest))
	for _, r := range d.Supporting {
		if r.Kind == SBOM {
			out = append(out, subject(r.Name, r.Digest))
		}
	}
	return out
}

// Duties gives the duties that follow from the scope at the level, in the order of the commitments: by party, role
// and requirement as printed (4.1, 4.2; R-4.1-06, R-4.2-05, R-4.2-07).
func (r Requirements) Duties(c *guideline.Catalog) []Duty {
	scope := slices.Clone(r.Scope)
	slices.SortFunc(scope, Scope.Compare)
	var out []Duty
	for _, s := range scope {
		for _, id := range c.Duties([]guideline.Role{s.Role}, r.Level) {
			if s.limited() && !slices.Contains(s.Passed, id) {
				continue
			}
			out = append(out, Duty{s.Party, s.Role, id})
		}
	}
	return out
}

// limited reports whether the scope is a support engagement that was given only some duties.
func (s Scope) limited() bool { return s.Stance == guideline.Support && len(s.Passed) > 0 }

// Compare orders scopes by party, then by role as in the guideline's tables.
func (s Scope) Compare(t Scope) int {
	return cmp.Or(strings.Compare(s.Party, t.Party), slices.Index(guideline.Roles, s.Role)-slices.Index(guideline.Roles, t.Role))
}
