package receive

import "time"

// rtpOrder puts a stream's RTP packets back in order by their sequence numbers (RFC 3550, 5.1). A missing packet is
// waited for until latency after the packet behind it came, or until the window is full; then it is lost.
type rtpOrder struct {
	latency time.Duration
	out     func(payload []byte, arrived time.Time)

	begun   bool
	ssrc    uint32
	next    uint16 // the sequence number to give out next
	highest uint16 // seen so far
	restart uint16 // the number after one far out of the window; two in a row are a new start
	suspect bool   // restart is set
	window  [rtpWindow]rtpSlot
	waiting int

	lost, reordered, duplicates int64
}

// rtpSlot is a place in the window, for sequence numbers that are equal modulo its size.
type rtpSlot struct {
	payload []byte
	arrived time.Time
	state   rtpSlotState
}

type rtpSlotState uint8

const (
	slotMissing rtpSlotState = iota // nothing has come, or it was given up
	slotWaiting                     // it has come and waits for one before it
	slotGiven                       // it has been given out
)

const (
	// rtpWindow is how many packets may wait: at 20 Mbit/s 100 ms have 190. A power of two.
	rtpWindow = 256
	// rtpDropout is how far off a sequence number may be and still belong to the stream (RFC 3550, A.1).
	rtpDropout = 3000
)

// push takes a packet. payload is copied where it has to wait.
func (o *rtpOrder) push(ssrc uint32, seq uint16, payload []byte, arrived time.Time) {
	if !o.begun || ssrc != o.ssrc {
		o.start(ssrc, seq)
	}
	ahead := int(int16(seq - o.next))
	if ahead >= rtpDropout || ahead <= -rtpDropout {
		if !o.suspect || seq != o.restart {
			o.suspect, o.restart = true, seq+1
			return
		}
		o.start(ssrc, seq)
		ahead = 0
	}
	o.suspect = false
	if ahead < 0 {
		o.behind(seq, ahead)
		return
	}
	for ; ahead >= rtpWindow; ahead-- {
		o.advance()
	}
	if o.slot(seq).state == slotWaiting {
		o.duplicates++
		return
	}
	if int16(seq-o.highest) < 0 {
		o.reordered++
	} else {
		o.highest = seq
	}
	o.place(seq, payload, arrived)
}

// behind counts a packet whose place has gone by. One that was given up stays lost.
func (o *rtpOrder) behind(seq uint16, ahead int) {
	if ahead <= -rtpWindow || o.slot(seq).state == slotGiven {
		o.duplicates++
	} else {
		o.reordered++
	}
}

// place puts a packet into the window, and gives out what is in order.
func (o *rtpOrder) place(seq uint16, payload []byte, arrived time.Time) {
	s := o.slot(seq)
	if seq == o.next {
		s.state = slotGiven
		o.out(payload, arrived)
		o.next++
		o.drain()
		return
	}
	s.payload, s.arrived, s.state = append(s.payload[:0], payload...), arrived, slotWaiting
	o.waiting++
}

// due gives up the packets that have been waited for long enough; it gives how long until the next one, 0 if none is
// waited for.
func (o *rtpOrder) due(now time.Time) time.Duration {
	for o.waiting > 0 {
		if wait := o.latency - now.Sub(o.oldest()); wait > 0 {
			return wait
		}
		for o.slot(o.next).state != slotWaiting {
			o.advance()
		}
		o.drain()
	}
	return 0
}

// flush gives out all that waits: the stream is over.
func (o *rtpOrder) flush() {
	for o.waiting > 0 {
		o.advance()
	}
}

// start begins a new stream at seq.
func (o *rtpOrder) start(ssrc uint32, seq uint16) {
	o.flush()
	for i := range o.window {
		o.window[i].state = slotMissing
	}
	o.begun, o.suspect = true, false
	o.ssrc, o.next, o.highest = ssrc, seq, seq
}

// slot is the place of a sequence number.
func (o *rtpOrder) slot(seq uint16) *rtpSlot { return &o.window[seq%rtpWindow] }

// drain gives out what waits and is in order.
func (o *rtpOrder) drain() {
	for o.waiting > 0 && o.slot(o.next).state == slotWaiting {
		o.advance()
	}
}

// advance goes past the next sequence number: it is given out if it waits and lost otherwise.
func (o *rtpOrder) advance() {
	s := o.slot(o.next)
	if s.state == slotWaiting {
		o.waiting--
		s.state = slotGiven
		o.out(s.payload, s.arrived)
	} else {
		s.state = slotMissing
		o.lost++
	}
	o.next++
}

// oldest is when the packet that has waited longest came.
func (o *rtpOrder) oldest() time.Time {
	var oldest time.Time
	for i := range o.window {
		if s := &o.window[i]; s.state == slotWaiting && (oldest.IsZero() || s.arrived.Before(oldest)) {
			oldest = s.arrived
		}
	}
	return oldest
}
