package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rung"
	"rung/api/client"
)

// nodeCommands is `rung node`.
type nodeCommands struct {
	List nodeList `cmd:"" help:"List the nodes."`
}

type nodeList struct{ clientFlags }

// Run prints a line a node.
func (c *nodeList) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	all, err := api.Nodes(ctx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, n := range all {
		rows = append(rows, []any{n.ID, strings.Join(n.Roles, ","), fmt.Sprintf("%d/%d", n.Busy, n.Slots), n.Cores, fmt.Sprintf("%.2f", n.Load), n.Done, n.Failed, n.Version})
	}
	return g.table(all, "NODE\tROLES\tBUSY/SLOTS\tCORES\tLOAD\tDONE\tFAILED\tVERSION", rows)
}

// eventsCommand is `rung events`.
type eventsCommand struct {
	clientFlags
	Recent int `help:"How many of the last ones to show first." default:"20"`
}

// Run prints events as they come, until it is stopped.
func (c *eventsCommand) Run(ctx context.Context, g *globals) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	defer api.Close()
	err = api.Events(ctx, client.From{Recent: c.Recent}, func(e rung.Event) error {
		if g.JSON {
			text, err := json.Marshal(e)
			if err == nil {
				_, err = fmt.Fprintf(g.std.out, "%s\n", text)
			}
			return err
		}
		_, err := fmt.Fprintf(g.std.out, "%s %-8s %-22s %s %s\n", e.Time.Local().Format(time.DateTime), e.Severity, e.Type, cmp.Or(e.Channel, e.Job, e.Node), e.Message)
		return err
	})
	if ctx.Err() != nil {
		return nil // being stopped is how this command ends
	}
	return err
}
