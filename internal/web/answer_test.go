package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/chain"
	"example.org/tasuki/internal/declare/declaretest"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/relay"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/verify"
)

// asking is a site that asked a partner for its declaration, and the code it was given to answer with.
func asking(t *testing.T) (s *site, path, code string) {
	t.Helper()
	s = newSite(t)
	by := store.Actor{Account: "test", Via: store.Internal}
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "見本株式会社", Self: true}, {ID: "maker", Name: "見本部品株式会社"}}}
	if err := judging.SaveModel(t.Context(), s.db, by, m); err != nil {
		t.Fatal(err)
	}
	b, _, err := relay.Request(t.Context(), s.db, by, relay.Ask{Party: "maker", Object: verify.AskedObject{Name: "見本部品"}, Level: guideline.Minimum, DueOn: "2099-12-25",
		Reasons: []verify.Reason{{Viewpoint: verify.Information, Text: "個人情報を扱うため"}}, Roles: []verify.AskedRole{{Role: guideline.Supplier, Requirements: []guideline.ID{"S(2)-2.1", "S(2)-2.3"}}}}, declaretest.Key("us"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := relay.FindRequest(t.Context(), s.db, verify.Digest(b))
	if err != nil {
		t.Fatal(err)
	}
	if code, _, err = relay.Invite(t.Context(), s.db, by, l, time.Time{}); err != nil {
		t.Fatal(err)
	}
	return s, "/answer/" + strings.TrimPrefix(l.Digest, "sha256:"), code
}

func says(t *testing.T, page string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q: %s", w, mainOf(page))
		}
	}
}

func silent(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(page, w) {
			t.Errorf("the page says %q: %s", w, mainOf(page))
		}
	}
}

// Somebody without an account enters the code, saves, hands in once and takes the receipt along.
func TestAnswerPageWithoutAnAccount(t *testing.T) {
	s, path, code := asking(t)
	v := s.visitor()
	silent(t, v.get(path, 200), "見本部品", "見本株式会社", "S(2)-2.1")
	silent(t, v.post(path, http.StatusForbidden, "code", "ABCDE-FGHJK-MNPQR-STVWX"), "見本部品")
	silent(t, v.post(path+"/sheet", http.StatusForbidden, "do", "save"), "見本部品")
	v.get(path+"/sheet.xlsx", http.StatusForbidden)
	v.get(path+"/receipt", http.StatusForbidden)

	page := v.post(path, 200, "code", code)
	says(t, page, "見本部品", "S(2)-2.1", "S(2)-2.3", "個人情報を扱うため", "申告として扱われます")
	silent(t, page, code, "サインアウト")
	page = v.post(path+"/sheet", 200, "do", "save", "status-supplier-s2-2.1", "met", "text-supplier-s2-2.1", "窓口を公開しています<script>", "name", "回答 花子")
	says(t, page, "保存しました", "窓口を公開しています&lt;script&gt;", "回答 花子")
	page = v.post(path+"/sheet", http.StatusUnprocessableEntity, "do", "submit", "status-supplier-s2-2.1", "met", "name", "回答 花子")
	says(t, page, "まだ提出できません", "状態が選ばれていません")
	says(t, v.get(path+"/sheet.xlsx", 200), "PK")
	page = v.post(path+"/sheet", 200, "do", "submit", "sure", "1", "name", "回答 花子", "status-supplier-s2-2.1", "met", "status-supplier-s2-2.3", "not_met", "text-supplier-s2-2.3", "来期に作成",
		"status-developer-s1-1.1", "met") // nobody asked that
	says(t, page, "回答は提出済みです", "来期に作成")
	silent(t, page, "S(1)-1.1")
	v.post(path+"/sheet", http.StatusConflict, "do", "save")
	var receipt relay.StatedReceipt
	if err := verify.Unmarshal([]byte(v.get(path+"/receipt", 200)), &receipt); err != nil || len(receipt.Answer.Answers) != 2 || receipt.Answer.By.Name != "回答 花子" {
		t.Errorf("receipt %+v, error %v", receipt, err)
	}
	v.post(path+"/leave", 200)
	silent(t, v.get(path, 200), "来期に作成")
	v.get("/partners", 200) // the sign-in page
	silent(t, v.get("/partners", 200), "見本部品")
}

