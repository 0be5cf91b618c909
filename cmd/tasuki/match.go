package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/read"
)

type matchCmd struct {
	Files      []string `arg:"" optional:"" help:"${help_match_files}" placeholder:"FILE"`
	SBOM       string   `name:"sbom" help:"${help_match_sbom}" placeholder:"FILE"`
	Advisories string   `help:"${help_advisories}" placeholder:"DIR" xor:"from"`
	Index      string   `help:"${help_index}" placeholder:"FILE" xor:"from"`
}

// Run matches the components of SBOMs against advisories; no workspace is needed.
func (c *matchCmd) Run(p *program) error {
	files := c.Files
	if c.SBOM != "" {
		files = append(files, c.SBOM)
	}
	switch len(files) {
	case 0:
		return &lang.Error{Kind: lang.Usage, What: lang.T("SBOM が指定されていません", "no SBOM is named"),
			Next: lang.T("CycloneDX 又は SPDX の文書を並べてください", "name CycloneDX or SPDX documents")}
	case 1:
		return c.one(p, files[0])
	}
	return c.many(p, files)
}

// littleWork is how many bytes are read without ever collecting garbage: a run as short as that ends sooner without, and
// holds little more, since almost all that is made of one SBOM is held to the end.
const littleWork = 16 << 20

func (c *matchCmd) one(p *program, file string) error {
	if info, err := os.Stat(file); err == nil && info.Size() <= littleWork && c.Index != "" {
		debug.SetGCPercent(-1)
	}
	sbom, err := readSBOM(file)
	if err != nil {
		return err
	}
	components := match.ComponentsOf(sbom)
	ix, err := c.open(p, func() []string { return match.Ecosystems(components) })
	if err != nil {
		return err
	}
	defer ix.Close()
	result, err := ix.Match(components)
	if err != nil {
		return err
	}
	return p.print(result, func() { p.printMatch(result) })
}

// matched is what became of one of many files. Without a problem it has a result.
type matched struct {
	File string `json:"file"`
	*match.Result
	Problem *judging.Problem `json:"problem,omitempty"`
	err     error
}

// many matches files on every processor and tells of each in the order they were named, with --json one object a line. A
// file that cannot be read does not stop the others.
func (c *matchCmd) many(p *program, files []string) error {
	ix, err := c.open(p, func() []string { return nil })
	if err != nil {
		return err
	}
	defer ix.Close()
	holdLittle(files)
	results := make([]chan matched, len(files))
	for i := range results {
		results[i] = make(chan matched, 1)
	}
	next := make(chan int)
	go func() {
		for i := range files {
			next <- i
		}
		close(next)
	}()
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for i := range next {
				results[i] <- matchFile(ix, files[i])
			}
		}()
	}
	var failed error
	for i := range results {
		r := <-results[i]
		if r.err != nil {
			failed = errSilent(lang.KindOf(r.err))
			r.Problem = &judging.Problem{Where: r.File, What: lang.Explain(r.err, p.lang)}
		}
		if err := p.printOneOfMany(r); err != nil {
			return err
		}
	}
	return failed
}

// holdLittle has garbage collected early: before the program holds more than is alive at once when the largest file is read
// on each processor, about eight times its size, instead of twice that.
func holdLittle(files []string) {
	const least = 28 << 20
	largest := int64(0)
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			largest = max(largest, info.Size())
		}
	}
	debug.SetMemoryLimit(max(least, 4*largest*int64(runtime.GOMAXPROCS(0))))
}

func matchFile(ix *match.Index, file string) matched {
	sbom, err := readSBOM(file)
	if err != nil {
		return matched{File: file, err: err}
	}
	result, err := ix.Match(match.ComponentsOf(sbom))
	return matched{File: file, Result: &result, err: err}
}

func (p *program) printOneOfMany(r matched) error {
	if p.json {
		e := json.NewEncoder(p.out)
		e.SetEscapeHTML(false)
		return e.Encode(r)
	}
	fmt.Fprintf(p.out, "== %s\n", r.File)
	if r.Problem != nil {
		fmt.Fprintln(p.out, r.Problem.What)
		return nil
	}
	p.printMatch(*r.Result)
	return nil
}

