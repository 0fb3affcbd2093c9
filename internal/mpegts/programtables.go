package mpegts

import (
	"bytes"
	"slices"
	"strings"

	"rung"
)

// programTables collects a transport stream's PAT, PMTs and SDT.
type programTables struct {
	pat       patCollector
	maps      map[int]*programMap // by program number
	services  map[int]service     // likewise
	crcErrors int64
}

// programMap is the current PMT of a program.
type programMap struct {
	pmt
	raw     section
	repeats int // how often it came again unchanged
}

func newProgramTables() programTables {
	return programTables{maps: map[int]*programMap{}, services: map[int]service{}}
}

// entry is a program's place in the PAT.
func (t *programTables) entry(number int) (patEntry, bool) {
	i := slices.IndexFunc(t.pat.entries, func(e patEntry) bool { return e.number == number })
	if i < 0 {
		return patEntry{}, false
	}
	return t.pat.entries[i], true
}

// keep takes a PMT section that came on a PID. It reports false for one that belongs elsewhere.
func (t *programTables) keep(pid int, s section) bool {
	e, ok := t.entry(s.id())
	if !ok || e.pmtPID != pid {
		return false
	}
	if m := t.maps[e.number]; m != nil && bytes.Equal(m.raw, s) {
		m.repeats++
		return true
	}
	parsed, ok := parsePMT(s)
	if !ok {
		return false
	}
	t.maps[e.number] = &programMap{pmt: parsed, raw: slices.Clone(s)}
	return true
}

// prune drops the maps of programs that the PAT no longer has.
func (t *programTables) prune() {
	for number := range t.maps {
		if _, ok := t.entry(number); !ok {
			delete(t.maps, number)
		}
	}
}

// choose picks the program to follow; current is the one followed so far, 0 for none.
func (t *programTables) choose(o AnalyserOptions, current int) (number int, ok bool) {
	switch {
	case o.Program != 0:
		return o.Program, t.maps[o.Program] != nil
	case o.Service != "":
		number := t.serviceNumber(o.Service)
		return number, number != 0 && t.maps[number] != nil
	case t.maps[current] != nil:
		return current, true
	}
	return t.first()
}

// serviceNumber is the number of the program whose service has a name; 0: none of the PAT's has.
func (t *programTables) serviceNumber(name string) int {
	for _, e := range t.pat.entries {
		if strings.EqualFold(t.services[e.number].name, strings.TrimSpace(name)) {
			return e.number
		}
	}
	return 0
}

// first is the first program with video, else the first with sound, else the first. It waits until each PMT has come,
// or one has come again: a PAT may list programs that are not there.
func (t *programTables) first() (int, bool) {
	all, again := true, false
	best, rank := 0, 0
	for _, e := range t.pat.entries {
		m := t.maps[e.number]
		if m == nil {
			all = false
			continue
		}
		again = again || m.repeats > 0
		r := 1
		if slices.ContainsFunc(m.streams, Stream.IsVideo) {
			r = 3
		} else if slices.ContainsFunc(m.streams, Stream.IsAudio) {
			r = 2
		}
		if r > rank {
			best, rank = e.number, r
		}
	}
	return best, rank > 0 && (all || again)
}

// programs lists all programs with what is known of them.
func (t *programTables) programs() []rung.Program {
	list := make([]rung.Program, 0, len(t.pat.entries))
	for _, e := range t.pat.entries {
		list = append(list, t.program(e))
	}
	return list
}

func (t *programTables) program(e patEntry) rung.Program {
	sv := t.services[e.number]
	p := rung.Program{Number: e.number, Name: sv.name, Provider: sv.provider, PMTPID: e.pmtPID}
	if m := t.maps[e.number]; m != nil {
		p.PCRPID = m.pcrPID
		for _, s := range m.streams {
			p.Streams = append(p.Streams, s.PID)
		}
	}
	return p
}

// psi makes the packets that go before a cut: a PAT with one program and its PMT.
func (t *programTables) psi(number int) []byte {
	e, _ := t.entry(number)
	b := appendPackets(nil, pidPAT, singlePAT(t.pat.transportStream, t.pat.version, e))
	return appendPackets(b, e.pmtPID, t.maps[number].raw)
}
