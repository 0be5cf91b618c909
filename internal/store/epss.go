package store

import (
	"context"
	"fmt"
	"math"
)

// EPSS is how likely a vulnerability is exploited within 30 days, as FIRST's model scores it on one day.
type EPSS struct {
	CVE        string  `json:"cve"`
	Score      float64 `json:"score"`      // probability, 0 to 1
	Percentile float64 `json:"percentile"` // share of all vulnerabilities with the same score or a lower one, 0 to 1
}

// ReplaceEPSS puts the scores of one day in the place of all others. Of two with the same CVE, the later counts.
func (tx *Tx) ReplaceEPSS(ctx context.Context, scores []EPSS) error {
	if _, err := tx.exec(ctx, `delete from epss`); err != nil {
		return fmt.Errorf("replace EPSS: %w", err)
	}
	at := make(map[string]int, len(scores))
	rows := make([][]any, 0, len(scores))
	for _, s := range scores {
		row := []any{s.CVE, billionths(s.Score), billionths(s.Percentile)}
		if i, ok := at[s.CVE]; ok {
			rows[i] = row
			continue
		}
		at[s.CVE] = len(rows)
		rows = append(rows, row)
	}
	return tx.bulk(ctx, "epss", []string{"cve", "score", "percentile"}, rows)
}

// EPSSOf gives the scores of some CVEs. One that has no score is absent, which is not a score of 0.
func (db *DB) EPSSOf(ctx context.Context, cves []string) (map[string]EPSS, error) {
	out := map[string]EPSS{}
	err := lookups(cves, func(part []string) error {
		rows, err := list(ctx, db, func(r row) (e EPSS, err error) {
			var score, percentile int64
			err = r.Scan(&e.CVE, &score, &percentile)
			e.Score, e.Percentile = float64(score)/billion, float64(percentile)/billion
			return e, err
		}, `select cve, score, percentile from epss where cve in (`+db.dialect.places(len(part))+`)`, anys(part)...)
		for _, e := range rows {
			out[e.CVE] = e
		}
		return err
	})
	return out, err
}

// EPSSFrom gives the CVEs whose score is at or above one, sorted.
func (db *DB) EPSSFrom(ctx context.Context, score float64) ([]string, error) {
	return list(ctx, db, scanString, `select cve from epss where score >= ? order by cve`, billionths(score))
}

const billion = 1e9

func billionths(f float64) int64 { return int64(math.Round(f * billion)) }
