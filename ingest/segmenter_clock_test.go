package ingest

import (
	"slices"
	"testing"
	"time"

	"rung"
)

// after moves events behind those of before in the multiplex.
func after(before, all []testEvent) []testEvent {
	last := before[len(before)-1]
	end := int64(0)
	if last.picture != nil {
		end = last.picture.end
	} else {
		end = last.sound.end
	}
	base := all[0].position()
	for _, e := range all {
		e.shift(end - base)
	}
	return all
}

func (e testEvent) position() int64 {
	if e.picture != nil {
		return e.picture.position
	}
	return e.sound.position
}

func (e testEvent) shift(by int64) {
	if e.picture != nil {
		e.picture.position += by
		e.picture.end += by
	} else {
		e.sound.position += by
		e.sound.end += by
	}
}

// placeBy is the grid place of a time stamp by a task's part.
func placeBy(v *rung.VideoSource, pts int64) int64 {
	return v.Frame + rung.Rescale(pts-v.Origin, clock90k, rung.Rational{Num: 1, Den: 25})
}

// TestSegmenterRestart: the source begins again at zero. Its timeline goes on with the next place, and the segment in
// which that happens has two parts that meet there, in picture and in sound.
func TestSegmenterRestart(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 147, start: 500000000} // the last picture is 147
	one := st.events()
	st.start = 0
	two := after(one, st.events())
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	now := play(s, one, begin)
	s.flush(play(s, two, now.Add(40*time.Millisecond)))
	joint := (*tasks)[1]
	if len(joint.Parts) != 2 {
		t.Fatalf("segment 1 has %d parts, want 2:\n%s", len(joint.Parts), describe(joint))
	}
	a, b := joint.Parts[0], joint.Parts[1]
	if a.Object.End != b.Object.Offset || b.Object.Offset != two[0].position() {
		t.Errorf("the parts' bytes meet at %d and %d, want %d", a.Object.End, b.Object.Offset, two[0].position())
	}
	if a.Video.To != b.Video.From || b.Video.From != b.Video.Frame {
		t.Errorf("the parts' pictures meet at %d and %d, want place %d", a.Video.To, b.Video.From, b.Video.Frame)
	}
	if last := placeBy(a.Video, 500000000+147*3600); b.Video.Frame != last+1 {
		t.Errorf("the new part's origin is at place %d, want %d, behind the last picture", b.Video.Frame, last+1)
	}
	if got, want := b.Audio[0].Sample, b.Video.Frame*1920+(b.Audio[0].Origin-b.Video.Origin)*48000/90000; got != want {
		t.Errorf("the new part's sound is at sample %d, want %d: in step with its pictures", got, want)
	}
	if a.Audio[0].To != b.Audio[0].From || b.Audio[0].From != b.Audio[0].Sample {
		t.Errorf("the parts' sound meets at %d and %d, want %d", a.Audio[0].To, b.Audio[0].From, b.Audio[0].Sample)
	}
	for i, k := range *tasks {
		if k.Interval != s.grid.Segment(int64(i)) && !k.Last {
			t.Errorf("segment %d has interval %+v", i, k.Interval)
		}
	}
	if last := (*tasks)[len(*tasks)-1]; !last.Last || len(last.Parts) != 1 || last.Parts[0].Video.Origin != b.Video.Origin {
		t.Errorf("the last segment is not of the new part alone: %s", describe(last))
	}
}

// TestSegmenterLeftovers: behind a jump of the pictures some sound of the old clock is still on its way.
func TestSegmenterLeftovers(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 147, start: 500000000, audioLag: 20000}
	one := st.events()
	st.start, st.audioLag = 0, 0
	two := after(one, st.events())
	// The last 10 sounds of the old clock move behind the first 10 pictures of the new one.
	var tail []testEvent
	for i := len(one) - 1; len(tail) < 10; i-- {
		if one[i].sound != nil {
			tail = append([]testEvent{one[i]}, tail...)
			one = slices.Delete(one, i, i+1)
		}
	}
	var pictures []testEvent
	for i := 0; len(pictures) < 10; {
		if two[i].picture == nil {
			i++
			continue
		}
		pictures = append(pictures, two[i])
		two = slices.Delete(two, i, i+1)
	}
	all := slices.Concat(one, pictures, tail, two)
	for i := range all {
		if i > 0 {
			all[i].order = all[i-1].order + 1000
		}
	}
	place(all, 0)
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	s.flush(play(s, all, begin))
	for _, k := range *tasks {
		if len(k.Parts) > 2 {
			t.Errorf("segment %d has %d parts, want at most 2: the old clock's sound is not another one", k.ID.Number, len(k.Parts))
		}
	}
	b := (*tasks)[1].Parts[1]
	if got, want := b.Audio[0].Sample, b.Video.Frame*1920+(b.Audio[0].Origin-b.Video.Origin)*48000/90000; got != want || b.Audio[0].Origin > 1000000 {
		t.Errorf("the new part's sound has origin %d at sample %d, want a time stamp of the new clock at %d", b.Audio[0].Origin, got, want)
	}
}

