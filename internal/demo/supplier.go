package demo

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"runtime/debug"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/evidence"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/report/cdx"
	"example.org/tasuki/verify"
)

// The parties and what they make.
var (
	parts  = chain.Party{ID: "example-parts", Name: "例示部品株式会社", NameEN: "Example Parts K.K.", Address: "東京都例示区部品町1-1", Contact: "psirt@parts.example"}
	vendor = chain.Party{ID: "example-software", Name: "例示ソフトウェア株式会社", NameEN: "Example Software Inc.", Address: "東京都例示区製品町2-2", Contact: "psirt@software.example"}
	seller = chain.Party{ID: "example-sales", Name: "例示販売株式会社", NameEN: "Example Sales Co.", Address: "東京都例示区販売町3-3", Contact: "support@sales.example", Activities: []chain.Activity{chain.Sales}}
	trader = chain.Party{ID: "example-trading", Name: "例示商事株式会社", NameEN: "Example Trading Corp.", Address: "東京都例示区商事町4-4", Contact: "csirt@trading.example"}
	mover  = chain.Party{ID: "example-logistics", Name: "例示物流株式会社", NameEN: "Example Logistics Ltd.", Address: "東京都例示区物流町5-5", Contact: "it@logistics.example"}
)

const (
	formsName    = "例示帳票部品"
	formsVersion = "1.2.0"
	formsModule  = "parts.example/forms"
	formsFile    = "forms-1.2.0.zip"
)

// formsModules are what the component builds in, with the checksums that Go's checksum database has of them.
var formsModules = []*debug.Module{
	{Path: "golang.org/x/text", Version: "v0.43.0", Sum: "h1:1QivrlhwAsnMOcqgOdl9my7s9OyZl8O5/UGUTJVXoWc="},
	{Path: "golang.org/x/time", Version: "v0.16.0", Sum: "h1:vMb6ptszcQMkcwiRTAuNNU50gom6++Q/6gY2hDM6VDE="},
}

// supply is the part of the component's maker. It ends with every duty closed.
func (s *story) supply() error {
	o := s.supplier
	self := parts
	self.Self = true
	const software, release = "forms", "forms-1.2.0"
	m := chain.Model{
		Parties: []chain.Party{self, vendor},
		Software: []chain.Software{{ID: software, Name: formsName, Kind: chain.Product, Owner: parts.ID, Summary: "帳票を作るための部品", Delivered: true,
			EndOfSale: s.day(3 * 365), EndOfSupport: s.day(5 * 365), EndOfLife: s.day(6 * 365)}},
		Releases: []chain.Release{{ID: release, Software: software, Version: formsVersion, ReleasedOn: s.day(-14),
			VerifyMethod: "配布元のSHA-256ハッシュ値と、署名付きの来歴・SBOMを、公開している検証用の鍵で確かめる。"}},
		Arrangements: []chain.Arrangement{{ID: "forms-deal", Name: "帳票部品の提供", Software: software, Level: guideline.Minimum,
			LevelReason: "納入先の製品が求める水準に合わせる", Engagements: []chain.Engagement{
				{ID: "forms-developer", Party: parts.ID, Role: guideline.Developer, Stance: guideline.Principal, EngagedBy: vendor.ID, LevelDeclared: guideline.Minimum, Tier: "prime", Relation: chain.Outside},
				{ID: "forms-supplier", Party: parts.ID, Role: guideline.Supplier, Stance: guideline.Principal, EngagedBy: vendor.ID, LevelDeclared: guideline.Minimum, Tier: "prime", Relation: chain.Outside},
				{ID: "forms-customer", Party: vendor.ID, Role: guideline.Customer, Tier: "customer"},
			}}},
		Agreements: []chain.Agreement{s.agreement("forms-licence", chain.Licence, vendor, parts), s.maintenance("forms-maintenance", vendor, parts)},
	}
	if err := o.settle(m); err != nil {
		return err
	}
	about := fact.Subject{Kind: fact.Release, ID: release}
	o.subjects[guideline.SoftwareScope], o.subjects[guideline.ReleaseScope] = fact.Subject{Kind: fact.Software, ID: software}, about
	if err := o.learn(); err != nil {
		return err
	}
	if err := s.pushForms(o, release); err != nil {
		return err
	}
	o.values["host"], o.values["version"], o.values["allow"] = "parts.example", formsVersion, `["pkg:golang/golang.org/x/*"]`
	if err := o.publish(); err != nil {
		return err
	}
	if err := o.keep("provider.yaml", "supplier.yaml"); err != nil {
		return err
	}
	if err := o.state(evidence.Claim{Kind: evidence.Stated, Subject: about, Role: guideline.Developer, Requirement: "S(1)-2.2", Check: "binaries-hardened",
		Body: "ソースコードで提供する部品で、実行ファイルを含まない。実行ファイルの保護設定は、組み込んだ製品の側で確かめる。"}); err != nil {
		return err
	}
	return o.declare(relay.DraftRequest{Software: software, Release: release}, relay.Signing{Title: "代表取締役", Recipient: verify.Recipient{ID: vendor.ID, Name: vendor.Name}},
		supplierBundle, supplierTrust)
}

