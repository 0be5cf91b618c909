package fact

// KindLedgerCheck is the kind of a fact whose Data is a *LedgerCheck.
const KindLedgerCheck Kind = "ledger_check"

// LedgerCheck says that the whole log was recomputed from what is stored at the fact's ObservedAt, and whether it held.
type LedgerCheck struct {
	Size   int64  `json:"size"` // leaves
	Root   string `json:"root"` // root of the tree, base64
	Intact bool   `json:"intact"`
	Why    string `json:"why,omitempty"` // what did not hold
}
