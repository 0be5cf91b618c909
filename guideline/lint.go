package guideline

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A Problem is one place where the data is not as it should be.
type Problem struct {
	File string // under the package's folder
	Path string // id and field: S(1)-1.1.text.en
	What string
}

// String gives the problem on one line: file, path, what.
func (p Problem) String() string { return p.File + ": " + p.Path + ": " + p.What }

// Lint checks the catalogue's content against itself and against the totals of the guideline, and collects every
// problem with its place.
func Lint(c *Catalog) []Problem {
	l := &linter{Catalog: c}
	l.counts()
	l.individualsHold()
	l.requirementsHold()
	l.templatesHold()
	l.useCasesHold()
	l.rulesHold()
	l.textsHold()
	return l.problems
}

type linter struct {
	*Catalog
	problems []Problem
}

func (l *linter) say(file, path, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: "data/" + file, Path: path, What: fmt.Sprintf(format, args...)})
}

func (l *linter) count(file, path string, got, want int) {
	if got != want {
		l.say(file, path, "%d, want %d", got, want)
	}
}

// counts holds the totals of tables 2 to 6 and of section 3.1, and those of each role at both levels.
func (l *linter) counts() {
	l.count("categories.yaml", "entries", len(l.categories), 6)
	l.count("responsibilities.yaml", "entries", len(l.responsibilities), 6)
	l.count("requirements.yaml", "entries", len(l.requirements), 21)
	l.count("software-kinds.yaml", "entries", len(l.kinds), 4)
	l.count("roles.yaml", "entries", len(l.roles), 5)
	l.count("use-cases.yaml", "entries", len(l.useCases), 4)
	l.count("rules", "entries", len(l.rules), 134)
	l.count("contracts.yaml", "entries", len(l.contracts), 18)
	for _, w := range []struct {
		roles             []Role
		standard, minimum int
	}{
		{Roles, 69, 49},
		{[]Role{Developer}, 56, 41},
		{[]Role{Supplier}, 19, 10},
		{[]Role{Operator}, 30, 14},
		{[]Role{Customer}, 7, 6},
		{[]Role{Developer, Supplier}, 56, 41},
	} {
		path := fmt.Sprint(w.roles)
		l.count("individual", path+" standard", len(l.Duties(w.roles, Standard)), w.standard)
		l.count("individual", path+" minimum", len(l.Duties(w.roles, Minimum)), w.minimum)
	}
}

// phases are the names a phase may have.
var phases = []string{"plan", "design", "build", "test", "release", "operate", "dispose"}

func (l *linter) individualsHold() {
	seen := map[ID]bool{}
	for i, in := range l.individuals {
		file, id := fmt.Sprintf("individual/%d.yaml", in.Category), string(in.ID)
		if parsed, err := ParseID(id); err != nil || parsed != in.ID || !strings.Contains(id, ".") {
			l.say(file, id, "not the printed form of an individual requirement's id")
		}
		if seen[in.ID] {
			l.say(file, id, "is there twice")
		}
		seen[in.ID] = true
		if i > 0 && inOrder(l.individuals[i-1].ID, in.ID) >= 0 {
			l.say(file, id, "not in printed order after %s", l.individuals[i-1].ID)
		}
		if _, ok := l.Requirement(in.Requirement); !ok {
			l.say(file, id, "belongs to no requirement (%s)", in.Requirement)
		}
		l.ordered(file, id+".roles", in.Roles, Roles)
		l.ordered(file, id+".levels", in.Levels, []Level{Minimum, Standard})
		if !in.At(Standard) {
			l.say(file, id+".levels", "standard contains all 69")
		}
		if customers := in.AppliesTo(Customer); customers != (in.Category == 6) || customers && len(in.Roles) > 1 {
			l.say(file, id+".roles", "category 6 and only category 6 is for the customer (R-4.1-08)")
		}
		var names []string
		for _, p := range in.Phases {
			names = append(names, p.Name)
			if !p.Inferred {
				l.say(file, id+".phases", "%s is not marked inferred; the guideline prints no phases in its text", p.Name)
			}
		}
		l.ordered(file, id+".phases", names, phases)
	}
}

// ordered wants a list that is not empty, has only known values, each once, in the known order.
func (l *linter) ordered(file, path string, list, known any) {
	got, all := reflect.ValueOf(list), reflect.ValueOf(known)
	if got.Len() == 0 {
		l.say(file, path, "is empty")
	}
	last := -1
	for i := range got.Len() {
		at := -1
		for k := range all.Len() {
			if all.Index(k).String() == got.Index(i).String() {
				at = k
			}
		}
		switch {
		case at < 0:
			l.say(file, path, "%q is not one of %v", got.Index(i).String(), known)
		case at <= last:
			l.say(file, path, "%q is out of order or there twice", got.Index(i).String())
		}
		last = max(last, at)
	}
}

