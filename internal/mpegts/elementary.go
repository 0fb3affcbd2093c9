package mpegts

import "time"

// elementary is a stream of the program that is followed: it takes PES packets apart as their packets come.
type elementary struct {
	stream Stream
	track  int         // of sound; -1: video
	video  videoParser // of video
	audio  *audioParser
	parser contentParser // either of them

	open     bool // a PES packet has begun
	inHeader bool // its header is not whole yet
	header   []byte
	left     int // payload bytes of it that are to come; -1: not told
	timed    bool
	pts, dts int64 // unwrapped
	position int64
	end      int64
	arrived  time.Time // its first packet

	firstPTS  int64
	stamped   bool  // lastStamp is set
	lastStamp int64 // the clock's value in the PES packet before: DTS of video, PTS of sound
	rate      rateMeter
	frames    int // in the PES packet before
}

// streams are the elementary streams that are followed.
type streams struct {
	followed []*elementary // video first, then sound by track
	held     Picture       // a first field that waits for its second
	holds    bool
}

// newElementary follows a stream.
func newElementary(s Stream, track int) *elementary {
	e := &elementary{stream: s, track: track}
	if track < 0 {
		e.video = newVideoParser(s.Codec)
		e.parser = e.video
	} else {
		e.audio = newAudioParser(s.Codec)
		e.parser = e.audio
	}
	return e
}

// followStreams follows the streams that t selects. A stream that was followed before and is still the same goes on.
func (a *Analyser) followStreams(t Tables) {
	before := a.followed
	a.followed = nil
	for _, e := range before {
		a.pids.of(e.stream.PID).stream = nil
	}
	if t.Video != nil {
		a.followStream(*t.Video, -1, before)
	}
	for i, s := range t.Audio {
		a.followStream(s, i, before)
	}
	for _, e := range before {
		if a.pids.of(e.stream.PID).stream != e {
			a.finish(e)
		}
	}
}

func (a *Analyser) followStream(s Stream, track int, before []*elementary) {
	var e *elementary
	for _, b := range before {
		if b.stream.PID == s.PID && b.stream.Codec == s.Codec && (b.track < 0) == (track < 0) {
			e = b
			e.track = track
		}
	}
	if e == nil {
		e = newElementary(s, track)
	}
	a.pid(s.PID).stream = e
	a.followed = append(a.followed, e)
}

// elementary takes a packet's payload.
func (a *Analyser) elementary(e *elementary, p Packet, payload []byte) {
	if p.UnitStart() {
		a.finish(e)
		e.begin(a.position, a.arrived)
		e.parser.begin(p.RandomAccess())
	} else if !e.open {
		return
	}
	e.end = a.position + PacketSize
	if e.inHeader {
		if payload = a.header(e, payload); payload == nil {
			return
		}
	}
	if e.left >= 0 {
		payload = payload[:min(e.left, len(payload))]
		e.left -= len(payload)
	}
	e.parser.write(payload)
	if e.left == 0 {
		a.finish(e)
	}
}

// begin opens a PES packet.
func (e *elementary) begin(position int64, arrived time.Time) {
	e.open, e.inHeader, e.timed = true, true, false
	e.header, e.position, e.arrived = e.header[:0], position, arrived
}

// header reads the PES header and gives the payload behind it; nil while it is not whole, and where it is damaged.
func (a *Analyser) header(e *elementary, payload []byte) []byte {
	b := payload
	if len(e.header) > 0 {
		e.header = append(e.header, payload...)
		b = e.header
	}
	h, ok := ParsePESHeader(b)
	if !ok {
		if len(b) < maxPESHeader && needsMore(b) {
			e.header = append(e.header[:0], b...)
		} else {
			e.open = false
		}
		return nil
	}
	e.inHeader = false
	e.left = -1
	if h.Length > 0 {
		e.left = max(0, h.Length-(h.Size-6))
	}
	if h.Scrambled {
		e.open = false
		a.pids.of(e.stream.PID).scrambled = true
		a.meter.scrambled++
		return nil
	}
	if h.HasPTS {
		a.stamp(e, h)
	}
	return b[h.Size:]
}

// stamp takes the time stamps of a PES packet.
func (a *Analyser) stamp(e *elementary, h PESHeader) {
	if !h.HasDTS {
		h.DTS = h.PTS
	}
	e.dts = a.clock.epoch.Unwrap(h.DTS)
	e.pts = a.clock.epoch.Unwrap(h.PTS)
	e.dts = min(e.dts, e.pts)
	e.timed = true
	if !e.stamped {
		e.firstPTS = e.pts
	}
	clock, now := ClockVideo, e.dts
	if e.track >= 0 {
		clock, now = ClockAudio, e.pts
	}
	if step := now - e.lastStamp; e.stamped && (step < 0 || step > maxStep) {
		e.rate = rateMeter{}
		a.discontinuity(Discontinuity{PID: e.stream.PID, Clock: clock, From: e.lastStamp, To: now})
	}
	e.lastStamp, e.stamped = now, true
}

// finish gives out what a PES packet held.
func (a *Analyser) finish(e *elementary) {
	if !e.open {
		return
	}
	e.open = false
	if e.inHeader {
		return
	}
	c := e.parser.end()
	if e.track < 0 {
		a.picture(e, c)
	} else if e.timed {
		f := e.audio.latest
		a.handler.Sound(Sound{Track: e.track, PTS: e.pts, Frames: c.frames, Rate: f.rate, Samples: f.samples, Position: e.position, End: e.end, Arrived: e.arrived})
	}
}

// picture gives out the frames of a PES packet. One that ends with a first field is held back until it is known whether
// the next has the second.
func (a *Analyser) picture(e *elementary, c content) {
	if a.holds && (c.second || c.frames == 0) {
		a.held.End = e.end
	}
	if c.frames == 0 && c.open && c.coded {
		return
	}
	a.release()
	if c.frames == 0 {
		return
	}
	e.time(c.frames)
	a.holds = true
	a.held = Picture{
		PTS: e.pts, DTS: e.dts, Untimed: !e.timed, RandomAccess: c.random, RecoveryFrames: c.recovery, Count: c.frames,
		Position: e.position, End: e.end, Arrived: e.arrived,
	}
	if !c.open {
		a.release()
	}
}

// time completes a picture's time stamps, and measures the frame rate by them.
func (e *elementary) time(frames int) {
	if e.timed {
		e.rate.add(e.dts, frames)
	} else {
		e.dts += e.rate.frame(e.declaredRate()) * int64(e.frames)
		e.pts = e.dts
	}
	e.frames = frames
}

// release gives out a picture that was held back.
func (a *Analyser) release() {
	if a.holds {
		a.holds = false
		a.handler.Picture(a.held)
	}
}

// lost tells the parser that bytes are missing.
func (e *elementary) lost() { e.parser.reset() }
