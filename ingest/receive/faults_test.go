package receive

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"rung"
	"rung/internal/faultsender"
	"rung/internal/mpegts/mpegtest"
)

// faultyClip is a minute of a clip in datagrams, which wrap makes.
func faultyClip(wrap faultsender.Fault) faultsender.Stream {
	return faultsender.Read(mpegtest.Clip{Frames: 1500, GOP: 12, FrameSize: 3000}.Bytes()).With(wrap)
}

// receiveFaulty gives a receiver the datagrams at their times, and what it gives out.
func receiveFaulty(r interface {
	datagramSink
	Figures() rung.SourceFigures
}, out *[]byte, s faultsender.Stream) rung.SourceFigures {
	begin := time.Unix(1000, 0)
	for _, p := range s {
		now := begin.Add(p.At)
		r.due(now)
		r.datagram(p.Bytes, now)
	}
	r.due(begin.Add(s.End() + time.Minute))
	return r.Figures()
}

// RTP puts its packets in order and leaves out what comes twice: nothing is lost of a stream that loses nothing, and of one
// that does, what has come is all there and the rest is counted.
func TestRTPFaults(t *testing.T) {
	for _, rate := range []float64{0.001, 0.01, 0.05} {
		for _, c := range []struct {
			name  string
			fault faultsender.Fault
			count func(rung.SourceFigures) int64
			whole bool
		}{
			{"lost", faultsender.Lose(rate, 3), func(f rung.SourceFigures) int64 { return f.RTPLost }, false},
			{"doubled", faultsender.Double(rate, 3), func(f rung.SourceFigures) int64 { return f.RTPDuplicates }, true},
			{"reordered", faultsender.Reorder(rate, 5, 3), func(f rung.SourceFigures) int64 { return f.RTPReordered }, true},
		} {
			t.Run(fmt.Sprintf("%s %v%%", c.name, rate*100), func(t *testing.T) {
				clean := faultyClip(faultsender.RTP(65000))
				faulty := clean.With(c.fault)
				var got []byte
				r := &rtpReceiver{sink: func(p []byte, _ time.Time) { got = append(got, p...) }}
				r.reader.options, r.reader.counters = Options{}.withDefaults(), &r.counters
				r.order = rtpOrder{latency: time.Second, out: r.payload}
				f := receiveFaulty(r, &got, faulty)
				want := payloads(faulty)
				if c.whole {
					want = payloads(clean)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%d bytes are given out, not the %d that came, in order", len(got), len(want))
				}
				n := c.count(f)
				if d := int64(len(faulty) - len(clean)); c.name != "reordered" && n != max(d, -d) || n == 0 {
					t.Errorf("%d datagrams counted as %s, want %d", n, c.name, max(d, -d))
				}
			})
		}
	}
}

// payloads are the datagrams' without their RTP headers, each once and by its number.
func payloads(s faultsender.Stream) []byte {
	var b []byte
	for _, p := range s {
		b = append(b, p.Bytes[12:]...)
	}
	return b
}

// Without RTP, what comes twice is left out as well.
func TestUDPDoubled(t *testing.T) {
	for _, rate := range []float64{0.001, 0.01, 0.05} {
		t.Run(fmt.Sprint(rate*100, "%"), func(t *testing.T) {
			clean := faultyClip(faultsender.UDP())
			faulty := clean.With(faultsender.Double(rate, 3))
			var got []byte
			r := &udpReceiver{sink: func(p []byte, _ time.Time) { got = append(got, p...) }}
			r.reader.options, r.reader.counters = Options{}.withDefaults(), &r.counters
			f := receiveFaulty(r, &got, faulty)
			if doubled := int64(len(faulty) - len(clean)); f.UDPDuplicates != doubled || doubled == 0 {
				t.Errorf("%d datagrams counted as doubled, want %d", f.UDPDuplicates, doubled)
			}
			if len(got) != len(clean.Bytes()) {
				t.Errorf("%d bytes are given out of %d", len(got), len(clean.Bytes()))
			}
		})
	}
}

// Datagrams of null packets are all alike and none of them is missed.
func TestUDPNullsAreNoRepeats(t *testing.T) {
	var r repeats
	for range 3 {
		if r.again(null()) {
			t.Error("a null packet is taken for one that came before")
		}
	}
	clip := mpegtest.Clip{Frames: 1, GOP: 1, FrameSize: 100}.Bytes()
	if r.again(clip) || !r.again(clip) {
		t.Error("a datagram that comes twice is not known again")
	}
}
