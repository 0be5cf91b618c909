package sarif

import (
	"cmp"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"example.org/tasuki/internal/fact"
)

// artifact is a file that a run has to do with (3.24).
type artifact struct {
	Location artifactLocation `json:"location"`
	Roles    []string         `json:"roles"`
	Language string           `json:"sourceLanguage"`
}

// artifactLocation names a file, by address or by its place among the artifacts of the run (3.4).
type artifactLocation struct {
	URI   string `json:"uri"`
	Index *int   `json:"index"`
}

// notification is what a tool says of its own run (3.58).
type notification struct {
	Level      string `json:"level"`
	Descriptor struct {
		ID string `json:"id"`
	} `json:"descriptor"`
	Locations []location `json:"locations"`
}

// looks are the roles of a file that the tool looked at (3.24.6). Others, such as its settings, it merely used.
var looks = []string{"analysisTarget", "resultFile", "added", "modified", "renamed", "unmodified"}

// forms tells which forms of code a run looked at, from the files it names: artifacts that are its targets (all whose role
// is not told), files with results, files that CodeQL says were extracted, and files given as arguments. A file that the
// tool reports it failed on counts only where it has a result.
func forms(r run) []fact.CodeForm {
	seen := map[string]map[string]bool{} // form, file
	language := map[string]string{}
	look := func(file string) {
		file = strings.TrimPrefix(file, "./")
		form := formOf(file, language[file], r.Tool.Driver.Name)
		if form == "" {
			return
		}
		if seen[form] == nil {
			seen[form] = map[string]bool{}
		}
		seen[form][file] = true
	}
	broken := map[string]bool{}
	for _, i := range r.Invocations {
		for _, n := range i.Notifications {
			for _, l := range n.Locations {
				broken[r.file(l.Physical.Artifact)] = broken[r.file(l.Physical.Artifact)] || n.Level == "error"
			}
		}
	}
	for _, a := range r.Artifacts {
		language[strings.TrimPrefix(a.Location.URI, "./")] = a.Language
		target := len(a.Roles) == 0 || slices.ContainsFunc(a.Roles, func(role string) bool { return slices.Contains(looks, role) })
		if target && !broken[a.Location.URI] {
			look(a.Location.URI)
		}
	}
	for _, i := range r.Invocations {
		for _, n := range i.Notifications {
			if !strings.HasSuffix(n.Descriptor.ID, "/successfully-extracted-files") {
				continue
			}
			for _, l := range n.Locations {
				look(r.file(l.Physical.Artifact))
			}
		}
		if i.Successful != nil && *i.Successful {
			for _, file := range operands(i.Arguments) {
				look(file)
			}
		}
	}
	if r.Results != nil {
		for _, x := range *r.Results {
			if x.Baseline == "absent" {
				continue
			}
			for _, l := range x.Locations {
				look(r.file(l.Physical.Artifact))
			}
		}
	}
	out := make([]fact.CodeForm, 0, len(seen))
	for _, form := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, fact.CodeForm{Form: form, Files: len(seen[form])})
	}
	return out
}

// file gives the address of a location.
func (r run) file(l artifactLocation) string {
	if l.Index != nil && l.URI == "" && *l.Index >= 0 && *l.Index < len(r.Artifacts) {
		return r.Artifacts[*l.Index].Location.URI
	}
	return l.URI
}

// operands are the arguments that are no options, and no values of any.
func operands(arguments []string) []string {
	var out []string
	for i, a := range arguments {
		if !strings.HasPrefix(a, "-") && (i == 0 || !strings.HasPrefix(arguments[i-1], "-") || strings.Contains(arguments[i-1], "=")) {
			out = append(out, a)
		}
	}
	return out
}

// Forms of code, as the register of code forms names them.
const (
	source         = "source"
	configuration  = "configuration"
	infrastructure = "infrastructure"
	container      = "container"
	buildScript    = "build_script"
)

// oneForm are tools that look at files of one form alone: it is the form of what is neither source nor told by its name.
var oneForm = map[string]string{
	"hadolint": container, "kube-linter": infrastructure, "kubelinter": infrastructure, "kubescape": infrastructure, "kube-score": infrastructure,
	"kubesec": infrastructure, "polaris": infrastructure, "tfsec": infrastructure, "tflint": infrastructure, "terrascan": infrastructure,
	"cfn-lint": infrastructure, "cfn_nag": infrastructure, "ansible-lint": infrastructure, "actionlint": buildScript, "zizmor": buildScript,
}

