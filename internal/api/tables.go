package api

import (
	"bytes"
	"context"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/exchange"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/sigstore"
)

// TableInput names a list or matrix and what it is about.
type TableInput struct {
	Table    string `path:"table" doc:"Id of the table, see list-tables"`
	Software string `query:"software" doc:"Name of the software; with a system or a table of the whole organisation not needed"`
	Release  string `query:"release" doc:"Version; the latest supported release when empty"`
	System   string `query:"system" doc:"Name of the system"`
}

// tables gives the lists and matrices there are, as data.
func (s *server) tables(context.Context, *call, *struct{}) (List[guideline.Table], error) {
	return List[guideline.Table]{Items: guideline.Default().Tables()}, nil
}

// table fills one in from what the workspace knows now.
func (s *server) table(ctx context.Context, c *call, in *TableInput) (assess.TableRows, error) {
	if _, ok := guideline.Default().Table(in.Table); !ok {
		return assess.FillTable(assess.Input{}, in.Table) // its error names those there are
	}
	rows, err := office.Table(ctx, s.db, c.actor, judging.Target{Software: in.Software, Release: in.Release, System: in.System}, in.Table)
	return rows, forReading(err)
}

// tableFile gives one as a file in the caller's language.
func (s *server) tableFile(ctx context.Context, c *call, in *struct {
	TableInput
	Format string `path:"format" enum:"xlsx,csv,md" doc:"xlsx, csv in UTF-8 with a byte order mark, or md (Markdown)"`
}) ([]byte, error) {
	rows, err := s.table(ctx, c, &in.TableInput)
	if err != nil {
		return nil, err
	}
	about := strings.TrimSpace(strings.Join([]string{in.System, in.Software, in.Release}, " "))
	var b bytes.Buffer
	c.gives(map[string]string{"xlsx": asXLSX, "csv": asCSV + "; charset=utf-8", "md": "text/markdown; charset=utf-8"}[in.Format], in.Table+"."+in.Format)
	err = office.WriteTable(&b, in.Format, office.TableList(rows, about, c.lang), c.lang)
	return b.Bytes(), err
}

// signers gives whose signatures without a key of their own are trusted.
func (s *server) signers(ctx context.Context, _ *call, _ *struct{}) (List[sigstore.Signer], error) {
	k, err := exchange.KeylessTrust(ctx, s.db)
	return List[sigstore.Signer]{Items: k.Signers}, err
}

// uses gives what rests on a piece of evidence of any kind.
func (s *server) uses(ctx context.Context, _ *call, in *struct {
	Of string `query:"of" required:"true" maxLength:"300" doc:"Digest of a document, id of a record or statement, id of a vulnerability, or an entry as statuses cite it: feed:osv, match:…, release:…"`
}) (List[judging.Resting], error) {
	list, err := judging.RestingOn(ctx, s.db, in.Of)
	return List[judging.Resting]{Items: list}, err
}
