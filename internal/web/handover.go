package web

import (
	"net/http"
	"slices"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/upkeep"
	"example.org/tasuki/verify"
)

// showing gives what the fields of a form say about whom a declaration goes to and what of it they see.
func showing(r *http.Request) (relay.Signing, error) {
	s := relay.Signing{Recipient: verify.Recipient{Name: strings.TrimSpace(r.FormValue("to"))}, Withhold: map[guideline.ID]string{},
		ByDigest: relay.DigestOnly(r.FormValue("evidence") == "digest", r.FormValue("upstream") == "digest")}
	for _, text := range r.Form["withhold"] {
		id, err := guideline.ParseID(text)
		if err != nil {
			return s, err
		}
		s.Withhold[id] = strings.TrimSpace(r.FormValue("why"))
	}
	return s, nil
}

// handOverDeclaration packs a declaration that is in force for one more recipient and gives the file. Nothing of the
// declaration is signed anew; the hand-over is, so whoever does it shows once more who they are.
func (s *Server) handOverDeclaration(w http.ResponseWriter, r *http.Request) error {
	bundle, err := s.handedOver(r)
	if k := lang.KindOf(err); err != nil && k != lang.Unexpected {
		return s.declarationAgain(w, r, err)
	}
	if err != nil {
		return err
	}
	attachment(w.Header(), "declaration.tasuki.json", "application/octet-stream")
	_, err = w.Write(bundle)
	return err
}

func (s *Server) handedOver(r *http.Request) ([]byte, error) {
	if err := s.again(r); err != nil {
		return nil, err
	}
	d, err := s.db.Declaration(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	key, err := upkeep.SigningKey(s.db, []byte(r.FormValue("passphrase")))
	if err != nil {
		return nil, err
	}
	to, err := showing(r)
	if err != nil {
		return nil, err
	}
	to.Key = key.Private
	return relay.HandOver(r.Context(), s.db, s.actor(r), d, to)
}

// Requirements are those that a declaration answers, each once, in its order.
func (p *declarationPage) Requirements() []guideline.ID {
	var out []guideline.ID
	seen := map[guideline.ID]bool{}
	for _, a := range p.Content.Answers {
		if !seen[a.Requirement] {
			seen[a.Requirement], out = true, append(out, a.Requirement)
		}
	}
	return out
}

// HasUpstream reports whether suppliers' bundles are in the declaration.
func (p *declarationPage) HasUpstream() bool {
	for _, x := range p.Content.Supporting {
		if x.Kind == verify.Upstream && !x.ByDigest {
			return true
		}
	}
	return false
}

// Was gives what was entered in a field of a form that has to be filled in again.
func (p *declarationPage) Was(field string) string { return p.Sent.Get(field) }

// Chose reports whether a value was chosen in such a form.
func (p *declarationPage) Chose(field, value string) bool {
	return slices.Contains(p.Sent[field], value)
}
