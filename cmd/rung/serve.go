package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rung"
	"rung/bench"
)

// Defaults of the command line.
const (
	defaultAPI  = "http://127.0.0.1:8080"
	defaultData = "rung-data"
)

// The roles a process can serve.
const (
	roleAPI      = "api"
	roleIngest   = "ingest"
	roleWorker   = "worker"
	rolePackager = "packager"
)

var allRoles = []string{roleAPI, roleIngest, roleWorker, rolePackager}

// serveCommand is `rung serve`: its flags are a node's configuration.
type serveCommand struct {
	Config    string          `help:"Configuration file (YAML; its keys are these flags' names)." placeholder:"FILE" env:"RUNG_CONFIG"`
	Data      string          `help:"Folder for everything this node keeps." default:"${data}" env:"RUNG_DATA"`
	Listen    string          `help:"Address of the API, the page and the origin." default:"127.0.0.1:8080" env:"RUNG_LISTEN"`
	Roles     []string        `help:"What this process does: api, ingest, worker, packager." default:"api,ingest,worker,packager" env:"RUNG_ROLES"`
	Node      string          `help:"This node's name (default: the host's)." env:"RUNG_NODE"`
	NATS      natsFlags       `embed:""`
	Store     string          `help:"Where segments and playlists go: a folder or s3://bucket/prefix?endpoint=...&region=... (default: DATA/store)." placeholder:"URL" env:"RUNG_STORE"`
	Slots     int             `help:"Segments encoded at a time (0: what the cores carry)." env:"RUNG_SLOTS"`
	Engine    string          `help:"The rung-engine program (default: beside rung, then on PATH)." placeholder:"FILE" env:"RUNG_ENGINE"`
	Private   bool            `name:"allow-private" help:"Let sources be fetched from loopback and private addresses over http(s)." env:"RUNG_ALLOW_PRIVATE"`
	Files     bool            `name:"allow-files" help:"Let channels and jobs read files of this machine." env:"RUNG_ALLOW_FILES"`
	Drain     rung.Duration   `help:"How long a stopping worker may finish its segments before it hands them back." default:"30s" env:"RUNG_DRAIN"`
	Deadline  int             `name:"live-deadline" help:"How many segment durations late a live segment may still be listed (0: 3). More for a machine that stalls; players wait as long." env:"RUNG_LIVE_DEADLINE"`
	PublicURL string          `name:"public-url" help:"What playback URLs begin with (default: what the request came to)." placeholder:"URL" env:"RUNG_PUBLIC_URL"`
	memory    bool            // keep no state on disk: for a run of one job
	recorder  *bench.Recorder // hears of every segment: for measuring; nil: none

	Origins []string `help:"Web origins whose pages may use the API (playback is open to all)." placeholder:"ORIGIN" env:"RUNG_ORIGINS"`
}

// natsFlags say how the queue is reached.
type natsFlags struct {
	URL    string `name:"nats" help:"NATS servers, nats://host:4222,... (default: an embedded server)." placeholder:"URL" env:"RUNG_NATS"`
	Token  string `name:"nats-token" help:"Token for NATS." env:"RUNG_NATS_TOKEN"`
	Creds  string `name:"nats-creds" help:"Credentials file for NATS." placeholder:"FILE" env:"RUNG_NATS_CREDS"`
	CA     string `name:"nats-ca" help:"CA certificates that NATS servers are held against." placeholder:"FILE" env:"RUNG_NATS_CA"`
	Cert   string `name:"nats-cert" help:"Client certificate for NATS." placeholder:"FILE" env:"RUNG_NATS_CERT"`
	Key    string `name:"nats-key" help:"Client certificate's key." placeholder:"FILE" env:"RUNG_NATS_KEY"`
	Listen string `name:"nats-listen" help:"Address at which the embedded server takes other nodes (default: none)." placeholder:"ADDR" env:"RUNG_NATS_LISTEN"`
}

// Run serves until ctx ends.
func (c *serveCommand) Run(ctx context.Context, g *globals) error {
	n, err := openNode(ctx, *c, g.logger(slog.LevelInfo))
	if err != nil {
		return err
	}
	if n.newToken {
		fmt.Fprintf(g.std.err, "rung: the admin token is in %s\n", n.tokenFile())
	}
	return n.Run(ctx)
}

// check validates the configuration before anything is acquired, and fills what depends on the machine.
func (c *serveCommand) check() error {
	for _, r := range c.Roles {
		if !slices.Contains(allRoles, r) {
			return rung.Errorf(rung.CodeInvalid, "choose among "+strings.Join(allRoles, ", "), "--roles: %q is not a role", r)
		}
	}
	if len(c.Roles) == 0 {
		return rung.Errorf(rung.CodeInvalid, "choose among "+strings.Join(allRoles, ", "), "--roles: none is given")
	}
	if c.Slots < 0 || c.Slots > 1024 {
		return rung.Errorf(rung.CodeInvalid, "0 takes what the cores carry", "--slots %d is outside 0 to 1024", c.Slots)
	}
	if c.Deadline < 0 || c.Deadline > 100 {
		return rung.Errorf(rung.CodeInvalid, "0 takes 3", "--live-deadline %d is outside 0 to 100 segments", c.Deadline)
	}
	if c.Drain < 0 {
		return rung.Errorf(rung.CodeInvalid, "30s is usual", "--drain %v is below 0", c.Drain)
	}
	if c.Node == "" {
		host, err := os.Hostname()
		if err != nil {
			return rung.Errorf(rung.CodeInvalid, "name it with --node", "this machine has no name: %w", err)
		}
		c.Node = sanitize(host)
	}
	if err := rung.ValidID("node", c.Node); err != nil {
		return err
	}
	if c.Store == "" {
		c.Store = filepath.Join(c.Data, "store")
	}
	return nil
}

// sanitize makes an id of a host's name.
func sanitize(host string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return '-'
		}
	}, host)
	return strings.Trim(s[:min(len(s), 63)], "-_")
}

func (c *serveCommand) has(role string) bool { return slices.Contains(c.Roles, role) }
