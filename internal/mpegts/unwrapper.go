package mpegts

// Unwrapper turns 33-bit time stamps into 64-bit ones: each is taken as the value nearest to the one before, so the
// wrap after 26.5 hours goes unseen and a step back stays a step back. One Unwrapper may serve all the streams of a
// program: they then share one epoch. The zero value begins at the first value it is given.
type Unwrapper struct {
	last  int64
	begun bool
}

// Unwrap gives the unwrapped value of ticks, of which only the low 33 bits count.
func (u *Unwrapper) Unwrap(ticks int64) int64 {
	ticks &= wrap33 - 1
	if !u.begun {
		u.last, u.begun = ticks, true
		return ticks
	}
	step := (ticks - u.last) & (wrap33 - 1)
	if step >= wrap33/2 {
		step -= wrap33
	}
	u.last += step
	return u.last
}
