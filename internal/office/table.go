package office

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/calendar"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
)

// TableFormats are the endings of the files that a list or matrix is written as.
var TableFormats = []string{"xlsx", "csv", "md"}

// Table fills in a list or matrix for what a target names, see [judging.Table]. One of the whole organisation needs no
// target.
func Table(ctx context.Context, db *store.DB, actor store.Actor, of judging.Target, id string) (assess.TableRows, error) {
	var subject fact.Subject
	var err error
	switch {
	case of.System != "":
		subject, err = judging.FindSystem(ctx, db, of.System)
	case of.Software != "":
		subject, err = judging.Subject(ctx, db, actor, of)
	}
	if err != nil {
		return assess.TableRows{}, err
	}
	return judging.Table(ctx, db, subject, id)
}

// TableList lays a filled table out in one language. about says in words what it is about.
func TableList(t assess.TableRows, about string, l lang.Lang) xlsx.List {
	words := []string{string(t.Requirement), about, t.At.In(calendar.Japan).Format(time.DateOnly)}
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	list := xlsx.List{Title: t.Title.In(l), About: strings.Join(words, "  "), Rows: [][]string{}}
	for _, column := range t.Columns {
		list.Columns = append(list.Columns, column.Title.In(l))
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cell.In(l)
		}
		list.Rows = append(list.Rows, cells)
	}
	return list
}

// WriteTable writes a list in one of [TableFormats]; in any other it is Markdown.
func WriteTable(w io.Writer, format string, list xlsx.List, l lang.Lang) error {
	switch format {
	case "xlsx":
		return xlsx.WriteList(w, list, l)
	case "csv":
		return xlsx.WriteListCSV(w, list)
	}
	return xlsx.WriteListMarkdown(w, list)
}
