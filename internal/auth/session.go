package auth

import (
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"example.org/tasuki/internal/store"
)

// Sessions sets up the web sessions of a workspace: kept in its database, for a working day at most and an hour
// without use, in a cookie that scripts cannot read and other sites do not send along. secure must be true wherever
// the server is reached by https.
func Sessions(db *store.DB, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = db.Sessions()
	m.Lifetime = 12 * time.Hour
	m.IdleTimeout = time.Hour
	m.HashTokenInStore = false // the store does
	m.Cookie.Name = "tasuki_session"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = secure
	return m
}

var _ scs.CtxStore = store.Sessions{}
