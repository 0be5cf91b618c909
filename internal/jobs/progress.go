package jobs

import (
	"encoding/json"
	"os"
	"time"

	"example.org/tasuki/internal/store"
)

// Progress says how far a fetch or import of advisories is. It is only for people to look at: what has to be done is
// written down elsewhere.
type Progress struct {
	Source string    `json:"source"`
	What   string    `json:"what"` // the piece being fetched, index, match; empty: done
	Done   int       `json:"done"`
	Total  int       `json:"total"`
	At     time.Time `json:"at"`
}

// tellProgress writes down how far it is. That it cannot be written stops nothing.
func tellProgress(db *store.DB, source, what string, done, total int) {
	if b, err := json.Marshal(Progress{source, what, done, total, db.Now()}); err == nil {
		_ = replaceFile(advisoryPath(db, "progress"), b)
	}
}

// FeedProgress gives how far the fetch or import of advisories that runs is; false when none does.
func FeedProgress(db *store.DB) (p Progress, running bool) {
	b, err := os.ReadFile(advisoryPath(db, "progress"))
	if err != nil || json.Unmarshal(b, &p) != nil {
		return p, false
	}
	return p, p.What != ""
}
