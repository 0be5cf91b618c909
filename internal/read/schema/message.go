package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/read/input"
)

// describe puts a violation into words.
func describe(k jsonschema.ErrorKind) (got string, what lang.Text) {
	switch k := k.(type) {
	case *kind.Required:
		names := list(k.Missing)
		return names, lang.F("必須の項目「%s」がありません", "the required %s is missing", names)
	case *kind.AdditionalProperties:
		names := list(k.Properties)
		return names, lang.F("この形式にない項目「%s」があります", "%s is not a member this format knows", names)
	case *kind.Type:
		want := strings.Join(k.Want, " | ")
		return k.Got, lang.F("型が%[1]sですが、%[2]sでなければなりません", "it is of type %[1]s where %[2]s is needed", k.Got, want)
	case *kind.Enum:
		return "", lang.F("「%[1]s」は使えません(使える値: %[2]s)", "%[1]q is not one of: %[2]s", value(k.Got), choices(k.Want))
	case *kind.Const:
		return "", lang.F("「%[1]s」は使えません(使える値: %[2]s)", "%[1]q is not the value %[2]s", value(k.Got), value(k.Want))
	case *kind.Pattern:
		return "", lang.F("「%s」は決められた形になっていません", "%q does not have the form laid down for it", input.Clip(k.Got))
	case *kind.Format:
		return "", lang.F("「%[1]s」は%[2]sの書式ではありません", "%[1]q is not in the format %[2]s", value(k.Got), k.Want)
	case *kind.UniqueItems:
		return "", lang.F("%[1]d番目と%[2]d番目が同じ内容です", "items %[1]d and %[2]d are the same", k.Duplicates[0]+1, k.Duplicates[1]+1)
	case *kind.MinItems:
		return "", lang.F("%[1]d件しかありません(%[2]d件以上が必要です)", "it has %[1]d items, at least %[2]d are needed", k.Got, k.Want)
	case *kind.MaxItems:
		return "", lang.F("%[1]d件あります(%[2]d件までです)", "it has %[1]d items, at most %[2]d are allowed", k.Got, k.Want)
	case *kind.AdditionalItems:
		return "", lang.F("余分な要素が%d件あります", "it has %d items too many", k.Count)
	case *kind.MinLength:
		return "", lang.F("値が短すぎます(%d文字以上が必要です)", "the value is too short (at least %d characters are needed)", k.Want)
	case *kind.OneOf:
		return "", lang.T("両立しない書き方が同時に使われています", "two ways of writing it that exclude each other are used at once")
	case *kind.Not:
		return "", lang.T("この組み合わせは許されていません", "this combination is not allowed")
	}
	s := k.LocalizedString(message.NewPrinter(language.English))
	return "", lang.F("形式の定めに合いません(%s)", "it does not obey the schema (%s)", s)
}

func list(names []string) string {
	names = slices.Sorted(slices.Values(names))
	more := ""
	if len(names) > 5 {
		names, more = names[:5], ", …"
	}
	for i, n := range names {
		names[i] = input.Clip(n)
	}
	return strings.Join(names, ", ") + more
}

func value(v any) string { return input.Clip(fmt.Sprint(v)) }

func choices(want []any) string {
	var out []string
	for _, w := range want[:min(len(want), 8)] {
		out = append(out, value(w))
	}
	if len(want) > 8 {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}
