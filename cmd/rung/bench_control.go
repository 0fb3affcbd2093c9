package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"

	"rung"
	"rung/bench"
	"rung/profiles"
)

// benchControl is `rung bench control`: how many channels everything but the engines carries (docs/control-plane.md). It
// is for those who work on Rung, and so not in the help.
type benchControl struct {
	Channels int           `help:"How many channels." default:"100"`
	Duration rung.Duration `help:"How long is measured." default:"30s"`
	Profile  string        `help:"Built-in profile of every channel." default:"hd5"`
	Slots    int           `help:"Segments in work at a time (default: one for each 16 channels, 16 at least)."`
	Pace     rung.Duration `help:"From one channel's start to the next." default:"25ms"`
	Settle   rung.Duration `help:"How long the channels are on the air before measuring begins." default:"0s"`
	Data     string        `help:"Folder for the queue (default: a temporary one)." placeholder:"DIR"`
	Store    string        `help:"Store to publish to: memory, or a folder." default:"memory"`
	Engine   string        `help:"An engine in place of the one that answers at once." placeholder:"FILE"`
	Profiles string        `help:"Folder for the profiles of processor time and heap." placeholder:"DIR"`
}

// The default of Slots. A segment passes through some forty goroutines on its way through a slot, which on a busy machine each
// wait behind thousands of others: few slots would be a bound of their own, and what encodes as many channels has many.
const (
	channelsPerSlot = 16
	leastSlots      = 16
)

// Run measures and prints.
func (c *benchControl) Run(ctx context.Context, g *globals) error {
	if c.Slots == 0 {
		c.Slots = max(c.Channels/channelsPerSlot, leastSlots)
	}
	if c.Channels < 1 || c.Slots < 1 || c.Duration <= 0 || c.Pace <= 0 || c.Settle < 0 {
		return rung.Errorf(rung.CodeInvalid, "", "--channels, --slots, --duration and --pace must be above 0, and --settle not below")
	}
	if profiles.Find(c.Profile) == nil {
		return rung.Errorf(rung.CodeNotFound, "`rung profile list` shows those there are", "no built-in profile %q", c.Profile)
	}
	scratch, remove, err := benchScratch()
	if err != nil {
		return err
	}
	defer remove()
	if c.Data == "" {
		c.Data = filepath.Join(scratch, "queue")
	}
	o := bench.ControlOptions{Channels: c.Channels, Profile: c.Profile, Duration: c.Duration.D(), Pace: c.Pace.D(), Settle: c.Settle.D(), Progress: newBenchProgress(g), Profiles: c.Profiles,
		Recorder: bench.NewControlRecorder()}
	o.Feed = bench.NewControlFeed(o.FeedLength())
	plane, err := openControlPlane(ctx, *c, scratch, o, g.logger(slog.LevelError))
	if err != nil {
		return err
	}
	r, err := bench.MeasureControl(ctx, o, plane)
	if err != nil {
		return err
	}
	r.Slots, r.Store, r.Queue = c.Slots, c.Store, c.Data
	if g.JSON {
		return printJSON(g.std.out, r)
	}
	printControl(g, r)
	return nil
}

// printControl writes a report for people.
func printControl(g *globals, r bench.ControlReport) {
	w := g.std.out
	fmt.Fprintf(w, "channels %d (%d on the air, %d sessions), slots %d, store %s\n", r.Channels, r.OnAir, r.Sessions, r.Slots, r.Store)
	fmt.Fprintf(w, "segments %d, gaps %d, not listed %d\n", r.Segments, r.Gaps, r.Unlisted)
	for _, l := range []struct {
		name string
		bench.Percentiles
	}{{"last packet to listing", r.Latency}, {"  to source window", r.Window}, {"  to a worker", r.Queueing}, {"  to the store", r.Work}, {"  to the playlists", r.Publish}, {"the feed itself late by", r.Feed}} {
		fmt.Fprintf(w, "%-24s p50 %8.1f  p95 %8.1f  p99 %8.1f  max %8.1f ms\n", l.name, float64(l.P50US)/1000, float64(l.P95US)/1000, float64(l.P99US)/1000, float64(l.MaxUS)/1000)
	}
	fmt.Fprintf(w, "cores: rung %.2f, instant engines %.2f, everything else on the machine %.2f\n", r.BusyCores, r.ChildCores, r.OtherCores)
	fmt.Fprintf(w, "memory for each channel: %.2f MiB (PSS), of which live heap %.2f MiB; goroutines %d\n", float64(r.MemoryPerChannel)/(1<<20), float64(r.HeapPerChannel)/(1<<20), r.Goroutines)
	parts := slices.SortedFunc(maps.Keys(r.CPUShares), func(a, b string) int { return int(1e6 * (r.CPUShares[b] - r.CPUShares[a])) })
	for _, part := range parts {
		fmt.Fprintf(w, "  %-20s %5.1f%%\n", part, 100*r.CPUShares[part])
	}
}
