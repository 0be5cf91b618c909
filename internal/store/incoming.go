package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Incoming is documents on their way into the workspace, made durable together: one file after the other would wait for
// the disk several times each.
type Incoming struct {
	db    *DB
	files []incomingFile
}

type incomingFile struct{ temp, digest string }

// Incoming begins to take documents in. What was put belongs to the workspace after [Incoming.Keep].
func (db *DB) Incoming() *Incoming { return &Incoming{db: db} }

// Put writes bytes and gives their digest and size, as [DB.PutDocument] does, but they are not durable yet.
func (in *Incoming) Put(ctx context.Context, r io.Reader, limit int64) (digest string, size int64, err error) {
	f, err := os.CreateTemp(filepath.Join(in.db.dir, documentsDir, incomingDir), "in-*")
	if err != nil {
		return "", 0, fmt.Errorf("keep document: %w", err)
	}
	in.files = append(in.files, incomingFile{temp: f.Name()})
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(readerOf(ctx, r), limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", 0, fmt.Errorf("keep document: %w", err)
	}
	digest = digestOf(h)
	if size > limit {
		return "", 0, tooLarge(&TooLarge{Size: size, Digest: digest, Limit: limit})
	}
	in.files[len(in.files)-1].digest = digest
	return digest, size, nil
}

// Keep makes everything that was put durable under its digest.
func (in *Incoming) Keep() error {
	files := slices.DeleteFunc(in.files, func(f incomingFile) bool { return f.digest == "" })
	if err := syncAll(files); err != nil {
		return fmt.Errorf("keep documents: %w", err)
	}
	folders := map[string]bool{}
	for _, f := range files {
		folder, err := in.db.place(f.temp, f.digest)
		if err != nil {
			return fmt.Errorf("keep document: %w", err)
		}
		if folder != "" {
			folders[folder] = true
		}
	}
	if len(folders) > 0 {
		folders[filepath.Join(in.db.dir, documentsDir)] = true
	}
	for _, folder := range sortedKeys(folders) {
		if err := syncDir(folder); err != nil {
			return fmt.Errorf("keep documents: %w", err)
		}
	}
	return nil
}

// Discard removes what was put and not kept.
func (in *Incoming) Discard() {
	for _, f := range in.files {
		os.Remove(f.temp) // it has another name when it was kept
	}
}

// syncers is how many files wait for the disk at once: it writes many as quickly as one.
const syncers = 16

func syncAll(files []incomingFile) error {
	errs := make([]error, len(files))
	free := make(chan struct{}, syncers)
	var all sync.WaitGroup
	for i, f := range files {
		free <- struct{}{}
		all.Go(func() {
			errs[i] = syncFile(f.temp)
			<-free
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// place gives a synced file its final name, and gives the folder that has to be synced for it. When the document is
// there already, its age starts anew, so that a sweep does not take it away before the row that names it commits.
func (db *DB) place(temp, digest string) (folder string, err error) {
	to := db.documentPath(digest)
	now := time.Now()
	if err := os.Chtimes(to, now, now); !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return "", err
	}
	if err := os.Chmod(temp, 0o400); err != nil {
		return "", err
	}
	return filepath.Dir(to), os.Rename(temp, to)
}
