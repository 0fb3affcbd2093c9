package bench

// deltas compares each variant with the first, rendition by rendition, and over the ladder.
func (q *Quality) deltas() []QualityDelta {
	names := q.variants()
	if len(names) < 2 {
		return nil
	}
	var all []QualityDelta
	for _, name := range names[1:] {
		all = append(all, q.compared(names[0], name)...)
	}
	return all
}

// compared is one variant against the anchor; the last of several renditions' is that of all.
func (q *Quality) compared(anchor, variant string) []QualityDelta {
	var each []QualityDelta
	var cpu, anchorCPU int64
	for i := range q.Curves {
		c := &q.Curves[i]
		if c.Variant != variant {
			continue
		}
		a := q.counterpart(anchor, c)
		if a == nil || len(c.swept()) == 0 {
			continue
		}
		each = append(each, compareCurves(a, c))
		cpu, anchorCPU = cpu+c.sweptCPU(), anchorCPU+a.sweptCPU()
	}
	if len(each) < 2 {
		return each
	}
	whole := QualityDelta{Variant: variant, Anchor: anchor, Rendition: "all", AnchorRendition: "all", CPURatio: quotient(cpu, anchorCPU)}
	whole.PSNR = meanRate(each, func(d QualityDelta) BDRate { return d.PSNR })
	whole.SSIM = meanRate(each, func(d QualityDelta) BDRate { return d.SSIM })
	whole.XPSNR = meanRate(each, func(d QualityDelta) BDRate { return d.XPSNR })
	return append(each, whole)
}

// counterpart is the anchor's rendition of the same size.
func (q *Quality) counterpart(anchor string, c *QualityCurve) *QualityCurve {
	for i := range q.Curves {
		if a := &q.Curves[i]; a.Variant == anchor && a.Width == c.Width && a.Height == c.Height {
			return a
		}
	}
	return nil
}

func compareCurves(anchor, c *QualityCurve) QualityDelta {
	d := QualityDelta{Variant: c.Variant, Anchor: anchor.Variant, Rendition: c.Rendition, AnchorRendition: anchor.Rendition,
		CPURatio: quotient(c.sweptCPU(), anchor.sweptCPU())}
	by := func(quality func(QualityPoint) float64) BDRate {
		return bdRate(anchor.rates(quality), c.rates(quality))
	}
	d.PSNR = by(func(p QualityPoint) float64 { return p.Quality.PSNR.Y })
	d.SSIM = by(func(p QualityPoint) float64 { return similarityDB(p.Quality.SSIM.Y) })
	d.XPSNR = by(func(p QualityPoint) float64 { return p.Quality.XPSNR.All })
	return d
}

// meanRate is the mean over renditions; unknown where one of them is.
func meanRate(deltas []QualityDelta, of func(QualityDelta) BDRate) BDRate {
	mean := BDRate{Overlap: 1}
	for _, d := range deltas {
		r := of(d)
		if r.Unknown != "" {
			return BDRate{Unknown: "rendition " + d.Rendition + ": " + r.Unknown}
		}
		mean.Percent += r.Percent / float64(len(deltas))
		mean.Overlap = min(mean.Overlap, r.Overlap)
	}
	return mean
}

// quotient is a/b; 0 where there is no b.
func quotient(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
