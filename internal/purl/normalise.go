package purl

import (
	"fmt"
	"strings"
)

// How a part is normalised, by the type definitions.
const (
	lowerNamespace = 1 << iota
	lowerName
	lowerVersion
)

// lowered says which parts a type holds in lower case. golang is left out on purpose, see the package comment.
var lowered = map[string]int{
	"alpm":             lowerNamespace | lowerName,
	"apk":              lowerNamespace | lowerName,
	"bitbucket":        lowerNamespace | lowerName,
	"bitnami":          lowerName,
	"brew":             lowerNamespace | lowerName,
	"chrome-extension": lowerName,
	"composer":         lowerNamespace | lowerName,
	"deb":              lowerNamespace | lowerName,
	"git":              lowerNamespace | lowerName,
	"github":           lowerNamespace | lowerName,
	"hex":              lowerNamespace | lowerName,
	"huggingface":      lowerVersion,
	"luarocks":         lowerNamespace | lowerName | lowerVersion,
	"npm":              lowerNamespace | lowerName,
	"oci":              lowerName | lowerVersion,
	"otp":              lowerName,
	"pub":              lowerName,
	"pypi":             lowerName,
	"qpkg":             lowerNamespace,
	"rpm":              lowerNamespace,
	"vscode-extension": lowerNamespace | lowerName,
}

// needNamespace and noNamespace are the types that demand one and those that refuse it.
var (
	needNamespace = map[string]bool{"maven": true, "swift": true, "github": true, "bitbucket": true, "composer": true,
		"alpm": true, "apk": true, "deb": true, "huggingface": true, "qpkg": true, "vscode-extension": true}
	noNamespace = map[string]bool{"cargo": true, "gem": true, "nuget": true, "pypi": true, "pub": true, "cran": true, "hackage": true,
		"otp": true, "vcpkg": true}
)

// normalise applies the rules of the type.
func (p *PURL) normalise() error {
	if noNamespace[p.Type] && p.Namespace != "" {
		return fmt.Errorf("%w: type %s has no namespace", ErrPURL, p.Type)
	}
	if needNamespace[p.Type] && p.Namespace == "" && !tolerated[p.Type] {
		return fmt.Errorf("%w: type %s needs a namespace", ErrPURL, p.Type)
	}
	low := lowered[p.Type]
	if low&lowerNamespace != 0 {
		p.Namespace = strings.ToLower(p.Namespace)
	}
	if low&lowerName != 0 {
		p.Name = strings.ToLower(p.Name)
	}
	if low&lowerVersion != 0 {
		p.Version = strings.ToLower(p.Version)
	}
	switch p.Type {
	case "pypi":
		p.Name = strings.ReplaceAll(p.Name, "_", "-")
	case "pub":
		p.Name = strings.ReplaceAll(p.Name, "-", "_")
	}
	return nil
}

// tolerated are the types whose package URLs without the demanded namespace are common in real SBOMs and still clear.
var tolerated = map[string]bool{"deb": true, "apk": true, "alpm": true, "composer": true, "maven": true}
