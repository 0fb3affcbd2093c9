package ingest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"rung"
)

// driftingSound is a soundtrack whose clock is off: each of its samples lasts 1+ppm/10^6 times as long as it ought to.
type driftingSound struct {
	rate, frame int
	ppm         func(second float64) float64 // of the clock, along the timeline
	jitter      int64                        // the stamps' unit, in ticks: 90 for milliseconds
	seconds     int64
}

// stamps are the time stamps of its frames, 90 kHz, and when each begins exactly.
func (s driftingSound) stamps() (pts []int64, exact []float64) {
	at := 0.0
	for at < float64(s.seconds) {
		ticks := int64(math.Round(at * 90000))
		if s.jitter > 1 {
			ticks = ticks / s.jitter * s.jitter
		}
		pts, exact = append(pts, ticks), append(exact, at)
		at += float64(s.frame) / float64(s.rate) * (1 + s.ppm(at)/1e6)
	}
	return pts, exact
}

// tasks are those of a channel of 25 pictures a second with this sound.
func (s driftingSound) tasks(start int64) []rung.Task {
	st := testStream{rate: fps25, gop: 24, pictures: s.seconds * 25, start: start, noAudio: true}
	all := st.events()
	pts, _ := s.stamps()
	for _, p := range pts {
		all = append(all, testEvent{sound: &sound{pts: start + p, samples: int64(s.frame), end: 2 * packetSize}, order: start + p})
	}
	slices.SortStableFunc(all, func(a, b testEvent) int { return int(a.order - b.order) })
	place(all, 0)
	l := st.layout()
	l.audio[0].sampleRate, l.audio[0].frameSize = s.rate, s.frame
	seg, tasks := testSegmenter(l, testLadder(fps25, 96))
	now := play(seg, all, begin)
	seg.flush(now)
	return *tasks
}

// rules are what its tasks say of this sound, in segments of 96 frames, each found out as soon as its source is there.
func (s driftingSound) rules(start int64) []rung.Task {
	l := track{timeBase: clock90k, sampleRate: s.rate, frameSize: s.frame}
	d, grid := newDrift(&l, 0), rung.Grid{Rate: fps25, SegmentFrames: 96}
	pts, _ := s.stamps()
	var all []rung.Task
	for _, p := range pts {
		d.note(p)
		for iv := grid.Segment(int64(len(all))); p > rung.Rescale(iv.AudioEnd()*rung.AudioFrame, rung.R(1, rung.AudioRate), clock90k)+10000; iv = grid.Segment(int64(len(all))) {
			a := rung.AudioSource{TimeBase: clock90k, SampleRate: s.rate, FrameSize: s.frame, Origin: start,
				Drift: d.over((iv.AudioFirst-leadFrames)*rung.AudioFrame-driftMargin, (iv.AudioEnd()+followFrames)*rung.AudioFrame+driftMargin)}
			all = append(all, rung.Task{Interval: iv, Parts: []rung.Part{{Audio: []rung.AudioSource{a}}}})
		}
	}
	return all
}

// heardAt is the sample, counted in the source's own frames, that a task's rule has at an output sample.
func heardAt(a rung.AudioSource, out int64) float64 {
	return float64(out)*float64(a.SampleRate)/rung.AudioRate + float64(a.Drift.Fine(out))/(1<<32)
}

// sampleBy is the source sample at which a task's rule begins a frame.
func sampleBy(a rung.AudioSource, pts int64) int64 {
	ticks := pts - a.Origin
	units := rung.Rescale(ticks, clock90k, rung.Rational{Num: 1, Den: int64(a.SampleRate) * rung.DriftUnit})
	at := rung.Rescale(a.Sample, rung.Rational{Num: 1, Den: int64(a.SampleRate)}, rung.Rational{Num: 1, Den: rung.AudioRate}) +
		rung.Rescale(ticks, clock90k, rung.Rational{Num: 1, Den: rung.AudioRate})
	size := int64(a.FrameSize) * rung.DriftUnit
	return a.Sample + floorDiv(units+a.Drift.At(at)+size/2, size)*int64(a.FrameSize)
}

