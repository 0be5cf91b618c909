package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/register"
	"example.org/tasuki/internal/report/xlsx"
	"example.org/tasuki/internal/store"
)

// A table of records has a column for each of these, then one for each field. Lists stand one item a line. `state` is
// for reading only: an approval is not imported.
var recordColumns = []string{"key", "subject", "valid_until", "state"}

const byteOrderMark = "\ufeff"

type recordExportCmd struct {
	Kind   string `arg:"" help:"${help_record_kind}"`
	Output string `short:"o" help:"${help_record_output}" required:"" placeholder:"FILE.csv"`
}

// Run writes the records of a register as CSV for a spreadsheet program.
func (c *recordExportCmd) Run(p *program) error {
	kind, err := register.Kind(c.Kind)
	if err != nil {
		return err
	}
	if err := onlyCSV(c.Output); err != nil {
		return err
	}
	db, err := p.open()
	if err != nil {
		return err
	}
	defer db.Close()
	records, err := db.Records(p.ctx, store.RecordFilter{Kinds: []string{kind.Kind}})
	if err != nil {
		return err
	}
	b, err := recordsCSV(kind, records)
	if err != nil {
		return err
	}
	if err := p.output(c.Output, b); err != nil || c.Output == "-" {
		return err
	}
	return p.print(map[string]any{"file": c.Output, "records": len(records)}, func() {
		p.printf("%d 件を %s に書き出しました", "wrote %d records to %s", len(records), c.Output)
	})
}

func onlyCSV(file string) error {
	if file == "-" || strings.EqualFold(filepath.Ext(file), ".csv") {
		return nil
	}
	return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」の形式では扱えません", "%q is not a form that is supported", filepath.Ext(file)),
		Next: lang.T("ファイル名を .csv で終わらせてください（表計算ソフトで開けます）", "use a file name that ends in .csv; spreadsheet programs open it")}
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

type recordImportCmd struct {
	Kind    string `arg:"" help:"${help_record_kind}"`
	File    string `arg:"" help:"${help_record_csv}"`
	Subject string `help:"${help_subject}" placeholder:"WHAT"`
}

// Run reads records back from CSV, as drafts: all of them, or none when any has a problem.
func (c *recordImportCmd) Run(p *program) error {
	kind, err := register.Kind(c.Kind)
	if err != nil {
		return err
	}
	if err := onlyCSV(c.File); err != nil {
		return err
	}
	raw, err := p.input(c.File, maxTable)
	if err != nil {
		return err
	}
	entries, problems, err := readRecords(kind, raw)
	if err != nil {
		return err
	}
	return p.putRecords(kind, entries, problems, c.Subject)
}

// maxTable is the size of a table of records that is still read.
const maxTable = 16 << 20

// readRecords reads the form recordsCSV writes. Problems name the row and the column; entries come back only when there
// is none.
func readRecords(kind guideline.Register, raw []byte) ([]register.Entry, []fact.Problem, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte(byteOrderMark))))
	head, err := r.Read()
	if err != nil {
		return nil, nil, notTable(err)
	}
	var entries []register.Entry
	var problems []fact.Problem
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, notTable(err)
		}
		line, _ := r.FieldPos(0)
		e, ps, err := readRow(kind, head, row)
		if err != nil {
			return nil, nil, err
		}
		for _, pr := range ps {
			pr.Where = fmt.Sprintf("line %d%s", line, pr.Where)
			problems = append(problems, pr)
		}
		entries = append(entries, e...)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	return entries, nil, nil
}

func notTable(err error) error {
	return &lang.Error{Kind: lang.Unreadable, What: lang.T("CSV として読めません", "it cannot be read as CSV"), Err: err,
		Next: lang.T("tasuki record export で書き出したものと同じ列で、UTF-8 の CSV にしてください", "use UTF-8 CSV with the columns that tasuki record export writes")}
}

// readRow gives the types of the register to one row and has it validated like any other entry.
func readRow(kind guideline.Register, head, row []string) ([]register.Entry, []fact.Problem, error) {
	e := register.Entry{Data: map[string]any{}}
	var problems []fact.Problem
	for i, name := range head {
		text := xlsx.Unguard(row[i])
		switch name {
		case "key":
			e.Key = text
		case "subject":
			e.Subject = text
		case "valid_until":
			e.ValidUntil = text
		case "state":
		default:
			f, known := kind.Field(name)
			if text == "" && known {
				continue
			}
			v, ok := typedCell(f, text)
			if !ok {
				problems = append(problems, fact.Problem{Where: "/data/" + name, What: lang.F("「%s」は書ける値ではありません", "%q is not a value it can have", text)})
				continue
			}
			e.Data[name] = v
		}
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, nil, err
	}
	return jobs.ReadRecords(kind, raw)
}

func typedCell(f guideline.RegisterField, text string) (any, bool) {
	switch f.Type {
	case guideline.NumberField:
		n, err := strconv.ParseFloat(text, 64)
		return n, err == nil
	case guideline.BoolField:
		b, err := strconv.ParseBool(strings.ToLower(text)) // spreadsheet programs write TRUE
		return b, err == nil
	case guideline.ListField, guideline.TopicsField:
		return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), true
	}
	return text, true
}

// input reads a file within a limit; "-" is standard input.
func (p *program) input(file string, most int64) ([]byte, error) {
	r := p.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を開けません", "cannot open %q", file), Err: err}
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
