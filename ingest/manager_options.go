package ingest

import (
	"log/slog"

	"rung"
)

// ManagerOptions are what a Manager works with. All but those with a default are needed.
type ManagerOptions struct {
	Node      string // this process, as statuses and events name it
	Logger    *slog.Logger
	Channels  Channels
	Leases    Leases
	Receivers Receivers
	Prober    Prober
	Profiles  Profiles
	Window    Window
	Tasks     Tasks
	Timelines Timelines
	Statuses  Statuses
	Events    Events
	// Deadline is how many segment durations after its raising a segment is too late to be listed; 0: 3.
	Deadline int
}

func (o *ManagerOptions) fill() {
	if o.Deadline == 0 {
		o.Deadline = 3
	}
	for name, missing := range map[string]bool{
		"Logger": o.Logger == nil, "Channels": o.Channels == nil, "Leases": o.Leases == nil, "Receivers": o.Receivers == nil,
		"Prober": o.Prober == nil, "Profiles": o.Profiles == nil, "Window": o.Window == nil, "Tasks": o.Tasks == nil,
		"Timelines": o.Timelines == nil, "Statuses": o.Statuses == nil, "Events": o.Events == nil,
	} {
		if missing {
			panic("ingest: ManagerOptions." + name + " is missing")
		}
	}
}

// segmentTime is how long n segments of the ladder last.
func segmentTime(l rung.Ladder, n int) rung.Duration {
	return rung.Duration(l.Grid.Micros(l.Grid.SegmentFrames*int64(n)) * 1000)
}
