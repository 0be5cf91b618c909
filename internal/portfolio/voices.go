package portfolio

import (
	"context"
	"slices"
	"strings"

	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/feed"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/keys"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/triage"
	"example.org/tasuki/verify"
)

// VEXAuthorsSetting is the key of the setting that lists authors whose VEX documents count without a signature, as the
// documents name them. It is empty until an administrator fills it: the name in a document proves nothing.
const VEXAuthorsSetting = "vex_authors"

// hearing knows who is to be believed; it is read once for many releases.
type hearing struct {
	model   chain.Model
	self    string
	signers map[string]string // fingerprint of a trusted key -> party, our own included
	authors []string
	general map[string][]triage.Voice // by vulnerability: documents that came for no release
	quiet   map[string]bool           // releases for which none came, as far as that was asked ahead
}

func openHearing(ctx context.Context, db *store.DB, m chain.Model) (hearing, error) {
	h := hearing{model: m, signers: map[string]string{}}
	for _, p := range h.model.Parties {
		if p.Self {
			h.self = p.ID
		}
	}
	trust, err := exchange.Trust(ctx, db)
	if err != nil {
		return h, err
	}
	for _, t := range trust {
		h.signers[verify.Fingerprint(t.Key.Key)] = t.Party
	}
	own, ok, err := keys.PublicOf(db.SigningKeyFile())
	if err != nil {
		return h, err
	}
	if ok {
		h.signers[verify.Fingerprint(own)] = h.self
	}
	if _, err = db.Setting(ctx, VEXAuthorsSetting, &h.authors); err != nil {
		return h, err
	}
	return h, h.hearGeneral(ctx, db)
}

// voices gives the VEX documents about a release: those that came for it, and those that suppliers give out for whomever
// they concern, as far as these speak of some vulnerabilities. A document counts when an attestation about it is signed
// with our own key or with a key of a counterparty that we trust, when it came in a bundle that verified, or when its
// author, or the provider it was fetched from, is on the list of authors. Any other is shown and does not count.
func (h hearing) voices(ctx context.Context, db *store.DB, release string, vulns []string) ([]triage.Voice, error) {
	subjects := []fact.Subject{{Kind: fact.Release, ID: release}}
	var stated []fact.Fact
	var err error
	if !h.quiet[release] {
		if stated, err = db.Facts(ctx, store.FactFilter{Subjects: subjects, Kinds: []fact.Kind{fact.KindVEX}}); err != nil {
			return nil, err
		}
	}
	general := h.generalOn(vulns)
	if len(stated) == 0 && len(general) == 0 {
		return nil, nil
	}
	around, err := db.Facts(ctx, store.FactFilter{Subjects: subjects, Kinds: []fact.Kind{fact.KindSBOM, fact.KindAttestation, fact.KindReceived}})
	if err != nil {
		return nil, err
	}
	products, parts := h.things(release, around)
	var out []triage.Voice
	for _, f := range stated {
		v, ok := f.Data.(*fact.VEX)
		if !ok {
			continue
		}
		d, err := db.Document(ctx, f.Document)
		if err != nil {
			return nil, err
		}
		voice := triage.Voice{VEX: v, Document: f.Document, Products: products, Parts: parts}
		h.believe(&voice, d, around)
		out = append(out, voice)
	}
	for _, voice := range general {
		voice.Products, voice.Parts = products, parts
		out = append(out, voice)
	}
	return out, nil
}

// things gives how a release and its components are known, by its SBOMs and its artifacts.
func (h hearing) things(release string, around []fact.Fact) (products []triage.Thing, parts map[string]triage.Thing) {
	parts = map[string]triage.Thing{}
	for _, f := range around {
		s, ok := f.Data.(*fact.SBOM)
		if !ok {
			continue
		}
		if s.Root != nil {
			products = append(products, thing(s.Root))
		}
		for i := range s.Components {
			c := &s.Components[i]
			name := c.Name
			if c.Group != "" {
				name = c.Group + "/" + c.Name
			}
			if t := thing(c); len(t.CPEs)+len(t.Hashes) > 0 {
				parts[triage.PartKey(c.PURL, name, c.Version)] = t
			}
		}
	}
	for _, r := range h.model.Releases {
		for _, a := range r.Artifacts {
			if sum, ok := strings.CutPrefix(a.Digest, "sha256:"); ok && r.ID == release {
				products = append(products, triage.Thing{Hashes: []fact.Hash{{Alg: "SHA-256", Value: sum}}})
			}
		}
	}
	return products, parts
}

