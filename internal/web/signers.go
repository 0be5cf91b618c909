package web

import (
	"net/http"
	"strings"

	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/sigstore"
)

// signerOf reads the signer that a form names.
func signerOf(r *http.Request) sigstore.Signer {
	return sigstore.Signer{Identity: strings.TrimSpace(r.FormValue("identity")), Issuer: strings.TrimSpace(r.FormValue("issuer"))}
}

// trustSigner lets the keyless signatures of somebody count.
func (s *Server) trustSigner(w http.ResponseWriter, r *http.Request) error {
	var root []byte
	if given := strings.TrimSpace(r.FormValue("root")); given != "" {
		root = []byte(given)
	}
	who := signerOf(r)
	if err := exchange.TrustKeyless(r.Context(), s.db, s.actor(r), who, root); err != nil {
		return err
	}
	s.notice(r, lang.F("%s の署名を信頼します。すでに取り込んだ証明は tasuki reindex で検証し直します", "%s is trusted from now on. Attestations that came in before are verified again by tasuki reindex", who.Identity))
	http.Redirect(w, r, "/partners#signers", http.StatusSeeOther)
	return nil
}

// distrustSigner takes a signer off the list.
func (s *Server) distrustSigner(w http.ResponseWriter, r *http.Request) error {
	if err := exchange.DistrustKeyless(r.Context(), s.db, s.actor(r), signerOf(r)); err != nil {
		return err
	}
	s.notice(r, lang.T("信頼する一覧から外しました", "No longer trusted"))
	http.Redirect(w, r, "/partners#signers", http.StatusSeeOther)
	return nil
}