// TestSegmenterOutage: nothing arrives for ten seconds. Segments are raised by the clock, at first with what there is,
// then without source; when it is back, what it was is on the same places as before.
func TestSegmenterOutage(t *testing.T) {
	for _, c := range []struct {
		name  string
		clock func(pts int64) int64 // of the source when it is back
		parts bool                  // it is another clock
	}{
		{"its clock ran on", func(pts int64) int64 { return pts + 900000 }, false},
		{"its clock stood still", func(pts int64) int64 { return pts }, true},
		{"its clock is another", func(pts int64) int64 { return pts - 400000000 }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := testStream{rate: fps25, gop: 24, pictures: 600, start: 500000000}
			all := st.events()
			cut := slices.IndexFunc(all, func(e testEvent) bool { return e.order >= st.start+5*90000 })
			s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
			now := play(s, all[:cut], begin)
			s.passed(all[cut].position())
			for range 100 {
				now = now.Add(100 * time.Millisecond)
				s.tick(now)
			}
			// 15 s since the start: segments 0, 1 and 2 end at 3.84, 7.68 and 11.52 s.
			if len(*tasks) != 3 {
				t.Fatalf("%d segments after 15 s, 10 of them without source; want 3", len(*tasks))
			}
			if k := (*tasks)[1]; len(k.Parts) != 1 || k.Parts[0].Object.End != all[cut].position() {
				t.Errorf("segment 1 does not hold what there was: %s", describe(k))
			}
			if late := (*tasks)[1].Raised.Sub((*tasks)[1].Time.Add(3840 * time.Millisecond)); late > 1500*time.Millisecond {
				t.Errorf("segment 1 was raised %v after its end, want about 1s", late)
			}
			if k := (*tasks)[2]; len(k.Parts) != 0 {
				t.Errorf("segment 2 has source although none came: %s", describe(k))
			}
			back := all[cut:]
			for _, e := range back {
				if e.picture != nil {
					e.picture.pts, e.picture.dts = c.clock(e.picture.pts), c.clock(e.picture.dts)
				} else {
					e.sound.pts = c.clock(e.sound.pts)
				}
			}
			play(s, back, now)
			last := (*tasks)[len(*tasks)-1]
			v := last.Parts[0].Video
			if same := v.Origin == 500000000; same == c.parts {
				t.Errorf("the origin is %d: another clock is %v, want %v", v.Origin, !same, c.parts)
			}
			// The first picture that is back comes 10 s after the one before it, so it is 250 places on.
			firstBack := back[slices.IndexFunc(back, func(e testEvent) bool { return e.picture != nil })].picture
			place := placeBy(v, firstBack.dts)
			if place < 124+249 || place > 124+252 {
				t.Errorf("the first decoding time that is back is at place %d, want %d", place, 124+250)
			}
			for i, k := range *tasks {
				if k.Interval != s.grid.Segment(int64(i)) {
					t.Errorf("segment %d has interval %+v", i, k.Interval)
				}
			}
		})
	}
}

// TestSegmenterLoss: packets of 700 ms are lost. The clock is the same, so the places are, and no part begins.
func TestSegmenterLoss(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 300, start: 0}
	all := st.events()
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	kept := slices.DeleteFunc(all, func(e testEvent) bool { return e.order >= 270000 && e.order < 270000+63000 })
	play(s, kept, begin)
	for _, k := range *tasks {
		if len(k.Parts) != 1 || k.Parts[0].Video.Origin != 0 {
			t.Errorf("segment %d: %s, want one part with the first origin", k.ID.Number, describe(k))
		}
	}
}

