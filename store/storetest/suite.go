// Package storetest is the suite that every backend of package store passes.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rung"
	"rung/store"
)

// Run holds a backend to the contract of store.Store. Each test calls open once, for an empty store of its own.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, store.Store)
	}{
		{"PutThenRead", putThenRead},
		{"PutReplaces", putReplaces},
		{"EmptyObject", emptyObject},
		{"LargeObject", largeObject},
		{"ContentType", contentType},
		{"Ranges", ranges},
		{"NotFound", notFound},
		{"IfAbsentKeeps", ifAbsentKeeps},
		{"IfAbsentHasOneWinner", ifAbsentHasOneWinner},
		{"ListOrder", listOrder},
		{"ListPrefix", listPrefix},
		{"ListStops", listStops},
		{"Delete", deleteObjects},
		{"DeleteBesidePut", deleteBesidePut},
		{"ReadersSeeWholeObjects", readersSeeWholeObjects},
		{"UnusualKeys", unusualKeys},
		{"BadKeys", badKeys},
		{"CanceledContext", canceledContext},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func put(t *testing.T, s store.Store, key, body string) {
	t.Helper()
	if err := s.Put(t.Context(), key, []byte(body), rung.ObjectOptions{}); err != nil {
		t.Fatalf("put %q: %v", key, err)
	}
}

func read(t *testing.T, s store.Store, key string, offset, length int64) (string, rung.ObjectInfo) {
	t.Helper()
	r, info, err := s.Open(t.Context(), key, offset, length)
	if err != nil {
		t.Fatalf("open %q: %v", key, err)
	}
	body, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	return string(body), info
}

func list(t *testing.T, s store.Store, prefix string) []string {
	t.Helper()
	var keys []string
	err := s.List(t.Context(), prefix, func(o rung.ObjectInfo) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		t.Fatalf("list %q: %v", prefix, err)
	}
	return keys
}

func wantCode(t *testing.T, what string, err error, want rung.Code) {
	t.Helper()
	if got := rung.CodeOf(err); got != want {
		t.Errorf("%s: code %q, not %q (%v)", what, got, want, err)
	}
}

func putThenRead(t *testing.T, s store.Store) {
	before := time.Now()
	put(t, s, "live/news/s1/720p/00042.m4s", "segment")
	body, info := read(t, s, "live/news/s1/720p/00042.m4s", 0, -1)
	if body != "segment" {
		t.Errorf("body %q, not what was put", body)
	}
	stat, err := s.Stat(t.Context(), "live/news/s1/720p/00042.m4s")
	if err != nil {
		t.Fatal(err)
	}
	for what, o := range map[string]rung.ObjectInfo{"open": info, "stat": stat} {
		if o.Key != "live/news/s1/720p/00042.m4s" || o.Size != 7 {
			t.Errorf("%s: key %q and size %d, not the object's", what, o.Key, o.Size)
		}
		if len(o.ETag) < 3 || !strings.HasPrefix(o.ETag, `"`) || !strings.HasSuffix(o.ETag, `"`) {
			t.Errorf("%s: entity tag %s is not strong and quoted", what, o.ETag)
		}
		if age := o.Modified.Sub(before); age < -2*time.Second || age > time.Minute {
			t.Errorf("%s: modified %v after the put began", what, age)
		}
	}
	if info.ETag != stat.ETag {
		t.Errorf("entity tags %s and %s of one object differ", info.ETag, stat.ETag)
	}
}

func putReplaces(t *testing.T, s store.Store) {
	put(t, s, "a/master.m3u8", "first")
	_, old := read(t, s, "a/master.m3u8", 0, -1)
	put(t, s, "a/master.m3u8", "other")
	body, info := read(t, s, "a/master.m3u8", 0, -1)
	if body != "other" {
		t.Errorf("body %q, not the later one", body)
	}
	if info.ETag == old.ETag {
		t.Errorf("entity tag %s is that of other bytes", info.ETag)
	}
}

func emptyObject(t *testing.T, s store.Store) {
	put(t, s, "empty", "")
	if body, info := read(t, s, "empty", 0, -1); body != "" || info.Size != 0 {
		t.Errorf("body %q of size %d, not empty", body, info.Size)
	}
}

func largeObject(t *testing.T, s store.Store) {
	const size = 20<<20 + 17 // above what S3 clients send in one part
	body := bytes.Repeat([]byte("0123456789abcdefg"), size/17+1)[:size]
	if err := s.Put(t.Context(), "large.m4s", body, rung.ObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	got, info := read(t, s, "large.m4s", 0, -1)
	if info.Size != size || got != string(body) {
		t.Errorf("read %d bytes (info: %d) that are not the %d put", len(got), info.Size, size)
	}
}

func contentType(t *testing.T, s store.Store) {
	for key, want := range map[string]string{
		"x/master.m3u8": "application/vnd.apple.mpegurl", "x/00001.m4s": "video/iso.segment", "x/init-1.mp4": "video/mp4",
	} {
		o := rung.ObjectOptions{ContentType: want, CacheControl: "no-cache"}
		if err := s.Put(t.Context(), key, []byte("x"), o); err != nil {
			t.Fatal(err)
		}
		_, info := read(t, s, key, 0, -1)
		if info.ContentType != want {
			t.Errorf("%s: content type %q, not %q", key, info.ContentType, want)
		}
		if info.CacheControl != "" && info.CacheControl != "no-cache" {
			t.Errorf("%s: cache control %q was never put", key, info.CacheControl)
		}
	}
}

func ranges(t *testing.T, s store.Store) {
	put(t, s, "digits", "0123456789")
	for _, test := range []struct {
		offset, length int64
		want           string
	}{
		{0, -1, "0123456789"}, {0, 10, "0123456789"}, {0, 1, "0"}, {3, 4, "3456"}, {9, 1, "9"}, {7, -1, "789"},
		{7, 100, "789"}, {0, 0, ""}, {4, 0, ""}, {10, -1, ""}, {10, 5, ""}, {99, 1, ""}, {99, -1, ""},
	} {
		got, info := read(t, s, "digits", test.offset, test.length)
		if got != test.want {
			t.Errorf("range %d+%d: %q, not %q", test.offset, test.length, got, test.want)
		}
		if info.Size != 10 {
			t.Errorf("range %d+%d: size %d, not the whole object's", test.offset, test.length, info.Size)
		}
	}
	_, _, err := s.Open(t.Context(), "digits", -1, 1)
	wantCode(t, "negative offset", err, rung.CodeInvalid)
	_, _, err = s.Open(t.Context(), "digits", 0, -2)
	wantCode(t, "negative length", err, rung.CodeInvalid)
}

func notFound(t *testing.T, s store.Store) {
	put(t, s, "a/b", "x")
	for _, key := range []string{"absent", "a", "a/c", "a/b/c"} {
		_, err := s.Stat(t.Context(), key)
		wantCode(t, "stat "+key, err, rung.CodeNotFound)
		for _, length := range []int64{-1, 0, 1} {
			_, _, err = s.Open(t.Context(), key, 0, length)
			wantCode(t, fmt.Sprintf("open %d bytes of %s", length, key), err, rung.CodeNotFound)
		}
	}
	if keys := list(t, s, "nothing/here"); len(keys) > 0 {
		t.Errorf("list of nothing gave %q", keys)
	}
}

func ifAbsentKeeps(t *testing.T, s store.Store) {
	for _, body := range []string{"first", "second"} {
		if err := s.Put(t.Context(), "s/init-1.mp4", []byte(body), rung.ObjectOptions{IfAbsent: true}); err != nil {
			t.Fatalf("put of %s: %v", body, err)
		}
	}
	if body, _ := read(t, s, "s/init-1.mp4", 0, -1); body != "first" {
		t.Errorf("body %q, not that of the first put", body)
	}
}

func ifAbsentHasOneWinner(t *testing.T, s store.Store) {
	const writers = 8
	seen := make([]string, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			body := fmt.Sprintf("writer %d", i)
			if err := s.Put(t.Context(), "one", []byte(body), rung.ObjectOptions{IfAbsent: true}); err != nil {
				t.Errorf("writer %d: %v", i, err)
				return
			}
			// Whoever has been told that it is there must see what all others see.
			r, _, err := s.Open(t.Context(), "one", 0, -1)
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
				return
			}
			defer r.Close()
			got, _ := io.ReadAll(r)
			seen[i] = string(got)
		})
	}
	group.Wait()
	if slices.Sort(seen); seen[0] != seen[writers-1] || !strings.HasPrefix(seen[0], "writer") {
		t.Errorf("the object changed under its readers: %q", seen)
	}
}

