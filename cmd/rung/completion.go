package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"rung"
)

// completionCommand is `rung completion`: the script is made from the grammar, so it never lags behind it.
type completionCommand struct {
	Shell string `arg:"" help:"bash, zsh or fish." enum:"bash,zsh,fish"`
}

// Run prints the script.
func (c *completionCommand) Run(g *globals) error {
	parser, err := newParser(&grammar{}, g.std)
	if err != nil {
		return err
	}
	words := map[string][]string{}
	collectWords(parser.Model.Node, "", words)
	switch c.Shell {
	case "bash":
		fmt.Fprint(g.std.out, bashCompletion(words))
	case "zsh":
		fmt.Fprint(g.std.out, "autoload -U +X bashcompinit && bashcompinit\n"+bashCompletion(words))
	case "fish":
		fmt.Fprint(g.std.out, fishCompletion(words))
	default:
		return rung.Errorf(rung.CodeInvalid, "choose bash, zsh or fish", "no completion for %q", c.Shell)
	}
	return nil
}

// collectWords lists, for each chain of commands ("channel create"), the commands and flags that can follow.
func collectWords(n *kong.Node, chain string, words map[string][]string) {
	var next []string
	for _, child := range n.Children {
		if child.Hidden {
			continue
		}
		next = append(next, child.Name)
		collectWords(child, strings.TrimSpace(chain+" "+child.Name), words)
	}
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			next = append(next, "--"+f.Name)
		}
	}
	words[chain] = next
}

func bashCompletion(words map[string][]string) string {
	var b strings.Builder
	b.WriteString("_rung() {\n  local cur=\"${COMP_WORDS[COMP_CWORD]}\" chain=\"\" w\n  for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"$w\" in -*) ;; *)\n      case \"${chain:+$chain }$w\" in\n")
	for _, chain := range sorted(words) {
		if chain != "" {
			fmt.Fprintf(&b, "        %q) chain=%q ;;\n", chain, chain)
		}
	}
	b.WriteString("      esac ;;\n    esac\n  done\n  case \"$chain\" in\n")
	for _, chain := range sorted(words) {
		fmt.Fprintf(&b, "    %q) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", chain, strings.Join(words[chain], " "))
	}
	b.WriteString("  esac\n}\ncomplete -o default -F _rung rung\n")
	return b.String()
}

func fishCompletion(words map[string][]string) string {
	var b strings.Builder
	for _, chain := range sorted(words) {
		condition := "__fish_use_subcommand"
		if chain != "" {
			condition = "__fish_seen_subcommand_from " + chain
		}
		for _, w := range words[chain] {
			if flag, ok := strings.CutPrefix(w, "--"); ok {
				fmt.Fprintf(&b, "complete -c rung -n %q -l %s\n", condition, flag)
			} else {
				fmt.Fprintf(&b, "complete -c rung -n %q -f -a %s\n", condition, w)
			}
		}
	}
	return b.String()
}

func sorted(words map[string][]string) []string {
	var all []string
	for chain := range words {
		all = append(all, chain)
	}
	slices.Sort(all)
	return all
}
