package transcode

import (
	"log/slog"
	"time"

	"rung"
)

// slotMemory is what a slot's engine needs in memory for a ladder from 1080p, with room: about twice what is measured.
const slotMemory = 768 << 20

// WorkerOptions configures a Worker. Queue and Stores are needed; Window is for live tasks, Open for VOD.
type WorkerOptions struct {
	// Node is this machine's name in results.
	Node string
	// Slots is how many segments are encoded at once. Default: DefaultSlots of this machine.
	Slots int
	// Engine configures each slot's engine.
	Engine EngineOptions
	// Queue gives the tasks.
	Queue Queue
	// Window reads live source.
	Window Window
	// Slates give the channels' own slates. Default: none, so that the built-in one is shown.
	Slates Slates
	// Stores give the stores that segments go to.
	Stores Stores
	// Open opens VOD source.
	Open Opener
	// TaskTimeout is how long a task without a deadline may take to be read and encoded; an engine that takes longer is
	// taken for hung. Default: 10 min.
	TaskTimeout time.Duration
	// PutTimeout bounds one try to put one object. Default: 30 s.
	PutTimeout time.Duration
	// Logger. Default: none.
	Logger *slog.Logger
}

// DefaultSlots is how many slots a machine carries: one for each core, since a slot's encoders have a thread each and
// keep about two cores busy while they run, but the widest one runs longest and alone at the end, and reading and storing
// leave the cores idle; at least two, so that one encodes while the other reads or stores; and no more than have room
// in memory.
func DefaultSlots(m Machine) int {
	slots := max(m.Cores, 2)
	if m.Memory > 0 {
		slots = min(slots, int(m.Memory/slotMemory))
	}
	return max(slots, 1)
}

// FilmSlots is how many slots a machine does best with for a single film, whose segments are all there: half as many as
// cores, for ladders of several renditions, which keep two cores busy each. More would only take memory; where there are
// fewer renditions, each slot keeps one core busy.
func FilmSlots(m Machine, renditions int) int {
	if renditions < 3 {
		return DefaultSlots(m)
	}
	return max(1, min(DefaultSlots(m), (m.Cores+1)/2))
}

// withDefaults fills in the defaults and checks the rest.
func (o WorkerOptions) withDefaults() (WorkerOptions, error) {
	if o.Slots == 0 {
		o.Slots = DefaultSlots(ReadMachine())
	}
	if o.TaskTimeout == 0 {
		o.TaskTimeout = 10 * time.Minute
	}
	if o.PutTimeout == 0 {
		o.PutTimeout = 30 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	switch {
	case o.Slots < 0:
		return o, rung.Errorf(rung.CodeInvalid, "give 1 or more, or 0 for what the cores carry", "worker: %d slots", o.Slots)
	case o.TaskTimeout < 0 || o.PutTimeout < 0:
		return o, rung.Errorf(rung.CodeInvalid, "", "worker: timeouts %v and %v must not be negative", o.TaskTimeout, o.PutTimeout)
	case o.Queue == nil || o.Stores == nil:
		return o, rung.Errorf(rung.CodeInternal, "", "worker: needs a queue and stores")
	}
	return o, nil
}