func thing(c *fact.Component) triage.Thing {
	t := triage.Thing{PURL: c.PURL, Hashes: c.Hashes}
	if c.CPE != "" {
		t.CPEs = append(t.CPEs, c.CPE)
	}
	for _, id := range c.OtherIDs {
		if id.Type == "cpe" {
			t.CPEs = append(t.CPEs, id.Value)
		}
	}
	return t
}

// hearGeneral reads the VEX documents that came for our organisation and not for a release: what providers publish. They
// are found by the vulnerabilities they speak of.
func (h *hearing) hearGeneral(ctx context.Context, db *store.DB) error {
	h.general = map[string][]triage.Voice{}
	if h.self == "" {
		return nil
	}
	subjects := []fact.Subject{{Kind: fact.Org, ID: h.self}}
	stated, err := db.Facts(ctx, store.FactFilter{Subjects: subjects, Kinds: []fact.Kind{fact.KindVEX}})
	if err != nil || len(stated) == 0 {
		return err
	}
	around, err := db.Facts(ctx, store.FactFilter{Subjects: subjects, Kinds: []fact.Kind{fact.KindAttestation, fact.KindReceived}})
	if err != nil {
		return err
	}
	for _, f := range stated {
		v, ok := f.Data.(*fact.VEX)
		if !ok {
			continue
		}
		d, err := db.Document(ctx, f.Document)
		if err != nil {
			return err
		}
		voice := triage.Voice{VEX: v, Document: f.Document, General: true}
		h.believe(&voice, d, around)
		for _, s := range v.Statements {
			for _, id := range append([]string{s.Vulnerability}, s.Aliases...) {
				if n := len(h.general[id]); n == 0 || h.general[id][n-1].Document != f.Document {
					h.general[id] = append(h.general[id], voice)
				}
			}
		}
	}
	return nil
}

// generalOn gives the general voices that speak of some vulnerabilities, each document once.
func (h hearing) generalOn(vulns []string) (out []triage.Voice) {
	if len(h.general) == 0 {
		return nil
	}
	for _, id := range vulns {
		for _, v := range h.general[id] {
			if !slices.ContainsFunc(out, func(o triage.Voice) bool { return o.Document == v.Document }) {
				out = append(out, v)
			}
		}
	}
	return out
}

// believe finds whose word a document is proven to be, and whether it counts.
func (h hearing) believe(v *triage.Voice, d store.Document, around []fact.Fact) {
	for _, f := range around {
		switch data := f.Data.(type) {
		case *fact.Attestation:
			party, known := h.signers[data.Signer]
			about := slices.ContainsFunc(data.Subjects, func(s fact.Digest) bool { return s.Digest == d.Digest }) || d.Origin == ingest.Inside(f.Document, f.Pointer)
			if data.Verified && known && party != "" && about {
				v.Party, v.Counted = party, true
				v.Why = lang.F("%sの署名を確認しました", "the signature of %s holds", h.name(party))
				return
			}
		case *fact.Received:
			if d.Origin == BundleOrigin && data.Party != "" {
				v.Party, v.Counted = data.Party, true
				v.Why = lang.F("%sから受け取り、検証した襷（バンドル）に入っていました", "it came in a verified bundle from %s", h.name(data.Party))
				return
			}
		}
	}
	if slices.Contains(h.authors, v.VEX.Author) && v.VEX.Author != "" {
		v.Counted, v.Why = true, lang.F("作成者「%s」の文書を信頼する設定です", "documents by %q are trusted by setting", v.VEX.Author)
		return
	}
	if feed.IsProvider(d.Origin) && slices.Contains(h.authors, d.Origin) {
		v.Counted, v.Why = true, lang.F("%s の発行元から取得した文書を信頼する設定です", "documents fetched from the provider %s are trusted by setting", d.Origin)
		return
	}
	v.Why = lang.T("誰の言葉か確かめられないため、参考として示します", "it cannot be proven whose word it is; shown for reference")
}

func (h hearing) name(party string) lang.Text {
	for _, p := range h.model.Parties {
		if p.ID == party {
			if p.NameEN != "" {
				return lang.T(p.Name, p.NameEN)
			}
			return lang.T(p.Name, p.Name)
		}
	}
	return lang.T(party, party)
}

// BundleOrigin is the origin of documents that came inside a bundle.
const BundleOrigin = "bundle"
