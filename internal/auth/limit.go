package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"example.org/tasuki/internal/lang"
)

// limiter slows down guessing. Every attempt takes a token from a small store that refills with time; an attempt that
// succeeds gives it back.
type limiter struct {
	now   func() time.Time
	every time.Duration // one more attempt each
	burst int

	mu   sync.Mutex
	keys map[string]*rate.Limiter
}

// maxKeys bounds the memory of a limiter against floods of invented names and addresses.
const maxKeys = 10_000

func newLimiter(now func() time.Time, every time.Duration, burst int) *limiter {
	return &limiter{now: now, every: every, burst: burst, keys: map[string]*rate.Limiter{}}
}

// attempt takes a token. succeeded gives it back; wait is not zero when there was none.
func (l *limiter) attempt(key string) (succeeded func(), wait time.Duration) {
	now := l.now()
	r := l.of(key, now).ReserveN(now, 1)
	if d := r.DelayFrom(now); d > 0 {
		r.CancelAt(now)
		return func() {}, d
	}
	return func() { r.CancelAt(now) }, 0
}

func (l *limiter) of(key string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k, ok := l.keys[key]; ok {
		return k
	}
	if len(l.keys) >= maxKeys {
		l.forget(now)
	}
	k := rate.NewLimiter(rate.Every(l.every), l.burst)
	l.keys[key] = k
	return k
}

// forget drops the keys that are as good as new, and all of them when that is not enough.
func (l *limiter) forget(now time.Time) {
	for key, k := range l.keys {
		if k.TokensAt(now) >= float64(l.burst) {
			delete(l.keys, key)
		}
	}
	if len(l.keys) >= maxKeys {
		clear(l.keys)
	}
}

func tooMany(wait time.Duration) error {
	seconds := int(wait/time.Second) + 1
	return &lang.Error{
		Kind: lang.Forbidden,
		What: lang.T("サインインの失敗が続いたため、一時的に受け付けを止めています", "too many attempts to sign in failed; further ones are refused for a while"),
		Next: lang.F("%d 秒ほど待ってから、もう一度お試しください", "wait for about %d seconds and try again", seconds),
	}
}
