package verify_test

import (
	"fmt"
	"log"
	"os"
	"time"

	"example.org/tasuki/guideline"
	"example.org/tasuki/verify"
)

// A customer checks what a vendor sent: the trust file was taken over on another way.
func ExampleBundle() {
	bundle, err := os.ReadFile("testdata/good.tasuki.json")
	if err != nil {
		log.Fatal(err)
	}
	file, err := os.ReadFile("testdata/trust.json")
	if err != nil {
		log.Fatal(err)
	}
	trust, err := verify.ParseTrust(file)
	if err != nil {
		log.Fatal(err)
	}
	report := verify.Bundle(bundle, verify.Options{
		Trust:        trust,
		RequireLevel: guideline.Minimum,
		At:           time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
	})
	fmt.Println(report.OK, verify.ExitCode(report))
	for _, link := range report.Chain {
		fmt.Println(link.Depth, link.Issuer, link.Object, link.Level, link.Kind, link.Trust)
	}
	// Output:
	// true 0
	// 0 見本ソフトウェア株式会社 見本アプリ minimum declaration direct
	// 1 見本部品株式会社 見本ライブラリ minimum declaration introduced
}
