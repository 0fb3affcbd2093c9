package receive

import (
	"io"

	"rung"
	"rung/internal/mpegts"
)

// looper rewrites a transport stream that is played over and over so that nothing in it shows where it begins again:
// each pass's time stamps are the first one's, moved by the passes before, so that its first picture follows the last
// one by exactly one frame; continuity counters count on. Sound that would overlap the next pass is left out, and so
// are the pieces of PES packets and sections at the beginning whose own beginnings the file does not have.
type looper struct {
	length loopLength
	passes int64 // whole ones so far
	shift  int64 // of this pass's time stamps, in 1/90000 s
	pids   [8192]loopPID
}

// loopPID is a looper's memory of one PID.
type loopPID struct {
	firstPTS int64 // in the file, wrapped
	timed    bool  // firstPTS is set

	lastPTS int64 // of the unit in hand, as in the file
	begun   bool  // a unit has begun in this pass
	cut     bool  // the unit in hand is left out
	fresh   bool  // nothing of this pass has gone out yet
	sent    bool  // something has ever gone out
	last    uint8
	delta   uint8 // from the file's continuity counters to those that go out
	clocked bool  // lastPCR is set
	lastPCR int64
}

// measure reads the whole file, tells how long a pass is, and goes back to the beginning.
func (l *looper) measure(f io.ReadSeeker, o mpegts.AnalyserOptions) error {
	a := mpegts.NewAnalyser(o)
	var m loopMeter
	// Once for the tables, which may come anywhere, and once from the beginning with them known.
	if err := scan(f, func(packets []byte) bool { a.Analyse(packets, &m); return m.rate == nil }); err != nil {
		return err
	}
	a.Rewind()
	m = loopMeter{rate: a.MediaHints}
	err := scan(f, func(packets []byte) bool {
		a.Analyse(packets, &m)
		l.noteTimes(packets)
		return true
	})
	if err != nil {
		return err
	}
	a.Flush(&m)
	var ok bool
	if l.length, ok = m.length(); !ok {
		return rung.Errorf(rung.CodeBadInput, "play it without loop, or remultiplex it",
			"source.loop: the file has neither pictures nor sound with time stamps to loop by")
	}
	if m.video > 0 {
		l.pids[m.video].timed = false // pictures are never left out
	}
	return nil
}

