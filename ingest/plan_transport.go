package ingest

import (
	"context"
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
	err       error
}

// transport plans a transport stream.
func (p *plan) transport(ctx context.Context) error {
	t := &transportPlan{plan: p, packets: &objectPackets{object: p.object, url: p.job.Input}}
	analyser := mpegts.NewAnalyser(mpegts.AnalyserOptions{})
	err := t.packets.scan(ctx, func(packets []byte) error {
		analyser.Analyse(packets, t)
		return t.err
	})
	if err != nil {
		return err
	}
	analyser.Flush(t)
	if t.err != nil {
		return t.err
	}
	if t.segmenter == nil {
		return rung.Errorf(rung.CodeBadInput, "check that the input is a whole transport stream", "input %q: no tables (PAT, PMT) in it", redact(p.job.Input))
	}
	t.segmenter.passed(analyser.Position())
	t.segmenter.flush(time.Time{})
	return nil
}

// Tables implements mpegts.Handler. The first ones make the ladder. Later ones may move its streams; streams that are no
// more of the same kind are silent from there.
func (t *transportPlan) Tables(tables mpegts.Tables) {
	if t.err != nil {
		return
	}
	if t.segmenter != nil {
		if l, same := t.source.relocate(tables); same {
			t.segmenter.tables(tables.PSI, l, tables.Position)
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
	o.psi, o.transport = tables.PSI, true
	t.segmenter = newSegmenter(o)
}

// nothingFor says that a job's profile has no rendition for its input.
func nothingFor(job rung.Job) error {
	return rung.Errorf(rung.CodeInvalid, "choose a profile with renditions for what the input has", "profile %q has nothing for input %q", job.Profile, redact(job.Input))
}

// Picture implements mpegts.Handler.
func (t *transportPlan) Picture(p mpegts.Picture) {
	if t.segmenter != nil {
		t.segmenter.picture(pictureOf(p), time.Time{})
	}
}

// Sound implements mpegts.Handler.
func (t *transportPlan) Sound(a mpegts.Sound) {
	if t.segmenter != nil {
		t.segmenter.sound(t.source.soundOf(a), time.Time{})
	}
}

// Discontinuity implements mpegts.Handler.
func (t *transportPlan) Discontinuity(d mpegts.Discontinuity) {
	if t.segmenter != nil {
		t.segmenter.discontinuity(d.Position)
	}
}
