// SPDX-License-Identifier: GPL-3.0-or-later

package engine

// accessUnit is one coded picture or one coded frame of sound, as it goes into a segment.
type accessUnit struct {
	data []byte
	// pts is its grid place counted from the interval's first frame, or its audio frame counted from the session's origin.
	pts int64
	key bool
}
