package api

import (
	"slices"

	"example.org/tasuki/internal/lang"
)

// Page is which part of a list is asked for.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most"`
	Cursor string `query:"cursor" doc:"next of the page before"`
}

// List is one page of a list.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; absent on the last one"`
}

// cut gives the page of a list whose entries have ids. The cursor is the id of the last entry of the page before.
func cut[T any](all []T, id func(T) string, p Page) (List[T], error) {
	from := 0
	if p.Cursor != "" {
		at := slices.IndexFunc(all, func(v T) bool { return id(v) == p.Cursor })
		if at < 0 {
			return List[T]{}, &lang.Error{Kind: lang.Usage, What: lang.F("cursor「%s」の位置が分かりません", "the cursor %q leads nowhere", p.Cursor), Where: "query.cursor",
				Next: lang.T("最初のページから取得し直してください", "start again at the first page")}
		}
		from = at + 1
	}
	out := List[T]{Items: append([]T{}, all[from:min(from+p.Limit, len(all))]...)}
	if from+p.Limit < len(all) {
		out.Next = id(out.Items[len(out.Items)-1])
	}
	return out, nil
}