// TestSegmenterPIDsMove: the streams go on under other PIDs with the same clock.
func TestSegmenterPIDsMove(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 300, start: 0}
	all := st.events()
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	cut := slices.IndexFunc(all, func(e testEvent) bool { return e.picture != nil && e.picture.pts == 144*3600 })
	now := play(s, all[:cut], begin)
	l := st.layout()
	l.video.pid, l.audio[0].pid = 300, 301
	s.tables([]byte("new"), l, all[cut].position())
	s.flush(play(s, all[cut:], now.Add(time.Millisecond)))
	k := (*tasks)[1]
	if len(k.Parts) != 2 {
		t.Fatalf("segment 1: %s, want two parts", describe(k))
	}
	a, b := k.Parts[0], k.Parts[1]
	if a.Video.PID != 256 || b.Video.PID != 300 || b.Audio[0].PID != 301 || string(b.Prefix) != "new" {
		t.Errorf("the parts' PIDs are %d and %d, their tables %q", a.Video.PID, b.Video.PID, b.Prefix)
	}
	if placeBy(b.Video, 200*3600) != 200 {
		t.Errorf("picture 200 is at place %d of the new part", placeBy(b.Video, 200*3600))
	}
}

// TestSegmenterForeignSound: sound that runs on a clock of its own, hours from the pictures', must not carry the timeline
// off when the source has been away and carries on from where it stopped, nor put off the segments of when it is away. It is
// told of, and counts as silent.
func TestSegmenterForeignSound(t *testing.T) {
	for _, c := range []struct {
		name  string
		hours int64
	}{{"ahead", 20}, {"behind", -20}} {
		t.Run(c.name, func(t *testing.T) {
			st := testStream{rate: fps25, gop: 24, pictures: 600, start: 8000000000}
			all := st.events()
			for _, e := range all {
				if e.sound != nil {
					e.sound.pts += c.hours * 3600 * 90000
				}
			}
			cut := slices.IndexFunc(all, func(e testEvent) bool { return e.order >= st.start+5*90000 })
			s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
			told := 0
			s.opts.jumped = func(int, int64, int64) { told++ }
			now := play(s, all[:cut], begin)
			for range 100 {
				now = now.Add(100 * time.Millisecond)
				s.tick(now)
			}
			if len(*tasks) != 3 {
				t.Errorf("%d segments after 15 s, want 3", len(*tasks))
			}
			now = play(s, all[cut:], now)
			if end := s.grid.Micros((*tasks)[len(*tasks)-1].Interval.End()); end > now.Sub(begin).Microseconds() {
				t.Errorf("%d segments have been raised, to %v, in %v", len(*tasks), time.Duration(end)*time.Microsecond, now.Sub(begin))
			}
			v := (*tasks)[len(*tasks)-1].Parts[0].Video
			if place := placeBy(v, st.start+599*3600); place < 599+249 || place > 599+260 {
				t.Errorf("the last picture is at place %d, want about %d", place, 599+250)
			}
			if told == 0 || s.silent(1, now) < 10*time.Second || s.silent(0, now) > time.Second {
				t.Errorf("told of %d times; pictures are silent for %v, the sound for %v", told, s.silent(0, now), s.silent(1, now))
			}
		})
	}
}

// TestSegmenterWildClock: time stamps that each are a little late, but run 20 times as fast as the time that passes.
func TestSegmenterWildClock(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 1500, start: 0}
	all := st.events()
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	var now time.Time
	for i, e := range all {
		now = begin.Add(time.Duration(e.order-all[0].order) * 100 / 9 * time.Microsecond)
		if e.picture != nil {
			p := *e.picture
			p.pts, p.dts = 20*p.pts, 20*p.dts
			s.picture(p, now)
		} else {
			a := *e.sound
			a.pts *= 20
			s.sound(a, now)
		}
		if n := len(*tasks); n > 0 {
			end := time.Duration(s.grid.Micros((*tasks)[n-1].Interval.End())) * time.Microsecond
			if most := now.Sub(begin)*(1+maxAstray/latencyWindow) + maxAstray; end > most {
				t.Fatalf("after %d events, %v: %d segments, to %v", i, now.Sub(begin), n, end)
			}
		}
	}
	if len(*tasks) < 15 {
		t.Errorf("%d segments of 3.84 s in a minute, want those of the time that passed", len(*tasks))
	}
}

// TestSegmenterDamagedPTS: one picture's PTS is hours behind its DTS. It must not move what follows the next jump.
func TestSegmenterDamagedPTS(t *testing.T) {
	st := testStream{rate: fps25, gop: 24, pictures: 147, start: 500000000}
	one := st.events()
	damaged := slices.IndexFunc(one, func(e testEvent) bool { return e.picture != nil && e.picture.pts == 500000000+100*3600 })
	one[damaged].picture.pts += 1 << 31
	st.start = 0
	two := after(one, st.events())
	s, tasks := testSegmenter(st.layout(), testLadder(fps25, 96))
	now := play(s, one, begin)
	s.flush(play(s, two, now.Add(40*time.Millisecond)))
	if len(*tasks) != 4 { // 294 pictures
		t.Errorf("%d segments, want 4", len(*tasks))
	}
}
