package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/read"
)

type matchCmd struct {
	SBOM       string `name:"sbom" help:"${help_match_sbom}" required:"" placeholder:"FILE"`
	Advisories string `help:"${help_advisories}" placeholder:"DIR" xor:"from"`
	Index      string `help:"${help_index}" placeholder:"FILE" xor:"from"`
}

// Run matches the components of an SBOM against advisories; no workspace is needed.
func (c *matchCmd) Run(p *program) error {
	sbom, err := readSBOM(c.SBOM)
	if err != nil {
		return err
	}
	components := match.ComponentsOf(sbom)
	ix, problems, err := c.open(p, components)
	if err != nil {
		return err
	}
	defer ix.Close()
	result, err := ix.Match(components)
	if err != nil {
		return err
	}
	for _, pr := range problems {
		p.say("読み取れない脆弱性情報: %s: %s", "advisory left out: %s: %s", pr.Where, pr.What.In(p.lang))
	}
	return p.print(result, func() { p.printMatch(result) })
}

func (c *matchCmd) open(p *program, components []match.Component) (*match.Index, []fact.Problem, error) {
	switch {
	case c.Index != "":
		ix, err := match.OpenIndex(c.Index)
		return ix, nil, err
	case c.Advisories != "":
		return match.OpenDir(p.ctx, c.Advisories, match.Ecosystems(components)...)
	}
	return nil, nil, &lang.Error{Kind: lang.Usage, What: lang.T("脆弱性情報が指定されていません", "no advisories are named"),
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
			return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を開けません", "cannot open %q", file), Err: err}
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
