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
	"strconv"
	"sync"

	"rung"
)

// sharedLookahead is the look-ahead of one x264 encoder that others follow (docs/decisions/0011-shared-lookahead.md). A
// follower is given a picture only when the leader has decided upon it, and the leader waits for the slowest follower, so
// that no more pictures pile up than the look-ahead is deep.
type sharedLookahead struct {
	id C.int

	mu      sync.Mutex
	moved   sync.Cond
	decided int64   // pictures that the leader has decided upon
	taken   []int64 // pictures that each follower's encoder has been given
	over    context.Context
	stop    func() bool
}

// lead is by how many decided pictures the leader may be ahead of a follower: a run of B pictures, so that neither waits
// for the other within one.
const lead = 4

// newSharedLookahead makes what followers share with their leader. When ctx is over, nobody waits any more.
func newSharedLookahead(ctx context.Context, followers int) (*sharedLookahead, error) {
	id := C.x264_share_open()
	if id < 0 {
		return nil, rung.Errorf(rung.CodeInternal, "", "x264 has no more look-aheads to share")
	}
	s := &sharedLookahead{id: id, taken: make([]int64, followers), over: ctx}
	s.moved.L = &s.mu
	s.stop = context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.moved.Broadcast()
	})
	return s, nil
}

// Close frees it. All its encoders are closed by then.
func (s *sharedLookahead) Close() {
	s.stop()
	C.x264_share_close(s.id)
}

// until waits for a condition that what is under mu decides. The caller holds mu.
func (s *sharedLookahead) until(reached func() bool) error {
	for !reached() {
		if s.over.Err() != nil {
			return context.Cause(s.over)
		}
		s.moved.Wait()
	}
	return nil
}

// lookahead is a rendition's part in a shared look-ahead. Its zero value has none.
type lookahead struct {
	role     lookaheadRole
	shared   *sharedLookahead
	follower int // place in taken
}

// param is x264's setting for it, "" where there is none.
func (l lookahead) param() string {
	switch l.role {
	case leadsLookahead:
		return "share-lead=" + strconv.Itoa(int(l.shared.id))
	case followsLookahead:
		return "share-follow=" + strconv.Itoa(int(l.shared.id))
	default:
		return ""
	}
}

// before is called before the encoder is given picture n.
func (l lookahead) before(n int64) error {
	if l.role != followsLookahead {
		return nil
	}
	s := l.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.until(func() bool { return s.decided > n }); err != nil {
		return err
	}
	s.taken[l.follower] = n + 1
	s.moved.Broadcast()
	return nil
}

// after is called after the encoder was given a picture, and after it was given the last.
func (l lookahead) after() error {
	if l.role != leadsLookahead {
		return nil
	}
	s := l.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decided = int64(C.x264_share_pictures(s.id))
	s.moved.Broadcast()
	return s.until(func() bool { return s.decided-slices.Min(s.taken) <= lead })
}

// lookaheads gives each rendition of a ladder its part. shared is nil where none share one; else the caller closes it.
func lookaheads(ctx context.Context, ladder []rung.VideoRendition) (parts []lookahead, shared *sharedLookahead, err error) {
	parts = make([]lookahead, len(ladder))
	followers := 0
	for i, role := range lookaheadRoles(ladder) {
		parts[i].role = role
		if role == followsLookahead {
			parts[i].follower = followers
			followers++
		}
	}
	if followers == 0 {
		return parts, nil, nil
	}
	if shared, err = newSharedLookahead(ctx, followers); err != nil {
		return nil, nil, err
	}
	for i := range parts {
		if parts[i].role != ownLookahead {
			parts[i].shared = shared
		}
	}
	return parts, shared, nil
}
