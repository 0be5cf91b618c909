package portfolio

import (
	"example.org/tasuki/internal/read/jvn"
	"example.org/tasuki/internal/read/nvd"
)

// Note is what a catalogue says of a vulnerability, as it is kept in [store.VulnRecord].
type Note struct {
	Title    string        `json:"title,omitempty"`
	Text     string        `json:"text,omitempty"`
	CVSS     []string      `json:"cvss,omitempty"`
	CWEs     []string      `json:"cwes,omitempty"`
	Rejected bool          `json:"rejected,omitempty"`
	Matches  []nvd.Match   `json:"matches,omitempty"`
	Products []jvn.Product `json:"products,omitempty"`
}
