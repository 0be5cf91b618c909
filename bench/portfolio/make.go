package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"example.org/tasuki/internal/chain"
)

// ecosystems are those of the components, with the type of their package URLs.
var ecosystems = []struct{ name, purl, kind string }{
	{"npm", "npm", "SEMVER"}, {"Maven", "maven", "ECOSYSTEM"}, {"PyPI", "pypi", "ECOSYSTEM"}, {"Go", "golang", "SEMVER"}, {"crates.io", "cargo", "SEMVER"},
}

// world is what a seed stands for: packages, advisories about them, and releases made of them.
type world struct {
	seed       uint64
	random     *rand.Rand
	packages   int
	components int
	base       [][]component // what the newest release of each product is made of
}

type component struct{ pkg, version int }

func newWorld(seed uint64, packages, components int) *world {
	return &world{seed: seed, random: rand.New(rand.NewPCG(seed, 0)), packages: packages, components: components}
}

// name gives a package's ecosystem and name.
func (w *world) name(pkg int) (ecosystem int, name string) {
	ecosystem = pkg % len(ecosystems)
	switch ecosystems[ecosystem].name {
	case "Maven":
		return ecosystem, fmt.Sprintf("org.example.group%d:artifact-%d", pkg%97, pkg)
	case "Go":
		return ecosystem, fmt.Sprintf("example.com/team%d/module-%d", pkg%97, pkg)
	}
	return ecosystem, fmt.Sprintf("package-%d", pkg)
}

func versionOf(n int) string { return fmt.Sprintf("%d.%d.%d", n/6, n%6, n*7%10) }

// pick draws a component: half of them of the packages that everybody uses, half of all.
func (w *world) pick() component {
	pkg := w.random.IntN(w.packages)
	if w.random.IntN(2) == 0 {
		pkg = w.random.IntN(1 + w.random.IntN(1+w.packages/10))
	}
	return component{pkg, w.random.IntN(12)}
}

// perProduct is how many releases a product has; from one to the next three components in a hundred get another version.
const perProduct = 10

// release gives the components of the next release. Releases are to be asked for in order.
func (w *world) release(n int) []component {
	if n%perProduct == 0 {
		var first []component
		for range w.components {
			first = append(first, w.pick())
		}
		w.base = append(w.base, first)
	}
	now := w.base[n/perProduct]
	for range w.components * 3 / 100 {
		now[w.random.IntN(len(now))].version++
	}
	return now
}

// model has the products and their releases. Nobody has duties for them: judging is measured by bench/judge.
func model(releases int) chain.Model {
	m := chain.Model{Parties: []chain.Party{{ID: "us", Name: "Maker", Self: true}}}
	for n := range releases {
		s := fmt.Sprintf("s%06d", n/perProduct)
		if n%perProduct == 0 {
			m.Software = append(m.Software, chain.Software{ID: s, Name: s, Kind: chain.Product, Owner: "us", Delivered: true})
		}
		m.Releases = append(m.Releases, chain.Release{ID: releaseID(n), Software: s, Version: fmt.Sprint("1.", n%perProduct), ReleasedOn: "2026-01-01"})
	}
	return m
}

func releaseID(n int) string { return fmt.Sprintf("r%06d", n) }

