package main

import (
	"context"
	"strings"

	"rung/bench"
)

// benchCompare is `rung bench compare`.
type benchCompare struct {
	Before string `arg:"" help:"Report, or several runs of the same with commas between them."`
	After  string `arg:"" help:"Report, or several runs of the same with commas between them."`
	Out    string `help:"Folder for the report: a page and its JSON. An earlier one is replaced." default:"rung-bench" placeholder:"DIR"`
}

// Run compares, and writes the report.
func (c *benchCompare) Run(_ context.Context, g *globals) error {
	before, after := strings.Split(c.Before, ","), strings.Split(c.After, ",")
	all := append(before[:len(before):len(before)], after...)
	read := func(paths []string) ([]bench.NamedReport, error) {
		var reports []bench.NamedReport
		for _, path := range paths {
			r, err := bench.ReadReport(path)
			if err != nil {
				return nil, err
			}
			reports = append(reports, bench.NamedReport{Name: reportName(all, path), Report: r})
		}
		return reports, nil
	}
	first, err := read(before)
	if err != nil {
		return err
	}
	second, err := read(after)
	if err != nil {
		return err
	}
	r := bench.NewReport(bench.KindCompare, version, append([]string{"rung"}, g.args...), bench.Machine{})
	if r.Compare, err = bench.CompareReports(first, second); err != nil {
		return err
	}
	return publishReport(g, r, c.Out)
}
