// Package testshared finds the real-world sample data that tests run on: SBOMs, advisories and the standards' own test
// suites. The data is large and not part of the repository; a test that needs it skips and says so when it is absent. It also
// packs what tests make up themselves, see [Zip].
//
// Only tests import this package.
package testshared

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir gives the path of a piece of the sample data, for example Dir(t, "osv") or Dir(t, "sbom/sboms.tar.gz"). The data
// is looked for in the folder that TASUKI_TESTDATA names, else in shared/data beside the repository. When it is absent
// the test is skipped, or fails if TASUKI_REQUIRE_TESTDATA is set.
func Dir(t testing.TB, elem ...string) string {
	t.Helper()
	base := os.Getenv("TASUKI_TESTDATA")
	if base == "" {
		base = beside(t)
	}
	path := filepath.Join(append([]string{base}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TASUKI_REQUIRE_TESTDATA") != "" {
			t.Fatalf("sample data is required but absent: %v", err)
		}
		t.Skipf("SKIPPED, NOT RUN: sample data is absent (%v); set TASUKI_TESTDATA to the folder that holds it", err)
	}
	return path
}

// beside walks up to the module root and gives ../shared/data from there.
func beside(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "data")
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = up
	}
}