// sbom writes a CycloneDX document as tools write them: references, digests, licences, who depends on whom.
func (w *world) sbom(n int, components []component) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"$schema":"http://cyclonedx.org/schema/bom-1.6.schema.json","bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-%012d","version":1,`, n)
	fmt.Fprintf(&b, `"metadata":{"timestamp":"2026-01-01T00:00:00Z","component":{"type":"application","bom-ref":"root","name":"product-%d","version":"1.%d"}},"components":[`, n/perProduct, n%perProduct)
	seen := map[component]bool{}
	var refs []string
	for _, c := range components {
		if seen[c] {
			continue
		}
		seen[c] = true
		if len(refs) > 0 {
			b.WriteByte(',')
		}
		e, name := w.name(c.pkg)
		v := versionOf(c.version)
		purl := "pkg:" + ecosystems[e].purl + "/" + strings.ReplaceAll(name, ":", "/") + "@" + v
		ref := fmt.Sprintf("%s#%d", purl, len(refs))
		refs = append(refs, ref)
		fmt.Fprintf(&b, `{"type":"library","bom-ref":%q,"name":%q,"version":%q,"purl":%q,"hashes":[{"alg":"SHA-256","content":"%064x"}],"licenses":[{"license":{"id":"MIT"}}],"externalReferences":[{"type":"vcs","url":"https://git.example.com/%d.git"}]}`,
			ref, name, v, purl, c.pkg*1000+c.version, c.pkg)
	}
	b.WriteString(`],"dependencies":[{"ref":"root","dependsOn":[`)
	for i := range min(20, len(refs)) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q", refs[i])
	}
	b.WriteString("]}")
	for i, ref := range refs {
		fmt.Fprintf(&b, `,{"ref":%q,"dependsOn":[%q]}`, ref, refs[(i*7+1)%len(refs)])
	}
	b.WriteString("]}")
	return []byte(b.String())
}

// advisory gives an OSV record about a package: two runs of versions.
func (w *world) advisory(id string, pkg int) []byte {
	e, name := w.name(pkg)
	low, high := w.random.IntN(6), 6+w.random.IntN(7)
	r := map[string]any{
		"id": id, "modified": "2026-01-01T00:00:00Z", "aliases": []string{strings.Replace(id, "SYN", "CVE-2026", 1)}, "summary": "Made for measuring",
		"details":  strings.Repeat("It carries as much text as an ordinary record does. ", 6),
		"severity": []map[string]string{{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
		"affected": []map[string]any{{"package": map[string]string{"ecosystem": ecosystems[e].name, "name": name},
			"ranges": []map[string]any{{"type": ecosystems[e].kind, "events": []map[string]string{{"introduced": versionOf(low)}, {"fixed": versionOf(low + 1)},
				{"introduced": versionOf(high)}, {"fixed": versionOf(high + 1)}}}}}},
	}
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // texts always encode
	}
	return b
}

// about gives the generator of one advisory: in another edition one in a hundred is another.
func (w *world) about(advisory, edition int) *world {
	if advisory%100 != 0 {
		edition = 0
	}
	return &world{random: rand.New(rand.NewPCG(w.seed, uint64(edition)<<32|uint64(advisory)+1)), packages: w.packages}
}

// publish writes advisories as the public dumps have them: an archive for each ecosystem. As many again as malware are
// about packages that nobody here uses.
func (w *world) publish(dir string, advisories, malware, edition int) error {
	archives := make([]*zip.Writer, len(ecosystems))
	for i, e := range ecosystems {
		if err := os.MkdirAll(filepath.Join(dir, e.name), 0o700); err != nil {
			return err
		}
		f, err := os.Create(filepath.Join(dir, e.name, "all.zip"))
		if err != nil {
			return err
		}
		defer f.Close()
		archives[i] = zip.NewWriter(f)
	}
	put := func(ecosystem int, id string, record []byte) error {
		f, err := archives[ecosystem].Create(id + ".json")
		if err == nil {
			_, err = f.Write(record)
		}
		return err
	}
	for n := range advisories {
		about := w.about(n, edition)
		pkg := about.pick().pkg
		id := fmt.Sprintf("SYN-%07d", n)
		if err := put(pkg%len(ecosystems), id, about.advisory(id, pkg)); err != nil {
			return err
		}
	}
	for n := range malware {
		id := fmt.Sprintf("MAL-2026-%07d", n)
		record := fmt.Sprintf(`{"id":%q,"modified":"2026-01-01T00:00:00Z","summary":"Malicious code","details":%q,"affected":[{"package":{"ecosystem":"npm","name":"mal-%x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}`,
			id, strings.Repeat("It carries as much text as an ordinary record does. ", 6), n*7919)
		if err := put(0, id, []byte(record)); err != nil {
			return err
		}
	}
	for _, a := range archives {
		if err := a.Close(); err != nil {
			return err
		}
	}
	return nil
}
