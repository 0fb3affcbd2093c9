// SPDX-License-Identifier: GPL-3.0-or-later

package engine

// unwrap gives the value nearest to expected that is congruent with ts modulo 2^bits: the time stamp without its wraps.
// With bits 0 there are none. Two values equally near give the lower.
func unwrap(ts, expected int64, bits int) int64 {
	if bits <= 0 || bits >= 63 {
		return ts
	}
	period := int64(1) << bits
	d := (ts - expected) & (period - 1)
	if d >= period/2 {
		d -= period
	}
	return expected + d
}
