package register

import (
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/lang"
)

// A Link is one record that another names in one of its fields.
type Link struct {
	Field string `json:"field"` // of the record that names
	Kind  string `json:"kind"`
	Key   string `json:"key"`
}

// Links gives the records that the data of a record of a register names, in the order of its fields. Whether they exist is
// not known here.
func Links(kind guideline.Register, data map[string]any) []Link {
	var out []Link
	for _, f := range kind.Fields {
		if len(f.Of) == 0 {
			continue
		}
		for _, s := range Strings(Record{Data: data}, f.Name) {
			if of, key, ok := named(f, s); ok {
				out = append(out, Link{f.Name, of, key})
			}
		}
	}
	return out
}

// Name writes how a field names a record: by its key, or KIND/KEY where the field may name several kinds.
func Name(f guideline.RegisterField, kind, key string) string {
	if len(f.Of) == 1 {
		return key
	}
	return kind + "/" + key
}

// named reads what [Name] wrote. A field of one kind also takes KIND/KEY.
func named(f guideline.RegisterField, s string) (kind, key string, ok bool) {
	if kind, key, ok = strings.Cut(s, "/"); ok && key != "" && slices.Contains(f.Of, kind) {
		return kind, key, true
	}
	if len(f.Of) == 1 {
		return f.Of[0], s, s != ""
	}
	return "", "", false
}

// name reads how a record is named into the form that is kept.
func name(f guideline.RegisterField, s string) (any, lang.Text) {
	kind, key, ok := named(f, s)
	switch {
	case !ok:
		return nil, lang.F("「%[1]s」は「種別/記録名」の形で書いてください（種別は %[2]s）", "write %[1]q as KIND/KEY; the kind is one of: %[2]s", s, strings.Join(f.Of, ", "))
	case utf8.RuneCountInString(key) > maxKey:
		return nil, lang.F("台帳での記録名（%d字以内）で書いてください", "write the key of the record (at most %d characters)", maxKey)
	}
	return Name(f, kind, key), lang.Text{}
}

// names reads several, each once.
func names(f guideline.RegisterField, items []string) (any, lang.Text) {
	out := []string{}
	for _, s := range items {
		v, bad := name(f, s)
		if !bad.IsZero() {
			return nil, bad
		}
		if one := v.(string); !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out, lang.Text{}
}

// Heading is what tells a record to a reader beside its key: its first text, the first line of it.
func Heading(kind guideline.Register, r Record) string {
	for _, f := range kind.Fields {
		if text, ok := r.Data[f.Name].(string); ok && f.Type == guideline.TextField {
			line, _, _ := strings.Cut(text, "\n")
			return line
		}
	}
	return ""
}
