// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/asticode/go-astiav"

	"rung"
	"rung/transcode/protocol"
)

// comparisonGraph has each of FFmpeg's filters leave its figures in the reference's metadata. The reference comes first:
// it is what XPSNR takes its weights from.
const comparisonGraph = "[distorted]split=3[a][b][c];[reference][a]psnr[p];[p][b]ssim[s];[s][c]xpsnr[out]"

// comparison measures pairs of pictures of one geometry.
type comparison struct {
	rate rung.Rational // of the pictures: XPSNR's temporal weight depends on it

	graph                *astiav.FilterGraph
	reference, distorted *astiav.BuffersrcFilterContext
	sink                 *astiav.BuffersinkFilterContext
	white                float64 // the largest sample value
	pairs                int64
	pictures             []protocol.PictureQuality
}

// put takes the next pair; both stay the caller's.
func (c *comparison) put(reference, distorted *astiav.Frame) error {
	if c.graph == nil {
		if err := c.open(reference); err != nil {
			return err
		}
	}
	if err := errors.Join(c.give(c.reference, reference), c.give(c.distorted, distorted)); err != nil {
		return fmt.Errorf("engine: measuring: %w", err)
	}
	c.pairs++
	return c.drain()
}

// give puts a picture into one of the graph's sources.
func (c *comparison) give(to *astiav.BuffersrcFilterContext, picture *astiav.Frame) error {
	f := picture.Clone()
	defer f.Free()
	plainFrame(f, c.pairs)
	// What levels and colours mean is no difference here, and the filters must not convert.
	f.SetColorRange(astiav.ColorRangeUnspecified)
	f.SetColorSpace(astiav.ColorSpaceUnspecified)
	return to.AddFrame(f, 0)
}

// finish gives the figures of all pairs.
func (c *comparison) finish() ([]protocol.PictureQuality, error) {
	if c.graph != nil {
		if err := errors.Join(c.reference.AddFrame(nil, 0), c.distorted.AddFrame(nil, 0), c.drain()); err != nil {
			return nil, fmt.Errorf("engine: measuring: %w", err)
		}
	}
	if int64(len(c.pictures)) != c.pairs {
		return nil, rung.Errorf(rung.CodeInternal, "", "%d pairs of pictures were measured as %d", c.pairs, len(c.pictures))
	}
	return c.pictures, nil
}

// Close releases the filters.
func (c *comparison) Close() {
	if c.graph != nil {
		c.graph.Free()
		c.graph = nil
	}
}

// open builds the graph for pictures like f.
func (c *comparison) open(f *astiav.Frame) error {
	c.white = 255
	if f.PixelFormat() == astiav.PixelFormatYuv420P10Le {
		c.white = 1023
	}
	c.graph = astiav.AllocFilterGraph()
	c.graph.SetThreadCount(1)
	var err error
	if c.reference, err = c.input("reference", f); err != nil {
		return err
	}
	if c.distorted, err = c.input("distorted", f); err != nil {
		return err
	}
	if c.sink, err = c.graph.NewBuffersinkFilterContext(astiav.FindFilterByName("buffersink"), "out"); err != nil {
		return fmt.Errorf("engine: measuring: %w", err)
	}
	if err := c.connect(); err != nil {
		return rung.Errorf(rung.CodeUnsupported, "use a rung-engine that is linked with FFmpeg 7.1", "pictures cannot be measured by psnr, ssim and xpsnr: %w", err)
	}
	return nil
}

// input makes a source of the graph.
func (c *comparison) input(name string, f *astiav.Frame) (*astiav.BuffersrcFilterContext, error) {
	source, err := c.graph.NewBuffersrcFilterContext(astiav.FindFilterByName("buffer"), name)
	if err != nil {
		return nil, fmt.Errorf("engine: measuring: %w", err)
	}
	p := astiav.AllocBuffersrcFilterContextParameters()
	defer p.Free()
	p.SetWidth(f.Width())
	p.SetHeight(f.Height())
	p.SetPixelFormat(f.PixelFormat())
	p.SetTimeBase(avRatio(c.rate.Inverse()))
	p.SetFramerate(avRatio(c.rate))
	if err := errors.Join(source.SetParameters(p), source.Initialize(nil)); err != nil {
		return nil, fmt.Errorf("engine: measuring: %w", err)
	}
	return source, nil
}

// connect puts the filters between sources and sink.
func (c *comparison) connect() error {
	outputs, second, inputs := astiav.AllocFilterInOut(), astiav.AllocFilterInOut(), astiav.AllocFilterInOut()
	defer outputs.Free()
	defer inputs.Free()
	second.SetName("distorted")
	second.SetFilterContext(c.distorted.FilterContext())
	outputs.SetName("reference")
	outputs.SetFilterContext(c.reference.FilterContext())
	outputs.SetNext(second) // and is freed with it
	inputs.SetName("out")
	inputs.SetFilterContext(c.sink.FilterContext())
	if err := c.graph.Parse(comparisonGraph, inputs, outputs); err != nil {
		return err
	}
	return c.graph.Configure()
}

// drain reads the figures of the pairs that are done.
func (c *comparison) drain() error {
	f := astiav.AllocFrame()
	defer f.Free()
	for {
		err := c.sink.GetFrame(f, 0)
		if errors.Is(err, astiav.ErrEagain) || errors.Is(err, astiav.ErrEof) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("engine: measuring: %w", err)
		}
		q, err := c.read(f.Metadata())
		f.Unref()
		if err != nil {
			return err
		}
		c.pictures = append(c.pictures, q)
	}
}

// read takes a pair's figures from the metadata of its reference.
func (c *comparison) read(d *astiav.Dictionary) (protocol.PictureQuality, error) {
	var failed error
	planes := func(y, u, v string, value func(float64) float64) protocol.Planes {
		var p protocol.Planes
		for key, to := range map[string]*float64{y: &p.Y, u: &p.U, v: &p.V} {
			x, err := number(d, key)
			*to, failed = value(x), errors.Join(failed, err)
		}
		return p
	}
	q := protocol.PictureQuality{
		MSE:  planes("lavfi.psnr.mse.y", "lavfi.psnr.mse.u", "lavfi.psnr.mse.v", func(mse float64) float64 { return mse / (c.white * c.white) }),
		SSIM: planes("lavfi.ssim.Y", "lavfi.ssim.U", "lavfi.ssim.V", func(ssim float64) float64 { return ssim }),
		// The filter gives decibels, infinite ones for equal pictures, which become an error of 0.
		WSE: planes("lavfi.xpsnr.xpsnr.y", "lavfi.xpsnr.xpsnr.u", "lavfi.xpsnr.xpsnr.v", func(db float64) float64 { return math.Pow(10, -db/10) }),
	}
	return q, failed
}

// number reads one figure.
func number(d *astiav.Dictionary, key string) (float64, error) {
	if d == nil {
		return 0, rung.Errorf(rung.CodeInternal, "", "a measured picture has no figures")
	}
	entry := d.Get(key, nil, 0)
	if entry == nil {
		return 0, rung.Errorf(rung.CodeInternal, "", "a measured picture has no figure %s", key)
	}
	x, err := strconv.ParseFloat(entry.Value(), 64)
	if err != nil {
		return 0, rung.Errorf(rung.CodeInternal, "", "a measured picture's %s: %w", key, err)
	}
	return x, nil
}
