package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/cdx"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

const (
	productName    = "襷（見本の製品）"
	productVersion = "1.0.0"
	productRelease = "product-1.0.0"
	serviceName    = "在庫管理サービス（見本）"
	serviceVersion = "2.4.0"
	serviceRelease = "service-2.4.0"
)

// withheld is what the vendor does not show the customer: the figures of its budget stay its own.
const withheld guideline.ID = "S(4)-2.3"

// build is the part of the vendor. It ends with a status report, because some things are honestly open: the program of
// the demo has no signed provenance, nobody has decided to adopt some of its components, and their ends of support were
// not looked up.
func (s *story) build() error {
	o := s.vendor
	if err := o.settle(s.vendorModel()); err != nil {
		return err
	}
	o.subjects[guideline.SoftwareScope], o.subjects[guideline.ReleaseScope] = fact.Subject{Kind: fact.Software, ID: "product"}, fact.Subject{Kind: fact.Release, ID: productRelease}
	if err := o.learn(); err != nil {
		return err
	}
	if err := o.trust(supplierTrust, parts.ID); err != nil {
		return err
	}
	if err := o.receive(supplierBundle, false); err != nil {
		return err
	}
	if err := s.pushProduct(o); err != nil {
		return err
	}
	if err := s.pushService(o); err != nil {
		return err
	}
	o.values["host"], o.values["version"] = "software.example", productVersion
	o.values["allow"] = `["pkg:golang/stdlib", "pkg:golang/golang.org/x/*", "pkg:golang/modernc.org/*", "pkg:golang/go.uber.org/*", "pkg:golang/parts.example/*"]`
	if err := o.adoptions(); err != nil {
		return err
	}
	if err := o.publish(); err != nil {
		return err
	}
	if err := o.keep("provider.yaml", "vendor.yaml"); err != nil {
		return err
	}
	return o.declare(relay.DraftRequest{Software: "product", Release: productRelease, Limitations: []lang.Text{
		lang.T("見本のための報告であり、実在の製品の状況を示すものではありません。", "A sample; it says nothing of the state of any real product.")}},
		relay.Signing{Title: "代表取締役", Recipient: verify.Recipient{ID: trader.ID, Name: trader.Name},
			Withhold: map[guideline.ID]string{withheld: "予算の内容は取引先に開示していません。"}},
		vendorBundle, vendorTrust)
}

// receive verifies a bundle that was handed over and takes it in.
func (o *organisation) receive(file string, create bool) error {
	b, err := o.take(file)
	if err != nil {
		return err
	}
	opt, err := exchange.Options(o.ctx, o.db)
	if err != nil {
		return err
	}
	opt.RequireLevel = guideline.Minimum
	r, err := relay.ReceiveBundle(o.ctx, o.db, o.editor, file, b, create)
	if err != nil {
		return err
	}
	v := outcome(file, o.self, r.Report, verify.Bundle(b, opt))
	o.sum.Verified = append(o.sum.Verified, v)
	if !r.Accepted {
		return fmt.Errorf("%s was not accepted by %s: %s: %s", file, o.self.NameEN, v.Failed, v.Why.EN)
	}
	o.received = r.Subject
	return nil
}

// vendorModel is the deal over the product (table 4 a, with the maker of a component) and that over the service (b).
func (s *story) vendorModel() chain.Model {
	self := vendor
	self.Self = true
	m := chain.Model{Parties: []chain.Party{self, parts, seller, trader, mover}}
	a, _ := guideline.Default().Template("a")
	product := chain.FromTemplate(a, chain.Start{Prefix: "product-", Software: productName, SoftwareID: "product", Level: guideline.Minimum,
		LevelReason: "納入先の求めによる", Lang: lang.JA, Parties: map[string]string{"vendor": vendor.ID, "reseller": seller.ID, "org-buyer-company": trader.ID}})
	sw := &product.Software[0]
	sw.Summary, sw.Delivered = "この見本を作っているプログラムに、例示帳票部品を添えたもの", true
	sw.EndOfSale, sw.EndOfSupport, sw.EndOfLife = s.day(3*365), s.day(5*365), s.day(6*365)
	deal := &product.Arrangements[0]
	for i := range deal.Engagements {
		if e := &deal.Engagements[i]; e.Party == vendor.ID { // the vendor sells through the sales company
			e.Stance, e.EngagedBy, e.LevelDeclared = guideline.Principal, seller.ID, guideline.Minimum
		}
	}
	for _, role := range []guideline.Role{guideline.Developer, guideline.Supplier} { // who gives a component is both
		deal.Engagements = append(deal.Engagements, chain.Engagement{ID: "product-parts-" + string(role), Party: parts.ID, Role: role, Stance: guideline.Support,
			EngagedBy: vendor.ID, LevelAsked: guideline.Minimum, LevelDeclared: guideline.Minimum, Tier: "sub-1", Relation: chain.Outside,
			Scope: formsName, SupportRange: "添える帳票部品の開発と提供"})
	}
	for i := range product.Agreements {
		if g := &product.Agreements[i]; g.Giver == vendor.ID || g.VulnerabilityHandling == vendor.ID {
			g.Requirements, g.From = guideline.Default().Duties([]guideline.Role{guideline.Developer, guideline.Supplier}, guideline.Minimum), s.day(-60)
		}
	}
	product.Agreements = append(product.Agreements, s.agreement("forms-licence", chain.Licence, vendor, parts), s.maintenance("forms-maintenance", vendor, parts))
	product.Releases = []chain.Release{{ID: productRelease, Software: "product", Version: productVersion, ReleasedOn: s.day(-4),
		VerifyMethod: "配布元のSHA-256ハッシュ値と、署名付きのSBOMを確かめる。"}}
	product.Components = []chain.ComponentRule{{ID: "rule-forms", Pattern: "pkg:golang/" + formsModule, Party: parts.ID}}

	b, _ := guideline.Default().Template("b")
	service := chain.FromTemplate(b, chain.Start{Prefix: "service-", Software: serviceName, SoftwareID: "service", Level: guideline.Minimum, Lang: lang.JA,
		LevelReason: "扱う情報は在庫の数量に限られ、止まっても手作業で続けられる", Parties: map[string]string{"provider": vendor.ID, "org-user-company": mover.ID}})
	service.Software[0].Running = true
	service.Agreements[0].Boundary = []chain.Boundary{{Layer: "サービスとその基盤", Party: vendor.ID}, {Layer: "利用者の端末と設定", Party: "service-user-ops"}}
	service.Releases = []chain.Release{{ID: serviceRelease, Software: "service", Version: serviceVersion, ReleasedOn: s.day(-200)}}
	return chain.Merge(chain.Merge(m, product), service)
}

