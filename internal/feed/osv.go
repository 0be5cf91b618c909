package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/pattern"
	"example.org/tasuki/internal/read/osv"
)

// The OSV dump (https://google.github.io/osv.dev/data/): one folder for each ecosystem, with all.zip, modified_id.csv (time
// of change and id, the latest first), and every record as ID.json; ecosystems.txt names the folders.
const (
	maxArchive = 4 << 30
	maxList    = 512 << 20
	maxChanges = 3000               // more changed records than this: the whole archive is fetched
	wholeAfter = 7 * 24 * time.Hour // so old the archive may grow before it is fetched again, because records can vanish
)

var (
	ecosystemName = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}$`)
	recordID      = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,200}$`)
)

func (v *visit) osv() error {
	base := strings.TrimRight(v.url, "/")
	names := slices.Clone(v.o.Ecosystems)
	if len(names) == 0 {
		list, err := v.again(base+"/ecosystems.txt", 1<<20)
		if err != nil {
			v.keepParts("")
			return err
		}
		for line := range strings.Lines(string(list)) {
			if name := strings.TrimSpace(line); ecosystemName().MatchString(name) { // Debian, not Debian:12, which Debian holds
				names = append(names, name)
			}
		}
	}
	var failed []error
	for i, name := range names {
		v.tell(name, i, len(names))
		if err := v.ecosystem(base+"/"+url.PathEscape(name), name); err != nil {
			v.keepParts(base + "/" + url.PathEscape(name) + "/")
			v.leftOut(name, err)
			failed = append(failed, err)
			if v.ctx.Err() != nil {
				break
			}
		}
	}
	if len(v.o.Ecosystems) == 0 && len(names) == 0 {
		failed = append(failed, errors.New("ecosystems.txt names no ecosystem"))
	}
	v.out.Digest = digestOf(v.out.Parts)
	return v.some(failed, len(names))
}

// keepParts carries what is remembered of addresses over to the next fetch.
func (v *visit) keepParts(prefix string) {
	for address, p := range v.o.Parts {
		if _, ok := v.out.Parts[address]; !ok && strings.HasPrefix(address, prefix) {
			v.out.Parts[address] = p
		}
	}
}

// ecosystem fetches what changed in one ecosystem: single records when they are few, else the whole archive.
func (v *visit) ecosystem(base, name string) error {
	list, archive := base+"/modified_id.csv", base+"/all.zip"
	had := v.o.Parts[list]
	mark, err := time.Parse(time.RFC3339Nano, had.Mark)
	last := v.o.Parts[archive]
	_, statErr := os.Stat(filepath.Join(v.o.Kept, name, "all.zip"))
	wholeAt, _ := time.Parse(time.RFC3339, last.Mark)
	if err != nil || statErr != nil || v.o.Now.Sub(wholeAt) > wholeAfter {
		return v.wholeEcosystem(list, archive, name)
	}
	rows, part, err := v.read(list, maxList)
	if err != nil {
		return err
	}
	v.out.Parts[archive] = last
	part.Mark = had.Mark
	if rows == nil {
		v.out.Parts[list] = part
		return nil
	}
	ids, newest := changedSince(rows, mark, v.o.Now)
	if len(ids) > maxChanges {
		return v.wholeEcosystem(list, archive, name)
	}
	if err := v.records(base, name, ids); err != nil {
		return err
	}
	part.Mark = newest.Format(time.RFC3339Nano)
	v.out.Parts[list] = part
	return nil
}

// changedSince gives the ids of a list that changed at a time or later, and the latest change that is not in the future.
func changedSince(rows []byte, mark, now time.Time) (ids []string, newest time.Time) {
	newest = mark
	for line := range bytes.Lines(rows) {
		when, id, ok := strings.Cut(strings.TrimSpace(string(line)), ",")
		at, err := time.Parse(time.RFC3339Nano, when)
		if !ok || err != nil || at.Before(mark) {
			continue
		}
		if i := strings.LastIndexByte(id, '/'); i >= 0 {
			id = id[i+1:]
		}
		if recordID().MatchString(id) {
			ids = append(ids, id)
		}
		if at.After(newest) && !at.After(now) {
			newest = at
		}
	}
	return ids, newest
}

