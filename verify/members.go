package verify

import (
	"cmp"
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
)

// ProofMember is the name of the member that shows the declaration's place in the issuer's ledger.
const ProofMember = "ledger-proof.json"

// supporting checks that declaration, members and answers name the same supporting documents, and counts those handed
// over by digest only.
func (v *visit) supporting() (byDigest int, err error) {
	d := v.Declaration
	if !ascending(d.Supporting, func(a, b Resource) int { return strings.Compare(a.Name, b.Name) }) {
		return 0, unverified("members/"+DeclarationMember+" /predicate/supporting", "裏付け文書が名前の順に並んでいないか、重複しています", "the supporting documents are not in order of name, or one is there twice")
	}
	digests := map[string]bool{}
	for _, r := range d.Supporting {
		m, ok := v.listed(r.Name)
		if !ok || m.Kind != r.Kind || m.MediaType != r.MediaType || m.Digest != r.Digest || m.Size != r.Size {
			return 0, unverified("members/"+r.Name, "宣言にある裏付け文書がないか、記載が異なります", "a supporting document of the declaration is missing, or is not as described")
		}
		if !m.Embedded {
			byDigest++
		}
		digests[r.Digest] = true
	}
	for _, m := range v.Manifest.Members {
		if !v.belongs(m) {
			return 0, unverified("members/"+m.Name, "宣言が挙げていない構成物です", "a member that the declaration does not name")
		}
	}
	for i, a := range v.Answers {
		if a == nil {
			continue
		}
		for _, e := range a.Evidence {
			if !digests[e] {
				return 0, unverified("members/"+DisclosureMember(i), "%[1]s の証跡 %[2]s が裏付け文書にありません", "the evidence %[2]s of %[1]s is not among the supporting documents", a.Duty(), e)
			}
		}
	}
	return byDigest, nil
}

func (v *visit) listed(name string) (ManifestMember, bool) {
	members := v.Manifest.Members
	i, ok := slices.BinarySearchFunc(members, name, func(m ManifestMember, n string) int { return strings.Compare(m.Name, n) })
	if !ok {
		return ManifestMember{}, false
	}
	return members[i], true
}

// belongs reports whether a member is the declaration, the proof, the time stamp, a disclosure, or a supporting document.
func (v *visit) belongs(m ManifestMember) bool {
	switch m.Kind {
	case DeclarationKind:
		return m.Name == DeclarationMember && m.MediaType == EnvelopeMediaType
	case ProofKind:
		return m.Name == ProofMember && m.MediaType == ProofMediaType && m.Embedded
	case TimeStampKind:
		return m.Name == TimeStampMember && m.MediaType == TimeStampMediaType && m.Embedded
	case DisclosureKind:
		i, shown := slices.BinarySearchFunc(v.Manifest.Shown, m.Name, func(i int, name string) int { return strings.Compare(DisclosureMember(i), name) })
		return m.MediaType == DisclosureMediaType && m.Embedded && shown && DisclosureMember(v.Manifest.Shown[i]) == m.Name
	}
	_, named := slices.BinarySearchFunc(v.Declaration.Supporting, m.Name, func(r Resource, name string) int { return strings.Compare(r.Name, name) })
	return named
}

// sbom says whether the object's SBOMs are bound: each is a subject of the statement (the subjects step saw to that)
// and stands under its digest among the members.
func (v *visit) sbom() {
	var names []string
	for _, r := range v.Declaration.Supporting {
		if r.Kind != SBOM {
			continue
		}
		names = append(names, r.Name)
		if m, ok := v.listed(r.Name); !ok || m.Digest != r.Digest || m.Kind != SBOM {
			v.step(StepSBOM, lang.Text{}, unverified("members/"+r.Name, "宣言の対象であるSBOMがないか、ダイジェストが異なります", "the SBOM that is a subject of the declaration is missing, or has another digest"))
			return
		}
	}
	if len(names) == 0 {
		v.unchecked("sbom", lang.T("SBOMが含まれていません", "there is no SBOM"))
		return
	}
	v.step(StepSBOM, lang.F("SBOM %s は署名された宣言の対象です", "the SBOM %s is a subject of the signed declaration", list(names)), nil)
}

// upstream verifies the bundles of suppliers that this one brings, and names those it brings by digest only.
func (v *visit) upstream() {
	read := map[string]*visit{}
	defer func() { v.reliedOn(read) }()
	for _, r := range v.Declaration.Supporting {
		if r.Kind != Upstream {
			continue
		}
		path := strings.TrimPrefix(v.path+" > "+r.Name, " > ")
		content := v.Member(r.Name)
		switch {
		case len(content) == 0:
			v.report.Chain = append(v.report.Chain, Link{Bundle: path, Depth: v.depth() + 1, OK: true, Digest: r.Digest, Key: r.Signer})
			v.report.NotChecked = append(v.report.NotChecked, Unchecked{Name: "upstream_by_digest", Bundle: path,
				Detail: lang.T("取引先のバンドルはダイジェストのみで、内容を確かめていません", "the supplier's bundle is there by digest only; its content was not seen")})
		case v.depth()+1 > v.opt.MaxDepth:
			v.step(StepUpstream, lang.Text{}, unverified("members/"+r.Name, "バンドルの入れ子が上限の %d 段を超えています", "bundles are nested deeper than the limit of %d", v.opt.MaxDepth))
		default:
			next := &visit{walk: v.walk, up: v, as: r, path: path}
			read[r.Name] = next
			v.bundle(content, next)
			next.step(StepUpstream, lang.F("%s は宣言のとおりです", "%s is as declared", r.Name), next.fits())
		}
	}
}

// fits holds an upstream bundle against what the declaration that brings it says: its signer, and a level that is not
// lower (4.2: the level holds down the whole chain).
func (v *visit) fits() error {
	where := "members/" + v.as.Name
	if v.DeclarationKey == nil {
		return unverified(where, "取引先のバンドルが検証できません", "the supplier's bundle does not verify")
	}
	if v.as.Signer != Fingerprint(v.DeclarationKey) {
		return unverified(where, "取引先の宣言の署名鍵が、宣言に書かれた鍵と異なります", "the supplier's declaration is not signed with the key that the declaration names")
	}
	up, down := v.Declaration.Requirements.Level, v.up.Declaration.Requirements.Level
	if !up.Covers(down) {
		return unverified(where, "取引先の水準 %[1]s が、宣言の水準 %[2]s より低くなっています", "the supplier's level, %[1]s, is lower than the declaration's, %[2]s", cmp.Or(up, "-"), down)
	}
	return nil
}
