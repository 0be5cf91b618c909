// Package misp writes information that is given to trading partners as an event of MISP's core format (S(5)-1.2): one
// event a record, with its TLP 2.0 label as a tag, not published, seen by one's own organisation alone until somebody
// decides otherwise in MISP. All scalars are strings but the truth values, as the format wants it.
package misp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Shared is what was shared, or is about to be.
type Shared struct {
	ID              string // of the record: the event's uuid follows from it, so that a second export is the same event
	Title, Text     string
	TLP             string // clear, green, amber, amber_strict or red
	Day             string // ISO day on which it became known
	Changed         time.Time
	Vulnerabilities []string // CVE and other ids
	Done            bool     // it reached the partners
	From            string   // name of the organisation
}

type event struct {
	UUID             string      `json:"uuid"`
	Info             string      `json:"info"`
	Date             string      `json:"date"`
	ThreatLevel      string      `json:"threat_level_id"`
	Analysis         string      `json:"analysis"`
	Timestamp        string      `json:"timestamp"`
	PublishTimestamp string      `json:"publish_timestamp"`
	Published        bool        `json:"published"`
	Distribution     string      `json:"distribution"`
	SharingGroup     string      `json:"sharing_group_id"`
	Creator          org         `json:"Orgc"`
	Tags             []tag       `json:"Tag"`
	Attributes       []attribute `json:"Attribute"`
}

type org struct {
	Name string `json:"name"`
	UUID string `json:"uuid"`
}

type tag struct {
	Name string `json:"name"`
}

type attribute struct {
	UUID         string `json:"uuid"`
	Type         string `json:"type"`
	Category     string `json:"category"`
	Value        string `json:"value"`
	ToIDS        bool   `json:"to_ids"`
	Timestamp    string `json:"timestamp"`
	Distribution string `json:"distribution"`
	Deleted      bool   `json:"deleted"`
}

// tlp are the names of TLP 2.0 labels as MISP's taxonomy writes them.
var tlp = map[string]string{"clear": "tlp:clear", "green": "tlp:green", "amber": "tlp:amber", "amber_strict": "tlp:amber+strict", "red": "tlp:red"}

// maxInfo is how long the one line may be that says what an event is.
const maxInfo = 256

// Event gives the event as JSON. The same input gives the same bytes.
func Event(s Shared) ([]byte, error) {
	label, ok := tlp[s.TLP]
	if !ok {
		return nil, fmt.Errorf("misp: no TLP label %q", s.TLP)
	}
	info := []rune(s.Title)
	at := strconv.FormatInt(s.Changed.Unix(), 10)
	e := event{UUID: uuid("event", s.ID), Info: string(info[:min(len(info), maxInfo)]), Date: s.Day, ThreatLevel: "4", Analysis: "1", Timestamp: at,
		PublishTimestamp: "0", Distribution: "0", SharingGroup: "0", Creator: org{Name: s.From, UUID: uuid("org", s.From)}, Tags: []tag{{label}}, Attributes: []attribute{}}
	if s.Done {
		e.Analysis = "2"
	}
	add := func(kind, category, value string) {
		if value != "" {
			e.Attributes = append(e.Attributes, attribute{UUID: uuid(kind, s.ID+"\x00"+value), Type: kind, Category: category, Value: value, Timestamp: at, Distribution: "5"})
		}
	}
	for _, id := range s.Vulnerabilities {
		add("vulnerability", "External analysis", id)
	}
	add("text", "Other", s.Text)
	return json.MarshalIndent(map[string]event{"Event": e}, "", "  ")
}

// uuid names a thing for ever: version 8 of RFC 9562, out of its SHA-256.
func uuid(kind, of string) string {
	b := sha256.Sum256([]byte("tasuki misp " + kind + "\x00" + of))
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
