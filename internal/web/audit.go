package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

const auditPageSize = 50

// auditPage is the audit log, the latest entry first.
type auditPage struct {
	Base
	Lines  []auditLine
	Kind   string // narrowed to one kind of object
	Kinds  []option
	Actor  string
	Actors []option
	Next   string // address of the next page; empty on the last
}

type auditLine struct {
	At        time.Time
	Who, Via  string
	Done      string // what was done to what, in words
	Object    string
	Href      string
	ID        string
	HasDetail bool
	Detail    string
}

func (s *Server) audit(w http.ResponseWriter, r *http.Request) error {
	p := &auditPage{Base: s.base(r, "admin", lang.T("監査ログ", "Audit log")), Kind: r.FormValue("kind"), Actor: r.FormValue("actor")}
	entries, err := s.auditLines(r.Context(), p.Base, store.AuditFilter{Object: store.Object{Kind: p.Kind}, Actor: p.Actor,
		Before: r.FormValue("before"), Limit: auditPageSize + 1})
	if err != nil {
		return err
	}
	if len(entries) > auditPageSize {
		entries = entries[:auditPageSize]
		p.Next = "/admin/audit?" + query("kind", p.Kind, "actor", p.Actor, "before", entries[len(entries)-1].ID)
	}
	p.Lines = entries
	for _, o := range objectWords {
		p.Kinds = append(p.Kinds, option{Value: o.kind, Name: p.Text(o.word), Selected: o.kind == p.Kind})
	}
	people, err := s.displayNames(r.Context())
	if err != nil {
		return err
	}
	for _, id := range sortedKeys(people) {
		p.Actors = append(p.Actors, option{Value: id, Name: people[id], Selected: id == p.Actor})
	}
	return s.render(w, http.StatusOK, "audit", p)
}

// auditLines gives entries in words.
func (s *Server) auditLines(ctx context.Context, b Base, f store.AuditFilter) ([]auditLine, error) {
	entries, err := s.db.AuditLog(ctx, f)
	if err != nil {
		return nil, err
	}
	people, err := s.displayNames(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]auditLine, len(entries))
	for i, e := range entries {
		out[i] = auditLine{At: e.At, Who: people.name(e.Actor), Via: string(e.Via), ID: e.ID, Object: e.Object.ID,
			Done: b.done(e), Href: objectHref(e.Object), HasDetail: len(e.Detail) > 0, Detail: pretty(e.Detail)}
	}
	return out, nil
}

// actionWords are the verbs of the audit log; one that is not here is shown as it is kept.
var actionWords = map[string]lang.Text{
	"added": lang.T("を登録", "added"), "changed": lang.T("を変更", "changed"), "removed": lang.T("を削除", "removed"),
	"decided": lang.T("を記録", "recorded"), "drafted": lang.T("を起案", "drafted"), "approved": lang.T("を承認", "approved"), "retired": lang.T("を取下げ", "withdrew"),
	"issued": lang.T("を発行", "issued"), "revoked": lang.T("を撤回", "revoked"), "received": lang.T("を受領", "received"),
	"refused": lang.T("を拒否", "refused"), "signed in": lang.T("がサインイン", "signed in"), "signed out": lang.T("がサインアウト", "signed out"),
	"judged": lang.T("を評価", "judged"), "matched": lang.T("を照合", "matched"), "read": lang.T("を読み取り", "read"),
	"loaded": lang.T("を取込み", "loaded"), "disabled": lang.T("を停止", "disabled"), "enabled": lang.T("を再開", "enabled"),
	"verified": lang.T("を検証", "verified"), "set": lang.T("を設定", "set"),
	"trusted": lang.T("を信頼", "trusted"), "no longer trusted": lang.T("の信頼を取消し", "no longer trusts"),
	"planned": lang.T("の担当・期限を変更", "planned"), "commented": lang.T("にコメント", "commented on"), "withdrew": lang.T("を取消し", "withdrew"),
}

// objectWords are the nouns of the audit log, in the order of the filter.
var objectWords = []struct {
	kind string
	word lang.Text
}{
	{"document", lang.T("文書", "document")}, {"software", lang.T("ソフトウェア", "software")}, {"release", lang.T("リリース", "release")},
	{"party", lang.T("関連事業者", "party")}, {"arrangement", lang.T("体制", "arrangement")}, {"model", lang.T("取引の構成", "chain")},
	{"claim", lang.T("申告・例外措置", "claim or exception")}, {"record", lang.T("記録", "record")},
	{"declaration", lang.T("宣言", "declaration")}, {"account", lang.T("アカウント", "account")}, {"setting", lang.T("設定", "setting")},
	{"decision", lang.T("脆弱性についての判断", "decision about a vulnerability")},
	{"finding", lang.T("脆弱性の検出", "finding")}, {"advisory_source", lang.T("脆弱性情報", "advisory data")}, {"bundle", lang.T("受け取った宣言", "received declaration")},
	{"duty", lang.T("責務", "duty")}, {"vulnerability", lang.T("脆弱性", "vulnerability")}, {"comment", lang.T("コメント", "comment")}, {"key", lang.T("鍵・署名者", "key or signer")},
}

func (b Base) done(e store.Entry) string {
	noun := e.Object.Kind
	for _, o := range objectWords {
		if o.kind == noun {
			noun = b.Text(o.word)
		}
	}
	verb, ok := actionWords[e.Action]
	if !ok {
		verb = lang.T(" "+e.Action, e.Action)
	}
	if b.Lang == lang.EN {
		return verb.EN + " " + noun
	}
	return noun + verb.JA
}

func objectHref(o store.Object) string {
	switch o.Kind {
	case "document":
		return "/evidence/" + o.ID
	case "software":
		return "/software/" + o.ID
	case "declaration":
		return "/declarations/" + o.ID
	}
	return ""
}

func pretty(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return string(raw)
	}
	return strings.TrimSpace(string(b))
}
