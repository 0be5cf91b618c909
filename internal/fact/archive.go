package fact

import "time"

// KindArchiveCheck is the kind of a fact whose Data is a *ArchiveCheck.
const KindArchiveCheck Kind = "archive_check"

// ArchiveCheck says what the archive holds of a release, every item with its digest recomputed and found to hold at the
// fact's ObservedAt.
type ArchiveCheck struct {
	Items []ArchivedItem `json:"items"`
	// Damaged is what the archive held, and holds no longer or with other bytes.
	Damaged []ArchivedItem `json:"damaged,omitempty"`
}

// ArchivedItem is one thing the archive holds.
type ArchivedItem struct {
	Kind       string    `json:"kind"` // artifact, sbom, provenance, configuration, documentation
	Digest     string    `json:"digest"`
	ArchivedAt time.Time `json:"archived_at"`
}
