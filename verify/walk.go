package verify

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// Bundle verifies a bundle and every bundle inside it, and reports what was checked, what was found and where. It
// never trusts a key on the bundle's own word: without Options.Trust the signer is unknown and the report is not ok.
func Bundle(b []byte, opt Options) Report {
	opt.MaxBytes, opt.MaxDepth = cmp.Or(opt.MaxBytes, 256<<20), cmp.Or(opt.MaxDepth, maxDepth)
	w := &walk{opt: opt, report: Report{Steps: []Step{}, Chain: []Link{}, NotChecked: []Unchecked{}, Changes: []Change{}}}
	w.notGiven()
	w.bundle(b, nil)
	w.report.OK = !slices.ContainsFunc(w.report.Steps, func(s Step) bool { return !s.OK })
	return w.report
}

// maxDepth is how many bundles deep a chain is walked unless the reader says otherwise.
const maxDepth = 16

// A walk goes through a chain of bundles and collects the report.
type walk struct {
	opt    Options
	report Report
}

// notGiven names what the reader did not bring.
func (w *walk) notGiven() {
	missing := func(absent bool, name string, detail lang.Text) {
		if absent {
			w.report.NotChecked = append(w.report.NotChecked, Unchecked{Name: name, Detail: detail})
		}
	}
	missing(len(w.opt.Trust) == 0, "trust", lang.T("信頼する鍵が指定されていないため、署名者を確かめていません", "no trusted keys were given, so the signers are unknown"))
	missing(w.required() == "", "required_level", lang.T("求める水準が指定されていません", "no required level was given"))
	missing(w.opt.Seen == nil, "earlier_bundles", lang.T("以前に受け取った宣言が指定されていないため、古い宣言の再送かどうかを確かめていません", "no earlier bundles were given, so an old declaration sent again would not be noticed"))
	missing(w.opt.Revocations == nil, "revocations", lang.T("失効の一覧が指定されていません", "no revocations were given"))
	missing(w.opt.At.IsZero(), "time", lang.T("判定の時刻が指定されていないため、有効期間を確かめていません", "no time to judge at was given, so validity was not checked"))
}

// A visit is one bundle of the chain while it is checked.
type visit struct {
	*walk
	*Opened
	up   *visit   // the bundle that brings this one; nil for the outermost
	as   Resource // what the bringing declaration says of this one
	path string
	link int // index in report.Chain
}

func (v *visit) depth() int {
	if v.up == nil {
		return 0
	}
	return v.up.depth() + 1
}

// step records the outcome of one check. err nil means that it holds and ok says what was found.
func (v *visit) step(name string, ok lang.Text, err error) bool {
	s := Step{Name: name, Bundle: v.path, OK: err == nil, Detail: ok}
	if err != nil {
		s.Detail, s.Where = explain(err)
		v.report.Chain[v.link].OK = false
	}
	v.report.Steps = append(v.report.Steps, s)
	return s.OK
}

func (v *visit) unchecked(name string, detail lang.Text) {
	v.report.NotChecked = append(v.report.NotChecked, Unchecked{Name: name, Bundle: v.path, Detail: detail})
}

func explain(err error) (lang.Text, string) {
	var e *lang.Error
	if !errors.As(err, &e) {
		return lang.T(err.Error(), err.Error()), ""
	}
	text := e.What
	if e.Err != nil {
		text = lang.F("%[1]s（%[2]v）", "%[1]s (%[2]v)", text, e.Err)
	}
	if !e.Next.IsZero() {
		text = lang.F("%[1]s。%[2]s", "%[1]s; %[2]s", text, e.Next)
	}
	return text, e.Where
}

// bundle checks one bundle: first that it is whole, where each stage needs the one before, then everything that can
// be looked at on its own, then what it brings from upstream.
func (w *walk) bundle(b []byte, v *visit) {
	if v == nil {
		v = &visit{walk: w}
	}
	v.Opened, v.link = &Opened{}, len(w.report.Chain)
	w.report.Chain = append(w.report.Chain, Link{Bundle: v.path, Depth: v.depth(), OK: true, Embedded: true, Digest: Digest(b)})
	whole := v.whole(b)
	if v.DeclarationKey != nil {
		v.describe()
	}
	if !whole {
		return
	}
	v.trusted()
	v.content()
	v.standing()
	v.upstream()
}

// whole goes through the stages of [Open], each as a step of its own.
func (v *visit) whole(b []byte) bool {
	return v.step(StepForm, lang.F("%s（%d バイト、正規形）", "%s (%d bytes, canonical)", BundleFormat, len(b)), v.withinLimits(b)) &&
		v.step(StepManifest, lang.T("送付票の署名は有効です", "the signature of the hand-over holds"), v.readManifest()) &&
		v.step(StepMembers, lang.F("%d 件の構成物がダイジェストと一致します", "%d members match their digests", len(v.Manifest.Members)), v.checkMembers()) &&
		v.step(StepDeclaration, lang.T("宣言の署名は有効です", "the signature of the declaration holds"), v.readDeclaration()) &&
		v.step(StepStatement, lang.F("%[1]s 第 %[2]d 号", "%[1]s, serial %[2]d", v.Declaration.Kind.Title(), v.Declaration.Serial), v.statementForm()) &&
		v.step(StepDisclosures, lang.F("開示 %d 件、非開示 %d 件", "%d shown, %d withheld", len(v.Manifest.Shown), len(v.Manifest.Withheld)), v.readDisclosures())
}

