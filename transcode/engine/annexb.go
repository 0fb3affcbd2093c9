// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"encoding/binary"
)

// startCode begins each NAL unit of a byte stream (ISO/IEC 14496-10 Annex B).
var startCode = []byte{0, 0, 1}

// nalUnits splits a byte stream. The units share its memory.
func nalUnits(stream []byte) [][]byte {
	var units [][]byte
	start := bytes.Index(stream, startCode)
	for start >= 0 {
		rest := stream[start+len(startCode):]
		next := bytes.Index(rest, startCode)
		unit := rest
		if next >= 0 {
			unit = rest[:next]
			start += len(startCode) + next
		} else {
			start = -1
		}
		// A unit does not end with a zero: those belong to the next start code, or are padding.
		if unit = bytes.TrimRight(unit, "\x00"); len(unit) > 0 {
			units = append(units, unit)
		}
	}
	return units
}

// lengthPrefixed makes a sample (ISO/IEC 14496-15) of NAL units: each behind its length in 4 bytes.
func lengthPrefixed(units [][]byte) []byte {
	n := 0
	for _, u := range units {
		n += 4 + len(u)
	}
	sample := make([]byte, 0, n)
	for _, u := range units {
		sample = binary.BigEndian.AppendUint32(sample, uint32(len(u)))
		sample = append(sample, u...)
	}
	return sample
}
