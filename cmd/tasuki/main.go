// Command tasuki makes the guideline for cyber-infrastructure providers run: who must do what, judged from evidence,
// declared, and handed on so that the next party can verify it offline.
//
// Each subcommand is one file. main only turns an error into an exit code; the program itself is [run], which takes
// everything it needs from outside so that scripts can test it whole.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"example.org/tasuki/internal/lang"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], program{getenv: os.Getenv, in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now})
	stop()
	os.Exit(code)
}

// program is what a subcommand runs with: the outside world, and the flags every subcommand shares.
type program struct {
	ctx    context.Context
	getenv func(string) string
	in     io.Reader
	out    io.Writer // results
	err    io.Writer // talk
	now    func() time.Time

	lang lang.Lang
	json bool
	data string // workspace directory
	as   string // name of the account that acts

	account string // its id, once a workspace is open
}

// globals are the flags that every subcommand has.
type globals struct {
	Lang string `help:"${help_lang}" placeholder:"ja|en" env:"TASUKI_LANG"`
	JSON bool   `name:"json" help:"${help_json}"`
	Data string `help:"${help_data}" default:"./tasuki-data" env:"TASUKI_DATA" placeholder:"DIR"`
	As   string `help:"${help_as}" env:"TASUKI_AS" placeholder:"USER"`
}

// commands is the whole command line. Help texts are in help.go, in both languages.
type commands struct {
	globals

	Guideline  guidelineCmd  `cmd:"" help:"${help_guideline}"`
	Duties     dutiesCmd     `cmd:"" help:"${help_duties}"`
	Chain      chainCmd      `cmd:"" help:"${help_chain}"`
	Match      matchCmd      `cmd:"" help:"${help_match}"`
	Advisories advisoriesCmd `cmd:"" help:"${help_adv}"`
	Push       pushCmd       `cmd:"" help:"${help_push}"`
	Status     statusCmd     `cmd:"" help:"${help_status}"`
	Check      checkCmd      `cmd:"" help:"${help_check}"`
	Changes    changesCmd    `cmd:"" help:"${help_changes}"`
	Coverage   coverageCmd   `cmd:"" help:"${help_coverage}"`
	CVE        cveCmd        `cmd:"" name:"cve" help:"${help_cve}"`
	Triage     triageCmd     `cmd:"" help:"${help_triage}"`
	Replay     replayCmd     `cmd:"" help:"${help_replay}"`
	Components componentsCmd `cmd:"" help:"${help_components}"`
	Feeds      feedsCmd      `cmd:"" help:"${help_feeds}"`
	Declare    declareCmd    `cmd:"" help:"${help_declare}"`

	Declarations declarationsCmd `cmd:"" help:"${help_declarations}"`
	Handover     handoverCmd     `cmd:"" help:"${help_handover}"`
	Revoke       revokeCmd       `cmd:"" help:"${help_revoke}"`
	Request      requestCmd      `cmd:"" help:"${help_request}"`
	Answer       answerCmd       `cmd:"" help:"${help_answer}"`
	Procurement  procurementCmd  `cmd:"" help:"${help_procurement}"`

	Receive    receiveCmd    `cmd:"" help:"${help_receive}"`
	Demo       demoCmd       `cmd:"" help:"${help_demo}"`
	Serve      serveCmd      `cmd:"" help:"${help_serve}"`
	Attest     attestCmd     `cmd:"" help:"${help_attest}"`
	Verify     verifyCmd     `cmd:"" help:"${help_verify}"`
	Explain    explainCmd    `cmd:"" help:"${help_explain}"`
	Record     recordCmd     `cmd:"" help:"${help_record}"`
	Claim      claimCmd      `cmd:"" help:"${help_claim}"`
	Heartbeat  heartbeatCmd  `cmd:"" help:"${help_heartbeat}"`
	Approve    approveCmd    `cmd:"" help:"${help_approve}"`
	Export     exportCmd     `cmd:"" help:"${help_export}"`
	Import     importCmd     `cmd:"" help:"${help_import}"`
	Trust      trustCmd      `cmd:"" help:"${help_trust}"`
	Keys       keysCmd       `cmd:"" help:"${help_keys}"`
	User       userCmd       `cmd:"" help:"${help_user}"`
	Token      tokenCmd      `cmd:"" help:"${help_token}"`
	Ledger     ledgerCmd     `cmd:"" help:"${help_ledger}"`
	Archive    archiveCmd    `cmd:"" help:"${help_archive}"`
	Audit      auditCmd      `cmd:"" help:"${help_audit}"`
	Backup     backupCmd     `cmd:"" help:"${help_backup}"`
	Restore    restoreCmd    `cmd:"" help:"${help_restore}"`
	Reindex    reindexCmd    `cmd:"" help:"${help_reindex}"`
	Doctor     doctorCmd     `cmd:"" help:"${help_doctor}"`
	Completion completionCmd `cmd:"" help:"${help_completion}"`
	Man        manCmd        `cmd:"" help:"${help_man}"`
	Help       helpCmd       `cmd:"" help:"${help_help}"`
	Version    versionCmd    `cmd:"" help:"${help_version}"`
}

