// SPDX-License-Identifier: GPL-3.0-or-later

package engine

import (
	"context"
	"strconv"

	"rung"
)

// lookahead is a rendition's part in a shared look-ahead. Its zero value has none.
type lookahead struct {
	role     lookaheadRole
	shared   *sharedLookahead
	follower int // which of those that follow
}

// lookaheads gives each rendition of a ladder its part. shared is nil where none share one; else the caller closes it.
func lookaheads(ladder []rung.VideoRendition) (parts []lookahead, shared *sharedLookahead, err error) {
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
	if shared, err = newSharedLookahead(followers); err != nil {
		return nil, nil, err
	}
	for i := range parts {
		if parts[i].role != ownLookahead {
			parts[i].shared = shared
		}
	}
	return parts, shared, nil
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

// before is called before the encoder is given the picture at place n.
func (l lookahead) before(ctx context.Context, n int64) error {
	if l.role != followsLookahead {
		return nil
	}
	return l.shared.follow(ctx, l.follower, n)
}

// after is called after the encoder was given a picture, and after it was told that there are no more.
func (l lookahead) after(ctx context.Context) error {
	if l.role != leadsLookahead {
		return nil
	}
	return l.shared.goAhead(ctx)
}
