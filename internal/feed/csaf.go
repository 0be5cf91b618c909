package feed

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
)

// A CSAF provider (CSAF 2.0 section 7): provider-metadata.json names ROLIE feeds or directories with changes.csv and
// index.txt. Beside each document lie digests (.sha256, .sha512) and an OpenPGP signature (.asc). A document whose digest
// or signature does not hold is left out. The keys come from the same server as the documents: a signature proves more
// than the transport only when the key's fingerprint is known from elsewhere.
const (
	maxDocument   = 64 << 20
	maxFeed       = 256 << 20
	maxDocuments  = 200_000
	trustedRole   = "csaf_trusted_provider"
	trafficPublic = "WHITE CLEAR"
)

// provider is provider-metadata.json as far as it is used.
type provider struct {
	Role          string `json:"role"`
	Distributions []struct {
		Directory string `json:"directory_url"`
		ROLIE     struct {
			Feeds []struct {
				TLP string `json:"tlp_label"`
				URL string `json:"url"`
			} `json:"feeds"`
		} `json:"rolie"`
	} `json:"distributions"`
	Keys []struct {
		Fingerprint string `json:"fingerprint"`
		URL         string `json:"url"`
	} `json:"public_openpgp_keys"`
}

// listed is a document that a provider lists.
type listed struct {
	address, changed  string
	hashes, signature []string // addresses
	sure              bool     // the list names them; else they are tried
}

func (v *visit) csaf() error {
	b, err := v.again(v.url, 4<<20)
	if err != nil {
		v.keepParts("")
		return err
	}
	var p provider
	if err := json.Unmarshal(b, &p); err != nil || len(p.Distributions) == 0 {
		v.keepParts("")
		return &lang.Error{Kind: lang.Unreadable, Where: v.url, Err: err,
			What: lang.T("CSAF の provider-metadata.json として読めません", "it cannot be read as a CSAF provider's metadata")}
	}
	keys := v.keys(p)
	documents, failed := v.listed(p)
	seen := map[string]bool{}
	for i, d := range documents {
		if seen[d.address] || v.ctx.Err() != nil {
			continue
		}
		seen[d.address] = true
		v.tell(path.Base(d.address), i, len(documents))
		if err := v.document(d, keys, p.Role == trustedRole); err != nil {
			v.keepParts(d.address)
			v.leftOut(d.address, err)
			failed = append(failed, err)
		}
	}
	if len(documents) == 0 && len(failed) == 0 {
		failed = append(failed, errors.New("the provider lists no document"))
	}
	v.out.Digest = digestOf(v.out.Parts)
	return v.some(failed, max(len(documents), len(failed)))
}

// keys fetches the provider's keys; one whose fingerprint is not the named one is left out.
func (v *visit) keys(p provider) (ring openpgp.EntityList) {
	for _, k := range p.Keys {
		b, err := v.again(k.URL, 1<<20)
		if err != nil {
			v.leftOut(k.URL, err)
			continue
		}
		found, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(b))
		if err != nil {
			v.leftOut(k.URL, err)
			continue
		}
		for _, e := range found {
			if k.Fingerprint != "" && !strings.EqualFold(k.Fingerprint, fingerprint(e)) {
				v.leftOut(k.URL, fmt.Errorf("the key's fingerprint is %s, the metadata names %s", fingerprint(e), k.Fingerprint))
				continue
			}
			ring = append(ring, e)
		}
	}
	return ring
}

func fingerprint(e *openpgp.Entity) string {
	return strings.ToUpper(hex.EncodeToString(e.PrimaryKey.Fingerprint))
}

// listed gives the documents of every distribution; where one lists both, the ROLIE feeds count.
func (v *visit) listed(p provider) (all []listed, failed []error) {
	for _, d := range p.Distributions {
		for _, f := range d.ROLIE.Feeds {
			if f.TLP != "" && !strings.Contains(trafficPublic, strings.ToUpper(f.TLP)) {
				v.out.Problems = append(v.out.Problems, fact.Problem{Where: f.URL,
					What: lang.F("TLP:%s のフィードには利用の許可が要るため、取得していません", "a feed of TLP:%s needs permission and was not fetched", f.TLP)})
				continue
			}
			found, err := v.rolie(f.URL)
			if err != nil {
				failed = append(failed, err)
			}
			all = append(all, found...)
		}
		if d.Directory != "" && len(d.ROLIE.Feeds) == 0 {
			found, err := v.directory(strings.TrimRight(d.Directory, "/") + "/")
			if err != nil {
				failed = append(failed, err)
			}
			all = append(all, found...)
		}
	}
	if len(all) > maxDocuments {
		failed = append(failed, fmt.Errorf("the provider lists more than %d documents", maxDocuments))
		all = all[:maxDocuments]
	}
	return all, failed
}

