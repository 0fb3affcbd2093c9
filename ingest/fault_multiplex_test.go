package ingest

import (
	"fmt"
	"testing"
	"time"

	"rung"
	"rung/internal/faultsender"
	"rung/internal/mpegts/mpegtest"
)

// eight is a multiplex of eight services, numbered from 101, of which the one at index late comes only after 8 s.
func eight(seconds, late int) faultsender.Stream {
	var services []faultsender.Service
	for i := range 8 {
		c := clip(seconds)
		c.FrameSize = 300
		c.Start += int64(i) * 12345678
		sv := faultsender.Service{Number: 101 + i, Name: fmt.Sprintf("Canal %d", i+1), Stream: send(c)}
		if i == late {
			sv.From = 8 * time.Second
		}
		services = append(services, sv)
	}
	return faultsender.Multiplex(services...)
}

// TestFaultMultiplex: of eight programs the one is carried that was asked for, by its number or by its service's name.
func TestFaultMultiplex(t *testing.T) {
	for _, c := range []struct {
		src  rung.Source
		want int // index
	}{
		{rung.Source{}, 0}, {rung.Source{Program: 101}, 0}, {rung.Source{Program: 106}, 5}, {rung.Source{Program: 108}, 7},
		{rung.Source{Service: "Canal 3"}, 2}, {rung.Source{Service: "canal 8"}, 7},
	} {
		t.Run(fmt.Sprintf("%d%s", c.src.Program, c.src.Service), func(t *testing.T) {
			base := 0x100 * (c.want + 1)
			runFaults(t, eight(15, -1).With(faultsender.UDP()), c.src, clipMedia(base+1, base+2), 0, func(r *faultRun) {
				tasks := r.wantGrid(14)
				if v := tasks[0].Parts[0].Video; v.PID != base+1 || v.Origin < 900000+int64(c.want)*12345678 || v.Origin > 990000+int64(c.want)*12345678 {
					r.Errorf("the pictures are of PID %d with origin %d, want %d and %d or a GOP later", v.PID, v.Origin, base+1, 900000+int64(c.want)*12345678)
				}
				if runs, _ := empty(r.placesFilled(tasks)); len(runs) > 0 {
					r.Errorf("places without a picture: %v", runs)
				}
				r.onlyAlarms()
			})
		})
	}
}

// TestFaultProgramLater: the program that was asked for appears after 8 s; until then the alarm says that it is missing.
func TestFaultProgramLater(t *testing.T) {
	for name, src := range map[string]rung.Source{"program 103": {Program: 103}, `service "Canal 3"`: {Service: "Canal 3"}} {
		t.Run(name, func(t *testing.T) {
			runFaults(t, eight(25, 2).With(faultsender.UDP()), src, clipMedia(0x301, 0x302), 0, func(r *faultRun) {
				tasks := r.wantGrid(14)
				if begin := tasks[0].Time.Sub(r.begin); begin < 8*time.Second || begin > 9*time.Second {
					r.Errorf("the session begins at %v, want within a second of 8 s", begin)
				}
				r.wantAlarm(rung.AlarmProgramMissing, retryTime, 8*time.Second-retryTime, name)
				// The first look at it may come between its tables.
				r.onlyAlarms(rung.AlarmProgramMissing, string(rung.CodeBadInput))
			})
		})
	}
}

// TestFaultProgramGone: the program is taken out of the multiplex and comes back.
func TestFaultProgramGone(t *testing.T) {
	from, to := 10*time.Second, 15*time.Second
	seven := send(clip(30))
	stream := faultsender.Multiplex(
		faultsender.Service{Number: 7, Name: "Seven", Stream: seven, To: from},
		faultsender.Service{Number: 7, Name: "Seven", Stream: seven, From: to}, // under other PIDs
		faultsender.Service{Number: 8, Name: "Eight", Stream: send(clip(30))},
	).With(faultsender.UDP())
	runFaults(t, stream, rung.Source{Service: "Seven"}, clipMedia(0x101, 0x102), 0, func(r *faultRun) {
		tasks := r.wantGrid(29)
		runs, lost := empty(r.placesFilled(tasks))
		if len(runs) != 1 || lost < 125 || lost > 125+15 {
			r.Errorf("places without a picture: %v, want one run of about 125", runs)
		}
		r.wantAlarm(rung.AlarmProgramMissing, from, to-from, "Seven")
		r.wantAlarm(rung.AlarmNoVideo, from+silentAfter, to-from-silentAfter)
		r.wantAlarm(rung.AlarmNoAudio, from+silentAfter, to-from-silentAfter)
		r.wantAlarm(rung.AlarmTablesChanged, to, 0, "video PID 257 → 513")
		r.onlyAlarms(rung.AlarmProgramMissing, rung.AlarmNoVideo, rung.AlarmNoAudio, rung.AlarmTablesChanged, rung.AlarmTablesMissing)
	})
}

// TestFaultForms: every legal form of packets and PES packets, and what lies between packets, gives the same pictures.
func TestFaultForms(t *testing.T) {
	video, audio := mpegtest.ClipVideo, mpegtest.ClipAudio
	for _, c := range []struct {
		name   string
		faults []faultsender.Fault
		alarms []string
	}{
		{"null packets", []faultsender.Fault{faultsender.Nulls(3), faultsender.UDP()}, nil},
		{"204-byte packets", []faultsender.Fault{faultsender.Parity(), faultsender.UDP()}, nil},
		{"junk between packets", []faultsender.Fault{faultsender.Junk(0.002, 3)}, []string{rung.AlarmSyncLoss}},
		{"adaptation fields", []faultsender.Fault{faultsender.Adaptations(video, audio), faultsender.UDP()}, nil},
		{"PES without length", []faultsender.Fault{faultsender.PESLength(video, false), faultsender.UDP()}, nil},
		{"PES with length", []faultsender.Fault{faultsender.PESLength(video, true), faultsender.UDP()}, nil},
		{"PES over many packets", []faultsender.Fault{faultsender.PESOverManyPackets(video, 17), faultsender.PESOverManyPackets(audio, 7), faultsender.UDP()}, nil},
		{"several frames in a PES", []faultsender.Fault{faultsender.FramesPerPES(audio, 5), faultsender.UDP()}, nil},
		{"a frame over several PES", []faultsender.Fault{faultsender.PESPerFrame(video, 3), faultsender.UDP()}, nil},
		{"transport errors", []faultsender.Fault{faultsender.TransportErrors(0.001, 3), faultsender.UDP()}, []string{rung.AlarmTransportErrors, rung.AlarmPacketLoss}},
	} {
		t.Run(c.name, func(t *testing.T) {
			runFaults(t, send(clip(20)).With(c.faults...), rung.Source{}, clipSource, 0, func(r *faultRun) {
				tasks := r.wantGrid(19)
				if runs, lost := empty(r.placesFilled(tasks)); lost > len(c.alarms) {
					r.Errorf("places without a picture: %v", runs)
				}
				for _, code := range c.alarms {
					if len(r.alarms(code)) == 0 {
						r.Errorf("no alarm %s", code)
					}
				}
				r.onlyAlarms(c.alarms...)
			})
		})
	}
}