func (v *visit) withinLimits(b []byte) error {
	if int64(len(b)) > v.opt.MaxBytes {
		return &lang.Error{Kind: lang.Unreadable, What: lang.F("ファイルが上限の %d バイトを超えています", "the file is larger than the limit of %d bytes", v.opt.MaxBytes)}
	}
	return v.readFile(b)
}

// describe fills the link of the chain with what the declaration says.
func (v *visit) describe() {
	d, l := v.Declaration, &v.report.Chain[v.link]
	l.Declaration, l.ID, l.Serial, l.Kind = Digest(v.Envelope), d.ID, d.Serial, d.Kind
	l.Issuer, l.Object, l.Version, l.Level = d.Issuer.Name, d.Object.Name, d.Object.Version, d.Requirements.Level
	for _, r := range guideline.Roles {
		if slices.ContainsFunc(d.Requirements.Scope, func(s Scope) bool { return s.Role == r }) {
			l.Roles = append(l.Roles, r)
		}
	}
	l.Counts, l.Shown, l.Withheld = &d.Counts, len(v.Manifest.Shown), len(v.Manifest.Withheld)
	l.AssessedAt, l.IssuedAt, l.ValidUntil = d.Assessment.At, d.IssuedAt, d.Validity.Until
	l.Sender, l.Recipient, l.HandedOver = v.Manifest.Sender.Name, cmp.Or(v.Manifest.Recipient.Name, v.Manifest.Recipient.ID), v.Manifest.CreatedAt
	l.Signer, l.Key = strings.TrimSpace(d.Signer.Name+" "+d.Signer.Title), Fingerprint(v.DeclarationKey)
}

// content checks what the declaration says against itself, the catalogue and the members.
func (v *visit) content() {
	d := v.Declaration
	v.step(StepSubjects, lang.F("対象 %d 件を宣言のとおり確認しました", "%d subjects, as declared", len(v.Subjects)), v.subjectsHold())
	if len(d.Object.Artifacts) == 0 {
		v.unchecked("artifacts", lang.T("成果物のダイジェストがなく、対象は名称と版だけで示されています", "there is no artifact digest; the object is known by name and version only"))
	}
	v.step(StepCoverage, lang.F("役割と水準から導かれる %d 件の個別要求を過不足なく含みます", "duties that follow from roles and level: %d, none missing, none extra", len(d.Commitments)), v.coverage())
	if own := guideline.Default().Digest(); own != d.Requirements.CatalogueDigest {
		v.unchecked("catalogue", lang.T("発行者と検証者で要求事項データの版が異なります。個別要求の範囲は検証者の版で確かめました",
			"the issuer used another state of the catalogue; coverage was judged by the reader's"))
	}
	v.step(StepCounts, lang.T("状態ごとの件数は、開示された回答と一致します", "the counts by status agree with the answers shown"), v.countsHold())
	if n := len(v.Manifest.Withheld); n > 0 {
		v.unchecked("withheld_answers", lang.F("%d 件の回答は非開示で、その状態は署名者の申告によります", "%d answers are withheld; their status rests on the signer's word", n))
	}
	byDigest, err := v.supporting()
	v.step(StepEvidence, lang.F("裏付け文書 %d 件（うちダイジェストのみ %d 件）", "%d supporting documents, %d of them by digest only", len(d.Supporting), byDigest), err)
	if byDigest > 0 {
		v.unchecked("documents_by_digest", lang.F("%d 件の裏付け文書はダイジェストのみで、内容を確かめていません", "%d supporting documents are there by digest only; their content was not seen", byDigest))
	}
	v.sbom()
}

// standing checks whether the declaration stands at the reader's time and by the reader's lists.
func (v *visit) standing() {
	d := v.Declaration
	v.step(StepValidity, lang.F("%s から %s まで有効です", "valid from %s until %s", day(d.Validity.From), day(d.Validity.Until)), v.valid())
	if v.opt.Seen != nil {
		v.step(StepReplay, lang.F("第 %d 号より新しい宣言は受け取っていません", "no declaration later than serial %d was seen", d.Serial), v.notSuperseded())
	}
	if v.opt.Revocations != nil {
		v.step(StepRevocations, lang.T("鍵も宣言も失効していません", "neither key nor declaration is revoked"), v.notRevoked())
	}
	if v.required() != "" {
		detail, err := v.requiredLevel()
		v.step(StepLevel, detail, err)
	}
	v.asked()
	v.ledger()
	v.stamped()
	v.engaged()
	v.changes()
}
