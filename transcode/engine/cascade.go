// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"github.com/asticode/go-astiav"

	"rung"
)

// cascade scales each picture to the size and format of every rendition, each from the next larger one of the same
// format, so that most scaling has little to read.
type cascade struct {
	steps []*scaler
	last  []*astiav.Frame // the outputs for the picture before
}

// newCascade makes a cascade for renditions, the widest first. full says that their range is full.
func newCascade(renditions []rung.VideoRendition, full bool) *cascade {
	c := &cascade{}
	for _, r := range renditions {
		c.steps = append(c.steps, &scaler{to: geometry{width: r.Width, height: r.Height, format: encoderFormat(r), full: full}})
	}
	return c
}

// encoderFormat is the pixel format that a rendition is encoded from.
func encoderFormat(r rung.VideoRendition) astiav.PixelFormat {
	if r.Profile == "main10" {
		return astiav.PixelFormatYuv420P10Le
	}
	return astiav.PixelFormatYuv420P
}

// scale gives a new reference to the picture for each rendition, with pts as its time stamp. A repeated picture is not
// scaled again.
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
	for i, step := range c.steps {
		src := f
		if above := i - 1; above >= 0 && c.steps[above].to.format == step.to.format && !step.to.exceeds(c.steps[above].to) {
			src = c.last[above]
		}
		out, err := step.scale(src)
		if err != nil {
			return err
		}
		c.last = append(c.last, out)
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
	for _, s := range c.steps {
		s.Close()
	}
}