// pushForms makes the component's files as its build would, and takes them in.
func (s *story) pushForms(o *organisation, release string) error {
	archive, err := formsArchive()
	if err != nil {
		return err
	}
	file := attested{formsFile, verify.Digest(archive)}
	built := s.now.AddDate(0, 0, -15)
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: formsModule, Version: "v" + formsVersion}, Deps: formsModules}
	sbom, err := cdx.FromBuild(info, cdx.Build{Name: formsName, Version: "v" + formsVersion, Producer: parts.Name, Author: parts.Name, At: built, Artifact: file.digest})
	if err != nil {
		return err
	}
	if sbom, err = amend(sbom, asLibrary); err != nil {
		return err
	}
	key, err := o.buildKey()
	if err != nil {
		return err
	}
	builder := "https://parts.example/build/isolated"
	origin, err := attest(key, provenanceType, provenance(builder, "https://parts.example/src/forms@v"+formsVersion, built), file)
	if err != nil {
		return err
	}
	bound, err := attest(key, sbomType, json.RawMessage(sbom), file)
	if err != nil {
		return err
	}
	sarif, err := data.ReadFile("data/supplier/analysis.sarif")
	if err != nil {
		return err
	}
	junit, err := data.ReadFile("data/supplier/tests.xml")
	if err != nil {
		return err
	}
	defaults, guide := []byte("max_bytes: 1048576\nallow_scripts: false\n"), []byte("# "+formsName+" "+formsVersion+" の利用手引（例）\n\n導入、安全な設定と既定値、運用、変更の影響、廃棄、サポートの終了を述べる。\n")
	return o.push(release, parcel{name: formsFile, content: archive, artifact: true}, parcel{name: "forms.cdx.json", content: sbom}, parcel{name: "provenance.intoto.json", content: origin},
		parcel{name: "sbom.intoto.json", content: bound}, parcel{name: "analysis.sarif", content: sarif}, parcel{name: "tests.xml", content: junit},
		parcel{name: "forms.yaml", content: defaults, configuration: true}, parcel{name: "guide.md", content: guide})
}

// formsArchive is the component itself: the same bytes every time.
func formsArchive() ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range []struct{ name, text string }{
		{"forms/go.mod", "module " + formsModule + "\n\ngo 1.26\n"},
		{"forms/forms.go", "// Package forms fills forms in. It is an example.\npackage forms\n\n// MaxBytes bounds the definition of a form.\nconst MaxBytes = 1 << 20\n"},
		{"forms/build/build.sh", "#!/bin/sh\nset -eu\ngo vet ./...\ngo test ./...\n"},
	} {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
		to, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := to.Write([]byte(f.text)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// agreement is a contract that names the level and what is asked of the giver.
func (s *story) agreement(id string, kind chain.AgreementKind, receiver, giver chain.Party) chain.Agreement {
	return chain.Agreement{ID: id, Kind: kind, Receiver: receiver.ID, Giver: giver.ID, Level: guideline.Minimum,
		Requirements: guideline.Default().Duties([]guideline.Role{guideline.Developer, guideline.Supplier}, guideline.Minimum), From: s.day(-60)}
}

// maintenance is a contract by which the giver keeps mending what it gave.
func (s *story) maintenance(id string, receiver, giver chain.Party) chain.Agreement {
	a := s.agreement(id, chain.Maintenance, receiver, giver)
	a.Maintenance, a.VulnerabilityHandling, a.Until = chain.MaintainService, giver.ID, s.day(2*365)
	return a
}
