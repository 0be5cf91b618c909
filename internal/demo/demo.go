// Package demo makes three example organisations that pass software and its declaration on: a maker of a component, the
// vendor that builds it in, and a customer. Each has a workspace of its own; only files pass between them. Everything is
// done by the product itself: documents are read by its readers, matched, judged, declared, bundled and verified. The
// organisations, their people and their papers are examples; the vendor's SBOM is of this very program, and the
// advisories tell of well-known incidents and are by no means complete.
//
// Start from [Run]. Nothing is fetched: everything is embedded or made.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/verify"
)

//go:embed data
var data embed.FS

// Password is the password of every account of the demo. The names are admin, editor, approver and signer.
const Password = "tasuki-demo-only"

// SampleSetting is the key of the setting by which pages tell that a workspace is a sample.
const SampleSetting = "sample"

// Options say where and when. Build and Program describe the program whose SBOM the vendor's product gets.
type Options struct {
	Dir     string           // the vendor's workspace; made when absent
	Now     func() time.Time // the clock; one reading of it is the time of the whole demo
	Build   *debug.BuildInfo // of this program
	Program string           // path of this program's file
	Log     io.Writer        // progress, one line each; nil: none
	Lang    lang.Lang        // of the log
}

// Where the other workspaces and the files that pass between them are, below the vendor's.
const (
	peersDir    = "peers"
	supplierDir = "supplier"
	customerDir = "customer"
	exchangeDir = "exchange"
)

// Run makes the demo. A directory that holds a demo already, or anything else, is an error of kind Conflict that says
// how to go on.
func Run(ctx context.Context, o Options) (Summary, error) {
	if err := free(o.Dir); err != nil {
		return Summary{}, err
	}
	s := story{ctx: ctx, Options: o, now: o.Now().UTC().Truncate(time.Second), sum: Summary{Dir: o.Dir, Password: Password, Accounts: accountNames()}}
	s.Now = func() time.Time { return s.now }
	err := s.tell()
	return s.sum, err
}

// Made reports whether a directory holds a demo.
func Made(dir string) bool {
	_, ws := os.Stat(filepath.Join(dir, "VERSION"))
	_, files := os.Stat(filepath.Join(dir, peersDir, exchangeDir))
	return ws == nil && files == nil
}

func free(dir string) error {
	if Made(dir) {
		return &lang.Error{Kind: lang.Conflict, What: lang.F("「%s」には、もう見本があります", "%q holds the demo already", dir),
			Next: lang.F("続きは tasuki serve --data %[1]s で見られます。作り直すときは、別のディレクトリを --data で指定するか、%[1]s を削除してください",
				"go on with tasuki serve --data %[1]s; to make it anew, name another directory with --data or delete %[1]s", dir)}
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」を使えません", "%q cannot be used", dir), Err: err,
			Next: lang.T("空のディレクトリを --data で指定してください", "name an empty directory with --data")}
	case len(entries) > 0:
		return &lang.Error{Kind: lang.Conflict, What: lang.F("「%s」には別のものが入っています", "%q holds something else", dir),
			Next: lang.T("空のディレクトリか、まだないディレクトリを --data で指定してください", "name an empty directory, or one that does not exist yet, with --data")}
	}
	return nil
}

// A story is the demo while it is made.
type story struct {
	Options
	ctx context.Context
	now time.Time
	sum Summary

	supplier, vendor, customer *organisation
}

// tell makes the workspaces in the order in which the files pass.
func (s *story) tell() (err error) {
	dirs := []struct {
		into **organisation
		dir  string
	}{{&s.vendor, s.Dir}, {&s.supplier, filepath.Join(s.Dir, peersDir, supplierDir)}, {&s.customer, filepath.Join(s.Dir, peersDir, customerDir)}}
	for _, d := range dirs {
		if *d.into, err = s.open(d.dir); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, (*d.into).db.Close()) }()
	}
	if err := os.MkdirAll(filepath.Join(s.Dir, peersDir, exchangeDir), 0o755); err != nil {
		return err
	}
	for _, step := range []struct {
		say  lang.Text
		does func() error
	}{
		{lang.T("部品の開発元: 証跡を集め、判定し、自己適合宣言を発行します", "component maker: gathers evidence, is judged, issues its self-declaration"), s.supply},
		{lang.T("製品ベンダー: 宣言を受け取り、製品の証跡とともに対応状況報告を発行します", "vendor: takes the declaration in and issues a status report on its product"), s.build},
		{lang.T("顧客: 襷を検証し、使うシステムの責務を判定します", "customer: verifies the bundle and is judged for the system that uses the product"), s.buy},
		{lang.T("改ざんした襷を検証します", "a bundle that was tampered with is verified"), s.tamper},
		{lang.T("集計します", "summing up"), s.sumUp},
	} {
		if s.Log != nil {
			fmt.Fprintln(s.Log, step.say.In(s.Lang))
		}
		if err := step.does(); err != nil {
			return err
		}
	}
	return nil
}

// hand writes a file that passes between organisations.
func (s *story) hand(name string, b []byte, what lang.Text) error {
	path := filepath.Join(s.Dir, peersDir, exchangeDir, name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return err
	}
	s.sum.Files = append(s.sum.Files, File{Path: path, Digest: verify.Digest(b), Size: int64(len(b)), What: what})
	return nil
}

// take reads a file that was handed over.
func (s *story) take(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.Dir, peersDir, exchangeDir, name))
}

// The names of the files that pass.
const (
	supplierTrust  = "parts-trust.json"
	supplierBundle = "parts-declaration" + verify.Extension
	vendorTrust    = "vendor-trust.json"
	vendorBundle   = "vendor-report" + verify.Extension
	tamperedBundle = "vendor-report-tampered" + verify.Extension
)
