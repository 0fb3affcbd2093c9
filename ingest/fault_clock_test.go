package ingest

import (
	"testing"
	"time"

	"rung"
	"rung/internal/faultsender"
	"rung/internal/mpegts/mpegtest"
)

// TestFaultJumps: the source's clocks jump. The timeline does not: the next picture takes the next place, in step with
// its sound, in the same session, and the alarm says from where to where.
func TestFaultJumps(t *testing.T) {
	at := 10 * time.Second
	const hour = 3600 * 90000
	for _, c := range []struct {
		name   string
		fault  faultsender.Fault
		words  string
		pcr    string
		places int // that may be without a picture
	}{
		{"forward an hour, unflagged", faultsender.Jump(at, hour, false), "+3600.0", "without announcement", 2},
		{"forward an hour, flagged", faultsender.Jump(at, hour, true), "+3600.0", "as announced", 2},
		{"back 5 s, unflagged", faultsender.Jump(at, -5*90000, false), "-5.0", "without announcement", 2},
		{"back 5 s, flagged", faultsender.Jump(at, -5*90000, true), "-5.0", "as announced", 2},
		{"forward 2 s, unflagged", faultsender.Jump(at, 2*90000, false), "+2.0", "without announcement", 2},
		{"forward 300 ms, flagged", faultsender.Jump(at, 27000, true), "+0.3", "as announced", 2},
		{"back 300 ms, flagged", faultsender.Jump(at, -27000, true), "-0.3", "as announced", 2},
		{"restart at zero", faultsender.RestartAtZero(at), " jump by -", "without announcement", 2},
		{"across the wrap", faultsender.Jump(at, -30*90000, false), "-30.0", "without announcement", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			runFaults(t, send(clip(30)).With(c.fault, faultsender.UDP()), rung.Source{}, clipSource, 0, func(r *faultRun) {
				tasks := r.wantGrid(29)
				runs, lost := empty(r.placesFilled(tasks))
				if lost > c.places {
					r.Errorf("places without a picture: %v, want at most %d", runs, c.places)
				}
				r.wantAlarm(rung.AlarmTimestampJump, at, 0, c.words, "PID 25")
				r.wantAlarm(rung.AlarmPCRDiscontinuity, at, 0, c.pcr)
				r.onlyAlarms(rung.AlarmTimestampJump, rung.AlarmPCRDiscontinuity)
			})
		})
	}
}

// TestFaultPCRAlone: the PCR jumps and the time stamps do not. Pictures and sound stay where they are.
func TestFaultPCRAlone(t *testing.T) {
	at := 10 * time.Second
	for name, flagged := range map[string]bool{"flagged": true, "unflagged": false} {
		t.Run(name, func(t *testing.T) {
			runFaults(t, send(clip(25)).With(faultsender.JumpPCR(at, 90000*100, flagged), faultsender.UDP()), rung.Source{}, clipSource, 0, func(r *faultRun) {
				tasks := r.wantGrid(24)
				if runs, _ := empty(r.placesFilled(tasks)); len(runs) > 0 {
					r.Errorf("places without a picture: %v", runs)
				}
				for _, k := range tasks {
					if len(k.Parts) != 1 {
						r.Errorf("segment %d has %d parts, want 1", k.ID.Number, len(k.Parts))
					}
				}
				r.wantAlarm(rung.AlarmPCRDiscontinuity, at, 0, "+100.0")
				r.onlyAlarms(rung.AlarmPCRDiscontinuity)
			})
		})
	}
}

// TestFaultDrift: for an hour the source's clock runs 200 ppm slow or fast against ours. No segment is raised without its
// source, none is late by more than the source is, every place has its picture, and the alarm says how much.
func TestFaultDrift(t *testing.T) {
	media := clipMedia(mpegtest.ClipVideo, mpegtest.ClipAudio)
	media.Video[0].FrameRate = rung.Rational{Num: 5, Den: 1}
	stream := send(mpegtest.Clip{Frames: 5 * 3600, GOP: 1, Rate: 5, Start: 900000, FrameSize: 20, NoAudio: true})
	for name, ppm := range map[string]int64{"slow": 200, "fast": -200} {
		t.Run(name, func(t *testing.T) {
			runFaults(t, stream.With(faultsender.ClockDrift(ppm), faultsender.UDP()), rung.Source{}, media, 0, func(r *faultRun) {
				tasks := r.wantGrid(3745) // of 0.96 s
				for _, k := range tasks {
					if len(k.Parts) != 1 || k.Parts[0].Video.From > k.Interval.First {
						r.Fatalf("segment %d has parts %+v, want one that goes on", k.ID.Number, k.Parts)
					}
				}
				if _, lost := empty(r.placesFilled(tasks)); lost > len(tasks)*24*4/5+4 {
					r.Errorf("%d places without a picture, want four of five: %d", lost, len(tasks)*24*4/5)
				}
				first, last := tasks[10], tasks[len(tasks)-1]
				drifted := last.Raised.Sub(last.Time) - first.Raised.Sub(first.Time)
				if off := drifted - time.Duration(ppm)*3600*time.Microsecond; off < -400*time.Millisecond || off > 400*time.Millisecond {
					r.Errorf("the last segment is raised %v later than the first, want %v", drifted, time.Duration(ppm)*3600*time.Microsecond)
				}
				r.onlyAlarms(rung.AlarmClockDrift)
				a := r.alarm(rung.AlarmClockDrift)
				if a == nil || a.Since.Sub(r.begin) > 7*time.Minute {
					r.Fatalf("alarm is %+v", a)
				}
				r.Logf("since %v: %s", a.Since.Sub(r.begin), a.Message)
				r.wantAlarm(rung.AlarmClockDrift, a.Since.Sub(r.begin), -1, name)
			})
		})
	}
}
