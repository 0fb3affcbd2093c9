package receive

import (
	"context"
	"time"

	"rung/internal/mpegts"
)

// pacer gives packets out at the stream's own pace: each at the time that its PCR says, by the clock it is given. It
// follows the first PID that has a PCR. Packets between two PCRs go out with the first, so early by one PCR interval at
// the most. With a lead it only holds back what comes much faster than that, and lets everything else through at once.
type pacer struct {
	clock Clock
	out   func(packets []byte, arrived time.Time)
	lead  time.Duration // how far ahead of its pace the stream may be

	pid     int // whose PCR is followed; 0: none seen yet
	last    int64
	due     time.Time // of the PCR seen last
	unpaced int       // bytes since then
}

const (
	// pcrStepMax is the longest step between two PCRs that is time; a longer one, or one back, is a break, behind
	// which the stream goes on at once.
	pcrStepMax = 2 * time.Second
	// pcrModulus is where PCRs start again.
	pcrModulus = stampModulus * 300
	// pacerLate is how far behind the pace may fall and still be caught up with: more was a suspended machine.
	pacerLate = 5 * time.Second
	// pacerUnpaced is how much may come without a PCR. The standard asks for one each 100 ms: 1 MiB is 100 ms of
	// 80 Mbit/s, and 16 of that leaves room for files that take it lightly.
	pacerUnpaced = 16 << 20
	// pacerDrift is the part of its pace by which a stream with a lead may be faster for ever: a live sender's clock
	// that runs a little fast must not be held back.
	pacerDrift = 100
)

// write takes whole packets, and waits. It fails when the context ends, or for a stream without a clock.
func (p *pacer) write(ctx context.Context, packets []byte) error {
	begin := 0
	for at := 0; at < len(packets); at += mpegts.PacketSize {
		packet := mpegts.Packet(packets[at : at+mpegts.PacketSize])
		pcr, ok := packet.PCR()
		if !ok || p.pid != 0 && packet.PID() != p.pid {
			continue
		}
		p.give(packets[begin:at])
		begin = at
		if err := p.wait(ctx, packet.PID(), pcr); err != nil {
			return err
		}
	}
	p.give(packets[begin:])
	if p.unpaced > pacerUnpaced && p.lead == 0 {
		return errNoPCR
	}
	return ctx.Err()
}

// give passes packets on.
func (p *pacer) give(packets []byte) {
	if len(packets) > 0 {
		p.unpaced += len(packets)
		p.out(packets, p.clock.Now())
	}
}

// wait waits for the time of a PCR.
func (p *pacer) wait(ctx context.Context, pid int, pcr int64) error {
	now := p.clock.Now()
	ticks := ((pcr-p.last)%pcrModulus + pcrModulus) % pcrModulus // a step back is a very long one
	step := time.Duration(min(ticks, mpegts.PCRScale*60)) * 1000 / 27
	p.advance(p.pid == 0 || step > pcrStepMax, step, now)
	p.pid, p.last, p.unpaced = pid, pcr, 0
	ahead := p.due.Sub(now)
	if ahead < -pacerLate {
		p.due = now
	}
	if ahead -= p.lead; ahead <= 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.clock.After(ahead):
		return nil
	}
}

// advance moves the due time on by a step of the stream's clock. A break does not take back what a stream is ahead by.
func (p *pacer) advance(broken bool, step time.Duration, now time.Time) {
	switch {
	case broken && p.lead > 0 && p.due.After(now):
	case broken:
		p.due = now
	case p.lead > 0:
		p.due = p.due.Add(step - step/pacerDrift)
	default:
		p.due = p.due.Add(step)
	}
}
