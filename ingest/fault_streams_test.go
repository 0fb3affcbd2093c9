package ingest

import (
	"testing"
	"time"

	"rung"
	"rung/internal/faultsender"
	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// TestFaultStreamsAway: pictures, sound or both stay away for 10 s and come back, with and without the program map's
// saying so. Segments go on in the same session, each raised within 1.5 s of its end, and what comes back is in its place.
func TestFaultStreamsAway(t *testing.T) {
	from, to := 10*time.Second, 20*time.Second
	away := to - from - silentAfter
	video, audio := mpegtest.ClipVideo, mpegtest.ClipAudio
	for _, c := range []struct {
		name   string
		fault  faultsender.Fault
		alarms []string
		places int // without a picture
	}{
		{"sound stays away", faultsender.Without(from, to, audio), []string{rung.AlarmNoAudio}, 0},
		{"sound is taken out of the program", faultsender.Drop(from, to, audio), []string{rung.AlarmNoAudio}, 0},
		{"pictures stay away", faultsender.Without(from, to, video), []string{rung.AlarmNoVideo}, 250},
		{"pictures are taken out of the program", faultsender.Drop(from, to, video), []string{rung.AlarmNoVideo}, 250},
		{"both stay away", faultsender.Without(from, to, video, audio), []string{rung.AlarmNoVideo, rung.AlarmNoAudio}, 250},
		{"nothing arrives", faultsender.Burst(from, to-from), []string{rung.AlarmSourceLost}, 250},
		{"both are scrambled", faultsender.Scramble(from, to, video, audio), []string{rung.AlarmNoVideo, rung.AlarmNoAudio}, 250},
		{"pictures are scrambled", faultsender.Scramble(from, to, video), []string{rung.AlarmNoVideo}, 250},
	} {
		t.Run(c.name, func(t *testing.T) {
			runFaults(t, send(clip(40)).With(c.fault, faultsender.Nulls(2), faultsender.UDP()), rung.Source{}, clipSource, 0, func(r *faultRun) {
				tasks := r.wantGrid(39)
				for _, k := range tasks {
					if late := k.Raised.Sub(k.Time.Add(960 * time.Millisecond)); late > 1500*time.Millisecond {
						r.Errorf("segment %d was raised %v after its end", k.ID.Number, late)
					}
				}
				runs, lost := empty(r.placesFilled(tasks))
				if lost > c.places+3+12 || c.places > 0 && (len(runs) != 1 || lost < c.places-3) {
					r.Errorf("places without a picture: %v, want one run of about %d", runs, c.places)
				}
				for _, code := range c.alarms {
					r.wantAlarm(code, from+silentAfter, away)
				}
				r.onlyAlarms(append(c.alarms, rung.AlarmPacketLoss, rung.AlarmTablesChanged, rung.AlarmTablesMissing, rung.AlarmScrambled)...)
			})
		})
	}
}

// TestFaultScrambled: the alarm names the streams that are scrambled, and lasts as long.
func TestFaultScrambled(t *testing.T) {
	from, to := 10*time.Second, 16*time.Second
	stream := send(clip(30)).With(faultsender.Scramble(from, to, mpegtest.ClipVideo), faultsender.UDP())
	runFaults(t, stream, rung.Source{}, clipSource, 0, func(r *faultRun) {
		r.wantGrid(29)
		r.wantAlarm(rung.AlarmScrambled, from, to-from, "video PID 257")
		r.wantAlarm(rung.AlarmNoVideo, from+silentAfter, to-from-silentAfter, "h264")
		r.onlyAlarms(rung.AlarmScrambled, rung.AlarmNoVideo)
	})
}

// TestFaultGone: the input is gone for good. Segments go on by the clock, with the alarm.
func TestFaultGone(t *testing.T) {
	runFaults(t, send(clip(10)).With(faultsender.UDP()), rung.Source{}, clipSource, 60*time.Second, func(r *faultRun) {
		tasks := r.wantGrid(70)
		for _, k := range tasks[13:] { // until then the last picture stands
			if len(k.Parts) != 0 {
				r.Errorf("segment %d has source: %+v", k.ID.Number, k.Parts)
			}
			if late := k.Raised.Sub(k.Time.Add(960 * time.Millisecond)); late > 1500*time.Millisecond || late < 0 {
				r.Errorf("segment %d was raised %v after its end", k.ID.Number, late)
			}
		}
		if a := r.alarm(rung.AlarmSourceLost); a == nil || a.Since.Sub(r.begin) > 11500*time.Millisecond || r.status().State != rung.ChannelWaiting {
			r.Errorf("alarm %+v, state %s", a, r.status().State)
		}
	})
}

// TestFaultMoves: the program map changes in mid-stream: its version alone, the PIDs of all streams, or of the sound. The
// session goes on, and nothing is lost but, where the pictures move, what no decoder could do without.
func TestFaultMoves(t *testing.T) {
	at := 10*time.Second + 200*time.Millisecond
	for _, c := range []struct {
		name   string
		fault  faultsender.Fault
		words  string
		places int
	}{
		{"version", faultsender.NewVersion(at), "the streams are the same", 0},
		{"PIDs", faultsender.Move(at, map[int]int{mpegtest.ClipVideo: 0x201, mpegtest.ClipAudio: 0x202}), "video PID 257 → 513, audio PID 258 → 514", 15},
		{"sound's PID", faultsender.Move(at, map[int]int{mpegtest.ClipAudio: 0x202}), "audio PID 258 → 514", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			runFaults(t, send(clip(25)).With(c.fault, faultsender.UDP()), rung.Source{}, clipSource, 0, func(r *faultRun) {
				tasks := r.wantGrid(24)
				if runs, lost := empty(r.placesFilled(tasks)); lost > c.places {
					r.Errorf("places without a picture: %v, want at most %d", runs, c.places)
				}
				r.wantAlarm(rung.AlarmTablesChanged, at, 0, c.words)
				r.onlyAlarms(rung.AlarmTablesChanged)
			})
		})
	}
}

