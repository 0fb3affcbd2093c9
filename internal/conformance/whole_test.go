package conformance

import (
	"fmt"
	"testing"
)

// lanes are how many live channels run at a time, beside the one that runs for ten minutes and the files.
const lanes = 3

// Every stream, as a file and live, comes out with each picture once and unbroken sound in step with it.
func TestWhole(t *testing.T) {
	if !*whole {
		t.Skip("`make conformance` runs the whole")
	}
	all, made := &outcomes{}, newSources(t)
	t.Run("all", func(t *testing.T) {
		t.Run("vod", func(t *testing.T) {
			t.Parallel()
			each(t, streams, vod, func(t *testing.T, s stream) { runVOD(t, made, s, all) })
		})
		t.Run("live", func(t *testing.T) { wholeLive(t, made, all) })
	})
	publish(t, all.rows, streams)
}

// wholeLive runs the channels in lanes on one node.
func wholeLive(t *testing.T, made *sources, all *outcomes) {
	t.Parallel()
	n := startNode(t)
	run := func(name string, streams []stream) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, streams, live, func(t *testing.T, s stream) { runLive(t, n, made, s, all) })
		})
	}
	var long []stream
	lane := make([][]stream, lanes)
	for i, s := range streams {
		if s.name == tenMinutesLive {
			long = append(long, s)
			continue
		}
		lane[i%lanes] = append(lane[i%lanes], s)
	}
	run("long", long)
	for i, streams := range lane {
		run(fmt.Sprint("lane", i+1), streams)
	}
}

// each runs those of the streams that are of a kind, one after the other.
func each(t *testing.T, streams []stream, kind kinds, run func(*testing.T, stream)) {
	for _, s := range streams {
		if s.kinds == 0 || s.kinds&kind != 0 {
			t.Run(s.name, func(t *testing.T) { run(t, s) })
		}
	}
}
