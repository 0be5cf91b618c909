package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// AdvisorySource says how far one source of advisory data has been read. A source that was tried and never succeeded
// has no LoadedAt: nothing is known from it.
type AdvisorySource struct {
	Name     string    `json:"name"`
	Count    int64     `json:"count"`
	Newest   time.Time `json:"newest,omitzero"`   // time of the newest record in it
	LoadedAt time.Time `json:"loaded_at"`         // when what is kept was fetched, or confirmed to be unchanged
	Error    string    `json:"error,omitempty"`   // of the last attempt; empty when it went well
	URL      string    `json:"url,omitempty"`     // where it was fetched from; empty: from a file
	TriedAt  time.Time `json:"tried_at,omitzero"` // when it was tried last
	Digest   string    `json:"digest,omitempty"`  // of what is kept, sha256:<hex>
}

// Empty reports whether a source gives no ground for saying that nothing was found: it was never read, or holds nothing.
func (s AdvisorySource) Empty() bool { return s.LoadedAt.IsZero() || s.Count == 0 }

// SaveAdvisorySource adds or replaces what is known of a source.
func (tx *Tx) SaveAdvisorySource(ctx context.Context, s AdvisorySource) error {
	_, err := tx.exec(ctx, `insert into advisory_source (name, count, newest, loaded_at, error, url, tried_at, digest)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (name) do update set count = excluded.count, newest = excluded.newest,
		loaded_at = excluded.loaded_at, error = excluded.error, url = excluded.url, tried_at = excluded.tried_at,
		digest = excluded.digest`, s.Name, s.Count, ms(s.Newest), ms(s.LoadedAt), s.Error, s.URL, ms(s.TriedAt), s.Digest)
	return err
}

// FailAdvisorySource records that an attempt to read a source failed. What is kept of it stays as old as it was.
func (tx *Tx) FailAdvisorySource(ctx context.Context, name, url, failure string) error {
	_, err := tx.exec(ctx, `insert into advisory_source (name, count, newest, loaded_at, error, url, tried_at, digest)
		values ($1, 0, 0, 0, $2, $3, $4, '') on conflict (name) do update set error = excluded.error, url = excluded.url,
		tried_at = excluded.tried_at`, name, failure, url, ms(tx.Now()))
	return err
}

// AdvisorySources gives every source, by name.
func (db *DB) AdvisorySources(ctx context.Context) ([]AdvisorySource, error) {
	return list(ctx, db, func(r row) (s AdvisorySource, err error) {
		err = r.Scan(&s.Name, &s.Count, asTime(&s.Newest), asTime(&s.LoadedAt), &s.Error, &s.URL, asTime(&s.TriedAt), &s.Digest)
		return s, err
	}, `select name, count, newest, loaded_at, error, url, tried_at, digest from advisory_source order by name`)
}

// FeedPart is what is kept of one address of a source between fetches.
type FeedPart struct {
	Address   string
	ETag      string
	Modified  string // the server's Last-Modified, as sent
	Digest    string // of the bytes, sha256:<hex>
	Mark      string // how far the source was followed; the source's own
	FetchedAt time.Time
}

// FeedParts gives what is kept of a source's addresses, by address.
func (db *DB) FeedParts(ctx context.Context, source string) ([]FeedPart, error) {
	return list(ctx, db, func(r row) (p FeedPart, err error) {
		err = r.Scan(&p.Address, &p.ETag, &p.Modified, &p.Digest, &p.Mark, asTime(&p.FetchedAt))
		return p, err
	}, `select address, etag, last_modified, digest, mark, fetched_at from feed_part where source = $1 order by address`, source)
}

// SaveFeedParts puts what is kept of a source's addresses in the place of what was.
func (tx *Tx) SaveFeedParts(ctx context.Context, source string, parts []FeedPart) error {
	if _, err := tx.exec(ctx, `delete from feed_part where source = $1`, source); err != nil {
		return fmt.Errorf("save the parts of %s: %w", source, err)
	}
	rows := make([][]any, 0, len(parts))
	for _, p := range parts {
		rows = append(rows, []any{source, p.Address, p.ETag, p.Modified, p.Digest, p.Mark, ms(p.FetchedAt)})
	}
	return tx.bulk(ctx, "feed_part", []string{"source", "address", "etag", "last_modified", "digest", "mark", "fetched_at"}, rows)
}

