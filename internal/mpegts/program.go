package mpegts

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// chosenProgram is the program that is followed.
type chosenProgram struct {
	number  int // 0: none yet
	raw     section
	version int // Tables events so far
	tables  Tables
}

// section takes one section of a table.
func (a *Analyser) section(s section) {
	kind := s.table()
	if kind != tablePAT && kind != tablePMT && kind != tableSDT {
		return
	}
	if !s.valid() {
		a.tables.crcErrors++
		return
	}
	if !s.current() {
		return
	}
	switch {
	case kind == tablePAT && a.sectionPID == pidPAT:
		a.meter.patSeen()
		if a.tables.pat.add(s) {
			a.newPAT()
		}
	case kind == tablePMT && a.sectionPID != pidPAT:
		if a.tables.keep(a.sectionPID, s) {
			if a.chosen.number == 0 || a.chosen.number == s.id() {
				a.meter.pmtSeen()
			}
			a.reselect()
		}
	case kind == tableSDT && a.sectionPID == pidSDT:
		for _, sv := range parseSDT(s) {
			a.tables.services[sv.number] = sv
		}
		if a.chosen.number == 0 || a.options.Service != "" {
			a.reselect()
		}
	}
}

// newPAT listens on the PMT PIDs of the new PAT, and no longer on those of the old.
func (a *Analyser) newPAT() {
	a.tables.prune()
	for _, s := range a.pids.all {
		if s.pid != pidPAT && s.pid != pidSDT {
			s.sections = nil
		}
	}
	for _, e := range a.tables.pat.entries {
		s := a.pid(e.pmtPID)
		if s.sections == nil && s.pid != pidNull {
			s.sections = &sectionAssembler{}
		}
	}
	a.reselect()
}

// reselect follows the program that is to be followed by the tables as they are now.
func (a *Analyser) reselect() {
	number, ok := a.tables.choose(a.options, a.chosen.number)
	if !ok {
		return
	}
	m := a.tables.maps[number]
	if number == a.chosen.number && bytes.Equal(m.raw, a.chosen.raw) {
		return
	}
	a.chosen.number, a.chosen.raw = number, m.raw
	a.chosen.version++
	a.chosen.tables = a.describe(m)
	a.followStreams(a.chosen.tables)
	a.clock.follow(m.pcrPID)
	a.handler.Tables(a.chosen.tables)
}

// Absent reports whether the program that is followed, or that was asked for, is not in the transport stream by its
// tables as they are now. Of a service, that is also so until its name has come.
func (a *Analyser) Absent() bool {
	if !a.tables.pat.whole {
		return false
	}
	number := a.chosen.number
	switch o := a.options; {
	case o.Program != 0:
		number = o.Program
	case o.Service != "":
		number = a.tables.serviceNumber(o.Service)
	case number == 0:
		return len(a.tables.pat.entries) == 0
	}
	_, there := a.tables.entry(number)
	return !there
}

// describe makes the Tables of a program.
func (a *Analyser) describe(m *programMap) Tables {
	e, _ := a.tables.entry(m.program)
	t := Tables{
		Program: a.tables.program(e), Programs: a.tables.programs(), All: slices.Clone(m.streams),
		PSI: a.tables.psi(m.program), Position: a.position, Version: a.chosen.version,
	}
	for i := range t.All {
		s := &t.All[i]
		if known := a.pids.of(s.PID); known != nil {
			s.Scrambled = known.scrambled
		}
		if t.Video == nil && s.IsVideo() {
			t.Video = s
		}
	}
	t.Audio = selectAudio(t.All, a.options.Audio)
	return t
}

// selectAudio picks the audio streams that were asked for, each once.
func selectAudio(all []Stream, wanted []string) []Stream {
	var audio, selected []Stream
	for _, s := range all {
		if s.IsAudio() {
			audio = append(audio, s)
		}
	}
	if len(wanted) == 0 {
		return audio[:min(1, len(audio))]
	}
	for _, w := range wanted {
		i := slices.IndexFunc(audio, func(s Stream) bool { return matchesAudio(s, w) })
		if i >= 0 {
			selected = append(selected, audio[i])
			audio = slices.Delete(audio, i, i+1)
		}
	}
	return selected
}

// matchesAudio reports whether a stream is what a language or a PID asks for.
func matchesAudio(s Stream, wanted string) bool {
	wanted = strings.TrimSpace(wanted)
	if pid, err := strconv.Atoi(wanted); err == nil {
		return s.PID == pid
	}
	return canonicalLanguage(s.Language) == canonicalLanguage(wanted)
}

// bibliographic are the ISO 639-2/B codes that differ from the terminology code of the same language.
var bibliographic = map[string]string{
	"alb": "sqi", "arm": "hye", "baq": "eus", "bur": "mya", "chi": "zho", "cze": "ces", "dut": "nld", "fre": "fra",
	"geo": "kat", "ger": "deu", "gre": "ell", "ice": "isl", "mac": "mkd", "mao": "mri", "may": "msa", "per": "fas",
	"rum": "ron", "slo": "slk", "tib": "bod", "wel": "cym",
}

// canonicalLanguage is the lower-case ISO 639-2/T code.
func canonicalLanguage(code string) string {
	code = strings.ToLower(strings.TrimSpace(code))
	if t := bibliographic[code]; t != "" {
		return t
	}
	return code
}