func (l *linter) requirementsHold() {
	for i, r := range l.requirements {
		id := string(r.ID)
		if parsed, err := ParseID(id); err != nil || parsed != r.ID || strings.Contains(id, ".") {
			l.say("requirements.yaml", id, "not the printed form of a requirement's id")
		}
		if i > 0 && inOrder(l.requirements[i-1].ID, r.ID) >= 0 {
			l.say("requirements.yaml", id, "not in printed order, or there twice")
		}
		if !slices.ContainsFunc(l.individuals, func(in Individual) bool { return in.Requirement == r.ID }) {
			l.say("requirements.yaml", id, "has no individual requirement")
		}
	}
	for i, g := range l.categories {
		l.count("categories.yaml", fmt.Sprintf("entry %d number", i+1), g.Number, i+1)
	}
	for i, p := range l.responsibilities {
		if p.ID != fmt.Sprint(i+1) || len(p.Points) == 0 {
			l.say("responsibilities.yaml", p.ID, "want id %d and at least one point", i+1)
		}
	}
}

// templatesHold: 32 rows, and R-1.4-04 (one class per row: the customer holds the customer role and nothing else).
func (l *linter) templatesHold() {
	rows := 0
	for i, t := range l.templates {
		if want := string(rune('a' + i)); t.ID != want {
			l.say("templates.yaml", t.ID, "want letter %s", want)
		}
		if !slices.ContainsFunc(l.kinds, func(k SoftwareKind) bool { return k.ID == t.Kind }) {
			l.say("templates.yaml", t.ID+".kind", "%q is not a kind of software", t.Kind)
		}
		rows += len(t.Parties)
		l.templateHolds(t)
	}
	l.count("templates.yaml", "templates", len(l.templates), 6)
	l.count("templates.yaml", "rows", rows, 32)
}

func (l *linter) templateHolds(t Template) {
	keys := map[string]bool{}
	for _, o := range t.Orgs {
		if keys[o.Key] {
			l.say("templates.yaml", t.ID+"."+o.Key, "key is there twice")
		}
		keys[o.Key] = true
	}
	parties := map[string]bool{}
	for _, p := range t.Parties {
		path := t.ID + "." + p.Key
		if keys[p.Key] {
			l.say("templates.yaml", path, "key is there twice, or is an organisation's")
		}
		if p.Org != "" && !slices.ContainsFunc(t.Orgs, func(o TemplateOrg) bool { return o.Key == p.Org }) {
			l.say("templates.yaml", path+".org", "no organisation %q", p.Org)
		}
		keys[p.Key], parties[p.Key] = true, true
		var held []Role
		for _, m := range p.Roles {
			held = append(held, m.Role)
			if m.Stance != Unmarked && m.Stance != Principal && m.Stance != Support || m.Platform && m.Stance != Unmarked {
				l.say("templates.yaml", path, "%s has an unknown qualifier", m.Role)
			}
		}
		l.ordered("templates.yaml", path+".roles", held, Roles)
		if customer := slices.Contains(held, Customer); customer != (p.Class == CustomerClass) || customer && len(held) > 1 || p.Class != CustomerClass && p.Class != Provider {
			l.say("templates.yaml", path, "class %q does not fit roles %v (R-1.4-04)", p.Class, held)
		}
	}
	for _, a := range t.Agreements {
		for _, key := range []string{a.Receiver, a.Giver, a.VulnerabilityHandling} {
			if key != "" && !parties[key] {
				l.say("templates.yaml", t.ID+".agreements", "no party %q", key)
			}
		}
	}
}

func (l *linter) useCasesHold() {
	for i, u := range l.useCases {
		if u.ID != fmt.Sprint(i+1) {
			l.say("use-cases.yaml", u.ID, "want id %d", i+1)
		}
		for _, id := range u.Templates {
			if _, ok := l.Template(id); !ok {
				l.say("use-cases.yaml", u.ID+".templates", "no template %q", id)
			}
		}
		for _, p := range u.Parties {
			if len(p.Roles) > 0 {
				l.ordered("use-cases.yaml", u.ID+"."+p.Key+".roles", p.Roles, Roles)
			}
		}
		l.rulesExist("use-cases.yaml", u.ID, u.Rules)
	}
	seen := map[string]bool{}
	for _, f := range l.contracts {
		path := f.Kind + "." + f.ID
		if seen[path] {
			l.say("contracts.yaml", path, "is there twice")
		}
		seen[path] = true
		if !slices.Contains([]string{"software", "structure", "contract", "maintenance"}, f.Kind) {
			l.say("contracts.yaml", path, "unknown kind")
		}
		for _, im := range f.Implies {
			l.ordered("contracts.yaml", path+".implies", im.Roles, Roles)
		}
		l.rulesExist("contracts.yaml", path, f.Rules)
	}
}

