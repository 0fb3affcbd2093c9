package mpegts

// recorder keeps all events.
type recorder struct {
	tables   []Tables
	pictures []Picture
	sounds   []Sound
	breaks   []Discontinuity
}

func (r *recorder) Tables(t Tables)               { r.tables = append(r.tables, t) }
func (r *recorder) Picture(p Picture)             { r.pictures = append(r.pictures, p) }
func (r *recorder) Sound(s Sound)                 { r.sounds = append(r.sounds, s) }
func (r *recorder) Discontinuity(d Discontinuity) { r.breaks = append(r.breaks, d) }

// analyse runs a whole stream through an Analyser, in pieces of a size that is no multiple of anything.
func analyse(o AnalyserOptions, stream []byte) (*Analyser, *recorder) {
	a, r := NewAnalyser(o), &recorder{}
	var al Aligner
	for len(stream) > 0 {
		n := min(len(stream), 10007)
		al.Write(stream[:n], func(p []byte) { a.Analyse(p, r) })
		stream = stream[n:]
	}
	a.Flush(r)
	return a, r
}

// frames counts the coded frames of all pictures.
func (r *recorder) frames() (n int) {
	for _, p := range r.pictures {
		n += p.Count
	}
	return n
}

// randomAccess counts the pictures at which decoding can begin.
func (r *recorder) randomAccess() (n int) {
	for _, p := range r.pictures {
		if p.RandomAccess {
			n++
		}
	}
	return n
}

// soundsOf gives the sounds of one track.
func (r *recorder) soundsOf(track int) (s []Sound) {
	for _, x := range r.sounds {
		if x.Track == track {
			s = append(s, x)
		}
	}
	return s
}
