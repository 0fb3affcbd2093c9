package rung

import (
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Rational is an exact ratio of two integers, as in a frame rate of 30000/1001 or a time base of 1/90000.
// Its text form is "30000/1001", or "25" where the denominator is 1. The zero value means "not known".
type Rational struct {
	Num, Den int64
}

// R is Num/Den in lowest terms.
func R(num, den int64) Rational { return Rational{num, den}.Reduce() }

// IsZero reports whether the value is unknown or nought.
func (r Rational) IsZero() bool { return r.Num == 0 || r.Den == 0 }

// Reduce gives the same ratio in lowest terms with a positive denominator.
func (r Rational) Reduce() Rational {
	if r.Den == 0 {
		return Rational{}
	}
	a, b := r.Num, r.Den
	for b != 0 {
		a, b = b, a%b
	}
	if a < 0 {
		a = -a
	}
	if a == 0 {
		return Rational{0, 1}
	}
	if r.Den < 0 {
		a = -a
	}
	return Rational{r.Num / a, r.Den / a}
}

// Inverse is Den/Num.
func (r Rational) Inverse() Rational { return Rational{r.Den, r.Num}.Reduce() }

// Float is for display and for estimates only: media time is never computed with it.
func (r Rational) Float() float64 {
	if r.Den == 0 {
		return 0
	}
	return float64(r.Num) / float64(r.Den)
}

// Rescale gives v*from/to rounded to the nearest integer, halves up (toward positive infinity), without overflow in
// between: the change of a time stamp from time base from to time base to.
func Rescale(v int64, from, to Rational) int64 {
	n, short := multiply(v, from.Num)
	if short {
		n, short = multiply(n, to.Den)
	}
	d, divisor := multiply(from.Den, to.Num)
	if !short || !divisor || d <= 0 {
		return rescaleLong(v, from, to)
	}
	// floor((2n + d) / 2d), as Go's division is toward zero
	n, d = 2*n+d, 2*d
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

// multiply gives a*b, and whether that is short enough to be doubled and added to without overflow.
func multiply(a, b int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high != 0 || low >= 1<<61 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(low), true
	}
	return int64(low), true
}

// magnitude is |a|, of the least integer too.
func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// rescaleLong is Rescale where a product exceeds 64 bits. It takes some fifty times as long (BenchmarkRescale).
func rescaleLong(v int64, from, to Rational) int64 {
	n := new(big.Int).Mul(big.NewInt(v), big.NewInt(from.Num))
	n.Mul(n, big.NewInt(to.Den))
	d := new(big.Int).Mul(big.NewInt(from.Den), big.NewInt(to.Num))
	// floor((2n + d) / 2d)
	n.Lsh(n, 1).Add(n, d)
	d.Lsh(d, 1)
	q, m := new(big.Int).QuoRem(n, d, new(big.Int))
	if m.Sign() < 0 {
		q.Sub(q, big.NewInt(1))
	}
	return q.Int64()
}

// String is the text form.
func (r Rational) String() string {
	if r.Den == 1 {
		return strconv.FormatInt(r.Num, 10)
	}
	return fmt.Sprintf("%d/%d", r.Num, r.Den)
}

// ParseRational reads "25", "30000/1001", "29.97" or "0.04". The decimal names of the /1001 rates (23.976, 23.98,
// 29.97, 47.95, 59.94, 119.88) give the exact ratios.
func ParseRational(s string) (Rational, error) {
	if exact, ok := map[string]Rational{
		"23.976": {24000, 1001}, "23.98": {24000, 1001}, "29.97": {30000, 1001}, "47.95": {48000, 1001},
		"59.94": {60000, 1001}, "119.88": {120000, 1001},
	}[s]; ok {
		return exact, nil
	}
	if num, den, ok := strings.Cut(s, "/"); ok {
		n, err1 := strconv.ParseInt(num, 10, 64)
		d, err2 := strconv.ParseInt(den, 10, 64)
		if err1 != nil || err2 != nil || d <= 0 {
			return Rational{}, fmt.Errorf("%q is not a ratio such as 30000/1001", s)
		}
		return R(n, d), nil
	}
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > 9 {
		return Rational{}, fmt.Errorf("%q has more than 9 decimals", s)
	}
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil {
		return Rational{}, fmt.Errorf("%q is not a number such as 25, 29.97 or 30000/1001", s)
	}
	den := int64(1)
	for range frac {
		den *= 10
	}
	return R(n, den), nil
}

// MarshalText implements encoding.TextMarshaler.
func (r Rational) MarshalText() ([]byte, error) {
	if r.Den == 0 {
		return nil, nil
	}
	return []byte(r.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Rational) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Rational{}
		return nil
	}
	v, err := ParseRational(string(text))
	if err != nil {
		return err
	}
	*r = v
	return nil
}