// TestDriftHour: over an hour and more no frame is dropped or doubled, sound stays within a millisecond of its time
// stamps, neighbouring tasks have the same rule where both read, and the rate changes by what nobody hears.
func TestDriftHour(t *testing.T) {
	steady := func(v float64) func(float64) float64 { return func(float64) float64 { return v } }
	for _, c := range []struct {
		name  string
		sound driftingSound
		limit float64 // of the error, in milliseconds
	}{
		{"48 kHz, 100 ppm slow", driftingSound{rate: 48000, frame: 1024, ppm: steady(100), seconds: 3700}, 1},
		{"48 kHz, 100 ppm fast", driftingSound{rate: 48000, frame: 1024, ppm: steady(-100), seconds: 900}, 1},
		{"44.1 kHz, 100 ppm slow", driftingSound{rate: 44100, frame: 1152, ppm: steady(100), seconds: 3700}, 1},
		{"44.1 kHz, 100 ppm fast", driftingSound{rate: 44100, frame: 1152, ppm: steady(-100), seconds: 900}, 1},
		{"32 kHz, 7 ppm", driftingSound{rate: 32000, frame: 1536, ppm: steady(7), seconds: 1200}, 1},
		{"48 kHz for 48.048", driftingSound{rate: 48000, frame: 1024, ppm: steady(-1000), seconds: 600}, 4},
		{"a clock that warms up", driftingSound{rate: 48000, frame: 1024, ppm: func(s float64) float64 { return 60 * math.Exp(-s/300) }, seconds: 900}, 1},
		{"stamped in milliseconds", driftingSound{rate: 48000, frame: 1024, ppm: steady(100), jitter: 90, seconds: 900}, 1.6},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkDrift(t, c.sound, c.sound.rules(90000), c.limit)
		})
	}
}

// TestDriftTasks: the tasks of a whole channel say the same, in a minute.
func TestDriftTasks(t *testing.T) {
	s := driftingSound{rate: 44100, frame: 1152, ppm: func(float64) float64 { return 100 }, seconds: 90}
	checkDrift(t, s, s.tasks(90000), 1)
}

// checkDrift holds tasks, whose first time stamp is at 90000, against the sound.
func checkDrift(t *testing.T, s driftingSound, tasks []rung.Task, limit float64) {
	const start = 90000
	pts, exact := s.stamps()
	worst, steepest, tail := 0.0, 0.0, 0.0
	for n, k := range tasks {
		a := k.Parts[0].Audio[0]
		from, to := k.Interval.AudioFirst*rung.AudioFrame, k.Interval.AudioEnd()*rung.AudioFrame
		for out := from; out < to; out += 4800 {
			// The frame that sounds at this time, and where in it.
			now := float64(out) / rung.AudioRate
			i, _ := slices.BinarySearch(exact, now+1e-9)
			i = max(0, i-1)
			length := float64(s.frame) / float64(s.rate) * (1 + s.ppm(exact[i])/1e6)
			if now >= exact[i]+length {
				continue // behind the last
			}
			want := float64(i*s.frame) + (now-exact[i])/length*float64(s.frame)
			off := math.Abs(heardAt(a, out)-want) / float64(s.rate) * 1000
			if worst = max(worst, off); now > float64(s.seconds)-60 {
				tail = max(tail, off)
			}
		}
		first, _ := slices.BinarySearch(exact, float64(from-10000)/rung.AudioRate)
		for i := first; i < len(pts) && exact[i]*rung.AudioRate < float64(to+4000); i++ {
			if got := sampleBy(a, start+pts[i]); got != int64(i*s.frame) {
				t.Fatalf("task %d puts frame %d at sample %d, want %d", n, i, got, i*s.frame)
			}
		}
		for i := 1; i < len(a.Drift); i++ {
			slope := float64(a.Drift[i].Offset-a.Drift[i-1].Offset) / rung.DriftUnit / float64(s.rate) * 1e6
			steepest = max(steepest, math.Abs(slope))
		}
		if n > 0 {
			b := tasks[n-1].Parts[0].Audio[0]
			for out := from - 9216; out < from+3072; out += 512 {
				if a.Drift.Fine(out) != b.Drift.Fine(out) {
					t.Fatalf("tasks %d and %d differ at output sample %d", n-1, n, out)
				}
			}
		}
	}
	t.Logf("%d tasks: error at most %.3f ms, %.3f ms in the last minute, resampled by at most %.0f ppm", len(tasks), worst, tail, steepest)
	if worst > limit || tail > min(limit, 0.6) {
		t.Errorf("sound is up to %.3f ms off, want %.1f; %.3f ms in the last minute", worst, limit, tail)
	}
	if steepest > maxDrift {
		t.Errorf("sound is resampled by up to %.0f ppm, want at most %d", steepest, maxDrift)
	}
}

