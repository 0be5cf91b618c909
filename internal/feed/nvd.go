package feed

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/tasuki/internal/lang"
)

// NVD is fetched as one file for each year, each with a .meta file that holds the SHA-256 of the plain JSON
// (https://nvd.nist.gov/vuln/data-feeds), or, when the address is that of its API 2.0, page by page.
const (
	firstYear   = 2002
	maxNVDFile  = 2 << 30
	maxNVDPage  = 256 << 20
	nvdPageSize = 2000
	maxAPIRange = 119 * 24 * time.Hour // the API answers for at most 120 days of change
)

func (v *visit) nvd() error {
	if strings.Contains(v.url, "/rest/json/cves/2.0") {
		return v.nvdAPI()
	}
	base := strings.TrimRight(v.url, "/")
	var failed []error
	years := v.o.Now.UTC().Year() - firstYear + 1
	for year := firstYear; year < firstYear+years; year++ {
		v.tell(fmt.Sprint(year), year-firstYear, years)
		name := fmt.Sprintf("nvdcve-2.0-%d", year)
		if err := v.nvdYear(base+"/"+name+".meta", base+"/"+name+".json.gz", name+".json.gz"); err != nil {
			v.keepParts(base + "/" + name)
			v.leftOut(name, err)
			failed = append(failed, err)
			if v.ctx.Err() != nil {
				break
			}
		}
	}
	v.out.Digest = digestOf(v.out.Parts)
	return v.some(failed, years)
}

// nvdYear fetches the file of a year when its meta file names another sum than that of the kept one, and holds it
// against that sum.
func (v *visit) nvdYear(meta, address, file string) error {
	b, err := v.again(meta, 4096)
	if err != nil {
		return err
	}
	sum := ""
	for line := range strings.Lines(string(b)) {
		if key, value, _ := strings.Cut(strings.TrimSpace(line), ":"); key == "sha256" {
			sum = strings.ToLower(value)
		}
	}
	if len(sum) != 64 {
		return fmt.Errorf("%s names no SHA-256", meta)
	}
	_, statErr := os.Stat(filepath.Join(v.o.Kept, file))
	if had := v.o.Parts[address]; had.Mark == sum && statErr == nil {
		had.At = v.o.Now
		v.out.Parts[address] = had
		return nil
	}
	// The published sum says that it changed: whatever comes is held against it.
	changed, err := v.takeSince(Part{}, address, file, maxNVDFile, func(path string) error { return sumOfPlain(path, sum) })
	if err != nil {
		return err
	}
	part := v.out.Parts[address]
	part.Mark = sum
	v.out.Parts[address] = part
	if changed {
		v.out.Single = append(v.out.Single, file)
	}
	return nil
}

// sumOfPlain holds the content of a gzip file against a SHA-256.
func sumOfPlain(path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if n, err := io.Copy(sum, io.LimitReader(z, maxNVDFile+1)); err != nil || n > maxNVDFile {
		return errors.Join(err, errors.New("it does not unpack"))
	}
	return agree(sum.Sum(nil), want)
}

// agree is an error of kind Unverified unless a digest is the published one.
func agree(got []byte, want string) error {
	if hex.EncodeToString(got) == strings.ToLower(want) {
		return nil
	}
	return &lang.Error{Kind: lang.Unverified,
		What: lang.T("ハッシュ値が公開されている値と一致しません", "its digest is not the published one"),
		Why:  lang.F("公開値 %s、受信 %x", "published %s, received %x", want, got)}
}

// nvdAPI fetches what changed since the last time, or everything, page by page.
func (v *visit) nvdAPI() error {
	query := url.Values{"resultsPerPage": {fmt.Sprint(nvdPageSize)}}
	since, err := time.Parse(time.RFC3339, v.o.Parts[v.url].Mark)
	if err == nil && v.o.Now.Sub(since) < maxAPIRange {
		query.Set("lastModStartDate", since.UTC().Format("2006-01-02T15:04:05.000Z"))
		query.Set("lastModEndDate", v.o.Now.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	var failure error
	for start, total := 0, 1; start < total; {
		query.Set("startIndex", fmt.Sprint(start))
		page, err := v.nvdPage(v.url+"?"+query.Encode(), start)
		if err != nil {
			failure = err
			break
		}
		v.tell("CVE", start, page.Total)
		start, total = start+len(page.Records), page.Total
		if len(page.Records) == 0 {
			break
		}
		if start < total {
			select {
			case <-time.After(v.c.Page):
			case <-v.ctx.Done():
				return v.ctx.Err()
			}
		}
	}
	part := v.o.Parts[v.url]
	if failure == nil { // else all of it again: what came may be taken over, and nothing is passed over
		part.Mark = v.o.Now.UTC().Format(time.RFC3339)
	}
	part.At = v.o.Now
	v.out.Parts[v.url] = part
	return failure
}

type nvdPage struct {
	Start   int               `json:"startIndex"`
	Total   int               `json:"totalResults"`
	Records []json.RawMessage `json:"vulnerabilities"`
}

func (v *visit) nvdPage(address string, start int) (page nvdPage, err error) {
	b, err := v.again(address, maxNVDPage)
	if err != nil {
		return page, err
	}
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&page); err != nil {
		return page, fmt.Errorf("a page of the API is no JSON of its form: %w", err)
	}
	if page.Start != start {
		return page, fmt.Errorf("the API gave the page at %d instead of %d", page.Start, start)
	}
	if len(page.Records) == 0 {
		return page, nil
	}
	file := fmt.Sprintf("page-%07d.json", start)
	v.out.Single = append(v.out.Single, file)
	return page, os.WriteFile(filepath.Join(v.o.New, file), b, 0o600)
}
