package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"${help_completion_shell}"`
}

// Run prints a script that completes subcommands and flags. It is made from the command line itself.
func (c *completionCmd) Run(p *program, k *kong.Context) error {
	if c.Shell == "fish" {
		p.fish(k.Model.Node, nil)
		return nil
	}
	if c.Shell == "zsh" {
		fmt.Fprintln(p.out, "autoload -U +X bashcompinit && bashcompinit")
	}
	fmt.Fprint(p.out, "_tasuki() {\n  local cur=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" w words\n"+
		"  for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $w == -* ]] || path+=\" $w\"; done\n"+
		"  while :; do\n    case \"$path\" in\n")
	p.bash(k.Model.Node, "")
	fmt.Fprint(p.out, "    *) path=\"${path% *}\"; continue;;\n    esac\n    break\n  done\n"+
		"  [[ $cur == -* ]] || words=\"${words//--[a-z-]*/}\"\n"+
		"  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"+
		"  [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _tasuki tasuki\n")
	return nil
}

// bash writes one line for each command: what may follow it.
func (p *program) bash(n *kong.Node, path string) {
	var words []string
	for _, child := range n.Children {
		words = append(words, child.Name)
	}
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			words = append(words, "--"+f.Name)
		}
	}
	fmt.Fprintf(p.out, "    %q) words=%q;;\n", path, strings.Join(words, " "))
	for _, child := range n.Children {
		p.bash(child, path+" "+child.Name)
	}
}

// fish writes the commands and flags below a node.
func (p *program) fish(n *kong.Node, path []string) {
	condition := "__fish_use_subcommand"
	if len(path) > 0 {
		condition = "__fish_seen_subcommand_from " + path[len(path)-1]
	}
	for _, child := range n.Children {
		fmt.Fprintf(p.out, "complete -c tasuki -n %s -a %s -d %s\n", quoted(condition), child.Name, quoted(child.Help))
	}
	for _, f := range n.Flags {
		fmt.Fprintf(p.out, "complete -c tasuki -n %s -l %s -d %s\n", quoted(condition), f.Name, quoted(f.Help))
	}
	for _, child := range n.Children {
		p.fish(child, append(path, child.Name))
	}
}

// quoted puts a text into single quotes for fish.
func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
