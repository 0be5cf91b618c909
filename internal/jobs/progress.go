package jobs

import (
	"encoding/json"

	"example.org/tasuki/internal/store"
)

// tellProgress writes down how far it is. That it cannot be written stops nothing.
func tellProgress(db *store.DB, source, what string, done, total int) {
	if b, err := json.Marshal(Progress{source, what, done, total, db.Now()}); err == nil {
		_ = replaceFile(advisoryPath(db, "progress"), b)
	}
}
