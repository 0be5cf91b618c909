package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf16"

	"example.org/tasuki/internal/lang"
)

// maxInteger is the largest integer that every JSON reader holds exactly, 2^53-1.
const maxInteger = 1<<53 - 1

// Marshal gives the canonical JSON of v: RFC 8785 for values without fractions. No white space, members sorted by
// their UTF-16 code units, only the escapes that JSON demands, integers up to 2^53-1. Text is not normalised. A value
// that cannot be said so (a fraction, a larger number, text that is not UTF-8) is an error. What becomes a member, and how it
// is called, is as package json has it.
func Marshal(v any) ([]byte, error) { return appendCanonical(nil, reflect.ValueOf(v)) }

// Unmarshal reads canonical JSON into v, strictly: the bytes must be exactly what [Marshal] makes of v. So white space,
// unknown, repeated or differently ordered members, other escapes, slack bits of base64 and trailing bytes are all
// refused, with the place of the first byte that differs. The error is a *lang.Error of kind Unreadable.
func Unmarshal(b []byte, v any) error {
	if bytes.Count(b, []byte(",")) > maxValues {
		return tooMany()
	}
	if err := json.Unmarshal(b, v); err != nil {
		return notReadable(err, len(b))
	}
	again, err := Marshal(v)
	if err != nil {
		return notReadable(err, 0)
	}
	if !bytes.Equal(b, again) {
		return notCanonical(firstDifference(b, again))
	}
	return nil
}

// maxValues is how many values the JSON of one file, envelope or disclosure may hold, counted by commas: a list of "{}" takes
// thirty times its size in memory before anybody can see what it is.
const maxValues = 1 << 20

func tooMany() error {
	return &lang.Error{Kind: lang.Unreadable, What: lang.F("値の数が上限の %d を超えています", "there are more values than the limit of %d", maxValues)}
}

func notCanonical(offset int) error {
	return &lang.Error{Kind: lang.Unreadable, Where: byteAt(offset),
		What: lang.T("正規形のJSONではありません", "not in canonical JSON form"),
		Next: lang.T("発行者から受け取ったままのファイルを使ってください。エディターでの保存や整形でも内容は変わります",
			"use the file exactly as the issuer sent it; saving or formatting it in an editor changes it")}
}

func notReadable(err error, offset int) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = max(int(syntax.Offset)-1, 0)
	case errors.As(err, &kind):
		offset = int(kind.Offset)
	}
	return &lang.Error{Kind: lang.Unreadable, Where: byteAt(offset), Err: err,
		What: lang.T("JSONとして読み取れません", "cannot be read as JSON")}
}

func byteAt(offset int) string { return "byte " + strconv.Itoa(offset) }

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n // the usual case, at the speed of memory
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// everyText reports whether ok holds for every text in v: names of maps, strings, and what they hold. Bytes are no text.
func everyText(v reflect.Value, ok func(string) bool) bool {
	switch v.Kind() {
	case reflect.String:
		return ok(v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || everyText(v.Elem(), ok)
	case reflect.Slice, reflect.Array:
		for i := 0; v.Type().Elem().Kind() != reflect.Uint8 && i < v.Len(); i++ {
			if !everyText(v.Index(i), ok) {
				return false
			}
		}
	case reflect.Map:
		for pairs := v.MapRange(); pairs.Next(); {
			if !everyText(pairs.Key(), ok) || !everyText(pairs.Value(), ok) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && !everyText(v.Field(i), ok) {
				return false
			}
		}
	}
	return true
}

// byCodeUnit is the order RFC 8785, section 3.2.3 asks for; it differs from byte order beyond U+FFFF.
func byCodeUnit(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
