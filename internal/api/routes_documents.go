package api

import (
	"net/http"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
)

// documentRoutes are the documents that people hand on, and the way back of a filled checklist.
func (s *server) documentRoutes() {
	get, post := http.MethodGet, http.MethodPost

	add(s, operation{ID: "get-checklist", Method: get, Path: "/software/{name}/checklist/{format}", Need: auth.Read, Gives: asXLSX,
		Summary: lang.T("要求事項チェックリスト（xlsx 又は csv）", "The checklist of requirements, as xlsx or csv"),
		Detail:  lang.T("最後に判定した状況です。", "As things were judged last.")}, s.checklist)
	add(s, operation{ID: "get-paper", Method: get, Path: "/software/{name}/papers/{format}", Need: auth.Read, Gives: anyBytes,
		Summary: lang.T("最後に発行した宣言・報告（PDF、OSCAL、CycloneDX）", "The declaration issued last, as PDF, OSCAL or CycloneDX")}, s.softwarePaper)
	add(s, operation{ID: "draw-up-paper", Method: post, Path: "/software/{name}/papers/{format}", Need: auth.Push, Gives: anyBytes,
		Summary: lang.T("現在の状態の未署名の写しを作る", "Draw up an unsigned copy of the present state"),
		Detail:  lang.T("判定し直してから作ります。誰も署名していないため、宣言ではありません。", "It is judged again first. Nobody signed it, so it declares nothing.")}, s.present)
	add(s, operation{ID: "get-declaration-paper", Method: get, Path: "/declarations/{id}/papers/{format}", Need: auth.Read, Gives: anyBytes,
		Summary: lang.T("1つの宣言の PDF、OSCAL、CycloneDX", "One declaration as PDF, OSCAL or CycloneDX")}, s.declarationPaper)
	add(s, operation{ID: "draw-up-vex", Method: post, Path: "/software/{name}/vex/{format}", Need: auth.Push, Gives: asJSON,
		Summary: lang.T("脆弱性についての判断を VEX で書き出す", "Hand the decisions about vulnerabilities on as VEX"),
		Detail:  lang.T("内容が前回と変わっていれば版が上がります。", "When its content changed since the last, it is a new edition.")}, s.vex)
	add(s, operation{ID: "preview-checklist", Method: post, Path: "/checklists/preview", Need: auth.Read, Takes: anyBytes,
		Summary: lang.T("記入されたチェックリストが何を変えるかをセルごとに確かめる", "What a filled checklist would change, cell by cell"),
		Detail:  lang.T("何も書き込みません。", "Nothing is written.")}, s.previewSheet)
	add(s, operation{ID: "apply-checklist", Method: post, Path: "/checklists/apply", Need: auth.Edit, Takes: anyBytes,
		Summary: lang.T("記入されたチェックリストを取り込む", "Take a filled checklist in"),
		Detail:  lang.T("申告などは起案になり、ほかの人の承認で評価に反映されます。", "Statements become drafts, which count once another person approves them.")}, s.applySheet)
	add(s, operation{ID: "list-tables", Method: get, Path: "/tables", Need: auth.Read,
		Summary: lang.T("個別要求が求める一覧・対応表の種類", "The lists and matrices that requirements ask for")}, s.tables)
	add(s, operation{ID: "get-table", Method: get, Path: "/tables/{table}", Need: auth.Read,
		Summary: lang.T("一覧・対応表の内容", "One list or matrix, filled in"),
		Detail:  lang.T("評価と同じ証跡・記録から、その場で作ります。各行はリリースかシステムについてのもので、組織全体の表では対象の指定は不要です。", "Made on the spot from the same evidence and records as the assessment. It is about a release or a system; one of the whole organisation needs neither.")}, s.table)
	add(s, operation{ID: "get-table-file", Method: get, Path: "/tables/{table}/{format}", Need: auth.Read, Gives: anyBytes,
		Summary: lang.T("一覧・対応表のファイル（xlsx、csv、Markdown）", "One list or matrix as a file (xlsx, csv, Markdown)")}, s.tableFile)
	add(s, operation{ID: "list-uses", Method: get, Path: "/uses", Need: auth.Read,
		Summary: lang.T("ある証跡に基づく責務と確認", "The duties and checks that rest on a piece of evidence"),
		Detail:  lang.T("最後に判定した状況です。", "As they were judged last.")}, s.uses)
	add(s, operation{ID: "list-dates", Method: get, Path: "/dates", Need: auth.Read,
		Summary: lang.T("期日・見直し・期限の一覧（早い順）", "What is due, reviewed or ends, the earliest first"),
		Detail:  lang.T("責務の期限、脆弱性への対応、証跡の更新、記録の見直しと期限、例外措置、サポート終了、当局への報告、依頼、宣言の期限。", "Planned duties, vulnerabilities, evidence to renew, reviews and ends of records, exceptions, ends of support, reports to authorities, requests, declarations.")}, s.dates)
	add(s, operation{ID: "get-calendar", Method: get, Path: "/dates/calendar", Need: auth.Read, Gives: "text/calendar",
		Summary: lang.T("同じものを iCalendar で", "The same as iCalendar")}, s.calendar)
	add(s, operation{ID: "get-paper-settings", Method: get, Path: "/settings/papers", Need: auth.Read,
		Summary: lang.T("書類の体裁（年の書き方）", "How papers look: the way years are written")}, s.papers)
	add(s, operation{ID: "set-paper-settings", Method: http.MethodPut, Path: "/settings/papers", Need: auth.Edit, Takes: asJSON, Body: office.Papers{},
		Summary: lang.T("書類の体裁を変える", "Change how papers look")}, s.setPapers)
}

