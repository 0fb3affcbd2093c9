package faultsender

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// silent is a mpegts.Handler that takes no interest.
type silent struct{}

func (silent) Tables(mpegts.Tables)               {}
func (silent) Picture(mpegts.Picture)             {}
func (silent) Sound(mpegts.Sound)                 {}
func (silent) Discontinuity(mpegts.Discontinuity) {}

func clip() Stream {
	return Read(mpegtest.Clip{Frames: 100, GOP: 10, Start: 900000, FrameSize: 1500}.Bytes())
}

// elementary is the bytes of a PID's elementary stream.
func elementary(s Stream, pid int) []byte {
	var out, header []byte
	for _, p := range s {
		packet := mpegts.Packet(p.Bytes)
		if packet.PID() != pid {
			continue
		}
		payload := packet.Payload()
		if packet.UnitStart() {
			header = []byte{}
		}
		if header != nil {
			header = append(header, payload...)
			h, ok := mpegts.ParsePESHeader(header)
			if !ok {
				continue // it goes on in the next packet
			}
			payload, header = header[h.Size:], nil
		}
		out = append(out, payload...)
	}
	return out
}

// Faults that change only the form leave the elementary streams as they are, each packet counted, in order and in time.
func TestForms(t *testing.T) {
	video, audio := mpegtest.ClipVideo, mpegtest.ClipAudio
	clean := clip()
	for name, fault := range map[string]Fault{
		"adaptation fields": Adaptations(video, audio), "length told": PESLength(video, true), "length not told": PESLength(video, false),
		"many packets": PESOverManyPackets(video, 5), "frames in a PES": FramesPerPES(audio, 3), "PES in a frame": PESPerFrame(video, 4),
		"null packets": Nulls(2),
	} {
		t.Run(name, func(t *testing.T) {
			s := clean.With(fault)
			for _, pid := range []int{video, audio} {
				if got, want := elementary(s, pid), elementary(clean, pid); !bytes.Equal(got, want) {
					t.Errorf("PID %d has %d bytes, not the %d that it had", pid, len(got), len(want))
				}
			}
			if reflect.DeepEqual(s, clean) {
				t.Error("nothing has changed")
			}
			a := mpegts.NewAnalyser(mpegts.AnalyserOptions{})
			a.Analyse(s.Bytes(), silent{})
			if f := a.Figures(); f.ContinuityErrors != 0 {
				t.Errorf("%d continuity errors", f.ContinuityErrors)
			}
			for i := 1; i < len(s); i++ {
				if s[i].At < s[i-1].At {
					t.Fatalf("packet %d is sent at %v, the one before at %v", i, s[i].At, s[i-1].At)
				}
			}
		})
	}
}

// Every optional part that an adaptation field may have is among the forms.
func TestAdaptationForms(t *testing.T) {
	var flags byte
	lengths := map[int]bool{}
	for _, p := range clip().With(Adaptations(mpegtest.ClipVideo)) {
		if packet := mpegts.Packet(p.Bytes); packet[3]&0x20 != 0 && packet.PID() == mpegtest.ClipVideo {
			lengths[int(packet[4])] = true
			if a := packet.Adaptation(); a != nil {
				flags |= a[0]
			}
		}
	}
	// discontinuity_indicator alone is no form but a fault.
	if flags != 0x7f || !lengths[0] || !lengths[183] {
		t.Errorf("flags %02x, length 0: %v, length 183: %v; want 7f and both", flags, lengths[0], lengths[183])
	}
}

// Chance is the same each time, at about the rate.
func TestChance(t *testing.T) {
	clean := clip()
	n := float64(len(clean))
	for name, c := range map[string]struct {
		fault func() Fault
		more  float64 // packets by which there are more
	}{
		"lose": {func() Fault { return Lose(0.1, 7) }, -0.1 * n}, "double": {func() Fault { return Double(0.1, 7) }, 0.1 * n},
		"reorder": {func() Fault { return Reorder(0.1, 3, 7) }, 0},
	} {
		a, b := clean.With(c.fault()), clean.With(c.fault())
		if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, clean) {
			t.Errorf("%s is not the same twice, or does nothing", name)
		}
		if off := float64(len(a)-len(clean)) - c.more; off > n/30 || off < -n/30 {
			t.Errorf("%s: %d packets of %d", name, len(a), len(clean))
		}
	}
}

// A stream is timed by its clock: a clip's pictures are 40 ms apart.
func TestReadTimes(t *testing.T) {
	s := clip()
	if end := s.End(); end != 99*40*time.Millisecond {
		t.Errorf("the last PCR is at %v, want %v", end, 99*40*time.Millisecond)
	}
	if d := s.With(ClockDrift(200)).End() - s.End(); d < 700*time.Microsecond || d > 800*time.Microsecond {
		t.Errorf("drifting 200 ppm it ends %v later, want 792µs", d)
	}
	if lost := len(s) - len(s.With(Burst(time.Second, time.Second))); lost < len(s)/5 || lost > len(s)/3 {
		t.Errorf("a second of four is %d of %d packets", lost, len(s))
	}
}
