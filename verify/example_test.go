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

// What a reader keeps from one bundle to the next: who was accepted before, so that an old declaration sent again is
// noticed, and what was taken back. What is not given is named, never passed over.
func ExampleOptions() {
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
	opened, err := verify.Open(bundle)
	if err != nil {
		log.Fatal(err)
	}
	later := opened.Seen() // what the reader would keep of it
	later.Serial++         // and had accepted since
	report := verify.Bundle(bundle, verify.Options{
		Trust:        trust,
		At:           time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
		Seen:         []verify.Seen{later},
		Revocations:  []verify.Revocation{}, // an empty list: nothing is revoked
		RequireRoles: []guideline.Role{guideline.Operator},
	})
	for _, step := range report.Steps {
		if !step.OK {
			fmt.Println(step.Name+":", step.Detail.EN)
		}
	}
	for _, u := range report.NotChecked {
		if u.Bundle == "" {
			fmt.Println("not checked:", u.Name)
		}
	}
	// Output:
	// not superseded: a later declaration, serial 2, was accepted before; this is serial 1
	// required roles: the role asked for, operator, is not in the declaration
	// not checked: required_level
	// not checked: catalogue
	// not checked: files
	// not checked: ledger
}
