package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"rung"
	"rung/bench"
)

// newBenchReport begins a report with what is known of the machine and the programs.
func newBenchReport(ctx context.Context, g *globals, kind bench.Kind, engine string) (*bench.Report, error) {
	e := &engines{path: engine, logger: g.logger(slog.LevelError), open: openOwn}
	versions, err := e.versions(ctx)
	if err != nil {
		return nil, err
	}
	versions["go"] = runtime.Version()
	return bench.NewReport(kind, version, append([]string{"rung"}, g.args...), bench.ReadMachine(versions)), nil
}

// publishReport writes OUT/KIND.json and OUT/KIND.html, and prints the report: as text, or as JSON with --json.
func publishReport(g *globals, r *bench.Report, out string) error {
	page := bench.NewPage(r)
	base := filepath.Join(out, string(r.Kind))
	if err := writeReport(r, page, out, base); err != nil {
		return err
	}
	if g.JSON {
		return printJSON(g.std.out, r)
	}
	if err := page.WriteText(g.std.out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(g.std.out, "\nThe report is in %s.html, its figures in %s.json.\n", base, base)
	return err
}

func writeReport(r *bench.Report, page *bench.Page, out, base string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return rung.Errorf(rung.CodeInvalid, "choose a folder that can be written with --out", "report: %w", err)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(base+".json", append(text, '\n'), 0o644); err != nil {
		return rung.Errorf(rung.CodeUnavailable, "choose another folder with --out", "report: %w", err)
	}
	f, err := os.Create(base + ".html")
	if err != nil {
		return rung.Errorf(rung.CodeUnavailable, "choose another folder with --out", "report: %w", err)
	}
	return errors.Join(page.WriteHTML(f), f.Close())
}
