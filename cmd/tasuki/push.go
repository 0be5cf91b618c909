package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.org/tasuki/internal/api"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/intake"
	"example.org/tasuki/internal/judging"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/store"
)

// target is what files, statuses and documents are about, as flags.
type target struct {
	Software string `help:"${help_software}" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	System   string `help:"${help_system}" placeholder:"NAME"`
	Party    string `help:"${help_party}" placeholder:"ID"`
}

type pushCmd struct {
	Files []string `arg:"" optional:"" help:"${help_push_files}"`
	target
	Create        bool   `help:"${help_create}"`
	Artifact      bool   `help:"${help_push_artifact}" xor:"as"`
	Configuration bool   `help:"${help_push_configuration}" xor:"as"`
	Role          string `help:"${help_push_role}" default:"developer,supplier" placeholder:"R[,R]"`
	Level         string `help:"${help_push_level}" default:"minimum" placeholder:"L"`
	Server        string `help:"${help_push_server}" xor:"where" placeholder:"URL"`
	To            string `help:"${help_push_to}" xor:"where" placeholder:"FILE"`
	From          string `help:"${help_push_from}" placeholder:"FILE"`
}

// Run takes files in, reads them, and matches and judges what they touch: in the workspace, at a server, or later, from
// the file that is written in place of it.
func (c *pushCmd) Run(p *program) error {
	about := api.About{Software: c.Software, Release: c.Release, System: c.System, Party: c.Party, Create: c.Create, Artifact: c.Artifact, Configuration: c.Configuration,
		Role: c.Role, Level: c.Level}
	files, missing, err := c.gather(p, &about)
	if err != nil {
		return err
	}
	defer closeFiles(files)
	if _, err := about.Target(); err != nil {
		return err
	}
	switch {
	case c.To != "":
		return p.pack(c.To, about, files, missing)
	case c.Server != "":
		return p.send(c.Server, about, files, missing)
	}
	return p.keep(about, files, missing)
}

var noFile = &lang.Error{Kind: lang.Usage, What: lang.T("取り込むファイルがありません", "there is no file to push"),
	Next: lang.T("ファイル又はファイルのあるフォルダーを並べるか、--from で --to が書いたファイルを指定してください", "name files or folders that hold some, or with --from a file that --to wrote")}

// gather opens what is to be pushed: the files named, or those of a file that --to wrote, which says itself what they
// are about.
func (c *pushCmd) gather(p *program, about *api.About) ([]outgoing, []intake.Pushed, error) {
	switch {
	case c.From == "" && len(c.Files) == 0:
		return nil, nil, noFile
	case c.From == "":
		files, missing := p.openFiles(c.Files)
		if len(files)+len(missing) == 0 {
			return nil, nil, noFile
		}
		return files, missing, nil
	case len(c.Files) > 0 || c.target != (target{}) || c.To != "":
		return nil, nil, &lang.Error{Kind: lang.Usage, What: lang.T("--from と一緒に、ファイル、対象、--to は指定できません", "--from goes without files, without what they are about, and without --to"),
			Next: lang.T("対象は --from のファイルに書かれています", "the file of --from says what its files are about")}
	}
	files, missing, packed, err := p.unpack(c.From)
	create := about.Create
	*about = packed
	about.Create = packed.Create || create
	return files, missing, err
}

// outgoing is a file on its way.
type outgoing struct {
	name  string // what it is kept under
	given string // how it was named on the command line, which the result repeats
	body  io.Reader
	close func() error
}

func closeFiles(files []outgoing) {
	for _, f := range files {
		f.close()
	}
}

// openFiles opens every file, of a folder every file below it, and for "-" the standard input; one that cannot be opened
// becomes a line of the result and does not stop the others.
func (p *program) openFiles(names []string) (files []outgoing, missing []intake.Pushed) {
	for _, name := range names {
		if name == "-" {
			files = append(files, outgoing{name: "stdin", given: name, body: p.in, close: func() error { return nil }})
			continue
		}
		err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if err := opens(path); err != nil {
				missing = append(missing, notOpened(path, err))
				return nil
			}
			f := &fileBody{path: path}
			files = append(files, outgoing{name: filepath.Base(path), given: path, body: f, close: f.Close})
			return nil
		})
		if err != nil {
			missing = append(missing, notOpened(name, err))
		}
	}
	return files, missing
}

// opens tells why a file cannot be read, before anything is taken in.
func opens(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if s, err := f.Stat(); err != nil || s.IsDir() {
		return cmp.Or(err, errors.New("is a link to a folder"))
	}
	return nil
}

// fileBody is a file that is open only while it is read: a folder may hold more files than a process may open.
type fileBody struct {
	path string
	file *os.File
}

// Read opens the file when it is not open, and closes it at its end.
func (b *fileBody) Read(p []byte) (int, error) {
	if b.file == nil {
		f, err := os.Open(b.path)
		if err != nil {
			return 0, err
		}
		b.file = f
	}
	n, err := b.file.Read(p)
	if err == io.EOF {
		b.file.Close() // it stays set: after the end comes no other beginning
	}
	return n, err
}

// Close lets go of the file; reading begins anew after it.
func (b *fileBody) Close() error {
	if b.file == nil {
		return nil
	}
	f := b.file
	b.file = nil
	return f.Close()
}

func notOpened(path string, err error) intake.Pushed {
	return intake.NotPushed(path, judging.Problem{Where: path, What: err.Error()})
}

// keep takes the files into the workspace.
func (p *program) keep(about api.About, files []outgoing, missing []intake.Pushed) error {
	target, err := about.Target()
	if err != nil {
		return err
	}
	db, err := p.openFor(about.Create)
	if err != nil {
		return err
	}
	defer db.Close()
	subject, err := judging.Find(p.ctx, db, p.actor(), target)
	if err != nil {
		return err
	}
	receipts, err := intake.Receive(p.ctx, db, p.actor(), arrivals(files, subject, about), p.progress(len(files)))
	if err != nil {
		return err
	}
	result := intake.PushedOf(receipts, p.lang)
	for i := range result {
		result[i].File = files[i].given
	}
	return p.pushed(append(result, missing...))
}

func (p *program) openFor(create bool) (*store.DB, error) {
	if create {
		return p.openOrMake()
	}
	return p.open()
}

func arrivals(files []outgoing, subject fact.Subject, about api.About) []ingest.Arrival {
	var out []ingest.Arrival
	for _, f := range files {
		out = append(out, ingest.Arrival{Name: f.name, Origin: "cli", Body: f.body, Subject: subject, Artifact: about.Artifact, Configuration: about.Configuration})
	}
	return out
}

// send gives the files to a server. What it answered before it could no longer be reached is printed all the same.
func (p *program) send(server string, about api.About, files []outgoing, missing []intake.Pushed) error {
	client, err := p.client(server)
	if err != nil {
		return err
	}
	result := []intake.Pushed{}
	for i, f := range files {
		line, err := client.Push(p.ctx, about, f.name, f.body)
		if err != nil {
			if i > 0 {
				p.say("%d 件中 %d 件を送りました。同じコマンドをもう一度実行できます（送り済みのものは二重に登録されません）",
					"%d files, %d of them sent; the same command can be run again (what was sent is not kept twice)", len(files), i)
			}
			return err
		}
		for i := range line {
			line[i].File = f.given
		}
		result = append(result, line...)
	}
	return p.pushed(append(result, missing...))
}

// client gives what speaks to a server with the API key of TASUKI_TOKEN, or of the file TASUKI_TOKEN_FILE names. It is
// never a flag: command lines can be read by others.
func (p *program) client(server string) (*api.Client, error) {
	token := p.secret("TASUKI_TOKEN")
	if token == "" {
		return nil, &lang.Error{Kind: lang.Forbidden, What: lang.T("サーバに接続する API キーがありません", "there is no API key for the server"),
			Next: lang.T("tasuki token issue で発行したキーを TASUKI_TOKEN 又は TASUKI_TOKEN_FILE で渡してください", "pass the key that tasuki token issue gave in TASUKI_TOKEN or TASUKI_TOKEN_FILE")}
	}
	client, err := api.NewClient(server, token, p.lang)
	if err == nil && client.Exposed() {
		p.say("注意: 暗号化されていない接続でキーを送ります。https:// を使ってください", "note: the key travels unencrypted; use https://")
	}
	return client, err
}

// pushed prints the result, and says with the exit code whether every file was accepted.
func (p *program) pushed(result []intake.Pushed) error {
	if err := p.print(result, func() { p.printPushed(result) }); err != nil {
		return err
	}
	for _, r := range result {
		if !r.Accepted {
			return errSilent(lang.Unreadable)
		}
	}
	return nil
}

// progress tells of each file on a long push as soon as it is safe in the workspace.
func (p *program) progress(files int) func(ingest.Receipt) {
	if files < 10 {
		return func(ingest.Receipt) {}
	}
	n := 0
	return func(r ingest.Receipt) {
		n++
		p.say("%d/%d 保管しました %s %s", "%d/%d kept %s %s", n, files, r.Digest, r.File)
	}
}

func (p *program) printPushed(lines []intake.Pushed) {
	for _, l := range lines {
		state := lang.T("受け付けました", "accepted").In(p.lang)
		if !l.Accepted {
			state = lang.T("読み取れません", "not readable").In(p.lang)
		} else if l.Known {
			state = lang.T("既にあります", "known already").In(p.lang)
		}
		fmt.Fprintf(p.out, "%s — %s %s%s\n", l.File, state, l.Type, numbers(l.Read))
		for _, pr := range l.Problems {
			fmt.Fprintf(p.out, "    %s %s\n", pr.Where, pr.What)
		}
		if len(l.Duties) > 0 {
			fmt.Fprintf(p.out, "    → %s\n", joinIDs(l.Duties))
		}
	}
}

// numbers writes a summary as " (components 214, …)", keys sorted.
func numbers(summary map[string]any) string {
	if len(summary) == 0 {
		return ""
	}
	var parts []string
	for _, k := range sortedKeys(summary) {
		parts = append(parts, fmt.Sprintf("%s %v", k, summary[k]))
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