func listOrder(t *testing.T, s store.Store) {
	// In a folder's own order "a" comes before "a-b"; in the keys' order "a/x" comes after it.
	keys := []string{"a-b", "a.b", "a/x", "a/y/z", "a0", "b/00009.m4s", "b/00010.m4s", "b/100000.m4s", "z", "é/1"}
	for _, key := range slices.Backward(keys) {
		put(t, s, key, key)
	}
	if got := list(t, s, ""); !slices.Equal(got, keys) {
		t.Errorf("listed %q\nnot    %q", got, keys)
	}
	err := s.List(t.Context(), "b/", func(o rung.ObjectInfo) error {
		if o.Size != int64(len(o.Key)) || o.Modified.IsZero() || o.ETag == "" {
			t.Errorf("%s: listed with size %d, time %v, entity tag %s", o.Key, o.Size, o.Modified, o.ETag)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func listPrefix(t *testing.T, s store.Store) {
	for _, key := range []string{"live/new/1", "live/news/1", "live/news/2", "live/sport/1", "vod/1"} {
		put(t, s, key, "x")
	}
	for prefix, want := range map[string][]string{
		"live/news/":  {"live/news/1", "live/news/2"},
		"live/new":    {"live/new/1", "live/news/1", "live/news/2"},
		"live/news/2": {"live/news/2"},
		"live/news/3": nil,
		"v":           {"vod/1"},
		"vod/1/":      nil,
	} {
		if got := list(t, s, prefix); !slices.Equal(got, want) {
			t.Errorf("prefix %q: listed %q, not %q", prefix, got, want)
		}
	}
}

func listStops(t *testing.T, s store.Store) {
	for i := range 5 {
		put(t, s, fmt.Sprintf("k/%d", i), "x")
	}
	stop, n := errors.New("enough"), 0
	err := s.List(t.Context(), "", func(rung.ObjectInfo) error {
		if n++; n == 2 {
			return stop
		}
		return nil
	})
	if err != stop || n != 2 {
		t.Errorf("list ended after %d objects with %v, not after 2 with the callback's own error", n, err)
	}
}

func deleteObjects(t *testing.T, s store.Store) {
	var keys []string
	for i := range 12 {
		keys = append(keys, fmt.Sprintf("d/%d/x", i))
		put(t, s, keys[i], "x")
	}
	put(t, s, "d/kept", "x")
	if err := s.Delete(t.Context()); err != nil {
		t.Errorf("delete of nothing: %v", err)
	}
	if err := s.Delete(t.Context(), keys[0]); err != nil {
		t.Errorf("delete of one: %v", err)
	}
	for range 2 { // the second time none of them is there
		if err := s.Delete(t.Context(), append(keys, "absent", "d")...); err != nil {
			t.Errorf("delete of several: %v", err)
		}
	}
	if got := list(t, s, ""); !slices.Equal(got, []string{"d/kept"}) {
		t.Errorf("left after the deletes: %q", got)
	}
}

func deleteBesidePut(t *testing.T, s store.Store) {
	// Deleting the last object of a folder must not pull the folder from under a put.
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			key := fmt.Sprintf("f/g/%d", i)
			for range 25 {
				if err := s.Put(t.Context(), key, []byte("x"), rung.ObjectOptions{}); err != nil {
					t.Errorf("put %s: %v", key, err)
				}
				if err := s.Delete(t.Context(), key); err != nil {
					t.Errorf("delete %s: %v", key, err)
				}
			}
		})
	}
	group.Wait()
	if got := list(t, s, ""); len(got) > 0 {
		t.Errorf("left after the deletes: %q", got)
	}
}

func readersSeeWholeObjects(t *testing.T, s store.Store) {
	const size = 256 << 10
	write := func(ctx context.Context, letter byte) error {
		return s.Put(ctx, "p/live.m3u8", bytes.Repeat([]byte{letter}, size), rung.ObjectOptions{})
	}
	if err := write(t.Context(), 'a'); err != nil {
		t.Fatal(err)
	}
	var readers, writer sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	writer.Go(func() {
		for i := byte(0); ctx.Err() == nil; i++ {
			if err := write(ctx, 'a'+i%26); err != nil && ctx.Err() == nil {
				t.Errorf("put: %v", err)
				return
			}
		}
	})
	for range 3 {
		readers.Go(func() {
			for range 20 {
				checkWhole(t, s, size)
			}
		})
	}
	readers.Wait()
	stop()
	writer.Wait()
	if got := list(t, s, ""); !slices.Equal(got, []string{"p/live.m3u8"}) {
		t.Errorf("listed %q, more than the object", got)
	}
}

func checkWhole(t *testing.T, s store.Store, size int) {
	r, info, err := s.Open(t.Context(), "p/live.m3u8", 0, -1)
	if err != nil {
		t.Errorf("open: %v", err)
		return
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil || len(body) != size || info.Size != int64(size) {
		t.Errorf("read %d bytes (info: %d) of %d: %v", len(body), info.Size, size, err)
		return
	}
	if bytes.Count(body, body[:1]) != size {
		t.Error("read a mixture of two objects")
	}
}

func unusualKeys(t *testing.T, s store.Store) {
	long := strings.Repeat(strings.Repeat("k", 99)+"/", 8) + "end"
	for _, key := range []string{
		"with space/and  two", "ünïcode/日本語/🎬.m4s", "a+b&c=d?e#f%20g", "quote\"'<>*|:;,@!$()[]{}^`~", ".hidden", "..dots../x...", "UPPER/lower", long,
	} {
		put(t, s, key, key)
		if body, info := read(t, s, key, 0, -1); body != key || info.Key != key {
			t.Errorf("key %q: read %q of key %q", key, body, info.Key)
		}
		if got := list(t, s, key); !slices.Equal(got, []string{key}) {
			t.Errorf("key %q: listed %q", key, got)
		}
		if err := s.Delete(t.Context(), key); err != nil {
			t.Errorf("key %q: delete: %v", key, err)
		}
	}
	if got := list(t, s, ""); len(got) > 0 {
		t.Errorf("left after the deletes: %q", got)
	}
}

func badKeys(t *testing.T, s store.Store) {
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", "a\x00b", "a\nb", "a\\b", "\xff\xfe",
		strings.Repeat("k", store.MaxSegment+1), strings.Repeat("k/", store.MaxKey/2) + "k",
	} {
		what := fmt.Sprintf("%.20q", key)
		wantCode(t, "put "+what, s.Put(t.Context(), key, []byte("x"), rung.ObjectOptions{}), rung.CodeInvalid)
		_, _, err := s.Open(t.Context(), key, 0, -1)
		wantCode(t, "open "+what, err, rung.CodeInvalid)
		_, err = s.Stat(t.Context(), key)
		wantCode(t, "stat "+what, err, rung.CodeInvalid)
		wantCode(t, "delete "+what, s.Delete(t.Context(), key), rung.CodeInvalid)
	}
	err := s.List(t.Context(), "../", func(rung.ObjectInfo) error { return nil })
	wantCode(t, "list of ../", err, rung.CodeInvalid)
}

func canceledContext(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantCode(t, "put", s.Put(ctx, "a", []byte("x"), rung.ObjectOptions{}), rung.CodeCanceled)
	_, _, err := s.Open(ctx, "a", 0, -1)
	wantCode(t, "open", err, rung.CodeCanceled)
	_, err = s.Stat(ctx, "a")
	wantCode(t, "stat", err, rung.CodeCanceled)
	wantCode(t, "delete", s.Delete(ctx, "a"), rung.CodeCanceled)
	wantCode(t, "list", s.List(ctx, "", func(rung.ObjectInfo) error { return nil }), rung.CodeCanceled)
	if got := list(t, s, ""); len(got) > 0 {
		t.Errorf("a canceled put left %q", got)
	}
}
