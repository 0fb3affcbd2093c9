package ingest

import (
	"math/big"

	"rung"
)

// lapTicks is how far a task's time stamps may be from its sources' origins before the origins move on: a quarter of the
// 33-bit range, so that "nearest to the origin" finds the right turn of the clock in a session of any length.
const lapTicks = 1 << 31

// seconds is v units of timeBase, exactly.
func seconds(v int64, timeBase rung.Rational) *big.Rat {
	r := big.NewRat(timeBase.Num, timeBase.Den)
	return r.Mul(r, new(big.Rat).SetInt64(v))
}

// nearest is r rounded to an integer, halves up, as rung.Rescale rounds.
func nearest(r *big.Rat) int64 {
	n := new(big.Int).Lsh(r.Num(), 1)
	n.Add(n, r.Denom())
	return n.Div(n, new(big.Int).Lsh(r.Denom(), 1)).Int64() // Euclidean: the denominator is positive, so this is the floor
}

// ceiling is the least integer that is not below r.
func ceiling(r *big.Rat) int64 {
	n := new(big.Int).Neg(r.Num())
	return -n.Div(n, r.Denom()).Int64()
}

// laps moves an origin on by whole laps: the least number of units of unit seconds, unitStep at a time, that is a whole
// number of ticks of timeBase and at least lapTicks. Both results are exact, so the mapping stays the very same one.
// past is how far, in units, the wanted place is from the origin.
func laps(past int64, unit rung.Rational, unitStep int64, timeBase rung.Rational) (ticks, units int64) {
	// ticks in unitStep units = unitStep*unit/timeBase = a/b in lowest terms: b steps are a ticks.
	r := rung.R(unitStep*unit.Num*timeBase.Den, unit.Den*timeBase.Num)
	turns := (lapTicks + r.Num - 1) / r.Num
	lap, lapUnits := turns*r.Num, turns*r.Den*unitStep
	if past < lapUnits {
		return 0, 0
	}
	n := past / lapUnits
	return n * lap, n * lapUnits
}
