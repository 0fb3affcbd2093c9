package store_test

import (
	"testing"

	"rung"
	"rung/store"
)

func TestCheckPrefix(t *testing.T) {
	for _, good := range []string{"", "a", "a/", "live/news/s1", "a/.", "a/b/..c"} {
		if err := store.CheckPrefix(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"/", "/a", "a//", "../", "a/../", "a/./", "a\x00", "a\\"} {
		if err := store.CheckPrefix(bad); rung.CodeOf(err) != rung.CodeInvalid {
			t.Errorf("%q: %v, not invalid", bad, err)
		}
	}
}

func TestContentType(t *testing.T) {
	for key, want := range map[string]string{
		"a/master.m3u8": "application/vnd.apple.mpegurl", "A.M4S": "video/iso.segment", "x.m4s/y": "application/octet-stream", "": "application/octet-stream",
	} {
		if got := store.ContentType(key); got != want {
			t.Errorf("%q: %q, not %q", key, got, want)
		}
	}
}

func FuzzCheckKey(f *testing.F) {
	for _, key := range []string{"a/b", "..", "a//b", "a/./b", "\xff", "a\\b"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if store.CheckKey(key) != nil {
			return
		}
		// A good key's every beginning is a good prefix of its own key, and it stays good below a folder.
		for i := range key {
			if err := store.CheckPrefix(key[:i]); err != nil {
				t.Errorf("key %q, prefix %q: %v", key, key[:i], err)
			}
		}
	})
}