// rolie reads a ROLIE feed (RFC 8322, in JSON).
func (v *visit) rolie(address string) (out []listed, err error) {
	b, err := v.again(address, maxFeed)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Feed struct {
			Entries []struct {
				Updated string `json:"updated"`
				Content struct {
					Source string `json:"src"`
				} `json:"content"`
				Links []struct{ Rel, Href string } `json:"link"`
			} `json:"entry"`
		} `json:"feed"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	for _, e := range doc.Feed.Entries {
		d := listed{address: e.Content.Source, changed: e.Updated, sure: true}
		for _, l := range e.Links {
			switch l.Rel {
			case "self":
				d.address = l.Href
			case "hash":
				d.hashes = append(d.hashes, l.Href)
			case "signature":
				d.signature = append(d.signature, l.Href)
			}
		}
		if !sameHost(address, d.address) || slices.ContainsFunc(slices.Concat(d.hashes, d.signature), func(a string) bool { return !sameHost(address, a) }) {
			v.leftOut(d.address, errors.New("it is not on the feed's host"))
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

func sameHost(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && ua.Host == ub.Host && ub.Scheme == "https"
}

// directory reads changes.csv of a directory, and index.txt for what that does not name.
func (v *visit) directory(base string) (out []listed, err error) {
	known := map[string]bool{}
	add := func(file, changed string) {
		u, err := url.Parse(base)
		rel, relErr := url.Parse(file)
		if err != nil || relErr != nil || rel.IsAbs() || rel.Host != "" || known[file] || !strings.HasSuffix(file, ".json") {
			return
		}
		if address := u.ResolveReference(rel).String(); strings.HasPrefix(address, base) {
			known[file] = true
			out = append(out, listed{address: address, changed: changed, hashes: []string{address + ".sha512", address + ".sha256"}, signature: []string{address + ".asc"}})
		}
	}
	changes, err := v.again(base+"changes.csv", maxFeed)
	if err == nil {
		rows := csv.NewReader(bytes.NewReader(changes))
		rows.FieldsPerRecord = -1
		list, err := rows.ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%schanges.csv: %w", base, err)
		}
		for _, row := range list {
			if len(row) >= 2 {
				add(row[0], row[1])
			}
		}
	} else if !errors.Is(err, errGone) {
		return nil, err
	}
	index, err := v.again(base+"index.txt", maxFeed)
	if err != nil && (len(known) == 0 || !errors.Is(err, errGone)) {
		return out, err
	}
	for line := range strings.Lines(string(index)) {
		add(strings.TrimSpace(line), "")
	}
	return out, nil
}

var notPlain = pattern.Of(`[^a-zA-Z0-9+._-]`)

// fileOf gives the name under which a document is kept.
func fileOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	name := notPlain().ReplaceAllString(path.Base(address), "_")
	return hex.EncodeToString(sum[:4]) + "-" + name[max(0, len(name)-120):]
}

// document fetches one document unless it is known to be unchanged, and holds it against what lies beside it.
func (v *visit) document(d listed, keys openpgp.EntityList, trusted bool) error {
	file := fileOf(d.address)
	_, statErr := os.Stat(filepath.Join(v.o.Kept, file))
	if had := v.o.Parts[d.address]; d.changed != "" && had.Mark == d.changed && statErr == nil {
		had.At = v.o.Now
		v.out.Parts[d.address] = had
		return nil
	}
	check := Check{File: file}
	changed, err := v.take(d.address, file, maxDocument, func(path string) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		check.Digest = "sha256:" + hex.EncodeToString(sum[:])
		if check.Sum, err = v.sums(b, d); err != nil {
			return err
		}
		check.Signer, err = v.signature(b, d, keys)
		return err
	})
	if err != nil {
		return err
	}
	part := v.out.Parts[d.address]
	part.Mark = d.changed
	v.out.Parts[d.address] = part
	if !changed {
		return nil
	}
	v.out.Single = append(v.out.Single, file)
	v.out.Checks = append(v.out.Checks, check)
	if check.Signer == "" && trusted || !check.Sum {
		v.out.Problems = append(v.out.Problems, fact.Problem{Where: d.address,
			What: lang.T("ハッシュ値又は署名が公開されていないため、確かめられていません", "no digest or no signature is published beside it, so that it was not checked")})
	}
	return nil
}

// sums holds a document against the digests published beside it. None is no error.
func (v *visit) sums(b []byte, d listed) (checked bool, err error) {
	for _, address := range d.hashes {
		text, err := v.again(address, 4096)
		if errors.Is(err, errGone) && !d.sure {
			continue
		}
		if err != nil {
			return checked, err
		}
		want, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
		switch {
		case strings.HasSuffix(address, ".sha512"):
			sum := sha512.Sum512(b)
			err = agree(sum[:], want)
		case strings.HasSuffix(address, ".sha256"):
			sum := sha256.Sum256(b)
			err = agree(sum[:], want)
		default:
			continue
		}
		if err != nil {
			return false, err
		}
		checked = true
	}
	return checked, nil
}

// signature checks the OpenPGP signature published beside a document and gives its signer's fingerprint. None, or no key
// to check it with, is no error.
func (v *visit) signature(b []byte, d listed, keys openpgp.EntityList) (signer string, err error) {
	for _, address := range d.signature {
		text, err := v.again(address, 64<<10)
		if errors.Is(err, errGone) && !d.sure {
			continue
		}
		if err != nil {
			return "", err
		}
		if len(keys) == 0 {
			return "", nil
		}
		signed, err := openpgp.CheckArmoredDetachedSignature(keys, bytes.NewReader(b), bytes.NewReader(text),
			&packet.Config{Time: func() time.Time { return v.o.Now }})
		if err != nil {
			return "", &lang.Error{Kind: lang.Unverified, Err: err, What: lang.T("OpenPGP の署名を確認できません", "its OpenPGP signature does not hold"), Why: lang.F("%v", "%v", err)}
		}
		return fingerprint(signed), nil
	}
	return "", nil
}
