package main

import (
	"slices"
	"strings"
	"testing"

	"rung"
	"rung/store"
	"rung/store/fs"
)

// Sweeping removes a session whole, and nothing that it has not written.
func TestSweep(t *testing.T) {
	const master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p.m3u8\n"
	others := map[string]string{
		"their.m3u8":                  "#EXTM3U\nhttp://example.com/a.ts\n",
		"notes.txt":                   "mine",
		"samples/a/b.mp4":             "mine",
		"snew000000/720p/readme.m4s":  "mine",
		"sold000000/720p/00000.m4s":   "old",
		"sold000000/720p/init-0a.mp4": "mine",
	}
	session := map[string]string{
		"720p.m3u8":                         "#EXTM3U\n#EXTINF:4,\nsnew000000/720p/00000.m4s\n",
		"snew000000/720p/00000.m4s":         "new",
		"snew000000/720p/init-0123abcd.mp4": "new",
	}
	for _, c := range []struct {
		name       string
		master     string
		keepMaster bool
	}{
		{"no master", "", false},
		{"its master", master, false},
		{"another's master", strings.ReplaceAll(master, "720p", "1080p"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := folderWith(t, others, session)
			want := keysOf(others)
			if c.master != "" {
				put(t, st, masterKey, c.master)
			}
			if c.keepMaster {
				want = append(want, masterKey)
			}
			if err := sweep(st, func(s string) bool { return s == "snew000000" }); err != nil {
				t.Fatal(err)
			}
			var left []string
			if err := st.List(t.Context(), "", func(o rung.ObjectInfo) error { left = append(left, o.Key); return nil }); err != nil {
				t.Fatal(err)
			}
			slices.Sort(want)
			if slices.Sort(left); !slices.Equal(left, want) {
				t.Errorf("left:\n%s\nwant:\n%s", strings.Join(left, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func folderWith(t *testing.T, sets ...map[string]string) store.Store {
	t.Helper()
	st, err := fs.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for _, set := range sets {
		for key, text := range set {
			put(t, st, key, text)
		}
	}
	return st
}

func put(t *testing.T, st store.Store, key, text string) {
	t.Helper()
	if err := st.Put(t.Context(), key, []byte(text), rung.ObjectOptions{}); err != nil {
		t.Fatal(err)
	}
}

func keysOf(set map[string]string) []string {
	var keys []string
	for key := range set {
		keys = append(keys, key)
	}
	return keys
}