// scan gives a file's packets to take, from the beginning until it is false, and goes back to the beginning.
func scan(f io.ReadSeeker, take func(packets []byte) bool) error {
	var aligner mpegts.Aligner
	buf := make([]byte, readSize)
	more := true
	for more {
		n, err := f.Read(buf)
		aligner.Write(buf[:n], func(packets []byte) { more = more && take(packets) })
		if err == io.EOF {
			break
		}
		if err != nil {
			return rung.Errorf(rung.CodeBadInput, "check the file and its disk", "the file cannot be read: %w", err)
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return rung.Errorf(rung.CodeBadInput, "check the file and its disk", "the file cannot be read again: %w", err)
	}
	return nil
}

// noteTimes notes the first time stamp of each PID.
func (l *looper) noteTimes(packets []byte) {
	for ; len(packets) > 0; packets = packets[mpegts.PacketSize:] {
		p := mpegts.Packet(packets[:mpegts.PacketSize])
		s := &l.pids[p.PID()]
		if s.timed || !p.UnitStart() || p.Scrambled() {
			continue
		}
		if h, ok := mpegts.ParsePESHeader(p.Payload()); ok && h.HasPTS {
			s.firstPTS, s.timed = h.PTS, true
		}
	}
}

// again begins another pass.
func (l *looper) again() {
	l.passes++
	l.shift = l.length.times(l.passes)
	for i := range l.pids {
		s := &l.pids[i]
		s.begun, s.cut, s.fresh = false, false, true
	}
}

// rewrite changes packets in place and gives those that are to go out.
func (l *looper) rewrite(packets []byte) []byte {
	kept := packets[:0]
	for ; len(packets) > 0; packets = packets[mpegts.PacketSize:] {
		p := mpegts.Packet(packets[:mpegts.PacketSize])
		if l.packet(p) {
			kept = append(kept, p...) // never ahead of what is still to be read
		}
	}
	return kept
}

// nullPID is that of packets without content.
const nullPID = 0x1fff

// packet rewrites one packet, and tells whether it goes out.
func (l *looper) packet(p mpegts.Packet) bool {
	if p.PID() == nullPID || p.TransportError() {
		return true
	}
	s := &l.pids[p.PID()]
	if p.HasPayload() {
		if p.UnitStart() {
			s.cut = l.overlaps(s, p)
			s.begun = true
		}
		if !s.begun || s.cut {
			return l.leaveOut(s, p)
		}
	}
	l.clock(s, p)
	s.count(p)
	return true
}

// leaveOut drops a packet's payload. A packet with a PCR still goes out, without payload.
func (l *looper) leaveOut(s *loopPID, p mpegts.Packet) bool {
	cc := p.Continuity()
	if s.sent && !s.fresh {
		s.delta = s.last - cc
	}
	if _, ok := p.PCR(); !ok {
		return false
	}
	p.DropPayload()
	l.clock(s, p)
	if s.sent {
		p.SetContinuity(s.last)
	} else {
		s.last, s.sent, s.fresh = cc, true, true
	}
	return true
}

// overlaps reports whether a PES packet goes on to where the next pass's first one of its PID will be. It is taken to
// last as long as the one before it. So there is less than one PES packet's silence at the join, and never two sounds.
func (l *looper) overlaps(s *loopPID, p mpegts.Packet) bool {
	if !s.timed || p.Scrambled() {
		return false
	}
	h, ok := mpegts.ParsePESHeader(p.Payload())
	if !ok || !h.HasPTS {
		return s.cut && ok // goes on with what is left out
	}
	since, lasts := forward(s.firstPTS, h.PTS), forward(s.lastPTS, h.PTS)
	if !s.begun || lasts < 0 || lasts > mpegts.Timescale {
		lasts = 0
	}
	s.lastPTS = h.PTS
	const rounding = mpegts.Timescale / 1000
	return since >= 0 && since+lasts > l.length.times(1)+rounding
}

// forward is how far it is from one time stamp to another; negative where that is the shorter way.
func forward(from, to int64) int64 {
	d := (to - from) & (stampModulus - 1)
	if d >= stampModulus/2 {
		d -= stampModulus
	}
	return d
}

// stampModulus is where time stamps start again.
const stampModulus = int64(1) << 33

// clock moves a packet's time stamps. A PCR that would go back a little at the join goes on by the least bit instead:
// pictures there are exactly spaced, the multiplexer's clock need not have been.
func (l *looper) clock(s *loopPID, p mpegts.Packet) {
	if l.passes > 0 {
		p.ShiftTimes(l.shift)
		if s.fresh {
			p.ClearDiscontinuity()
		}
	}
	pcr, ok := p.PCR()
	if !ok {
		return
	}
	back := ((s.lastPCR-pcr)%pcrModulus + pcrModulus) % pcrModulus
	if s.clocked && l.passes > 0 && back < mpegts.PCRScale {
		pcr = (s.lastPCR + mpegts.PCRScale/1000) % pcrModulus
		p.SetPCR(pcr)
	}
	s.lastPCR, s.clocked = pcr, true
}

// count makes a packet's continuity counter follow the last one's.
func (s *loopPID) count(p mpegts.Packet) {
	if s.fresh && s.sent {
		s.delta = s.last - p.Continuity()
		if p.HasPayload() {
			s.delta++
		}
	}
	p.SetContinuity(p.Continuity() + s.delta)
	s.last, s.fresh, s.sent = p.Continuity(), false, true
}