// open opens the advisories: an index whole, a folder of them for the ecosystems named (none: all).
func (c *matchCmd) open(p *program, ecosystems func() []string) (*match.Index, error) {
	switch {
	case c.Index != "":
		return match.OpenIndex(c.Index)
	case c.Advisories != "":
		ix, problems, err := match.OpenDir(p.ctx, c.Advisories, ecosystems()...)
		for _, pr := range problems {
			p.say("読み取れない脆弱性情報: %s: %s", "advisory left out: %s: %s", pr.Where, pr.What.In(p.lang))
		}
		return ix, err
	}
	return nil, &lang.Error{Kind: lang.Usage, What: lang.T("脆弱性情報が指定されていません", "no advisories are named"),
		Next: lang.T("--advisories DIR 又は --index FILE を指定してください", "give --advisories DIR or --index FILE")}
}

// readSBOM reads a file that must be an SBOM.
func readSBOM(file string) (*fact.SBOM, error) {
	b, err := readFile(file)
	if err != nil {
		return nil, err
	}
	reading, err := read.Read(b)
	if err != nil {
		return nil, err
	}
	for _, f := range reading.Facts {
		if s, ok := f.Data.(*fact.SBOM); ok {
			return s, nil
		}
	}
	return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」は SBOM ではありません（%s）", "%q is not an SBOM (%s)", file, reading.Type),
		Next: lang.T("CycloneDX 又は SPDX の文書を指定してください", "give a CycloneDX or SPDX document")}
}

const maxFile = 256 << 20

// readFile reads a whole file within limits; "-" is standard input.
func readFile(file string) ([]byte, error) {
	f := os.Stdin
	if file != "-" {
		var err error
		if f, err = os.Open(file); err != nil {
			return nil, cannotOpen(file, err)
		}
		defer f.Close()
	}
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() <= maxFile {
		b.Grow(int(info.Size()) + bytes.MinRead)
	}
	if _, err := b.ReadFrom(io.LimitReader(f, maxFile+1)); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if b.Len() > maxFile {
		return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」が大きすぎます（上限 %d バイト）", "%q is too large (limit %d bytes)", file, maxFile)}
	}
	return b.Bytes(), nil
}

func (p *program) printMatch(r match.Result) {
	rows := [][]string{}
	for _, f := range r.Findings {
		score := "—"
		if f.Score > 0 {
			score = fmt.Sprintf("%.1f", f.Score)
		}
		rows = append(rows, []string{string(f.Severity), score, f.Vuln, f.CVE(), f.Name + " " + f.Version, strings.Join(f.Fixed, ", ")})
	}
	p.table(rows)
	newest := "—"
	if !r.Advisories.Newest.IsZero() {
		newest = r.Advisories.Newest.UTC().Format("2006-01-02")
	}
	p.printf("検出 %d 件。部品 %d 件のうち %d 件を照合。脆弱性情報 %d 件（最新 %s）", "%d findings; %[3]d of %[2]d components looked up; %[4]d advisories (newest %[5]s)",
		len(r.Findings), r.Components, r.Checked, r.Advisories.Count, newest)
	if len(r.Unmatched) == 0 {
		return
	}
	p.printf("照合できなかった部品 %d 件:", "%d components could not be looked up:", len(r.Unmatched))
	counts := map[match.Reason]int{}
	order := []match.Reason{}
	for _, u := range r.Unmatched {
		if counts[u.Reason] == 0 {
			order = append(order, u.Reason)
		}
		counts[u.Reason]++
	}
	for _, reason := range order {
		p.printf("  %d 件: %s", "  %d: %s", counts[reason], reason.Text().In(p.lang))
	}
}

type advisoriesCmd struct {
	Build advisoriesBuildCmd `cmd:"" help:"${help_adv_build}"`
}

type advisoriesBuildCmd struct {
	Advisories string `help:"${help_advisories}" required:"" placeholder:"DIR"`
	Index      string `help:"${help_index}" required:"" placeholder:"FILE"`
}

// Run prepares an index file from a folder of advisories.
func (c *advisoriesBuildCmd) Run(p *program) error {
	stats, err := match.BuildIndex(p.ctx, c.Advisories, c.Index)
	if err != nil {
		return err
	}
	return p.print(stats, func() {
		p.printf("脆弱性情報 %d 件、パッケージ %d 件、%d バイト。読み取れなかったもの %d 件", "%d advisories, %d packages, %d bytes; %d left out",
			stats.Count, stats.Packages, stats.Bytes, len(stats.Problems))
		for _, pr := range stats.Problems {
			p.say("  %s: %s", "  %s: %s", pr.Where, pr.What.In(p.lang))
		}
	})
}
