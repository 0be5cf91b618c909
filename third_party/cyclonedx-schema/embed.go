// Package cyclonedxschema carries the schemas of CycloneDX, unchanged: JSON Schema 1.2 to 1.7 and XML Schema 1.0 to 1.7,
// with the licence ids, signatures and cryptography definitions they refer to.
package cyclonedxschema

import "embed"

// Files holds the schemas under their own file names.
//
//go:embed *.json *.xsd
var Files embed.FS
