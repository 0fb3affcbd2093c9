package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rung"
)

var (
	begin   = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	fps25   = rung.Rational{Num: 25, Den: 1}
	fps50   = rung.Rational{Num: 50, Den: 1}
	fps2997 = rung.Rational{Num: 30000, Den: 1001}
)

// describe puts what matters of a task into a line.
func describe(t rung.Task) string {
	var b strings.Builder
	iv := t.Interval
	fmt.Fprintf(&b, "%d: frames %d+%d audio %d+%d", t.ID.Number, iv.First, iv.Frames, iv.AudioFirst, iv.AudioFrames)
	if t.Last {
		b.WriteString(" last")
	}
	for _, p := range t.Parts {
		fmt.Fprintf(&b, "; bytes %d-%d", p.Object.Offset, p.Object.End)
		if v := p.Video; v != nil {
			fmt.Fprintf(&b, " video %d@%d%s", v.Origin, v.Frame, bounds(v.From, v.To))
		}
		for _, a := range p.Audio {
			fmt.Fprintf(&b, " audio %d@%d%s", a.Origin, a.Sample, bounds(a.From, a.To))
		}
	}
	return b.String()
}

func bounds(from, to int64) string {
	if from == -unbounded && to == unbounded {
		return ""
	}
	text := func(v int64) string {
		if v == unbounded || v == -unbounded {
			return ""
		}
		return fmt.Sprint(v)
	}
	return "[" + text(from) + ":" + text(to) + "]"
}

func compare(t *testing.T, tasks []rung.Task, want []string) {
	t.Helper()
	for i := range max(len(tasks), len(want)) {
		var g, w string
		if i < len(tasks) {
			g = describe(tasks[i])
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("task %d\n got %q\nwant %q", i, g, w)
		}
	}
}

// TestSegmenterTasks holds the exact tasks of small streams. A picture is 10 packets (1880 bytes), a random access point
// 100 (18800), an audio frame 2 (376).
func TestSegmenterTasks(t *testing.T) {
	const wrap = 1<<33 - 90000
	for _, c := range []struct {
		name   string
		stream testStream
		frames int64 // in a segment
		want   []string
	}{
		{"25 fps, open GOP of 24", testStream{rate: fps25, gop: 24, pictures: 250, start: 90000}, 96, []string{
			"0: frames 0+96 audio 0+180; bytes 0-342160 video 90000@0 audio 90000@0",
			"1: frames 96+96 audio 180+180; bytes 231240-658000 video 90000@0 audio 90000@0",
			"2: frames 192+58 audio 360+109 last; bytes 547080-832464 video 90000@0 audio 90000@0",
		}},
		{"past the wrap of 33 bits", testStream{rate: fps25, gop: 24, pictures: 250, start: wrap}, 96, []string{
			"0: frames 0+96 audio 0+180; bytes 0-342160 video 8589844592@0 audio 8589844592@0",
			"1: frames 96+96 audio 180+180; bytes 231240-658000 video 8589844592@0 audio 8589844592@0",
			"2: frames 192+58 audio 360+109 last; bytes 547080-832464 video 8589844592@0 audio 8589844592@0",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, tasks := testSegmenter(c.stream.layout(), testLadder(c.stream.rate, c.frames))
			all := c.stream.events()
			now := play(s, all, begin)
			s.flush(now)
			compare(t, *tasks, c.want)
		})
	}
}

// TestSegmenterTimes holds the wall-clock times of a task: its first frame's, counted from the arrival of the origin,
// when it was raised, and its deadline.
func TestSegmenterTimes(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 300, start: 90000}
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	play(s, st.events(), begin)
	for i, k := range *tasks {
		if want := begin.Add(time.Duration(i) * 3840 * time.Millisecond); !k.Time.Equal(want) {
			t.Errorf("task %d is at %v, want %v", i, k.Time, want)
		}
		late := k.Raised.Sub(k.Time.Add(3840 * time.Millisecond))
		if late < 0 || late > 200*time.Millisecond {
			t.Errorf("task %d was raised %v after its end, want at most 200ms", i, late)
		}
		if !k.Arrived.Equal(k.Raised) { // a file's bytes can be read as soon as they are there
			t.Errorf("task %d: its source came at %v, it was raised at %v", i, k.Arrived, k.Raised)
		}
		if k.Deadline.Sub(k.Raised) != 12*time.Second {
			t.Errorf("task %d: deadline %v after its raising, want 12s", i, k.Deadline.Sub(k.Raised))
		}
	}
	if len(*tasks) != 3 {
		t.Errorf("%d tasks, want 3 before the end of the stream", len(*tasks))
	}
}