// run is the program: it parses args, runs one subcommand and gives the exit code.
func run(ctx context.Context, args []string, p program) int {
	p.ctx = ctx
	p.lang = languageOf(args, p.getenv)
	if bare(args) {
		p.overview()
		return 0
	}
	var c commands
	exit := -1
	grammar, subcommand := c.neededFor(args)
	parser, err := kong.New(grammar, subcommand, kong.Name("tasuki"), kong.Description(helpTexts["about"].In(p.lang)),
		kong.Writers(p.out, p.err), kong.Exit(func(code int) { exit = code }), helpIn(p.lang), kong.Help(p.helpPrinter),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Resolvers(envResolver(p.getenv)))
	if err != nil {
		fmt.Fprintln(p.err, "tasuki:", err)
		return 1
	}
	sub, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help was printed
	}
	if err != nil {
		return p.fail(usageError(err))
	}
	p.json, p.data, p.as = c.JSON, c.Data, c.As
	if err := sub.Run(&p); err != nil {
		return p.fail(err)
	}
	return 0
}

// neededFor gives as much of the command line as args need: when they start with a subcommand, the flags of all and that
// one. Modelling the others takes longer than many a subcommand does.
func (c *commands) neededFor(args []string) (grammar any, subcommand kong.Option) {
	all := reflect.ValueOf(c).Elem()
	for i := range all.NumField() {
		field := all.Type().Field(i)
		if len(args) == 0 || args[0] == "completion" || args[0] == "man" || args[0] == "help" || field.Anonymous || args[0] != strings.ToLower(field.Name) {
			continue
		}
		return &c.globals, kong.DynamicCommand(args[0], field.Tag.Get("help"), "", all.Field(i).Addr().Interface())
	}
	return c, kong.OptionFunc(func(*kong.Kong) error { return nil })
}

// languageOf finds the language before the flags are parsed, because the help texts depend on it.
func languageOf(args []string, getenv func(string) string) lang.Lang {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return lang.Parse(v)
		}
		if a == "--lang" && i+1 < len(args) {
			return lang.Parse(args[i+1])
		}
	}
	for _, name := range []string{"TASUKI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return lang.Parse(v)
		}
	}
	return lang.JA
}

// envResolver reads flag defaults from the program's environment and not from the process's, so that tests can set it.
func envResolver(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if v := getenv(name); v != "" {
				return v, nil
			}
		}
		return nil, nil
	})
}

// exitCodes maps what went wrong to the exit codes that scripts rely on (0 is success).
var exitCodes = map[lang.Kind]int{
	lang.Unexpected: 1, lang.Usage: 2, lang.Gate: 3, lang.Forbidden: 4, lang.Unverified: 5, lang.Unreadable: 6,
	lang.Unreachable: 7, lang.Nothing: 8, lang.NotFound: 2, lang.Conflict: 2, lang.Inconsistent: 2,
}

// errSilent carries an exit code for a result that has been printed already.
type errSilent lang.Kind

func (e errSilent) Error() string { return "" }

// fail prints an error for people and gives its exit code.
func (p *program) fail(err error) int {
	var silent errSilent
	if errors.As(err, &silent) {
		return exitCodes[lang.Kind(silent)]
	}
	fmt.Fprintln(p.err, "tasuki:", lang.Explain(err, p.lang))
	return exitCodes[lang.KindOf(err)]
}