// records fetches single records, several at a time. One that is the same as what is kept is no change.
func (v *visit) records(base, name string, ids []string) error {
	if err := os.MkdirAll(filepath.Join(v.o.New, name), 0o700); err != nil {
		return err
	}
	files, errs, gone := make([]string, len(ids)), make([]error, len(ids)), make([]bool, len(ids))
	inParallel(v.ctx, len(ids), func(i int) {
		b, err := v.again(base+"/"+url.PathEscape(ids[i])+".json", osv.MaxRecord)
		if errors.Is(err, errGone) {
			gone[i] = true
			return
		}
		if err != nil {
			errs[i] = err
			return
		}
		if r, err := osv.Parse(b); err != nil || r.ID != ids[i] {
			errs[i] = fmt.Errorf("%s: the record cannot be read or has another id (%v)", ids[i], err)
			return
		}
		file := filepath.Join(name, strings.ReplaceAll(ids[i], ":", "%3A")+".json")
		if old, err := os.ReadFile(filepath.Join(v.o.Kept, file)); err == nil && bytes.Equal(old, b) {
			return
		}
		if errs[i] = os.WriteFile(filepath.Join(v.o.New, file), b, 0o600); errs[i] == nil {
			files[i] = filepath.ToSlash(file)
		}
	})
	v.out.Single = append(v.out.Single, slices.DeleteFunc(files, func(f string) bool { return f == "" })...)
	for i, id := range ids {
		if gone[i] { // it goes with the next whole archive
			v.leftOut(name+"/"+id, errGone)
		}
	}
	return errors.Join(errs...)
}

// inParallel runs a function for 0 … n-1, several at a time, until the context ends.
func inParallel(ctx context.Context, n int, do func(i int)) {
	var wait sync.WaitGroup
	next := make(chan int)
	for range min(8, n) {
		wait.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	wait.Wait()
}

// wholeEcosystem fetches the archive. What changed since the newest record in it is for the next fetch to find.
func (v *visit) wholeEcosystem(list, archive, name string) error {
	newest := time.Time{}
	changed, err := v.take(archive, name+"/all.zip", maxArchive, func(path string) error {
		var err error
		newest, err = v.proveArchive(filepath.Dir(path), name)
		return err
	})
	if err != nil {
		return err
	}
	part := v.out.Parts[archive]
	part.Mark = v.o.Now.UTC().Format(time.RFC3339)
	v.out.Parts[archive] = part
	next := v.o.Parts[list]
	if changed {
		v.out.Whole = append(v.out.Whole, name)
		next = Part{Mark: newest.Format(time.RFC3339Nano), At: v.o.Now}
	}
	v.out.Parts[list] = next
	return nil
}

// proveArchive reads every record of the folder's archive and gives the latest change among them that is not in the
// future. An archive that holds nothing readable is refused: nothing known must not look like nothing found.
func (v *visit) proveArchive(dir, name string) (newest time.Time, err error) {
	good, bad := 0, 0
	err = osv.Dir(v.ctx, dir, osv.Options{}, func(item osv.Item) error {
		if item.Err != nil {
			bad++
			if bad <= 20 {
				v.out.Problems = append(v.out.Problems, item.Problem())
			}
			return nil
		}
		good++
		if at := item.Record.Modified; at.After(newest) && !at.After(v.o.Now) {
			newest = at
		}
		return nil
	})
	if err == nil && (good == 0 || bad > good) {
		err = &lang.Error{Kind: lang.Unreadable, Where: name,
			What: lang.F("アーカイブに読める脆弱性情報がほとんどありません（読めた %d 件、読めない %d 件）", "the archive holds hardly any readable advisory (%d read, %d not)", good, bad)}
	}
	return newest, err
}

// archive is the fetch of a source that is one archive of OSV records, whatever the folders in it.
func (v *visit) archive() error {
	changed, err := v.take(v.url, v.source.Name+"/all.zip", maxArchive, func(path string) error {
		_, err := v.proveArchive(filepath.Dir(path), v.source.Name)
		return err
	})
	if changed {
		v.out.Whole = append(v.out.Whole, v.source.Name)
	}
	v.out.Digest = v.out.Parts[v.url].Digest
	return err
}