// TestSegmenterJoinsMidGOP begins within a GOP: the first random access point is the origin, the two pictures behind it
// that are shown before it are before the timeline, and so is the sound that came before.
func TestSegmenterJoinsMidGOP(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 250, start: 0}
	all := st.events()[40:] // from about picture 13
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 48))
	play(s, all, begin)
	first := (*tasks)[0]
	v, a := first.Parts[0].Video, first.Parts[0].Audio[0]
	if v.Origin != 24*3600 || v.Frame != 0 {
		t.Errorf("the origin is %d at place %d, want picture 24's time stamp %d at 0", v.Origin, v.Frame, 24*3600)
	}
	if want := (a.Origin - v.Origin) * 48000 / 90000; a.Sample != want || a.Sample >= 0 {
		t.Errorf("the first sound heard is at sample %d, want %d, before the origin", a.Sample, want)
	}
	if lead := v.Origin - a.Origin; first.Parts[0].Object.Offset > all[0].sound.position+20*376+20*1880 && lead > 36000 {
		t.Errorf("the first task begins at byte %d: without the sound that leads in", first.Parts[0].Object.Offset)
	}
}

func TestSegmenterGradualRefresh(t *testing.T) {
	st := testStream{rate: fps25, gop: 48, pictures: 400, start: 0, recovery: 24}
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	play(s, st.events(), begin)
	if o := (*tasks)[0].Parts[0].Video.Origin; o != 24*3600 {
		t.Errorf("the origin is %d, want %d, where the refresh has ended", o, 24*3600)
	}
	// Segment 1 is pictures 24+96=120 to 216; with the warm-up from 112: the point at 48 is whole from 72, the one at 96 from 120.
	var at int64
	for _, e := range st.events() {
		if e.picture != nil && e.picture.pts == 48*3600 {
			at = e.picture.position
		}
	}
	if got := (*tasks)[1].Parts[0].Object.Offset; got != at {
		t.Errorf("segment 1 is read from byte %d, want %d: the point whose refresh ends before its warm-up", got, at)
	}
}

func TestSegmenterSound(t *testing.T) {
	base := testStream{rate: fps25, gop: 24, pictures: 400, start: 90000}
	for _, c := range []struct {
		name    string
		change  func(*testStream)
		samples int64         // AudioSource.Sample of the last task
		late    time.Duration // at most, of the second task
	}{
		{"half a second late", func(s *testStream) { s.audioFrom = 45000 }, 24000, 200 * time.Millisecond},
		{"early by 7 frames", func(s *testStream) { s.audioFrom = -7 * aacTicks }, -7 * 1024, 200 * time.Millisecond},
		{"multiplexed 0.8 s behind", func(s *testStream) { s.audioLag = 72000 }, 0, 1000 * time.Millisecond},
		{"multiplexed 1.5 s behind", func(s *testStream) { s.audioLag = 135000 }, 0, 1700 * time.Millisecond},
		{"eight frames a packet", func(s *testStream) { s.perPES = 8 }, 0, 300 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := base
			c.change(&st)
			s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
			all := st.events()
			play(s, all, begin)
			if len(*tasks) < 3 {
				t.Fatalf("%d tasks, want 3 or more", len(*tasks))
			}
			last := (*tasks)[len(*tasks)-1]
			if got := last.Parts[0].Audio[0].Sample; got != c.samples {
				t.Errorf("the sound's origin is at sample %d, want %d", got, c.samples)
			}
			second := (*tasks)[1]
			if late := second.Raised.Sub(second.Time.Add(3840 * time.Millisecond)); late > c.late {
				t.Errorf("raised %v after its end, want at most %v", late, c.late)
			}
			needs(t, all, last, *s)
		})
	}
}

