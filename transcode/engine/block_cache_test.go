// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"testing"

	"rung/transcode/protocol"
)

// What an encode has freed serves the next one of the same ladder, to the last block; a ladder that is not used any more
// gives its memory back.
func TestBlocksAreUsedAgain(t *testing.T) {
	s := newEncodeSource(t, protocol.Pattern{GOP: 12, Frames: 72})
	encodeOnce := func() {
		t.Helper()
		rio, req := s.task(t, 1, 48)
		if _, err := encode(rio, req); err != nil {
			t.Fatal(err)
		}
	}
	const requests = 5 // more than blocks are kept for without use
	for range requests {
		encodeOnce() // other tests' blocks go
	}
	before, used := blockMemory()
	if before < 1<<20 {
		t.Fatalf("the cache holds %d bytes of an encode", before)
	}
	for range requests {
		encodeOnce()
	}
	if after, stillUsed := blockMemory(); after > before || stillUsed > used {
		t.Errorf("the cache went from %d bytes (%d in use) to %d (%d in use) over %d encodes", before, used, after, stillUsed, requests)
	}

	s.ladder.Video = s.ladder.Video[1:] // the small one
	for range requests {
		encodeOnce()
	}
	if small, _ := blockMemory(); small > before/2 {
		t.Errorf("the cache holds %d bytes for the small rendition, after %d for both", small, before)
	}
}
