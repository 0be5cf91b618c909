package purl

import (
	"net/url"
	"strings"
)

// Source is a place in a version control repository: what is known of a component that was taken from there and not from
// a registry.
type Source struct {
	Repo     string // host and path as repositories are compared: github.com/example/lib
	Revision string // commit, tag or branch as stated; may be empty
}

// hosts are the types of package URL that name a repository of one host (purl-spec, types bitbucket, github, gitlab).
var hosts = map[string]string{"bitbucket": "bitbucket.org", "github": "github.com", "githubactions": "github.com", "gitlab": "gitlab.com"}

// Sources gives the repositories that a package URL names: by its type, or by its qualifier vcs_url.
func (p PURL) Sources() (out []Source) {
	if host := hosts[p.Type]; host != "" && p.Namespace != "" {
		out = append(out, Source{RepoKey(host + "/" + p.Namespace + "/" + p.Name), p.Version})
	}
	if v := p.Qualifier("vcs_url"); v != "" {
		if s, ok := ParseSource(v); ok {
			out = append(out, s)
		}
	}
	return out
}

// ParseSource reads the address of a repository as SPDX writes a download location (git+https://host/path.git@revision),
// as CycloneDX and package URLs hold it, or as it is given to git (git@host:path.git). A part of the repository named
// after "#" is left out; what stands there and is a commit is the revision.
func ParseSource(s string) (Source, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxLength {
		return Source{}, false
	}
	s, fragment, _ := strings.Cut(s, "#")
	var out Source
	if i := strings.LastIndexByte(s, '@'); i > strings.LastIndexByte(s, '/') && i > strings.LastIndexByte(s, ':') && i > 0 {
		s, out.Revision = s[:i], s[i+1:]
	}
	if out.Revision == "" && IsCommit(fragment) {
		out.Revision = fragment
	}
	if r, err := url.PathUnescape(out.Revision); err == nil {
		out.Revision = r
	}
	// Within the pages of a host a commit stands in the path: https://github.com/example/lib/commit/<hash>.
	if i := strings.LastIndex(s, "/commit/"); i > 0 && out.Revision == "" {
		if c := strings.TrimSuffix(s[i+len("/commit/"):], "/"); IsCommit(c) {
			s, out.Revision = strings.TrimSuffix(s[:i], "/-"), c
		}
	}
	out.Repo = RepoKey(s)
	return out, out.Repo != ""
}

// IsCommit reports whether a text is the whole hash of a commit: 40 or 64 hexadecimal digits.
func IsCommit(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	return strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// RepoKey gives an address of a repository in the form in which repositories are compared: host and path, without scheme,
// user, ".git" and a slash at the end; without case where the host knows none. Nothing, when it is no such address.
func RepoKey(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "scm:")
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+len("://"):]
	} else {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "git:"), "git+")
		if host, path, ok := strings.Cut(s, ":"); ok && !strings.Contains(host, "/") {
			s = host + "/" + strings.TrimLeft(path, "/") // git@host:path
		}
	}
	host, path, _ := strings.Cut(s, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	host = strings.TrimPrefix(host, "www.")
	path, _, _ = strings.Cut(path, "?")
	for before := ""; before != path; {
		before = path
		path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	}
	isHost := strings.Contains(host, ".") && strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
	if path == "" || !isHost || strings.ContainsAny(path, " \t\r\n<>\":@") {
		return ""
	}
	switch host {
	case "bitbucket.org", "codeberg.org", "github.com", "gitlab.com":
		path = strings.ToLower(path)
	}
	return host + "/" + path
}
