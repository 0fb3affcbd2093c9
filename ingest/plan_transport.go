package ingest

import (
	"context"
	"errors"
	"time"

	"rung"
	"rung/internal/mpegts"
)

// transportPlan hears a whole transport stream through the analyser, at full speed.
type transportPlan struct {
	*plan
	packets   *objectPackets
	source    selection
	segmenter *segmenter
	base      int64 // the analyser's position where the object's packets begin
	err       error
}

// errFound ends a scan that has what it was for.
var errFound = errors.New("found")

// transport plans a transport stream. Its tables are looked for first and put before its beginning: a recording that
// begins in mid-stream has pictures before its first tables.
func (p *plan) transport(ctx context.Context) error {
	t := &transportPlan{plan: p, packets: &objectPackets{object: p.object, url: p.job.Input}}
	psi, err := t.findTables(ctx)
	if err != nil {
		return err
	}
	analyser := mpegts.NewAnalyser(mpegts.AnalyserOptions{})
	analyser.Analyse(psi, t)
	t.base = int64(len(psi))
	err = t.packets.scan(ctx, func(packets []byte) error {
		analyser.Analyse(packets, t)
		return t.err
	})
	if err != nil {
		return err
	}
	analyser.Flush(t)
	if t.err != nil || t.segmenter == nil {
		return t.err
	}
	t.segmenter.passed(analyser.Position() - t.base)
	t.segmenter.flush(time.Time{})
	return t.err
}

// raise keeps a task, unless the timeline has become longer than a film can be.
func (t *transportPlan) raise(task rung.Task) {
	if end := task.Ladder.Grid.Micros(task.Interval.End()); end > maxFilm.Microseconds() {
		t.err = t.tooLong()
		return
	}
	t.tasks = append(t.tasks, task)
}

// findTables gives the packets of the first tables.
func (t *transportPlan) findTables(ctx context.Context) ([]byte, error) {
	finder := newStartup(mpegts.AnalyserOptions{})
	err := t.packets.scan(ctx, func(packets []byte) error {
		finder.scout.Analyse(packets, finder)
		if finder.tables != nil {
			return errFound
		}
		return nil
	})
	switch {
	case errors.Is(err, errFound):
		return finder.tables.PSI, nil
	case err != nil:
		return nil, err
	}
	return nil, rung.Errorf(rung.CodeBadInput, "check that the input is a whole transport stream", "input %q: no tables (PAT, PMT) in it", redact(t.job.Input))
}

// Tables implements mpegts.Handler. The first ones make the ladder. Later ones may move its streams, or name no more of
// them for a while. Ones that name a stream that the ladder has nothing for are passed over.
func (t *transportPlan) Tables(tables mpegts.Tables) {
	if t.err != nil {
		return
	}
	if t.segmenter != nil {
		if t.source.relocate(tables) {
			t.segmenter.tables(tables.PSI, t.source.layout, tables.Position-t.base)
		}
		return
	}
	var ladder rung.Ladder
	if t.source, t.err = selectStreams(tables, t.media); t.err != nil {
		return
	}
	if ladder, t.err = t.resolver.Resolve(t.source.video, t.source.audio); t.err != nil {
		return
	}
	t.source.settle(ladder)
	if t.source.layout.video == nil && len(t.source.layout.audio) == 0 {
		t.err = nothingFor(t.job)
		return
	}
	o := t.options(t.source.layout, ladder, t.packets)
	o.psi, o.transport, o.raise = tables.PSI, true, t.raise
	t.segmenter = newSegmenter(o)
}

// nothingFor says that a job's profile has no rendition for its input.
func nothingFor(job rung.Job) error {
	return rung.Errorf(rung.CodeInvalid, "choose a profile with renditions for what the input has", "profile %q has nothing for input %q", job.Profile, redact(job.Input))
}

// Picture implements mpegts.Handler.
func (t *transportPlan) Picture(p mpegts.Picture) {
	if t.segmenter != nil {
		p.Position, p.End = p.Position-t.base, p.End-t.base
		t.segmenter.picture(pictureOf(p), time.Time{})
	}
}

// Sound implements mpegts.Handler.
func (t *transportPlan) Sound(a mpegts.Sound) {
	if t.segmenter != nil {
		a.Position, a.End = a.Position-t.base, a.End-t.base
		if t.source.reframe(a) {
			t.segmenter.tables(t.segmenter.current().psi, t.source.layout, a.Position)
		}
		t.segmenter.sound(t.source.soundOf(a), time.Time{})
	}
}

// Discontinuity implements mpegts.Handler.
func (t *transportPlan) Discontinuity(d mpegts.Discontinuity) {
	if t.segmenter != nil && d.Flagged {
		t.segmenter.discontinuity(d.Position - t.base)
	}
}