// TestSegmenterSoundEnds holds that a segment does not wait for sound that has gone.
func TestSegmenterSoundEnds(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 600, start: 90000, audioTo: 500000}
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	play(s, st.events(), begin)
	if len(*tasks) != 6 {
		t.Errorf("%d tasks, want 6: pictures last for 24 s", len(*tasks))
	}
	if last := (*tasks)[5]; last.Parts[0].Object.Offset < 800000 {
		t.Errorf("the last task is read from byte %d: as if it needed sound of long ago", last.Parts[0].Object.Offset)
	}
}

func TestSegmenterAudioOnly(t *testing.T) {
	st := testStream{rate: fps25, pictures: 250, start: 90000, noVideo: true}
	ladder := testLadder(fps25, 96)
	ladder.Video = nil
	s, tasks := testSegmenter(st.layout(), ladder)
	s.flush(play(s, st.events(), begin))
	compare(t, *tasks, []string{
		"0: frames 0+96 audio 0+180; bytes 0-69560 audio 90000@0",
		"1: frames 96+96 audio 180+180; bytes 60536-137240 audio 90000@0",
		"2: frames 192+59 audio 360+111 last; bytes 128216-176344 audio 90000@0",
	})
}

func TestSegmenterVideoOnly(t *testing.T) {
	st := testStream{rate: fps50, gop: 48, pictures: 500, start: 90000, noAudio: true}
	l := st.layout()
	l.audio = nil
	s, tasks := testSegmenter(l, testLadder(fps50, 192))
	s.flush(play(s, st.events(), begin))
	if len(*tasks) != 3 || !(*tasks)[2].Last || (*tasks)[2].Interval.End() != 502 {
		t.Errorf("%d tasks up to %+v, want 3 up to frame 502", len(*tasks), (*tasks)[len(*tasks)-1].Interval)
	}
}

// needs checks that a task's bytes hold what its interval needs: every picture from a random access point that leaves
// the warm-up to two behind the interval, and all sound from 0.4 s before to two frames behind it.
func needs(t checker, all []testEvent, task rung.Task, s segmenter) {
	t.Helper()
	iv := task.Interval
	part := task.Parts[0]
	from, to := part.Object.Offset, part.Object.End
	if v := part.Video; v != nil {
		place := func(p *picture) int64 { return v.Frame + s.grid.FrameAt(p.pts-v.Origin, clock90k) }
		entry := int64(-1)
		for _, e := range all {
			if p := e.picture; p != nil && p.position >= from && p.randomAccess && (place(p)+s.places(p.recoveryFrames) <= iv.First-8 || iv.First < 96) {
				entry = place(p)
				break
			}
		}
		if entry < 0 {
			t.Fatalf("task %d: no random access point in bytes %d-%d leaves its warm-up", task.ID.Number, from, to)
		}
		for _, e := range all {
			if p := e.picture; p != nil && place(p) >= entry && place(p) <= iv.End()+1 && place(p) >= 0 && !task.Last && (p.position < from || p.end > to) {
				t.Fatalf("task %d: picture at place %d lies in bytes %d-%d, not in %d-%d", task.ID.Number, place(p), p.position, p.end, from, to)
			}
		}
	}
	a := part.Audio[0]
	low := iv.AudioFirst*1024 - 19200
	high := (iv.AudioEnd() + 2) * 1024
	for _, e := range all {
		if p := e.sound; p != nil {
			at := a.Sample + (p.pts-a.Origin)*48000/90000
			if at+p.samples > max(low, 0) && at < high && !task.Last && (p.position < from || p.end > to) {
				t.Fatalf("task %d: sound at sample %d lies in bytes %d-%d, not in %d-%d", task.ID.Number, at, p.position, p.end, from, to)
			}
		}
	}
}

// checker is what tests and property tests have in common.
type checker interface {
	Helper()
	Fatalf(format string, args ...any)
}

