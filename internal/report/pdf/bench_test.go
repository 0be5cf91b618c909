package pdf_test

import (
	"io"
	"testing"

	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/report/declared/declaredtest"
	"example.org/tasuki/internal/report/pdf"
)

func BenchmarkWrite(b *testing.B) {
	d := declaredtest.Report(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := pdf.Write(io.Discard, d, pdf.Options{Lang: lang.JA}); err != nil {
			b.Fatal(err)
		}
	}
}
