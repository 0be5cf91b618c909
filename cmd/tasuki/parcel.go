package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// A parcel is what `push --to` writes for a machine that cannot reach the workspace: lines of JSON, first a head that
// says what the files are about, then one line for each file with its bytes in base64.
const (
	parcelFormat  = "tasuki-push"
	parcelVersion = 1
)

type parcelHead struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	About   api.About `json:"about"`
}

type parcelFile struct {
	File    string `json:"file"`
	Size    int64  `json:"size"`
	Digest  string `json:"digest"`
	Content []byte `json:"content"`
}

// maxLine bounds a line of a parcel: a file of the largest size in base64, and its name.
const maxLine = ingest.MaxBytes/3*4 + 64<<10

// packed is the result of writing a parcel.
type packed struct {
	To       string            `json:"to"`
	Files    []packedFile      `json:"files"`
	Problems []judging.Problem `json:"problems"`
}

type packedFile struct {
	File   string `json:"file"`
	Size   int64  `json:"size"`
	Digest string `json:"digest"`
}

// pack writes what would be sent into a new file.
func (p *program) pack(to string, about api.About, files []outgoing, missing []intake.Pushed) error {
	out := packed{To: to, Files: []packedFile{}, Problems: []judging.Problem{}}
	for _, m := range missing {
		out.Problems = append(out.Problems, m.Problems...)
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &lang.Error{Kind: lang.Usage, What: lang.F("「%s」に書き込めません", "cannot write %q", to), Err: err,
			Next: lang.T("まだ存在しないファイルを指定してください", "name a file that does not exist yet")}
	}
	w := bufio.NewWriter(f)
	err = p.writeParcel(w, about, files, &out)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", to, err), os.Remove(to))
	}
	err = p.print(out, func() {
		for _, f := range out.Files {
			p.printf("%s（%d バイト）%s", "%s (%d bytes) %s", f.File, f.Size, f.Digest)
		}
		for _, pr := range out.Problems {
			p.printf("含めていません: %s %s", "left out: %s %s", pr.Where, pr.What)
		}
		p.printf("%s に書き出しました。取り込む側で tasuki push --from %[1]s を実行してください", "written to %s; where it is to be taken in, run tasuki push --from %[1]s", to)
	})
	if err == nil && len(out.Problems) > 0 {
		return errSilent(lang.Unreadable)
	}
	return err
}

func (p *program) writeParcel(w io.Writer, about api.About, files []outgoing, out *packed) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(parcelHead{parcelFormat, parcelVersion, about}); err != nil {
		return err
	}
	for _, f := range files {
		b, err := io.ReadAll(io.LimitReader(f.body, ingest.MaxBytes+1))
		if err != nil {
			return fmt.Errorf("read %s: %w", f.name, err)
		}
		if len(b) > ingest.MaxBytes {
			out.Problems = append(out.Problems, judging.Problem{Where: f.name, What: lang.F("上限 %d バイトを超えています", "larger than the limit of %d bytes", ingest.MaxBytes).In(p.lang)})
			continue
		}
		line := packedFile{f.name, int64(len(b)), store.DigestOf(b)}
		if err := e.Encode(parcelFile{line.File, line.Size, line.Digest, b}); err != nil {
			return err
		}
		out.Files = append(out.Files, line)
	}
	return nil
}

// unpack opens a parcel and gives its files, to be read one after the other. A file that was damaged on the way becomes a
// line of the result and does not stop the others; a parcel that cannot be followed to its end is an error.
func (p *program) unpack(name string) (files []outgoing, damaged []intake.Pushed, about api.About, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, about, cannotOpen(name, err)
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	lines := bufio.NewReaderSize(f, 64<<10)
	first, at, err := readLine(lines, 64<<10)
	var head parcelHead
	if err != nil || strictJSON(first, &head) != nil || head.Format != parcelFormat || head.Version != parcelVersion {
		return nil, nil, about, badParcel(name, 1, err)
	}
	for n := 2; ; n++ {
		line, size, err := readLine(lines, maxLine)
		if errors.Is(err, io.EOF) && size == 0 {
			break
		}
		var entry parcelFile
		if err == nil {
			err = strictJSON(line, &entry)
		}
		if err != nil || entry.File == "" {
			return nil, nil, about, badParcel(name, n, err)
		}
		if store.DigestOf(entry.Content) != entry.Digest {
			damaged = append(damaged, intake.NotPushed(entry.File, judging.Problem{Where: fmt.Sprintf("%s:%d", name, n), What: lang.T("内容が書き出したときと異なります", "the content is not what was written").In(p.lang)}))
		} else {
			files = append(files, outgoing{name: entry.File, given: entry.File, body: &packedBody{from: io.NewSectionReader(f, at, size)}, close: f.Close})
		}
		at += size
	}
	if len(files) == 0 {
		f.Close()
	}
	return files, damaged, head.About, nil
}

// packedBody reads the bytes of one file out of a parcel when they are asked for, so that one file is in memory at a time.
type packedBody struct {
	from    io.Reader
	content io.Reader
}

func (b *packedBody) Read(buf []byte) (int, error) {
	if b.content == nil {
		var entry parcelFile
		if err := json.NewDecoder(b.from).Decode(&entry); err != nil {
			return 0, fmt.Errorf("read parcel: %w", err)
		}
		b.content = bytes.NewReader(entry.Content)
	}
	return b.content.Read(buf)
}

// readLine gives one line and its length with the line's end.
func readLine(r *bufio.Reader, limit int) ([]byte, int64, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > limit:
			return nil, int64(len(line)), fmt.Errorf("line is longer than %d bytes", limit)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, int64(len(line)), io.ErrUnexpectedEOF
		}
		return line, int64(len(line)), err
	}
}

func strictJSON(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func badParcel(name string, line int, err error) error {
	return &lang.Error{Kind: lang.Unreadable, What: lang.F("「%s」を tasuki push --to が書いたファイルとして読めません", "%q cannot be read as a file that tasuki push --to wrote", name),
		Where: fmt.Sprintf("%s:%d", name, line), Err: err, Next: lang.T("書き出し直し、途中で変わっていないことを確かめてください", "write it again, and see that it does not change on the way")}
}
