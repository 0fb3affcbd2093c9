// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"
	"syscall"
	"time"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// pictureQueue is how many pictures may wait for each encoder: enough that it need not wait at each of them, few enough
// that a slot's memory stays small.
const pictureQueue = 2

// encode makes one segment of every rendition of the task's ladder. It is a pure function of the task and its source's
// bytes. Errors are CodeInvalid (a task or setting that makes no sense), CodeBadInput (nothing could be decoded),
// CodeUnsupported, CodeEncrypted, or the parent's own.
func encode(rio requestIO, req protocol.Request) (protocol.EncodeReply, error) {
	if err := checkTask(req); err != nil {
		return protocol.EncodeReply{}, err
	}
	defer settleMemory()
	began, before := time.Now(), usage()
	e := &encodeRun{rio: &countingIO{requestIO: rio}, task: req.Task, inputs: req.Inputs}
	defer e.Close()
	if err := e.shareLookahead(); err != nil {
		return protocol.EncodeReply{}, err
	}
	if err := e.open(); err != nil {
		return protocol.EncodeReply{}, err
	}
	stages, ctx := newStages(context.Background())
	e.start(ctx, stages)
	if err := stages.wait(); err != nil {
		return protocol.EncodeReply{}, err
	}
	if err := e.judge(); err != nil {
		return protocol.EncodeReply{}, err
	}
	muxing := usage()
	tracks, err := e.mux()
	if err != nil {
		return protocol.EncodeReply{}, err
	}
	after := usage()
	stages.account("mux", after.cpu-muxing.cpu)
	e.stats.StageUS = stages.cpu
	e.stats.SourceBytes = e.rio.bytes
	e.stats.WallUS = time.Since(began).Microseconds()
	e.stats.CPUUS = after.cpu - before.cpu
	e.stats.PeakRSS = after.peak
	return protocol.EncodeReply{Tracks: tracks, Stats: e.stats}, nil
}

// checkTask holds a request against what an encode needs.
func checkTask(req protocol.Request) error {
	t := req.Task
	switch {
	case t == nil:
		return rung.Errorf(rung.CodeInvalid, "", "an encode needs a task")
	case len(t.Parts)+slates(t) != len(req.Inputs):
		return rung.Errorf(rung.CodeInvalid, "", "task %s: %d parts but %d inputs", t.ID, len(t.Parts), len(req.Inputs))
	case t.Interval.First < 0 || t.Interval.Frames <= 0 || t.Interval.AudioFirst < 0 || t.Interval.AudioFrames < 0:
		return rung.Errorf(rung.CodeInvalid, "", "task %s: interval %+v is not one", t.ID, t.Interval)
	case t.Ladder.Grid.Rate.Num <= 0 || t.Ladder.Grid.Rate.Den <= 0:
		return rung.Errorf(rung.CodeInvalid, "", "task %s: frame rate %s is not one", t.ID, t.Ladder.Grid.Rate)
	case len(t.Ladder.Video)+len(t.Ladder.Audio) == 0:
		return rung.Errorf(rung.CodeInvalid, "", "task %s: the ladder has no rendition", t.ID)
	}
	return checkParts(t)
}

// checkParts holds a task's sources against what the clocks need.
func checkParts(t *rung.Task) error {
	for i, p := range t.Parts {
		if p.Video != nil && (p.Video.TimeBase.Num <= 0 || p.Video.TimeBase.Den <= 0) {
			return rung.Errorf(rung.CodeInvalid, "", "task %s: part %d: video time base %s is not one", t.ID, i, p.Video.TimeBase)
		}
		for k, a := range p.Audio {
			if a.TimeBase.Num <= 0 || a.TimeBase.Den <= 0 || a.SampleRate <= 0 {
				return rung.Errorf(rung.CodeInvalid, "", "task %s: part %d: audio source %d: time base %s or rate %d is not one", t.ID, i, k, a.TimeBase, a.SampleRate)
			}
		}
	}
	for _, r := range t.Ladder.Video {
		if r.GOP <= 0 || r.Width <= 0 || r.Height <= 0 || r.Width > 16384 || r.Height > 16384 {
			return rung.Errorf(rung.CodeInvalid, "", "task %s: rendition %q of %dx%d with a GOP of %d is not possible", t.ID, r.ID, r.Width, r.Height, r.GOP)
		}
	}
	return nil
}

// encodeRun is one encode as it goes: what its stages share. Each field is written by one stage and read when all have
// ended.
type encodeRun struct {
	rio    *countingIO
	task   *rung.Task
	inputs []protocol.Input

	slate       *astiav.Frame
	soundtracks []*soundtrack

	scaled  []chan *astiav.Frame // one for each video rendition
	sounded chan struct{}        // closed when all sound is decoded

	lookaheads []lookahead      // each video rendition's part; none where nothing is encoded
	shared     *sharedLookahead // nil where every rendition has its own

	video []encodedVideo
	audio []encodedAudio
	stats rung.EncodeStats
	heard int64 // decoded audio frames
	// refused is why a part could not be read, where one could not.
	refused error
}

