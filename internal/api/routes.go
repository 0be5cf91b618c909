package api

import (
	"net/http"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/lang"
)

const (
	anyBytes = "application/octet-stream"
	asJSON   = "application/json"
	asYAML   = "application/yaml"
)

// routes is every operation there is. Nothing here approves or signs: that takes a person.
func (s *server) routes() {
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut

	add(s, operation{ID: "push-documents", Method: post, Path: "/documents", Need: auth.Push, Takes: anyBytes + ", " + multipartType,
		Summary: lang.T("文書を取り込む", "Take documents in"),
		Detail: lang.T("本文がファイルそのもの、又はフォームの file に複数のファイル。種類は内容から判別します。同じ内容は一度だけ保管されます。読み取れないファイルも保管し、accepted が false になります。",
			"The body is the file itself, or the field file of a form holds several. The kind is found by content. The same bytes are kept once. A file that cannot be read is kept too, and accepted is false.")}, s.push)
	add(s, operation{ID: "get-document", Method: get, Path: "/documents/{digest}", Need: auth.Read,
		Summary: lang.T("文書について分かっていること", "What is known of a document")}, s.document)
	add(s, operation{ID: "get-document-content", Method: get, Path: "/documents/{digest}/content", Need: auth.Read, Gives: anyBytes,
		Summary: lang.T("受け取ったままの文書", "A document as it was received")}, s.content)

	add(s, operation{ID: "list-software", Method: get, Path: "/software", Need: auth.Read,
		Summary: lang.T("ソフトウェアの一覧", "List software")}, s.software)
	add(s, operation{ID: "list-releases", Method: get, Path: "/software/{name}/releases", Need: auth.Read,
		Summary: lang.T("リリースの一覧", "List the releases of a software")}, s.releases)
	add(s, operation{ID: "get-software-status", Method: get, Path: "/software/{name}/status", Need: auth.Read,
		Summary: lang.T("ソフトウェアについての責務の状況", "The state of every duty about a software"),
		Detail:  lang.T("最後に判定した状況です。期限を過ぎたものは対応済みとは示しません。", "As it was judged last; what is past its time does not read as met.")}, s.softwareStatus)
	add(s, operation{ID: "get-system-status", Method: get, Path: "/systems/{name}/status", Need: auth.Read,
		Summary: lang.T("システムについての責務の状況", "The state of every duty about a system")}, s.systemStatus)
	add(s, operation{ID: "get-chain", Method: get, Path: "/chain", Need: auth.Read,
		Summary: lang.T("体制: 誰が何を担うか", "Who does what: parties, software, engagements")}, s.chain)
	add(s, operation{ID: "apply-chain", Method: put, Path: "/chain", Need: auth.Edit, Takes: asJSON + ", " + asYAML, Body: chain.Model{},
		Summary: lang.T("体制の記述を登録する", "Store a picture of the deal"),
		Detail: lang.T("登録済みの内容に重ねます。書かれていないものは残ります。矛盾や役割分担の考え方との不一致（block）があれば何も登録しません。",
			"It is laid over what is stored; what it does not name stays. Nothing is stored when it contradicts itself or a responsibility rule that blocks.")}, s.applyChain)

	add(s, operation{ID: "get-cve", Method: get, Path: "/cve/{id}", Need: auth.Read,
		Summary: lang.T("脆弱性の影響を受けるもの", "Who is affected by a vulnerability"),
		Detail:  lang.T("package URL 又は SHA-256 を指定すると、それを含むリリースを返します（URL では / を %2F と書きます）。", "A package URL or a SHA-256 asks which releases hold it; write %2F for / in the URL.")}, s.cve)
	add(s, operation{ID: "get-replay", Method: get, Path: "/replays/{incident}", Need: auth.Read,
		Summary: lang.T("過去のインシデントの再演", "A past incident, run against what is kept"),
		Detail:  lang.T("log4shell, build-system, vpn, xz のいずれか。何も記録しません。", "One of log4shell, build-system, vpn and xz. Nothing is recorded.")}, s.replay)
	add(s, operation{ID: "list-advisories", Method: get, Path: "/advisories", Need: auth.Read,
		Summary: lang.T("脆弱性情報の取得元と新しさ", "Sources of advisories and their age")}, s.advisories)
	add(s, operation{ID: "get-guideline", Method: get, Path: "/guideline", Need: auth.Read,
		Summary: lang.T("個別要求（69）", "The 69 individual requirements")}, s.guideline)
	add(s, operation{ID: "get-guideline-list", Method: get, Path: "/guideline/{what}", Need: auth.Read,
		Summary: lang.T("ガイドラインのその他の一覧", "The guideline's other lists")}, s.guidelineList)

	add(s, operation{ID: "verify-bundle", Method: post, Path: "/verify", Need: auth.Read, Takes: anyBytes,
		Summary: lang.T("バンドルを検証する（保管しない）", "Verify a bundle without keeping it"),
		Detail:  lang.T("このワークスペースが信頼する鍵で検証します。", "Against the keys that this workspace trusts.")}, s.verify)
	add(s, operation{ID: "receive-bundle", Method: post, Path: "/bundles", Need: auth.Push, Takes: anyBytes,
		Summary: lang.T("バンドルを受け取る", "Receive a bundle"),
		Detail:  lang.T("検証し、保管し、宣言の内容を評価に反映します。検証できないものは保管するだけで、accepted が false になります。", "It is verified, kept, and what it declares counts. One that does not verify is only kept; accepted is false.")}, s.receive)
	add(s, operation{ID: "list-declarations", Method: get, Path: "/declarations", Need: auth.Read,
		Summary: lang.T("自己適合宣言と対応状況報告の一覧", "List declarations and status reports")}, s.declarations)
	add(s, operation{ID: "get-declaration", Method: get, Path: "/declarations/{id}", Need: auth.Read,
		Summary: lang.T("1つの宣言", "One declaration")}, s.declaration)
	add(s, operation{ID: "get-bundle", Method: get, Path: "/declarations/{id}/bundle", Need: auth.Read, Gives: anyBytes,
		Summary: lang.T("発行した宣言のバンドル", "The bundle of an issued declaration")}, s.bundle)

	add(s, operation{ID: "receive-letter", Method: post, Path: "/letters", Need: auth.Push, Takes: asJSON,
		Summary: lang.T("依頼・受領書・失効一覧を受け取る", "Receive a request, a receipt or a list of revocations"),
		Detail: lang.T("種類は内容から判別します。信頼する鍵の署名がなければ、保管するだけで accepted が false になります。",
			"The kind is found by content. Without the signature of a trusted key it is only kept; accepted is false.")}, s.letter)
	add(s, operation{ID: "list-requests", Method: get, Path: "/requests", Need: auth.Read,
		Summary: lang.T("送った依頼と受けた依頼の一覧（期日の早い順）", "List requests sent and received, the earliest due first")}, s.requests)
	add(s, operation{ID: "get-request", Method: get, Path: "/requests/{digest}", Need: auth.Read,
		Summary: lang.T("1つの依頼と、その回答", "One request and its answers"),
		Detail:  lang.T("前回の宣言からの変化と、申告による回答の内容を含みます。", "With what changed since the last declaration, and what was stated on the answer page.")}, s.request)
	add(s, operation{ID: "issue-answer-code", Method: post, Path: "/requests/{digest}/code", Need: auth.Edit, Takes: asJSON, Body: InvitedBody{},
		Summary: lang.T("アカウントなしで回答するためのコードを発行する", "Issue a code to answer a request without an account"),
		Detail:  lang.T("コードは一度だけ返します。前のコードは使えなくなります。", "The code is given once; an earlier one no longer works.")}, s.invite)

	add(s, operation{ID: "list-archive", Method: get, Path: "/archive", Need: auth.Read,
		Summary: lang.T("リリースごとに保管しているもの", "What is kept of every release"),
		Detail:  lang.T("ハッシュ、サポート期限、保管期限、保管されていないもの、復元の訓練の結果。", "Hashes, until when it is supported and kept, what is missing, and the last restore drill.")}, s.archive)
	add(s, operation{ID: "list-system-lives", Method: get, Path: "/systems/lives", Need: auth.Read,
		Summary: lang.T("システムの利用予定とソフトウェアのサポート期限", "Planned use of systems against the support of what they run")}, s.lives)
	add(s, operation{ID: "compare-candidates", Method: get, Path: "/procurement", Need: auth.Read,
		Summary: lang.T("調達の候補の比較と決定", "Candidates of a procurement side by side, with the decision")}, s.compare)

	add(s, operation{ID: "list-records", Method: get, Path: "/records", Need: auth.Read,
		Summary: lang.T("台帳の記録の一覧", "List records of the registers")}, s.records)
	add(s, operation{ID: "get-record", Method: get, Path: "/records/{id}", Need: auth.Read,
		Summary: lang.T("1つの記録", "One record")}, s.record)
	add(s, operation{ID: "get-record-links", Method: get, Path: "/records/{id}/links", Need: auth.Read,
		Summary: lang.T("記録が指す記録と、記録を指す記録", "What a record names, and what names it")}, s.recordLinks)
	add(s, operation{ID: "put-records", Method: post, Path: "/records/{kind}", Need: auth.Edit, Takes: asJSON + ", " + asYAML,
		Summary: lang.T("記録を起案する", "Draft records"),
		Detail:  lang.T("問題が1つでもあれば何も登録しません。評価に反映されるのは、ほかの人が画面又はコマンドで承認してからです。指している記録がまだない場合は loose_links に挙げ、登録されるまで承認できません。", "All of them or, when any has a problem, none. They count once another person approves them, on the pages or the command line. Records they name that are not there yet are told as loose_links; until they are, it cannot be approved.")}, s.putRecords)
	add(s, operation{ID: "list-claims", Method: get, Path: "/claims", Need: auth.Read,
		Summary: lang.T("主張・例外措置・対象外の一覧", "List claims, exceptions and statements that something does not apply")}, s.claims)
	add(s, operation{ID: "get-claim", Method: get, Path: "/claims/{id}", Need: auth.Read,
		Summary: lang.T("1つの主張", "One claim")}, s.claim)
	add(s, operation{ID: "draft-claim", Method: post, Path: "/claims", Need: auth.Edit, Takes: asJSON, Body: ClaimBody{},
		Summary: lang.T("主張・例外措置・対象外を起案する", "Draft a claim, an exception or a statement that something does not apply"),
		Detail:  lang.T("評価に反映されるのは、ほかの人が承認してからです。", "It counts once another person approves it.")}, s.draftClaim)

	s.documentRoutes()
	s.changeRoutes()

	add(s, operation{ID: "list-mechanisms", Method: get, Path: "/heartbeats", Need: auth.Read,
		Summary: lang.T("保護・監視の仕組みと、その稼働を最後に受信した時", "Mechanisms and when each was heard of last")}, s.mechanisms)
	add(s, operation{ID: "send-heartbeat", Method: post, Path: "/heartbeats", Need: auth.Push, Takes: asJSON, Body: HeartbeatBody{},
		Summary: lang.T("仕組みが稼働していることを知らせる", "Say that a mechanism works"),
		Detail: lang.T("何度送っても構いません。新しいことがなければ、1時間に1度だけ記録します。",
			"It can be sent as often as you like; what tells nothing new is written down once an hour.")}, s.heartbeat)
	add(s, operation{ID: "get-criteria", Method: get, Path: "/software/{name}/criteria", Need: auth.Read,
		Summary: lang.T("リリースについてのセキュリティの基準の値と推移", "The values of the security criteria for a release, and how they went")}, s.criteria)

	add(s, operation{ID: "get-coverage", Method: get, Path: "/software/{name}/coverage/{framework}", Need: auth.Read,
		Summary: lang.T("ほかの文書との対応表を通して見た責務の状況", "The state of duties, seen through the relations to another document"),
		Detail: lang.T("ガイドラインの対応表による関係です。相手の文書への適合を示すものではありません。",
			"A relation by the guideline's tables; it does not state that the other document is fulfilled.")}, s.coverage)

	add(s, operation{ID: "list-audit", Method: get, Path: "/audit", Need: auth.ReadAudit,
		Summary: lang.T("監査記録（新しい順）", "The audit log, the latest first")}, s.audit)
}
