package demo

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"example.org/tasuki/internal/pattern"
)

var random = rand.Reader

// entry is one record as the files of package data write it.
type entry struct {
	Kind string         `yaml:"kind"`
	Key  string         `yaml:"key"`
	Data map[string]any `yaml:"data"`
}

var placeholder = pattern.Of(`\{\{([^{}]*)\}\}`)

// records reads a file of records with its placeholders filled in: {{day N}}, {{fiscal_year}}, and the organisation's values.
func (o *organisation) records(file string) ([]entry, error) {
	b, err := data.ReadFile("data/" + file)
	if err != nil {
		return nil, err
	}
	text, err := o.fill(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []entry
	if err := yaml.NewDecoder(strings.NewReader(text), yaml.Strict()).Decode(&out); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return out, nil
}

// fill replaces placeholders; one that stands for nothing is an error.
func (o *organisation) fill(text string) (string, error) {
	var failed error
	out := placeholder().ReplaceAllStringFunc(text, func(m string) string {
		name := strings.TrimSpace(m[2 : len(m)-2])
		if n, ok := strings.CutPrefix(name, "day "); ok {
			if days, err := strconv.Atoi(n); err == nil {
				return o.day(days)
			}
		}
		if name == "fiscal_year" {
			return o.fiscalYear()
		}
		v, ok := o.values[name]
		if !ok && failed == nil {
			failed = fmt.Errorf("nothing is known of the placeholder %q", name)
		}
		return v
	})
	return out, failed
}

// unpackAdvisories writes the embedded advisories where the importer can read them.
func unpackAdvisories() (dir string, remove func(), err error) {
	if dir, err = os.MkdirTemp("", "tasuki-demo-advisories-"); err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	err = fs.WalkDir(data, "data/advisories", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(name, "data/advisories")))
		if d.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		b, err := data.ReadFile(path.Clean(name))
		if err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o600)
	})
	if err != nil {
		remove()
	}
	return dir, remove, err
}
