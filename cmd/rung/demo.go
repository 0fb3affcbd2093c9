package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"rung"
	"rung/internal/lifecycle"
)

// demoCommand is `rung demo`: everything in one process, and one channel with a test picture.
type demoCommand struct {
	Data   string `help:"Folder for what it keeps." default:"rung-demo" placeholder:"DIR"`
	Listen string `help:"Address of the page." default:"127.0.0.1:8080" env:"RUNG_LISTEN"`
	Engine string `help:"The rung-engine program (default: beside rung, then on PATH)." placeholder:"FILE" env:"RUNG_ENGINE"`
}

// demoChannel is the channel that the demo shows.
func demoChannel() rung.Channel {
	now := time.Now().UTC()
	return rung.Channel{ID: "demo", Name: "Test picture", Source: rung.Source{URL: "test:?size=1280x720&rate=25"}, Profile: "demo",
		Enabled: true, Created: now, Updated: now}
}

// Run serves until ctx ends, and says where to look once there is something to see.
func (c *demoCommand) Run(ctx context.Context, g *globals) error {
	n, err := openNode(ctx, serveCommand{Data: c.Data, Listen: c.Listen, Roles: allRoles, Engine: c.Engine, Drain: rung.Duration(5 * time.Second)}, g.logger(slog.LevelWarn))
	if err != nil {
		return err
	}
	channel := demoChannel()
	if _, err := n.buckets.channels.Put(ctx, channel.ID, channel); err != nil {
		return err
	}
	address := n.Addr()
	token, err := os.ReadFile(n.tokenFile())
	if err != nil {
		return err
	}
	watch := lifecycle.Stage{Name: "demo", Run: func(ctx context.Context) error {
		if err := n.awaitPublished(ctx, "live/"+channel.ID+"/master.m3u8"); err != nil {
			return err
		}
		fmt.Fprintf(g.std.out, "\nRung is on the air.\n\n  page      http://%s/#token=%s\n  playlist  http://%s/live/%s/master.m3u8\n\nCtrl-C stops it.\n\n",
			address, strings.TrimSpace(string(token)), address, channel.ID)
		<-ctx.Done()
		return ctx.Err()
	}}
	fmt.Fprintln(g.std.err, "rung: starting a channel with a test picture")
	err = lifecycle.Run(ctx, n.logger, append(n.stages(), watch))
	if closeErr := n.Close(); err == nil {
		err = closeErr
	}
	return err
}

// awaitPublished returns once the object is in the store.
func (n *node) awaitPublished(ctx context.Context, key string) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := n.store.Stat(ctx, key)
		if rung.CodeOf(err) != rung.CodeNotFound {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
