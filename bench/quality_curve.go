package bench

import "rung"

// QualityCurve is what one rendition of a profile came out as with one preset, at several qualities.
type QualityCurve struct {
	Variant   string            `json:"variant"` // the profile, or PROFILE/PRESET where the preset is not the profile's own
	Profile   string            `json:"profile"`
	Preset    string            `json:"preset"`
	Rendition string            `json:"rendition"`
	Codec     string            `json:"codec"`
	Width     int               `json:"width"`
	Height    int               `json:"height"`
	FrameRate rung.Rational     `json:"frame_rate"`
	Params    map[string]string `json:"params,omitempty"` // the profile's settings of the encoder
	Points    []QualityPoint    `json:"points"`           // in the order in which they were asked for
}

// swept are the points that make up the curve: with one CRF each, without the profile's own, capped one.
func (c *QualityCurve) swept() []QualityPoint {
	var points []QualityPoint
	for _, p := range c.Points {
		if !p.AsWritten {
			points = append(points, p)
		}
	}
	return points
}

// rates are the swept points by one measure of quality.
func (c *QualityCurve) rates(quality func(QualityPoint) float64) []ratePoint {
	var points []ratePoint
	for _, p := range c.swept() {
		points = append(points, ratePoint{rate: float64(p.BitRate), quality: quality(p)})
	}
	return points
}

// sweptCPU is the encoder's processor time for the swept points.
func (c *QualityCurve) sweptCPU() (sum int64) {
	for _, p := range c.swept() {
		sum += p.EncodeCPUUS
	}
	return sum
}
