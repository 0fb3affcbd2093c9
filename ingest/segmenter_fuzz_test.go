package ingest

import (
	"encoding/binary"
	"testing"
	"time"

	"rung"
)

// FuzzSegmenter tells the segmenter of any pictures and sound on any clocks, arriving at any time. Segments come in order
// and without holes, each on its interval of the grid; their parts lie in order in the source that has been told of; what
// is kept does not grow with the stream; and the timeline does not outrun the time that passes. The corpus keeps a source
// that comes back with another clock some segments later (source-back-after-segments): the first bytes of it were
// forgotten before their segment was raised; and sound that was still on an older clock when the source came back
// (clock-of-sound-left-behind): its time stamps, read on the new one, raised 76 hours of segments at once.
func FuzzSegmenter(f *testing.F) {
	plain := testStream{rate: fps25, gop: 12, pictures: 60, start: 1<<33 - 90000}
	f.Add(steps(plain.events()))
	restart := testStream{rate: fps25, gop: 24, pictures: 40, start: 0}
	f.Add(append(steps(plain.events()), steps(restart.events())...))
	lag := testStream{rate: fps50, gop: 24, pictures: 80, start: 90000, audioLag: 72000, recovery: 12}
	f.Add(append(steps(lag.events()), 0xff, 0xff, 0, 0, 0, 0, 3, 200, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 6*1024 {
			return // longer ones find nothing that these do not
		}
		w := &watched{t: t, now: begin}
		w.segmenter, w.tasks = testSegmenter(plain.layout(), testLadder(fps25, 24))
		for ; len(script) >= 6; script = script[6:] {
			w.step([6]byte(script))
		}
		w.segmenter.flush(w.now)
		w.check()
	})
}

// watched is a segmenter under a script, held to what must be true of it at any time.
type watched struct {
	t         *testing.T
	segmenter *segmenter
	tasks     *[]rung.Task
	checked   int
	dts, pts  int64 // the next picture's and the next sound's time stamp
	position  int64
	now       time.Time
	events    int
}

// step takes one event of a script: what it is, how far its time stamp is from the one expected, how long after the one
// before it comes.
func (w *watched) step(b [6]byte) {
	off := int64(int16(binary.BigEndian.Uint16(b[1:])))
	if b[0]&0x40 != 0 {
		off <<= 18 // up to a whole turn of 33 bits
	}
	w.now = w.now.Add(time.Duration(b[3]) * time.Duration(b[4]) * time.Millisecond / 4)
	end := w.position + 188*(1+int64(b[5]))
	w.events++
	switch b[0] & 7 {
	case 0, 1, 2:
		w.dts += off
		p := picture{pts: w.dts + 3600*int64(b[0]>>3&3), dts: w.dts, randomAccess: b[0]&7 == 2, recoveryFrames: int(b[0] >> 5 & 1 * 24), count: 1 + int(b[0]>>7), position: w.position, end: end}
		w.segmenter.picture(p, w.now)
		w.dts += 3600
	case 3, 4, 5:
		w.pts += off
		w.segmenter.sound(sound{pts: w.pts, samples: 1024, position: w.position, end: end}, w.now)
		w.pts += aacTicks
	case 6:
		w.segmenter.discontinuity(w.position)
		end = w.position
	case 7:
		w.segmenter.passed(w.position)
		w.segmenter.tick(w.now)
		end = w.position
	}
	w.position = end
	w.check()
}

// check looks at the tasks raised since it last did.
func (w *watched) check() {
	s := w.segmenter
	for i, k := range (*w.tasks)[w.checked:] {
		n := int64(w.checked + i)
		if k.ID.Number != n || k.Interval != s.grid.Segment(n) && (!k.Last || k.Interval.First != s.grid.Segment(n).First || k.Interval.Frames < 1) {
			w.t.Fatalf("task %d has number %d and interval %+v", n, k.ID.Number, k.Interval)
		}
		at := int64(0)
		for _, p := range k.Parts {
			if p.Object.Offset < at || p.Object.End <= p.Object.Offset || p.Object.End > w.position {
				w.t.Fatalf("task %d: %s, of %d bytes", n, describe(k), w.position)
			}
			at = p.Object.End
		}
	}
	w.checked = len(*w.tasks)
	marks := 0
	for _, st := range s.stretches {
		for _, track := range st.sounds {
			marks += len(track.marks)
		}
		marks += len(st.raps)
	}
	if n := len(*w.tasks); n > 0 {
		end := time.Duration(s.grid.Micros((*w.tasks)[n-1].Interval.End())) * time.Microsecond
		// The habit that maxAstray is counted from may itself move on by maxAstray each latencyWindow; each event may be
		// a jump that takes a step of its stream forward, two pictures at the most.
		passed := w.now.Sub(begin)
		if most := passed*(1+maxAstray/latencyWindow) + 2*maxAstray + time.Duration(w.events)*80*time.Millisecond; end > most {
			w.t.Fatalf("%d segments, to %v, within %v and %d events", n, end, passed, w.events)
		}
	}
	if marks > 2*w.events || len(s.stretches) > w.events+1 {
		w.t.Fatalf("%d marks and %d stretches of %d events", marks, len(s.stretches), w.events)
	}
}

// steps is a script of events that are all as expected.
func steps(all []testEvent) (script []byte) {
	base := int64(0)
	for i, e := range all {
		b := [6]byte{0, 0, 0, 8, 10, 9}
		switch {
		case e.picture != nil && e.picture.randomAccess:
			b[0] = 2
		case e.sound != nil:
			b[0] = 3
		}
		if i == 0 {
			base = e.order
			b[0] |= 0x40
			binary.BigEndian.PutUint16(b[1:], uint16(base>>18))
		}
		script = append(script, b[:]...)
	}
	return script
}
