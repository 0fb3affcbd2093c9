package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rung"
	"rung/internal/faultsender"
	"rung/internal/mpegts"
	"rung/internal/mpegts/mpegtest"
)

// clip is a source for the faults: H.264 at 25 frames a second with an IDR picture and tables each 0.48 s, and MP2 sound.
func clip(seconds int) mpegtest.Clip {
	return mpegtest.Clip{Frames: 25 * seconds, GOP: 12, Start: 900000, FrameSize: 1000}
}

func send(c mpegtest.Clip) faultsender.Stream { return faultsender.Read(c.Bytes()) }

// clipMedia is what a probe finds in a clip whose streams have these PIDs.
func clipMedia(video, audio int) rung.MediaInfo {
	return rung.MediaInfo{Format: "mpegts",
		Video: []rung.VideoInfo{{PID: video, Codec: "h264", Width: 640, Height: 352, FrameRate: fps25, TimeBase: clock90k}},
		Audio: []rung.AudioInfo{{Index: 1, PID: audio, Codec: "mp2", SampleRate: 48000, Channels: 2, FrameSize: 1152, TimeBase: clock90k}}}
}

// faultRun is what an ingest made of a stream, by simulated time.
type faultRun struct {
	*testing.T
	*fakes
	begin time.Time // when sending began
}

// faultReceiver sends datagrams at their times, through the aligner that every receiver of ours has, and then nothing.
type faultReceiver struct {
	stream  faultsender.Stream
	aligner mpegts.Aligner
	losses  atomic.Int64
}

func (r *faultReceiver) Run(ctx context.Context, sink func([]byte, time.Time)) error {
	begin := time.Now()
	for _, p := range r.stream {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(begin.Add(p.At))):
		}
		r.aligner.Write(p.Bytes, func(packets []byte) { sink(packets, time.Now()) })
		r.losses.Store(r.aligner.SyncLosses())
	}
	<-ctx.Done()
	return ctx.Err()
}

func (r *faultReceiver) Figures() rung.SourceFigures {
	return rung.SourceFigures{Connected: true, SyncLosses: r.losses.Load()}
}

func (r *faultReceiver) Cause() error { return nil }

// runFaults carries a stream of datagrams as a channel, until so long after its end, and has check look at what came.
func runFaults(t *testing.T, stream faultsender.Stream, src rung.Source, media rung.MediaInfo, after time.Duration, check func(r *faultRun)) {
	t.Helper()
	f := newFakes()
	f.media = media
	f.ladder = testLadder(fps25, 24) // segments of 0.96 s
	run := &faultRun{T: t, fakes: f}
	testManager(t, f, receivers(&faultReceiver{stream: stream}), func(t *testing.T) {
		run.begin = time.Now()
		src.URL = "udp://127.0.0.1:5000"
		f.want("news", &rung.Channel{ID: "news", Source: src, Profile: "hd5", Enabled: true})
		time.Sleep(stream.End() + after)
		synctest.Wait()
		check(run)
	})
}

// seen is one alarm as the feed of events tells it, by the time since sending began.
type seen struct {
	raised, cleared, lasted time.Duration // cleared 0: it still holds
	message, over           string
}

// alarms gives all alarms of a code.
func (r *faultRun) alarms(code string) (all []seen) {
	r.locked(func() {
		for _, e := range r.events {
			switch {
			case e.Code != code:
			case e.Type == "channel.alarm":
				all = append(all, seen{raised: e.Time.Sub(r.begin), message: e.Message})
			case e.Type == "channel.alarm_cleared":
				a := &all[len(all)-1]
				a.cleared, a.lasted, a.over = e.Time.Sub(r.begin), e.Duration.D(), e.Message
				if e.Since.Sub(r.begin) != a.raised {
					r.Errorf("%s: over since %v, raised at %v", code, e.Since.Sub(r.begin), a.raised)
				}
			}
		}
	})
	return all
}

// wantAlarm: there was one alarm of the code, raised within a second and a half of from, that lasted about so long, and its
// message has the words.
func (r *faultRun) wantAlarm(code string, from, lasted time.Duration, words ...string) {
	r.Helper()
	all := r.alarms(code)
	if len(all) != 1 {
		r.Errorf("%d alarms %s, want one: %+v", len(all), code, all)
		return
	}
	a := all[0]
	if a.raised < from || a.raised > from+1500*time.Millisecond {
		r.Errorf("%s raised at %v, want within 1.5 s of %v", code, a.raised, from)
	}
	if lasted >= 0 && (a.lasted < lasted-1500*time.Millisecond || a.lasted > lasted+1500*time.Millisecond) {
		r.Errorf("%s lasted %v (cleared at %v), want about %v", code, a.lasted, a.cleared, lasted)
	}
	if lasted >= 0 && a.cleared == 0 {
		r.Errorf("%s still holds", code)
	}
	for _, w := range words {
		if !strings.Contains(a.message, w) {
			r.Errorf("%s says %q, without %q", code, a.message, w)
		}
	}
	r.Logf("%s at %v for %v: %s", code, a.raised.Round(time.Millisecond), a.lasted.Round(time.Millisecond), a.message)
}

