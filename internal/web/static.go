package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"sync"

	"example.org/tasuki/third_party"
)

// asset is one static file with the digest that names its state.
type asset struct {
	kind  string
	bytes []byte
	hash  string
}

// assets are all static files by name.
var assets = sync.OnceValues(func() (map[string]asset, error) {
	out := map[string]asset{}
	add := func(from fs.FS, file string) error {
		b, err := fs.ReadFile(from, file)
		if err != nil {
			return fmt.Errorf("static file: %w", err)
		}
		sum := sha256.Sum256(b)
		out[path.Base(file)] = asset{kind: mime.TypeByExtension(path.Ext(file)), bytes: b, hash: hex.EncodeToString(sum[:8])}
		return nil
	}
	files, err := fs.Glob(staticFiles, "static/*")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := add(staticFiles, f); err != nil {
			return nil, err
		}
	}
	return out, add(thirdparty.Assets, "design-tokens/tokens.css")
})

// Asset gives the address of a static file in its present state.
func (Base) Asset(name string) (string, error) {
	all, err := assets()
	if err != nil {
		return "", err
	}
	a, ok := all[name]
	if !ok {
		return "", fmt.Errorf("no static file %s", name)
	}
	return "/static/" + name + "?v=" + a.hash, nil
}

// static serves a file. An address that carries the file's digest may be kept for ever.
func static(w http.ResponseWriter, r *http.Request) {
	all, err := assets()
	a, ok := all[r.PathValue("file")]
	if err != nil || !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("ETag", strconv.Quote(a.hash))
	h.Set("Cache-Control", "no-cache")
	if r.FormValue("v") == a.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == strconv.Quote(a.hash) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(a.bytes)
}
