package intake

import (
	"encoding/json"

	"example.org/tasuki/internal/portfolio"
	"example.org/tasuki/internal/store"
)

// tellProgress writes down how far it is. That it cannot be written stops nothing.
func tellProgress(db *store.DB, source, what string, done, total int) {
	if b, err := json.Marshal(portfolio.Progress{Source: source, What: what, Done: done, Total: total, At: db.Now()}); err == nil {
		_ = replaceFile(portfolio.AdvisoryPath(db, "progress"), b)
	}
}
