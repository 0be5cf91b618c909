// Command match is the shortest way from an SBOM to its findings, for measuring: it reads the SBOM, opens the
// advisories, matches, and prints how long each step took.
//
//	go run ./bench/match -sbom FILE (-index FILE | -advisories DIR)
//	go run ./bench/match -advisories DIR -build FILE
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/match"
	"example.org/tasuki/internal/read"
)

func main() {
	log.SetFlags(0)
	sbom := flag.String("sbom", "", "SBOM to match")
	index := flag.String("index", "", "prepared index")
	advisories := flag.String("advisories", "", "folder of OSV advisories")
	build := flag.String("build", "", "index file to make of the advisories")
	flag.Parse()
	if err := run(*sbom, *index, *advisories, *build); err != nil {
		log.Fatal(err)
	}
}

func run(sbom, index, advisories, build string) error {
	start := time.Now()
	if build != "" {
		stats, err := match.BuildIndex(context.Background(), advisories, build)
		fmt.Printf("%d advisories, %d packages, %d bytes, %v\n", stats.Count, stats.Packages, stats.Bytes, time.Since(start))
		return err
	}
	components, err := components(sbom)
	if err != nil {
		return err
	}
	haveRead := time.Now()
	var ix *match.Index
	if index != "" {
		ix, err = match.OpenIndex(index)
	} else {
		ix, _, err = match.OpenDir(context.Background(), advisories, match.Ecosystems(components)...)
	}
	if err != nil {
		return err
	}
	haveOpened := time.Now()
	r, err := ix.Match(components)
	if err != nil {
		return err
	}
	done := time.Now()
	fmt.Printf("%d components, %d findings; read %v, open %v, match %v\n", len(components), len(r.Findings),
		haveRead.Sub(start), haveOpened.Sub(haveRead), done.Sub(haveOpened))
	return nil
}

func components(sbom string) (out []match.Component, err error) {
	text, err := os.ReadFile(sbom)
	if err != nil {
		return nil, err
	}
	reading, err := read.Read(text)
	if err != nil {
		return nil, err
	}
	for _, f := range reading.Facts {
		bom, ok := f.Data.(*fact.SBOM)
		if !ok {
			continue
		}
		all := bom.Components
		if bom.Root != nil {
			all = append(all, *bom.Root)
		}
		for _, c := range all {
			out = append(out, match.Component{Ref: c.Pointer, PURL: c.PURL, Name: c.Name, Version: c.Version})
		}
	}
	return out, nil
}
