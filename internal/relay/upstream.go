package relay

import (
	"context"
	"fmt"
	"slices"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/declare"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// reliance is a party that work for the object is done by, or a component is taken from, and the roles it holds there.
type reliance struct {
	party chain.Party
	roles []guideline.Role
}

// reliances gives the parties our organisation relies on for an object, in the model's order: those we engaged in the
// deal, and those that answer for a component of the release, which are its developer and its supplier (1.4(2)ア).
func reliances(c judging.Shared, a chain.Arrangement, self, release string, components []string) []reliance {
	m, out := c.In.Model, []reliance{}
	add := func(party string, roles ...guideline.Role) {
		i := slices.IndexFunc(out, func(r reliance) bool { return r.party.ID == party })
		p := slices.IndexFunc(m.Parties, func(p chain.Party) bool { return p.ID == party })
		if p < 0 || chain.Belongs(m, party, self) {
			return
		}
		if i < 0 {
			i, out = len(out), append(out, reliance{party: m.Parties[p]})
		}
		for _, r := range roles {
			if !slices.Contains(out[i].roles, r) {
				out[i].roles = append(out[i].roles, r)
			}
		}
	}
	for _, e := range a.Engagements {
		if e.Role != guideline.Customer && e.EngagedBy != "" && chain.Belongs(m, e.EngagedBy, self) {
			add(e.Party, e.Role)
		}
	}
	for _, r := range m.Components {
		built := slices.ContainsFunc(components, func(purl string) bool { return chain.Matches(r.Pattern, purl) })
		if r.Party != "" && (r.Release == "" || r.Release == release) && built {
			add(r.Party, guideline.Developer, guideline.Supplier)
		}
	}
	for i := range out {
		slices.SortFunc(out[i].roles, func(a, b guideline.Role) int {
			return slices.Index(guideline.Roles, a) - slices.Index(guideline.Roles, b)
		})
	}
	return out
}

// ReliedOn gives the parties that a declaration would rely on, in the model's order. None where there is nothing to declare.
func ReliedOn(ctx context.Context, db *store.DB, req DraftRequest) ([]chain.Party, error) {
	self, err := db.Self(ctx)
	if err != nil {
		return nil, err
	}
	m, err := db.LoadModelAround(ctx, []string{req.Software})
	if err != nil {
		return nil, err
	}
	c := judging.Shared{In: assess.Input{Model: m}}
	a, err := arrangement(c, req, self.ID)
	if lang.KindOf(err) == lang.Nothing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	components, err := purls(ctx, db, req.Release)
	if err != nil {
		return nil, err
	}
	var out []chain.Party
	for _, r := range reliances(c, a, self.ID, req.Release, components) {
		out = append(out, r.party)
	}
	return out, nil
}

// purls gives the package URLs of a release's components.
func purls(ctx context.Context, db *store.DB, release string) (out []string, err error) {
	if release == "" {
		return nil, nil
	}
	listed, err := db.ComponentsOf(ctx, release)
	for _, l := range listed {
		out = append(out, l.PURL)
	}
	return out, err
}

// upstream adds the bundles of the parties we rely on: the newest of each about each object that is in force. One at a
// lower level than ours is refused (4.2). Who is to be redacted goes in repacked by us, without answers and documents; who is
// concealed by digest alone, under a neutral name. Whoever we rely on without such a bundle is named all the same: there the
// chain that can be checked ends.
func (b *bench) upstream(ctx context.Context, c judging.Shared, a chain.Arrangement, self string, req DraftRequest) error {
	components, err := purls(ctx, b.db, req.Release)
	if err != nil {
		return err
	}
	for _, r := range reliances(c, a, self, req.Release, components) {
		entry := verify.Engaged{Name: r.party.Name, Roles: r.roles}
		concealed, redact := names(req.Conceal, r.party.ID), names(req.Redact, r.party.ID)
		if concealed {
			entry.Name = b.conceal(r.party)
		}
		for _, got := range inForce(c, r.party.ID) {
			if !got.Level.Covers(a.Level) {
				return tooLow(r.party.Name, got.Level, a.Level)
			}
			name, err := b.bundle(ctx, req, got.ID, redact, concealed)
			if err != nil {
				return fmt.Errorf("bundle of %s: %w", r.party.Name, err)
			}
			entry.Bundle = name
			b.frozen.Engaged = append(b.frozen.Engaged, entry)
		}
		if entry.Bundle == "" {
			b.frozen.Engaged = append(b.frozen.Engaged, entry)
		}
	}
	return nil
}

// inForce gives what a party declared to us that holds now: the newest about each object.
func inForce(c judging.Shared, party string) []assess.Received {
	var out []assess.Received
	for _, got := range c.In.Received {
		if got.Party != party || got.ID == "" || !c.In.Now.Before(got.ValidUntil) {
			continue
		}
		same := func(o assess.Received) bool { return o.Software != "" && o.Software == got.Software || o.ID == got.ID }
		if i := slices.IndexFunc(out, same); i < 0 {
			out = append(out, got)
		} else if !got.VerifiedAt.Before(out[i].VerifiedAt) {
			out[i] = got
		}
	}
	return out
}

// bundle adds a received bundle, whole, redacted or by digest, and gives the name of its member.
func (b *bench) bundle(ctx context.Context, req DraftRequest, digest string, redact, concealed bool) (string, error) {
	if concealed {
		return b.byDigest(ctx, digest)
	}
	if !redact {
		if err := b.document(ctx, digest); err != nil {
			return "", err
		}
		return b.name(digest), nil
	}
	whole, err := b.db.ReadDocument(digest)
	if err != nil {
		return "", err
	}
	content, err := b.redacted(whole, req)
	if err != nil {
		return "", err
	}
	b.instead[digest] = verify.Digest(content)
	s := Supporting{Name: fmt.Sprintf("upstream/%04d.tasuki.json", len(b.frozen.Supporting)+1), Kind: verify.Upstream, MediaType: verify.BundleMediaType,
		Digest: verify.Digest(content), Content: content, Replaces: digest}
	b.frozen.Supporting = append(b.frozen.Supporting, s)
	return s.Name, nil
}

// redacted packs a received declaration anew, as its sender, without answers and documents.
func (b *bench) redacted(whole []byte, req DraftRequest) ([]byte, error) {
	if req.Key == nil {
		return nil, &lang.Error{Kind: lang.Usage, What: lang.T("伏せて渡すための署名鍵がありません", "the key that signs what is redacted is missing")}
	}
	s, proof, err := declare.Reopen(whole)
	if err != nil {
		return nil, err
	}
	key, err := upkeep.LedgerKey(b.db)
	if err != nil {
		return nil, err
	}
	to := declare.HandOver{ID: "urn:tasuki:handover:" + b.db.NewID(), Sender: key.Speaks(b.frozen.Issuer), Proof: proof, Now: b.db.Now()}
	return declare.Pack(s, declare.Redacted(s, to, "confidential"), req.Key)
}

// name gives the member's name of a document that was added.
func (b *bench) name(digest string) string {
	i := slices.IndexFunc(b.frozen.Supporting, func(s Supporting) bool { return s.Digest == digest })
	return b.frozen.Supporting[i].Name
}

// tooLow says that a supplier declared at a lower level than ours, which no reader would accept (4.2).
func tooLow(party string, level, ours guideline.Level) error {
	return &lang.Error{Kind: lang.Inconsistent, What: lang.F("%[1]s の宣言の水準 %[2]s が、自組織の水準 %[3]s より低くなっています", "%[1]s declared at the level %[2]s, lower than ours, %[3]s", party, level, ours),
		Why:  lang.T("水準は、連鎖のどの段でも下がらないものとされています（4.2）", "the level holds down the whole chain (4.2)"),
		Next: lang.T("求める水準を伝えて宣言し直してもらうか（tasuki request new）、体制の水準を見直してください", "ask them for this level (tasuki request new), or set the level of the deal anew")}
}
