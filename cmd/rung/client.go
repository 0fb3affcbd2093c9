package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"rung/api/client"
)

// clientFlags say how a running system is reached.
type clientFlags struct {
	API   string `help:"Address of the system." default:"${api}" env:"RUNG_API" placeholder:"URL"`
	Token string `help:"Token (default: that in DATA/admin.token)." env:"RUNG_TOKEN" placeholder:"TOKEN"`
	Data  string `help:"Data folder of a node on this machine, for its admin token." default:"${data}" env:"RUNG_DATA" placeholder:"DIR"`
}

// client connects to the system.
func (f *clientFlags) client() (*client.Client, error) {
	return client.New(f.API, findToken(f.Token, f.Data))
}

// table prints rows in columns, or v as JSON.
func (g *globals) table(v any, header string, rows [][]any) error {
	if g.JSON {
		return printJSON(g.std.out, v)
	}
	w := tabwriter.NewWriter(g.std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, header)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = fmt.Sprint(cell)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// said prints a sentence, or v as JSON.
func (g *globals) said(v any, format string, args ...any) error {
	if g.JSON {
		return printJSON(g.std.out, v)
	}
	_, err := fmt.Fprintf(g.std.out, format+"\n", args...)
	return err
}
