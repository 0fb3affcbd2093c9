// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/asticode/go-astiav"

	"rung"
)

// Which step of a cascade scales the pictures of which, and which wait.
func TestCascadePlan(t *testing.T) {
	own := func(r rung.VideoRendition) rung.VideoRendition {
		r.OwnLookahead = true
		return r
	}
	ten := func(r rung.VideoRendition) rung.VideoRendition {
		r.Profile = "main10"
		return r
	}
	uhd, hd, p720, p540, p360, p234 := h264(3840, 2160), h264(1920, 1080), h264(1280, 720), h264(960, 540), h264(640, 360), h264(416, 234)
	for name, c := range map[string]struct {
		ladder []rung.VideoRendition
		above  []int
		late   []int
	}{
		"five rungs":         {[]rung.VideoRendition{hd, p720, p540, p360, p234}, []int{-1, 0, 1, 2, 3}, []int{1}},
		"each by itself":     {[]rung.VideoRendition{own(hd), own(p720), own(p540), own(p360)}, []int{-1, 0, 1, 2}, nil},
		"from UHD":           {[]rung.VideoRendition{uhd, h264(2560, 1440), hd, p720, p540}, []int{-1, 0, 1, 2, 3}, []int{1}},
		"small ones":         {[]rung.VideoRendition{p540, p360, p234}, []int{-1, 0, 1}, nil},
		"two that follow":    {[]rung.VideoRendition{hd, p720, h264(1024, 576), p540}, []int{-1, 0, 1, 2}, []int{1}},
		"the widest its own": {[]rung.VideoRendition{own(hd), p720, p540}, []int{-1, 0, 1}, nil},
		"10 bits":            {[]rung.VideoRendition{ten(hd), p720, p540}, []int{-1, -1, 1}, nil},
		"a higher one":       {[]rung.VideoRendition{hd, h264(1280, 1200), p540}, []int{-1, -1, 1}, nil},
	} {
		var above, late []int
		for i, step := range newCascade(c.ladder, false, true).steps {
			above = append(above, step.above)
			if step.late {
				late = append(late, i)
			}
		}
		if !slices.Equal(above, c.above) || !slices.Equal(late, c.late) {
			t.Errorf("%s: scaled from %v, late %v; want %v, late %v", name, above, late, c.above, c.late)
		}
	}
}

// TestCascadeAhead holds that a picture is the same whether the cascade or the encoder scales it.
func TestCascadeAhead(t *testing.T) {
	ladder := []rung.VideoRendition{h264(1920, 1080), h264(1280, 720), h264(960, 540), h264(640, 360)}
	for name, source := range map[string]geometry{
		"of the widest's size": yuv420(1920, 1080),
		"larger":               yuv420(2048, 1152),
		"of another format":    {width: 1920, height: 1080, format: astiav.PixelFormatYuv422P},
		"full range, as JPEG":  {width: 1920, height: 1080, format: astiav.PixelFormatYuvj420P, full: true},
	} {
		random := rand.New(rand.NewPCG(7, 8))
		src := pooled(t, source)
		src.SetColorRange(astiav.ColorRangeUnspecified) // a format may say it alone
		for i := range 3 {
			p := plane(src, i, stride(src, i)*source.height/2)
			for at := range p {
				p[at] = byte(random.UintN(256))
			}
		}
		at := scaledBy(t, ladder, source.full, false, src)
		ahead := scaledBy(t, ladder, source.full, true, src)
		for i, r := range ladder {
			late := i == 1
			g := renditionGeometry(r, source.full)
			if got := geometryOf(at[i]); got != g {
				t.Errorf("%s: %dp is %v", name, r.Height, got)
			}
			if got := geometryOf(ahead[i]) != g; got != late {
				t.Errorf("%s: %dp comes at its size: %t", name, r.Height, !got)
			}
			s := scaler{to: g}
			scaled, err := s.scale(ahead[i])
			if err != nil {
				t.Fatal(err)
			}
			if !samePicture(at[i], scaled) {
				t.Errorf("%s: %dp is another picture", name, r.Height)
			}
			scaled.Free()
			s.Close()
		}
	}
}

// scaledBy gives what a cascade makes of a picture.
func scaledBy(t *testing.T, ladder []rung.VideoRendition, full, ahead bool, src *astiav.Frame) []*astiav.Frame {
	t.Helper()
	c := newCascade(ladder, full, ahead)
	defer c.Close()
	frames, err := c.scale(src, false, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		t.Cleanup(f.Free)
		if f.Pts() != 5 {
			t.Errorf("a picture's time stamp is %d, want 5", f.Pts())
		}
	}
	return frames
}

// samePicture compares 8-bit 4:2:0 pictures of one size.
func samePicture(a, b *astiav.Frame) bool {
	g := geometryOf(a)
	for i := range 3 {
		width, height := planeSize(g, i)
		p, q := plane(a, i, stride(a, i)*height), plane(b, i, stride(b, i)*height)
		for y := range height {
			if !bytes.Equal(p[y*stride(a, i):][:width], q[y*stride(b, i):][:width]) {
				return false
			}
		}
	}
	return true
}

// h264 is a rendition as the built-in ladders have.
func h264(width, height int) rung.VideoRendition {
	return rung.VideoRendition{Codec: "libx264", Preset: "veryfast", GOP: 48, Width: width, Height: height}
}
