package faultsender

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// ProgramMap is a program map table (ISO/IEC 13818-1, 2.4.4.8) that fits one packet.
type ProgramMap struct {
	Program, Version, PCRPID int
	Streams                  []mpegtest.Stream
}

// The tables' ids.
const (
	tablePAT = 0
	tablePMT = 2
)

// sectionOf is the section that lies alone in a packet; nil if none begins in it.
func sectionOf(p mpegts.Packet, table byte) []byte {
	b := p.Payload()
	if !p.UnitStart() || p.Scrambled() || len(b) < 4 || b[0] != 0 || b[1] != table || b[2]&0x80 == 0 {
		return nil
	}
	if n := 3 + int(b[2]&0x0f)<<8 + int(b[3]); n > 12 && 1+n <= len(b) {
		return b[1 : 1+n]
	}
	return nil
}

// parseMap reads a program map.
func parseMap(s []byte) ProgramMap {
	m := ProgramMap{Program: int(binary.BigEndian.Uint16(s[3:])), Version: int(s[5] >> 1 & 0x1f), PCRPID: pidAt(s[8:])}
	body := s[12+int(s[10]&0x0f)<<8+int(s[11]) : len(s)-4]
	for len(body) >= 5 {
		n := int(body[3]&0x0f)<<8 + int(body[4])
		m.Streams = append(m.Streams, mpegtest.Stream{Type: body[0], PID: pidAt(body[1:]), Descriptors: slices.Clone(body[5 : 5+n])})
		body = body[5+n:]
	}
	return m
}

func pidAt(b []byte) int { return int(b[0]&0x1f)<<8 | int(b[1]) }

// payload lays a section into a packet in place of its payload.
func payload(p mpegts.Packet, section []byte) {
	p[3] &^= 0x20
	n := copy(p[4:], append([]byte{0}, section...))
	for i := 4 + n; i < len(p); i++ {
		p[i] = 0xff
	}
}

// section writes a section through the muxer and gives it back.
func (m ProgramMap) section() []byte {
	var mux mpegtest.Muxer
	mux.PMT(mpegtest.Program{Number: m.Program, PMTPID: 0x20}, m.Version, m.PCRPID, m.Streams...)
	return sectionOf(mux.Bytes()[:mpegts.PacketSize], tablePMT)
}

// Remap has a program map edited for a while; to 0 means to the end. Where it becomes another, its version is the next.
func Remap(from, to time.Duration, edit func(*ProgramMap)) Fault {
	return Between(from, to, each(func(p mpegts.Packet, _ time.Duration) bool {
		s := sectionOf(p, tablePMT)
		if s == nil {
			return true
		}
		m := parseMap(s)
		before := m.section()
		edit(&m)
		if !bytes.Equal(before, m.section()) {
			m.Version = (m.Version + 1) & 0x1f
		}
		payload(p, m.section())
		return true
	}))
}

// NewVersion gives the program map another version with the same content from a time on.
func NewVersion(at time.Duration) Fault {
	return Between(at, 0, each(func(p mpegts.Packet, _ time.Duration) bool {
		if s := sectionOf(p, tablePMT); s != nil {
			m := parseMap(s)
			m.Version = (m.Version + 1) & 0x1f
			payload(p, m.section())
		}
		return true
	}))
}

// Drop takes streams away for a while, out of the program map as well.
func Drop(from, to time.Duration, pids ...int) Fault {
	gone := func(s mpegtest.Stream) bool { return slices.Contains(pids, s.PID) }
	return func(s Stream) Stream {
		return s.With(Remap(from, to, func(m *ProgramMap) { m.Streams = slices.DeleteFunc(m.Streams, gone) }), Without(from, to, pids...))
	}
}

// Move carries streams under other PIDs from a time on, as the program map then says.
func Move(at time.Duration, pids map[int]int) Fault {
	to := func(pid int) int {
		if n, ok := pids[pid]; ok {
			return n
		}
		return pid
	}
	return func(s Stream) Stream {
		return s.With(Remap(at, 0, func(m *ProgramMap) {
			m.PCRPID = to(m.PCRPID)
			for i := range m.Streams {
				m.Streams[i].PID = to(m.Streams[i].PID)
			}
		}), Between(at, 0, each(func(p mpegts.Packet, _ time.Duration) bool {
			setPID(p, to(p.PID()))
			return true
		})))
	}
}

func setPID(p mpegts.Packet, pid int) {
	p[1] = p[1]&0xe0 | byte(pid>>8)
	p[2] = byte(pid)
}

// Language gives a stream another language from a time on.
func Language(at time.Duration, pid int, code string) Fault {
	return Remap(at, 0, func(m *ProgramMap) {
		for i := range m.Streams {
			if m.Streams[i].PID == pid {
				m.Streams[i].Descriptors = mpegtest.Language(code)
			}
		}
	})
}
