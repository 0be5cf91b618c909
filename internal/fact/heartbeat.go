package fact

// KindHeartbeat is the kind of a fact whose Data is a *Heartbeat.
const KindHeartbeat Kind = "heartbeat"

// Heartbeat says that a protection or monitoring mechanism showed itself at the fact's ObservedAt, and in which state.
// The newest one of a mechanism stands for it; the fact's Record is "heartbeat:" and the id of the mechanism's record.
type Heartbeat struct {
	Mechanism string  `json:"mechanism"` // key of the record in the register of mechanisms
	Up        bool    `json:"up"`        // false: it is reached and says that it does not work
	Source    string  `json:"source"`    // "api", "cli", "prometheus"
	Metric    string  `json:"metric,omitempty"`
	Value     float64 `json:"value,omitempty"` // of the metric
	Note      string  `json:"note,omitempty"`  // in the words of what sent it
}