// formOf gives the form of code of a file by the language it is said to be in, its name, where it lies, and the tool that
// looks at it; empty where these do not tell.
func formOf(file, language, tool string) string {
	if u, err := url.Parse(file); err == nil && u.Path != "" {
		file = u.Path
	}
	file = strings.ToLower(strings.ReplaceAll(file, `\`, "/"))
	base := path.Base(file)
	ext := strings.TrimPrefix(path.Ext(base), ".")
	if ext == "j2" || ext == "tmpl" || ext == "tpl" || ext == "template" { // a template of what it is named after
		ext = cmp.Or(strings.TrimPrefix(path.Ext(strings.TrimSuffix(base, path.Ext(base))), "."), ext)
	}
	switch language = strings.ToLower(language); {
	case language == "dockerfile" || isContainer(base):
		return container
	case isBuildScript(file, base, ext):
		return buildScript
	case language == "hcl" || language == "terraform" || language == "bicep" || isInfrastructure(file, base, ext):
		return infrastructure
	case slices.Contains(sourceExtensions, ext) || language != "" && !slices.Contains(settings, language):
		return source
	case oneForm[strings.ToLower(tool)] != "":
		return oneForm[strings.ToLower(tool)]
	case slices.Contains(dependencies, base): // the components it names are looked at, not what it does
		return ""
	case slices.Contains(settings, ext):
		return configuration
	}
	return ""
}

func isContainer(base string) bool {
	stem, _, _ := strings.Cut(base, ".")
	return stem == "dockerfile" || stem == "containerfile" || strings.HasSuffix(base, ".dockerfile") || strings.HasSuffix(base, ".containerfile") ||
		(strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose.")) && yaml(strings.TrimPrefix(path.Ext(base), "."))
}

func isBuildScript(file, base, ext string) bool {
	stem, _, _ := strings.Cut(base, ".")
	return slices.Contains([]string{"makefile", "gnumakefile", "jenkinsfile", "rakefile", "gulpfile", "gruntfile", "justfile", "earthfile"}, stem) ||
		slices.Contains([]string{"cmakelists.txt", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "pom.xml", "build.xml",
			"build.bazel", "workspace.bazel", "meson.build", "configure.ac", "build.rs", "setup.py", "webpack.config.js", "vite.config.ts",
			"action.yml", "action.yaml", ".gitlab-ci.yml", ".travis.yml", ".drone.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
			"cloudbuild.yaml", "buildspec.yml", "appveyor.yml"}, base) ||
		slices.Contains([]string{"mk", "cmake", "bzl", "csproj", "vcxproj", "vbproj", "fsproj"}, ext) ||
		yaml(ext) && (within(file, ".github/workflows") || within(file, ".gitea/workflows") || within(file, ".forgejo/workflows") || within(file, ".circleci") || within(file, ".tekton"))
}

func isInfrastructure(file, base, ext string) bool {
	if slices.Contains([]string{"tf", "tfvars", "hcl", "bicep", "nomad", "pp"}, ext) || strings.HasSuffix(base, ".tf.json") {
		return true
	}
	if slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "chart.yaml", "serverless.yml", "pulumi.yaml", "helmfile.yaml"}, base) {
		return true
	}
	return (yaml(ext) || ext == "json" || ext == "tpl") && slices.ContainsFunc([]string{"k8s", "kubernetes", "helm", "charts", "manifests", "kustomize", "terraform",
		"cloudformation", "ansible", "playbooks"}, func(folder string) bool { return within(file, folder) })
}

func yaml(ext string) bool { return ext == "yaml" || ext == "yml" }

// within reports whether a file lies in a folder of that name, at whatever depth.
func within(file, folder string) bool {
	return strings.Contains("/"+path.Dir(file)+"/", "/"+folder+"/")
}

var settings = []string{"yaml", "yml", "json", "jsonc", "toml", "ini", "conf", "cfg", "config", "properties", "xml", "env", "plist"}

var dependencies = []string{"package.json", "package-lock.json", "composer.json", "packages.config", "pyproject.toml", "cargo.toml", "pnpm-lock.yaml"}

var sourceExtensions = []string{"go", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "m", "mm", "swift", "java", "kt", "kts", "scala", "groovy", "clj", "cs", "vb", "fs",
	"cshtml", "aspx", "jsp", "py", "pyx", "rb", "erb", "php", "pl", "pm", "lua", "r", "jl", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "vue", "svelte",
	"html", "htm", "rs", "zig", "dart", "ex", "exs", "erl", "hs", "ml", "sql", "sh", "bash", "ps1", "psm1", "sol", "asm", "s", "v", "sv", "vhd", "cob", "cbl",
	"f90", "pas", "proto", "ipynb"}