// TestFaultFormats: the source becomes another kind in mid-stream. The session goes on, on the same grid, and the alarm
// says from what to what.
func TestFaultFormats(t *testing.T) {
	at := 9*time.Second + 600*time.Millisecond // between two GOPs
	second := func(change func(*mpegtest.Clip)) faultsender.Stream {
		c := clip(15)
		change(&c)
		return send(c)
	}
	for _, c := range []struct {
		name   string
		stream faultsender.Stream
		words  string
	}{
		{"size", faultsender.Splice(send(clip(10)), at, second(func(c *mpegtest.Clip) { c.Width, c.Height = 1280, 720 })), "video size 640x352 → 1280x720"},
		{"rate", faultsender.Splice(send(clip(10)), at, second(func(c *mpegtest.Clip) { c.Rate, c.Frames = 50, 750 })), "frame rate 25 → 50"},
		{"scanning", faultsender.Splice(send(clip(10)), at, second(func(c *mpegtest.Clip) { c.Interlaced = true })), "scanning progressive → interlaced"},
		{"channels", faultsender.Splice(send(clip(10)), at, second(func(c *mpegtest.Clip) { c.Mono = true })), "audio channels 2 → 1"},
		{"language", send(clip(25)).With(faultsender.Language(at, mpegtest.ClipAudio, "fra")), "audio language eng → fra"},
		{"video codec", send(clip(25)).With(faultsender.Remap(at, 0, func(m *faultsender.ProgramMap) { m.Streams[0].Type = 0x24 })), "video codec h264 → hevc"},
		{"audio codec", send(clip(25)).With(faultsender.Remap(at, 0, func(m *faultsender.ProgramMap) { m.Streams[1].Type = 0x0f })), "audio codec mp2 → aac"},
	} {
		t.Run(c.name, func(t *testing.T) {
			runFaults(t, c.stream.With(faultsender.UDP()), rung.Source{}, clipSource, 0, func(r *faultRun) {
				tasks := r.wantGrid(22)
				r.wantAlarm(rung.AlarmFormatChanged, at, 0, c.words)
				r.onlyAlarms(rung.AlarmFormatChanged, rung.AlarmTablesChanged, rung.AlarmNoVideo)
				if c.name != "video codec" {
					if runs, lost := empty(r.placesFilled(tasks)); lost > 1 {
						r.Errorf("places without a picture: %v", runs)
					}
				}
			})
		})
	}
}

// TestFaultCodecParts: a task in which the codec changes says so of each of its parts.
func TestFaultCodecParts(t *testing.T) {
	at := 9*time.Second + 550*time.Millisecond
	stream := send(clip(25)).With(faultsender.Remap(at, 0, func(m *faultsender.ProgramMap) { m.Streams[0].Type, m.Streams[1].Type = 0x24, 0x0f }), faultsender.UDP())
	runFaults(t, stream, rung.Source{}, clipSource, 0, func(r *faultRun) {
		for _, k := range r.wantGrid(20) {
			for _, p := range k.Parts {
				after := nearestTo(firstPTS(r.bytes(p)), p.Video.Origin) >= 900000+240*3600-1000
				video, audio := "h264", "mp2"
				if after {
					video, audio = "hevc", "aac"
				}
				if p.Video.Codec != video || p.Audio[0].Codec != audio {
					r.Errorf("segment %d: a part of %s and %s, want %s and %s", k.ID.Number, p.Video.Codec, p.Audio[0].Codec, video, audio)
				}
			}
		}
	})
}

// firstPTS is the first time stamp of a program's sound or pictures.
func firstPTS(ts []byte) int64 {
	for ; len(ts) >= packetSize; ts = ts[packetSize:] {
		p := mpegts.Packet(ts[:packetSize])
		if h, ok := mpegts.ParsePESHeader(p.Payload()); ok && p.UnitStart() && h.HasPTS {
			return h.PTS
		}
	}
	return 0
}
