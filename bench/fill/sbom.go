package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/tasuki/internal/read"
)

// compose writes a CycloneDX document of n components, taken as they are from the CycloneDX documents of a folder. When
// there are too few, they come again with another version.
func compose(sboms string, n int, seed int64, out string) error {
	pool, err := realComponents(sboms)
	if err != nil {
		return err
	}
	if len(pool) == 0 {
		return fmt.Errorf("%s holds no CycloneDX components with package URLs", sboms)
	}
	random := rand.New(rand.NewSource(seed))
	random.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	var list []map[string]any
	for i := range n {
		c := map[string]any{}
		for k, v := range pool[i%len(pool)] {
			c[k] = v
		}
		if again := i / len(pool); again > 0 {
			purl := c["purl"].(string)
			at := strings.LastIndexByte(purl, '@')
			c["version"] = fmt.Sprintf("%d.%d.%d", again, random.Intn(10), random.Intn(10))
			c["purl"] = purl[:at+1] + c["version"].(string)
		}
		c["bom-ref"] = fmt.Sprint("component-", i)
		list = append(list, c)
	}
	b, err := json.MarshalIndent(map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-000000000001", "components": list}, "", "  ")
	if err != nil {
		return err
	}
	fmt.Printf("%d components, %d of them as they were found, %d bytes\n", n, min(n, len(pool)), len(b))
	return os.WriteFile(out, b, 0o644)
}

// realComponents gives the components of the documents, each package URL once, in the order of the documents' paths.
func realComponents(dir string) (out []map[string]any, err error) {
	seen := map[string]bool{}
	types := []string{"pkg:npm/", "pkg:maven/", "pkg:pypi/", "pkg:golang/"}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var bom struct {
			BOMFormat, SpecVersion string
			Components             []map[string]any
		}
		if json.Unmarshal(b, &bom) != nil || bom.BOMFormat != "CycloneDX" {
			return nil // one of another kind
		}
		if _, err := read.Read(b); err != nil {
			return nil // one that does not obey its own schema
		}
		for _, c := range bom.Components {
			purl, _ := c["purl"].(string)
			known := slices.ContainsFunc(types, func(t string) bool { return strings.HasPrefix(purl, t) })
			if !known || seen[purl] || !strings.Contains(purl, "@") || strings.ContainsAny(purl, "?#") || c["name"] == nil {
				continue
			}
			seen[purl] = true
			maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil }) // which the schema does not allow
			for _, k := range []string{"components", "evidence", "modified", "pedigree", "signature"} {
				delete(c, k) // what refers to elsewhere, or newer versions write in another way
			}
			out = append(out, c)
		}
		return nil
	})
	return out, err
}