// TestSegmenterProperties: for any stream the intervals tile the timeline without a hole, and each task's bytes hold all
// that it needs.
func TestSegmenterProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom([]rung.Rational{fps25, fps50, fps2997, {Num: 24000, Den: 1001}, {Num: 60000, Den: 1001}, {Num: 24, Den: 1}}).Draw(t, "rate")
		st := testStream{
			rate: rate, gop: 3 * rapid.Int64Range(2, 40).Draw(t, "gop/3"), pictures: rapid.Int64Range(300, 700).Draw(t, "pictures"),
			start:     rapid.Int64Range(1<<20, 1<<34).Draw(t, "start"),
			audioFrom: rapid.Int64Range(-30000, 30000).Draw(t, "audioFrom"),
			audioLag:  rapid.Int64Range(-20000, 80000).Draw(t, "audioLag"), perPES: rapid.Int64Range(1, 8).Draw(t, "perPES"),
		}
		all := st.events()
		skip := rapid.IntRange(0, 60).Draw(t, "skip")
		s, tasks := testSegmenter(st.layout(), testLadder(rate, 96))
		now := play(s, all[skip:], begin)
		s.flush(now)
		next, nextAudio := int64(0), int64(0)
		for i, k := range *tasks {
			iv := k.Interval
			if k.ID.Number != int64(i) || iv.First != next || iv.AudioFirst != nextAudio {
				t.Fatalf("task %d: interval %+v, want it to begin at frame %d and audio frame %d", i, iv, next, nextAudio)
			}
			next, nextAudio = iv.End(), iv.AudioEnd()
			if len(k.Parts) != 1 {
				t.Fatalf("task %d has %d parts, want 1", i, len(k.Parts))
			}
			if k.Last != (i == len(*tasks)-1) {
				t.Fatalf("task %d: last is %v", i, k.Last)
			}
			needs(t, all[skip:], k, *s)
		}
		var top int64
		v := (*tasks)[0].Parts[0].Video
		for _, e := range all[skip:] {
			if e.picture != nil {
				top = max(top, s.grid.FrameAt(e.picture.pts-v.Origin, clock90k))
			}
		}
		if next != top+1 {
			t.Fatalf("the timeline ends at frame %d, want %d, after the last picture", next, top+1)
		}
	})
}

// TestSegmenterKeepsLittle: what a session keeps does not grow with its length.
func TestSegmenterKeepsLittle(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 5000, start: 90000}
	s, _ := testSegmenter(st.layout(), testLadder(fps25, 96))
	play(s, st.events(), begin)
	cur := s.current()
	if raps, marks := len(cur.raps), len(cur.sounds[0].marks); raps > 8 || marks > 300 {
		t.Errorf("%d random access points and %d sound marks are kept after 200 s, want a segment's worth", raps, marks)
	}
}

// TestSegmenterLongSession: after more than a turn of the 33-bit clock the origins of a task are near its interval, and
// map every time stamp as the session's first ones do.
func TestSegmenterLongSession(t *testing.T) {
	for _, rate := range []rung.Rational{fps25, fps2997, {Num: 24000, Den: 1001}} {
		st := testStream{rate: rate, gop: 24, pictures: 30, start: 12345, audioFrom: 777}
		s, _ := testSegmenter(st.layout(), testLadder(rate, 96))
		play(s, st.events(), begin)
		cur := s.current()
		for hours := int64(1); hours < 200; hours += 13 {
			n := rung.Rescale(hours*3600, rung.Rational{Num: 1, Den: 1}, rate.Inverse()) / 96
			iv := s.grid.Segment(n)
			p := cur.part("mpegts", iv, nil)
			for place := iv.First; place < iv.End(); place++ {
				pts := st.start + st.ticks(place)
				if got := p.Video.Frame + s.grid.FrameAt(pts-p.Video.Origin, clock90k); got != place {
					t.Fatalf("%v, %d h: time stamp %d is at place %d, want %d", rate, hours, pts, got, place)
				}
			}
			if far := st.start + st.ticks(iv.First) - p.Video.Origin; far < 0 || far > 1<<32 {
				t.Errorf("%v, %d h: the origin is %d ticks away", rate, hours, far)
			}
			a := p.Audio[0]
			first := cur.sounds[0]
			pts := first.origin + (iv.AudioFirst+3)*aacTicks
			want := first.sample + (iv.AudioFirst+3)*1024
			if got := a.Sample + rung.Rescale(pts-a.Origin, clock90k, rung.Rational{Num: 1024, Den: 48000})*1024; got != want {
				t.Errorf("%v, %d h: sound at %d is at sample %d, want %d", rate, hours, pts, got, want)
			}
			if far := pts - a.Origin; far < 0 || far > 1<<32 {
				t.Errorf("%v, %d h: the sound's origin is %d ticks away", rate, hours, far)
			}
		}
	}
}
