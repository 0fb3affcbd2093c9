package ingest

import (
	"bytes"
	"time"

	"rung/internal/mpegts"
)

const (
	// startupTime and startupBytes are how much from the first picture that decoding can begin with is enough for a
	// probe, whichever comes first.
	startupTime  = 2 * time.Second
	startupBytes = 4 << 20
	// startupLimit bounds what is kept while there is no such picture; the oldest goes first.
	startupLimit = 32 << 20
)

// startup keeps the beginning of a source until a probe can find out what it is. It belongs to one goroutine.
type startup struct {
	options mpegts.AnalyserOptions
	scout   *mpegts.Analyser
	blocks  []block
	bytes   int64
	tables  *mpegts.Tables
	begun   bool      // decoding can begin in what is kept
	since   time.Time // when that arrived
	after   int64     // bytes since then
	first   time.Time // when the first packets arrived
	now     time.Time
}

func newStartup(o mpegts.AnalyserOptions) *startup {
	return &startup{options: o, scout: mpegts.NewAnalyser(o)}
}

// add keeps a block. It reports whether there is enough.
func (u *startup) add(b block) bool {
	if u.first.IsZero() {
		u.first = b.arrived
	}
	u.now = b.arrived
	u.scout.Clock(b.arrived)
	u.scout.Analyse(b.packets, u)
	b.packets = bytes.Clone(b.packets) // they are the queue's
	u.blocks = append(u.blocks, b)
	u.bytes += int64(len(b.packets))
	if u.begun {
		u.after += int64(len(b.packets))
	}
	for u.bytes > startupLimit && len(u.blocks) > 1 {
		u.bytes -= int64(len(u.blocks[0].packets))
		u.blocks = u.blocks[1:]
	}
	return u.enough()
}

func (u *startup) enough() bool {
	return u.begun && (u.now.Sub(u.since) >= startupTime || u.after >= startupBytes)
}

// packets is all that is kept, in one piece.
func (u *startup) packets() []byte {
	pieces := make([][]byte, len(u.blocks))
	for i, b := range u.blocks {
		pieces[i] = b.packets
	}
	return bytes.Join(pieces, nil)
}

// Tables implements mpegts.Handler.
func (u *startup) Tables(t mpegts.Tables) {
	u.tables = &t
	u.begun, u.after = false, 0
}

// Picture implements mpegts.Handler.
func (u *startup) Picture(p mpegts.Picture) {
	if p.RandomAccess {
		u.begin()
	}
}

// Sound implements mpegts.Handler.
func (u *startup) Sound(mpegts.Sound) {
	if u.tables.Video == nil {
		u.begin()
	}
}

func (u *startup) begin() {
	if !u.begun {
		u.begun, u.since = true, u.now
	}
}

// Discontinuity implements mpegts.Handler.
func (u *startup) Discontinuity(mpegts.Discontinuity) {}
