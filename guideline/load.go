package guideline

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"
)

// files is the data: every YAML file under data. One file, or one folder of files, is one list; add a list by adding
// its file and a function that reads it with decode or decodeFolder.
//
//go:embed data
var files embed.FS

// decode reads one YAML document strictly: an unknown or repeated key, or a second document, is an error. The error
// names the file and carries line and column.
func decode[T any](fsys fs.FS, path string) (T, error) {
	var v T
	raw, err := fs.ReadFile(fsys, path)
	if err != nil {
		return v, err
	}
	d := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	if err := d.Decode(&v); err != nil {
		return v, fmt.Errorf("%s: %w", path, err)
	}
	var more any
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return v, fmt.Errorf("%s: more than one document", path)
	}
	return v, nil
}

// decodeFolder reads the lists of all files of a folder, in the order of their names, into one list.
func decodeFolder[T any](fsys fs.FS, folder string) ([]T, error) {
	entries, err := fs.ReadDir(fsys, folder) // sorted by name
	if err != nil {
		return nil, err
	}
	var all []T
	for _, e := range entries {
		part, err := decode[[]T](fsys, folder+"/"+e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// must is for data that is embedded and tested: it panics where only a programmer's mistake can lead.
//
//	var threats = sync.OnceValue(func() []Threat { return must(decode[[]Threat](files, "data/threats.yaml")) })
func must[T any](v T, err error) T {
	if err != nil {
		panic("guideline: embedded data: " + err.Error())
	}
	return v
}

// A Catalog is the core of the guideline as data. It never changes after [Load] and may be shared.
type Catalog struct {
	individuals      []Individual
	requirements     []Requirement
	responsibilities []Responsibility
	categories       []Category
	kinds            []SoftwareKind
	roles            []RoleDefinition
	templates        []Template
	useCases         []UseCase
	contracts        []ContractForm
	rules            []Rule
	place            map[ID]int // of an individual requirement
	digest           string
}

// Default gives the catalogue of the program, read once.
var Default = sync.OnceValue(func() *Catalog { return must(Load()) })

// Load reads the embedded catalogue. It checks form only; [Lint] checks content.
func Load() (*Catalog, error) { return load(files) }

func load(fsys fs.FS) (*Catalog, error) {
	c := &Catalog{place: map[ID]int{}}
	var errs [11]error
	c.individuals, errs[0] = decodeFolder[Individual](fsys, "data/individual")
	c.requirements, errs[1] = decode[[]Requirement](fsys, "data/requirements.yaml")
	c.responsibilities, errs[2] = decode[[]Responsibility](fsys, "data/responsibilities.yaml")
	c.categories, errs[3] = decode[[]Category](fsys, "data/categories.yaml")
	c.kinds, errs[4] = decode[[]SoftwareKind](fsys, "data/software-kinds.yaml")
	c.roles, errs[5] = decode[[]RoleDefinition](fsys, "data/roles.yaml")
	c.templates, errs[6] = decode[[]Template](fsys, "data/templates.yaml")
	c.useCases, errs[7] = decode[[]UseCase](fsys, "data/use-cases.yaml")
	c.contracts, errs[8] = decode[[]ContractForm](fsys, "data/contracts.yaml")
	c.rules, errs[9] = decodeFolder[Rule](fsys, "data/rules")
	c.digest, errs[10] = digest(fsys)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	c.complete()
	return c, nil
}

// complete fills what follows from the ids, and makes absent lists empty so that they are written as [].
func (c *Catalog) complete() {
	for i := range c.requirements {
		r := &c.requirements[i]
		r.Category = r.ID.Category()
		r.Notes = filled(r.Notes)
	}
	for i := range c.individuals {
		in := &c.individuals[i]
		in.Requirement, in.Category = in.ID.Requirement(), in.ID.Category()
		in.Roles, in.Levels, in.Phases, in.Notes = filled(in.Roles), filled(in.Levels), filled(in.Phases), filled(in.Notes)
		c.place[in.ID] = i
	}
	for i := range c.templates {
		c.templates[i].Notes = filled(c.templates[i].Notes)
	}
}

func filled[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// digest is SHA-256 over path and content of every data file in the order of their paths, as "sha256:<hex>".
func digest(fsys fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(fsys, "data", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d\n", path, len(raw))
		h.Write(raw)
		return nil
	})
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), err
}

// Digest names the state of all embedded data, as "sha256:<hex>": an assessment that keeps it can be re-judged.
func (c *Catalog) Digest() string { return c.digest }

// Individuals gives the 69 individual requirements in printed order.
func (c *Catalog) Individuals() []Individual { return slices.Clone(c.individuals) }

// Individual gives one individual requirement by its printed id (see [ParseID] for what people type).
func (c *Catalog) Individual(id ID) (Individual, bool) {
	i, ok := c.place[id]
	if !ok {
		return Individual{}, false
	}
	return c.individuals[i], true
}

// Requirements gives the 21 requirements in printed order.
func (c *Catalog) Requirements() []Requirement { return slices.Clone(c.requirements) }

// Requirement gives one requirement by its printed id.
func (c *Catalog) Requirement(id ID) (Requirement, bool) {
	return find(c.requirements, func(r Requirement) bool { return r.ID == id })
}

// Responsibilities gives the 6 responsibilities of section 2.2.
func (c *Catalog) Responsibilities() []Responsibility { return slices.Clone(c.responsibilities) }

// Categories gives the 6 categories of section 3.1.
func (c *Catalog) Categories() []Category { return slices.Clone(c.categories) }

// SoftwareKinds gives the 4 kinds of software of table 2.
func (c *Catalog) SoftwareKinds() []SoftwareKind { return slices.Clone(c.kinds) }

// RoleDefinitions gives the rows of table 3: the four roles and the other bodies concerned.
func (c *Catalog) RoleDefinitions() []RoleDefinition { return slices.Clone(c.roles) }

// Templates gives the use cases a–f of table 4.
func (c *Catalog) Templates() []Template { return slices.Clone(c.templates) }

// Template gives one use case of table 4 by its letter.
func (c *Catalog) Template(id string) (Template, bool) {
	return find(c.templates, func(t Template) bool { return t.ID == id })
}

// UseCases gives the four worked examples of section 1.5.
func (c *Catalog) UseCases() []UseCase { return slices.Clone(c.useCases) }

// ContractForms gives the kinds of contract and of structure of section 1.4.
func (c *Catalog) ContractForms() []ContractForm { return slices.Clone(c.contracts) }

// Rules gives the rules read out of sections 1.2 to 5.7, in their order.
func (c *Catalog) Rules() []Rule { return slices.Clone(c.rules) }

// Rule gives one rule by its id (R-1.4-25).
func (c *Catalog) Rule(id string) (Rule, bool) {
	return find(c.rules, func(r Rule) bool { return r.ID == id })
}

// Duties gives the individual requirements that a holder of these roles answers for at a level: the union over the
// roles, in printed order, each once (tables 5 and 6; rules R-4.1-06, R-4.1-07).
func (c *Catalog) Duties(roles []Role, level Level) []ID {
	ids := []ID{}
	for _, in := range c.individuals {
		if in.At(level) && in.AppliesTo(roles...) {
			ids = append(ids, in.ID)
		}
	}
	return ids
}

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

// inOrder compares two ids by category, requirement and item, as printed.
func inOrder(a, b ID) int { return slices.Compare(a.numbers(), b.numbers()) }
