package web

import (
	"net/http"

	"example.org/tasuki/internal/auth"
)

// routes are all pages and everything that can be done from them. Static files are beside them, see [Server.Handler].
func (s *Server) routes(mux *http.ServeMux) {
	mux.Handle("/", s.open(missing))

	mux.Handle("GET /setup/{token}", s.open(s.setup))
	mux.Handle("POST /setup/{token}", s.open(s.firstAccount))
	mux.Handle("GET /login", s.open(s.login))
	mux.Handle("POST /login", s.open(s.signIn))
	mux.Handle("POST /logout", s.open(s.signOut))
	mux.Handle("POST /lang", s.open(s.language))
	mux.Handle("POST /theme", s.open(s.theme))
	mux.Handle("GET /accessibility", s.open(s.accessibility))
	mux.Handle("GET /help", s.in(auth.Read, s.help))
	mux.Handle("GET /password", s.in(auth.Read, s.password))
	mux.Handle("POST /password", s.in(auth.Read, s.changePassword))

	mux.Handle("GET /{$}", s.in(auth.Read, s.home))
	mux.Handle("GET /search", s.in(auth.Read, s.search))
	mux.Handle("GET /actions", s.in(auth.Read, s.actions))
	mux.Handle("GET /actions/actions.csv", s.in(auth.Read, s.actionsSheet))
	mux.Handle("GET /actions/actions.ics", s.in(auth.Read, s.actionsCalendar))
	mux.Handle("POST /undo", s.in(auth.Edit, s.undo))
	mux.Handle("POST /comments", s.in(auth.Read, s.addComment))
	mux.Handle("POST /comments/{id}/withdraw", s.in(auth.Read, s.withdrawComment))

	mux.Handle("GET /software", s.in(auth.Read, s.softwareList))
	mux.Handle("GET /software/new", s.in(auth.Edit, s.softwareNew))
	mux.Handle("POST /software", s.in(auth.Edit, s.addSoftware))
	mux.Handle("GET /software/{id}", s.in(auth.Read, s.software))
	mux.Handle("POST /software/{id}/plans", s.in(auth.Edit, s.plan))
	mux.Handle("GET /software/{id}/history", s.in(auth.Read, s.history))
	mux.Handle("GET /software/{id}/history/history.csv", s.in(auth.Read, s.historySheet))
	mux.Handle("GET /software/{id}/criteria", s.in(auth.Read, s.criteria))
	mux.Handle("GET /software/{id}/coverage", s.in(auth.Read, s.coverage))
	mux.Handle("GET /software/{id}/duties/{requirement}", s.in(auth.Read, s.duty))
	mux.Handle("GET /software/{id}/evidence", s.in(auth.Read, s.evidence))
	mux.Handle("GET /software/{id}/evidence/freshness.csv", s.in(auth.Read, s.freshnessSheet))
	mux.Handle("GET /software/{id}/duties.csv", s.in(auth.Read, s.dutiesSheet))
	mux.Handle("POST /software/{id}/evidence", s.in(auth.Edit, s.files(s.bringEvidence)))
	mux.Handle("GET /software/{id}/components", s.in(auth.Read, s.components))
	mux.Handle("POST /software/{id}/components", s.in(auth.Edit, s.mapComponents))
	mux.Handle("GET /software/{id}/chain", s.in(auth.Read, s.softwareChain))
	mux.Handle("GET /software/{id}/declarations", s.in(auth.Read, s.declarations))
	mux.Handle("POST /software/{id}/declarations", s.in(auth.Edit, s.draftDeclaration))
	mux.Handle("GET /software/{id}/checklist.xlsx", s.in(auth.Read, s.checklist))
	mux.Handle("GET /software/{id}/sheet", s.in(auth.Edit, s.sheet))
	mux.Handle("POST /software/{id}/sheet", s.in(auth.Edit, s.files(s.previewSheet)))
	mux.Handle("POST /software/{id}/sheet/apply", s.in(auth.Edit, s.files(s.applySheet)))
	mux.Handle("POST /software/{id}/claims", s.in(auth.Edit, s.addClaim))

	mux.Handle("GET /claims/{id}", s.in(auth.Read, s.claim))
	mux.Handle("POST /claims/{id}/approve", s.in(auth.Approve, s.approveClaim))
	mux.Handle("POST /claims/{id}/retire", s.in(auth.Edit, s.retireClaim))

	mux.Handle("GET /evidence/{digest}", s.in(auth.Read, s.document))
	mux.Handle("GET /evidence/{digest}/bytes", s.in(auth.Read, s.download))

	mux.Handle("GET /requirements", s.in(auth.Read, s.requirements))
	mux.Handle("GET /requirements/{requirement}", s.in(auth.Read, s.requirement))
	mux.Handle("GET /vulnerabilities", s.in(auth.Read, s.vulnerabilities))
	mux.Handle("GET /vulnerabilities/pictures", s.in(auth.Read, s.exposure))
	mux.Handle("GET /vulnerabilities/pictures/{picture}", s.in(auth.Read, s.exposureSheet))
	mux.Handle("GET /vulnerabilities/{vuln}", s.in(auth.Read, s.finding))
	mux.Handle("POST /vulnerabilities/{vuln}", s.in(auth.Edit, s.decide))

	mux.Handle("GET /replay", s.in(auth.Read, s.replays))
	mux.Handle("GET /replay/{incident}", s.in(auth.Read, s.replay))
	mux.Handle("POST /replay/{incident}", s.in(auth.Edit, s.recordReplay))

	mux.Handle("GET /registers", s.in(auth.Read, s.registers))
	mux.Handle("GET /registers/{kind}", s.in(auth.Read, s.register))
	mux.Handle("GET /registers/{kind}/{id}", s.in(auth.Read, s.record))
	mux.Handle("POST /registers/{kind}/{id}", s.in(auth.Edit, s.saveRecord))
	mux.Handle("POST /registers/{kind}/{id}/approve", s.in(auth.Approve, s.approveRecord))
	mux.Handle("POST /registers/{kind}/{id}/retire", s.in(auth.Edit, s.retireRecord))

	mux.Handle("GET /partners", s.in(auth.Read, s.partners))
	mux.Handle("POST /partners/verify", s.in(auth.Read, s.files(s.verifyBundle)))
	mux.Handle("POST /partners/trust", s.in(auth.Administer, s.trustKeys))
	mux.Handle("POST /partners/distrust", s.in(auth.Administer, s.distrustKey))

	mux.Handle("GET /requests/new", s.in(auth.Edit, s.requestNew))
	mux.Handle("POST /requests", s.in(auth.Edit, s.makeRequest))
	mux.Handle("GET /requests/{digest}", s.in(auth.Read, s.request))
	mux.Handle("POST /requests/{digest}/code", s.in(auth.Edit, s.inviteAnswer))
	mux.Handle("POST /requests/{digest}/code/withdraw", s.in(auth.Edit, s.withdrawCode))
	mux.Handle("POST /requests/{digest}/receipt", s.in(auth.Edit, s.giveReceipt))
	mux.Handle("POST /requests/{digest}/answer", s.in(auth.Edit, s.answerRequest))
	mux.Handle("POST /requests/{digest}/pass-on", s.in(auth.Edit, s.passOn))

	mux.Handle("GET /answer/{request}", s.open(s.answer))
	mux.Handle("POST /answer/{request}", s.open(s.enterCode))
	mux.Handle("POST /answer/{request}/sheet", s.withCode(s.answerSheet))
	mux.Handle("POST /answer/{request}/file", s.withCode(s.answerFile))
	mux.Handle("GET /answer/{request}/sheet.xlsx", s.withCode(s.answerXLSX))
	mux.Handle("GET /answer/{request}/receipt", s.withCode(s.answerReceipt))
	mux.Handle("POST /answer/{request}/leave", s.open(s.leaveAnswer))

	mux.Handle("GET /procurement", s.in(auth.Read, s.procurements))
	mux.Handle("GET /procurement/{kind}/{id}", s.in(auth.Read, s.procurement))
	mux.Handle("GET /procurement/{kind}/{id}/comparison.xlsx", s.in(auth.Read, s.procurementSheet))
	mux.Handle("GET /systems", s.in(auth.Read, s.systems))
	mux.Handle("GET /systems/lifecycle.xlsx", s.in(auth.Read, s.systemsSheet))
	mux.Handle("GET /archive", s.in(auth.Read, s.archive))
	mux.Handle("GET /releases/{id}", s.in(auth.Read, s.release))
	mux.Handle("GET /releases/{id}/SHA256SUMS", s.in(auth.Read, s.releaseSums))
	mux.Handle("POST /releases/{id}/drill", s.in(auth.Edit, s.drill))

	mux.Handle("GET /documents", s.in(auth.Read, s.documents))
	mux.Handle("GET /declarations/{id}", s.in(auth.Read, s.declaration))
	mux.Handle("POST /declarations/{id}/review", s.in(auth.Approve, s.reviewDeclaration))
	mux.Handle("POST /declarations/{id}/approve", s.in(auth.Approve, s.approveDeclaration))
	mux.Handle("POST /declarations/{id}/issue", s.in(auth.Approve, s.issueDeclaration))
	mux.Handle("GET /declarations/{id}/bundle", s.in(auth.Read, s.bundle))
	mux.Handle("GET /declarations/{id}/declaration.pdf", s.in(auth.Read, s.paper))

	mux.Handle("GET /admin", s.in(auth.ReadAudit, s.admin))
	mux.Handle("POST /admin/organisation", s.in(auth.Administer, s.changeOrganisation))
	mux.Handle("POST /admin/key", s.in(auth.Administer, s.makeKey))
	mux.Handle("GET /admin/people", s.in(auth.Administer, s.people))
	mux.Handle("POST /admin/people", s.in(auth.Administer, s.addPerson))
	mux.Handle("POST /admin/people/{id}", s.in(auth.Administer, s.changePerson))
	mux.Handle("GET /admin/policy", s.in(auth.Read, s.policyPage))
	mux.Handle("POST /admin/policy", s.in(auth.Administer, s.changePolicy))
	mux.Handle("GET /admin/audit", s.in(auth.ReadAudit, s.audit))

	if s.o.Storybook {
		mux.Handle("GET /storybook", s.open(s.storybook))
		mux.Handle("GET /storybook/{page}/{state}", s.open(s.storybookPage))
	}
}
