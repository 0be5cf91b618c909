// Package spdxschema carries the JSON schemas of SPDX 2.2 and 2.3, unchanged.
package spdxschema

import "embed"

// Files holds the schemas under their own file names.
//
//go:embed *.json
var Files embed.FS
