// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"go.uber.org/goleak"
)

// An x264 that holds its reconstructed pictures only while they are of use (decision 13) gives the bytes of one that holds
// them all, whatever decides which pictures refer to which.
func TestLentPictures(t *testing.T) {
	defer goleak.VerifyNone(t)
	const frames = 48
	for name, params := range map[string]map[string]string{
		"as they are":     nil,
		"no pyramid":      {"b-pyramid": "none"},
		"strict pyramid":  {"b-pyramid": "strict"},
		"one B picture":   {"bframes": "1"},
		"many B pictures": {"bframes": "8", "b-adapt": "2"},
		"temporal direct": {"direct": "temporal"},
		"careful search":  {"me": "umh", "subme": "8", "trellis": "2"},
		"more weights":    {"weightp": "2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sharedSource(t, frames+10)
			s.ladder.Grid.SegmentFrames = 48
			for i := range s.ladder.Video {
				s.ladder.Video[i].GOP = 24
			}
			lent := s.with(params, "1").encodeAll(t, frames)
			held := s.with(params, "0").encodeAll(t, frames)
			for _, r := range s.ladder.Video {
				if !bytes.Equal(lent.joined(r.ID), held.joined(r.ID)) {
					t.Errorf("%s: other bytes than with all pictures held", r.ID)
				}
			}
		})
	}
}

// Lending takes less memory, by a picture of each rendition at the least.
func TestLentPicturesMemory(t *testing.T) {
	s := sharedSource(t, 60)
	s.ladder.Grid.SegmentFrames = 24
	mapped := func(lend string) int64 {
		const requests = 5 // more than blocks are kept for without use: those of others are gone
		for range requests {
			rio, req := s.with(nil, lend).task(t, 0, 24)
			if _, err := encode(rio, req); err != nil {
				t.Fatal(err)
			}
		}
		size, _ := blockMemory()
		return size
	}
	lent, held := mapped("1"), mapped("0")
	// With its planes of half pixels a picture of 960x540 is 3 MiB, one of 768x432 and of 640x360 are 2 and 1.5.
	if held-lent < 6<<20 {
		t.Errorf("%d bytes of large blocks, %d with all pictures held", lent, held)
	}
}

// with has x264 take these settings in every rendition, and lend or hold its pictures.
func (s *encodeSource) with(params map[string]string, lend string) *encodeSource {
	other := *s
	other.ladder.Video = slices.Clone(s.ladder.Video)
	for i := range other.ladder.Video {
		own := maps.Clone(params)
		if own == nil {
			own = map[string]string{}
		}
		own["lend-recon"] = lend
		other.ladder.Video[i].Params = own
	}
	return &other
}