// onlyAlarms: no others were raised.
func (r *faultRun) onlyAlarms(codes ...string) {
	r.Helper()
	r.locked(func() {
		for _, e := range r.events {
			if e.Type == "channel.alarm" && !slices.Contains(codes, e.Code) {
				r.Errorf("alarm %s at %v: %s", e.Code, e.Time.Sub(r.begin), e.Message)
			}
		}
	})
}

// wantGrid: one session, whose segments are those of the grid without a hole, with pictures and sound in step in every
// part. It gives the tasks.
func (r *faultRun) wantGrid(least int) []rung.Task {
	r.Helper()
	tasks := r.raised()
	if len(tasks) < least {
		r.Fatalf("%d segments, want %d or more", len(tasks), least)
	}
	grid := r.ladder.Grid
	for i, k := range tasks {
		want := tasks[0].Time.Add(time.Duration(grid.Micros(grid.Segment(int64(i)).First)) * time.Microsecond)
		if k.ID.Number != int64(i) || k.ID.Session != tasks[0].ID.Session || k.Interval != grid.Segment(int64(i)) || !k.Time.Equal(want) {
			r.Fatalf("segment %d is %v with interval %+v at %v, want %+v at %v", i, k.ID, k.Interval, k.Time, grid.Segment(int64(i)), want)
		}
		for _, p := range k.Parts {
			if d := apart(p); d < -1 || d > 1 {
				r.Errorf("segment %d: sound is %.3f ms from its pictures", i, float64(d)/48)
			}
		}
	}
	return tasks
}

// apart is by how many samples a part's rule puts sound behind pictures of the same time stamp.
func apart(p rung.Part) int64 {
	if p.Video == nil || len(p.Audio) == 0 {
		return 0
	}
	v, a := p.Video, p.Audio[0]
	return a.Sample - (v.Frame*1920 + rung.Rescale(a.Origin-v.Origin, clock90k, rung.Rational{Num: 1, Den: 48000}))
}

// bytes are a part's, its prefix included.
func (r *faultRun) bytes(p rung.Part) []byte {
	return append(slices.Clone(p.Prefix), r.read(p.Window)...)
}

// placesFilled is which places of the tasks' intervals have a picture of their own, by the bytes that the tasks name.
func (r *faultRun) placesFilled(tasks []rung.Task) []bool {
	filled := make([]bool, tasks[len(tasks)-1].Interval.End())
	for _, k := range tasks {
		for _, p := range k.Parts {
			if p.Video == nil {
				continue
			}
			x := &pictureLister{}
			// The prefix' PAT has the session's program alone; that of a multiplex comes behind it.
			a := mpegts.NewAnalyser(mpegts.AnalyserOptions{Program: int(p.Prefix[13])<<8 | int(p.Prefix[14])})
			a.Analyse(r.bytes(p), x)
			a.Flush(x)
			for _, pts := range x.pts {
				at := placeBy(p.Video, nearestTo(pts, p.Video.Origin))
				if at >= max(k.Interval.First, p.Video.From) && at < min(k.Interval.End(), p.Video.To) {
					filled[at] = true
				}
			}
		}
	}
	return filled
}

// nearestTo unwraps a time stamp as the one nearest to another.
func nearestTo(pts, origin int64) int64 {
	const wrap = 1 << 33
	d := (pts - origin) & (wrap - 1)
	if d >= wrap/2 {
		d -= wrap
	}
	return origin + d
}

// pictureLister lists the pictures from the first on that decoding can begin with.
type pictureLister struct {
	pts   []int64
	begun bool
}

func (l *pictureLister) Tables(mpegts.Tables) {}
func (l *pictureLister) Picture(p mpegts.Picture) {
	if l.begun = l.begun || p.RandomAccess; l.begun {
		l.pts = append(l.pts, p.PTS)
	}
}
func (l *pictureLister) Sound(mpegts.Sound)                 {}
func (l *pictureLister) Discontinuity(mpegts.Discontinuity) {}

// empty lists the runs of places without a picture, as "from+length".
func empty(filled []bool) (runs []string, total int) {
	for i := 0; i < len(filled); i++ {
		n := 0
		for i+n < len(filled) && !filled[i+n] {
			n++
		}
		if n > 0 {
			runs = append(runs, fmt.Sprintf("%d+%d", i, n))
			total += n
			i += n
		}
	}
	return runs, total
}
