package mpegts

import "time"

// Analyser follows one program of a transport stream: its tables, its clocks, its pictures and sound, and the errors
// of all PIDs. It looks at each byte once and keeps none of the stream. It is for one goroutine; so are its figures.
type Analyser struct {
	options  AnalyserOptions
	position int64 // of the packet in hand, in bytes from the first
	handler  Handler
	arrived  time.Time // the packet in hand, by Clock

	pids   pidTable
	tables programTables
	chosen chosenProgram
	streams
	clock programClock
	meter meter

	emitSection func(section) // a.section, bound once
	sectionPID  int
}

// NewAnalyser makes an Analyser that has seen nothing yet.
func NewAnalyser(o AnalyserOptions) *Analyser {
	a := &Analyser{options: o, tables: newProgramTables()}
	a.emitSection = a.section
	a.pid(pidPAT).sections = &sectionAssembler{}
	a.pid(pidSDT).sections = &sectionAssembler{}
	return a
}

// Clock tells when the packets of the next Analyse arrived. Figures that need a clock are measured on it; without it,
// on the program's PCR.
func (a *Analyser) Clock(now time.Time) {
	a.arrived = now
	a.meter.arrive(now, a.pids.all)
}

// Analyse takes whole packets, in order; a piece of a packet at the end is not looked at. The handler is called before
// it returns. Nothing of packets is kept.
func (a *Analyser) Analyse(packets []byte, h Handler) {
	a.handler = h
	if a.chosen.number == 0 && a.position == 0 {
		a.reselect() // Rewind kept the tables
	}
	for ; len(packets) >= PacketSize; packets = packets[PacketSize:] {
		a.packet(Packet(packets[:PacketSize:PacketSize]))
		a.position += PacketSize
	}
	a.handler = nil
}

// Flush ends the stream: the last picture and the last sound are given out.
func (a *Analyser) Flush(h Handler) {
	a.handler = h
	for _, e := range a.followed {
		a.finish(e)
	}
	a.release()
	a.handler = nil
}

// Rewind goes back to the beginning of the stream but keeps the tables, for files: what comes before the first tables
// would be lost otherwise. Positions and figures start again; the next Analyse begins with Tables.
func (a *Analyser) Rewind() {
	b := NewAnalyser(a.options)
	b.tables = a.tables
	for _, e := range a.tables.pat.entries {
		b.pid(e.pmtPID).sections = &sectionAssembler{}
	}
	*a = *b
	a.emitSection = a.section
}

// Position is the byte offset behind the last packet analysed.
func (a *Analyser) Position() int64 { return a.position }

// packet looks at one packet.
func (a *Analyser) packet(p Packet) {
	a.meter.packets++
	if p.TransportError() || p[0] != SyncByte {
		a.meter.transportErrors++ // its header is not to be trusted
		return
	}
	s := a.pid(p.PID())
	s.packets++
	if s.pid == pidNull {
		return
	}
	continuity := s.follow(p)
	if continuity == ccDuplicate {
		return
	}
	if continuity == ccLost {
		a.lost(s)
	}
	if s.pid == a.clock.pid {
		if pcr, ok := p.PCR(); ok {
			a.pcr(s, pcr, p.Discontinuity())
		}
	}
	a.payload(s, p)
}

// payload hands a packet's payload to what assembles it.
func (a *Analyser) payload(s *pidState, p Packet) {
	if p.Scrambled() {
		s.scrambled = true
		a.meter.scrambled++
		return
	}
	if p.UnitStart() { // the PES header may still say that what follows is
		s.scrambled = false
	}
	if s.sections == nil && s.stream == nil {
		return
	}
	payload := p.Payload()
	if len(payload) == 0 {
		return
	}
	if s.sections != nil {
		a.sectionPID = s.pid
		s.sections.write(payload, p.UnitStart(), a.emitSection)
		return
	}
	a.elementary(s.stream, p, payload)
}

// lost tells what assembles a PID's payloads that some are missing.
func (a *Analyser) lost(s *pidState) {
	if s.sections != nil {
		s.sections.reset()
	}
	if s.stream != nil {
		s.stream.lost()
	}
}

// pid gives the state of a PID.
func (a *Analyser) pid(pid int) *pidState { return a.pids.add(pid) }
