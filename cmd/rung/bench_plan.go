package main

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"rung"
	"rung/bench"
	"rung/profiles"
)

// benchPlan is `rung bench plan`.
type benchPlan struct {
	Channels string        `help:"How many channels of which profile, such as hd5:120,sd3:40. Profiles are built in, or YAML files." required:"" placeholder:"PROFILE:N,..."`
	Report   []string      `help:"Density reports, one for each type of node." required:"" placeholder:"FILE" sep:","`
	Spare    int           `help:"Nodes that may be lost at once." default:"1"`
	Price    []string      `help:"What a node costs, such as 0.34/h or 245/month; one for each report." placeholder:"PRICE" sep:","`
	DVR      rung.Duration `name:"dvr" help:"How far back players may seek (0: the playlist's window)." default:"0s"`
	Out      string        `help:"Folder for the report: a page and its JSON. An earlier one is replaced." default:"rung-bench" placeholder:"DIR"`
}

// Run plans, and writes the report.
func (c *benchPlan) Run(_ context.Context, g *globals) error {
	o := bench.PlanOptions{Spare: c.Spare, DVRUS: c.DVR.D().Microseconds()}
	for _, part := range strings.Split(c.Channels, ",") {
		name, count, err := profileCount(part, 1_000_000, "--channels", "--channels hd5:120,sd3:40")
		if err != nil {
			return err
		}
		p, err := loadProfile(name)
		if err != nil {
			return err
		}
		o.Channels = append(o.Channels, bench.PlanChannels{Profile: p, Channels: count})
	}
	prices, err := c.prices()
	if err != nil {
		return err
	}
	for i, path := range c.Report {
		r, err := bench.ReadReport(path)
		if err != nil {
			return err
		}
		o.Reports = append(o.Reports, bench.PlanReport{Name: reportName(c.Report, path), Report: r, Price: prices[i], Profiles: knownProfiles(r)})
	}
	r := bench.NewReport(bench.KindPlan, version, append([]string{"rung"}, g.args...), bench.Machine{})
	if r.Plan, err = bench.MakePlan(o); err != nil {
		return err
	}
	return publishReport(g, r, c.Out)
}

// prices are the reports', an hour; all 0 where none is given.
func (c *benchPlan) prices() ([]float64, error) {
	prices := make([]float64, len(c.Report))
	if len(c.Price) == 0 {
		return prices, nil
	}
	if len(c.Price) != len(c.Report) {
		return nil, rung.Errorf(rung.CodeInvalid, "give one for each report, in their order", "%d prices for %d reports", len(c.Price), len(c.Report))
	}
	for i, text := range c.Price {
		var err error
		if prices[i], err = hourlyPrice(text); err != nil {
			return nil, err
		}
	}
	return prices, nil
}

// hoursIn are the times that a price may be for. A month is a twelfth of 365 days.
var hoursIn = map[string]float64{"": 1, "h": 1, "d": 24, "month": 730, "y": 8760}

// hourlyPrice reads a price such as 0.34/h or 245/month.
func hourlyPrice(text string) (float64, error) {
	amount, per, _ := strings.Cut(text, "/")
	price, err := strconv.ParseFloat(amount, 64)
	hours, known := hoursIn[per]
	if err != nil || !known || !(price > 0 && price < 1e9) {
		return 0, rung.Errorf(rung.CodeInvalid, "such as 0.34/h, 8/d, 245/month or 2900/y", "--price: %q is not a price for a time", text)
	}
	return price / hours, nil
}

// reportName is a report's file name, with its folder where another has the same.
func reportName(all []string, path string) string {
	for _, other := range all {
		if other != path && filepath.Base(other) == filepath.Base(path) {
			return path
		}
	}
	return filepath.Base(path)
}

// knownProfiles are those of a report's load that this program has or finds.
func knownProfiles(r *bench.Report) map[string]*profiles.Profile {
	known := map[string]*profiles.Profile{}
	if r.Density == nil {
		return known
	}
	for _, s := range r.Density.Load.Mix {
		if p := profiles.Find(s.Profile); p != nil {
			known[s.Profile] = p
		}
	}
	return known
}