// changeRoutes are findings and what is decided about them, and what is drafted, changed and retired.
func (s *server) changeRoutes() {
	get, post := http.MethodGet, http.MethodPost

	add(s, operation{ID: "list-findings", Method: get, Path: "/findings", Need: auth.Read,
		Summary: lang.T("検出事項（急ぐ順）と、その判断", "Findings, the most urgent first, and what was decided")}, s.findings)
	add(s, operation{ID: "decide", Method: post, Path: "/vulnerabilities/{id}/decisions", Need: auth.Edit, Takes: asJSON, Body: DecisionBody{},
		Summary: lang.T("影響の有無と対応を決める", "Decide whether it affects, and what is done"),
		Detail:  lang.T("キーを発行したアカウントの判断として記録します。", "It is recorded as the decision of the account that the key acts for.")}, s.decide)
	add(s, operation{ID: "list-components", Method: get, Path: "/software/{name}/components", Need: auth.Read,
		Summary: lang.T("リリースの部品", "The components of a release")}, s.components)
	add(s, operation{ID: "list-changes", Method: get, Path: "/software/{name}/changes", Need: auth.Read,
		Summary: lang.T("二つの時点の間に責務の状況がどう変わったか", "How duties changed between two moments, and why")}, s.changes)
	add(s, operation{ID: "draft-declaration", Method: post, Path: "/software/{name}/declarations", Need: auth.Edit, Takes: asJSON, Body: DraftBody{},
		Summary: lang.T("宣言を起案する", "Draft a declaration"),
		Detail:  lang.T("承認と署名は、人が画面又はコマンドで行います。", "People approve and sign it, on the pages or the command line.")}, s.draftDeclaration)
	add(s, operation{ID: "list-registers", Method: get, Path: "/registers", Need: auth.Read,
		Summary: lang.T("台帳とその項目の一覧", "The registers and their fields")}, s.registers)
	add(s, operation{ID: "change-record", Method: http.MethodPut, Path: "/records/{id}", Need: auth.Edit, Takes: asJSON, Body: RecordBody{},
		Summary: lang.T("記録を変更する（起案になる）", "Change a record, which makes it a draft")}, s.changeRecord)
	add(s, operation{ID: "retire-record", Method: post, Path: "/records/{id}/retire", Need: auth.Edit,
		Summary: lang.T("記録を廃止する", "Retire a record")}, s.retireRecord)
	add(s, operation{ID: "retire-claim", Method: post, Path: "/claims/{id}/retire", Need: auth.Edit,
		Summary: lang.T("主張を取り下げる", "Withdraw a claim")}, s.retireClaim)

	add(s, operation{ID: "list-plans", Method: get, Path: "/plans", Need: auth.Read,
		Summary: lang.T("誰がいつまでに責務に取り組むか", "Who sees to duties, and by when")}, s.plans)
	add(s, operation{ID: "get-plan", Method: get, Path: "/plans/{key}", Need: auth.Read,
		Summary: lang.T("1つの責務の担当と期限", "Who sees to one duty")}, s.plan)
	add(s, operation{ID: "set-plan", Method: http.MethodPut, Path: "/plans/{key}", Need: auth.Edit, Takes: asJSON, Body: PlanBody{},
		Summary: lang.T("責務の担当と期限を決める", "Say who sees to a duty, and by when")}, s.setPlan)
	add(s, operation{ID: "list-comments", Method: get, Path: "/comments", Need: auth.Read,
		Summary: lang.T("責務又は脆弱性についてのコメント", "Comments on a duty or a vulnerability")}, s.comments)
	add(s, operation{ID: "comment", Method: post, Path: "/comments", Need: auth.Edit, Takes: asJSON, Body: CommentBody{},
		Summary: lang.T("コメントする（社内だけで見られる）", "Comment; it stays inside the organisation")}, s.comment)
	add(s, operation{ID: "withdraw-comment", Method: post, Path: "/comments/{id}/withdraw", Need: auth.Edit,
		Summary: lang.T("自分のコメントを取り消す", "Withdraw a comment of one's own")}, s.withdrawComment)
	add(s, operation{ID: "get-policy", Method: get, Path: "/policy", Need: auth.Read,
		Summary: lang.T("判定の基準", "The thresholds that duties are judged by")}, s.policy)
	add(s, operation{ID: "list-trusted-keys", Method: get, Path: "/trust", Need: auth.Read,
		Summary: lang.T("信頼する鍵の一覧", "The keys that are trusted")}, s.trust)
	add(s, operation{ID: "list-trusted-signers", Method: get, Path: "/trust/signers", Need: auth.Read,
		Summary: lang.T("鍵を使わない署名の、信頼する署名者の一覧", "The signers without a key (Sigstore) that are trusted"),
		Detail:  lang.T("信頼する・やめるのは、人が画面又はコマンドで行います。", "Trusting one, and no longer, takes a person, on the pages or the command line.")}, s.signers)
}