// TestDriftNone: sound whose stamps are merely rounded, truncated or jittery keeps the exact rule.
func TestDriftNone(t *testing.T) {
	none := func(float64) float64 { return 0 }
	for _, rate := range []int{32000, 44100, 48000} {
		for _, frame := range []int{1024, 1152, 1536} {
			for _, jitter := range []int64{1, 90} {
				t.Run(fmt.Sprintf("%d Hz, frames of %d, stamps in %d ticks", rate, frame, jitter), func(t *testing.T) {
					s := driftingSound{rate: rate, frame: frame, ppm: none, jitter: jitter, seconds: 40}
					for n, k := range s.tasks(90000 + 17) {
						if d := k.Parts[0].Audio[0].Drift; d != nil {
							t.Fatalf("task %d has a drift: %v", n, d)
						}
					}
				})
			}
		}
	}
}

// TestDriftDamage: time stamps that are wrong here and there move nothing.
func TestDriftDamage(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	d := newDrift(&track{timeBase: clock90k, sampleRate: 48000, frameSize: 1024}, 0)
	for i := range int64(47 * 60) {
		ticks := i * 1920
		if random.IntN(10) == 0 {
			ticks += random.Int64N(40000)
		}
		d.note(ticks)
	}
	if knots := d.over(0, 55*rung.AudioRate); knots != nil {
		t.Errorf("a drift: %v", knots)
	}
}

// TestDriftStep: sound that comes back a third of a frame off, behind a gap, is brought into step within half a minute,
// without a jump.
func TestDriftStep(t *testing.T) {
	const off = 341 // samples
	d := newDrift(&track{timeBase: clock90k, sampleRate: 48000, frameSize: 1024}, 0)
	for i := range int64(47 * 120) {
		ticks := i * 1920
		if i > 47*20 {
			ticks = (i+100)*1920 - off*90000/48000
		}
		d.note(ticks)
	}
	knots := d.over(0, 100*rung.AudioRate)
	for i := 1; i < len(knots); i++ {
		if step := knots[i].Offset - knots[i-1].Offset; step < 0 || step > 500*48000*rung.DriftUnit/1_000_000 {
			t.Errorf("in second %d the offset changes by %.2f samples, want at most 24", i, float64(step)/rung.DriftUnit)
		}
	}
	if end := float64(knots[60].Offset) / rung.DriftUnit; math.Abs(end-off) > 2 {
		t.Errorf("after 40 s the offset is %.1f samples, want %d", end, off)
	}
}

// TestDriftSameForAll: what a task says of a drift does not depend on when it was asked for, so a second ingest, whose
// segments wait for other things, says the same.
func TestDriftSameForAll(t *testing.T) {
	s := driftingSound{rate: 48000, frame: 1024, ppm: func(float64) float64 { return 80 }, seconds: 120}
	pts, _ := s.stamps()
	eager := newDrift(&track{timeBase: clock90k, sampleRate: 48000, frameSize: 1024}, 960)
	patient := newDrift(&track{timeBase: clock90k, sampleRate: 48000, frameSize: 1024}, 960)
	for _, p := range pts {
		patient.note(p)
	}
	next := int64(0)
	for _, p := range pts {
		eager.note(p)
		for ; next < 28 && p > (next+1)*4*90000; next++ {
			from, to := (next*4-1)*rung.AudioRate, (next*4+4)*rung.AudioRate
			if a, b := eager.over(from, to), patient.over(from, to); !slices.Equal(a, b) {
				t.Fatalf("segment %d: %v and %v", next, a, b)
			}
		}
	}
	if next != 28 {
		t.Errorf("%d segments, want 28", next)
	}
}
