package demo

import (
	"bytes"
	"errors"
	"fmt"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

const (
	systemID   = "audit-system"
	systemName = "調達管理システム（見本）"
)

// buy is the part of the customer: it verifies the bundle with the vendor's key and the level it asked for, takes it in,
// and is judged for the system that uses the product.
func (s *story) buy() error {
	o := s.customer
	self := trader
	self.Self = true
	staff := chain.Party{ID: "trading-it", Name: "情報システム部（例示）", NameEN: "IT department", Parent: trader.ID, Unit: chain.OperationUnit}
	if err := o.settle(chain.Model{Parties: []chain.Party{self, staff, vendor, seller}}); err != nil {
		return err
	}
	if err := o.trust(vendorTrust, vendor.ID); err != nil {
		return err
	}
	if err := o.receive(vendorBundle, true); err != nil {
		return err
	}
	if o.received.Kind != fact.Release {
		return errors.New("the release that the bundle is about was not entered")
	}
	release, err := o.db.ReleaseByID(o.ctx, o.received.ID)
	if err != nil {
		return err
	}
	release.SupportedTo = s.day(5 * 365)
	m := chain.Model{
		Releases: []chain.Release{release},
		Systems:  []chain.System{{ID: systemID, Name: systemName, Owner: trader.ID, Releases: []string{release.ID}, PlannedUntil: s.day(3 * 365)}},
		Arrangements: []chain.Arrangement{{ID: "system-deal", Name: systemName, System: systemID, Level: guideline.Minimum, LevelReason: "社内の利用に限る", Engagements: []chain.Engagement{
			{ID: "system-customer", Party: trader.ID, Role: guideline.Customer, Stance: guideline.Principal, Tier: "customer"},
			{ID: "system-operator", Party: staff.ID, Role: guideline.Operator, Stance: guideline.Principal, Tier: "customer"},
			{ID: "system-developer", Party: vendor.ID, Role: guideline.Developer, Stance: guideline.Principal, EngagedBy: seller.ID, Tier: "sub-1", Relation: chain.Outside},
			{ID: "system-supplier", Party: seller.ID, Role: guideline.Supplier, Stance: guideline.Principal, EngagedBy: trader.ID, Tier: "prime", Relation: chain.Outside},
		}}},
		Agreements: []chain.Agreement{s.agreement("system-licence", chain.Licence, trader, seller), s.agreement("system-maintenance", chain.Maintenance, trader, vendor)},
	}
	m.Agreements[1].Maintenance, m.Agreements[1].VulnerabilityHandling = chain.MaintainService, vendor.ID
	if err := o.settle(m); err != nil {
		return err
	}
	system := fact.Subject{Kind: fact.System, ID: systemID}
	o.subjects[guideline.SystemScope], o.subjects[guideline.SoftwareScope] = system, system
	if err := o.keep("customer.yaml"); err != nil {
		return err
	}
	_, err = upkeep.VerifyLedger(o.ctx, o.db, o.editor)
	return err
}

// tamper changes one byte of the vendor's bundle and has the customer verify it. It is a failure when nobody notices.
func (s *story) tamper() error {
	b, err := s.take(vendorBundle)
	if err != nil {
		return err
	}
	if b, err = oneByteChanged(b); err != nil {
		return err
	}
	if err := s.hand(tamperedBundle, b, lang.T("一文字だけ書き換えた襷（検証に失敗するもの）", "the same bundle with one byte changed (it does not verify)")); err != nil {
		return err
	}
	opt, err := exchange.Options(s.ctx, s.customer.db)
	if err != nil {
		return err
	}
	r := verify.Bundle(b, opt)
	s.sum.Verified = append(s.sum.Verified, outcome(tamperedBundle, s.customer.self, r, verify.Report{}))
	if r.OK {
		return fmt.Errorf("%s verified", tamperedBundle)
	}
	return nil
}

// oneByteChanged changes one character within the content of the last member that has any, so that the file stays a
// well-formed bundle.
func oneByteChanged(b []byte) ([]byte, error) {
	at := bytes.LastIndex(b, []byte(`"content":"`))
	if at < 0 {
		return nil, errors.New("the bundle holds no content")
	}
	out := bytes.Clone(b)
	at += len(`"content":"`) + 100
	if at >= len(out) {
		return nil, errors.New("the content is too short")
	}
	if out[at] == 'A' {
		out[at] = 'B'
	} else {
		out[at] = 'A'
	}
	return out, nil
}
