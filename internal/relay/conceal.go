package relay

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

// Concealed is a party that a declaration relies on without naming it. It stands in the draft, which nobody else is given.
type Concealed struct {
	Party string   `json:"party"` // id
	As    string   `json:"as"`    // what the declaration calls it
	Names []string `json:"names"` // what must not be read in a hand-over
}

// names reports whether a list of ids, or "all", means a party.
func names(list []string, party string) bool {
	return slices.Contains(list, party) || slices.Contains(list, "all")
}

// conceal gives a party a neutral name for this declaration.
func (b *bench) conceal(p chain.Party) string {
	as := fmt.Sprintf("非開示の関連事業者 %[1]d / undisclosed party %[1]d", len(b.frozen.Concealed)+1)
	c := Concealed{Party: p.ID, As: as}
	for _, n := range []string{p.Name, p.NameEN} {
		if n != "" {
			c.Names = append(c.Names, n)
		}
	}
	b.frozen.Concealed = append(b.frozen.Concealed, c)
	return as
}

// byDigest adds a received bundle that is never handed over itself: its digest commits to it, so that it can be shown to
// whom it may concern later.
func (b *bench) byDigest(ctx context.Context, digest string) (string, error) {
	if err := b.document(ctx, digest); err != nil {
		return "", err
	}
	d, err := b.db.Document(ctx, digest)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(b.frozen.Supporting, func(s Supporting) bool { return s.Digest == digest })
	s := &b.frozen.Supporting[i]
	s.ByDigest, s.Size = true, d.Size
	return s.Name, nil
}

// party gives whom a declaration relies on under a name.
func (f Frozen) party(c judging.Shared, name string) string {
	for _, x := range f.Concealed {
		if x.As == name {
			return x.Party
		}
	}
	i := slices.IndexFunc(c.In.Model.Parties, func(p chain.Party) bool { return p.Name == name })
	if i < 0 {
		return ""
	}
	return c.In.Model.Parties[i].ID
}

// betrays refuses a hand-over in which a concealed party can be read: in the statement, in an answer that is shown, in a
// document that goes along.
func betrays(s *declare.Signed, f Frozen, to declare.HandOver) error {
	statement, err := verify.Marshal(s.Declaration)
	if err != nil {
		return err
	}
	for _, c := range f.Concealed {
		if c.readIn(statement) {
			return betrayed(lang.T("宣言の本文", "the declaration itself"), c, lang.T("限定事項や対象外の理由から名前を除いて、起案し直してください", "take the name out of limitations and reasons of exclusion, and draft again"))
		}
		for i, of := range s.Declaration.Commitments {
			if _, withheld := to.Withhold[of.Duty()]; !withheld && c.readIn(s.Disclosures[i]) {
				return betrayed(lang.F("%s の回答", "the answer to %s", of.Duty()), c, lang.T("その回答を見せずに渡してください（--withhold）", "hand it over without that answer (--withhold)"))
			}
		}
		for _, d := range s.Documents {
			if !slices.Contains(to.ByDigest, d.Name) && c.readIn(d.Content) {
				return betrayed(lang.F("裏付け文書 %s", "the document %s", d.Name), c, lang.T("文書から名前を除くか、ダイジェストだけを渡してください（SBOM のほかは --by-digest）", "take the name out of the document, or hand over its digest only (--by-digest, for all but SBOMs)"))
			}
		}
	}
	return nil
}

// readIn reports whether one of the party's names stands in a text, as it is or as JSON spells it.
func (c Concealed) readIn(text []byte) bool {
	return slices.ContainsFunc(c.Names, func(name string) bool {
		return bytes.Contains(text, []byte(name)) || bytes.Contains(text, spelt(name)) || bytes.Contains(text, escaped(name))
	})
}

func betrayed(where lang.Text, c Concealed, next lang.Text) error {
	return &lang.Error{Kind: lang.Inconsistent, Next: next,
		What: lang.F("名前を見せない関連事業者「%[1]s」が %[2]s に出ています", "the party %[1]q, which is not to be named, can be read in %[2]s", c.Names[0], where)}
}

// spelt gives a name as canonical JSON writes it within a text.
func spelt(name string) []byte {
	b, err := verify.Marshal(name)
	if err != nil {
		return []byte(name)
	}
	return bytes.Trim(b, `"`)
}

// escaped gives a name as JSON in ASCII writes it.
func escaped(name string) []byte {
	var b bytes.Buffer
	for _, r := range name {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.Bytes()
}
