package protocol

// chromaShare is a chroma plane's share of a 4:2:0 picture's samples, by which planes are weighted in All.
const chromaShare = 1.0 / 6

// Planes are a figure of each plane of a picture.
type Planes struct {
	Y float64 `json:"y"`
	U float64 `json:"u"`
	V float64 `json:"v"`
}

// all is the mean over the samples of a 4:2:0 picture: 4:1:1.
func (p Planes) all() float64 { return (1-2*chromaShare)*p.Y + chromaShare*(p.U+p.V) }

// add gives the sum of p and scale*q.
func (p Planes) add(q Planes, scale float64) Planes {
	return Planes{Y: p.Y + scale*q.Y, U: p.U + scale*q.U, V: p.V + scale*q.V}
}

// each gives f of each plane.
func (p Planes) each(f func(float64) float64) Planes { return Planes{Y: f(p.Y), U: f(p.U), V: f(p.V)} }

// levels turns errors into a measure's values.
func (p Planes) levels(of func(float64) float64) Levels {
	return Levels{Y: of(p.Y), U: of(p.U), V: of(p.V), All: of(p.all())}
}
