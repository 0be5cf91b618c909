package verify

import (
	"cmp"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// asked holds the outermost bundle against what the reader asked for: in a request, or by options of its own.
func (v *visit) asked() {
	if v.up != nil {
		return
	}
	d := v.Declaration
	if r := v.opt.Request; r != nil {
		v.step(StepAsked, lang.F("依頼された対象 %s についての回答です", "it answers for what was asked, %s", strings.TrimSpace(r.Object.Name+" "+r.Object.Version)), v.aboutAsked(*r))
		v.step(StepDocuments, lang.F("求めた文書の種類は %d 種類ともあります", "every kind of document asked for is there: %d", len(r.Evidence)), v.documentsThere(*r))
	}
	if roles := v.rolesAsked(); len(roles) > 0 {
		v.step(StepRoles, lang.F("求めた役割 %s のすべてに答えています", "every role asked for is answered for: %s", list(names(roles))), v.rolesThere(roles))
	}
	if len(v.opt.Files) > 0 {
		v.step(StepFiles, lang.F("手元のファイル %d 件は、いずれもこの宣言の対象です", "each of %d files in hand is a subject of the declaration", len(v.opt.Files)), v.filesBound())
	} else if len(d.Object.Artifacts) > 0 {
		v.unchecked("files", lang.T("手元の成果物やSBOMが指定されていないため、宣言の対象と同じものかは確かめていません", "no file was given to compare with the subjects of the declaration"))
	}
}

// rolesAsked gives the roles of the request and of the options.
func (v *visit) rolesAsked() []AskedRole {
	var out []AskedRole
	if v.opt.Request != nil {
		out = append(out, v.opt.Request.Roles...)
	}
	for _, r := range v.opt.RequireRoles {
		if !slices.ContainsFunc(out, func(a AskedRole) bool { return a.Role == r }) {
			out = append(out, AskedRole{Role: r})
		}
	}
	return out
}

func names(roles []AskedRole) []guideline.Role {
	var out []guideline.Role
	for _, r := range roles {
		out = append(out, r.Role)
	}
	return out
}

// aboutAsked checks that the bundle answers this very request, or is about what it names.
func (v *visit) aboutAsked(r Request) error {
	o, where := v.Declaration.Object, "members/"+DeclarationMember+" /predicate/object"
	replies := v.Manifest.InReplyTo != "" && v.Manifest.InReplyTo == v.opt.RequestFile
	switch {
	case v.Manifest.InReplyTo != "" && v.opt.RequestFile != "" && !replies:
		return unverified("manifest/payload /predicate/in_reply_to", "別の依頼（%[1]s）への回答です", "it answers another request, %[1]s", v.Manifest.InReplyTo)
	case !replies && o.Name != r.Object.Name:
		return unverified(where, "「%[1]s」ではなく「%[2]s」についての宣言です", "it is not about %[1]q but about %[2]q", r.Object.Name, o.Name)
	case r.Object.Version != "" && o.Version != r.Object.Version:
		return unverified(where+"/version", "版 %[1]s ではなく %[2]s についての宣言です", "it is not about version %[1]s but %[2]s", r.Object.Version, cmp.Or(o.Version, "-"))
	}
	return nil
}

// rolesThere checks that every role asked for is one the issuer answers for, with every requirement asked for.
func (v *visit) rolesThere(roles []AskedRole) error {
	d, where := v.Declaration, "members/"+DeclarationMember+" /predicate/requirements/scope"
	for _, a := range roles {
		var have []guideline.ID
		for _, c := range d.Commitments {
			if c.Role == a.Role {
				have = append(have, c.Requirement)
			}
		}
		if len(have) == 0 {
			return unverified(where, "求めた役割 %[1]s が宣言にありません", "the role asked for, %[1]s, is not in the declaration", a.Role)
		}
		want := a.Requirements
		if len(want) == 0 && a.Stance != guideline.Support {
			want = guideline.Default().Duties([]guideline.Role{a.Role}, cmp.Or(v.required(), d.Requirements.Level))
		}
		if missing := without(want, have); len(missing) > 0 {
			return unverified(where, "求めた役割 %[1]s の個別要求が宣言にありません: %[2]s", "requirements asked of the role %[1]s are not in the declaration: %[2]s", a.Role, list(missing))
		}
	}
	return nil
}

// required is the level the reader asked for: the higher of option and request.
func (w *walk) required() guideline.Level {
	level := w.opt.RequireLevel
	if r := w.opt.Request; r != nil && !level.Covers(r.Level) {
		level = r.Level
	}
	return level
}

func (v *visit) documentsThere(r Request) error {
	for _, kind := range r.Evidence {
		if !slices.ContainsFunc(v.Declaration.Supporting, func(s Resource) bool { return s.Kind == kind }) {
			return unverified("members/"+DeclarationMember+" /predicate/supporting", "求めた文書（%s）がありません", "a document of the kind asked for is missing: %s", kind)
		}
	}
	return nil
}

// filesBound checks that each file the reader holds is a subject of the declaration: an artifact or an SBOM.
func (v *visit) filesBound() error {
	for _, f := range v.opt.Files {
		bound := slices.ContainsFunc(v.Subjects, func(s Subject) bool { return s.Name != "catalogue" && "sha256:"+s.Digest.SHA256 == f.Digest })
		if !bound {
			return unverified(f.Name, "%[1]s（%[2]s）は、この宣言の対象である成果物・SBOMのいずれでもありません。別のものに差し替えられた可能性があります",
				"%[1]s (%[2]s) is none of the artifacts and SBOMs that the declaration is about; it may have been swapped", f.Name, f.Digest)
		}
	}
	return nil
}

// engaged looks whether each party the issuer relies on is there with a bundle, whole or by digest. What is missing is
// a gap when the reader asked for the whole chain, and is named otherwise.
func (v *visit) engaged() {
	d := v.Declaration
	if err := engagedHold(d); err != nil {
		v.step(StepChain, lang.Text{}, err)
		return
	}
	var missing []string
	for _, e := range d.Engaged {
		if e.Bundle == "" {
			missing = append(missing, e.Name)
		}
	}
	demanded := v.opt.RequireChain || v.opt.Request != nil && v.opt.Request.Chain
	switch {
	case len(missing) > 0 && demanded:
		v.step(StepChain, lang.Text{}, unverified("members/"+DeclarationMember+" /predicate/engaged", "頼っている関連事業者の宣言がなく、連鎖がここで途切れています: %s",
			"the chain ends here: these parties are relied on, and no bundle of theirs is there: %s", list(missing)))
	case len(missing) > 0:
		v.unchecked("upstream_missing", lang.F("頼っている関連事業者の宣言がありません: %s", "no bundle of these parties is there, which the issuer relies on: %s", list(missing)))
	case demanded || len(d.Engaged) > 0:
		v.step(StepChain, lang.F("頼っている関連事業者 %d 者の宣言がすべてあります", "a bundle is there for every party relied on: %d", len(d.Engaged)), nil)
	}
}

// Compare orders parties relied on by name, then by bundle.
func (e Engaged) Compare(f Engaged) int {
	return cmp.Or(strings.Compare(e.Name, f.Name), strings.Compare(e.Bundle, f.Bundle))
}

// engagedHold checks the list's form: names in order, and every bundle named is one of a supplier.
func engagedHold(d Declaration) error {
	const where = "members/" + DeclarationMember + " /predicate/engaged"
	if !ascending(d.Engaged, Engaged.Compare) {
		return unverified(where, "関連事業者が名前の順に並んでいないか、重複しています", "the parties relied on are not in order of name, or one is there twice")
	}
	for _, e := range d.Engaged {
		if strings.TrimSpace(e.Name) == "" || len(e.Roles) == 0 || slices.ContainsFunc(e.Roles, func(r guideline.Role) bool { return !slices.Contains(guideline.Roles, r) }) {
			return unverified(where, "関連事業者の名前または役割がありません", "a party relied on has no name or no role")
		}
		there := slices.ContainsFunc(d.Supporting, func(r Resource) bool { return r.Kind == Upstream && r.Name == e.Bundle })
		if e.Bundle != "" && !there {
			return unverified(where, "%[1]s のバンドル %[2]s が裏付け文書にありません", "the bundle %[2]s of %[1]s is not among the supporting documents", e.Name, e.Bundle)
		}
	}
	return nil
}
