// Package feed is the verb that brings advisory data in from where it is published: OSV dumps, GitHub's advisories and
// reports of malicious packages in the OSV format, CISA KEV, EPSS, NVD, JVN iPedia, endoflife.date, and CSAF providers.
//
// Start from [Sources] and [Source.Fetch]. A fetch asks only for what changed since the last one (entity tags, times of
// change, lists of changes), over HTTPS alone, within limits of size and time, and puts what is new into a folder of its
// own. Nothing that was kept before is touched: whoever calls takes the new files over once they have proven readable. A
// fetch that fails in part gives what it has and an error that names the rest.
package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
)

// Source is one place that advisory data comes from.
type Source struct {
	Name  string
	Title lang.Text
	URL   string // where it is fetched from unless something else is said
	Asked bool   // fetched only when it is named or was set up: large, or contained in another source
	Terms string // under which terms the data may be used

	fetch func(*visit) error
}

// The names of the sources. A CSAF provider's name is CSAF, a colon and a name of its own: csaf:example.com.
const (
	OSV       = "osv"
	GitHub    = "ghsa"
	Malicious = "malicious"
	KEV       = "kev"
	EPSS      = "epss"
	NVD       = "nvd"
	JVN       = "jvn"
	EndOfLife = "endoflife"
	CSAF      = "csaf"
)

