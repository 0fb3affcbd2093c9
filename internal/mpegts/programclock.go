package mpegts

import "time"

// programClock follows the PCR of the program, and unwraps all of its time stamps in one epoch.
type programClock struct {
	pid   int // PCR_PID; 0: none
	epoch Unwrapper
	last  int64 // PCR, unwrapped, in 1/27000000 s
	begun bool
	seen  time.Time // when last came, by Clock
	// elapsed is how much time the PCR has counted, steps left out, in 1/27000000 s.
	elapsed int64
}

// follow changes to another PCR PID.
func (c *programClock) follow(pid int) {
	if pid == pidNull { // the program has no PCR
		pid = 0
	}
	if pid != c.pid {
		c.pid, c.begun = pid, false
	}
}

// pcr takes a PCR of the program.
func (a *Analyser) pcr(s *pidState, wire int64, flagged bool) {
	c := &a.clock
	pcr := c.epoch.Unwrap(wire/300)*300 + wire%300
	step := pcr - c.last
	stepped := c.begun && (flagged || step < 0 || step > maxStep*300)
	if c.begun && !stepped {
		c.elapsed += step
		a.meter.pcrStep(step)
	}
	if stepped {
		a.discontinuity(Discontinuity{PID: s.pid, Clock: ClockPCR, Flagged: flagged, From: c.last / 300, To: pcr / 300, Passed: a.arrived.Sub(c.seen)})
		if !flagged && step > 0 {
			a.meter.pcrStep(step)
		}
	}
	c.last, c.begun, c.seen = pcr, true, a.arrived
	a.meter.pcrSeen(c.elapsed, a.pids.all)
}

// discontinuity gives a step out, behind the pictures before it.
func (a *Analyser) discontinuity(d Discontinuity) {
	d.Position = a.position
	a.release()
	a.handler.Discontinuity(d)
}
