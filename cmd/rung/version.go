package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
)

// versionCommand is `rung version`.
type versionCommand struct {
	Engine string `help:"The rung-engine program (default: beside rung, then on PATH)." placeholder:"FILE" env:"RUNG_ENGINE"`
}

// Run prints the versions; a missing engine is an error after rung's own.
func (c *versionCommand) Run(ctx context.Context, g *globals) error {
	own := map[string]string{"rung": version, "go": runtime.Version()}
	libs, err := (&engines{path: c.Engine, logger: g.logger(slog.LevelWarn)}).versions(ctx)
	maps.Copy(own, libs)
	if g.JSON {
		if jsonErr := printJSON(g.std.out, own); jsonErr != nil {
			return jsonErr
		}
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		fmt.Fprintf(g.std.out, "%-14s %s\n", name, own[name])
	}
	return err
}
