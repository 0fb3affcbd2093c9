package mpegts

import (
	"reflect"
	"testing"

	"rung/internal/mpegts/mpegtest"
)

// FuzzTransport gives a whole stream, damaged in any way, to what ingest looks at one with. How the network cuts it must
// not matter, all positions lie in it, and what the analyser keeps of it is bounded, however long it is.
func FuzzTransport(f *testing.F) {
	for _, stream := range seedStreams() {
		f.Add(stream, uint16(1316), uint8(0))
	}
	f.Fuzz(func(t *testing.T, stream []byte, piece uint16, options uint8) {
		o := []AnalyserOptions{{}, {Program: 2}, {Service: "two"}, {Audio: []string{"fra", "258"}}}[options%4]
		whole, a := analyseIn(o, stream, len(stream))
		cut, b := analyseIn(o, stream, max(1, int(piece)))
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("at once:\n%+v\nin pieces of %d:\n%+v", a, piece, b)
		}
		if x, y := whole.Figures(), cut.Figures(); !reflect.DeepEqual(x, y) {
			t.Fatalf("figures at once %+v, in pieces %+v", x, y)
		}
		checkPositions(t, a, whole.Position())
		checkKept(t, whole)
		whole.Rewind()
		whole.Analyse(stream[:len(stream)/PacketSize*PacketSize], &recorder{})
		whole.MediaHints()
	})
}

// seedStreams are streams of the shapes that broadcasters send.
func seedStreams() [][]byte {
	clip := mpegtest.Clip{Frames: 4, GOP: 2, Start: wrap33 - 3600, FrameSize: 300}
	var mpts mpegtest.Muxer
	one, two := mpegtest.Program{Number: 1, PMTPID: 0x100}, mpegtest.Program{Number: 2, PMTPID: 0x200}
	mpts.PAT(0, one, two)
	mpts.SDT(2, "provider", "two")
	mpts.PMT(one, 0, 0x101, mpegtest.Stream{PID: 0x101, Type: 2}, mpegtest.Stream{PID: 0x102, Type: 6, Descriptors: []byte{0x6a, 1, 0}})
	mpts.PMT(two, 0, 0x201, mpegtest.Stream{PID: 0x201, Type: 0x24}, mpegtest.Stream{PID: 258, Type: 0x0f, Descriptors: mpegtest.Language("fra")})
	for i := range int64(3) {
		at := 90_000 + i*3600
		mpts.PES(0x101, 0xe0, at, at, false, mpegtest.Fields{PCR: at * 300}, join(mpegtest.MPEG2Sequence(720, 576), mpegtest.MPEG2Picture(1, byte(1+i%2), 200)))
		mpts.PES(0x201, 0xe0, at, at-3600, false, mpegtest.Fields{PCR: at * 300, RandomAccess: true}, mpegtest.HEVCSlice(21, true, 200))
		mpts.PES(258, 0xc0, at, at, true, mpegtest.NoFields, []byte{0xff, 0xf1, 0x4c, 0x80, 0x01, 0x7f, 0xfc, 1, 2, 3, 4})
		mpts.Null()
	}
	mpts.PMT(one, 1, 0x101, mpegtest.Stream{PID: 0x103, Type: 0x1b})
	whole := clip.Bytes()
	return [][]byte{whole, join(whole[:700], whole[1100:]), join([]byte("junk"), parity(whole)), mpts.Bytes()}
}

// analyseIn analyses a stream that comes in pieces.
func analyseIn(o AnalyserOptions, stream []byte, piece int) (*Analyser, *recorder) {
	a, r := NewAnalyser(o), &recorder{}
	var al Aligner
	for rest := stream; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
		al.Write(rest[:min(piece, len(rest))], func(p []byte) { a.Analyse(p, r) })
	}
	a.Flush(r)
	return a, r
}

// checkPositions holds that events lie in the stream.
func checkPositions(t *testing.T, r *recorder, size int64) {
	t.Helper()
	inside := func(from, to int64) bool { return from >= 0 && from < to && to <= size && from%PacketSize == 0 }
	for _, p := range r.pictures {
		if !inside(p.Position, p.End) || p.Count < 1 || p.RecoveryFrames < 0 || p.DTS > p.PTS {
			t.Fatalf("picture %+v of %d bytes", p, size)
		}
	}
	for _, s := range r.sounds {
		if !inside(s.Position, s.End) || s.Frames < 0 || s.Track < 0 {
			t.Fatalf("sound %+v of %d bytes", s, size)
		}
	}
	for _, d := range r.breaks {
		if !inside(d.Position, d.Position+PacketSize) {
			t.Fatalf("discontinuity %+v of %d bytes", d, size)
		}
	}
	for i, x := range r.tables {
		if x.Version != i+1 || len(x.PSI)%PacketSize != 0 || len(x.PSI) == 0 {
			t.Fatalf("tables %+v", x)
		}
	}
}

// checkKept holds what the analyser keeps to its bounds.
func checkKept(t *testing.T, a *Analyser) {
	t.Helper()
	for _, s := range a.pids.all {
		if s.sections != nil && len(s.sections.buf) > maxSection+PacketSize {
			t.Fatalf("PID %d keeps %d bytes of sections", s.pid, len(s.sections.buf))
		}
		if s.stream != nil && len(s.stream.header) > maxPESHeader+PacketSize {
			t.Fatalf("PID %d keeps %d bytes of a PES header", s.pid, len(s.stream.header))
		}
	}
	if len(a.tables.maps) > len(a.tables.pat.entries) {
		t.Fatalf("%d program maps for %d programs", len(a.tables.maps), len(a.tables.pat.entries))
	}
}
