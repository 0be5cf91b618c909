package feed

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"example.org/tasuki/internal/pattern"
)

// JVN iPedia is fetched as one file for each year (VULDEF 3.2). A manifest, checksum.txt, is a JSON list of all files
// with their addresses and SHA-256; its operators ask to fetch these rather than to ask the API for everything.
const maxJVNFile = 1 << 30

var detailFile = pattern.Of(`^jvndb_detail_[0-9]{4}\.rdf$`)

func (v *visit) jvn() error {
	b, err := v.again(v.url, 4<<20)
	if err != nil {
		v.keepParts("")
		return err
	}
	var manifest []struct {
		URL    string `json:"url"`
		Name   string `json:"filename"`
		SHA256 string `json:"sha256"`
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		v.keepParts("")
		return err
	}
	var failed []error
	n := 0
	for i, m := range manifest {
		if !detailFile().MatchString(m.Name) || len(m.SHA256) != 64 {
			continue
		}
		n++
		v.tell(m.Name, i, len(manifest))
		address := beside(v.url, m.URL, "detail/"+m.Name)
		if err := v.jvnYear(address, m.Name, m.SHA256); err != nil {
			v.keepParts(address)
			v.leftOut(m.Name, err)
			failed = append(failed, err)
		}
	}
	if n == 0 {
		v.keepParts("")
		return errors.New("checksum.txt names no jvndb_detail file")
	}
	v.out.Digest = digestOf(v.out.Parts)
	return v.some(failed, n)
}

// beside gives the address that a manifest names when it is on the manifest's host; else, for a mirror, the file under
// the manifest's folder.
func beside(manifest, named, file string) string {
	m, err := url.Parse(manifest)
	if err != nil {
		return named
	}
	if u, err := url.Parse(named); err == nil && u.Scheme == "https" && u.Host == m.Host {
		return named
	}
	return m.ResolveReference(&url.URL{Path: file}).String()
}

func (v *visit) jvnYear(address, file, sum string) error {
	_, statErr := os.Stat(filepath.Join(v.o.Kept, file))
	if had := v.o.Parts[address]; had.Digest == "sha256:"+sum && statErr == nil {
		had.At = v.o.Now
		v.out.Parts[address] = had
		return nil
	}
	// The published sum says that it changed: whatever comes is held against it.
	changed, err := v.takeSince(Part{}, address, file, maxJVNFile, func(path string) error { return sumOfFile(path, sum) })
	if changed {
		v.out.Single = append(v.out.Single, file)
	}
	return err
}

func sumOfFile(path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	return agree(sum.Sum(nil), want)
}
