// Package openvexschema carries the JSON schema of OpenVEX 0.2.0, unchanged.
package openvexschema

import "embed"

// Files holds the schema under its own file name.
//
//go:embed *.json
var Files embed.FS
