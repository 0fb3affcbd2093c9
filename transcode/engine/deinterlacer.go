// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"

	"github.com/asticode/go-astiav"

	"rung"
)

// deinterlacer makes progressive pictures of those that are flagged interlaced, with bwdif. Others pass through
// untouched and uncopied, so it is always there when the ladder asks for it, and what it does to a picture depends on that
// picture and its two neighbours alone.
//
// Its time stamps count halves of its input's: that is what bwdif gives, a field being half a frame.
type deinterlacer struct {
	mode     string // "", frame or field, as in rung.Ladder
	geometry geometry
	graph    *astiav.FilterGraph
	source   *astiav.BuffersrcFilterContext
	sink     *astiav.BuffersinkFilterContext
}

// put takes a picture with its time stamp, which it frees, and gives emit those that come out, which emit owns.
func (d *deinterlacer) put(f *astiav.Frame, emit func(*astiav.Frame) error) error {
	if d.mode == "" {
		f.SetPts(2 * f.Pts())
		return emit(f)
	}
	defer f.Free()
	if g := geometryOf(f); d.graph == nil || g != d.geometry {
		if err := d.flush(emit); err != nil {
			return err
		}
		if err := d.open(f); err != nil {
			return err
		}
		d.geometry = g
	}
	if err := d.source.AddFrame(f, 0); err != nil {
		return fmt.Errorf("engine: deinterlacing: %w", err)
	}
	return d.drain(emit)
}

// flush gives what is still inside and forgets all pictures: what follows is no continuation.
func (d *deinterlacer) flush(emit func(*astiav.Frame) error) error {
	if d.graph == nil {
		return nil
	}
	defer d.Close()
	if err := d.source.AddFrame(nil, 0); err != nil {
		return fmt.Errorf("engine: deinterlacing: %w", err)
	}
	return d.drain(emit)
}

// Close releases the filter.
func (d *deinterlacer) Close() {
	if d.graph != nil {
		d.graph.Free()
		d.graph = nil
	}
}

func (d *deinterlacer) drain(emit func(*astiav.Frame) error) error {
	for {
		out := astiav.AllocFrame()
		err := d.sink.GetFrame(out, 0)
		if err != nil {
			out.Free()
			if errors.Is(err, astiav.ErrEagain) || errors.Is(err, astiav.ErrEof) {
				return nil
			}
			return fmt.Errorf("engine: deinterlacing: %w", err)
		}
		if err := emit(out); err != nil {
			return err
		}
	}
}

// open builds the filter for pictures like f.
func (d *deinterlacer) open(f *astiav.Frame) error {
	d.graph = astiav.AllocFilterGraph()
	d.graph.SetThreadCount(1)
	var err error
	if d.source, err = newPictureSource(d.graph, f); err != nil {
		d.Close()
		return err
	}
	if d.sink, err = d.graph.NewBuffersinkFilterContext(astiav.FindFilterByName("buffersink"), "out"); err != nil {
		d.Close()
		return fmt.Errorf("engine: deinterlacer: %w", err)
	}
	if err := d.connect(); err != nil {
		d.Close()
		return rung.Errorf(rung.CodeUnsupported, "turn deinterlacing off in the profile",
			"pictures of %dx%d %s cannot be deinterlaced: %w", f.Width(), f.Height(), f.PixelFormat().Name(), err)
	}
	return nil
}

// connect puts bwdif between source and sink.
func (d *deinterlacer) connect() error {
	outputs, inputs := astiav.AllocFilterInOut(), astiav.AllocFilterInOut()
	defer outputs.Free()
	defer inputs.Free()
	outputs.SetName("in")
	outputs.SetFilterContext(d.source.FilterContext())
	inputs.SetName("out")
	inputs.SetFilterContext(d.sink.FilterContext())
	if err := d.graph.Parse("bwdif=mode=send_"+d.mode+":parity=auto:deint=interlaced", inputs, outputs); err != nil {
		return err
	}
	return d.graph.Configure()
}

// newPictureSource makes the graph's input, for pictures like f. The time base is of no account: time stamps are only
// counted in it.
func newPictureSource(g *astiav.FilterGraph, f *astiav.Frame) (*astiav.BuffersrcFilterContext, error) {
	source, err := g.NewBuffersrcFilterContext(astiav.FindFilterByName("buffer"), "in")
	if err != nil {
		return nil, fmt.Errorf("engine: deinterlacer: %w", err)
	}
	p := astiav.AllocBuffersrcFilterContextParameters()
	defer p.Free()
	p.SetWidth(f.Width())
	p.SetHeight(f.Height())
	p.SetPixelFormat(f.PixelFormat())
	p.SetColorRange(f.ColorRange())
	p.SetColorSpace(f.ColorSpace())
	p.SetTimeBase(astiav.NewRational(1, 90000))
	if err := source.SetParameters(p); err != nil {
		return nil, fmt.Errorf("engine: deinterlacer: %w", err)
	}
	if err := source.Initialize(nil); err != nil {
		return nil, fmt.Errorf("engine: deinterlacer: %w", err)
	}
	return source, nil
}
