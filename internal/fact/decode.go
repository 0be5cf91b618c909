package fact

import (
	"encoding/json"
	"fmt"
)

// Decode reads the JSON of a fact's data into the Go type that belongs to its kind and gives a pointer to it. Data of
// a kind this program does not know stays as it is, a json.RawMessage, and is neither lost nor judged.
func Decode(kind Kind, b []byte) (any, error) {
	v := empty(kind)
	if v == nil {
		return json.RawMessage(b), nil
	}
	if err := json.Unmarshal(b, v); err != nil {
		return nil, fmt.Errorf("decode fact %s: %w", kind, err)
	}
	return v, nil
}

// empty gives a pointer to an empty value of the type that belongs to a kind, nil for an unknown kind. A new kind of
// fact is a line here.
func empty(kind Kind) any {
	switch kind {
	case KindSBOM:
		return new(SBOM)
	case KindVEX:
		return new(VEX)
	case KindScan:
		return new(Scan)
	case KindTests:
		return new(Tests)
	case KindAttestation:
		return new(Attestation)
	case KindMatch:
		return new(Match)
	case KindLedgerCheck:
		return new(LedgerCheck)
	case KindArchiveCheck:
		return new(ArchiveCheck)
	case KindReceived:
		return new(Received)
	case KindRequest:
		return new(Request)
	case KindReply:
		return new(Reply)
	case KindSecurityTxt:
		return new(SecurityTxt)
	case KindSecurityInsights:
		return new(SecurityInsights)
	case KindHardening:
		return new(Hardening)
	case KindAdvisory:
		return new(Advisory)
	case KindThreatModel:
		return new(ThreatModel)
	case KindScorecard:
		return new(Scorecard)
	case KindEndpoints:
		return new(Endpoints)
	case KindHeartbeat:
		return new(Heartbeat)
	case KindMeasured:
		return new(Measured)
	}
	return nil
}
