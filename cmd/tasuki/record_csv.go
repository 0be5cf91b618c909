package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/report/xlsx"
)

// A table of records has a column for each of these, then one for each field. Lists stand one item a line. `state` is
// for reading only: an approval is not imported.
var recordColumns = []string{"key", "subject", "valid_until", "state"}

const byteOrderMark = "\ufeff"

type recordExportCmd struct {
	Kind   string `arg:"" help:"${help_record_kind}"`
	Output string `short:"o" help:"${help_record_output}" required:"" placeholder:"FILE"`
}

// Run writes the records of a register as a workbook or as CSV for a spreadsheet program.
func (c *recordExportCmd) Run(p *program) error {
	kind, err := register.Kind(c.Kind)
	if err != nil {
		return err
	}
	form, err := recordForm(c.Output)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	in, err := office.RegisterBook(p.ctx, db, p.lang, kind)
	if err != nil {
		return err
	}
	if done, err := p.writeRegister(c.Output, form, in); done || err != nil {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "records": len(in.Records)}, func() {
		p.printf("%d 件を %s に書き出しました", "wrote %d records to %s", len(in.Records), c.Output)
	})
}

type recordWorksheetCmd struct {
	Software string   `help:"${help_software}" required:"" placeholder:"NAME"`
	Part     []string `help:"${help_record_part}" placeholder:"NAME"`
	Output   string   `short:"o" help:"${help_record_output}" required:"" placeholder:"FILE"`
}

// Run writes the STRIDE worksheet of a software, for people to fill in.
func (c *recordWorksheetCmd) Run(p *program) error {
	form, err := recordForm(c.Output)
	if err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := judging.Find(p.ctx, db, p.actor(), judging.Target{Software: c.Software})
	if err != nil {
		return err
	}
	in, err := office.StrideSheet(p.ctx, db, p.lang, s.ID, c.Part)
	if err != nil {
		return err
	}
	if done, err := p.writeRegister(c.Output, form, in); done || err != nil {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "rows": len(in.Records)}, func() {
		p.printf("ワークシート（%d 行）を %s に書き出しました。扱いを書き、該当しない行は消すか「該当しない」として、tasuki record import threat で戻してください", "wrote the worksheet (%d rows) to %s; write the treatments, strike out what does not apply, and bring it back with tasuki record import threat", len(in.Records), c.Output)
	})
}

// writeRegister writes a register to a file, or to standard output, where nothing more is to be said.
func (p *program) writeRegister(file string, form func(xlsx.RegisterInput) ([]byte, error), in xlsx.RegisterInput) (done bool, err error) {
	b, err := form(in)
	if err != nil {
		return false, err
	}
	return file == "-", p.output(file, b)
}

// recordForm picks the form of a register by the name of the file: .xlsx or .csv; CSV for standard output.
func recordForm(file string) (func(xlsx.RegisterInput) ([]byte, error), error) {
	switch ext := strings.ToLower(filepath.Ext(file)); {
	case file == "-" || ext == ".csv":
		return func(in xlsx.RegisterInput) ([]byte, error) { return recordsCSV(in.Kind, in.Records) }, nil
	case ext == ".xlsx":
		return func(in xlsx.RegisterInput) ([]byte, error) {
			var b bytes.Buffer
			err := xlsx.Register(&b, in)
			return b.Bytes(), err
		}, nil
	}
	return nil, &lang.Error{Kind: lang.Usage, What: lang.F("「%s」の形式では書き出せません", "%q is not a form that is supported", filepath.Ext(file)),
		Next: lang.T("ファイル名を .xlsx 又は .csv で終わらせてください", "use a file name that ends in .xlsx or .csv")}
}

func recordsCSV(kind guideline.Register, records []register.Record) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := append([]string{}, recordColumns...)
	for _, f := range kind.Fields {
		head = append(head, f.Name)
	}
	rows := [][]string{head}
	for _, r := range records {
		row := []string{r.Key, r.Subject.ID, lastDay(r.ValidUntil), string(r.State)}
		for _, f := range kind.Fields {
			row = append(row, cell(r, f))
		}
		for i := range row {
			row[i] = xlsx.Guard(row[i])
		}
		rows = append(rows, row)
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func cell(r register.Record, f guideline.RegisterField) string {
	switch v := r.Data[f.Name].(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, "\n")
	default:
		return fmt.Sprint(v)
	}
}

// input reads a file within a limit; "-" is standard input.
func (p *program) input(file string, most int64) ([]byte, error) {
	r := p.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, cannotOpen(file, err)
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if int64(len(b)) > most {
		return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」が大きすぎます（上限 %d バイト）", "%q is too large (limit %d bytes)", file, most)}
	}
	return b, nil
}

// output writes a result file whole or not at all; "-" is standard output.
func (p *program) output(file string, b []byte) error {
	if file == "-" {
		_, err := p.out.Write(b)
		return err
	}
	return writeNew(file, b)
}
