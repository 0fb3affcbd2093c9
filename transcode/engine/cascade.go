// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"slices"

	"github.com/asticode/go-astiav"

	"rung"
)

// cascade scales each picture to the size and format of every rendition, each from the next larger one of the same
// format, so that most scaling has little to read.
//
// Renditions that follow a narrower one's look-ahead are behind it by as many pictures as that looks ahead. Of those only
// the widest is kept at its size; other large ones are scaled from it once more when their turn comes, so that no picture
// waits in two large sizes (docs/performance.md, "Memory").
type cascade struct {
	steps []cascadeStep
	// ahead says that it is the encoders that scale those whose turn comes later: they are given what to scale.
	ahead bool
	last  []*astiav.Frame // the outputs for the picture before
}

// cascadeStep makes one rendition's pictures.
type cascadeStep struct {
	scaler
	above int  // the step whose pictures it scales, -1 for the source's
	late  bool // it is scaled when its turn comes
}

// newCascade makes a cascade for renditions, the widest first. full says that their range is full. What becomes of a picture
// does not depend on ahead.
func newCascade(renditions []rung.VideoRendition, full, ahead bool) *cascade {
	c := &cascade{ahead: ahead}
	roles := lookaheadRoles(renditions)
	leader := slices.Index(roles, leadsLookahead)
	held := -1 // the widest that follows
	for i, r := range renditions {
		step := cascadeStep{scaler: scaler{to: renditionGeometry(r, full)}, above: i - 1}
		if i == 0 || c.steps[i-1].to.format != step.to.format || step.to.exceeds(c.steps[i-1].to) {
			step.above = -1
		}
		if roles[i] == followsLookahead && i < leader {
			step.late = held >= 0 && step.above == held && pixels(r) >= latePixels
			if held < 0 {
				held = i
			}
		}
		c.steps = append(c.steps, step)
	}
	return c
}

// latePixels is the size from which a rendition's pictures are worth scaling late.
const latePixels = 500_000

// renditionGeometry is that of the pictures that a rendition is encoded from.
func renditionGeometry(r rung.VideoRendition, full bool) geometry {
	return geometry{width: r.Width, height: r.Height, format: encoderFormat(r), full: full}
}

// encoderFormat is the pixel format that a rendition is encoded from.
func encoderFormat(r rung.VideoRendition) astiav.PixelFormat {
	if r.Profile == "main10" {
		return astiav.PixelFormatYuv420P10Le
	}
	return astiav.PixelFormatYuv420P
}

// scale gives a new reference to the picture for each rendition, or to what its encoder is to scale, with pts as its time
// stamp. A repeated picture is not scaled again.
func (c *cascade) scale(f *astiav.Frame, repeated bool, pts int64) ([]*astiav.Frame, error) {
	if !repeated || c.last == nil {
		c.forget()
		if err := c.renew(f); err != nil {
			return nil, err
		}
	}
	out := make([]*astiav.Frame, len(c.last))
	for i, last := range c.last {
		out[i] = last.Clone()
		plainFrame(out[i], pts)
	}
	return out, nil
}

// renew scales f through all steps.
func (c *cascade) renew(f *astiav.Frame) error {
	c.last = make([]*astiav.Frame, 0, len(c.steps))
	for i := range c.steps {
		src := f
		if above := c.steps[i].above; above >= 0 {
			src = c.last[above]
		}
		out, err := c.steps[i].scale(src)
		if err != nil {
			return err
		}
		c.last = append(c.last, out)
	}
	for i := range c.steps {
		if step := &c.steps[i]; step.late && c.ahead {
			c.last[i].Free()
			c.last[i] = c.last[step.above].Clone()
		}
	}
	return nil
}

func (c *cascade) forget() {
	for _, f := range c.last {
		f.Free()
	}
	c.last = nil
}

// Close releases the scalers and their pictures.
func (c *cascade) Close() {
	c.forget()
	for i := range c.steps {
		c.steps[i].Close()
	}
}
