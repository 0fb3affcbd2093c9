// SPDX-License-Identifier: GPL-3.0-or-later

package engine

/*
#cgo pkg-config: x264
#include <x264_share.h>
*/
import "C"

import (
	"context"
	"slices"
	"sync"

	"rung"
)

// sharedLookahead is the look-ahead of one x264 encoder that others follow (docs/decisions/0011-shared-lookahead.md). A
// follower is given a picture only when the leader has decided upon it, and the leader waits for the slowest follower, so
// that no more pictures pile up than the look-ahead is deep. Places in the interval count from 0.
type sharedLookahead struct {
	id C.int

	mu      sync.Mutex
	moved   sync.Cond
	decided int64   // pictures that the leader has decided upon
	taken   []int64 // pictures that each follower's encoder has been given
}

// lead is by how many decided pictures the leader may be ahead of a follower: a run of B pictures, so that neither waits
// for the other within one.
const lead = 4

// newSharedLookahead makes what followers share with their leader.
func newSharedLookahead(followers int) (*sharedLookahead, error) {
	id := C.x264_share_open()
	if id < 0 {
		return nil, rung.Errorf(rung.CodeInternal, "", "x264 has no more look-aheads to share")
	}
	s := &sharedLookahead{id: id, taken: make([]int64, followers)}
	s.moved.L = &s.mu
	return s, nil
}

// Close frees it. All its encoders are closed by then.
func (s *sharedLookahead) Close() { C.x264_share_close(s.id) }

// follow waits until the leader has decided upon a follower's next picture, the one at place n.
func (s *sharedLookahead) follow(ctx context.Context, follower int, n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.until(ctx, func() bool { return s.decided > n }); err != nil {
		return err
	}
	s.taken[follower] = n + 1
	s.moved.Broadcast()
	return nil
}

// goAhead says what the leader has decided upon by now, and waits until the slowest follower has come near.
func (s *sharedLookahead) goAhead(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decided = int64(C.x264_share_pictures(s.id))
	s.moved.Broadcast()
	return s.until(ctx, func() bool { return s.decided-slices.Min(s.taken) <= lead })
}

// until waits for a condition of what is under mu, which the caller holds, or for the end of ctx.
func (s *sharedLookahead) until(ctx context.Context, reached func() bool) error {
	if reached() {
		return nil
	}
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.moved.Broadcast()
	})
	defer stop()
	for !reached() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s.moved.Wait()
	}
	return nil
}