func (l *linter) rulesExist(file, path string, ids []string) {
	for _, id := range ids {
		if _, ok := l.Rule(id); !ok {
			l.say(file, path+".rules", "no rule %s", id)
		}
	}
}

func (l *linter) rulesHold() {
	seen := map[string]bool{}
	for _, r := range l.rules {
		if seen[r.ID] {
			l.say("rules", r.ID, "is there twice")
		}
		seen[r.ID] = true
		if !slices.Contains([]Strength{Asked, Desirable, Allowed, Typical, Derived}, r.Strength) {
			l.say("rules", r.ID, "unknown strength %q", r.Strength)
		}
		if !slices.Contains([]RuleKind{Blocks, Warns, Records, Calculates, Words}, r.Kind) {
			l.say("rules", r.ID, "unknown kind %q", r.Kind)
		}
		if r.Source == "" {
			l.say("rules", r.ID, "no source")
		}
	}
}

// textsHold: every text is there in both languages, and each language is in its own script.
func (l *linter) textsHold() {
	for _, p := range l.texts() {
		if strings.TrimSpace(p.text.JA) == "" || strings.TrimSpace(p.text.EN) == "" {
			l.say(p.file, p.path, "is not there in both languages")
			continue
		}
		if p.text.JA != strings.TrimSpace(p.text.JA) || p.text.EN != strings.TrimSpace(p.text.EN) {
			l.say(p.file, p.path, "has blanks around it")
		}
		if !strings.ContainsFunc(p.text.JA, japanese) {
			l.say(p.file, p.path+".ja", "is not Japanese")
		}
		if !p.note && strings.ContainsFunc(p.text.EN, func(r rune) bool { return r > unicode.MaxLatin1 && !strings.ContainsRune("–—‘’“”…", r) }) {
			l.say(p.file, p.path+".en", "has characters that an English text has not (only notes quote the Japanese)")
		}
	}
}

// japanese reports whether a rune is kana or kanji.
func japanese(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }

// placed is a text with its place. Titles, names and terms are facts and may be as printed; notes quote.
type placed struct {
	file, path    string
	text          Text
	printed, note bool
}

// texts finds every Text of the catalogue.
func (l *linter) texts() []placed {
	var all []placed
	for _, list := range []struct {
		file string
		of   any
	}{
		{"individual", l.individuals}, {"requirements.yaml", l.requirements}, {"responsibilities.yaml", l.responsibilities},
		{"categories.yaml", l.categories}, {"software-kinds.yaml", l.kinds}, {"roles.yaml", l.roles},
		{"templates.yaml", l.templates}, {"use-cases.yaml", l.useCases}, {"contracts.yaml", l.contracts}, {"rules", l.rules},
	} {
		all = append(all, textsIn(reflect.ValueOf(list.of), placed{file: list.file})...)
	}
	return all
}

func textsIn(v reflect.Value, at placed) []placed {
	if t, ok := v.Interface().(Text); ok {
		at.text = t
		return []placed{at}
	}
	var all []placed
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return textsIn(v.Elem(), at)
		}
	case reflect.Slice:
		for i := range v.Len() {
			in := at
			in.path += "/" + nameOf(v.Index(i), i)
			all = append(all, textsIn(v.Index(i), in)...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if tag := f.Tag.Get("yaml"); strings.Contains(tag, "omitempty") && v.Field(i).IsZero() {
				continue
			}
			in := at
			in.path += "." + strings.ToLower(f.Name)
			in.printed = in.printed || f.Name == "Title" || f.Name == "Name"
			in.note = in.note || f.Name == "Notes"
			all = append(all, textsIn(v.Field(i), in)...)
		}
	}
	return all
}

// nameOf is the id or key of a list's entry, its position otherwise.
func nameOf(v reflect.Value, i int) string {
	if v.Kind() == reflect.Struct {
		for _, name := range []string{"ID", "Key"} {
			if f := v.FieldByName(name); f.IsValid() {
				return f.String()
			}
		}
	}
	return fmt.Sprint(i + 1)
}
