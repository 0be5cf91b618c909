package fact

// KindMeasured is the kind of a fact whose Data is a *Measured.
const KindMeasured Kind = "measured"

// Measured is the value a security criterion had for a release at the fact's ObservedAt. A fact is kept whenever value or
// outcome changes, so that together they are the criterion's trend. The fact's Record is "criterion:" and the key of the
// criterion's record.
type Measured struct {
	Criterion string  `json:"criterion"` // key of the record in the register of criteria
	Title     string  `json:"title"`
	Kind      string  `json:"kind"`              // gate, kpi, kri
	Value     float64 `json:"value"`             // of a yes or no: 1 or 0
	Bound     string  `json:"bound,omitempty"`   // at_most, at_least; empty: the expression itself says yes or no, or there is none
	Threshold float64 `json:"threshold"`         // meaningless without a bound
	Holds     bool    `json:"holds"`             // within the bound; true where there is none
	Judged    bool    `json:"judged"`            // there is a bound, or the expression says yes or no
	Problem   string  `json:"problem,omitempty"` // why there is no value
}
