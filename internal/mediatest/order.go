package mediatest

import "rung"

// order is how the pattern's pictures have to follow each other.
type order struct {
	rate rung.Rational // of the pattern
	step int64         // from one number to the next
	kept bool          // film whose 3:2 pulldown is kept: of each four pictures the second is there twice, at 5/4 of rate
}

// next is the number behind n, which has been there so many times in a row.
func (o order) next(n, times int64) int64 {
	if o.kept && n%4 == 1 && times == 1 {
		return n
	}
	return n + o.step
}

// at is when picture n is shown for the times-th time, in seconds of the pattern's time.
func (o order) at(n, times int64) float64 {
	if !o.kept {
		return float64(n*o.rate.Den) / float64(o.rate.Num)
	}
	shown := n/4*5 + []int64{0, 1, 3, 4}[n%4] + times - 1
	return float64(shown*o.rate.Den*4) / float64(o.rate.Num*5)
}