// VulnRecord is what a catalogue that does not speak of packages (NVD, JVN iPedia) says of a vulnerability.
type VulnRecord struct {
	Source   string // nvd, jvn
	ID       string // CVE-…, JVNDB-…
	Names    []string
	Products []string // vendor:product of the CPE names it speaks of
	Modified time.Time
	Data     json.RawMessage
}

// PutVulnRecords adds records or puts them in the place of those with the same source and id. Of two given with the same
// source and id the later counts.
func (tx *Tx) PutVulnRecords(ctx context.Context, records []VulnRecord) error {
	at := make(map[[2]string]int, len(records))
	for i, r := range records {
		at[[2]string{r.Source, r.ID}] = i
	}
	var rows, names, products [][]any
	for i, r := range records {
		if at[[2]string{r.Source, r.ID}] != i {
			continue
		}
		rows = append(rows, []any{r.Source, r.ID, ms(r.Modified), string(r.Data)})
		for _, n := range distinct(r.Names) {
			names = append(names, []any{n, r.Source, r.ID})
		}
		for _, p := range distinct(r.Products) {
			products = append(products, []any{p, r.Source, r.ID})
		}
	}
	err := chunks(rows, func(part [][]any) error {
		for _, t := range []string{"vuln_record", "vuln_record_name", "vuln_record_product"} {
			args := []any{part[0][0]}
			for _, r := range part {
				args = append(args, r[1])
			}
			if _, err := tx.exec(ctx, `delete from `+t+` where source = $1 and id in (`+placeholders(2, len(part))+`)`, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = tx.bulk(ctx, "vuln_record", []string{"source", "id", "modified", "data"}, rows)
	}
	if err == nil {
		err = tx.bulk(ctx, "vuln_record_name", []string{"name", "source", "id"}, names)
	}
	if err == nil {
		err = tx.bulk(ctx, "vuln_record_product", []string{"product", "source", "id"}, products)
	}
	if err != nil {
		return fmt.Errorf("put vulnerability records: %w", err)
	}
	return nil
}

func distinct(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// VulnRecordCount gives how many records of a source are kept, and when the newest of them was changed.
func (db *DB) VulnRecordCount(ctx context.Context, source string) (n int64, newest time.Time, err error) {
	err = db.q.QueryRowContext(ctx, `select count(*), coalesce(max(modified), 0) from vuln_record where source = $1`, source).Scan(&n, asTime(&newest))
	return n, newest, err
}

// VulnRecords gives the records that bear one of some ids, as their own or among their names, by source and id. Names and
// Products are not filled.
func (db *DB) VulnRecords(ctx context.Context, ids []string) ([]VulnRecord, error) {
	var out []VulnRecord
	err := chunks(ids, func(part []string) error {
		in := placeholders(1, len(part))
		found, err := list(ctx, db, scanVulnRecord, `select source, id, modified, data from vuln_record where id in (`+in+`)
			union select r.source, r.id, r.modified, r.data from vuln_record r join vuln_record_name n on n.source = r.source and n.id = r.id
			where n.name in (`+in+`) order by 1, 2`, anys(part)...)
		out = append(out, found...)
		return err
	})
	return out, err
}

// VulnRecordsOn gives the records that speak of a product (vendor:product of CPE), by source and id.
func (db *DB) VulnRecordsOn(ctx context.Context, product string) ([]VulnRecord, error) {
	return list(ctx, db, scanVulnRecord, `select r.source, r.id, r.modified, r.data from vuln_record r
		join vuln_record_product p on p.source = r.source and p.id = r.id where p.product = $1 order by r.source, r.id`, product)
}

// VulnRecordNames gives the names that records bear, by the id that was asked for: the ids of other catalogues for the
// same vulnerability.
func (db *DB) VulnRecordNames(ctx context.Context, id string) ([]string, error) {
	return list(ctx, db, scanString, `select distinct n.name from vuln_record_name n where n.id = $1 order by n.name`, id)
}

func scanVulnRecord(r row) (v VulnRecord, err error) {
	err = r.Scan(&v.Source, &v.ID, asTime(&v.Modified), asJSON(&v.Data))
	return v, err
}
