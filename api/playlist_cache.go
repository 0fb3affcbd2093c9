package api

import (
	"context"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"rung"
)

const (
	// playlistAge is how long a playlist in memory is as good as the store's: a player that asks this much later sees a
	// new segment this much later.
	playlistAge = 200 * time.Millisecond
	// maxPlaylist bounds a playlist: 12 hours of DVR in 2 s segments have about 2 MB.
	maxPlaylist = 16 << 20
	// playlistSweep is the number of playlists in memory above which those that are too old are thrown out.
	playlistSweep = 256
)

// playlistCache lets many players that ask for a playlist at once cost the store one read.
type playlistCache struct {
	objects Objects
	flight  singleflight.Group

	mu   sync.Mutex
	kept map[string]*playlist
}

func newPlaylistCache(objects Objects) *playlistCache {
	return &playlistCache{objects: objects, kept: map[string]*playlist{}}
}

// get gives the playlist as it was at most playlistAge ago.
func (p *playlistCache) get(ctx context.Context, key string) (*playlist, error) {
	if found := p.lookUp(key); found != nil {
		return found, nil
	}
	v, err, _ := p.flight.Do(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		asked := time.Now() // before the read, so that its age includes the read's own time
		body, err := p.read(ctx, key)
		if err != nil {
			return nil, err
		}
		fresh, err := newPlaylist(body, asked)
		if err != nil {
			return nil, err
		}
		p.keep(key, fresh)
		return fresh, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*playlist), nil
}

func (p *playlistCache) lookUp(key string) *playlist {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.kept[key]
	if found == nil || time.Since(found.read) > playlistAge {
		return nil
	}
	return found
}

func (p *playlistCache) keep(key string, fresh *playlist) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept[key] = fresh
	if len(p.kept) <= playlistSweep {
		return
	}
	for k, old := range p.kept {
		if time.Since(old.read) > playlistAge {
			delete(p.kept, k)
		}
	}
}

func (p *playlistCache) read(ctx context.Context, key string) ([]byte, error) {
	r, info, err := p.objects.Open(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if info.Size > maxPlaylist {
		return nil, rung.Errorf(rung.CodeInternal, "shorten the channel's dvr", "playlist %q of %d bytes is longer than %d", key, info.Size, maxPlaylist)
	}
	return io.ReadAll(io.LimitReader(r, maxPlaylist))
}
