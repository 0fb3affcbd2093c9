package bench

import (
	"cmp"
	"fmt"
	"slices"
)

// describe puts the quality's page together.
func (q *Quality) describe(p *Page, _ *Report) {
	p.Title = "rung bench quality"
	p.Headline, p.Lead = q.headline(), q.lead()
	for _, d := range q.wholes() {
		if d.XPSNR.Unknown == "" {
			p.Tiles = append(p.Tiles, Tile{Value: fmt.Sprintf("%+.1f", d.XPSNR.Percent), Unit: "%", Label: "rate of " + d.Variant + " at equal XPSNR"},
				Tile{Value: fmt.Sprintf("%.2f", d.CPURatio), Unit: "x", Label: "processor time of " + d.Variant})
		}
	}
	p.add(q.writtenSection())
	if len(q.Deltas) > 0 {
		p.add(q.deltaSection())
	}
	if len(q.Curves[0].swept()) > 0 {
		p.add(q.curveSection())
	}
	p.add(q.costSection())
}

// wholes are the deltas over the ladder, or of the one rendition.
func (q *Quality) wholes() []QualityDelta {
	return slices.DeleteFunc(slices.Clone(q.Deltas), func(d QualityDelta) bool {
		several := slices.ContainsFunc(q.Deltas, func(o QualityDelta) bool { return o.Variant == d.Variant && o.Rendition == "all" })
		return several && d.Rendition != "all"
	})
}

func (q *Quality) headline() string {
	for _, d := range q.wholes() {
		if d.XPSNR.Unknown == "" {
			return fmt.Sprintf("%s needs %s rate than %s for the same XPSNR, and %.2f times its processor time", d.Variant, moreOrLess(d.XPSNR.Percent), d.Anchor, d.CPURatio)
		}
	}
	c := q.Curves[0]
	return fmt.Sprintf("%s %s: %.2f dB XPSNR at %s", c.Variant, c.Rendition, c.Points[0].Quality.XPSNR.All, rateText(c.Points[0].BitRate))
}

// moreOrLess says a percentage in words.
func moreOrLess(percent float64) string {
	if percent < 0 {
		return fmt.Sprintf("%.1f%% less", -percent)
	}
	return fmt.Sprintf("%.1f%% more", percent)
}

func (q *Quality) lead() string {
	at := "Each rendition is compared at its own size with the source as the encoder was given it: decoded, deinterlaced and scaled by the same code. So what is measured is what the encoder lost."
	if q.FullSize {
		at = "Each rendition is scaled up to the widest one's size and compared there with the source, so that what its own size loses counts as well."
	}
	return fmt.Sprintf("%s of content, %d %s, each setting encoded %d %s. %s", secondsText(q.MediaUS), q.Segments, unit(q.Segments, "segment"), q.Repeats, unit(q.Repeats, "time"), at)
}

// writtenSection shows the profiles as they are.
func (q *Quality) writtenSection() Section {
	t := Table{Head: []string{"rendition", "size", "preset", "CRF", "rate", "PSNR Y", "SSIM Y", "XPSNR", "CPU a picture", "real time on a core"}}
	planes := Table{Caption: "By plane", Head: []string{"rendition", "PSNR Y", "U", "V", "all", "SSIM Y", "U", "V", "all", "XPSNR Y", "U", "V", "all"}}
	for _, c := range q.Curves {
		p := c.Points[0]
		l := p.Quality
		t.add(c.name(q), fmt.Sprintf("%dx%d", c.Width, c.Height), c.Preset, fmt.Sprint(p.CRF), rateText(p.BitRate), db(l.PSNR.Y), similarity(l.SSIM.Y), db(l.XPSNR.All),
			pictureText(p), fmt.Sprintf("%.1fx", p.RealTimeFactor))
		planes.add(c.name(q), db(l.PSNR.Y), db(l.PSNR.U), db(l.PSNR.V), db(l.PSNR.All), similarity(l.SSIM.Y), similarity(l.SSIM.U), similarity(l.SSIM.V), similarity(l.SSIM.All),
			db(l.XPSNR.Y), db(l.XPSNR.U), db(l.XPSNR.V), db(l.XPSNR.All))
	}
	return Section{Title: "The ladder as it is written", Tables: []Table{t, planes}, Text: []string{
		"PSNR of the mean squared error over all pictures, SSIM their mean, XPSNR of the pictures' weighted errors, as FFmpeg's filters measure them; XPSNR without a plane, and all, weigh the planes by their samples, 4:1:1."}}
}

// name tells a curve from the others.
func (c *QualityCurve) name(q *Quality) string {
	if len(q.variants()) > 1 {
		return c.Variant + " " + c.Rendition
	}
	return c.Rendition
}

