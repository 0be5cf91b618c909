package intake

import (
	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
)

// Pushed says what became of one file.
type Pushed struct {
	File     string            `json:"file"`
	Digest   string            `json:"digest" doc:"sha256:<hex>; of the part that was read when the file was too large"`
	Size     int64             `json:"size"`
	Type     string            `json:"type" doc:"Format, found by content; empty when unknown"`
	Accepted bool              `json:"accepted" doc:"Read whole; false: kept, and problems say why it counts for nothing"`
	Known    bool              `json:"known" doc:"The same bytes were here before, about the same thing"`
	Read     map[string]any    `json:"read" doc:"The few numbers that the reader gives"`
	Duties   []guideline.ID    `json:"duties" doc:"Individual requirements that the file feeds"`
	Problems []judging.Problem `json:"problems"`
}

// PushedOf gives receipts as scripts read them; never nil.
func PushedOf(receipts []ingest.Receipt, l lang.Lang) []Pushed {
	out := []Pushed{}
	for _, r := range receipts {
		line := Pushed{File: r.File, Digest: r.Digest, Size: r.Size, Type: r.Type, Accepted: r.Accepted, Known: r.Known,
			Read: r.Summary, Duties: []guideline.ID{}, Problems: judging.ProblemsIn(r.Problems, l)}
		if line.Read == nil {
			line.Read = map[string]any{}
		}
		if r.Accepted {
			line.Duties = append(line.Duties, assess.FedBy(r.Type)...)
		}
		out = append(out, line)
	}
	return out
}

// NotPushed is the line of a file that did not arrive.
func NotPushed(file string, problems ...judging.Problem) Pushed {
	return Pushed{File: file, Read: map[string]any{}, Duties: []guideline.ID{}, Problems: problems}
}
