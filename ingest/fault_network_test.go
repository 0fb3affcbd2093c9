package ingest

import (
	"fmt"
	"testing"
	"time"

	"rung"
	"rung/internal/faultsender"
	"rung/internal/mpegts/mpegtest"
)

var clipSource = clipMedia(mpegtest.ClipVideo, mpegtest.ClipAudio)

// TestFaultNone: what nothing is wrong with raises no alarm, and fills every place.
func TestFaultNone(t *testing.T) {
	runFaults(t, send(clip(20)).With(faultsender.UDP()), rung.Source{}, clipSource, 0, func(r *faultRun) {
		tasks := r.wantGrid(19)
		if runs, _ := empty(r.placesFilled(tasks)); len(runs) > 0 {
			r.Errorf("places without a picture: %v", runs)
		}
		r.onlyAlarms()
	})
}

// TestFaultPackets: datagrams lost, doubled and out of order, at three rates. The grid stays, pictures and sound stay in
// step, no new clock is taken up, and the alarm says how much is missing.
func TestFaultPackets(t *testing.T) {
	for _, rate := range []float64{0.001, 0.01, 0.05} {
		for name, fault := range map[string]faultsender.Fault{
			"lost": faultsender.Lose(rate, 7), "doubled": faultsender.Double(rate, 7), "reordered": faultsender.Reorder(rate, 3, 7),
		} {
			t.Run(fmt.Sprintf("%s %v%%", name, rate*100), func(t *testing.T) {
				runFaults(t, send(clip(60)).With(faultsender.UDP(), fault), rung.Source{}, clipSource, 0, func(r *faultRun) {
					tasks := r.wantGrid(60)
					for _, k := range tasks {
						if len(k.Parts) != 1 {
							r.Errorf("segment %d has %d parts, want 1", k.ID.Number, len(k.Parts))
						}
						if late := k.Raised.Sub(k.Time.Add(960 * time.Millisecond)); late > 1500*time.Millisecond {
							r.Errorf("segment %d was raised %v after its end", k.ID.Number, late)
						}
					}
					runs, lost := empty(r.placesFilled(tasks))
					// A picture lies in at most two datagrams: so many times the rate may be lost, and with chance twice that.
					if most := int(4 * rate * float64(len(tasks)*24)); lost > most+3 {
						r.Errorf("%d places without a picture (%v), want at most %d", lost, runs, most+3)
					}
					r.onlyAlarms(rung.AlarmPacketLoss, rung.AlarmTablesMissing)
					if all := r.alarms(rung.AlarmPacketLoss); len(all) == 0 {
						r.Error("no alarm that packets are missing")
					} else {
						r.Logf("%d of %d places without a picture; %+v", lost, len(tasks)*24, all[0])
					}
				})
			})
		}
	}
}

// TestFaultBurst: all datagrams of a stretch of time are lost. The clock is the same behind it, so all other pictures are
// in their places.
func TestFaultBurst(t *testing.T) {
	for _, length := range []time.Duration{50 * time.Millisecond, 500 * time.Millisecond, 5 * time.Second} {
		t.Run(length.String(), func(t *testing.T) {
			at := 10 * time.Second
			runFaults(t, send(clip(30)).With(faultsender.UDP(), faultsender.Burst(at, length)), rung.Source{}, clipSource, 0, func(r *faultRun) {
				tasks := r.wantGrid(29)
				runs, lost := empty(r.placesFilled(tasks))
				// Behind the loss decoding begins with the next IDR picture, up to 12 on.
				if most := int(length/(40*time.Millisecond)) + 3 + 12; len(runs) > 1 || lost > most {
					r.Errorf("places without a picture: %v, want one run of at most %d", runs, most)
				}
				r.Logf("places without a picture: %v", runs)
				r.wantAlarm(rung.AlarmPacketLoss, at+length, 0, "continuity errors")
				if length > lostAfter {
					r.wantAlarm(rung.AlarmSourceLost, at+lostAfter, length-lostAfter, "nothing arrives")
				}
				r.onlyAlarms(rung.AlarmPacketLoss, rung.AlarmSourceLost, rung.AlarmTablesMissing)
			})
		})
	}
}