func db(v float64) string { return fmt.Sprintf("%.2f", v) }

func similarity(v float64) string { return fmt.Sprintf("%.4f", v) }

// pictureText is the processor time of one picture.
func pictureText(p QualityPoint) string {
	return fmt.Sprintf("%.2f ms", float64(p.EncodeCPUUS)/1e3/float64(max(1, p.Quality.Pictures)))
}

// deltaSection shows the differences in rate.
func (q *Quality) deltaSection() Section {
	t := Table{Head: []string{"variant", "rendition", "PSNR Y", "SSIM Y", "XPSNR", "processor time", "range in common"}}
	for _, d := range q.Deltas {
		t.add(d.Variant, d.Rendition, d.PSNR.text(), d.SSIM.text(), d.XPSNR.text(), fmt.Sprintf("%.3fx", d.CPURatio),
			fmt.Sprintf("%.0f%%", 100*min(d.PSNR.Overlap, d.SSIM.Overlap, d.XPSNR.Overlap)))
	}
	return Section{Title: "Rate at equal quality", Tables: []Table{t}, Text: []string{
		fmt.Sprintf("BD-rate against %s: how much more rate is needed for the same quality, on average over the qualities that both reach; less than nothing is better. "+
			"Log rate is interpolated by piecewise cubics that keep the points' shape. Processor time is that of the encoder at the same CRFs.", q.Deltas[0].Anchor)}}
}

// curveSection draws quality over rate.
func (q *Quality) curveSection() Section {
	s := Section{Title: "Rate against quality", Text: []string{"Without the profile's cap on the rate; the profile's own point, capped, is in the table above."}}
	if q.Capped {
		s.Text = []string{"With the profile's cap on the rate."}
	}
	t := Table{Head: []string{"rendition", "CRF", "rate", "PSNR Y", "SSIM Y", "XPSNR", "CPU a picture"}}
	plots := map[string]*LinePlot{}
	var order []string
	for _, c := range q.Curves {
		size := fmt.Sprintf("%dx%d", c.Width, c.Height)
		if plots[size] == nil {
			order = append(order, size)
			plots[size] = &LinePlot{Title: "Quality over rate at " + size, X: "kbit/s at " + size, Y: "XPSNR, dB", LogX: true}
		}
		line := Series{Name: c.Variant}
		points := c.swept()
		slices.SortFunc(points, func(a, b QualityPoint) int { return cmp.Compare(a.BitRate, b.BitRate) })
		for _, p := range points {
			line.Points = append(line.Points, Point{X: float64(p.BitRate) / 1e3, Y: p.Quality.XPSNR.All, Label: fmt.Sprintf("%.2f dB at %s, CRF %v", p.Quality.XPSNR.All, rateText(p.BitRate), p.CRF)})
			t.add(c.name(q), fmt.Sprint(p.CRF), rateText(p.BitRate), db(p.Quality.PSNR.Y), similarity(p.Quality.SSIM.Y), db(p.Quality.XPSNR.All), pictureText(p))
		}
		plots[size].Series = append(plots[size].Series, line)
	}
	for _, size := range order {
		s.Plots = append(s.Plots, *plots[size])
	}
	s.Tables = []Table{t}
	return s
}

// costSection draws the encoders' processor time.
func (q *Quality) costSection() Section {
	bars := BarPlot{Title: "Processor time of the encoders", X: "ms for a picture of the whole ladder", Format: "%.1f"}
	t := Table{Head: []string{"variant", "a picture of the ladder", "cores in real time"}}
	var renditions []string
	for _, c := range q.Curves {
		if !slices.Contains(renditions, c.Rendition) {
			renditions = append(renditions, c.Rendition)
		}
	}
	bars.Values = renditions
	for _, name := range q.variants() {
		b := Bar{Name: name, Values: make([]float64, len(renditions))}
		sum := 0.0
		for _, c := range q.Curves {
			if p := c.Points[0]; c.Variant == name {
				ms := float64(p.EncodeCPUUS) / 1e3 / float64(max(1, p.Quality.Pictures))
				b.Values[slices.Index(renditions, c.Rendition)] += ms
				sum += ms
			}
		}
		b.Note = fmt.Sprintf("%.1f ms", sum)
		bars.Bars = append(bars.Bars, b)
		t.add(name, b.Note, fmt.Sprintf("%.2f", sum/1e3*q.Curves[0].FrameRate.Float()))
	}
	return Section{Title: "Processor time", Plots: []Plot{bars}, Tables: []Table{t}, Text: []string{
		"The encoders' own, by their threads' clocks, for the ladder as it is written. Decoding, deinterlacing and scaling come on top, once for the ladder; rung bench density has them."}}
}
