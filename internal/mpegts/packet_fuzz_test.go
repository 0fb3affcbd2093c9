package mpegts

import (
	"bytes"
	"testing"

	"rung/internal/mpegts/mpegtest"
)

// FuzzPacket reads and changes any packet: what a setter writes is what the getter gives, what is not to be changed stays,
// and a shift there and back is none.
func FuzzPacket(f *testing.F) {
	clip := mpegtest.Clip{Frames: 2, GOP: 2, Start: wrap33 - 1800, FrameSize: 300}.Bytes()
	for i := 0; i+PacketSize <= len(clip); i += PacketSize {
		f.Add(clip[i:i+PacketSize], int64(90_000))
	}
	f.Add(bytes.Repeat([]byte{0x47}, PacketSize), int64(-1))
	f.Add(append([]byte{0x47, 0x41, 0, 0x30, 7, 0x18, 1, 2, 3, 4, 5, 6}, make([]byte, PacketSize-12)...), int64(1)<<62)
	f.Fuzz(func(t *testing.T, b []byte, ticks int64) {
		if len(b) < PacketSize {
			return
		}
		b = bytes.Clone(b[:PacketSize])
		b[0] = SyncByte
		p := Packet(b)
		if a, payload := p.Adaptation(), p.Payload(); len(a)+len(payload) > PacketSize-4 {
			t.Fatalf("adaptation field of %d bytes and payload of %d do not fit", len(a), len(payload))
		}
		checkClock(t, Packet(bytes.Clone(b)), ticks)
		q := Packet(bytes.Clone(b))
		q.ClearDiscontinuity()
		q.DropPayload()
		if q.PID() != p.PID() || q.Continuity() != p.Continuity() || q.Discontinuity() {
			t.Fatalf("% x became % x", b[:8], q[:8])
		}
		before, had := p.PCR()
		if after, has := q.PCR(); has != had || after != before {
			t.Fatalf("the PCR was %d, %v and is %d, %v without payload", before, had, after, has)
		}
	})
}

// checkClock moves the clock values of a packet.
func checkClock(t *testing.T, p Packet, ticks int64) {
	t.Helper()
	const modulus = wrap33 * 300
	if pcr, ok := p.PCR(); ok {
		p.SetPCR(pcr + modulus)
		// An extension over 299 is illegal; it goes on into the base.
		if again, ok := p.PCR(); !ok || again != pcr%modulus {
			t.Fatalf("PCR %d was set and reads %d, %v", pcr, again, ok)
		}
	}
	ticks %= wrap33
	h, ok := ParsePESHeader(p.Payload())
	p.ShiftTimes(ticks)
	if moved, still := ParsePESHeader(p.Payload()); p.UnitStart() && !p.Scrambled() && ok {
		want := (h.PTS + ticks + wrap33) & (wrap33 - 1)
		if !still || h.HasPTS && moved.PTS != want || moved.Size != h.Size || moved.HasDTS != h.HasDTS {
			t.Fatalf("%+v moved by %d is %+v, %v", h, ticks, moved, still)
		}
	}
	moved := bytes.Clone(p)
	p.ShiftTimes(ticks)
	p.ShiftTimes(-ticks)
	if !bytes.Equal(p, moved) {
		t.Fatalf("there and back by %d:\n% x\n% x", ticks, moved, p)
	}
}
