// Package thirdparty carries the few files from elsewhere that must be inside the program: the colour tokens and the
// icons. Each folder has the licence and a README with origin, version and SHA-256.
//
// axe-core is here for the accessibility tests only and is not embedded in the program.
package thirdparty

import "embed"

// Assets holds the embedded files by folder: design-tokens, tabler-icons.
//
//go:embed design-tokens/tokens.css tabler-icons/*.svg
var Assets embed.FS
