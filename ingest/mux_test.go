package ingest

import (
	"encoding/binary"
	"time"
)

// The PIDs of a testMux.
const (
	testPMT   = 4096
	testVideo = 256
	testAudio = 257
)

// testMux writes transport streams that the analyser understands and no decoder needs to: MPEG-4 part 2 pictures, whose
// random access points the packets flag, and AAC in ADTS frames without content.
type testMux struct {
	out        []byte
	continuity map[int]byte
	video      bool
	audio      bool
}

func newTestMux(video, audio bool) *testMux {
	return &testMux{continuity: map[int]byte{}, video: video, audio: audio}
}

// timedPackets is a piece of a stream and when it arrives.
type timedPackets struct {
	packets []byte
	at      time.Duration
}

// mux gives a stream's packets, event by event, with tables every ten.
func (t testStream) mux() []timedPackets {
	m := newTestMux(!t.noVideo, !t.noAudio)
	return m.events(t.events())
}

func (m *testMux) events(all []testEvent) []timedPackets {
	var out []timedPackets
	for i, e := range all {
		m.out = nil
		if i%10 == 0 {
			m.tables()
		}
		if p := e.picture; p != nil {
			size := int(p.end-p.position) / 2
			m.pes(testVideo, 0xe0, p.pts, p.dts, make([]byte, size), p.randomAccess, e.order)
		} else {
			m.pes(testAudio, 0xc0, e.sound.pts, e.sound.pts, adts(int(e.sound.samples/1024)), false, e.order)
		}
		out = append(out, timedPackets{m.out, time.Duration(e.order-all[0].order) * time.Second / 90000})
	}
	return out
}

// adts is n empty AAC-LC frames at 48 kHz, stereo (ISO/IEC 13818-7, 6.2).
func adts(n int) []byte {
	const length = 40
	var b []byte
	for range n {
		f := make([]byte, length)
		copy(f, []byte{0xff, 0xf1, 1<<6 | 3<<2, 2<<6 | length>>11, length >> 3 & 0xff, length&7<<5 | 0x1f, 0xfc})
		b = append(b, f...)
	}
	return b
}

func (m *testMux) tables() {
	m.section(0, []byte{0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | testPMT>>8, testPMT & 0xff})
	pcr := testVideo
	if !m.video {
		pcr = testAudio
	}
	pmt := []byte{2, 0xb0, 0, 0, 1, 0xc1, 0, 0, 0xe0 | byte(pcr>>8), byte(pcr), 0xf0, 0}
	if m.video {
		pmt = append(pmt, 0x10, 0xe0|testVideo>>8, testVideo&0xff, 0xf0, 0)
	}
	if m.audio {
		pmt = append(pmt, 0x0f, 0xe0|testAudio>>8, testAudio&0xff, 0xf0, 0)
	}
	pmt[2] = byte(len(pmt) + 4 - 3)
	m.section(testPMT, pmt)
}

func (m *testMux) section(pid int, s []byte) {
	crc := uint32(0xffffffff)
	for _, b := range s {
		crc ^= uint32(b) << 24
		for range 8 {
			if crc&0x80000000 != 0 {
				crc = crc<<1 ^ 0x04c11db7
			} else {
				crc <<= 1
			}
		}
	}
	payload := binary.BigEndian.AppendUint32(append([]byte{0}, s...), crc)
	for len(payload) < 184 {
		payload = append(payload, 0xff)
	}
	m.packet(pid, payload, true, nil)
}

// packet writes a packet whose payload, with its adaptation field, is no longer than it bears.
func (m *testMux) packet(pid int, payload []byte, start bool, adaptation []byte) {
	h := []byte{0x47, byte(pid >> 8), byte(pid), 0x10 | m.continuity[pid]}
	m.continuity[pid] = (m.continuity[pid] + 1) & 15
	if start {
		h[1] |= 0x40
	}
	if room := 184 - len(payload); adaptation != nil || room > 0 {
		h[3] |= 0x20
		field := append([]byte{0}, adaptation...)
		if len(field) == 1 && room > 1 {
			field = append(field, 0)
		}
		for len(field) < room {
			field = append(field, 0xff)
		}
		field[0] = byte(len(field) - 1)
		h = append(h, field...)
	}
	m.out = append(m.out, append(h, payload...)...)
}

func (m *testMux) pes(pid int, id byte, pts, dts int64, data []byte, random bool, clock int64) {
	length := 0
	if pid == testAudio {
		length = len(data) + 13
	}
	b := []byte{0, 0, 1, id, byte(length >> 8), byte(length), 0x80, 0xc0, 10}
	b = append(append(b, stamp(3, pts)...), stamp(1, dts)...)
	b = append(b, data...)
	adaptation := []byte{0x10}
	if random {
		adaptation[0] |= 0x40
	}
	base := (clock - 9000) & (1<<33 - 1)
	adaptation = binary.BigEndian.AppendUint32(adaptation, uint32(base>>1))
	adaptation = append(adaptation, byte(base&1)<<7|0x7e, 0)
	if pid == testAudio && m.video {
		adaptation = nil
	}
	for first := true; len(b) > 0; first = false {
		room := 184
		if adaptation != nil {
			room -= 1 + len(adaptation)
		}
		n := min(room, len(b))
		m.packet(pid, b[:n], first, adaptation)
		b, adaptation = b[n:], nil
	}
}

func stamp(prefix byte, ts int64) []byte {
	ts &= 1<<33 - 1
	return []byte{prefix<<4 | byte(ts>>29)&0xe | 1, byte(ts >> 22), byte(ts>>14) | 1, byte(ts >> 7), byte(ts<<1) | 1}
}
