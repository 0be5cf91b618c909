package store

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/tasuki/internal/lang"
)

// What lies in a workspace directory.
const (
	databaseFile  = "tasuki.db"
	documentsDir  = "documents" // documents/ab/<sha256>, and documents/incoming for bytes on their way in
	incomingDir   = "incoming"
	keysDir       = "keys"
	versionFile   = "VERSION"
	lockFile      = ".lock"
	layoutVersion = 1
)

// KeysDir gives the directory that holds the workspace's keys.
func (db *DB) KeysDir() string { return filepath.Join(db.dir, keysDir) }

// SigningKeyFile is where a workspace keeps the key that signs its declarations.
func (db *DB) SigningKeyFile() string { return filepath.Join(db.KeysDir(), "signing.json") }

// prepareDir makes the workspace directory, or checks that it is one this program can read. A directory that holds
// something else is left as it is.
func prepareDir(dir string) error {
	if dir == "" {
		return errors.New("store: no workspace directory")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make workspace: %w", err)
	}
	if _, err := layout(dir); err != nil {
		return err
	}
	unlock, err := lockDir(dir)
	if err != nil {
		return err
	}
	defer unlock()
	made, err := layout(dir)
	if err != nil {
		return err
	}
	if !made {
		if err := makeLayout(dir); err != nil {
			return fmt.Errorf("make workspace: %w", err)
		}
	}
	return nil
}

// layout reports whether a directory is a workspace that is made; false when it is empty.
func layout(dir string) (made bool, err error) {
	b, err := os.ReadFile(filepath.Join(dir, versionFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("read workspace version: %w", err)
	}
	if len(b) == 0 {
		return false, isEmpty(dir)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return false, fmt.Errorf("read workspace version: %w", err)
	}
	if n > layoutVersion {
		return false, newer(n, layoutVersion)
	}
	return true, nil
}

// isEmpty refuses a directory that holds anything but what the making of a workspace begins with.
func isEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("make workspace: %w", err)
	}
	for _, e := range entries {
		switch e.Name() {
		case lockFile, documentsDir, keysDir, versionFile:
		default:
			return notAWorkspace(dir)
		}
	}
	return nil
}

// makeLayout fills an empty directory. The version comes last: it says that the rest is there.
func makeLayout(dir string) error {
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	for _, d := range []string{filepath.Join(documentsDir, incomingDir), keysDir} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return err
		}
	}
	version := strconv.Itoa(layoutVersion) + "\n"
	if err := os.WriteFile(filepath.Join(dir, versionFile), []byte(version), 0o600); err != nil {
		return err
	}
	return syncDir(dir)
}

func notAWorkspace(dir string) error {
	return &lang.Error{
		Kind: lang.Conflict,
		What: lang.F("「%s」には、Tasuki の作業ディレクトリではないファイルがあります", "%q holds files and is not a workspace of Tasuki", dir),
		Next: lang.T("空のディレクトリ、又は既存の作業ディレクトリを --data で指定してください",
			"give an empty directory or an existing workspace with --data"),
	}
}

// syncDir makes names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

var idText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID gives an id of 26 characters: 48 bits of time, then 80 random bits. Ids sort in the order in which a program made
// them.
func NewID() string {
	lastID.Lock()
	defer lastID.Unlock()
	b := &lastID.id
	if now := uint64(time.Now().UnixMilli()) << 16; now > binary.BigEndian.Uint64(b[:8]) {
		binary.BigEndian.PutUint64(b[:8], now)
		rand.Read(b[6:]) // never fails
		b[6] &= 0x7f     // room to count within the millisecond
	} else {
		var step [4]byte
		rand.Read(step[:])
		low, carry := bits.Add64(binary.BigEndian.Uint64(b[8:]), uint64(binary.BigEndian.Uint32(step[:]))+1, 0)
		binary.BigEndian.PutUint64(b[8:], low)
		binary.BigEndian.PutUint64(b[:8], binary.BigEndian.Uint64(b[:8])+carry)
	}
	return idText.EncodeToString(b[:])
}

// lastID is the last id that this program made: within a millisecond the next one is larger, so that what one person did in
// turn is listed in turn.
var lastID struct {
	sync.Mutex
	id [16]byte
}
