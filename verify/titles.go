package verify

import "example.org/tasuki/internal/lang"

// StepTitle gives what a step, or a thing that was not checked, is called for people. What has no title goes by its name.
func StepTitle(name string) lang.Text {
	if t, ok := titles[name]; ok {
		return t
	}
	return lang.T(name, name)
}

var titles = map[string]lang.Text{
	StepForm:        lang.T("形式", StepForm),
	StepManifest:    lang.T("送付票の署名", StepManifest),
	StepMembers:     lang.T("構成物と送付票の一致", StepMembers),
	StepDeclaration: lang.T("宣言の署名", StepDeclaration),
	StepTrust:       lang.T("署名者の信頼", StepTrust),
	StepStatement:   lang.T("宣言の形式", StepStatement),
	StepSubjects:    lang.T("対象の一致", StepSubjects),
	StepDisclosures: lang.T("開示された回答と約束の一致", StepDisclosures),
	StepCoverage:    lang.T("役割と水準の網羅", StepCoverage),
	StepCounts:      lang.T("件数と回答の一致", StepCounts),
	StepEvidence:    lang.T("証跡の同梱", StepEvidence),
	StepSBOM:        lang.T("SBOM の結び付き", StepSBOM),
	StepValidity:    lang.T("有効期間", StepValidity),
	StepReplay:      lang.T("より新しい宣言がないこと", StepReplay),
	StepRevocations: lang.T("撤回されていないこと", StepRevocations),
	StepLevel:       lang.T("求めた水準", StepLevel),
	StepLedger:      lang.T("台帳への記載", StepLedger),
	StepWitness:     lang.T("台帳の証人", StepWitness),
	StepUpstream:    lang.T("供給元の宣言", StepUpstream),
	StepReliedOn:    lang.T("頼っている関連事業者の役割", StepReliedOn),
	StepTimeStamp:   lang.T("タイムスタンプ", StepTimeStamp),
	StepAsked:       lang.T("依頼した対象", StepAsked),
	StepRoles:       lang.T("求めた役割", StepRoles),
	StepDocuments:   lang.T("求めた文書", StepDocuments),
	StepChain:       lang.T("連鎖がそろっていること", StepChain),
	StepFiles:       lang.T("手元のファイル", StepFiles),

	// what a report names as not checked
	"trust":                     lang.T("署名者の信頼", "signer is trusted"),
	"required_level":            lang.T("求める水準", "required level"),
	"earlier_bundles":           lang.T("以前の宣言との前後", "replay"),
	"revocations":               lang.T("撤回の有無", "revocations"),
	"time":                      lang.T("有効期間", "validity"),
	"artifacts":                 lang.T("成果物のダイジェスト", "digests of artifacts"),
	"catalogue":                 lang.T("要求事項データの版", "state of the catalogue"),
	"withheld_answers":          lang.T("非開示の回答", "withheld answers"),
	"documents_by_digest":       lang.T("ダイジェストのみの文書", "documents by digest only"),
	"sbom":                      lang.T("SBOM の有無", "SBOM"),
	"files":                     lang.T("手元のファイルとの一致", "files in hand"),
	"ledger":                    lang.T("台帳への記載", "in the ledger"),
	"time_stamp":                lang.T("タイムスタンプ", "time stamp"),
	"introduced_signer":         lang.T("紹介された署名者", "introduced signer"),
	"upstream_by_digest":        lang.T("ダイジェストのみの供給元の宣言", "upstream declaration by digest only"),
	"upstream_missing":          lang.T("供給元の宣言がそろっていること", "upstream declarations are all there"),
	"revocation_not_counted":    lang.T("数えなかった撤回", "revocation that does not count"),
	"issued_before_revocation":  lang.T("失効した鍵による署名の時期", "when a revoked key signed"),
	"issued_before_trust_ended": lang.T("信頼の終わった鍵による署名の時期", "when a key signed that is trusted no longer"),
	"look_alike_name":           lang.T("紛らわしい名前", "name that looks like another"),
	"upstream_name":             lang.T("供給元の名前", "name of an upstream party"),
	"upstream_roles":            lang.T("供給元の役割", "roles of upstream parties"),
}