// pushProduct takes in what the product is made of: this very program, its SBOM from its own build, and the component.
func (s *story) pushProduct(o *organisation) error {
	forms, err := formsArchive()
	if err != nil {
		return err
	}
	program, err := s.program(o)
	if err != nil {
		return err
	}
	sbom, err := cdx.FromBuild(s.Build, cdx.Build{Name: productName, Version: productVersion, Producer: vendor.Name, Author: vendor.Name, At: s.now, Artifact: program.digest})
	if err != nil {
		return err
	}
	purl := "pkg:golang/" + formsModule + "@v" + formsVersion
	by := &cyclonedx.OrganizationalEntity{Name: parts.Name}
	sbom, err = amend(sbom, with(cyclonedx.Component{BOMRef: purl, Type: cyclonedx.ComponentTypeLibrary, Name: formsModule, Version: "v" + formsVersion, PackageURL: purl,
		Supplier: by, Manufacturer: by, Hashes: &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: strings.TrimPrefix(verify.Digest(forms), "sha256:")}}}))
	if err != nil {
		return err
	}
	key, err := o.buildKey()
	if err != nil {
		return err
	}
	bound, err := attest(key, sbomType, json.RawMessage(sbom), program, attested{formsFile, verify.Digest(forms)})
	if err != nil {
		return err
	}
	return o.push(productRelease, parcel{name: formsFile, content: forms, artifact: true}, parcel{name: "product.cdx.json", content: sbom}, parcel{name: "sbom.intoto.json", content: bound})
}

// program takes the running program in as a file of the release. One that is too large to keep is known by its digest.
func (s *story) program(o *organisation) (attested, error) {
	f, err := os.Open(s.Program)
	if err != nil {
		return attested{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return attested{}, err
	}
	name := strings.TrimSuffix(filepath.Base(s.Program), ".exe")
	if info.Size() <= ingest.MaxBytes {
		arrival := ingest.Arrival{Name: name, Origin: "demo", Body: f, Subject: fact.Subject{Kind: fact.Release, ID: productRelease}, Artifact: true}
		r, err := ingest.Receive(o.ctx, o.db, o.editor, arrival)
		return attested{name, r.Digest}, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return attested{}, err
	}
	digest := "sha256:" + hex.EncodeToString(h.Sum(nil))
	r, err := o.db.ReleaseByID(o.ctx, productRelease)
	if err != nil {
		return attested{}, err
	}
	r.Artifacts = append(r.Artifacts, chain.Artifact{Name: name, Digest: digest, Size: info.Size()})
	return attested{name, digest}, judging.SaveModel(o.ctx, o.db, o.editor, chain.Model{Releases: []chain.Release{r}})
}

// pushService takes in the SBOM of the service, which holds well-known old components, and what was decided so far.
func (s *story) pushService(o *organisation) error {
	b, err := data.ReadFile("data/vendor/service.cdx.json")
	if err != nil {
		return err
	}
	if err := o.push(serviceRelease, parcel{name: "service.cdx.json", content: b}); err != nil {
		return err
	}
	return o.db.InTx(o.ctx, o.editor, func(tx *store.Tx) error {
		d := store.Decision{ID: o.db.NewID(), Vuln: "CVE-2021-23337", Component: "pkg:npm/lodash", Software: "service", Status: "not_affected",
			Justification: "vulnerable_code_not_in_execute_path", Note: "テンプレートの機能を使っていない。", Revision: 1, Until: o.now.AddDate(0, 6, 0)}
		if err := tx.SaveDecision(o.ctx, d); err != nil {
			return err
		}
		return tx.Audit(o.ctx, "decided", store.Object{Kind: "decision", ID: d.ID}, store.Change{After: d})
	})
}

// leftOpen are components that nobody has decided to adopt yet, on purpose.
var leftOpen = []string{"github.com/dustin/go-humanize"}

// adoptions fills in an adoption for every account that publishes components of the program, but for those left open.
func (o *organisation) adoptions() error {
	components, err := o.db.ComponentsOf(o.ctx, productRelease)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, c := range components {
		open := false
		for _, name := range leftOpen {
			open = open || strings.Contains(c.PURL, name)
		}
		path, isOnGitHub := strings.CutPrefix(c.PURL, "pkg:golang/github.com/")
		if open || !isOnGitHub {
			continue
		}
		path, _, _ = strings.Cut(path, "@")
		fmt.Fprintf(&b, "- kind: adoption\n  key: OSS-%s\n  data: {pattern: %q, decision: adopt, reason: 保守が続いており、ライセンスが採用の基準を満たす。}\n", path, "pkg:golang/github.com/"+path)
	}
	o.values["adoptions"] = b.String()
	return nil
}
