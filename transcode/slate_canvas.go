package transcode

import (
	"image"
	"math"
)

// lumaWeights are the shares of red and blue in brightness (ITU-R BT.601 and BT.709).
type lumaWeights struct{ red, blue float64 }

var (
	bt601 = lumaWeights{0.299, 0.114}
	bt709 = lumaWeights{0.2126, 0.0722}
)

// slateCanvas is a picture in the making, in 8-bit colours, black at first.
type slateCanvas struct {
	width, height int
	weights       lumaWeights
	pixels        [][3]float64 // red, green, blue: 0 to 1
}

func newSlateCanvas(width, height int, w lumaWeights) *slateCanvas {
	return &slateCanvas{width: width, height: height, weights: w, pixels: make([][3]float64, width*height)}
}

// draw lays the image in the middle, as large as fits. Each pixel is the mean of those of the image that it covers, or the
// nearest one.
func (c *slateCanvas) draw(src image.Image) {
	b := src.Bounds()
	scale := min(float64(c.width)/float64(b.Dx()), float64(c.height)/float64(b.Dy()))
	w, h := int(math.Round(scale*float64(b.Dx()))), int(math.Round(scale*float64(b.Dy())))
	left, top := (c.width-w)/2, (c.height-h)/2
	for y := range h {
		y0, y1 := covered(y, h, b.Dy())
		for x := range w {
			x0, x1 := covered(x, w, b.Dx())
			c.pixels[(top+y)*c.width+left+x] = mean(src, image.Rect(x0, y0, x1, y1).Add(b.Min))
		}
	}
}

// covered are the source pixels [from, to) that lie under pixel i of n.
func covered(i, n, source int) (from, to int) {
	from = i * source / n
	return from, max(from+1, (i+1)*source/n)
}

// mean is the mean colour of an image's part, on black where it is transparent.
func mean(src image.Image, r image.Rectangle) (p [3]float64) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			red, green, blue, _ := src.At(x, y).RGBA()
			p[0] += float64(red)
			p[1] += float64(green)
			p[2] += float64(blue)
		}
	}
	n := 0xffff * float64(r.Dx()*r.Dy())
	return [3]float64{p[0] / n, p[1] / n, p[2] / n}
}

// planes gives the picture in 4:2:0, each chroma sample the mean of its four pixels.
func (c *slateCanvas) planes() []byte {
	half := func(n int) int { return (n + 1) / 2 }
	luma := make([]byte, c.width*c.height)
	cb, cr := make([]float64, half(c.width)*half(c.height)), make([]float64, half(c.width)*half(c.height))
	count := make([]float64, len(cb))
	for i, p := range c.pixels {
		y := c.weights.red*p[0] + (1-c.weights.red-c.weights.blue)*p[1] + c.weights.blue*p[2]
		luma[i] = byte(math.Round(16 + 219*y))
		at := i/c.width/2*half(c.width) + i%c.width/2
		cb[at] += (p[2] - y) / (2 - 2*c.weights.blue)
		cr[at] += (p[0] - y) / (2 - 2*c.weights.red)
		count[at]++
	}
	out := luma
	for _, plane := range [][]float64{cb, cr} {
		for i, v := range plane {
			out = append(out, byte(math.Round(128+224*v/count[i])))
		}
	}
	return out
}
