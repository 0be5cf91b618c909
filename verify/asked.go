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
