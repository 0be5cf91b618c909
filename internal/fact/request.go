package fact

import "time"

// KindRequest is the kind of a fact whose Data is a *Request, KindReply that of one whose Data is a *Reply. Both are about
// the party they were exchanged with (or our own organisation while that party is not known), and their document is the
// file that passed.
const (
	KindRequest Kind = "request"
	KindReply   Kind = "reply"
)

// Direction says which way a file passed.
type Direction string

// The directions.
const (
	Sent     Direction = "sent"
	Incoming Direction = "received"
)

// Request is a request for a declaration that we sent or were given. All its words are in the document.
type Request struct {
	Direction Direction `json:"direction"`
	Party     string    `json:"party,omitempty"` // our id of the other side, when it is known
	ID        string    `json:"id"`
	DueOn     string    `json:"due_on"`
	Under     string    `json:"under,omitempty"` // digest of the request it follows from
}

// ReplyKind says what came back.
type ReplyKind string

// The kinds of reply.
const (
	Answered     ReplyKind = "answer"
	Acknowledged ReplyKind = "receipt"
)

// Reply is an answer to a request, or a receipt for a file.
type Reply struct {
	Kind      ReplyKind `json:"kind"`
	Direction Direction `json:"direction"`
	To        string    `json:"to"` // digest of the request, or of the file that is acknowledged
	At        time.Time `json:"at"`
	Fulfils   bool      `json:"fulfils"`          // an answer: everything asked for holds; a receipt: the file was accepted
	Failed    []string  `json:"failed,omitempty"` // names of the steps that did not hold
	Stated    bool      `json:"stated,omitempty"` // an answer typed on our answer page: a claim of whoever answered, unsigned
}
