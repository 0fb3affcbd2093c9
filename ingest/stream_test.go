package ingest

import (
	"cmp"
	"slices"
	"time"

	"rung"
)

// testStream describes a multiplex for the segmenter: pictures in decoding order I P B B P B B..., each random access
// point an I picture that two B pictures follow which are shown before it (open GOP), and one audio track.
type testStream struct {
	rate      rung.Rational
	gop       int64 // pictures from one random access point to the next, a multiple of 3
	pictures  int64
	start     int64 // PTS of the first picture, 90 kHz
	recovery  int
	noVideo   bool
	noAudio   bool
	audioFrom int64 // PTS of the first audio frame, from start
	audioTo   int64 // PTS after the last, from start; 0: with the pictures
	audioLag  int64 // how much later than pictures of the same time sound is multiplexed, 90 kHz
	perPES    int64 // audio frames in a PES packet; 0: 1
}

// testEvent is one picture or sound of a testStream, with its time of arrival.
type testEvent struct {
	picture *picture
	sound   *sound
	order   int64 // multiplexing time, 90 kHz
}

const aacTicks = 1920 // 1024 samples at 48 kHz

// ticks is the time of picture n.
func (t testStream) ticks(n int64) int64 { return rung.Rescale(n, t.rate.Inverse(), clock90k) }

// display is the place in display order of the picture with decoding number i.
func display(i int64) int64 {
	if i == 0 {
		return 0
	}
	k, j := (i-1)/3, (i-1)%3
	return 3*k + []int64{3, 1, 2}[j]
}

// events lists the stream in the order in which it arrives, with positions.
func (t testStream) events() []testEvent {
	var all []testEvent
	for i := int64(0); i < t.pictures && !t.noVideo; i++ {
		d := display(i)
		p := &picture{pts: t.start + t.ticks(d), dts: t.start + t.ticks(i-1), count: 1, end: 10 * packetSize}
		if p.randomAccess = d%t.gop == 0; p.randomAccess {
			p.recoveryFrames, p.end = t.recovery, 100*packetSize
		}
		all = append(all, testEvent{picture: p, order: p.dts})
	}
	end := t.audioTo
	if end == 0 {
		end = t.ticks(t.pictures)
	}
	n := max(1, t.perPES)
	for at := t.audioFrom; at < end && !t.noAudio; at += n * aacTicks {
		s := &sound{pts: t.start + at, samples: n * 1024, end: 2 * n * packetSize}
		all = append(all, testEvent{sound: s, order: s.pts + t.audioLag})
	}
	slices.SortStableFunc(all, func(a, b testEvent) int { return cmp.Compare(a.order, b.order) })
	place(all, 0)
	return all
}

// place lays the events one behind the other from a position, and gives where they end.
func place(all []testEvent, at int64) int64 {
	for _, e := range all {
		if e.picture != nil {
			e.picture.position, e.picture.end = at, at+e.picture.end
			at = e.picture.end
		} else {
			e.sound.position, e.sound.end = at, at+e.sound.end
			at = e.sound.end
		}
	}
	return at
}

func (t testStream) layout() layout {
	var l layout
	if !t.noVideo {
		l.video = &track{pid: 256, codec: "h264", timeBase: clock90k, wrapBits: wrapBits, rate: t.rate}
	}
	l.audio = []track{{index: 1, pid: 257, codec: "aac", timeBase: clock90k, wrapBits: wrapBits, sampleRate: 48000, channels: 2, frameSize: 1024}}
	return l
}

func testLadder(rate rung.Rational, frames int64) rung.Ladder {
	return rung.Ladder{Profile: "test", Grid: rung.Grid{Rate: rate, SegmentFrames: frames},
		Video: []rung.VideoRendition{{ID: "360p"}}, Audio: []rung.AudioRendition{{ID: "audio"}}}
}

// testLocator takes positions for offsets of an object.
type testLocator struct{ forgotten int64 }

func (l *testLocator) locate(part rung.Part, from, to int64) ([]rung.Part, bool) {
	if from < l.forgotten {
		panic("a task asks for bytes that were said to be needed no more")
	}
	part.Object = &rung.ObjectRange{Offset: from, End: to}
	return []rung.Part{part}, true
}

func (l *testLocator) forget(position int64) { l.forgotten = max(l.forgotten, position) }

// testSegmenter is a live session's, whose tasks are collected.
func testSegmenter(l layout, ladder rung.Ladder) (*segmenter, *[]rung.Task) {
	tasks := &[]rung.Task{}
	s := newSegmenter(segmenterOptions{id: rung.SegmentID{Kind: rung.Live, Owner: "c", Session: "s1"}, ladder: ladder,
		format: "mpegts", prefix: "live/c/s1", layout: l, transport: true, deadline: 12 * time.Second, locator: &testLocator{},
		raise: func(t rung.Task) { *tasks = append(*tasks, t) }})
	return s, tasks
}

// play tells the segmenter of events that arrive in step with their multiplexing time. begin is when the first does.
func play(s *segmenter, all []testEvent, begin time.Time) time.Time {
	now := begin
	for _, e := range all {
		now = begin.Add(time.Duration(e.order-all[0].order) * time.Second / 90000)
		tell(s, e, now)
	}
	return now
}

func tell(s *segmenter, e testEvent, now time.Time) {
	if e.picture != nil {
		s.picture(*e.picture, now)
	} else {
		s.sound(*e.sound, now)
	}
}