// sources is the list: a new source is one line here and one file.
var sources = []Source{
	{Name: OSV, Title: lang.T("OSV（各エコシステムの脆弱性情報）", "OSV (advisories of every ecosystem)"),
		URL: "https://osv-vulnerabilities.storage.googleapis.com", Terms: "each database's own, most CC-BY-4.0, see docs/feeds.md", fetch: (*visit).osv},
	{Name: KEV, Title: lang.T("CISA KEV（悪用が確認された脆弱性）", "CISA KEV (known exploited vulnerabilities)"),
		URL: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", Terms: "CC0-1.0", fetch: single("catalogue.json", 64<<20)},
	{Name: EPSS, Title: lang.T("EPSS（悪用される見込み）", "EPSS (likelihood of exploitation)"),
		URL: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", Terms: "free, with credit to EPSS at FIRST", fetch: single("scores.csv.gz", 128<<20)},
	{Name: EndOfLife, Title: lang.T("endoflife.date（サポート期限）", "endoflife.date (end of support)"),
		URL: "https://endoflife.date/api/v1/products/full", Terms: "MIT", fetch: single("products.json", 128<<20)},
	{Name: JVN, Title: lang.T("JVN iPedia（脆弱性対策情報）", "JVN iPedia"),
		URL: "https://jvndb.jvn.jp/ja/feed/checksum.txt", Terms: "JVN iPedia terms of use, with credit", fetch: (*visit).jvn},
	{Name: NVD, Title: lang.T("NVD（CVE の評価と CPE）", "NVD (ratings and CPE names of CVEs)"),
		URL: "https://nvd.nist.gov/feeds/json/cve/2.0/", Asked: true, Terms: "public domain; not endorsed or certified by the NVD", fetch: (*visit).nvd},
	{Name: GitHub, Title: lang.T("GitHub Advisory Database（OSV 形式）", "GitHub Advisory Database (OSV format)"),
		URL: "https://codeload.github.com/github/advisory-database/zip/refs/heads/main", Asked: true, Terms: "CC-BY-4.0", fetch: (*visit).archive},
	{Name: Malicious, Title: lang.T("悪意のあるパッケージ（OpenSSF、OSV 形式）", "malicious packages (OpenSSF, OSV format)"),
		URL: "https://codeload.github.com/ossf/malicious-packages/zip/refs/heads/main", Asked: true, Terms: "Apache-2.0", fetch: (*visit).archive},
}

// Sources gives every source but the CSAF providers, in the order in which they are fetched.
func Sources() []Source { return slices.Clone(sources) }

// Find gives the source with a name; a name such as csaf:example.com is a CSAF provider.
func Find(name string) (Source, bool) {
	if IsProvider(name) {
		_, domain, _ := strings.Cut(name, ":")
		s := Source{Name: name, Title: lang.F("CSAF の提供者 %s", "CSAF provider %s", domain), Asked: true, Terms: "the provider's own", fetch: (*visit).csaf}
		if strings.Contains(domain, ".") {
			s.URL = "https://" + domain + "/.well-known/csaf/provider-metadata.json"
		}
		return s, true
	}
	i := slices.IndexFunc(sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return Source{}, false
	}
	return sources[i], true
}

// IsProvider reports whether a name is that of a CSAF provider.
func IsProvider(name string) bool {
	kind, own, ok := strings.Cut(name, ":")
	return ok && kind == CSAF && own != "" && !strings.ContainsAny(own, "/\\ ") && !strings.HasPrefix(own, ".")
}

// Part is what is remembered of one address between fetches.
type Part struct {
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"` // the server's Last-Modified, as sent
	Digest   string    `json:"digest,omitempty"`   // of the bytes, sha256:<hex>
	Mark     string    `json:"mark,omitempty"`     // how far the source was followed; the source's own
	At       time.Time `json:"at"`                 // when it was fetched or found unchanged
}

// Options say what is fetched and where to.
type Options struct {
	URL        string          // instead of the source's own
	Kept       string          // folder of what is kept from before; read only
	New        string          // empty folder that takes what is new
	Parts      map[string]Part // by address, as the last fetch gave them
	Ecosystems []string        // OSV only: these ecosystems; none: all
	Now        time.Time
	Tell       func(what string, done, total int) // how far it is; may be nil
}

// Fetched is what a fetch brought.
type Fetched struct {
	Whole    []string        // folders in New that take the place of those of the same name; "." is everything
	Single   []string        // files in New that are added, or take the place of those of the same name
	Parts    map[string]Part // to be given to the next fetch, once everything was taken over
	Digest   string          // of everything that is kept now, as far as the source has one
	Checks   []Check         // of documents that come with digests and signatures
	Problems []fact.Problem  // what was left out, and why
}

// Changed reports whether anything is new.
func (f Fetched) Changed() bool { return len(f.Whole)+len(f.Single) > 0 }

// Check says what was proven of one fetched document.
type Check struct {
	File   string `json:"file"`
	Digest string `json:"digest"`           // sha256:<hex>
	Sum    bool   `json:"sum"`              // a digest published beside it agrees
	Signer string `json:"signer,omitempty"` // fingerprint of the OpenPGP key whose signature holds; empty: none was checked
}

// visit is one fetch of one source.
type visit struct {
	ctx    context.Context
	c      *Client
	source Source
	o      Options
	url    string
	out    Fetched
}

// Fetch asks the source for what is new. What it brought before an error may be taken over all the same.
func (s Source) Fetch(ctx context.Context, c *Client, o Options) (Fetched, error) {
	v := &visit{ctx: ctx, c: c, source: s, o: o, url: s.URL, out: Fetched{Parts: map[string]Part{}}}
	if o.URL != "" {
		v.url = o.URL
	}
	if v.url == "" {
		return v.out, &lang.Error{Kind: lang.Usage, What: lang.F("%s の取得先が設定されていません", "it is not set where %s is fetched from", s.Name),
			Next: lang.F("tasuki feeds set %s --url URL で設定してください", "set it with tasuki feeds set %s --url URL", s.Name)}
	}
	err := s.fetch(v)
	return v.out, err
}

// tell says how far the fetch is.
func (v *visit) tell(what string, done, total int) {
	if v.o.Tell != nil {
		v.o.Tell(what, done, total)
	}
}

// take fetches an address into a file of the new folder, unless the kept file of that name is still what is there. check
// may refuse what came, before it counts; it may be nil.
func (v *visit) take(address, file string, limit int64, check func(path string) error) (changed bool, err error) {
	return v.takeSince(v.o.Parts[address], address, file, limit, check)
}

// takeSince is take that asks for what changed since have.
func (v *visit) takeSince(have Part, address, file string, limit int64, check func(path string) error) (changed bool, err error) {
	if _, err := os.Stat(filepath.Join(v.o.Kept, filepath.FromSlash(file))); err != nil {
		have = Part{} // what was fetched is gone
	}
	path := filepath.Join(v.o.New, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return false, err
	}
	sum := sha256.New()
	got, err := v.c.get(v.ctx, address, have, limit, io.MultiWriter(f, sum))
	if err == nil && !got.unchanged {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	got.Digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	if err == nil && !got.unchanged && check != nil {
		err = check(path)
	}
	switch {
	case err != nil:
		os.Remove(path)
		if have.Digest != "" {
			v.out.Parts[address] = have
		}
		return false, err
	case got.unchanged:
		os.Remove(path)
		have.At = v.o.Now
		v.out.Parts[address] = have
		return false, nil
	}
	if got.Mark = have.Mark; got.Digest == have.Digest {
		os.Remove(path)
		changed = false
	} else {
		changed = true
	}
	got.At = v.o.Now
	v.out.Parts[address] = got.Part
	return changed, nil
}

// read fetches a small file into memory. Nothing is returned when it has not changed since it was marked as done with.
func (v *visit) read(address string, limit int64) (b []byte, part Part, err error) {
	var w buffer
	got, err := v.c.get(v.ctx, address, v.o.Parts[address], limit, &w)
	if err != nil {
		return nil, Part{}, err
	}
	if got.unchanged {
		got.Part = v.o.Parts[address]
	} else {
		sum := sha256.Sum256(w.b)
		got.Digest = "sha256:" + hex.EncodeToString(sum[:])
	}
	got.At = v.o.Now
	return w.b, got.Part, nil
}

// again fetches a small file whether it changed or not.
func (v *visit) again(address string, limit int64) ([]byte, error) {
	var w buffer
	_, err := v.c.get(v.ctx, address, Part{}, limit, &w)
	return w.b, err
}

type buffer struct{ b []byte }

func (w *buffer) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	return len(p), nil
}

// leftOut makes a problem of an error about one piece of a source.
func (v *visit) leftOut(where string, err error) {
	v.out.Problems = append(v.out.Problems, fact.Problem{Where: where, What: lang.F("取得できませんでした(%v)", "could not be fetched (%v)", err)})
}

// some makes one error of those of the pieces of a source, when there are any. It names the first few.
func (v *visit) some(failed []error, of int) error {
	if len(failed) == 0 {
		return nil
	}
	kind := lang.KindOf(failed[0])
	var texts []string
	for _, e := range failed[:min(3, len(failed))] {
		texts = append(texts, e.Error())
	}
	if len(failed) > 3 {
		texts = append(texts, "…")
	}
	return &lang.Error{Kind: kind, Err: errors.Join(failed...),
		What: lang.F("%s の %d 個のうち %d 個を取得できませんでした", "%[1]s: %[3]d of %[2]d pieces could not be fetched", v.source.Name, of, len(failed)),
		Why:  lang.F("%s", "%s", strings.Join(texts, "; ")),
		Next: lang.T("もう一度 tasuki feeds fetch を実行してください。取得できた分は保たれています", "run tasuki feeds fetch again; what was fetched is kept")}
}

// single is the fetch of a source that is one file.
func single(file string, limit int64) func(*visit) error {
	return func(v *visit) error {
		changed, err := v.take(v.url, file, limit, nil)
		if changed {
			v.out.Single = append(v.out.Single, file)
		}
		v.out.Digest = v.out.Parts[v.url].Digest
		return err
	}
}

// File gives the name under which a source that is one file keeps it; empty for any other source.
func File(name string) string {
	return map[string]string{KEV: "catalogue.json", EPSS: "scores.csv.gz", EndOfLife: "products.json"}[name]
}

// digestOf makes one digest of many, whatever their order.
func digestOf(parts map[string]Part) string {
	var lines []string
	for address, p := range parts {
		if p.Digest != "" {
			lines = append(lines, p.Digest+" "+address+"\n")
		}
	}
	slices.Sort(lines)
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(strings.Join(lines, ""))))
}
