package intake

import (
	"archive/zip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/osv"
)

// packRecords makes all.zip of a folder of OSV records, whatever the folders in it (a checkout of an advisory database),
// or takes an archive as it is.
func packRecords(from, incoming, name string) error {
	target := filepath.Join(incoming, name, "all.zip")
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return copyFile(from, target)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	z := zip.NewWriter(out)
	n := 0
	err = walk(from, func(file, path string) error {
		if !strings.HasSuffix(file, ".json") {
			return nil
		}
		n++
		return addTo(z, file, path)
	})
	err = errors.Join(err, z.Close(), out.Close())
	if err == nil && n == 0 {
		err = noRecords(from)
	}
	return err
}

func addTo(z *zip.Writer, name, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(b) > osv.MaxRecord {
		return nil // no record: it would be refused when it is read
	}
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// walk goes through the plain files of a folder, by name; links are not followed.
func walk(dir string, each func(file, path string) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		file, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return each(filepath.ToSlash(file), path)
	})
}

// copyFiles copies a file, or the wanted files of a folder, and gives their names. A single file takes the name that it
// is kept under, when there is one.
func copyFiles(from, to, as string, wanted func(string) bool) (files []string, err error) {
	info, err := os.Stat(from)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if as == "" {
			as = filepath.Base(from)
		}
		return []string{as}, copyFile(from, filepath.Join(to, as))
	}
	err = walk(from, func(file, path string) error {
		if !wanted(file) {
			return nil
		}
		name := strings.ReplaceAll(file, "/", "-")
		files = append(files, name)
		return copyFile(path, filepath.Join(to, name))
	})
	if err == nil && len(files) == 0 {
		err = &lang.Error{Kind: lang.Nothing, Err: errNoFiles, What: lang.F("「%s」に取り込めるファイルがありません", "%s holds no file that can be taken in", from)}
	}
	return files, err
}

// proveBeside holds documents that were copied from a folder against the digests that lie beside them there. Those that
// do not agree are left out; signatures are not checked, because the keys are not at hand.
func proveBeside(from, incoming string, p *pending) (problems []fact.Problem, err error) {
	info, err := os.Stat(from)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, nil
	}
	sums := map[string]bool{}
	err = walk(from, func(file, path string) error {
		name := strings.ReplaceAll(file, "/", "-")
		if !slices.Contains(p.Single, name) {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s256, s512 := sha256.Sum256(b), sha512.Sum512(b)
		for end, sum := range map[string]string{".sha256": hex.EncodeToString(s256[:]), ".sha512": hex.EncodeToString(s512[:])} {
			text, err := os.ReadFile(path + end)
			if err != nil {
				continue
			}
			if want, _, _ := strings.Cut(strings.TrimSpace(string(text)), " "); !strings.EqualFold(want, sum) {
				sums[name] = true
			}
		}
		return nil
	})
	p.Single = slices.DeleteFunc(p.Single, func(name string) bool {
		if sums[name] {
			problems = append(problems, fact.Problem{Where: name, What: lang.T("ハッシュ値が、共に置かれた値と一致しないため除外しました", "its digest is not the one beside it; it was left out")})
			os.Remove(filepath.Join(incoming, name))
		}
		return sums[name]
	})
	return problems, err
}
