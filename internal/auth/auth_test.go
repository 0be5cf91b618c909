package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/tasuki/internal/auth"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
	"example.org/tasuki/internal/store/storetest"
)

const password = "正しい馬の電池ホッチキス"

var ctx = context.Background()

// installed gives a service with a first account "root".
func installed(t *testing.T, now func() time.Time) (*auth.Service, *store.DB, store.Account) {
	t.Helper()
	o := storetest.Options(t.TempDir(), "")
	if now != nil {
		o.Now = now
	}
	db, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := auth.New(db)
	token, needed, err := s.SetupToken(ctx)
	if err != nil || !needed {
		t.Fatalf("set-up token: needed %v, error %v", needed, err)
	}
	a, err := s.First(ctx, token, auth.Registration{Name: "Root", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return s, db, a
}

func want(t *testing.T, what string, err error, kind lang.Kind) {
	t.Helper()
	if err == nil || lang.KindOf(err) != kind {
		t.Errorf("%s: error %v, want one of kind %d", what, err, kind)
	}
}

func TestFirstAccount(t *testing.T) {
	db := storetest.New(t)
	s := auth.New(db)
	old, _, err := s.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r := auth.Registration{Name: "root", Password: password, Roles: []store.Role{store.Editor}}
	_, err = s.First(ctx, old, r)
	want(t, "an earlier token", err, lang.Forbidden)
	_, err = s.First(ctx, token, auth.Registration{Name: "root", Password: "short"})
	want(t, "a short password", err, lang.Usage)
	a, err := s.First(ctx, token, r)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Roles, []store.Role{store.Admin, store.Editor}) || strings.Contains(a.Password, password) {
		t.Errorf("first account %+v", a)
	}
	_, err = s.First(ctx, token, auth.Registration{Name: "second", Password: password})
	want(t, "the token a second time", err, lang.Forbidden)
	if _, needed, err := s.SetupToken(ctx); needed || err != nil {
		t.Errorf("another set-up is needed: %v, error %v", needed, err)
	}
}

func TestSetupTokenExpires(t *testing.T) {
	now := storetest.Start
	o := storetest.Options(t.TempDir(), "")
	o.Now = func() time.Time { return now }
	db, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := auth.New(db)
	token, _, err := s.SetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(25 * time.Hour)
	_, err = s.First(ctx, token, auth.Registration{Name: "root", Password: password})
	want(t, "a token of yesterday", err, lang.Forbidden)
}

func TestSignIn(t *testing.T) {
	s, db, root := installed(t, nil)
	by := store.Actor{Account: root.ID, Via: store.CLI}
	alice, err := s.Add(ctx, by, auth.Registration{Name: "alice", Password: password, Roles: []store.Role{store.Editor}})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := s.SignIn(ctx, " Alice", password, "192.0.2.1"); err != nil || a.ID != alice.ID {
		t.Errorf("signed in as %v, error %v", a, err)
	}
	_, err = s.SignIn(ctx, "alice", password+"x", "192.0.2.1")
	want(t, "a wrong password", err, lang.Forbidden)
	_, err = s.SignIn(ctx, "nobody", password, "192.0.2.1")
	want(t, "an unknown name", err, lang.Forbidden)
	log, err := db.AuditLog(ctx, store.AuditFilter{Object: store.Object{Kind: "account", ID: alice.ID}})
	if err != nil || len(log) != 3 || log[0].Action != "sign_in_refused" || log[1].Action != "signed_in" || log[2].Action != "added" {
		t.Errorf("audit log %+v, error %v", log, err)
	}
	for _, e := range log {
		if strings.Contains(string(e.Detail), "argon2id") {
			t.Errorf("the audit log holds a hash: %s", e.Detail)
		}
	}
	if err := s.SetPassword(ctx, by, alice.ID, password+"2"); err != nil {
		t.Fatal(err)
	}
	_, err = s.SignIn(ctx, "alice", password, "192.0.2.1")
	want(t, "the password before", err, lang.Forbidden)
	if _, err := s.SignIn(ctx, "alice", password+"2", ""); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if err := s.SetDisabled(ctx, by, alice.ID, true); err != nil {
		t.Fatal(err)
	}
	_, err = s.SignIn(ctx, "alice", password+"2", "192.0.2.1")
	want(t, "a disabled account", err, lang.Forbidden)
	want(t, "disabling the last administrator", s.SetDisabled(ctx, by, root.ID, true), lang.Conflict)
	want(t, "taking the last administrator's role", s.SetRoles(ctx, by, root.ID, nil), lang.Conflict)
	_, err = s.Add(ctx, by, auth.Registration{Name: "alice", Password: password})
	want(t, "a name that is taken", err, lang.Conflict)
	for _, name := range []string{"", "a b", "日本", strings.Repeat("a", 65), "-a"} {
		_, err := s.Add(ctx, by, auth.Registration{Name: name, Password: password})
		want(t, "the name "+name, err, lang.Usage)
	}
	_, err = s.Add(ctx, by, auth.Registration{Name: "bob", Password: password, Roles: []store.Role{"king"}})
	want(t, "an unknown role", err, lang.Usage)
}

func TestGuessing(t *testing.T) {
	now := storetest.Start
	s, _, _ := installed(t, func() time.Time { return now })
	for range 20 { // succeeding costs nothing
		if _, err := s.SignIn(ctx, "root", password, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 {
		_, err := s.SignIn(ctx, "root", "a wrong password", "192.0.2.2")
		want(t, "a guess", err, lang.Forbidden)
	}
	_, err := s.SignIn(ctx, "root", password, "192.0.2.1")
	want(t, "the right password after ten guesses", err, lang.Forbidden)
	now = now.Add(11 * time.Second)
	if _, err := s.SignIn(ctx, "root", password, "192.0.2.1"); err != nil {
		t.Errorf("the right password a while later: %v", err)
	}
}

func TestTokens(t *testing.T) {
	now := storetest.Start
	s, db, root := installed(t, func() time.Time { return now })
	by := store.Actor{Account: root.ID, Via: store.Web}
	ci, err := s.Add(ctx, by, auth.Registration{Name: "ci", Password: password, Roles: []store.Role{store.Editor, store.Approver}})
	if err != nil {
		t.Fatal(err)
	}
	secret, token, err := s.IssueToken(ctx, by, ci.ID, "build", auth.Push, 30*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	a, got, err := s.Bearer(ctx, secret)
	if err != nil || a.ID != ci.ID || got.ID != token.ID {
		t.Fatalf("bearer %v %v, error %v", a, got, err)
	}
	for p, want := range map[auth.Permission]bool{auth.Read: true, auth.Push: true, auth.Edit: false, auth.Approve: false, auth.Administer: false} {
		if auth.TokenMay(a, got, p) != want {
			t.Errorf("a push token may %s: %v", p, !want)
		}
	}
	_, _, err = s.Bearer(ctx, secret+"x")
	want(t, "an unknown token", err, lang.Forbidden)
	_, _, err = s.IssueToken(ctx, by, ci.ID, "for ever", auth.Push, 100*366*24*time.Hour)
	want(t, "a token for a century", err, lang.Usage)
	_, _, err = s.IssueToken(ctx, by, ci.ID, "x", "everything", time.Hour)
	want(t, "an unknown scope", err, lang.Usage)
	now = now.AddDate(0, 0, 31)
	_, _, err = s.Bearer(ctx, secret)
	want(t, "an expired token", err, lang.Forbidden)
	now = storetest.Start
	if err := s.RevokeToken(ctx, by, token.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Bearer(ctx, secret)
	want(t, "a revoked token", err, lang.Forbidden)
	log, err := db.AuditLog(ctx, store.AuditFilter{Object: store.Object{Kind: "api_token"}})
	if err != nil || len(log) != 2 {
		t.Errorf("audit log %+v, error %v", log, err)
	}
}

func TestMay(t *testing.T) {
	for role, want := range map[store.Role]string{
		store.Admin:    "read read_audit administer",
		store.Editor:   "read push edit",
		store.Approver: "read approve",
		store.Auditor:  "read read_audit",
		"unheard-of":   "",
	} {
		a := store.Account{Roles: []store.Role{role}}
		var got []string
		for _, p := range []auth.Permission{auth.Read, auth.Push, auth.Edit, auth.Approve, auth.ReadAudit, auth.Administer} {
			if auth.May(a, p) {
				got = append(got, string(p))
			}
			if (auth.Require(a, p) == nil) != auth.May(a, p) {
				t.Errorf("Require and May differ on %s %s", role, p)
			}
			if a.Disabled = true; auth.May(a, p) {
				t.Errorf("a disabled %s may %s", role, p)
			}
			a.Disabled = false
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s may %v, want %s", role, got, want)
		}
	}
}

func TestPasswords(t *testing.T) {
	hash := auth.HashPassword(password)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %s", hash)
	}
	if auth.HashPassword(password) == hash {
		t.Error("two hashes of one password are the same: no salt")
	}
	// Of the reference implementation: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	composed, decomposed := "がぎぐげござじずぜぞだ", "か\u3099き\u3099く\u3099け\u3099こ\u3099さ\u3099し\u3099す\u3099せ\u3099そ\u3099た\u3099"
	for _, c := range []struct {
		hash, password string
		want           bool
	}{
		{hash, password, true},
		{hash, password + " ", false},
		{hash, "", false},
		{reference, "password", true},
		{reference, "Password", false},
		{auth.HashPassword(composed), decomposed, true},
		{"", "", false},
		{"$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", false},
		{"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$", "password", false},
	} {
		if got := auth.VerifyPassword(c.hash, c.password); got != c.want {
			t.Errorf("VerifyPassword(%q, %q) = %v", c.hash, c.password, got)
		}
	}
	for p, ok := range map[string]bool{strings.Repeat("あ", 12): true, strings.Repeat("あ", 11): false, strings.Repeat("a", 257): false, strings.Repeat("\xff", 20): false} {
		if (auth.CheckPassword(p) == nil) != ok {
			t.Errorf("CheckPassword(%q) is off", p)
		}
	}
}

func FuzzVerifyPassword(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=8,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, hash string) { auth.VerifyPassword(hash, "password") })
}

// A session survives in the database and comes back with its cookie.
func TestSessions(t *testing.T) {
	_, db, _ := installed(t, nil)
	m := auth.Sessions(db, true)
	handler := m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/in" {
			m.Put(r.Context(), "account", "a1")
			return
		}
		w.Write([]byte(m.GetString(r.Context(), "account")))
	}))
	in := httptest.NewRecorder()
	handler.ServeHTTP(in, httptest.NewRequest("POST", "/in", nil))
	cookies := in.Result().Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || !cookies[0].Secure || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookies %v", cookies)
	}
	again := httptest.NewRequest("GET", "/", nil)
	again.AddCookie(cookies[0])
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, again)
	if out.Body.String() != "a1" {
		t.Errorf("the session holds %q", out.Body)
	}
}
