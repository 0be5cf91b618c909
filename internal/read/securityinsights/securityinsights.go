// Package securityinsights reads security-insights.yml, what a project says of its own security, in versions 1 and 2 of
// OpenSSF Security Insights (https://github.com/ossf/security-insights-spec).
//
// Start from [Read]. A member the specification requires and the file lacks is a doubt: projects leave many out.
package securityinsights

import (
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// maxListed bounds each list that is kept.
const maxListed = 1000

// Match reports whether the bytes are such a file: YAML with a header that gives the version of a schema, and a part that
// only Security Insights has.
func Match(b []byte) bool {
	if !input.YAMLKey(b, "header") || !strings.Contains(string(b[:min(len(b), 64<<10)]), "schema-version") {
		return false
	}
	for _, part := range []string{"project", "repository", "project-lifecycle", "vulnerability-reporting", "security-artifacts"} {
		if input.YAMLKey(b, part) {
			return true
		}
	}
	return false
}

// Read reads one file. The fact is a *fact.SecurityInsights, observed when it was last reviewed.
func Read(b []byte) (fact.Reading, error) {
	r, err := read(b)
	return r, input.Renamed(err, "Security Insights", lang.T("示した箇所を直してください。", "Correct the place shown."))
}

func read(b []byte) (fact.Reading, error) {
	o, err := input.YAMLObject(b)
	if err != nil {
		return fact.Reading{}, err
	}
	header := o.Child("header")
	version, err := header.Need("schema-version")
	if err != nil {
		return fact.Reading{}, err
	}
	x := &extraction{s: &fact.SecurityInsights{
		SpecVersion: version, UpdatedAt: header.Time("last-updated"), ReviewedAt: header.Time("last-reviewed"), ExpiresAt: header.Time("expiration-date"),
		AcceptsReports: fact.AnswerUnknown, BugBounty: fact.AnswerUnknown, ThreatModel: fact.AnswerUnknown, SelfAssessment: fact.AnswerUnknown, AutomatedReleases: fact.AnswerUnknown,
	}}
	switch {
	case strings.HasPrefix(version, "1."):
		x.first(o)
	case strings.HasPrefix(version, "2."):
		if !o.Has("project") && !o.Has("repository") {
			return fact.Reading{}, input.Refuse("", lang.T("projectもrepositoryもありません", "there is neither a project nor a repository"))
		}
		x.second(o)
	default:
		return fact.Reading{}, input.Refuse("/header/schema-version", lang.F("版「%s」は読めません(読める版: 1、2)", "version %q cannot be read (known: 1, 2)", input.Clip(version)))
	}
	s := x.s
	if s.ReviewedAt.IsZero() {
		x.doubt("/header/last-reviewed", lang.T("最後に見直した日がないか、日付ではありません", "there is no date of the last review, or it is no date"))
	}
	return fact.Reading{
		Type: "securityinsights", Version: version, Problems: x.problems,
		Facts:   []fact.Fact{{Kind: fact.KindSecurityInsights, ObservedAt: s.ReviewedAt, ValidUntil: s.ExpiresAt, Data: s}},
		Summary: map[string]any{"contacts": len(s.Contacts), "tools": len(s.Tools)},
	}, nil
}

type extraction struct {
	s        *fact.SecurityInsights
	problems []fact.Problem
}

func (x *extraction) doubt(where string, what lang.Text) {
	x.problems = append(x.problems, fact.Problem{Where: where, What: what})
}

// need doubts a member that the specification requires and the file lacks.
func (x *extraction) need(o input.Object, names ...string) {
	for _, n := range names {
		if !o.Has(n) {
			x.doubt(o.At(n), lang.F("必須の項目「%s」がありません", "the required %s is missing", n))
		}
	}
}

// said gives the answer to a member that is yes or no.
func said(o input.Object, name string) fact.Answer {
	b, ok := o.Members[name].(bool)
	switch {
	case !ok:
		return fact.AnswerUnknown
	case b:
		return fact.AnswerYes
	}
	return fact.AnswerNo
}

func first(values ...string) string {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

func short[T any](list []T) []T { return list[:min(len(list), maxListed)] }

// first reads version 1.
func (x *extraction) first(o input.Object) {
	s, header, reporting := x.s, o.Child("header"), o.Child("vulnerability-reporting")
	x.need(header, "expiration-date", "project-url")
	x.need(o, "project-lifecycle", "contribution-policy", "vulnerability-reporting")
	s.Repository, s.License, s.Changelog = header.Text("project-url"), header.Text("license"), header.Text("changelog")
	s.Status, s.Maintainers = o.Child("project-lifecycle").Text("status"), len(o.Child("project-lifecycle").Texts("core-maintainers"))
	s.AcceptsReports, s.BugBounty = said(reporting, "accepts-vulnerability-reports"), said(reporting, "bug-bounty-available")
	s.Policy = reporting.Text("security-policy")
	for _, c := range short(o.List("security-contacts")) {
		if v := c.Text("value"); v != "" {
			s.Contacts = append(s.Contacts, v)
		}
	}
	if m := reporting.Text("email-contact"); m != "" && len(s.Contacts) == 0 {
		s.Contacts = []string{m}
	}
	artifacts := o.Child("security-artifacts")
	s.ThreatModel = said(artifacts.Child("threat-model"), "threat-model-created")
	s.SelfAssessment = said(artifacts.Child("self-assessment"), "self-assessment-created")
	s.OtherAssessments = len(o.List("security-assessments"))
	for _, t := range short(o.List("security-testing")) {
		i := t.Child("integration")
		s.Tools = append(s.Tools, fact.InsightsTool{Name: t.Text("tool-name"), Type: strings.ToLower(t.Text("tool-type")), AdHoc: i.Bool("ad-hoc"), CI: i.Bool("ci"), OnRelease: i.Bool("before-release")})
	}
	dependencies := o.Child("dependencies")
	s.DependencyPolicy = first(dependencies.Child("env-dependencies-policy").Text("policy-url"), dependencies.Child("dependencies-lifecycle").Text("policy-url"))
	for _, b := range short(dependencies.List("sbom")) {
		s.Attestations = append(s.Attestations, first(b.Text("sbom-format"), "SBOM"))
	}
	s.DistributionPoints = short(o.Texts("distribution-points"))
}

// second reads version 2.
func (x *extraction) second(o input.Object) {
	s, header, project, repository := x.s, o.Child("header"), o.Child("project"), o.Child("repository")
	x.need(header, "last-updated", "last-reviewed", "url")
	s.Inherits = header.Text("project-si-source")
	s.Repository = first(repository.Text("url"), header.Text("url"))
	if o.Has("project") {
		x.need(project, "name", "administrators", "repositories", "vulnerability-reporting")
		x.project(project)
	} else if s.Inherits == "" {
		x.doubt("/project", lang.T("プロジェクトの項目がなく、どこから引き継ぐかも書かれていません", "there is no project, and it does not tell where that is taken from"))
	}
	if o.Has("repository") {
		x.need(repository, "url", "status", "accepts-change-request", "accepts-automated-change-request", "core-team", "license", "security")
		x.repository(repository)
	}
}

func (x *extraction) project(o input.Object) {
	s, reporting, docs := x.s, o.Child("vulnerability-reporting"), o.Child("documentation")
	s.Project, s.Maintainers = o.Text("name"), len(o.List("administrators"))
	s.AcceptsReports, s.BugBounty = said(reporting, "reports-accepted"), said(reporting, "bug-bounty-available")
	s.Policy = first(reporting.Text("policy"), reporting.Text("security-policy"))
	s.SupportPolicy = docs.Text("support-policy")
	contact := reporting.Child("contact")
	if c := first(contact.Text("email"), contact.Text("social"), contact.Text("name")); c != "" {
		s.Contacts = append(s.Contacts, c)
	}
}

func (x *extraction) repository(o input.Object) {
	s, security, release, docs := x.s, o.Child("security"), o.Child("release"), o.Child("documentation")
	s.Status = o.Text("status")
	s.Maintainers = max(s.Maintainers, len(o.List("core-team")))
	s.License = first(o.Child("license").Text("expression"), o.Child("license").Text("url"))
	s.Policy = first(s.Policy, docs.Text("security-policy"))
	s.DependencyPolicy = first(docs.Text("dependency-management-policy"), docs.Text("dependency-management"))
	self := security.Child("assessments").Child("self")
	if self.Members != nil {
		s.SelfAssessment = fact.AnswerNo // a comment alone tells why there is none
		if self.Has("evidence") {
			s.SelfAssessment = fact.AnswerYes
		}
	}
	s.OtherAssessments = len(security.Child("assessments").List("third-party")) + len(security.Child("assessments").List("third-party-assessment"))
	for _, t := range short(security.List("tools")) {
		i := t.Child("integration")
		s.Tools = append(s.Tools, fact.InsightsTool{Name: t.Text("name"), Type: strings.ToLower(t.Text("type")), AdHoc: i.Bool("adhoc"), CI: i.Bool("ci"), OnRelease: i.Bool("release")})
	}
	s.AutomatedReleases, s.Changelog = said(release, "automated-pipeline"), release.Text("changelog")
	for _, a := range short(release.List("attestations")) {
		s.Attestations = append(s.Attestations, first(a.Text("predicate-uri"), a.Text("name")))
	}
	for _, d := range short(release.List("distribution-points")) {
		s.DistributionPoints = append(s.DistributionPoints, d.Text("uri"))
	}
}