// shareLookahead gives the video renditions their parts in a look-ahead, where they share one.
func (e *encodeRun) shareLookahead() (err error) {
	e.lookaheads, e.shared, err = lookaheads(e.task.Ladder.Video)
	return err
}

// queueSize is how many pictures may wait for a video rendition. The one that looks ahead for others bounds what waits for
// them: it takes no more pictures while they are behind.
func (e *encodeRun) queueSize(i int) int64 {
	if i < len(e.lookaheads) && e.lookaheads[i].role == followsLookahead {
		return e.task.Interval.Frames
	}
	return pictureQueue
}

// open makes what must be there before the first stage starts.
func (e *encodeRun) open() error {
	e.video = make([]encodedVideo, len(e.task.Ladder.Video))
	e.audio = make([]encodedAudio, len(e.task.Ladder.Audio))
	e.sounded = make(chan struct{})
	for i := range e.video {
		e.scaled = append(e.scaled, make(chan *astiav.Frame, e.queueSize(i)))
	}
	for _, r := range e.task.Ladder.Audio {
		s, err := newSoundtrack(r, e.task.Interval)
		if err != nil {
			return err
		}
		e.soundtracks = append(e.soundtracks, s)
	}
	if len(e.video) == 0 {
		return nil
	}
	var err error
	if slates(e.task) > 0 {
		e.slate, err = readSlate(e.rio.requestIO, len(e.task.Parts), e.task.Ladder.Video[0])
	} else {
		e.slate, err = newSlate(e.task.Ladder.Source)
	}
	return err
}

// slates is how many inputs a task has behind those of its parts: one where it has a picture of its own for the slate.
func slates(t *rung.Task) int {
	if t.Slate != "" && len(t.Ladder.Video) > 0 {
		return 1
	}
	return 0
}

// Close releases what open made and, after a failure, what is left in the queues.
func (e *encodeRun) Close() {
	for _, q := range e.scaled {
		discard(q, (*astiav.Frame).Free)
	}
	for _, s := range e.soundtracks {
		s.Close()
	}
	if e.shared != nil {
		e.shared.Close()
	}
	if e.slate != nil {
		e.slate.Free()
	}
}

// start starts all stages. A stage closes the queue that it fills when all has gone well; when it fails, the context ends
// those that wait for it.
func (e *encodeRun) start(ctx context.Context, s *stages) {
	for i, r := range e.task.Ladder.Video {
		start := s.start
		if i > 0 && e.lookaheads[i].role != leadsLookahead { // the widest is the first, and takes the longest
			start = s.startBehind
		}
		start(encodeStage(r), func(w *stepWatch) (err error) {
			e.video[i], err = encodeVideo(ctx, r, e.task, e.lookaheads[i], e.scaled[i], w)
			return err
		})
	}
	s.start("decode", func(w *stepWatch) error { return e.decode(ctx, w) })
	s.start("audio", func(*stepWatch) error { return e.encodeSound(ctx) })
}

// judge decides whether what was decoded is enough to publish.
func (e *encodeRun) judge() error {
	if e.stats.Decoded > 0 || e.heard > 0 || e.rio.bytes == 0 {
		return nil
	}
	for i, p := range e.task.Parts {
		if p.Video == nil && len(p.Audio) == 0 {
			continue
		}
		if i == 0 { // the one that can be looked into again
			if err := e.checkEncryption(p); err != nil {
				return err
			}
		}
		if e.refused != nil {
			return e.refused
		}
		return rung.Errorf(rung.CodeBadInput, "play the source to see whether it is damaged",
			"nothing could be decoded of %d bytes of %s", e.rio.bytes, p.Format)
	}
	return nil
}

// checkEncryption gives CodeEncrypted if the first part's streams are scrambled or under DRM, which libavformat does not
// say.
func (e *encodeRun) checkEncryption(p rung.Part) error {
	find, key := protectedTracks, func(_, index int) int { return index }
	if p.Format == "mpegts" {
		find, key = scrambledPIDs, func(pid, _ int) int { return pid }
	}
	encrypted, err := find(e.rio, e.inputs[0].Size)
	if err != nil {
		return err
	}
	streams := []int{}
	if p.Video != nil {
		streams = append(streams, key(p.Video.PID, p.Video.Index))
	}
	for _, a := range p.Audio {
		streams = append(streams, key(a.PID, a.Index))
	}
	for _, s := range streams {
		if encrypted[s] {
			return rung.Errorf(rung.CodeEncrypted, encryptedHint, "stream %d of the source is encrypted", s)
		}
	}
	return nil
}

// resources are what the process has used so far.
type resources struct {
	cpu  int64 // microseconds of processor time
	peak int64 // bytes of memory at most
}

func usage() resources {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return resources{}
	}
	return resources{cpu: (u.Utime.Nano() + u.Stime.Nano()) / 1000, peak: u.Maxrss << 10}
}

// countingIO counts the bytes that were read.
type countingIO struct {
	requestIO
	bytes int64
}

// ReadAt implements requestIO. Only the decoding stage reads.
func (c *countingIO) ReadAt(input int, p []byte, off int64) (int, error) {
	n, err := c.requestIO.ReadAt(input, p, off)
	c.bytes += int64(n)
	return n, err
}
