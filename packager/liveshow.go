package packager

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"rung"
)

// playlistOptions: a playlist changes, so whoever keeps one must ask whether it has.
func playlistOptions() rung.ObjectOptions {
	return rung.ObjectOptions{ContentType: "application/vnd.apple.mpegurl", CacheControl: "no-cache"}
}

// show puts the state's playlists. Where the master playlist's rates must rise it goes first, so that no media playlist
// ever shows a segment that it does not allow for; where they may fall it goes last.
func (l *live) show(ctx context.Context) error {
	s := l.state
	if len(s.renditions()) == 0 {
		return nil
	}
	raised := atLeast(s.Declared, l.declared)
	if err := l.putMaster(ctx, raised); err != nil {
		return err
	}
	for _, t := range s.renditions() {
		if err := putMedia(ctx, l.store, s.key(mediaName(t.ID)), s.media(t)); err != nil {
			return err
		}
	}
	if err := l.showRetired(ctx); err != nil {
		return err
	}
	if maps.Equal(raised, s.Declared) { // it is there
		return nil
	}
	return l.putMaster(ctx, s.Declared)
}

// putMaster puts the master playlist if it is not the one that is there.
func (l *live) putMaster(ctx context.Context, declared map[string]rates) error {
	text := l.state.presentation.master(declared).encode()
	if bytes.Equal(text, l.master) {
		return nil
	}
	if err := l.store.Put(ctx, l.state.key(masterName), text, playlistOptions()); err != nil {
		return err
	}
	l.master, l.declared = text, declared
	return nil
}

func putMedia(ctx context.Context, store Store, key string, list mediaPlaylist) error {
	text, err := list.encode()
	if err != nil {
		return &rung.Error{Code: rung.CodeInternal, Message: "playlist " + key + " cannot be written", Err: err}
	}
	return store.Put(ctx, key, text, playlistOptions())
}

// showRetired ends the playlists of renditions that a new session does not have: who plays them sees the end of what there
// was. Once nothing of them is listed they are deleted.
func (l *live) showRetired(ctx context.Context) error {
	for _, id := range slices.Clone(l.state.Retired) {
		list := l.state.media(l.retiredTrack(id))
		list.Ended, list.Entries = true, trimTail(list.Entries)
		key := l.state.key(mediaName(id))
		if len(list.Entries) > 0 {
			if err := putMedia(ctx, l.store, key, list); err != nil {
				return err
			}
			continue
		}
		if err := l.store.Delete(ctx, key); err != nil {
			return err
		}
		l.state.Retired = slices.DeleteFunc(l.state.Retired, func(other string) bool { return other == id })
	}
	return nil
}

// retiredTrack is a rendition as the last period that has it says.
func (l *live) retiredTrack(id string) track {
	for _, p := range slices.Backward(l.state.Periods) {
		if i := p.index(id); i >= 0 {
			return p.Tracks[i]
		}
	}
	return track{ID: id, Type: video}
}

// trimTail is the entries up to the last that has media.
func trimTail(entries []entry) []entry {
	for len(entries) > 0 && entries[len(entries)-1].Gap {
		entries = entries[:len(entries)-1]
	}
	return entries
}

// atLeast is a, raised to what b has where that is more.
func atLeast(a, b map[string]rates) map[string]rates {
	raised := make(map[string]rates, len(a))
	for id, r := range a {
		if b[id].Peak > r.Peak {
			r = b[id]
		}
		raised[id] = r
	}
	return raised
}
