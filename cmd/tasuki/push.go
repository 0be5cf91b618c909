package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/fact"
	"example.org/tasuki/internal/ingest"
	"example.org/tasuki/internal/jobs"
	"example.org/tasuki/internal/lang"
)

// target is what files, statuses and documents are about, as flags.
type target struct {
	Software string `help:"${help_software}" placeholder:"NAME"`
	Release  string `help:"${help_release}" placeholder:"VERSION"`
	System   string `help:"${help_system}" placeholder:"NAME"`
	Party    string `help:"${help_party}" placeholder:"ID"`
}

type pushCmd struct {
	Files []string `arg:"" help:"${help_push_files}"`
	target
	Create   bool   `help:"${help_create}"`
	Artifact bool   `help:"${help_push_artifact}"`
	Role     string `help:"${help_push_role}" default:"developer,supplier" placeholder:"R[,R]"`
	Level    string `help:"${help_push_level}" default:"minimum" placeholder:"L"`
}

// pushed is one file's line of the result.
type pushed struct {
	ingest.Receipt
	Duties   []guideline.ID `json:"duties"`
	Problems []problemJSON  `json:"problems"`
}

// Run takes files in, reads them, and matches and judges what they touch.
func (c *pushCmd) Run(p *program) error {
	roles, err := parseRoles(c.Role)
	if err != nil {
		return err
	}
	level, err := parseLevel(c.Level)
	if err != nil {
		return err
	}
	open := p.open
	if c.Create {
		open = p.openOrMake
	}
	db, err := open()
	if err != nil {
		return err
	}
	defer db.Close()
	subject, err := jobs.Find(p.ctx, db, p.actor(), jobs.Target{Software: c.Software, Release: c.Release, System: c.System, Party: c.Party,
		Create: c.Create, Roles: roles, Level: level})
	if err != nil {
		return err
	}
	arrivals, missing, closeAll := openFiles(c.Files, subject, c.Artifact)
	defer closeAll()
	receipts, err := jobs.Receive(p.ctx, db, p.actor(), arrivals, p.progress(len(arrivals)))
	if err != nil {
		return err
	}
	result := append(p.pushedOf(receipts), missing...)
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

// openFiles opens every file; one that cannot be opened becomes a line of the result and does not stop the others.
func openFiles(names []string, subject fact.Subject, artifact bool) (arrivals []ingest.Arrival, missing []pushed, closeAll func()) {
	var open []*os.File
	for _, name := range names {
		f, err := os.Open(name)
		if err == nil {
			if s, statErr := f.Stat(); statErr == nil && s.IsDir() {
				err = errors.New("is a directory")
				f.Close()
			}
		}
		if err != nil {
			missing = append(missing, pushed{Receipt: ingest.Receipt{File: name, Summary: map[string]any{}}, Duties: []guideline.ID{},
				Problems: []problemJSON{{Where: name, What: err.Error()}}})
			continue
		}
		open = append(open, f)
		arrivals = append(arrivals, ingest.Arrival{Name: filepath.Base(name), Origin: "cli", Body: f, Subject: subject, Artifact: artifact})
	}
	return arrivals, missing, func() {
		for _, f := range open {
			f.Close()
		}
	}
}

func (p *program) pushedOf(receipts []ingest.Receipt) []pushed {
	out := []pushed{}
	for _, r := range receipts {
		line := pushed{Receipt: r, Duties: []guideline.ID{}, Problems: []problemJSON{}}
		if line.Summary == nil {
			line.Summary = map[string]any{}
		}
		if r.Accepted {
			line.Duties = append(line.Duties, assess.FedBy(r.Type)...)
		}
		for _, pr := range r.Problems {
			line.Problems = append(line.Problems, problemJSON{pr.Where, pr.What.In(p.lang)})
		}
		out = append(out, line)
	}
	return out
}

func (p *program) printPushed(lines []pushed) {
	for _, l := range lines {
		state := lang.T("受け付けました", "accepted").In(p.lang)
		if !l.Accepted {
			state = lang.T("読み取れません", "not readable").In(p.lang)
		} else if l.Known {
			state = lang.T("既にあります", "known already").In(p.lang)
		}
		fmt.Fprintf(p.out, "%s — %s %s%s\n", l.File, state, l.Type, numbers(l.Summary))
		for _, pr := range l.Problems {
			fmt.Fprintf(p.out, "    %s %s\n", pr.Where, pr.What)
		}
		if len(l.Duties) > 0 {
			ids := []string{}
			for _, id := range l.Duties {
				ids = append(ids, string(id))
			}
			fmt.Fprintf(p.out, "    → %s\n", strings.Join(ids, " "))
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
