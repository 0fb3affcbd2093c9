package faultsender

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// Service is one program of a multiplex.
type Service struct {
	Number int
	Name   string
	Stream Stream        // of one program
	From   time.Duration // when the multiplex begins to have it
	To     time.Duration // when it has it no longer; 0: it stays
}

// tablesEvery is how often a multiplex has PAT and SDT.
const tablesEvery = 100 * time.Millisecond

// Multiplex puts the services into one stream. Service i has PMT PID 0x100*(i+1) and its streams' PIDs from there on, in
// the order in which they come.
func Multiplex(services ...Service) Stream {
	var all Stream
	end := time.Duration(0)
	for i, sv := range services {
		to := cmp.Or(sv.To, sv.Stream.End()+1)
		part := sv.Stream.With(renamed(sv.Number, 0x100*(i+1)))
		all = append(all, part[part.at(sv.From):part.at(to)]...)
		end = max(end, part.End())
	}
	all = append(announce(services, end), all...)
	slices.SortStableFunc(all, func(a, b Packet) int { return cmp.Compare(a.At, b.At) })
	return all
}

// renamed gives a stream of one program another number and PIDs from base on, and takes its PAT and SDT away.
func renamed(number, base int) Fault {
	pids := map[int]int{}
	pid := func(old int) int {
		if old == nullPID {
			return old
		}
		if _, ok := pids[old]; !ok {
			pids[old] = base + 1 + len(pids)
		}
		return pids[old]
	}
	return each(func(p mpegts.Packet, _ time.Duration) bool {
		if p.PID() < 0x20 { // PAT, SDT and other tables of the whole stream
			return false
		}
		s := sectionOf(p, tablePMT)
		if s == nil {
			setPID(p, pid(p.PID()))
			return true
		}
		m := parseMap(s)
		m.Program, m.PCRPID = number, pid(m.PCRPID)
		for i := range m.Streams {
			m.Streams[i].PID = pid(m.Streams[i].PID)
		}
		payload(p, m.section())
		setPID(p, base)
		return true
	})
}

// announce makes the multiplex' PAT and SDT. Each change of the list gives them the next version.
func announce(services []Service, end time.Duration) Stream {
	var out Stream
	var mux mpegtest.Muxer
	var listed []int
	version := -1
	for at := time.Duration(0); at <= end; at += tablesEvery {
		var now []int
		for i, sv := range services {
			if at >= sv.From && (sv.To == 0 || at < sv.To) {
				now = append(now, i)
			}
		}
		if version < 0 || !slices.Equal(now, listed) {
			listed, version = now, version+1
		}
		before := len(mux.Bytes())
		describe(&mux, services, listed, version&0x1f)
		for b := mux.Bytes()[before:]; len(b) > 0; b = b[mpegts.PacketSize:] {
			out = append(out, Packet{At: at, Bytes: b[:mpegts.PacketSize:mpegts.PacketSize]})
		}
	}
	return out
}

// describe writes a PAT and an SDT of the listed services.
func describe(mux *mpegtest.Muxer, services []Service, listed []int, version int) {
	var programs []mpegtest.Program
	body := []byte{0, 1, 0xff}
	for _, i := range listed {
		sv := services[i]
		programs = append(programs, mpegtest.Program{Number: sv.Number, PMTPID: 0x100 * (i + 1)})
		descriptor := append([]byte{1, 0, byte(len(sv.Name))}, sv.Name...)
		descriptor = append([]byte{0x48, byte(len(descriptor))}, descriptor...)
		body = binary.BigEndian.AppendUint16(body, uint16(sv.Number))
		body = append(append(body, 0xfc, 0x80, byte(len(descriptor))), descriptor...)
	}
	mux.PAT(version, programs...)
	mux.Section(0x11, mpegtest.Section(0x42, 1, version, body))
}
