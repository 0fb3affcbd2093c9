package main

import (
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"time"

	"rung"
	"rung/store"
)

const (
	masterKey    = "master.m3u8"
	sweepTimeout = 30 * time.Second
	maxPlaylist  = 64 << 20 // a day of segments is below 1 MiB
)

// segmentKey matches the key of an init or media segment and gives its session.
var segmentKey = regexp.MustCompile(`(?m)^(s[0-9a-z]{9,})/[^/\n]+/(?:init-[0-9a-f]{8}\.mp4|[0-9]{5,}\.m4s)$`)

// sweep removes what the sessions have written of which gone is true: segments, media playlists, and a master playlist
// that names one of these. Playlists go first, so that none lists what is not there; nothing else in the folder is
// touched. It does not end with a command's context, since that of an interrupted one is over already.
func sweep(st store.Store, gone func(session string) bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), sweepTimeout)
	defer cancel()
	var segments, playlists []string
	err := st.List(ctx, "", func(o rung.ObjectInfo) error {
		if m := segmentKey.FindStringSubmatch(o.Key); m != nil && gone(m[1]) {
			segments = append(segments, o.Key)
		}
		if path.Ext(o.Key) == ".m3u8" && !strings.Contains(o.Key, "/") {
			playlists = append(playlists, o.Key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	playlists, err = stale(ctx, st, playlists, gone)
	if err != nil {
		return err
	}
	if err := st.Delete(ctx, playlists...); err != nil {
		return err
	}
	return st.Delete(ctx, segments...)
}

// stale gives those of the playlists that go with the sessions, the master playlist first.
func stale(ctx context.Context, st store.Store, playlists []string, gone func(session string) bool) ([]string, error) {
	var out []string
	master := ""
	for _, key := range playlists {
		text, err := readPlaylist(ctx, st, key)
		if err != nil {
			return nil, err
		}
		if key == masterKey {
			master = text
		} else if m := segmentKey.FindStringSubmatch(text); m != nil && gone(m[1]) {
			out = append(out, key)
		}
	}
	for _, key := range out {
		if strings.Contains(master, "\n"+key) || strings.Contains(master, `"`+key+`"`) {
			return append([]string{masterKey}, out...), nil
		}
	}
	return out, nil
}

func readPlaylist(ctx context.Context, st store.Store, key string) (string, error) {
	r, _, err := st.Open(ctx, key, 0, -1)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxPlaylist))
	if err != nil {
		return "", fmt.Errorf("playlist %q: %w", key, err)
	}
	return string(text), nil
}
