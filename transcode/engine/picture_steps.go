// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"

	"github.com/asticode/go-astiav"

	"rung"
)

// pictureSteps take the decoded pictures of all parts, one after the other, through the deinterlacer, onto the grid and
// to every rendition's size, and send them to the encoders.
type pictureSteps struct {
	ctx          context.Context // the encode's: it ends a wait for an encoder
	run          *encodeRun
	deinterlacer deinterlacer
	fitter       *fitter
	cascade      *cascade
	clock        *videoClock // the current part's
	watch        *stepWatch
}

func newPictureSteps(ctx context.Context, run *encodeRun, watch *stepWatch) *pictureSteps {
	s := &pictureSteps{ctx: ctx, run: run, watch: watch}
	ladder := run.task.Ladder
	slate := func() *astiav.Frame { return run.slate.Clone() }
	s.fitter = newFitter(run.task.Interval, ladder.Grid.Rate, slate, s.scale)
	s.fitter.live = run.task.ID.Kind == rung.Live
	s.deinterlacer = deinterlacer{mode: ladder.Deinterlace}
	s.cascade = newCascade(ladder.Video, fullRange(ladder.Source), run.lookaheads != nil)
	return s
}

// begin says that the pictures that follow are those of another part, on its clock.
func (s *pictureSteps) begin(clock *videoClock) error {
	if err := s.deinterlacer.flush(s.fit); err != nil {
		return err
	}
	s.clock = clock
	return s.fitter.begin(clock.source.From, clock.source.To)
}

// put takes a decoded picture, which it owns from then on, with its unwrapped time stamp in the part's time base.
func (s *pictureSteps) put(f *astiav.Frame) error {
	s.watch.enter("deinterlace")
	defer s.watch.enter("decode")
	return s.deinterlacer.put(f, s.fit)
}

// goOn says that the part's source has more behind the pictures that came.
func (s *pictureSteps) goOn() error {
	if err := s.deinterlacer.flush(s.fit); err != nil {
		return err
	}
	return s.fitter.goOn()
}

// end says that all parts have been decoded: what is left of the interval is filled, and the encoders get no more.
func (s *pictureSteps) end() error {
	if len(s.run.scaled) == 0 {
		return nil
	}
	if err := s.deinterlacer.flush(s.fit); err != nil {
		return err
	}
	if err := s.fitter.finish(); err != nil {
		return err
	}
	stats := &s.run.stats
	stats.Repeated, stats.Dropped, stats.Slate = s.fitter.repeated, s.fitter.dropped, s.fitter.slates
	for _, queue := range s.run.scaled {
		close(queue)
	}
	return nil
}

// fit gives the fitter a picture whose time stamp counts halves of the part's time base.
func (s *pictureSteps) fit(f *astiav.Frame) error {
	return s.fitter.put(f, s.clock.place(f.Pts()))
}

// scale sends the picture of a place, which it frees, to every encoder.
func (s *pictureSteps) scale(p gridPicture) error {
	s.watch.enter("scale")
	defer s.watch.enter("deinterlace")
	defer p.frame.Free()
	frames, err := s.cascade.scale(p.frame, p.repeated, p.place-s.run.task.Interval.First)
	if err != nil {
		return err
	}
	for i, f := range frames {
		if err := send(s.ctx, s.run.scaled[i], f); err != nil {
			for _, left := range frames[i:] {
				left.Free()
			}
			return err
		}
	}
	return nil
}

// Close releases what the steps still hold.
func (s *pictureSteps) Close() {
	s.deinterlacer.Close()
	s.fitter.Close()
	s.cascade.Close()
}
