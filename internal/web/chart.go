package web

import (
	"html/template"

	"example.org/tasuki/internal/report/chart"
)

// figure is a picture as a page shows it: the drawing, its sentence, the table behind it and where its CSV is.
type figure struct {
	Base
	chart.Picture
	CSV string // address; empty: none
}

// Figure prepares a picture for its template.
func (b Base) Figure(p chart.Picture, csv string) figure { return figure{b, p, csv} }

// Drawing gives the SVG, which package chart has escaped.
func (f figure) Drawing() template.HTML { return template.HTML(f.SVG) }

// Caption is the picture's title; the page's own is another.
func (f figure) Caption() string { return f.Picture.Title }

// Told is the picture's one sentence.
func (f figure) Told() string { return f.Picture.Sentence }
