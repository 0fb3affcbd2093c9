package mpegts

import (
	"bytes"
	"testing"

	"rung/internal/mpegts/mpegtest"
)

func TestPacketForms(t *testing.T) {
	raw := func(head ...byte) Packet { return append(head, bytes.Repeat([]byte{0xff}, PacketSize-len(head))...) }
	for name, c := range map[string]struct {
		p       Packet
		payload int
		pcr     bool
	}{
		"payload alone":            {raw(0x47, 0, 1, 0x10), 184, false},
		"no payload, no field":     {raw(0x47, 0, 1, 0x00), 0, false},
		"field of no byte":         {raw(0x47, 0, 1, 0x30, 0), 183, false},
		"field of one byte":        {raw(0x47, 0, 1, 0x30, 1, 0), 182, false},
		"field alone":              {raw(0x47, 0, 1, 0x20, 183, 0x10), 0, true},
		"PCR in a short field":     {raw(0x47, 0, 1, 0x30, 3, 0x10), 180, false},
		"PCR":                      {raw(0x47, 0, 1, 0x30, 7, 0x10), 176, true},
		"PCR, OPCR, splice":        {raw(0x47, 0, 1, 0x30, 14, 0x1c), 169, true},
		"field longer than packet": {raw(0x47, 0, 1, 0x30, 255, 0x10), 0, true},
		"field of the whole":       {raw(0x47, 0, 1, 0x30, 183, 0), 0, false},
	} {
		if got := len(c.p.Payload()); got != c.payload {
			t.Errorf("%s: %d bytes of payload, want %d", name, got, c.payload)
		}
		if _, ok := c.p.PCR(); ok != c.pcr {
			t.Errorf("%s: PCR %v, want %v", name, ok, c.pcr)
		}
	}
}

func TestShiftTimes(t *testing.T) {
	const pts, dts, pcr = wrap33 - 900, wrap33 - 4500, (wrap33-9000)*300 + 299
	var m mpegtest.Muxer
	m.PES(0x101, 0xe0, pts, dts, false, mpegtest.Fields{PCR: pcr}, []byte{1, 2, 3})
	p := Packet(m.Bytes())
	p.ShiftTimes(10_000)
	h, ok := ParsePESHeader(p.Payload())
	got, _ := p.PCR()
	if !ok || h.PTS != 9100 || h.DTS != 5500 || got != 1000*300+299 {
		t.Errorf("PTS %d, DTS %d, PCR %d, want 9100, 5500, 300299", h.PTS, h.DTS, got)
	}
	p.ShiftTimes(-10_000)
	if h, _ = ParsePESHeader(p.Payload()); h.PTS != pts || h.DTS != dts {
		t.Errorf("PTS %d, DTS %d after going back, want %d, %d", h.PTS, h.DTS, pts, dts)
	}
}

func TestDropPayload(t *testing.T) {
	var m mpegtest.Muxer
	m.PES(0x101, 0xe0, 5, 5, false, mpegtest.Fields{PCR: 4242}, bytes.Repeat([]byte{7}, 400))
	p := Packet(m.Bytes()[:PacketSize])
	p.DropPayload()
	if pcr, ok := p.PCR(); !ok || pcr != 4242 || p.HasPayload() || p.Payload() != nil || len(p.Adaptation()) != 183 {
		t.Errorf("PCR %d %v in % x", pcr, ok, p[:16])
	}
}

func TestPESHeader(t *testing.T) {
	for name, c := range map[string]struct {
		b    []byte
		ok   bool
		want PESHeader
	}{
		"PTS":         {mpegtest.PESHeader(0xe0, 1<<32+5, 1<<32+5), true, PESHeader{StreamID: 0xe0, HasPTS: true, PTS: 1<<32 + 5, Size: 14}},
		"PTS and DTS": {mpegtest.PESHeader(0xc0, 7, 3), true, PESHeader{StreamID: 0xc0, HasPTS: true, HasDTS: true, PTS: 7, DTS: 3, Size: 19}},
		"none":        {mpegtest.PESHeader(0xc0, -1, -1), true, PESHeader{StreamID: 0xc0, Size: 9}},
		"padding":     {[]byte{0, 0, 1, 0xbe, 0, 9}, true, PESHeader{StreamID: 0xbe, Length: 9, Size: 6}},
		"short":       {mpegtest.PESHeader(0xe0, 7, 3)[:18], false, PESHeader{}},
		"no marker":   {append(mpegtest.PESHeader(0xe0, -1, -1)[:6], 0, 0, 0), false, PESHeader{}},
		"no prefix":   {[]byte{0, 0, 2, 0xe0, 0, 0, 0x80, 0, 0}, false, PESHeader{}},
	} {
		if h, ok := ParsePESHeader(c.b); ok != c.ok || h != c.want {
			t.Errorf("%s: %+v %v, want %+v %v", name, h, ok, c.want, c.ok)
		}
	}
}

// A header may go on in the next packet.
func TestPESHeaderAcrossPackets(t *testing.T) {
	var m mpegtest.Muxer
	p := mpegtest.Program{Number: 1, PMTPID: 0x100}
	m.PAT(0, p)
	m.PMT(p, 0, 0x101, mpegtest.Stream{PID: 0x101, Type: 2})
	header := mpegtest.PESHeader(0xe0, 7200, 3600)
	picture := join(mpegtest.MPEG2Sequence(720, 576), mpegtest.MPEG2Picture(1, 3, 50))
	m.Packet(0x101, true, mpegtest.NoFields, header[:7])
	m.Packet(0x101, false, mpegtest.NoFields, header[7:12])
	m.Packet(0x101, false, mpegtest.NoFields, join(header[12:], picture))
	_, r := analyse(AnalyserOptions{}, m.Bytes())
	if len(r.pictures) != 1 || r.pictures[0].PTS != 7200 || r.pictures[0].DTS != 3600 || !r.pictures[0].RandomAccess {
		t.Errorf("pictures %+v", r.pictures)
	}
}

func FuzzPES(f *testing.F) {
	f.Add(mpegtest.PESHeader(0xe0, 7, 3))
	f.Add(mpegtest.PESHeader(0xbe, 7, 7))
	f.Add([]byte{0, 0, 1, 0xe0, 0, 0, 0x80, 0xc0, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, ok := ParsePESHeader(b)
		if ok && h.Size > len(b) {
			t.Fatalf("header of %d bytes in %d", h.Size, len(b))
		}
		if !ok && needsMore(b) && len(b) >= maxPESHeader {
			t.Fatalf("%d bytes are not enough", len(b))
		}
		if h.PTS < 0 || h.PTS >= wrap33 || h.DTS < 0 || h.DTS >= wrap33 {
			t.Fatalf("time stamps %d and %d", h.PTS, h.DTS)
		}
	})
}
