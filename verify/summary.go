package verify

import (
	"slices"
	"strings"

	"example.org/tasuki/internal/lang"
)

// Summary says in one sentence for people what the report came to: who signed what, when, under which trusted key, how far
// the duties are met, what changed since the last time, and how much was not checked; or the first thing that does not hold.
func (r Report) Summary() lang.Text {
	if !r.OK {
		return r.refusal()
	}
	l := r.Chain[0]
	parts := []lang.Text{
		lang.F("検証できました。%[1]s の%[2]s（第 %[3]d 号、%[4]s）。対象は %[5]s。", "Verified: %[2]s no. %[3]d of %[1]s at the %[4]s level, about %[5]s.", l.Issuer, l.Kind.Title(), l.Serial, l.Level.Title(), l.about()),
		lang.F("%[1]s が %[2]s に署名（信頼する鍵「%[3]s」）、%[4]s まで有効。", "Signed by %[1]s on %[2]s with the trusted key %[3]q, valid until %[4]s.", l.Signer, day(l.IssuedAt), l.TrustedAs, day(l.ValidUntil)),
		l.Counts.summary(),
	}
	if n := len(r.Chain) - 1; n > 0 {
		parts = append(parts, lang.F("取引先のバンドル %d 件も検証しました。", "Suppliers' bundles looked at as well: %d.", n))
	}
	if n := len(r.Changes); n > 0 {
		parts = append(parts, lang.F("前回からの変更 %d 件。", "Changed since the last time: %d.", n))
	}
	parts = append(parts, lang.T("書かれていることが事実かどうかは、検証の対象ではありません。", "Whether what it says is so is not for this check to tell."))
	if names := r.unchecked(); len(names) > 0 {
		parts = append(parts, lang.F("ほかに確認していないこと：%[1]s。", "Not checked either: %[1]s.", join(names, "、", "; ")))
	}
	return join(parts, "", " ")
}

// unchecked names what was not checked, each once, whichever bundle it is about.
func (r Report) unchecked() []lang.Text {
	var out []lang.Text
	for _, u := range r.NotChecked {
		if t := StepTitle(u.Name); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// refusal names the first step that does not hold, and in whose bundle.
func (r Report) refusal() lang.Text {
	i := slices.IndexFunc(r.Steps, func(s Step) bool { return !s.OK })
	if i < 0 {
		return lang.T("検証できませんでした。", "NOT verified.")
	}
	s, whose := r.Steps[i], ""
	for _, l := range r.Chain {
		if l.Bundle == s.Bundle {
			whose = l.Issuer
		}
	}
	if whose == "" {
		return lang.F("検証できませんでした（%[1]s）: %[2]s", "NOT verified (%[1]s): %[2]s", StepTitle(s.Name), s.Detail)
	}
	return lang.F("検証できませんでした（%[1]s のものとされる宣言、%[2]s）: %[3]s", "NOT verified (what is said to be of %[1]s, %[2]s): %[3]s", whose, StepTitle(s.Name), s.Detail)
}

// about names the object and its version.
func (l Link) about() string { return strings.TrimSpace(l.Object + " " + l.Version) }

// summary says how far the duties are met, leaving out what there is none of.
func (c *Counts) summary() lang.Text {
	var said []lang.Text
	for _, n := range []struct {
		count int
		name  lang.Text
	}{
		{c.Met, lang.T("対応", "met")}, {c.MetWithException, lang.T("例外承認つき対応", "met with an exception")}, {c.PartlyMet, lang.T("一部対応", "partly met")},
		{c.NotMet, lang.T("未対応", "not met")}, {c.NotApplicable, lang.T("対象外", "not applicable")}, {c.NotAssessed, lang.T("未評価", "not assessed")},
		{c.StatedOnly, lang.T("うち申告のみ", "of these stated only")},
	} {
		if n.count > 0 {
			said = append(said, lang.F("%[1]s %[2]d", "%[2]d %[1]s", n.name, n.count))
		}
	}
	return lang.F("責務 %[1]d 件：%[2]s。", "%[1]d duties: %[2]s.", c.Duties, join(said, "、", ", "))
}

// join puts texts one behind the other.
func join(texts []lang.Text, betweenJA, betweenEN string) lang.Text {
	ja, en := make([]string, len(texts)), make([]string, len(texts))
	for i, t := range texts {
		ja[i], en[i] = t.JA, t.EN
	}
	return lang.Text{JA: strings.Join(ja, betweenJA), EN: strings.Join(en, betweenEN)}
}
