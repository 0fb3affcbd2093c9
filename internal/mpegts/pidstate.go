package mpegts

import "encoding/binary"

// pidState is what is known of one PID.
type pidState struct {
	pid      int
	sections *sectionAssembler // PIDs that carry tables
	stream   *elementary       // streams that are followed

	begun     bool
	duplicate bool // the last packet was one
	last      uint8
	tail      [2]uint64 // the last packet's last 16 bytes: what tells a duplicate from 16 lost packets

	packets          int64
	counted          int64 // packets when the rate was last measured
	bitRate          int64
	continuityErrors int64
	lost             int64 // packets that the counter says are missing, modulo 16
	scrambled        bool  // what came last was
}

// continuity is what a packet's counter says.
type continuity int

const (
	ccNext      continuity = iota // it follows the last one
	ccDuplicate                   // it is the last one again
	ccLost                        // packets before it are missing
)

// follow checks the continuity counter (ISO/IEC 13818-1, 2.4.3.3): it counts packets with payload, may be anything
// where discontinuity_indicator is set, and a packet may come twice.
func (s *pidState) follow(p Packet) continuity {
	cc := p.Continuity()
	tail := [2]uint64{binary.BigEndian.Uint64(p[PacketSize-16:]), binary.BigEndian.Uint64(p[PacketSize-8:])}
	verdict := ccNext
	switch {
	case !s.begun, p.Discontinuity():
		s.duplicate = false
	case !p.HasPayload():
		return s.followEmpty(cc)
	case cc == (s.last+1)&0xf:
		s.duplicate = false
	case cc == s.last && !s.duplicate && tail == s.tail:
		s.duplicate = true
		verdict = ccDuplicate
	default:
		s.duplicate = false
		s.continuityErrors++
		s.lost += int64((cc - s.last - 1) & 0xf)
		verdict = ccLost
	}
	s.begun, s.last, s.tail = true, cc, tail
	return verdict
}

// followEmpty checks a packet without payload, whose counter stays where it was. Some multiplexers count it on all the
// same; that loses nothing and is no error.
func (s *pidState) followEmpty(cc uint8) continuity {
	switch cc {
	case s.last, (s.last + 1) & 0xf:
		return ccNext
	}
	s.lost += int64((cc - s.last) & 0xf)
	s.last = cc
	s.continuityErrors++
	return ccLost
}
