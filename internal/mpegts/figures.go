package mpegts

import (
	"cmp"
	"slices"

	"rung"
)

// Figures are the stream's part of a source's figures: packets, errors and rates since the first packet. What the
// network knows (connection, RTP, packets thrown away) is the receiver's part.
func (a *Analyser) Figures() rung.SourceFigures {
	m := &a.meter
	f := rung.SourceFigures{
		BitRate: m.bitRate, Bytes: a.position, Packets: m.packets, TransportErrors: m.transportErrors,
		PATMissing: m.pat.count, PMTMissing: m.pmt.count, PCRMissing: m.pcrMissing + m.pcr.count, Scrambled: m.scrambled,
	}
	for _, s := range a.pids.all {
		f.ContinuityErrors += s.continuityErrors
		f.PacketsLost += s.lost
		if s.packets > 0 {
			f.PIDs = append(f.PIDs, a.pidFigures(s))
		}
	}
	slices.SortFunc(f.PIDs, func(x, y rung.PIDFigures) int { return cmp.Compare(x.PID, y.PID) })
	return f
}

// Scrambled is the PIDs of which what came last was scrambled.
func (a *Analyser) Scrambled() []int {
	var pids []int
	for _, s := range a.pids.all {
		if s.scrambled {
			pids = append(pids, s.pid)
		}
	}
	return pids
}

// CRCErrors is how many sections of PAT, PMT and SDT had a wrong CRC (TR 101 290, 2.2).
func (a *Analyser) CRCErrors() int64 { return a.tables.crcErrors }

// pidFigures describes one PID by what is known of all programs.
func (a *Analyser) pidFigures(s *pidState) rung.PIDFigures {
	f := rung.PIDFigures{
		PID: s.pid, Type: "data", BitRate: s.bitRate, ContinuityErrors: s.continuityErrors, Scrambled: s.scrambled,
	}
	for _, m := range a.tables.maps {
		if m.pcrPID == s.pid {
			f.Type = "pcr"
		}
	}
	for _, m := range a.tables.maps {
		for _, st := range m.streams {
			if st.PID == s.pid {
				f.Codec, f.Language = st.Codec, st.Language
				f.Type = streamKind(st, f.Type)
			}
		}
	}
	switch {
	case s.pid == pidPAT:
		f.Type = "pat"
	case s.pid == pidNull:
		f.Type = "null"
	case s.sections != nil && s.pid != pidSDT:
		f.Type = "pmt"
	}
	return f
}

// streamKind is video or audio, or otherwise for what is neither.
func streamKind(s Stream, otherwise string) string {
	switch {
	case s.IsVideo():
		return "video"
	case s.IsAudio():
		return "audio"
	}
	return otherwise
}
