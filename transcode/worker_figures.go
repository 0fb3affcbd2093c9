package transcode

import (
	"slices"
	"time"

	"rung"
)

// WorkerFigures are a worker's counters since its start and its slots' states.
type WorkerFigures struct {
	Slots      int           `json:"slots"`
	Busy       int           `json:"busy"`        // slots that have a task
	Draining   bool          `json:"draining"`    // no more tasks are taken
	Done       int64         `json:"done"`        // tasks encoded, stored and reported
	Failed     int64         `json:"failed"`      // tasks ended by an error
	HandedBack int64         `json:"handed_back"` // tasks given back because the worker was stopped
	States     []SlotFigures `json:"states"`      // one a slot
}

// SlotFigures tell what one slot does.
type SlotFigures struct {
	Slot    int            `json:"slot"`
	Stage   Stage          `json:"stage"`
	Segment rung.SegmentID `json:"segment,omitzero"` // where the stage is not idle
	Since   time.Time      `json:"since"`            // when the stage began
	Engine  EngineFigures  `json:"engine,omitzero"`
}

// Stage is what a slot is at.
type Stage string

// The stages, in their order.
const (
	StageIdle      Stage = "idle"
	StageReading   Stage = "reading"
	StageEncoding  Stage = "encoding"
	StageStoring   Stage = "storing"
	StageReporting Stage = "reporting"
)

var stages = []Stage{StageReading, StageEncoding, StageStoring, StageReporting, StageIdle}

// before reports whether s is what a slot is said to do rather than o, where its two hands are at these: the engine's work
// comes first.
func (s Stage) before(o Stage) bool { return slices.Index(stages, s) < slices.Index(stages, o) }