// A code opens its own request and no other; guessing is slowed down; a form from another site is refused.
func TestAnswerPageKeepsOthersOut(t *testing.T) {
	s, path, code := asking(t)
	other := "/answer/" + strings.Repeat("0", 64)
	v := s.visitor()
	v.post(other, http.StatusForbidden, "code", code)
	v.post(path, 200, "code", code)
	silent(t, v.get(other, 200), "見本部品")
	v.get("/answer/unknown", http.StatusNotFound)
	req, err := http.NewRequest("POST", s.server.URL+path+"/sheet", strings.NewReader(url.Values{"do": {"save"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://elsewhere.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	says(t, v.do(req, http.StatusForbidden), "別のサイト")

	guesser := s.visitor()
	for range 10 {
		guesser.post(path, http.StatusForbidden, "code", "ABCDE-FGHJK-MNPQR-STVWX")
	}
	says(t, guesser.post(path, http.StatusTooManyRequests, "code", code), "一時的に受け付けを止めています")
}

// A signed declaration that is brought is verified; bytes that are no bundle are not kept.
func TestAnswerPageTakesFiles(t *testing.T) {
	s, path, code := asking(t)
	v := s.visitor()
	v.post(path, 200, "code", code)
	before := documents(t, s)
	v.upload(path+"/file", "files", map[string]string{"x.json": `{"format":"tasuki-bundle/v1"}`}, http.StatusUnprocessableEntity)
	v.upload(path+"/file", "files", map[string]string{"x.xlsx": "PK no workbook"}, http.StatusUnprocessableEntity)
	if n := documents(t, s); n != before {
		t.Errorf("%d documents after files that are nothing, %d before", n, before)
	}
	page := v.upload(path+"/file", "files", map[string]string{"b.json": string(declaretest.Bundle(t, nil))}, 200)
	says(t, page, "検証に通らない点があります", "署名者の信頼")
	if n := documents(t, s); n != before+1 {
		t.Errorf("%d documents after a bundle, %d before", n, before)
	}
}

func documents(t *testing.T, s *site) int {
	t.Helper()
	docs, err := s.db.Documents(t.Context(), store.DocumentFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return len(docs)
}

// What is typed in a code's form never stands in an address.
func TestCodeIsNoPartOfAnAddress(t *testing.T) {
	for _, name := range []string{"answer_code.html", "answer.html", "request.html"} {
		b, err := os.ReadFile("templates/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`<form[^>]*>`).FindAllString(string(b), -1) {
			if !strings.Contains(m, `method="post"`) {
				t.Errorf("%s has the form %s", name, m)
			}
		}
	}
}

// A request, a receipt and a list of revocations that are dropped are told apart by their content.
func TestLettersAreRecognised(t *testing.T) {
	s, _, _ := asking(t)
	admin := s.begin()
	trust := declaretest.Trust("maker")[0]
	if err := exchange.SetTrust(t.Context(), s.db, store.Actor{Account: "test", Via: store.Internal}, exchange.TrustedParty{Party: "maker", Key: trust}); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	maker := verify.Issuer{ID: "urn:example:maker", Name: "見本部品株式会社"}
	for _, c := range []struct {
		format  string
		content any
		want    string
	}{
		{verify.RequestFormat, verify.Request{ID: "r1", From: maker, To: verify.Recipient{Name: "見本株式会社"}, Object: verify.AskedObject{Name: "見本会計"}, Level: guideline.Minimum, DueOn: "2099-01-31", IssuedAt: at,
			Reasons: []verify.Reason{{Viewpoint: verify.OtherView, Text: "契約による"}}, Roles: []verify.AskedRole{{Role: guideline.Supplier}}}, "依頼を開く"},
		{verify.ReceiptFormat, verify.Receipt{ID: "r2", By: maker, For: verify.Issuer{ID: "us"}, Of: verify.Digest([]byte("x")), Kind: "bundle", At: at, Accepted: true, Failed: []string{}}, "検証に通ったことを示す受領書"},
		{verify.RevocationListFormat, verify.RevocationList{Issuer: maker, IssuedAt: at, Revoked: []verify.Revocation{{Declaration: "urn:example:d", Reason: "誤記"}}}, "取り消した宣言と鍵 1件"},
	} {
		b, err := verify.SignLetter(c.format, c.content, declaretest.Key("maker"))
		if err != nil {
			t.Fatal(err)
		}
		says(t, admin.upload("/partners/verify", "bundle", map[string]string{"letter.json": string(b)}, 200), c.want, "見本部品株式会社")
		stranger, err := verify.SignLetter(c.format, c.content, declaretest.Key("stranger"))
		if err != nil {
			t.Fatal(err)
		}
		says(t, admin.upload("/partners/verify", "bundle", map[string]string{"letter.json": string(stranger)}, 200), "受け付けていません")
	}
	page := admin.get("/partners", 200)
	says(t, page, "見本会計", "未回答", "見本部品")
	var digests []string
	for _, m := range regexp.MustCompile(`/requests/(sha256:[0-9a-f]{64})`).FindAllStringSubmatch(page, -1) {
		digests = append(digests, m[1])
	}
	for _, digest := range digests {
		says(t, admin.get("/requests/"+digest, 200), "求める個別要求")
	}
	if len(digests) == 0 {
		t.Error("no request is listed")
	}
	if !json.Valid(bytes.TrimSpace([]byte(admin.get("/evidence/"+digests[0]+"/bytes", 200)))) {
		t.Error("the request's file is not what is saved")
	}
}
